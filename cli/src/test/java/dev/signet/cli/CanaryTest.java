package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Canary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Marked values go through every command; afterwards nothing that was printed or left on disk may
 * hold the mark, in any of the forms in which values travel. Only what is asked for in plain
 * ({@code unseal}, {@code --reveal}) may.
 */
class CanaryTest {

  static final String MARK = "CANARY/7f3a+b1d9-pl41n";

  @Test
  void noCommandLeavesAValueBehind(@TempDir Path folder) throws IOException {
    Shell shell = new Shell(folder).withKey();
    StringBuilder printed = new StringBuilder();
    String secret = SealAndUnsealTest.SECRET.replace("s3cr3t-value", MARK);

    String sealed = note(printed, shell.run("signet", secret, "seal")).out();
    shell.write("app/sealed.yaml", sealed);
    shell.write("app/moved.yaml", sealed.replace("name: db", "name: moved"));
    note(printed, shell.signet("apply", "-f", "app"));
    note(printed, shell.signet("apply", "-f", "app", "-o", "json"));
    note(printed, RealProcess.start(shell, "no such point", "apply", "-f", "app").await());
    for (String[] command :
        List.of(
            new String[] {"get", "secrets"},
            new String[] {"get", "secret", "production/db"},
            new String[] {"get", "secret", "production/db", "-o", "yaml"},
            new String[] {"get", "secret", "production/db", "-o", "json"},
            new String[] {"get", "resources", "-o", "json"},
            new String[] {"get", "events", "-o", "json"},
            new String[] {"explain", "production/db"},
            new String[] {"explain", "production/db", "-o", "json"},
            new String[] {"run", "--secret", "production/db", "--", "true"},
            new String[] {"run", "--secret", "production/db", "--files", "--", "true"},
            new String[] {"keys", "list"})) {
      note(printed, shell.signet(command));
    }
    for (String damaged :
        List.of(
            secret.replace("stringData:", "stringData: ["),
            secret.replace("stringData:", "data:"),
            secret.replace("password: " + MARK, "password: {" + MARK + ": [}"),
            "\"" + MARK + "\": \"" + MARK,
            "{\"metadata\": {\"name\": \""
                + MARK.toLowerCase(Locale.ROOT)
                + "\"}, \"data\": "
                + MARK
                + "}")) {
      note(printed, shell.run("signet", damaged, "seal", "--debug"));
    }
    note(printed, shell.run("signet", sealed, "unseal", "-w", "missing/plain.yaml"));

    for (String form : forms()) {
      assertThat(printed.toString()).as("printed, as %s", form).doesNotContain(form);
      assertThat(QuickstartTest.filesWith(folder, form)).as("files with %s", form).isEmpty();
    }
    assertThat(shell.signet("get", "secret", "production/db", "--reveal", "password").out())
        .isEqualTo(MARK);
    assertThat(leftInMemoryFolders()).isEmpty();
  }

  private static Shell.Result note(StringBuilder printed, Shell.Result result) {
    printed.append(result.out()).append(result.err());
    return result;
  }

  private static List<Path> leftInMemoryFolders() throws IOException {
    Path shared = Path.of("/dev/shm");
    if (!Files.isDirectory(shared)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(shared)) {
      return files.filter(file -> file.getFileName().toString().startsWith("signet-")).toList();
    }
  }

  static List<String> forms() {
    return Canary.forms(MARK);
  }
}
