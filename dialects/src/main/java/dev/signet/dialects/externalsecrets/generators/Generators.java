package dev.signet.dialects.externalsecrets.generators;

import dev.signet.delivery.store.Generator;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The generators that there are, by kind. */
public final class Generators {

  private final Map<String, Generator> all = new LinkedHashMap<>();

  private Generators(List<Generator> all) {
    all.forEach(each -> this.all.put(each.kind(), each));
  }

  /** Those that make their values themselves, and those that let others make them. */
  public static Generators with(Generator... others) {
    List<Generator> all =
        new ArrayList<>(
            List.of(
                new FakeGenerator(),
                new MfaGenerator(),
                new PasswordGenerator(),
                new SshKeyGenerator(),
                new UuidGenerator()));
    all.addAll(List.of(others));
    return new Generators(all);
  }

  /** The one of that kind. */
  public Optional<Generator> of(String kind) {
    return Optional.ofNullable(all.get(kind));
  }

  /** Their names, for people. */
  @Override
  public String toString() {
    return String.join(", ", all.keySet());
  }
}
