package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Objects;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.dialects.World;
import dev.signet.dialects.externalsecrets.generators.Generators;
import java.security.SecureRandom;
import java.util.List;

/** What values come from, in tests. */
final class Fetchings {

  private Fetchings() {}

  static Fetching of(Objects objects, StoreProvider... providers) {
    return new Fetching(
        new Stores(objects, List.of(providers)),
        generating(objects),
        templates(objects));
  }

  static Generating generating(Objects objects, Generator... others) {
    return new Generating(
        objects,
        AccountTokens.NONE,
        Generators.with(others),
        World.CLOCK,
        new SecureRandom());
  }

  static Templates templates(Objects objects) {
    return new Templates(
        objects, new InstallationKey(objects, "system", new SecureRandom()), World.SOURCES);
  }
}
