package dev.signet.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartTest {

  @Test
  void sealsDeliversAndShowsWhatToTryNext(@TempDir Path folder) throws IOException {
    Shell shell = new Shell(folder);

    Shell.Result first = shell.signet("quickstart").succeeded();

    assertThat(first.out())
        .contains("3 of 3 resources in order")
        .contains("production/db-credentials  password  ••••••••  sealing key")
        .contains("production/api-token       token     ••••••••  SecretStore/production/demo")
        .contains("signet explain production/db-credentials")
        .doesNotContain("s3cr3t-value");
    assertThat(shell.read("signet-quickstart/sealed-db-credentials.yaml"))
        .startsWith("---\napiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\n")
        .doesNotContain("s3cr3t-value")
        .doesNotContain("czNjcjN0");
    assertThat(filesWith(folder, "s3cr3t-value")).isEmpty();

    String sealed = shell.read("signet-quickstart/sealed-db-credentials.yaml");
    Shell.Result second = shell.signet("quickstart").succeeded();
    assertThat(second.err()).doesNotContain("making a sealing key");
    assertThat(second.out()).contains("(there already)");
    assertThat(shell.read("signet-quickstart/sealed-db-credentials.yaml")).isEqualTo(sealed);

    Shell inside = shell.set("SIGNET_STATE", "signet-quickstart/.signet");
    assertThat(
            inside
                .signet("get", "secret", "production/db-credentials", "--reveal", "password")
                .succeeded()
                .out())
        .isEqualTo("s3cr3t-value");
    assertThat(inside.signet("explain", "production/db-credentials").succeeded().out())
        .contains("from  sealing key")
        .contains("by    SealedSecret production/db-credentials")
        .contains("used  Deployment production/web: env DB_PASSWORD of container app");
  }

  @Test
  void whatItSuggestsWorksFromTheFolderItNames(@TempDir Path folder) {
    Shell shell = new Shell(folder).set("SIGNET_COMMAND", "./signet");
    assertThat(shell.signet("quickstart").succeeded().out())
        .contains("  cd signet-quickstart\n  ../signet explain production/db-credentials\n");
  }

  /** Every file below the folder that holds the text, in plain. */
  static List<Path> filesWith(Path folder, String text) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .filter(
              file -> {
                try {
                  return new String(Files.readAllBytes(file), ISO_8859_1).contains(text);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .toList();
    }
  }
}
