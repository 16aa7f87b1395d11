package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import dev.signet.template.Meter;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * Writes PKCS#12 files (RFC 7292) in the form that go-pkcs12 0.7.0 calls Modern2023, which OpenSSL
 * 1.1.1, Java 12 and Windows Server 2019 read: certificates and key under AES-256-CBC and PBKDF2
 * with HMAC-SHA-256, a MAC of HMAC-SHA-256, 2048 rounds each, salts of 16 bytes.
 *
 * <p>A key store has one part with the certificates, encrypted, and one with the key, encrypted in
 * itself; the SHA-1 of the leaf's certificate ties both together. A trust store has certificates
 * only, named after their subjects and marked as trusted for Java.
 *
 * <p>Salts and initialization vectors are derived from the contents and the password under the
 * installation's key ({@link Salts}): the same contents give the same file, and nobody without that
 * key can tell two files' contents apart by more than being equal.
 */
final class Pkcs12Writer {
  private static final int ROUNDS = 2048;
  private static final int SALT = 16;

  private final Salts salts;
  private final Meter meter;
  private final String password;
  private final PasswordBased cipher;

  Pkcs12Writer(Salts salts, Meter meter, String password) throws GoError {
    this.salts = salts;
    this.meter = meter;
    this.password = password;
    this.cipher = new PasswordBased(PasswordBased.encoded(password), meter);
  }

  byte[] keyStore(PrivateKeyDer key, List<Certificate> certificates) throws GoError {
    byte[] pkcs8 = key.toPkcs8();
    return keyStore(pkcs8, certificates, random("key store", pkcs8, certificates));
  }

  byte[] keyStore(byte[] pkcs8, List<Certificate> certificates, RandomGenerator random) {
    byte[] localKey =
        attribute(
            Oids.LOCAL_KEY_ID, Der.write(Der.OCTET_STRING, sha1(certificates.getFirst().der())));
    byte[] keyPart = data(Der.write(Der.SEQUENCE, shrouded(pkcs8, localKey, random)));
    List<byte[]> bags = new ArrayList<>();
    for (Certificate certificate : certificates) {
      bags.add(bags.isEmpty() ? bag(certificate, localKey) : bag(certificate));
    }
    return file(Der.write(Der.SEQUENCE, encrypted(bags, random), keyPart), random);
  }

  byte[] trustStore(List<Certificate> certificates) throws GoError {
    return trustStore(certificates, random("trust store", new byte[0], certificates));
  }

  byte[] trustStore(List<Certificate> certificates, RandomGenerator random) throws GoError {
    byte[] trusted =
        attribute(Oids.JAVA_TRUST_STORE, Der.writeIdentifier(Oids.ANY_EXTENDED_KEY_USAGE));
    List<byte[]> bags = new ArrayList<>();
    for (Certificate certificate : certificates) {
      byte[] name = Der.write(Der.BMP_STRING, PasswordBased.bmp(certificate.subject()));
      bags.add(bag(certificate, trusted, attribute(Oids.FRIENDLY_NAME, name)));
    }
    return file(Der.write(Der.SEQUENCE, encrypted(bags, random)), random);
  }

  private RandomGenerator random(String kind, byte[] pkcs8, List<Certificate> certificates) {
    List<byte[]> inputs = new ArrayList<>();
    inputs.add(password.getBytes(StandardCharsets.ISO_8859_1));
    inputs.add(pkcs8);
    long size = pkcs8.length;
    for (Certificate certificate : certificates) {
      inputs.add(certificate.der());
      size += certificate.der().length;
    }
    meter.memory(size * 12);
    meter.steps(size / 16);
    return salts.random("pkcs12 " + kind, inputs);
  }

  private static byte[] sha1(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-1").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-1", e);
    }
  }

  private static byte[] draw(RandomGenerator random) {
    byte[] bytes = new byte[SALT];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] attribute(String oid, byte[] value) {
    return Der.write(Der.SEQUENCE, Der.writeIdentifier(oid), Der.write(Der.SET, value));
  }

  private byte[] shrouded(byte[] pkcs8, byte[] localKey, RandomGenerator random) {
    byte[] salt = draw(random);
    byte[] iv = draw(random);
    byte[] key =
        Der.write(
            Der.SEQUENCE,
            PasswordBased.modernAlgorithm(salt, ROUNDS, iv),
            Der.write(Der.OCTET_STRING, cipher.encryptModern(salt, ROUNDS, iv, pkcs8)));
    return Der.write(
        Der.SEQUENCE,
        Der.writeIdentifier(Oids.SHROUDED_KEY_BAG),
        Der.write(0xA0, key),
        Der.write(Der.SET, localKey));
  }

  private static byte[] bag(Certificate certificate, byte[]... attributes) {
    byte[] contents =
        Der.write(
            Der.SEQUENCE,
            Der.writeIdentifier(Oids.X509_CERTIFICATE),
            Der.write(0xA0, Der.write(Der.OCTET_STRING, certificate.der())));
    // A set is sorted in DER.
    byte[][] sorted = attributes.clone();
    Arrays.sort(sorted, Arrays::compareUnsigned);
    return Der.write(
        Der.SEQUENCE,
        Der.writeIdentifier(Oids.CERTIFICATE_BAG),
        Der.write(0xA0, contents),
        Der.write(Der.SET, sorted));
  }

  private static byte[] data(byte[] contents) {
    return Der.write(
        Der.SEQUENCE,
        Der.writeIdentifier(Oids.DATA),
        Der.write(0xA0, Der.write(Der.OCTET_STRING, contents)));
  }

  private byte[] encrypted(List<byte[]> bags, RandomGenerator random) {
    byte[] salt = draw(random);
    byte[] iv = draw(random);
    byte[] plain = Der.write(Der.SEQUENCE, bags.toArray(new byte[0][]));
    byte[] info =
        Der.write(
            Der.SEQUENCE,
            Der.writeIdentifier(Oids.DATA),
            PasswordBased.modernAlgorithm(salt, ROUNDS, iv),
            Der.write(0x80, cipher.encryptModern(salt, ROUNDS, iv, plain)));
    return Der.write(
        Der.SEQUENCE,
        Der.writeIdentifier(Oids.ENCRYPTED_DATA),
        Der.write(0xA0, Der.write(Der.SEQUENCE, Der.writeInteger(0), info)));
  }

  private byte[] file(byte[] safe, RandomGenerator random) {
    byte[] salt = draw(random);
    byte[] mac = cipher.mac(PasswordBased.Hash.SHA256, salt, ROUNDS, safe);
    byte[] digest =
        Der.write(
            Der.SEQUENCE,
            Der.write(Der.SEQUENCE, Der.writeIdentifier(Oids.SHA256)),
            Der.write(Der.OCTET_STRING, mac));
    return Der.write(
        Der.SEQUENCE,
        Der.writeInteger(3),
        data(safe),
        Der.write(
            Der.SEQUENCE, digest, Der.write(Der.OCTET_STRING, salt), Der.writeInteger(ROUNDS)));
  }
}
