package dev.signet.dialects.externalsecrets.generators;

import dev.signet.delivery.store.StoreProvider;
import java.util.ArrayList;
import java.util.List;

/** The generators of this version. */
public final class Generators {

  private static final List<Generator> OWN =
      List.of(
          new FakeGenerator(),
          new MfaGenerator(),
          new PasswordGenerator(),
          new SshKeyGenerator(),
          new UuidGenerator());

  private Generators() {}

  /** Those that make their values themselves. */
  public static List<Generator> own() {
    return OWN;
  }

  /**
   * All of them.
   *
   * @param webhook the store provider whose endpoints generate values
   */
  public static List<Generator> all(StoreProvider webhook) {
    List<Generator> all = new ArrayList<>(OWN);
    all.add(new WebhookGenerator(webhook));
    return List.copyOf(all);
  }

  /** Whether there is one of that kind. */
  public static boolean has(String kind) {
    return kind.equals(WebhookGenerator.KIND)
        || OWN.stream().anyMatch(each -> each.kind().equals(kind));
  }
}
