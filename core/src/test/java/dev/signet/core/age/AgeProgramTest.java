package dev.signet.core.age;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.SecretBytes;
import dev.signet.testkit.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The age program opens what is written here, where it is installed. */
class AgeProgramTest {

  private static final SecureRandom RANDOM = new SecureRandom();

  /** 20, and 1,000 with {@code -Pvolume}. */
  private static final int DOCUMENTS = Integer.getInteger("age.documents", 20);

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "0, BINARY",
    "1, ARMORED",
    "48, ARMORED",
    "65536, BINARY",
    "65537, ARMORED",
    "1000000, BINARY"
  })
  void opensWhatIsWrittenHere(int length, AgeFile.Form form) throws Exception {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    assertOpens(content, form);
  }

  @Test
  void opensRandomDocuments() throws Exception {
    for (int seed = 0; seed < DOCUMENTS; seed++) {
      Random random = new Random(seed);
      byte[] content = new byte[random.nextInt(random.nextInt(8) == 0 ? 300_000 : 1_000)];
      random.nextBytes(content);
      assertOpens(content, random.nextBoolean() ? AgeFile.Form.BINARY : AgeFile.Form.ARMORED);
    }
  }

  private void assertOpens(byte[] content, AgeFile.Form form) throws Exception {
    String age = Needs.command("age", "apt-get install age").toString();
    X25519Identity one = X25519Identity.generate(RANDOM);
    X25519Identity two = X25519Identity.generate(RANDOM);
    byte[] file =
        AgeFile.seal(
            SecretBytes.copyOf(content), List.of(one.recipient(), two.recipient()), form, RANDOM);
    Files.write(folder.resolve("file.age"), file);
    Files.writeString(
        folder.resolve("key.txt"), two.text().with(bytes -> new String(bytes, UTF_8)) + "\n");

    Process process =
        new ProcessBuilder(age, "-d", "-i", "key.txt", "file.age")
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream out = process.getInputStream()) {
      assertThat(out.readAllBytes()).isEqualTo(content);
    }
    assertThat(process.waitFor()).isZero();
  }

  /** Keys of SSH, in both directions. */
  @ParameterizedTest
  @ValueSource(strings = {"ed25519", "rsa"})
  void sharesKeysOfSsh(String type) throws Exception {
    String age = Needs.command("age", "apt-get install age").toString();
    String keygen = Needs.command("ssh-keygen", "apt-get install openssh-client").toString();
    run("", keygen, "-q", "-t", type, "-N", "", "-C", "somebody", "-f", "key");
    String line = Files.readString(folder.resolve("key.pub")).strip();
    byte[] file =
        AgeFile.seal(
            SecretBytes.wrap("ours".getBytes(UTF_8)),
            List.of(Recipient.parse(line)),
            AgeFile.Form.ARMORED,
            RANDOM);
    Files.write(folder.resolve("file.age"), file);
    assertThat(run("", age, "-d", "-i", "key", "file.age")).isEqualTo("ours");

    run("theirs", age, "-R", "key.pub", "-o", "other.age");
    SecretBytes key = SecretBytes.wrap(Files.readAllBytes(folder.resolve("key")));
    try (Identity identity =
            SshPrivateKey.read(
                key,
                () -> {
                  throw new IOException("it has no passphrase");
                });
        SecretBytes content =
            AgeFile.open(Files.readAllBytes(folder.resolve("other.age")), List.of(identity))) {
      assertThat(content.<String, RuntimeException>with(bytes -> new String(bytes, UTF_8)))
          .isEqualTo("theirs");
    }
  }

  private String run(String input, String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(UTF_8));
    }
    try (InputStream out = process.getInputStream()) {
      String text = new String(out.readAllBytes(), UTF_8);
      assertThat(process.waitFor()).isZero();
      return text;
    }
  }
}
