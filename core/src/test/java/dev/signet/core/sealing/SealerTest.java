package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.GoBase64;
import dev.signet.core.SecretBytes;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SealerTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] LABEL = "ns/name".getBytes(UTF_8);

  @ParameterizedTest
  @ValueSource(ints = {1024, 2048, 3072})
  void theJdksOwnCiphersOpenWhatIsSealed(int bits) throws GeneralSecurityException {
    KeyPair pair = TestKeys.generate(bits);
    Sealer sealer = new Sealer(TestKeys.publicHalf(pair), RANDOM);
    for (int length : new int[] {0, 1, 15, 16, 17, 1000, 1 << 20}) {
      byte[] value = new byte[length];
      RANDOM.nextBytes(value);
      for (byte[] label : List.of(LABEL, new byte[0])) {
        byte[] sealed = sealer.seal(SecretBytes.copyOf(value), label);
        assertThat(sealed).hasSize(2 + bits / 8 + length + 16);
        assertThat(openWithJdk(pair.getPrivate(), sealed, label)).isEqualTo(value);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"p2048", "p4096", "p2048-pkcs8", "p4096-emptydn"})
  void theJdksOwnCiphersOpenWhatIsSealedWithUpstreamsCertificates(String name)
      throws GeneralSecurityException {
    SealingKey key = TestKeys.named(name);
    byte[] value = "välue\0".getBytes(UTF_8);
    byte[] sealed =
        new Sealer(key.certificate().publicKey(), RANDOM).seal(SecretBytes.copyOf(value), LABEL);
    assertThat(openWithJdk(TestKeys.jca(key.openingKey()), sealed, LABEL)).isEqualTo(value);
  }

  @Test
  void theSameValueIsSealedDifferentlyEachTime() {
    Sealer sealer = new Sealer(TestKeys.named("p2048").certificate().publicKey(), RANDOM);
    Set<String> wrapped = new HashSet<>();
    Set<String> bodies = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      String sealed =
          GoBase64.STD.encodeToString(sealer.seal(SecretBytes.copyOf(new byte[3]), LABEL));
      assertThat(sealed).startsWith("AQ");
      wrapped.add(sealed.substring(0, 300));
      bodies.add(sealed.substring(348));
    }
    assertThat(wrapped).hasSize(20);
    assertThat(bodies).hasSize(20);
  }

  @Test
  void manyThreadsMayShareOneSealer() throws Exception {
    KeyPair pair = TestKeys.generate(1024);
    Sealer sealer = new Sealer(TestKeys.publicHalf(pair), RANDOM);
    List<Callable<byte[]>> work =
        IntStream.range(0, 200)
            .<Callable<byte[]>>mapToObj(
                i -> () -> sealer.seal(SecretBytes.copyOf(new byte[] {(byte) i}), label(i)))
            .toList();
    try (var threads = Executors.newFixedThreadPool(4)) {
      var sealed = threads.invokeAll(work);
      for (int i = 0; i < sealed.size(); i++) {
        assertThat(openWithJdk(pair.getPrivate(), sealed.get(i).get(), label(i)))
            .containsExactly((byte) i);
      }
    }
  }

  @Test
  void theValueStaysWithTheCaller() {
    Sealer sealer = new Sealer(TestKeys.named("p2048").certificate().publicKey(), RANDOM);
    try (SecretBytes value = SecretBytes.copyOf(new byte[] {1, 2, 3})) {
      assertThat(sealer.sealToBase64(value, LABEL)).hasSize((2 + 256 + 3 + 16 + 2) / 3 * 4);
      assertThat(value.with(byte[]::clone)).containsExactly(1, 2, 3);
    }
  }

  @Test
  void aClosedSessionKeyHoldsZeros() {
    SessionKey key = SessionKey.random(RANDOM);
    assertThat(key.getEncoded()).isNotEqualTo(new byte[32]);
    key.close();
    assertThat(key.getEncoded()).isEqualTo(new byte[32]);
  }

  @Test
  void openSslOpensWhatIsSealed(@TempDir Path folder) throws Exception {
    SealingKey key = TestKeys.named("p4096-emptydn");
    byte[] value = "for openssl".getBytes(UTF_8);
    byte[] sealed =
        new Sealer(key.certificate().publicKey(), RANDOM).seal(SecretBytes.copyOf(value), LABEL);
    File wrapped = folder.resolve("wrapped").toFile();
    Files.write(wrapped.toPath(), Arrays.copyOfRange(sealed, 2, 514));
    Files.write(folder.resolve("key"), TestKeys.resource("keys/p4096-emptydn.key.pem"));

    byte[] sessionKey =
        OpenSsl.run(
            folder,
            new byte[0],
            "pkeyutl -decrypt -inkey key -in wrapped -pkeyopt rsa_padding_mode:oaep"
                + " -pkeyopt rsa_oaep_md:sha256 -pkeyopt rsa_mgf1_md:sha256"
                + " -pkeyopt rsa_oaep_label:6e732f6e616d65");

    assertThat(openBody(sessionKey, Arrays.copyOfRange(sealed, 514, sealed.length)))
        .isEqualTo(value);
  }

  private static byte[] label(int i) {
    return ("ns/" + i).getBytes(UTF_8);
  }

  static byte[] openWithJdk(PrivateKey key, byte[] sealed, byte[] label)
      throws GeneralSecurityException {
    int length = (sealed[0] & 0xff) * 256 + (sealed[1] & 0xff);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        key,
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, new PSource.PSpecified(label)));
    byte[] sessionKey = cipher.doFinal(sealed, 2, length);
    assertThat(sessionKey).hasSize(32);
    return openBody(sessionKey, Arrays.copyOfRange(sealed, 2 + length, sealed.length));
  }

  private static byte[] openBody(byte[] sessionKey, byte[] body) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(
        Cipher.DECRYPT_MODE,
        new SecretKeySpec(sessionKey, "AES"),
        new GCMParameterSpec(128, new byte[12]));
    return cipher.doFinal(body);
  }
}
