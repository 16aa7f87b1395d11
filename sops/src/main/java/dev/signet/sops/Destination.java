package dev.signet.sops;

import java.util.Optional;

/** Where a file is published to. */
public sealed interface Destination {

  /** A bucket of S3, or of what speaks like it; the file stays encrypted. */
  record S3(String bucket, String prefix) implements Destination {}

  /** A bucket of Google Cloud Storage; the file stays encrypted. */
  record Gcs(String bucket, String prefix) implements Destination {}

  /**
   * A KV engine of Vault, which gets the values in plain.
   *
   * @param address nothing for the usual one
   * @param path with a slash at its end
   * @param mount with a slash at its end
   * @param version of the engine, 1 or 2
   */
  record Vault(Optional<String> address, String path, String mount, int version)
      implements Destination {

    private static final int LATEST = 2;

    /** As a configuration has it, where what is missing is empty or 0. */
    static Vault of(String address, String path, String mount, int version) {
      return new Vault(
          Optional.of(address).filter(text -> !text.isEmpty()),
          slashed(path),
          mount.isEmpty() ? "secret/" : slashed(mount),
          version == 1 ? 1 : LATEST);
    }

    private static String slashed(String text) {
      return text.endsWith("/") ? text : text + "/";
    }

    /** Below {@code /v1/}. */
    public String secret(String name) {
      return mount + (version == 1 ? "" : "data/") + path + name;
    }
  }
}
