package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class EndpointsTest {

  private Optional<String> unready = Optional.of("the objects are being listed");
  private Endpoints endpoints;

  @BeforeEach
  void start() throws IOException {
    Endpoints.limit(Duration.ofSeconds(10), Duration.ofSeconds(30));
    endpoints =
        Endpoints.start(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            new Endpoints.Pages(
                Optional.of(() -> unready),
                Optional.of(
                    out -> out.write("a_metric 1.0\n".getBytes(StandardCharsets.UTF_8)))));
  }

  @AfterEach
  void stop() {
    endpoints.close();
  }

  /** The whole answer to a request as it is written. */
  private String ask(String request) throws IOException {
    try (Socket socket =
        new Socket(endpoints.address().getAddress(), endpoints.address().getPort())) {
      socket
          .getOutputStream()
          .write(
              (request + "\r\nHost: x\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.UTF_8));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          GET /healthz HTTP/1.1    | 200 | ok
          GET /readyz HTTP/1.1     | 503 | not ready: the objects are being listed
          GET /metrics HTTP/1.1    | 200 | a_metric 1.0
          GET /metrics?x=y HTTP/1.1 | 200 | a_metric 1.0
          GET /metricsandmore HTTP/1.1 | 404 | not found
          GET / HTTP/1.1           | 404 | not found
          POST /healthz HTTP/1.1   | 405 | only GET and HEAD
          DELETE /metrics HTTP/1.1 | 405 | only GET and HEAD
          """)
  void eachPathHasItsAnswer(String request, int code, String body) throws IOException {
    assertThat(ask(request))
        .startsWith("HTTP/1.1 " + code + " ")
        .endsWith("\r\n\r\n" + body + "\n");
  }

  @Test
  void itIsReadyWhenNothingSpeaksAgainstIt() throws IOException {
    unready = Optional.empty();
    assertThat(ask("GET /readyz HTTP/1.1")).startsWith("HTTP/1.1 200 ").endsWith("ok\n");
  }

  @Test
  void headHasNoBody() throws IOException {
    assertThat(ask("HEAD /healthz HTTP/1.1")).startsWith("HTTP/1.1 200 ").endsWith("\r\n\r\n");
  }

  @Test
  void headersHaveALimit() throws IOException {
    String answer;
    try {
      answer = ask("GET /healthz HTTP/1.1\r\nX: " + "x".repeat(40_000));
    } catch (SocketException e) {
      answer = "the connection is closed";
    }
    assertThat(answer).doesNotContain("200 OK").isNotEmpty();
  }
}
