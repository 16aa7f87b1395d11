package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.signet.core.SecretBytes;
import dev.signet.testkit.Jsonl;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.RSAPublicKeySpec;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;

/** The keys in {@code src/test/resources/sealed}, and some made on the spot. */
final class TestKeys {

  static final List<String> NAMES = List.of("p2048", "p4096", "p2048-pkcs8", "p4096-emptydn");

  private TestKeys() {}

  static List<Jsonl.Row> rows() {
    return Jsonl.rows(TestKeys.class, "/sealed/keys.jsonl");
  }

  static SealingKey named(String name) {
    try {
      return SealingKey.read(
          name,
          Instant.EPOCH,
          resource("keys/" + name + ".cert.pem"),
          resource("keys/" + name + ".key.pem"));
    } catch (MalformedKeyException e) {
      throw new IllegalStateException(e);
    }
  }

  static byte[] resource(String path) {
    try (InputStream in = TestKeys.class.getResourceAsStream("/sealed/" + path)) {
      if (in == null) {
        throw new FileNotFoundException(path);
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static KeyPair generate(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  static RsaPublicKey publicHalf(KeyPair pair) {
    RSAPublicKey key = (RSAPublicKey) pair.getPublic();
    return new RsaPublicKey(key.getModulus(), key.getPublicExponent());
  }

  static PublicKey jca(RsaPublicKey key) {
    try {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new RSAPublicKeySpec(key.modulus(), key.exponent()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The private key, read by another library than the one under test. */
  static PrivateKey jca(OpeningKey key) {
    try (SecretBytes pem = key.toPem().orElseThrow();
        var reader = new PEMParser(pem.with(b -> new StringReader(new String(b, US_ASCII))))) {
      PEMKeyPair pair = (PEMKeyPair) reader.readObject();
      return new JcaPEMKeyConverter().getPrivateKey(pair.getPrivateKeyInfo());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static RawRsa raw(PrivateKey key) {
    return RawRsa.of(key, SessionKey.provider());
  }
}
