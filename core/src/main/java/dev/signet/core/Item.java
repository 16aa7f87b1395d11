package dev.signet.core;

import static java.util.Objects.requireNonNull;

/** One value on its way to a target, with the names of where it came from. */
public record Item(SecretBytes value, Origin origin) {

  public Item {
    requireNonNull(value, "value");
    requireNonNull(origin, "origin");
  }
}
