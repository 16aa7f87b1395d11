package dev.signet.core;

import static java.util.Objects.requireNonNull;

/**
 * Where a value came from, in names only: what lineage, audit and {@code explain} are made of.
 * Parts that do not apply are empty.
 *
 * @param source what held it, for instance {@code SecretStore/production/vault}, or the sealing key
 *     that opened it
 * @param key the key within the source
 * @param property the part of that key's value
 * @param version the version that was read
 */
public record Origin(String source, String key, String property, String version) {

  public Origin {
    requireNonNull(source, "source");
    requireNonNull(key, "key");
    requireNonNull(property, "property");
    requireNonNull(version, "version");
  }

  /** An origin without property and version. */
  public static Origin of(String source, String key) {
    return new Origin(source, key, "", "");
  }
}
