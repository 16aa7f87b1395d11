package dev.signet.operator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingKey;
import dev.signet.dialects.sealedsecrets.SentSecrets;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Statuses, headers and bodies of Sealed Secrets 0.40.0's endpoints, over a socket. */
@Timeout(60)
class SealingEndpointsTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SealingKey KEY =
      SealingKey.generate("", 2048, Duration.ofDays(1), "", Clock.systemUTC(), RANDOM);
  private static final KeyRing RING = KeyRing.empty().with(KEY, Instant.EPOCH);
  private static final SealingEndpoints.Terms OFTEN =
      SealingEndpoints.Terms.DEFAULT.withRate(1000, 1000);

  private final HttpClient client = HttpClient.newHttpClient();
  private final ConcurrentLinkedQueue<String> answered = new ConcurrentLinkedQueue<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private KeyRing ring = RING;
  private SealingEndpoints endpoints = endpoints(OFTEN);
  private HttpServer server = serve();

  private SealingEndpoints endpoints(SealingEndpoints.Terms terms) {
    return new SealingEndpoints(
        () -> ring,
        terms,
        RANDOM,
        (path, code, method, _) -> answered.add(method + " " + path + " " + code));
  }

  private HttpServer serve() {
    try {
      HttpServer started =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 16);
      started.setExecutor(threads);
      started.createContext("/v1/", endpoints);
      started.start();
      return started;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void with(SealingEndpoints.Terms terms) {
    stopServer();
    endpoints = endpoints(terms);
    server = serve();
  }

  private void stopServer() {
    server.stop(0);
    endpoints.close();
  }

  @AfterEach
  void stop() {
    stopServer();
    client.close();
    threads.close();
  }

  private HttpResponse<String> ask(String method, String path, String body)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static String object(String item) {
    return "{\"apiVersion\":\"bitnami.com/v1alpha1\",\"kind\":\"SealedSecret\","
        + "\"metadata\":{\"name\":\"n\",\"namespace\":\"ns\"},"
        + "\"spec\":{\"encryptedData\":{\"a\":\""
        + item
        + "\"}}}";
  }

  private static String good() {
    try (SecretBytes value = SecretBytes.copyOf("x".getBytes(UTF_8))) {
      return object(
          new Sealer(KEY.certificate().publicKey(), RANDOM)
              .sealToBase64(value, "ns/n".getBytes(UTF_8)));
    }
  }

  private static String type(HttpResponse<?> response) {
    return response.headers().firstValue("Content-Type").orElse("none");
  }

  @ParameterizedTest
  @CsvSource({"GET", "POST", "PUT", "DELETE"})
  void theCertificateIsOnePemBlockWhateverTheMethod(String method) throws Exception {
    HttpResponse<String> response = ask(method, "/v1/cert.pem", "");
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(type(response)).isEqualTo("application/x-pem-file");
    assertThat(response.body()).isEqualTo(new String(KEY.certificate().toPem(), UTF_8));
    assertThat(response.headers().map()).doesNotContainKey("x-ratelimit-limit");
  }

  @Test
  void withoutAKeyThereIsNoCertificate() throws Exception {
    ring = KeyRing.empty();
    HttpResponse<String> response = ask("GET", "/v1/cert.pem", "");
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.body()).isEqualTo("cannot get certificate\n");
    assertThat(type(response)).isEqualTo("text/plain; charset=utf-8");
  }

  @Test
  void verifySaysItInTheStatusAlone() throws Exception {
    for (List<String> row :
        List.of(
            List.of(good(), "200"),
            List.of(object("AgA="), "409"),
            List.of("", "500"),
            List.of("{}", "500"),
            List.of(good() + good(), "500"))) {
      HttpResponse<String> response = ask("POST", "/v1/verify", row.getFirst());
      assertThat(response.statusCode()).isEqualTo(Integer.parseInt(row.get(1)));
      assertThat(response.body()).isEmpty();
      assertThat(type(response)).isEqualTo("none");
    }
    assertThat(answered)
        .containsExactly(
            "post /v1/verify 200",
            "post /v1/verify 409",
            "post /v1/verify 500",
            "post /v1/verify 500",
            "post /v1/verify 500");
  }

  @Test
  void rotateAnswersWithJsonWithoutKind() throws Exception {
    HttpResponse<String> response = ask("POST", "/v1/rotate", good());
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(type(response)).isEqualTo("application/json");
    assertThat(response.body())
        .startsWith("{\"metadata\":{\"name\":\"n\",\"namespace\":\"ns\"},\"spec\":{")
        .endsWith("\"}}}");
  }

  @ParameterizedTest
  @CsvSource({"AgA=", "!"})
  void everyFailureOfRotateIsTheSame(String item) throws Exception {
    HttpResponse<String> unopened = ask("POST", "/v1/rotate", object(item));
    HttpResponse<String> malformed = ask("POST", "/v1/rotate", "{");
    assertThat(unopened.statusCode()).isEqualTo(500).isEqualTo(malformed.statusCode());
    assertThat(unopened.body()).isEmpty();
    assertThat(type(unopened)).isEqualTo("none").isEqualTo(type(malformed));
  }

  @Test
  void otherPathsAreNotHere() throws Exception {
    assertThat(ask("GET", "/v1/verify/more", "").statusCode()).isEqualTo(404);
    assertThat(answered).isEmpty();
  }

  @Test
  void theRateIsLimitedOnEachPathByItself() throws Exception {
    with(SealingEndpoints.Terms.DEFAULT.withRate(1, 2));
    String body = good();
    for (int left = 2; left >= 0; left--) {
      HttpResponse<String> response = ask("POST", "/v1/verify", body);
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("X-Ratelimit-Limit")).hasValue("3");
    }
    HttpResponse<String> denied = ask("POST", "/v1/verify", body);
    while (denied.statusCode() == 200) {
      // On a slow machine a second passes between two requests.
      denied = ask("POST", "/v1/verify", body);
    }
    assertThat(denied.statusCode()).isEqualTo(429);
    assertThat(denied.body()).isEqualTo("limit exceeded\n");
    assertThat(type(denied)).isEqualTo("text/plain; charset=utf-8");
    assertThat(denied.headers().firstValue("Retry-After")).hasValue("1");
    assertThat(denied.headers().firstValue("X-Ratelimit-Remaining")).hasValue("0");
    assertThat(denied.headers().firstValue("X-Ratelimit-Reset")).isPresent();
    assertThat(ask("POST", "/v1/rotate", body).statusCode()).isEqualTo(200);
    assertThat(ask("GET", "/v1/cert.pem", "").statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyThatIsTooLargeIsRefused() throws Exception {
    with(new SealingEndpoints.Terms(1000, 1000, 100_000, OFTEN.sent()));
    assertThat(ask("POST", "/v1/verify", "x".repeat(100_001)).statusCode()).isEqualTo(413);
    assertThat(ask("POST", "/v1/verify", "x".repeat(100_000)).statusCode()).isEqualTo(500);
    assertThat(ask("POST", "/v1/verify", good()).statusCode()).isEqualTo(200);
  }

  @Test
  void aBodyThatCostsTooMuchIsRefused() throws Exception {
    with(OFTEN.withSent(new SentSecrets(SentSecrets.Rotation.KEEP, true, 1)));
    String item = good();
    String two = item.replace("{\"a\":", "{\"b\":\"AgA=\",\"a\":");
    assertThat(ask("POST", "/v1/verify", item).statusCode()).isEqualTo(200);
    assertThat(ask("POST", "/v1/verify", two).statusCode()).isEqualTo(409);
    String value = item.substring(item.indexOf("\"a\":\"") + 5, item.length() - 4);
    String costly = item.replace("{\"a\":", "{\"b\":\"" + value + "\",\"a\":");
    assertThat(ask("POST", "/v1/verify", costly).statusCode()).isEqualTo(413);
  }
}
