package dev.signet.core.age;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.testkit.Jsonl;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What age itself wrote, opens; what it refuses, is refused, at the same place. */
class AgeToolTest {

  private static final Map<String, Jsonl.Row> KEYS =
      Jsonl.rows(AgeToolTest.class, "/age/keys.jsonl").stream()
          .collect(Collectors.toMap(row -> row.text("key"), row -> row));

  private static boolean isSupported(Jsonl.Row row) {
    return Stream.concat(row.texts("identities").stream(), row.texts("recipients").stream())
        .allMatch(key -> key.startsWith("p-x25519"));
  }

  static Stream<Jsonl.Row> cases() {
    return Jsonl.rows(AgeToolTest.class, "/age/cases.jsonl").stream()
        .filter(AgeToolTest::isSupported);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void whatItWroteOpens(Jsonl.Row row) throws Exception {
    byte[] content;
    try (SecretBytes opened = AgeFile.open(file(row), identities(row))) {
      content = opened.with(byte[]::clone);
    }
    assertThat(content).hasSize(row.integer("plaintextSize"));
    assertThat(sha256(content)).isEqualTo(row.text("plaintextSha256"));
    assertThat(AgeFile.formOf(file(row)))
        .isEqualTo(row.flag("armor") ? AgeFile.Form.ARMORED : AgeFile.Form.BINARY);
    List<String> types = AgeFile.recipientTypes(file(row));
    assertThat(types)
        .hasSize(row.has("passphrase") ? 1 : row.texts("recipients").size())
        .containsOnly(row.has("passphrase") ? "scrypt" : "X25519");
  }

  static Stream<Jsonl.Row> odd() {
    return Jsonl.rows(AgeToolTest.class, "/age/negative.jsonl").stream()
        .filter(AgeToolTest::isSupported);
  }

  @ParameterizedTest
  @MethodSource("odd")
  void whatItRefusesIsRefusedAtTheSamePlace(Jsonl.Row row) throws Exception {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    String stage = "header";
    String verdict = "ok";
    AgeFile.Form form = row.flag("armor") ? AgeFile.Form.ARMORED : AgeFile.Form.BINARY;
    try (InputStream in =
        AgeFile.decrypt(new ByteArrayInputStream(file(row)), form, identities(row))) {
      stage = "payload";
      in.transferTo(read);
    } catch (AgeException e) {
      verdict = "error";
    }
    assertThat(verdict).isEqualTo(row.text("verdict"));
    if (verdict.equals("ok")) {
      assertThat(sha256(read.toByteArray())).isEqualTo(row.text("plaintextSha256"));
      return;
    }
    assertThat(stage).isEqualTo(row.text("stage"));
    if (stage.equals("payload")) {
      assertThat(read.size()).isEqualTo(row.integer("partialSize"));
      assertThat(sha256(read.toByteArray())).isEqualTo(row.text("partialSha256"));
    }
  }

  static Stream<Jsonl.Row> identityFiles() {
    return Jsonl.rows(AgeToolTest.class, "/age/parse.jsonl").stream()
        .filter(row -> row.text("what").equals("identities"));
  }

  @ParameterizedTest
  @MethodSource("identityFiles")
  void identityFilesAreReadAlike(Jsonl.Row row) throws Exception {
    SecretBytes content = SecretBytes.wrap(row.text("input").getBytes(UTF_8));
    boolean unsupported = row.texts("identities").stream().anyMatch(text -> text.contains("-PQ-1"));
    if (row.has("error") || unsupported) {
      assertThatThrownBy(() -> Identity.parseFile(content))
          .isInstanceOf(AgeKeyException.class)
          .message()
          .doesNotContain("187KT3H9G47JJ27")
          .contains(unsupported ? "not supported yet" : "");
      return;
    }
    List<String> texts = new ArrayList<>();
    for (Identity identity : Identity.parseFile(content)) {
      texts.add(((X25519Identity) identity).text().with(bytes -> new String(bytes, UTF_8)));
    }
    assertThat(texts).isEqualTo(row.texts("identities"));
  }

  static Stream<Jsonl.Row> recipientFiles() {
    return Jsonl.rows(AgeToolTest.class, "/age/parse.jsonl").stream()
        .filter(row -> row.text("what").equals("recipients"));
  }

  @ParameterizedTest
  @MethodSource("recipientFiles")
  void recipientFilesAreReadAlike(Jsonl.Row row) throws Exception {
    boolean unsupported = row.text("input").contains("age1pq1");
    if (row.has("error") || unsupported) {
      assertThatThrownBy(() -> Recipient.parseFile(row.text("input")))
          .isInstanceOf(AgeKeyException.class)
          .message()
          .contains(unsupported ? "not supported yet" : "");
      return;
    }
    List<String> texts =
        Recipient.parseFile(row.text("input")).stream().map(Recipient::toString).toList();
    assertThat(texts)
        .hasSize(row.integer("count"))
        .isEqualTo(row.text("input").lines().filter(line -> line.startsWith("age1")).toList());
  }

  static Stream<Jsonl.Row> x25519Keys() {
    return KEYS.values().stream().filter(row -> row.text("kind").equals("x25519"));
  }

  @ParameterizedTest
  @MethodSource("x25519Keys")
  void anIdentityKnowsItsRecipient(Jsonl.Row row) throws Exception {
    try (X25519Identity identity = X25519Identity.parse(row.text("identity").getBytes(UTF_8))) {
      assertThat(identity.recipient()).hasToString(row.text("recipient"));
      assertThat(Recipient.parse(row.text("recipient"))).isEqualTo(identity.recipient());
    }
  }

  private static List<Identity> identities(Jsonl.Row row) throws AgeKeyException {
    List<Identity> identities = new ArrayList<>();
    for (String key : row.texts("identities")) {
      String text = Objects.requireNonNull(KEYS.get(key)).text("identity");
      identities.add(X25519Identity.parse(text.getBytes(UTF_8)));
    }
    if (row.has("passphrase")) {
      identities.add(
          new PassphraseIdentity(SecretBytes.wrap(row.text("passphrase").getBytes(UTF_8))));
    }
    return identities;
  }

  private static byte[] file(Jsonl.Row row) throws IOException {
    if (row.has("ciphertextB64")) {
      return row.base64("ciphertextB64");
    }
    if (row.has("ciphertext")) {
      return row.text("ciphertext").getBytes(UTF_8);
    }
    try (InputStream in =
        AgeToolTest.class.getResourceAsStream("/age/" + row.text("ciphertextFile"))) {
      return Objects.requireNonNull(in, row.text("ciphertextFile")).readAllBytes();
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
