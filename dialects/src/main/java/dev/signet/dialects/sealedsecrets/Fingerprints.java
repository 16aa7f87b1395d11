package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.SealingKey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** Hashes of what is public: fingerprints and encrypted files. */
public final class Fingerprints {

  private static final int SHORT = 8;

  private Fingerprints() {}

  public static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  /** A few characters for names, which tell one key from another of the same name. */
  public static String shortened(SealingKey key) {
    return sha256(key.id().getBytes(StandardCharsets.US_ASCII)).substring(0, SHORT);
  }
}
