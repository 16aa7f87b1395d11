package dev.signet.template.sprig;

import dev.signet.template.Functions;

/**
 * Sprig's functions for {@link dev.signet.template.Template}s. They read no environment and no
 * network; the clock, the time zone and randomness are those of the execution.
 */
public final class Sprig {
  private static final Functions FUNCTIONS = build();

  private Sprig() {}

  public static Functions functions() {
    return FUNCTIONS;
  }

  private static Functions build() {
    Registry registry = new Registry(Functions.builder());
    Strings.register(registry);
    Words.register(registry);
    Lists.register(registry);
    Dicts.register(registry);
    Defaults.register(registry);
    Types.register(registry);
    JsonFunctions.register(registry);
    Arithmetic.register(registry);
    Dates.register(registry);
    Hashes.register(registry);
    Passwords.register(registry);
    Certificates.register(registry);
    Randoms.register(registry);
    Regexes.register(registry);
    Versions.register(registry);
    Urls.register(registry);
    Paths.register(registry);
    return registry.build();
  }
}
