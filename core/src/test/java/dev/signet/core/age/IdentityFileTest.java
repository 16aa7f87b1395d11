package dev.signet.core.age;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Files with private keys, as users have them. */
class IdentityFileTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Passphrase NOBODY =
      () -> {
        throw new IOException("nobody is there");
      };

  private enum NoPlugins implements Plugins {
    HERE;

    @Override
    public Connection start(String name, String protocol) throws IOException {
      throw new IOException("there is none");
    }

    @Override
    public void show(String name, String message) {}

    @Override
    public Optional<SecretBytes> ask(String name, String prompt, boolean secret) {
      return Optional.empty();
    }

    @Override
    public Optional<Boolean> confirm(String name, String prompt, String yes, Optional<String> no) {
      return Optional.empty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void oneWithAPassphraseOpensWhenItIsNeeded(AgeFile.Form form) throws Exception {
    X25519Identity key = X25519Identity.generate(RANDOM);
    SecretBytes word = SecretBytes.wrap("correct horse".getBytes(UTF_8));
    byte[] locked =
        AgeFile.seal(key.text(), List.of(new PassphraseRecipient(word, 4)), form, RANDOM);
    byte[] file =
        AgeFile.seal(SecretBytes.wrap(new byte[] {7}), List.of(key.recipient()), form, RANDOM);

    List<String> asked = new ArrayList<>();
    Passphrase right =
        () -> {
          asked.add("once");
          return word.copy();
        };
    List<Identity> identities =
        Identity.parseFile(SecretBytes.copyOf(locked), right, NoPlugins.HERE);
    assertThat(asked).isEmpty();
    AgeFile.open(file, identities).close();
    AgeFile.open(file, identities).close();
    assertThat(asked).containsExactly("once");

    List<Identity> wrong =
        Identity.parseFile(
            SecretBytes.copyOf(locked),
            () -> SecretBytes.wrap("correct donkey".getBytes(UTF_8)),
            NoPlugins.HERE);
    assertThatThrownBy(() -> AgeFile.open(file, wrong))
        .hasMessage("the passphrase of the identity file is wrong");
    List<Identity> unasked = Identity.parseFile(SecretBytes.copyOf(locked), NOBODY, NoPlugins.HERE);
    assertThatThrownBy(() -> AgeFile.open(file, unasked))
        .hasMessage("could not read the passphrase: nobody is there");
  }

  @FuzzTest
  void anyBytesAreKeysOrRefused(byte[] bytes) {
    try (SecretBytes content = SecretBytes.wrap(bytes)) {
      Identity.parseFile(content, NOBODY, NoPlugins.HERE).forEach(Identity::close);
    } catch (AgeKeyException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void anyBlobIsAKeyOfSshOrRefused(byte[] bytes) {
    String text =
        "-----BEGIN OPENSSH PRIVATE KEY-----\n"
            + StrictBase64.PADDED.text(bytes)
            + "\n-----END OPENSSH PRIVATE KEY-----\n";
    try (SecretBytes content = SecretBytes.wrap(text.getBytes(UTF_8))) {
      SshPrivateKey.read(content, NOBODY).close();
    } catch (AgeKeyException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @FuzzTest
  void anyTextIsARecipientOrRefused(byte[] bytes) {
    assertThatCode(
            () -> {
              try {
                Recipient.parse("ssh-" + new String(bytes, UTF_8));
              } catch (AgeKeyException e) {
                assertThat(e.getMessage()).isNotEmpty();
              }
            })
        .doesNotThrowAnyException();
  }

  @FuzzTest
  void anythingThatAPluginSaysIsUnderstoodOrRefused(byte[] bytes) throws Exception {
    Plugins plugins =
        new Plugins() {
          @Override
          public Connection start(String name, String protocol) {
            return new Connection() {
              private final InputStream in = new java.io.ByteArrayInputStream(bytes);

              @Override
              public InputStream in() {
                return in;
              }

              @Override
              public OutputStream out() {
                return OutputStream.nullOutputStream();
              }

              @Override
              public void close() {}
            };
          }

          @Override
          public void show(String name, String message) {}

          @Override
          public Optional<SecretBytes> ask(String name, String prompt, boolean secret) {
            return Optional.empty();
          }

          @Override
          public Optional<Boolean> confirm(
              String name, String prompt, String yes, Optional<String> no) {
            return Optional.of(true);
          }
        };
    byte[] text = Bech32.encode("AGE-PLUGIN-X-", new byte[] {1});
    try (PluginIdentity identity = PluginIdentity.parse(text, plugins);
        SecretBytes key = SecretBytes.wrap(new byte[FileKey.SIZE])) {
      try {
        assertThat(identity.unwrap(List.of()).map(SecretBytes::size).orElse(FileKey.SIZE))
            .isEqualTo(FileKey.SIZE);
      } catch (AgeException e) {
        assertThat(e.reason()).isEqualTo(AgeException.Reason.PLUGIN);
      }
      Recipient recipient =
          Recipient.parse(Bech32.text("age1x", new byte[] {1}), Optional.of(plugins));
      try {
        assertThat(Recipient.wrap(recipient, key, RANDOM).stanzas()).isNotEmpty();
      } catch (AgeException e) {
        assertThat(e.reason()).isEqualTo(AgeException.Reason.PLUGIN);
      }
    }
  }
}
