package dev.signet.core.age;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.testkit.Jsonl;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What age itself wrote, opens; what it refuses, is refused, at the same place. */
class AgeToolTest {

  private static final Passphrase NOBODY =
      () -> {
        throw new IOException("nobody is there");
      };

  private static final Map<String, Jsonl.Row> KEYS =
      Jsonl.rows(AgeToolTest.class, "/age/keys.jsonl").stream()
          .collect(Collectors.toMap(row -> row.text("key"), row -> row));

  static Stream<Jsonl.Row> cases() {
    return Jsonl.rows(AgeToolTest.class, "/age/cases.jsonl").stream();
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
        .isEqualTo(
            row.has("passphrase")
                ? List.of("scrypt")
                : row.texts("recipients").stream().map(AgeToolTest::stanza).toList());
  }

  static Stream<Jsonl.Row> odd() {
    return Jsonl.rows(AgeToolTest.class, "/age/negative.jsonl").stream();
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
    if (row.has("error")) {
      assertThatThrownBy(() -> Identity.parseFile(content))
          .isInstanceOf(AgeKeyException.class)
          .message()
          .doesNotContain("187KT3H9G47JJ27");
      return;
    }
    List<String> texts = new ArrayList<>();
    for (Identity identity : Identity.parseFile(content)) {
      SecretBytes text =
          identity instanceof HybridIdentity hybrid
              ? hybrid.text()
              : ((X25519Identity) identity).text();
      texts.add(text.with(bytes -> new String(bytes, UTF_8)));
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
    // A recipients file of the library has no SSH keys; one of the program, and ours, has.
    boolean ssh = row.text("input").startsWith("ssh-ed25519 ");
    if (row.has("error") && !ssh) {
      assertThatThrownBy(() -> Recipient.parseFile(row.text("input")))
          .isInstanceOf(AgeKeyException.class);
      return;
    }
    List<String> texts =
        Recipient.parseFile(row.text("input")).stream().map(Recipient::toString).toList();
    assertThat(texts)
        .hasSize(ssh ? 1 : row.integer("count"))
        .isEqualTo(
            row.text("input")
                .lines()
                .filter(line -> line.startsWith("age1") || line.startsWith("ssh-"))
                .map(line -> line.replaceAll("^(ssh-\\S+ \\S+).*", "$1"))
                .toList());
  }

  static Stream<Jsonl.Row> sshTexts() {
    return Jsonl.rows(AgeToolTest.class, "/age/parse.jsonl").stream()
        .filter(row -> row.text("what").startsWith("ssh-"));
  }

  @ParameterizedTest
  @MethodSource("sshTexts")
  void keysOfSshAreReadAlike(Jsonl.Row row) {
    String input = row.text("input");
    boolean locked = row.has("error") && row.text("error").contains("passphrase protected");
    ThrowingCallable read =
        row.text("what").equals("ssh-recipient")
            ? () -> Recipient.parse(input.startsWith("age1") ? "ssh-" + input : input)
            : () -> SshPrivateKey.read(SecretBytes.wrap(input.getBytes(UTF_8)), NOBODY);
    if (row.has("error") && !locked) {
      assertThatThrownBy(read).isInstanceOf(AgeKeyException.class);
    } else {
      assertThatCode(read).doesNotThrowAnyException();
    }
  }

  static Stream<Jsonl.Row> keys() {
    return KEYS.values().stream();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void anIdentityOpensWhatItsRecipientSealed(Jsonl.Row row) throws Exception {
    Recipient recipient = Recipient.parse(row.text("recipient"));
    assertThat(row.text("recipient")).startsWith(recipient.toString());
    byte[] file =
        AgeFile.seal(
            SecretBytes.wrap(new byte[] {1, 2, 3}),
            List.of(recipient),
            AgeFile.Form.BINARY,
            new SecureRandom());
    try (Identity identity = identity(row);
        SecretBytes opened = AgeFile.open(file, List.of(identity))) {
      assertThat(opened.<byte[], RuntimeException>with(byte[]::clone)).containsExactly(1, 2, 3);
      assertThat(identity.toString()).doesNotContain(row.text("identity").substring(40, 60));
      Recipient own =
          switch (identity) {
            case X25519Identity key -> key.recipient();
            case HybridIdentity key -> key.recipient();
            case SshEd25519Identity key -> key.recipient();
            case SshRsaIdentity key -> key.recipient();
            default -> recipient;
          };
      assertThat(own).isEqualTo(recipient).hasSameHashCodeAs(recipient);
    }
  }

  @Test
  void aLockedKeyIsAskedForOnceAndOnlyWhenAFileIsForIt() throws Exception {
    Jsonl.Row row = Objects.requireNonNull(KEYS.get("p-ed25519-pass"));
    Jsonl.Row other = Objects.requireNonNull(KEYS.get("p-ed25519-1"));
    AtomicInteger asked = new AtomicInteger();
    SecretBytes text = SecretBytes.wrap(row.text("identity").getBytes(UTF_8));
    try (Identity locked =
        SshPrivateKey.read(
            text,
            () -> {
              asked.incrementAndGet();
              return SecretBytes.wrap(row.text("passphrase").getBytes(UTF_8));
            })) {
      byte[] foreign = sealedFor(other);
      assertThatThrownBy(() -> AgeFile.open(foreign, List.of(locked)))
          .hasMessageContaining("none of the identities is a recipient");
      assertThat(asked).hasValue(0);
      AgeFile.open(sealedFor(row), List.of(locked)).close();
      AgeFile.open(sealedFor(row), List.of(locked)).close();
      assertThat(asked).hasValue(1);
    }
    byte[] own = sealedFor(row);
    try (Identity wrong =
        SshPrivateKey.read(text, () -> SecretBytes.wrap("other".getBytes(UTF_8)))) {
      assertThatThrownBy(() -> AgeFile.open(own, List.of(wrong)))
          .hasMessage("the passphrase of the SSH key is wrong");
    }
  }

  private static byte[] sealedFor(Jsonl.Row row) throws Exception {
    return AgeFile.seal(
        SecretBytes.wrap(new byte[] {1}),
        List.of(Recipient.parse(row.text("recipient"))),
        AgeFile.Form.ARMORED,
        new SecureRandom());
  }

  private static String stanza(String key) {
    String kind = Objects.requireNonNull(KEYS.get(key)).text("kind");
    return kind.equals("x25519") ? "X25519" : kind;
  }

  private static Identity identity(Jsonl.Row row) throws AgeKeyException {
    SecretBytes text = SecretBytes.wrap(row.text("identity").getBytes(UTF_8));
    Passphrase passphrase =
        row.has("passphrase")
            ? () -> SecretBytes.wrap(row.text("passphrase").getBytes(UTF_8))
            : NOBODY;
    return row.text("kind").startsWith("ssh-")
        ? SshPrivateKey.read(text, passphrase)
        : Identity.parseFile(text).getFirst();
  }

  private static List<Identity> identities(Jsonl.Row row) throws AgeKeyException {
    List<Identity> identities = new ArrayList<>();
    for (String key : row.texts("identities")) {
      identities.add(identity(Objects.requireNonNull(KEYS.get(key))));
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
