package dev.signet.dialects.externalsecrets.generators;

import dev.signet.core.GoBase64;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.object.MalformedObjectException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPrivateKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;

/**
 * {@code SSHKey}: a new key pair as OpenSSH keeps it.
 *
 * <p>Layout of the private key (openssh/PROTOCOL.key), in PEM lines of 70 characters: the magic
 * {@code openssh-key-v1\0}, then as SSH strings cipher {@code none}, key derivation {@code none}
 * and its empty options, the number 1, the public key, and the private part: twice the same random
 * number, the key's type and fields, the comment, and the bytes 1, 2, 3 … up to a multiple of
 * eight.
 */
final class SshKeyGenerator implements Generator {

  @Override
  public String kind() {
    return "SSHKey";
  }

  private record Encoded(String type, SshBuffer publicKey, SshBuffer privateFields) {}

  @Override
  public Made generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException {
    String type = spec.string("keyType").filter(it -> !it.isEmpty()).orElse("rsa");
    int size =
        switch (spec.raw("keySize")) {
          case null -> 0;
          case Long number when number >= 256 && number <= 8192 -> number.intValue();
          default ->
              throw new MalformedObjectException(
                  spec.path() + ".keySize must be a number from 256 to 8192");
        };
    String comment = spec.string("comment").orElse("");
    if (comment.indexOf('\n') >= 0) {
      throw new MalformedObjectException(spec.path() + ".comment must be one line");
    }
    Encoded key =
        switch (type) {
          case "rsa" -> rsa(spec, size == 0 ? 2048 : size, sources.random());
          case "ecdsa" -> ecdsa(size, sources.random());
          case "ed25519" -> ed25519(sources.random());
          default ->
              throw new MalformedObjectException(
                  spec.path() + ".keyType must be one of rsa, ecdsa, ed25519");
        };
    byte[] blob = key.publicKey().bytes();
    String line =
        key.type()
            + " "
            + GoBase64.STD.encodeToString(blob)
            + (comment.isEmpty() ? "" : " " + comment)
            + "\n";
    byte[] pem = privateKey(key, blob, comment, sources.random());
    Material material = new Material();
    material.put("privateKey", new Item(SecretBytes.wrap(pem), Origin.of(identity, "privateKey")));
    material.put(
        "publicKey",
        new Item(
            SecretBytes.wrap(line.getBytes(StandardCharsets.UTF_8)),
            Origin.of(identity, "publicKey")));
    return Made.of(material);
  }

  private static byte[] privateKey(Encoded key, byte[] blob, String comment, SecureRandom random) {
    int check = random.nextInt();
    SshBuffer inner = new SshBuffer().number(check).number(check).text(key.type());
    inner.raw(key.privateFields().bytes()).text(comment);
    for (int pad = 1; inner.size() % 8 != 0; pad++) {
      inner.raw(new byte[] {(byte) pad});
    }
    SshBuffer whole =
        new SshBuffer()
            .raw("openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII))
            .text("none")
            .text("none")
            .text("")
            .number(1)
            .string(blob)
            .string(inner.bytes());
    byte[] pem = pem(whole.bytes());
    key.privateFields().clear();
    inner.clear();
    whole.clear();
    return pem;
  }

  private static byte[] pem(byte[] der) {
    byte[] base64 = java.util.Base64.getEncoder().encode(der);
    SshBuffer pem = new SshBuffer().raw(ascii("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
    for (int i = 0; i < base64.length; i += 64) {
      pem.raw(Arrays.copyOfRange(base64, i, Math.min(i + 64, base64.length))).raw(ascii("\n"));
    }
    byte[] bytes = pem.raw(ascii("-----END OPENSSH PRIVATE KEY-----\n")).bytes();
    Arrays.fill(base64, (byte) 0);
    Arrays.fill(der, (byte) 0);
    pem.clear();
    return bytes;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static Encoded rsa(Fields spec, int bits, SecureRandom random)
      throws MalformedObjectException {
    if (bits < 1024) {
      throw new MalformedObjectException(
          spec.path() + ".keySize: RSA keys of less than 1024 bits are not made");
    }
    RSAPrivateCrtKey key = (RSAPrivateCrtKey) pair("RSA", bits, random).getPrivate();
    return new Encoded(
        "ssh-rsa",
        new SshBuffer().text("ssh-rsa").integer(key.getPublicExponent()).integer(key.getModulus()),
        new SshBuffer()
            .integer(key.getModulus())
            .integer(key.getPublicExponent())
            .integer(key.getPrivateExponent())
            .integer(key.getCrtCoefficient())
            .integer(key.getPrimeP())
            .integer(key.getPrimeQ()));
  }

  /** Other sizes than those of the curves are P-256, as upstream has it. */
  private static Encoded ecdsa(int size, SecureRandom random) {
    int bits = size == 384 || size == 521 ? size : 256;
    String curve = "nistp" + bits;
    String type = "ecdsa-sha2-" + curve;
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp" + bits + "r1"), random);
      KeyPair pair = generator.generateKeyPair();
      ECPublicKey key = (ECPublicKey) pair.getPublic();
      int width = (bits + 7) / 8;
      byte[] point =
          new SshBuffer()
              .raw(new byte[] {4})
              .raw(SshBuffer.fixed(key.getW().getAffineX(), width))
              .raw(SshBuffer.fixed(key.getW().getAffineY(), width))
              .bytes();
      return new Encoded(
          type,
          new SshBuffer().text(type).text(curve).string(point),
          new SshBuffer()
              .text(curve)
              .string(point)
              .integer(((ECPrivateKey) pair.getPrivate()).getS()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks the curve " + curve, e);
    }
  }

  private static Encoded ed25519(SecureRandom random) {
    KeyPair pair = pair("Ed25519", 255, random);
    EdECPublicKey key = (EdECPublicKey) pair.getPublic();
    byte[] point = SshBuffer.fixed(key.getPoint().getY(), 32);
    for (int i = 0; i < 16; i++) {
      byte swapped = point[i];
      point[i] = point[31 - i];
      point[31 - i] = swapped;
    }
    if (key.getPoint().isXOdd()) {
      point[31] |= (byte) 0x80;
    }
    byte[] seed = ((EdECPrivateKey) pair.getPrivate()).getBytes().orElseThrow();
    Encoded encoded =
        new Encoded(
            "ssh-ed25519",
            new SshBuffer().text("ssh-ed25519").string(point),
            new SshBuffer().string(point).number(seed.length + point.length).raw(seed).raw(point));
    Arrays.fill(seed, (byte) 0);
    return encoded;
  }

  private static KeyPair pair(String algorithm, int bits, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits, random);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks " + algorithm, e);
    }
  }
}
