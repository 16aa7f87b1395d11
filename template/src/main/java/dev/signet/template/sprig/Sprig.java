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
    Functions.Builder builder = Functions.builder();
    for (Group group : Group.values()) {
      for (String name : group.names()) {
        builder.defer(name, new Group.Member(group, name));
      }
    }
    return builder.build();
  }
}
