package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Eventually;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
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
          --metrics 8080           | 2 | --metrics 8080 is no address
          --without Sealed         | 2 | --without Sealed is no kind of this operator
          --webhook :9443          | 2 | --webhook needs the Service by which it is called
          --webhook 1 --webhook-service a/b | 2 | --webhook 1 is no address
          --lease-duration soon    | 2 | --lease-duration soon is no duration
          --lease-duration 5s      | 2 | retry < renew < lease is required
          --workers 0              | 2 | at least one worker
          --key-size 1024          | 2 | keys of 2048 bits
          --log-format xml         | 2 | xml
          --kubeconfig missing     | 1 | missing
          --shadow --never-stand-back | 2 | leave one out
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
        .contains("--namespaces", "--leader-election", "--http", "SIGTERM")
        .contains("--shadow", "/shadow", "--never-stand-back");
  }

  /** There is no cluster: it lives, is not ready, and ends in order when it is asked to. */
  @Test
  void itAnswersBeforeItHasACluster() throws Exception {
    Shell shell = new Shell(folder);
    shell.write(
        "kubeconfig",
        """
        apiVersion: v1
        kind: Config
        current-context: nowhere
        clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
        users: [{name: nobody, user: {token: none}}]
        contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
        """);
    int port;
    try (ServerSocket free = new ServerSocket(0)) {
      port = free.getLocalPort();
    }
    RealProcess operator =
        RealProcess.start(
            shell,
            "no such point",
            "operator",
            "--kubeconfig",
            "kubeconfig",
            "--http",
            "127.0.0.1:" + port);
    try {
      Eventually.holds(
          Duration.ofSeconds(60), "/healthz", () -> get(port, "/healthz").equals("200 ok\n"));
      assertThat(get(port, "/readyz")).startsWith("503 not ready: ");
      Eventually.holds(
          Duration.ofSeconds(60),
          "all of it to have started",
          () -> get(port, "/metrics").contains("leader_election_master_status"));
      // It wants a key made, which nothing can do now, and is no reason to end.
      var _ =
          new ProcessBuilder("kill", "-USR1", Long.toString(operator.process().pid()))
              .start()
              .waitFor();
      assertThat(get(port, "/healthz")).isEqualTo("200 ok\n");
    } finally {
      operator.process().destroy();
    }
    Shell.Result result = operator.await();

    assertThat(result.code()).as(result.out() + result.err()).isZero();
    // Of what other threads say while it ends, the last line may be cut.
    List<Jsonl.Row> lines =
        result.out().lines().takeWhile(line -> line.endsWith("}")).map(Jsonl::row).toList();
    assertThat(lines.stream().map(line -> line.text("msg")))
        .contains("the operator has started", "stopped");
  }

  private static String get(int port, String path) throws IOException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).build(),
              HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() + " " + answer.body();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
