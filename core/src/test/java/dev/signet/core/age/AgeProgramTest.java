package dev.signet.core.age;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.SecretBytes;
import dev.signet.testkit.Needs;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The age program opens what is written here, where it is installed. */
class AgeProgramTest {

  private static final SecureRandom RANDOM = new SecureRandom();

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
    String age = Needs.command("age", "apt-get install age").toString();
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
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
}
