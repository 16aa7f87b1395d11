package dev.signet.delivery.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class AtomicFileTest {

  /** What a test throws where the process is to end. */
  private static final class Crash extends RuntimeException {}

  @TempDir Path folder;

  private void write(String content, FaultPoints faults) throws IOException {
    AtomicFile.write(
        folder.resolve("file"), content.getBytes(UTF_8), AtomicFile.Readers.OWNER, "label", faults);
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void everyFaultPointIsReachedInOrder() throws IOException {
    List<String> reached = new ArrayList<>();
    write("content", reached::add);
    assertThat(reached)
        .containsExactly("label.begin", "label.written", "label.synced", "label.renamed");
    assertThat(files()).containsExactly("file");
  }

  @ParameterizedTest
  @CsvSource({"label.begin, old", "label.written, old", "label.synced, old", "label.renamed, new"})
  void aCrashLeavesTheOldContentOrTheNewWhole(String point, String content) throws IOException {
    write("old", FaultPoints.NONE);
    assertThatThrownBy(
            () ->
                write(
                    "new",
                    name -> {
                      if (name.equals(point)) {
                        throw new Crash();
                      }
                    }))
        .isInstanceOf(Crash.class);
    assertThat(folder.resolve("file")).hasContent(content);
    write("later", FaultPoints.NONE);
    assertThat(folder.resolve("file")).hasContent("later");
    assertThat(files()).containsExactly("file");
  }

  @Test
  void whatCannotBeReplacedLeavesNothingBeside() throws IOException {
    Files.createDirectories(folder.resolve("file/full"));
    assertThatThrownBy(() -> write("new", FaultPoints.NONE)).isInstanceOf(IOException.class);
    assertThat(files()).containsExactly("file");
  }

  @Test
  void onlyWhatIsSecretIsForTheOwnerAlone() throws IOException {
    write("secret", FaultPoints.NONE);
    Path usual = folder.resolve("usual");
    AtomicFile.write(usual, new byte[0], AtomicFile.Readers.AS_USUAL, "label", FaultPoints.NONE);
    Path plain = Files.createFile(folder.resolve("plain"));
    assertThat(Files.getPosixFilePermissions(folder.resolve("file")))
        .allMatch(each -> each.name().startsWith("OWNER_"));
    assertThat(Files.getPosixFilePermissions(usual))
        .isEqualTo(Files.getPosixFilePermissions(plain));
  }
}
