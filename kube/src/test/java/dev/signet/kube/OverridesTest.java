package dev.signet.kube;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpServer;
import dev.signet.delivery.ObjectsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said beside a kubeconfig, as the server sees it; and how often it is asked. */
class OverridesTest {

  @TempDir Path folder;

  private final List<String> paths = new ArrayList<>();
  private final List<Headers> headers = new ArrayList<>();
  private final List<String> bodies = new ArrayList<>();
  private final ArrayDeque<String> answers = new ArrayDeque<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          paths.add(exchange.getRequestURI().toString());
          headers.add(exchange.getRequestHeaders());
          bodies.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          String[] answer = (answers.isEmpty() ? "200 -" : answers.remove()).split(" ");
          if (!answer[1].equals("-")) {
            exchange.getResponseHeaders().set("Retry-After", answer[1]);
          }
          exchange.sendResponseHeaders(Integer.parseInt(answer[0]), 2);
          exchange.getResponseBody().write("{}".getBytes(UTF_8));
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  private Path kubeconfig() throws IOException {
    return Files.writeString(
        folder.resolve("config"),
        """
        apiVersion: v1
        kind: Config
        current-context: it
        contexts:
        - name: it
          context: {cluster: gone, user: someone, namespace: team}
        - name: other
          context: {cluster: here, user: other}
        clusters:
        - name: gone
          cluster: {server: "http://127.0.0.1:1"}
        - name: here
          cluster: {server: "%s"}
        users:
        - name: someone
          user: {token: someones}
        - name: other
          user: {token: others, as: third}
        - name: named
          user: {username: named, password: secret}
        """
            .formatted(url()));
  }

  /** Overrides of these fields: name, value, name, value. */
  static Overrides overrides(String... fields) {
    Map<String, String> given = new HashMap<>();
    for (int i = 0; i < fields.length; i += 2) {
      given.put(fields[i], fields[i + 1]);
    }
    return new Overrides(
        text(given, "context"),
        text(given, "cluster"),
        text(given, "user"),
        text(given, "server"),
        text(given, "tlsServerName"),
        text(given, "certificateAuthority"),
        given.containsKey("insecure"),
        text(given, "proxyUrl"),
        text(given, "token"),
        text(given, "username"),
        text(given, "password"),
        text(given, "clientCertificate"),
        text(given, "clientKey"),
        text(given, "as"),
        text(given, "asUid"),
        given.containsKey("asGroups") ? List.of(given.get("asGroups").split("\\+")) : List.of());
  }

  private static Optional<String> text(Map<String, String> given, String name) {
    return Optional.ofNullable(given.get(name));
  }

  private Services services(Overrides overrides) throws IOException, ObjectsException {
    return new Services(
        Connection.kubeconfig(List.of(kubeconfig()), overrides, Map.of(), InstantSource.system()),
        "test",
        Optional.empty());
  }

  private Headers asked(Overrides overrides) throws IOException, ObjectsException {
    try (Services services = services(overrides)) {
      assertThat(services.get("ns", "svc").code()).isEqualTo(200);
    }
    assertThat(paths.getLast()).isEqualTo("/api/v1/namespaces/ns/services/svc");
    return headers.getLast();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          cluster here                                 | Bearer someones |       |   |
          context other                                | Bearer others   | third |   |
          server @                                     | Bearer someones |       |   |
          cluster here user other                      | Bearer others   | third |   |
          cluster here token mine                      | Bearer mine     |       |   |
          cluster here user named                      | Basic named:secret |    |   |
          cluster here username me password word       | Basic me:word   |       |   |
          cluster here as bob                          | Bearer someones | bob   |   |
          cluster here as bob asUid 7 asGroups a+b     | Bearer someones | bob   | 7 | a+b
          context other as bob                         | Bearer others   | bob   |   |
          """)
  void whoAsksAndWhere(String given, String authorization, String as, String uid, String groups)
      throws Exception {
    Headers seen = asked(overrides(given.replace("@", url()).split(" ")));
    String expected =
        authorization.startsWith("Basic ")
            ? "Basic "
                + Base64.getEncoder().encodeToString(authorization.substring(6).getBytes(UTF_8))
            : authorization;
    assertThat(seen.getFirst("Authorization")).isEqualTo(expected);
    assertThat(seen.getFirst("Impersonate-User")).isEqualTo(as);
    assertThat(seen.getFirst("Impersonate-Uid")).isEqualTo(uid);
    assertThat(seen.getOrDefault("Impersonate-Group", List.of()))
        .isEqualTo(groups == null ? List.of() : Arrays.asList(groups.split("\\+")));
  }

  @Test
  void aServerAloneIsEnough() throws Exception {
    Connection connection =
        Connection.find(
            Map.of(),
            folder,
            Optional.empty(),
            overrides("server", url().substring("http://".length()), "token", "t"),
            InstantSource.system());
    assertThat(connection.server()).isEqualTo(url());
    try (Services services = new Services(connection, "test", Optional.empty())) {
      assertThat(services.get("ns", "svc").code()).isEqualTo(200);
    }
    assertThat(headers.getLast().getFirst("Authorization")).isEqualTo("Bearer t");
  }

  @ParameterizedTest
  @CsvSource({"cluster, none, has no cluster \"none\"", "context, none, has no context \"none\""})
  void whatDoesNotExistIsNamed(String field, String value, String message) {
    assertThat(
            catchThrowableOfType(ObjectsException.class, () -> services(overrides(field, value))))
        .hasMessageContaining(message);
  }

  @Test
  void whoIsToldToComeAgainDoes() throws Exception {
    answers.addAll(List.of("429 0", "503 0", "200 -"));
    try (Services services = services(overrides("cluster", "here"))) {
      Services.Answer answer =
          services.ask(
              "ns",
              "http:svc:",
              "/v1/verify",
              "application/json, */*",
              Optional.of("body".getBytes(UTF_8)));
      assertThat(answer.code()).isEqualTo(200);
    }
    assertThat(bodies).containsExactly("body", "body", "body");
    assertThat(paths.getLast())
        .isEqualTo("/api/v1/namespaces/ns/services/http:svc:/proxy/v1/verify");
  }

  @Test
  void whoIsNotDoesNotAndNobodyDoesForEver() throws Exception {
    answers.addAll(List.of("503 -"));
    try (Services services = services(overrides("cluster", "here"))) {
      assertThat(services.get("ns", "svc").code()).isEqualTo(503);
      assertThat(paths).hasSize(1);
      for (int i = 0; i < 20; i++) {
        answers.add("429 0");
      }
      assertThat(services.get("ns", "svc").code()).isEqualTo(429);
      assertThat(paths).hasSize(12);
    }
  }

  @Test
  void theFirstPortHasANameOrNone() throws Exception {
    assertThat(port("{\"spec\":{\"ports\":[{\"name\":\"a\"},{\"name\":\"b\"}]}}")).contains("a");
    assertThat(port("{\"spec\":{\"ports\":[{\"port\":8080}]}}")).contains("");
    assertThat(port("{\"spec\":{\"ports\":[]}}")).isEmpty();
    assertThat(port("{}")).isEmpty();
    assertThat(catchThrowableOfType(ObjectsException.class, () -> port("<html>")))
        .hasMessageContaining("not a Service");
  }

  private static Optional<String> port(String json) throws ObjectsException {
    return Services.firstPort(new Services.Answer(200, "application/json", json.getBytes(UTF_8)));
  }
}
