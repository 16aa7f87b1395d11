package dev.signet.core.sealing;

import java.util.HexFormat;

/** The algorithms of public keys that may turn up where an RSA key belongs. */
enum KeyAlgorithm {
  RSA("an RSA key", "2a864886f70d010101"),
  EC("an ECDSA key", "2a8648ce3d0201"),
  X25519("an X25519 key", "2b656e"),
  ED25519("an Ed25519 key", "2b6570"),
  UNKNOWN("a key of an unknown algorithm", "");

  private final String text;
  private final String objectIdentifier;

  KeyAlgorithm(String text, String objectIdentifier) {
    this.text = text;
    this.objectIdentifier = objectIdentifier;
  }

  /** The algorithm of an object identifier's content octets. */
  static KeyAlgorithm of(byte[] objectIdentifier) {
    String hex = HexFormat.of().formatHex(objectIdentifier);
    for (KeyAlgorithm algorithm : values()) {
      if (algorithm.objectIdentifier.equals(hex)) {
        return algorithm;
      }
    }
    return UNKNOWN;
  }

  String text() {
    return text;
  }
}
