package dev.signet.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URLEncoder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
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

  /** Raw, URL-encoded, hexadecimal, and Base64 as it looks at each of its three alignments. */
  static List<String> forms() {
    byte[] mark = MARK.getBytes(UTF_8);
    List<String> forms = new ArrayList<>();
    forms.add(MARK);
    forms.add(URLEncoder.encode(MARK, UTF_8));
    forms.add(HexFormat.of().formatHex(mark));
    forms.add(HexFormat.of().withUpperCase().formatHex(mark));
    for (int shift = 0; shift < 3; shift++) {
      byte[] shifted = new byte[shift + mark.length];
      System.arraycopy(mark, 0, shifted, shift, mark.length);
      String encoded = new String(Base64.getEncoder().withoutPadding().encode(shifted), ISO_8859_1);
      // The first and last characters also depend on the neighbours.
      forms.add(encoded.substring(shift == 0 ? 0 : shift + 1, encoded.length() - 1));
    }
    return forms;
  }
}
