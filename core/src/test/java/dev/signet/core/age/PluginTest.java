package dev.signet.core.age;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a plugin may say, by one that says what it is told to whatever it hears. */
class PluginTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String RECIPIENT = Bech32.text("age1plain", new byte[] {1, 2, 3});
  private static final SecretBytes IDENTITY =
      SecretBytes.wrap(Bech32.encode("AGE-PLUGIN-PLAIN-", new byte[] {1, 2, 3}));

  /** Wraps the file key as it is: the body of the stanza is the key. */
  private static final class Script implements Plugins {

    private final String says;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private final List<String> shown = new ArrayList<>();
    private Optional<String> answer = Optional.empty();
    private boolean closed;

    Script(String says) {
      this.says = says;
    }

    @Override
    public Connection start(String name, String protocol) throws IOException {
      if (!name.equals("plain")) {
        throw new IOException("age-plugin-" + name + " is not there");
      }
      heard.writeBytes((protocol + "\n").getBytes(UTF_8));
      InputStream in = new ByteArrayInputStream(says.getBytes(UTF_8));
      return new Connection() {
        @Override
        public InputStream in() {
          return in;
        }

        @Override
        public OutputStream out() {
          return heard;
        }

        @Override
        public void close() {
          closed = true;
        }
      };
    }

    @Override
    public void show(String name, String message) {
      shown.add(name + ": " + message);
    }

    @Override
    public Optional<SecretBytes> ask(String name, String prompt, boolean secret) {
      shown.add(prompt + (secret ? " (secret)" : ""));
      return answer.map(text -> SecretBytes.wrap(text.getBytes(UTF_8)));
    }

    @Override
    public Optional<Boolean> confirm(String name, String prompt, String yes, Optional<String> no) {
      shown.add(prompt + " " + yes + " " + no.orElse("-"));
      return answer.map("yes"::equals);
    }

    String heard() {
      return heard.toString(UTF_8);
    }
  }

  private static String text(String text) {
    return StrictBase64.UNPADDED.text(text.getBytes(UTF_8));
  }

  private static byte[] sealed(Script plugin, Recipient... more) throws Exception {
    List<Recipient> all = new ArrayList<>(List.of(more));
    all.add(Recipient.parse(RECIPIENT, Optional.of(plugin)));
    return AgeFile.seal(
        SecretBytes.wrap("hello".getBytes(UTF_8)), all, AgeFile.Form.BINARY, RANDOM);
  }

  private static SecretBytes opened(Script plugin, byte[] file) throws Exception {
    Passphrase nobody =
        () -> {
          throw new IOException("nobody is there");
        };
    return AgeFile.open(file, Identity.parseFile(IDENTITY, nobody, plugin));
  }

  @Test
  void aRecipientOfAPluginIsToldTheFileKeyAndAnswersWithStanzas() throws Exception {
    Script plugin =
        new Script("-> recipient-stanza 0 plain a b\nAAAA\n-> unheard-of\n\n-> done\n\n");
    byte[] file = sealed(plugin);

    assertThat(AgeFile.recipientTypes(file)).containsExactly("plain");
    assertThat(new String(file, UTF_8))
        .startsWith("age-encryption.org/v1\n-> plain a b\nAAAA\n---");
    assertThat(plugin.heard())
        .startsWith("recipient-v1\n-> add-recipient " + RECIPIENT + "\n\n-> wrap-file-key\n")
        .endsWith("-> extension-labels\n\n-> done\n\n-> ok\n\n-> unsupported\n\n");
    assertThat(plugin.closed).isTrue();
  }

  @Test
  void anIdentityOfAPluginIsToldAllStanzasAndAnswersWithTheFileKey() throws Exception {
    X25519Identity other = X25519Identity.generate(RANDOM);
    Script sealing = new Script("-> recipient-stanza 0 plain x\nAAAA\n-> done\n\n");
    byte[] file = sealed(sealing, other.recipient());
    String wrap = sealing.heard();
    String key =
        wrap.substring(wrap.indexOf("wrap-file-key\n") + 14).lines().findFirst().orElse("");

    Script opening =
        new Script("-> msg\n" + text("touch it") + "\n-> file-key 0\n" + key + "\n-> done\n\n");
    try (SecretBytes content = opened(opening, file)) {
      assertThat(content.<String, RuntimeException>with(bytes -> new String(bytes, UTF_8)))
          .isEqualTo("hello");
    }
    assertThat(opening.heard())
        .startsWith("identity-v1\n-> add-identity AGE-PLUGIN-PLAIN-1")
        .contains(
            "-> recipient-stanza 0 X25519 ", "-> recipient-stanza 0 plain x\nAAAA\n-> done\n\n")
        .endsWith("-> ok\n\n-> ok\n\n");
    assertThat(opening.shown).containsExactly("plain: touch it");
  }

  @Test
  void whatItAsksOfTheUserIsAnsweredOrSaidToHaveFailed() throws Exception {
    String says =
        "-> request-public\n%s\n-> request-secret\n%s\n-> confirm %s %s\n%s\n-> confirm %s\n%s\n-> done\n\n"
            .formatted(
                text("name?"),
                text("pin?"),
                text("Yes"),
                text("No"),
                text("go?"),
                text("Ok"),
                text("so?"));
    Script answering = new Script(says);
    answering.answer = Optional.of("yes");
    byte[] file = sealed(new Script("-> recipient-stanza 0 plain\n\n-> done\n\n"));
    assertThatThrownBy(() -> opened(answering, file))
        .hasMessageContaining("none of the identities");
    assertThat(answering.shown).containsExactly("name?", "pin? (secret)", "go? Yes No", "so? Ok -");
    assertThat(answering.heard())
        .endsWith(
            "-> ok\n" + text("yes") + "\n-> ok\n" + text("yes") + "\n-> ok yes\n\n-> ok yes\n\n");

    Script silent = new Script(says);
    assertThatThrownBy(() -> opened(silent, file)).hasMessageContaining("none of the identities");
    assertThat(silent.heard()).endsWith("-> fail\n\n-> fail\n\n-> fail\n\n-> fail\n\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'-> error internal\nbm8K\n', 'plain plugin: no'",
    "'-> file-key 1\nAAAAAAAAAAAAAAAAAAAAAA\n', 'malformed file-key stanza'",
    "'-> file-key 0\nAAAA\n', 'malformed file-key stanza'",
    "'-> file-key 0\nAAAAAAAAAAAAAAAAAAAAAA\n-> file-key 0\nAAAAAAAAAAAAAAAAAAAAAA\n', 'duplicated'",
    "'-> confirm\n\n', 'malformed confirm stanza'",
    "'-> confirm *\n\n', 'malformed confirm stanza'",
    "'hello\n', 'says something that is no stanza'",
    "'-> msg\n', 'ended too early or said something malformed'",
    "'', 'ended too early or said something malformed'"
  })
  void oneThatDoesNotKeepToTheProtocolIsRefused(String says, String why) throws Exception {
    byte[] file = sealed(new Script("-> recipient-stanza 0 plain\n\n-> done\n\n"));
    Script plugin = new Script(says);
    assertThatThrownBy(() -> opened(plugin, file))
        .isInstanceOfSatisfying(
            AgeException.class, e -> assertThat(e.reason()).isEqualTo(AgeException.Reason.PLUGIN))
        .hasMessageContaining(why);
    assertThat(plugin.closed).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "'-> done\n\n', 'received zero recipient stanzas'",
    "'-> recipient-stanza 1 plain\n\n-> done\n\n', 'malformed recipient stanza'",
    "'-> recipient-stanza 0\n\n-> done\n\n', 'malformed recipient stanza'",
    "'-> labels a\n\n-> labels a\n\n-> done\n\n', 'repeated labels stanza'"
  })
  void soIsOneThatWrapsNothing(String says, String why) {
    assertThatThrownBy(() -> sealed(new Script(says))).hasMessage("plain plugin: " + why);
  }

  @Test
  void recipientsWhoseLabelsDifferDoNotGoTogether() throws Exception {
    X25519Identity classic = X25519Identity.generate(RANDOM);
    HybridIdentity hybrid = HybridIdentity.generate(RANDOM);
    String stanza = "-> recipient-stanza 0 plain\n\n";
    String labelled = "-> labels postquantum\n\n" + stanza + "-> done\n\n";
    assertThatThrownBy(() -> sealed(new Script(labelled), classic.recipient()))
        .hasMessageContaining("incompatible recipients");
    assertThatThrownBy(() -> sealed(new Script(stanza + "-> done\n\n"), hybrid.recipient()))
        .hasMessageContaining("incompatible recipients");
    assertThat(AgeFile.recipientTypes(sealed(new Script(labelled), hybrid.recipient())))
        .containsExactly("mlkem768x25519", "plain");
  }

  @Test
  void aNameThatLeadsElsewhereIsNoPlugin() {
    Script plugin = new Script("");
    String outside = Bech32.text("age1../x", new byte[] {1});
    assertThatThrownBy(() -> Recipient.parse(outside, Optional.of(plugin)))
        .hasMessageContaining("invalid plugin name");
    String missing = Bech32.text("age1other", new byte[] {1});
    assertThatThrownBy(
            () ->
                AgeFile.seal(
                    SecretBytes.wrap(new byte[1]),
                    List.of(Recipient.parse(missing, Optional.of(plugin))),
                    AgeFile.Form.BINARY,
                    RANDOM))
        .hasMessage("other plugin: couldn't start plugin: age-plugin-other is not there");
  }
}
