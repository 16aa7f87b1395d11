package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.SecretBytes;
import dev.signet.testkit.Jsonl;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What upstream opens, opens here; what it refuses, is refused, in its words. */
class KeyRingTest {

  private static final Map<String, SealingKey> KEYS =
      TestKeys.NAMES.stream().collect(Collectors.toMap(Function.identity(), TestKeys::named));

  private static final KeyRing ALL = KeyRing.of(KEYS.values(), KeyOrder.CERTIFICATE_NOT_BEFORE);

  private static SealingKey key(String name) {
    return requireNonNull(KEYS.get(name));
  }

  static List<Jsonl.Row> ciphertexts() {
    return Jsonl.rows(KeyRingTest.class, "/sealed/ciphertexts.jsonl");
  }

  @ParameterizedTest
  @MethodSource("ciphertexts")
  void opensWhatUpstreamSealed(Jsonl.Row row) throws Exception {
    Scope scope = Scope.parse(row.text("scope")).orElseThrow();
    byte[] label = scope.label(row.text("namespace"), row.text("name"));
    assertThat(label).isEqualTo(row.text("label").getBytes(UTF_8));

    Opened opened = ALL.open(GoBase64.STD.decode(row.text("ciphertext")), label, Hint.NONE);

    byte[] value = opened.value().with(byte[]::clone);
    assertThat(opened.key()).isEqualTo(key(row.text("key")).id());
    assertThat(value).hasSize(row.integer("plaintextSize"));
    assertThat(HexFormat.of().formatHex(RsaPublicKey.sha256().digest(value)))
        .isEqualTo(row.text("plaintextSha256"));
    if (row.has("plaintextB64")) {
      assertThat(value).isEqualTo(row.base64("plaintextB64"));
    }
  }

  static List<Jsonl.Row> oddCiphertexts() {
    return Jsonl.rows(KeyRingTest.class, "/sealed/negative.jsonl");
  }

  @ParameterizedTest
  @MethodSource("oddCiphertexts")
  void saysToOddInputWhatUpstreamSays(Jsonl.Row row) throws Exception {
    List<SealingKey> keys = row.texts("keys").stream().map(KeyRingTest::key).toList();
    for (KeyRing ring :
        List.of(
            KeyRing.of(keys, KeyOrder.CERTIFICATE_NOT_BEFORE),
            KeyRing.ofOpeningKeys(keys.stream().map(SealingKey::openingKey).toList()))) {
      if (row.text("verdict").equals("ok")) {
        assertThat(open(ring, row)).as(row.text("kind")).isEqualTo(row.base64("plaintextB64"));
      } else {
        assertThatThrownBy(() -> open(ring, row))
            .as(row.text("kind"))
            .isExactlyInstanceOf(
                row.text("stage").equals("base64")
                    ? IllegalBase64Exception.class
                    : NoKeyException.class)
            .hasMessage(row.text("error"))
            .hasNoCause()
            .hasNoSuppressedExceptions();
      }
    }
  }

  private static byte[] open(KeyRing ring, Jsonl.Row row) throws Exception {
    byte[] ciphertext = GoBase64.STD.decode(row.text("encrypted"));
    try (SecretBytes value = ring.open(ciphertext, row.base64("labelB64"), Hint.NONE).value()) {
      return value.with(byte[]::clone);
    }
  }

  @FuzzTest
  void noBytesBreakTheRing(byte[] ciphertext) {
    try {
      Opened opened = ALL.open(ciphertext, "ns/name".getBytes(UTF_8), Hint.NONE);
      assertThat(KEYS.values()).anyMatch(key -> key.id().equals(opened.key()));
    } catch (NoKeyException refused) {
      assertThat(refused).hasMessage("no key could decrypt secret").hasNoSuppressedExceptions();
    }
  }
}
