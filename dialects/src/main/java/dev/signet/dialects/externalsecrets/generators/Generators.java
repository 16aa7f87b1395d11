package dev.signet.dialects.externalsecrets.generators;

import java.util.List;

/** The generators of this version. */
public final class Generators {

  private static final List<Generator> ALL =
      List.of(
          new FakeGenerator(),
          new MfaGenerator(),
          new PasswordGenerator(),
          new SshKeyGenerator(),
          new UuidGenerator());

  private Generators() {}

  public static List<Generator> all() {
    return ALL;
  }
}
