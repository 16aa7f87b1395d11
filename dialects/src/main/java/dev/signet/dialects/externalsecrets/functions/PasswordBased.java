package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import dev.signet.template.Meter;
import dev.signet.template.Utf8;
import java.util.Arrays;
import org.bouncycastle.crypto.BlockCipher;
import org.bouncycastle.crypto.CipherParameters;
import org.bouncycastle.crypto.Digest;
import org.bouncycastle.crypto.PBEParametersGenerator;
import org.bouncycastle.crypto.digests.SHA1Digest;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.engines.AESEngine;
import org.bouncycastle.crypto.engines.DESedeEngine;
import org.bouncycastle.crypto.engines.RC2Engine;
import org.bouncycastle.crypto.generators.PKCS12ParametersGenerator;
import org.bouncycastle.crypto.generators.PKCS5S2ParametersGenerator;
import org.bouncycastle.crypto.macs.HMac;
import org.bouncycastle.crypto.modes.CBCBlockCipher;
import org.bouncycastle.crypto.modes.CBCModeCipher;
import org.bouncycastle.crypto.params.KeyParameter;
import org.bouncycastle.crypto.params.ParametersWithIV;
import org.bouncycastle.crypto.params.RC2Parameters;

/**
 * Encryption and authentication under a password, as PKCS#12 (RFC 7292, appendix B) and PKCS#5 (RFC
 * 8018) define them and go-pkcs12 0.7.0 supports them: 3DES and RC2 under PKCS#12's own derivation,
 * AES-CBC under PBKDF2, HMAC under either. A file says how many rounds it wants: each is charged to
 * the execution's steps before the work is done.
 *
 * <p>The password has the form of PKCS#12, two bytes a character and two zeros, or is empty; PKCS#5
 * uses the same characters in UTF-8.
 */
final class PasswordBased {
  private static final int AES_BLOCK = 16;
  private static final int MAC_PURPOSE_BITS = 8;

  private final byte[] password;
  private final Meter meter;

  PasswordBased(byte[] password, Meter meter) {
    this.password = password;
    this.meter = meter;
  }

  /** The password in the form of PKCS#12. */
  static byte[] encoded(String raw) throws GoError {
    int[] points = Utf8.codePoints(raw);
    byte[] bytes = new byte[2 * points.length + 2];
    bmp(points, bytes);
    return bytes;
  }

  /** Text in two bytes a character. */
  static byte[] bmp(String raw) throws GoError {
    int[] points = Utf8.codePoints(raw);
    byte[] bytes = new byte[2 * points.length];
    bmp(points, bytes);
    return bytes;
  }

  private static void bmp(int[] points, byte[] bytes) throws GoError {
    for (int i = 0; i < points.length; i++) {
      if (points[i] > 0xFFFF) {
        throw new GoError("pkcs12: string contains characters that cannot be encoded in UCS-2");
      }
      bytes[2 * i] = (byte) (points[i] >> 8);
      bytes[2 * i + 1] = (byte) points[i];
    }
  }

  /** The password in UTF-8. */
  private byte[] utf8() {
    StringBuilder raw = new StringBuilder();
    for (int i = 0; i + 2 < password.length; i += 2) {
      Utf8.append(raw, (password[i] & 0xFF) << 8 | (password[i + 1] & 0xFF));
    }
    byte[] bytes = new byte[raw.length()];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) raw.charAt(i);
    }
    return bytes;
  }

  /** A hash function under the names that it has as a digest and inside HMAC. */
  enum Hash {
    SHA1(Oids.SHA1, Oids.HMAC_SHA1, 20),
    SHA256(Oids.SHA256, Oids.HMAC_SHA256, 32),
    SHA512(Oids.SHA512, Oids.HMAC_SHA512, 64);

    final String oid;
    final String hmac;
    final int size;

    Hash(String oid, String hmac, int size) {
      this.oid = oid;
      this.hmac = hmac;
      this.size = size;
    }

    Digest digest() {
      return switch (this) {
        case SHA1 -> new SHA1Digest();
        case SHA256 -> SHA256Digest.newInstance();
        case SHA512 -> new SHA512Digest();
      };
    }

    static Hash ofHmac(String oid, String unsupported) throws GoError {
      for (Hash hash : values()) {
        if (hash.hmac.equals(oid)) {
          return hash;
        }
      }
      throw new GoError("pkcs12: " + unsupported + " " + oid + " is not supported");
    }

    byte[] mac(byte[] key, byte[] message) {
      HMac mac = new HMac(digest());
      mac.init(new KeyParameter(key));
      mac.update(message, 0, message.length);
      byte[] out = new byte[size];
      mac.doFinal(out, 0);
      return out;
    }
  }

  /** What one derivation costs: the rounds for each block of output. */
  private void charge(int rounds, int bytes, Hash hash, int salt) {
    long blocks = (bytes - 1L) / hash.size + 1;
    meter.steps(rounds * blocks);
    meter.steps(salt / 16L + password.length / 16);
    meter.time();
  }

  /** Rounds below one count as one; what does not fit an int is too much for any limit. */
  private static int rounds(long rounds) {
    return (int) Math.clamp(rounds, 1L, Integer.MAX_VALUE);
  }

  private PKCS12ParametersGenerator own(Hash hash, byte[] salt, long rounds, int bytes) {
    charge(rounds(rounds), bytes, hash, salt.length);
    PKCS12ParametersGenerator generator = new PKCS12ParametersGenerator(hash.digest());
    generator.init(password, salt, rounds(rounds));
    return generator;
  }

  private byte[] pbkdf2(Hash hash, byte[] salt, long rounds, int bytes) {
    charge(rounds(rounds), bytes, hash, salt.length);
    PBEParametersGenerator generator = new PKCS5S2ParametersGenerator(hash.digest());
    generator.init(utf8(), salt, rounds(rounds));
    return key(generator.generateDerivedParameters(bytes * 8));
  }

  private static byte[] key(CipherParameters parameters) {
    return ((KeyParameter) parameters).getKey();
  }

  /** The HMAC of a file under a key of PKCS#12's own derivation. */
  byte[] mac(Hash hash, byte[] salt, long rounds, byte[] message) {
    PKCS12ParametersGenerator generator = own(hash, salt, rounds, hash.size);
    byte[] key = key(generator.generateDerivedMacParameters(hash.size * MAC_PURPOSE_BITS));
    return hash.mac(key, message);
  }

  /** The HMAC of a file by PBMAC1 (RFC 9579) with these parameters. */
  byte[] pbmac1(Der parameters, byte[] message) throws GoError {
    Der reader = parameters.saying("error decoding PBMAC1 parameters: asn1: structure error");
    Der sequence = reader.read(Der.SEQUENCE);
    Pbkdf2 derivation = Pbkdf2.read(sequence.read(Der.SEQUENCE), "PBMAC1");
    String mac = sequence.read(Der.SEQUENCE).identifier();
    Hash hash = Hash.ofHmac(mac, "PBMAC1 MAC algorithm");
    if (derivation.keyLength <= 0) {
      throw new GoError(
          "pkcs12: PBMAC1 requires explicit KeyLength parameter in PBKDF2 parameters");
    }
    meter.memory(derivation.keyLength);
    int length = (int) derivation.keyLength;
    byte[] key = pbkdf2(derivation.hash, derivation.salt, derivation.rounds, length);
    return hash.mac(key, message);
  }

  /** The parameters of PBKDF2. A length that is absent is 0. */
  private static final class Pbkdf2 {
    private final byte[] salt;
    private final long rounds;
    private final long keyLength;
    private final Hash hash;

    private Pbkdf2(byte[] salt, long rounds, long keyLength, Hash hash) {
      this.salt = salt;
      this.rounds = rounds;
      this.keyLength = keyLength;
      this.hash = hash;
    }

    static Pbkdf2 read(Der algorithm, String scheme) throws GoError {
      boolean encrypting = scheme.equals("pbes2");
      String oid = algorithm.identifier();
      if (!oid.equals(Oids.PBKDF2)) {
        throw new GoError(
            "pkcs12: "
                + scheme
                + (encrypting ? " kdf algorithm " : " KDF algorithm ")
                + oid
                + " is not supported");
      }
      Der parameters = algorithm.read(Der.SEQUENCE);
      if (parameters.tag() != Der.OCTET_STRING) {
        throw new GoError(
            "pkcs12: only octet string salts are supported for "
                + scheme
                + (encrypting ? "/pbkdf2" : "/PBKDF2"));
      }
      byte[] salt = parameters.octets();
      long rounds = parameters.smallInteger();
      long length = parameters.tag() == Der.INTEGER ? parameters.smallInteger() : 0;
      Hash hash = Hash.SHA1;
      if (parameters.tag() == Der.SEQUENCE) {
        String prf = parameters.read(Der.SEQUENCE).identifier();
        hash = Hash.ofHmac(prf, encrypting ? "pbes2 prf" : "PBMAC1 PRF");
      }
      return new Pbkdf2(salt, rounds, length, hash);
    }
  }

  /** Decrypts what an AlgorithmIdentifier and these bytes describe. */
  byte[] decrypt(Der algorithm, byte[] encrypted) throws GoError {
    CBCModeCipher cipher = cipher(algorithm);
    int block = cipher.getBlockSize();
    if (encrypted.length == 0) {
      throw new GoError("pkcs12: empty encrypted data");
    }
    if (encrypted.length % block != 0) {
      throw new GoError("pkcs12: input is not a multiple of the block size");
    }
    meter.memory(encrypted.length * 2L);
    meter.steps(encrypted.length / 64);
    byte[] plain = new byte[encrypted.length];
    for (int i = 0; i < plain.length; i += block) {
      cipher.processBlock(encrypted, i, plain, i);
    }
    int padding = plain[plain.length - 1] & 0xFF;
    boolean good = padding > 0 && padding <= block;
    for (int i = 1; good && i <= padding; i++) {
      good = plain[plain.length - i] == padding;
    }
    if (!good) {
      throw new GoError("pkcs12: decryption error, incorrect padding");
    }
    return Arrays.copyOf(plain, plain.length - padding);
  }

  private CBCModeCipher cipher(Der algorithm) throws GoError {
    String oid = algorithm.identifier();
    return switch (oid) {
      case Oids.PBE_TRIPLE_DES -> own(algorithm, new DESedeEngine(), 24);
      case Oids.PBE_RC2_128 -> own(algorithm, new RC2Engine(), 16);
      case Oids.PBE_RC2_40 -> own(algorithm, new RC2Engine(), 5);
      case Oids.PBES2 -> pbes2(algorithm);
      default -> throw new GoError("pkcs12: pbe algorithm " + oid + " is not supported");
    };
  }

  private CBCModeCipher own(Der algorithm, BlockCipher engine, int size) throws GoError {
    Der parameters = algorithm.read(Der.SEQUENCE);
    byte[] salt = parameters.octets();
    long rounds = parameters.smallInteger();
    PKCS12ParametersGenerator generator = own(Hash.SHA1, salt, rounds, size + Hash.SHA1.size);
    byte[] key = key(generator.generateDerivedParameters(size * 8));
    ParametersWithIV derived = (ParametersWithIV) generator.generateDerivedParameters(size * 8, 64);
    CipherParameters keyed =
        engine instanceof RC2Engine ? new RC2Parameters(key, size * 8) : new KeyParameter(key);
    CBCModeCipher cipher = CBCBlockCipher.newInstance(engine);
    cipher.init(false, new ParametersWithIV(keyed, derived.getIV()));
    return cipher;
  }

  private CBCModeCipher pbes2(Der algorithm) throws GoError {
    Der parameters = algorithm.read(Der.SEQUENCE);
    Pbkdf2 derivation = Pbkdf2.read(parameters.read(Der.SEQUENCE), "pbes2");
    Der scheme = parameters.read(Der.SEQUENCE);
    String oid = scheme.identifier();
    int size =
        switch (oid) {
          case Oids.AES128_CBC -> 16;
          case Oids.AES192_CBC -> 24;
          case Oids.AES256_CBC -> 32;
          default -> throw new GoError("pkcs12: pbes2 algorithm " + oid + " is not supported");
        };
    byte[] key = pbkdf2(derivation.hash, derivation.salt, derivation.rounds, size);
    byte[] iv = scheme.isEmpty() ? new byte[0] : scheme.readAny().bytes();
    if (iv.length != AES_BLOCK) {
      throw new GoError("cipher.NewCBCDecrypter: IV length must equal block size");
    }
    return aes(false, key, iv);
  }

  private static CBCModeCipher aes(boolean encrypting, byte[] key, byte[] iv) {
    CBCModeCipher cipher = CBCBlockCipher.newInstance(AESEngine.newInstance());
    cipher.init(encrypting, new ParametersWithIV(new KeyParameter(key), iv));
    return cipher;
  }

  /** AES-256 under PBKDF2 with HMAC-SHA-256: the AlgorithmIdentifier for it. */
  static byte[] modernAlgorithm(byte[] salt, int rounds, byte[] iv) {
    byte[] derivation =
        Der.write(
            Der.SEQUENCE,
            Der.writeIdentifier(Oids.PBKDF2),
            Der.write(
                Der.SEQUENCE,
                Der.write(Der.OCTET_STRING, salt),
                Der.writeInteger(rounds),
                Der.write(Der.SEQUENCE, Der.writeIdentifier(Oids.HMAC_SHA256))));
    byte[] scheme =
        Der.write(
            Der.SEQUENCE, Der.writeIdentifier(Oids.AES256_CBC), Der.write(Der.OCTET_STRING, iv));
    return Der.write(
        Der.SEQUENCE, Der.writeIdentifier(Oids.PBES2), Der.write(Der.SEQUENCE, derivation, scheme));
  }

  /** Encrypts with what {@link #modernAlgorithm} describes. */
  byte[] encryptModern(byte[] salt, int rounds, byte[] iv, byte[] plain) {
    byte[] key = pbkdf2(Hash.SHA256, salt, rounds, 32);
    int padding = AES_BLOCK - plain.length % AES_BLOCK;
    meter.memory(plain.length * 2L);
    byte[] padded = Arrays.copyOf(plain, plain.length + padding);
    Arrays.fill(padded, plain.length, padded.length, (byte) padding);
    byte[] encrypted = new byte[padded.length];
    CBCModeCipher cipher = aes(true, key, iv);
    for (int i = 0; i < padded.length; i += AES_BLOCK) {
      cipher.processBlock(padded, i, encrypted, i);
    }
    Arrays.fill(padded, (byte) 0);
    return encrypted;
  }
}
