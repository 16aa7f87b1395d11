package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.SecretBytes;
import dev.signet.testkit.Jsonl;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OpeningKeyTest {

  static List<Jsonl.Row> vectors() {
    return Jsonl.rows(OpeningKeyTest.class, "/sealed/readers.jsonl").stream()
        .filter(row -> row.text("what").equals("privateKey"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void readsWhatUpstreamReads(Jsonl.Row row) throws MalformedKeyException {
    byte[] pem = row.text("pem").getBytes(US_ASCII);
    if (row.has("error")) {
      assertThatThrownBy(() -> OpeningKey.read(pem))
          .as(row.text("kind"))
          .isInstanceOf(MalformedKeyException.class)
          .hasMessage(row.text("error"));
    } else {
      assertThat(OpeningKey.read(pem).id()).isEqualTo(row.text("fingerprint"));
    }
  }

  static List<Jsonl.Row> keys() {
    return TestKeys.rows();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void isWrittenAsUpstreamStoresItWhateverItWasReadFrom(Jsonl.Row row) throws Exception {
    byte[] pem = TestKeys.resource(row.text("keyFile"));
    OpeningKey key = OpeningKey.read(pem);
    assertThat(key.id()).isEqualTo(row.text("fingerprint"));

    byte[] written = key.toPem().orElseThrow().with(byte[]::clone);

    assertThat(OpeningKey.read(written).id()).isEqualTo(key.id());
    assertThat(new String(written, US_ASCII)).startsWith("-----BEGIN RSA PRIVATE KEY-----\n");
    if (new String(pem, US_ASCII).contains("RSA PRIVATE KEY")) {
      assertThat(written).isEqualTo(pem);
    } else {
      byte[] pkcs8 = Pem.blocks(pem).getFirst().bytes();
      assertThat(Pem.blocks(written).getFirst().bytes())
          .isEqualTo(
              PrivateKeyInfo.getInstance(pkcs8).parsePrivateKey().toASN1Primitive().getEncoded());
    }
  }

  @Test
  void theTextStaysWithTheCaller() throws MalformedKeyException {
    byte[] pem = TestKeys.resource("keys/p2048.key.pem");
    OpeningKey key = OpeningKey.read(pem);
    assertThat(pem).isEqualTo(TestKeys.resource("keys/p2048.key.pem"));
    pem[100] ^= 1;
    assertThat(key.toPem().orElseThrow().with(byte[]::clone))
        .isEqualTo(TestKeys.resource("keys/p2048.key.pem"));
  }

  @Test
  void aClosedKeyNeitherOpensNorPrints() throws Exception {
    SealingKey key = TestKeys.named("p2048");
    byte[] sealed =
        new Sealer(key.certificate().publicKey(), new SecureRandom())
            .seal(SecretBytes.copyOf(new byte[1]), new byte[0]);
    SealedItem item = SealedItem.parse(sealed).orElseThrow();
    assertThat(key.openingKey().open(item, new byte[0], RsaProviders.jdk())).isPresent();

    key.close();

    assertThatThrownBy(() -> key.openingKey().open(item, new byte[0], RsaProviders.jdk()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the opening key was used after it was closed");
    assertThatThrownBy(() -> key.openingKey().toPem()).isInstanceOf(IllegalStateException.class);
    assertThat(key.openingKey()).hasToString("OpeningKey[" + key.id() + "]");
  }

  @Test
  void aKeyKeptElsewhereHasNoText() {
    KeyPair pair = TestKeys.generate(1024);
    OpeningKey key = OpeningKey.of(TestKeys.publicHalf(pair), TestKeys.raw(pair.getPrivate()));
    assertThat(key.toPem()).isEmpty();
    key.close();
  }

  @Test
  void theRawOperationUndoesThePublicOne() throws Exception {
    KeyPair pair = TestKeys.generate(1024);
    RsaPublicKey key = TestKeys.publicHalf(pair);
    BigInteger number = new BigInteger(900, new SecureRandom());
    byte[] power = new byte[128];
    byte[] bytes = number.modPow(key.exponent(), key.modulus()).toByteArray();
    int length = Math.min(bytes.length, 128);
    System.arraycopy(bytes, bytes.length - length, power, 128 - length, length);

    byte[] result = TestKeys.raw(pair.getPrivate()).power(power);

    assertThat(result).hasSize(128);
    assertThat(new BigInteger(1, result)).isEqualTo(number);
  }

  @FuzzTest
  void anyBytesAreAPrivateKeyOrRefused(byte[] der) {
    for (String type : List.of("RSA PRIVATE KEY", "PRIVATE KEY", "EC PRIVATE KEY")) {
      try {
        OpeningKey key = OpeningKey.read(Pem.encode(type, der));
        assertThat(key.publicKey().size()).isBetween(128, 2048);
      } catch (MalformedKeyException refused) {
        assertThat(refused).hasMessageNotContaining("null");
      }
    }
  }
}
