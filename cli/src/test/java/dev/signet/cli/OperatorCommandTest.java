package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OperatorCommandTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --http 8080              | 2 | --http 8080 is no address
          --http :eighty           | 2 | --http :eighty is no address
          --http :70000            | 2 | --http :70000 is no address
          --workers 0              | 2 | at least one worker
          --key-size 1024          | 2 | keys of 2048 bits
          --log-format xml         | 2 | xml
          --kubeconfig missing     | 1 | missing
          """)
  void whatCannotWorkIsSaidBeforeAnythingStarts(String arguments, int code, String message)
      throws IOException {
    Shell.Result result = new Shell(folder).signet(("operator " + arguments).strip().split(" +"));

    assertThat(result.err()).contains(message);
    assertThat(result.code()).isEqualTo(code);
  }

  @Test
  void helpNamesEveryOption() throws IOException {
    assertThat(new Shell(folder).signet("operator", "--help").out())
        .contains("--namespaces", "--leader-election", "--http", "SIGTERM");
  }
}
