package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.SecretWithEncapsulation;
import org.bouncycastle.crypto.digests.SHAKEDigest;
import org.bouncycastle.crypto.kems.MLKEMExtractor;
import org.bouncycastle.crypto.kems.MLKEMGenerator;
import org.bouncycastle.crypto.params.MLKEMParameters;
import org.bouncycastle.crypto.params.MLKEMPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLKEMPublicKeyParameters;

/**
 * Key agreement that holds as long as one of ML-KEM-768 and X25519 does (X-Wing), and the key
 * schedule of HPKE's base mode over it (RFC 9180, draft-ietf-hpke-pq: KEM 0x647a, HKDF-SHA-256,
 * ChaCha20-Poly1305).
 *
 * <pre>
 * private key  seed (32): SHAKE-256 of it is the seed of ML-KEM (64) | scalar of X25519 (32)
 * public key   ML-KEM encapsulation key (1184) | X25519 point (32)
 * encapsulated ML-KEM ciphertext (1088) | ephemeral point (32)
 * secret       SHA3-256(ML-KEM secret | X25519 secret | ephemeral point | recipient's point | "\./" "/^\")
 * </pre>
 *
 * <p>The JDK has ML-KEM too, but makes no key of a seed, which is all that an identity is.
 */
final class HybridKem {

  static final int SEED = 32;
  static final int LATTICE_KEY = 1184;
  static final int PUBLIC = LATTICE_KEY + Primitives.KEY;
  static final int LATTICE_TEXT = 1088;
  static final int ENCAPSULATED = LATTICE_TEXT + Primitives.KEY;

  private static final int LATTICE_SEED = 64;
  private static final int LATTICE_VECTOR = 1152;
  private static final int MODULUS = 3329;
  private static final MLKEMParameters PARAMETERS = MLKEMParameters.ml_kem_768;
  private static final byte[] LABEL = ascii("\\.//^\\");
  private static final byte[] SUITE = {'H', 'P', 'K', 'E', 0x64, 0x7a, 0, 1, 0, 3};
  private static final byte[] NOTHING = new byte[0];
  private static final int NONCE = 12;

  private HybridKem() {}

  /** A secret for one message, and how the recipient gets at it. */
  static final class Encapsulated {
    private final byte[] secret;
    private final byte[] text;

    private Encapsulated(byte[] secret, byte[] text) {
      this.secret = secret;
      this.text = text;
    }

    /** The caller zeroes it. */
    byte[] secret() {
      return secret;
    }

    byte[] text() {
      return text;
    }
  }

  /** The keys that a seed stands for. */
  static final class Expanded {
    private final MLKEMPrivateKeyParameters lattice;
    private final byte[] scalar;

    private Expanded(MLKEMPrivateKeyParameters lattice, byte[] scalar) {
      this.lattice = lattice;
      this.scalar = scalar;
    }

    byte[] publicKey() {
      return Primitives.concat(
          lattice.getPublicKeyParameters().getEncoded(), Primitives.x25519Public(scalar));
    }
  }

  static Expanded expand(byte[] seed) {
    byte[] all = new byte[LATTICE_SEED + Primitives.KEY];
    SHAKEDigest shake = new SHAKEDigest(256);
    shake.update(seed, 0, seed.length);
    shake.doFinal(all, 0, all.length);
    byte[] latticeSeed = Arrays.copyOf(all, LATTICE_SEED);
    byte[] scalar = Arrays.copyOfRange(all, LATTICE_SEED, all.length);
    Arrays.fill(all, (byte) 0);
    return new Expanded(new MLKEMPrivateKeyParameters(PARAMETERS, latticeSeed), scalar);
  }

  /** Whether it can be encrypted to: a size, coefficients below the modulus, a useful point. */
  static boolean isPublicKey(byte[] key) {
    if (key.length != PUBLIC) {
      return false;
    }
    for (int at = 0; at < LATTICE_VECTOR; at += 3) {
      int low = (key[at] & 0xff) | (key[at + 1] & 0x0f) << 8;
      int high = (key[at + 1] & 0xff) >> 4 | (key[at + 2] & 0xff) << 4;
      if (low >= MODULUS || high >= MODULUS) {
        return false;
      }
    }
    return Primitives.x25519(new byte[Primitives.KEY], point(key)).isPresent();
  }

  private static byte[] point(byte[] key) {
    return Arrays.copyOfRange(key, LATTICE_KEY, PUBLIC);
  }

  static Encapsulated encapsulate(byte[] publicKey, SecureRandom random) {
    MLKEMPublicKeyParameters lattice =
        new MLKEMPublicKeyParameters(PARAMETERS, Arrays.copyOf(publicKey, LATTICE_KEY));
    SecretWithEncapsulation first = new MLKEMGenerator(random).generateEncapsulated(lattice);
    byte[] ephemeral = new byte[Primitives.KEY];
    random.nextBytes(ephemeral);
    byte[] share = Primitives.x25519Public(ephemeral);
    byte[] point = point(publicKey);
    // Whoever made this recipient has shown that the point is none of low order.
    byte[] second = Primitives.x25519(ephemeral, point).orElseThrow();
    Arrays.fill(ephemeral, (byte) 0);
    return new Encapsulated(
        combined(first.getSecret(), second, share, point),
        Primitives.concat(first.getEncapsulation(), share));
  }

  /** Nothing, if the share is a point of low order. A wrong key gives a wrong secret. */
  static Optional<byte[]> decapsulate(SecretBytes seed, byte[] text) {
    Expanded own = seed.with(HybridKem::expand);
    byte[] share = Arrays.copyOfRange(text, LATTICE_TEXT, ENCAPSULATED);
    try {
      return Primitives.x25519(own.scalar, share)
          .map(
              second ->
                  combined(
                      new MLKEMExtractor(own.lattice)
                          .extractSecret(Arrays.copyOf(text, LATTICE_TEXT)),
                      second,
                      share,
                      Primitives.x25519Public(own.scalar)));
    } finally {
      Arrays.fill(own.scalar, (byte) 0);
      own.lattice.destroy();
    }
  }

  private static byte[] combined(byte[] first, byte[] second, byte[] share, byte[] point) {
    byte[] all = Primitives.concat(first, second, share, point, LABEL);
    Arrays.fill(first, (byte) 0);
    Arrays.fill(second, (byte) 0);
    byte[] secret = Primitives.digest("SHA3-256", all);
    Arrays.fill(all, (byte) 0);
    return secret;
  }

  static byte[] seal(byte[] secret, String info, byte[] plain) {
    Schedule schedule = schedule(secret, info);
    return Primitives.wrap(schedule.key, schedule.nonce, plain);
  }

  static Optional<byte[]> open(byte[] secret, String info, byte[] wrapped) {
    Schedule schedule = schedule(secret, info);
    return Primitives.unwrap(schedule.key, schedule.nonce, wrapped);
  }

  private static final class Schedule {
    private final byte[] key;
    private final byte[] nonce;

    Schedule(byte[] key, byte[] nonce) {
      this.key = key;
      this.nonce = nonce;
    }
  }

  private static Schedule schedule(byte[] shared, String info) {
    byte[] context =
        Primitives.concat(
            new byte[1],
            extract(NOTHING, "psk_id_hash", NOTHING),
            extract(NOTHING, "info_hash", ascii(info)));
    byte[] secret = extract(shared, "secret", NOTHING);
    return new Schedule(
        expand(secret, "key", context, Primitives.KEY),
        expand(secret, "base_nonce", context, NONCE));
  }

  private static byte[] extract(byte[] salt, String label, byte[] keyMaterial) {
    return Primitives.extract(
        salt, Primitives.concat(ascii("HPKE-v1"), SUITE, ascii(label), keyMaterial));
  }

  private static byte[] expand(byte[] key, String label, byte[] info, int length) {
    byte[] size = {0, (byte) length};
    return Primitives.expand(
        key, Primitives.concat(size, ascii("HPKE-v1"), SUITE, ascii(label), info), length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
