package dev.signet.stores.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Given;
import dev.signet.template.Template;
import dev.signet.template.sprig.Sprig;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The webhook provider against an endpoint on this machine. */
final class WebhookStoreTest {

  private final WebServer server = new WebServer();
  private final List<String> calls = new ArrayList<>();
  private final StoreProvider provider =
      WebhookStore.provider(
          new Rendering(
              Sprig::functions,
              new Template.Sources(InstantSource.system(), ZoneOffset.UTC, new SecureRandom())),
          (provider, call, succeeded) -> calls.add(provider + " " + call + " " + succeeded));

  @AfterEach
  void stop() {
    server.close();
  }

  private SecretStore open(Given given, String configuration) throws Exception {
    return given.open(provider, configuration.replace("URL", server.url()));
  }

  private String fetch(String configuration, RemoteRef ref) throws Exception {
    try (SecretStore store = open(new Given(), configuration)) {
      return Given.text(store.fetch(ref));
    }
  }

  private static RemoteRef key(String key) {
    return new RemoteRef(key, "", "");
  }

  @Test
  void whatIsAskedForStandsEscapedInTheAddress() throws Exception {
    server.answers(200, "s3cret");
    String value =
        fetch(
            "{url: 'URL/{{ .remoteRef.key }}?p={{ .remoteRef.property }}&v={{ .remoteRef.version"
                + " }}&n={{ .remoteRef.namespace }}'}",
            new RemoteRef("a/b c?", "x&y=z", "1"));
    assertThat(value).isEqualTo("s3cret");
    assertThat(server.asked().getFirst().path()).isEqualTo("/a%2Fb+c%3F?p=x%26y%3Dz&v=1&n=ns");
  }

  /** Whatever the answer is: that is how upstream counts. */
  @Test
  void everyRequestIsCounted() throws Exception {
    server.answers(200, "v");
    assertThat(fetch("{url: URL}", key("k"))).isEqualTo("v");
    server.answers(500, "");
    assertThatThrownBy(() -> fetch("{url: URL}", key("k"))).isInstanceOf(StoreException.class);
    server.answers(HttpExchange::close);
    assertThatThrownBy(() -> fetch("{url: URL}", key("k"))).isInstanceOf(StoreException.class);
    assertThat(calls)
        .containsExactly(
            "Webhook HTTPRequest true", "Webhook HTTPRequest true", "Webhook HTTPRequest false");
  }

  @Test
  void secretsStandInHeadersAndBody() throws Exception {
    server.answers(200, "{\"data\": {\"value\": \"v\"}}");
    Given given = new Given().labelled("webhook", "login", "token", "t0ken");
    try (SecretStore store =
        open(
            given,
            """
            {url: URL/x, method: POST, body: '{"k": "{{ .remoteRef.key }}", "t": "{{ .auth.token }}"}',
             headers: {Authorization: 'Bearer {{ .auth.token | b64enc }}'},
             result: {jsonPath: '$.data.{{ .remoteRef.property }}'},
             secrets: [{name: auth, secretRef: {name: login}}]}
            """)) {
      assertThat(Given.text(store.fetch(new RemoteRef("a\"b", "value", "")))).isEqualTo("v");
    }
    WebServer.Asked asked = server.asked().getFirst();
    assertThat(asked.method()).isEqualTo("POST");
    assertThat(asked.authorization()).isEqualTo("Bearer dDBrZW4=");
    assertThat(asked.body()).isEqualTo("{\"k\": \"a\"b\", \"t\": \"t0ken\"}");
  }

  @Test
  void aSecretThatIsNotMeantForWebhooksIsNotSent() {
    Given given = new Given().secret("admin", "token", "t0ken");
    assertThatThrownBy(
            () ->
                open(
                    given,
                    "{url: URL, headers: {A: '{{ .a.token }}'}, secrets: [{name: a, secretRef:"
                        + " {name: admin}}]}"))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not contain needed label");
    assertThat(server.asked()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          $.t     | text
          $.n     | 12345678
          $.f     | 1.5
          $.b     | true
          $.z     | ``
          $.l     | first
          $.o     | {"a":"<b>"}
          $.o.a   | <b>
          $.l[1]  | second
          """)
  void oneValueIsTakenOutOfTheAnswer(String path, String expected) throws Exception {
    server.answers(
        200,
        """
        {"t": "text", "n": 12345678, "f": 1.5, "b": true, "z": null, "l": ["first", "second"],
         "o": {"a": "<b>"}}
        """);
    assertThat(fetch("{url: URL, result: {jsonPath: '" + path + "'}}", key("k")))
        .isEqualTo(expected.replace("<b>", path.equals("$.o") ? "\\u003cb\\u003e" : "<b>"));
  }

  @Test
  void anAnswerIsAMapAndSoIsATextThatHoldsOne() throws Exception {
    server.answers(200, "{\"data\": \"{\\\"a\\\": \\\"x\\\", \\\"b\\\": [1]}\", \"c\": 2}");
    try (SecretStore store = open(new Given(), "{url: URL, result: {jsonPath: '$.data'}}")) {
      assertThat(Given.texts(store.fetchMap(key("k")))).isEqualTo(Map.of("a", "x", "b", "[1]"));
    }
    try (SecretStore store = open(new Given(), "{url: URL}")) {
      assertThat(Given.texts(store.fetchMap(key("k")))).containsEntry("c", "2");
    }
  }

  @Test
  void pushingAndDeletingEscapeAndCarryTheCredentials() throws Exception {
    server.answers(201, "");
    Given given = new Given().labelled("webhook", "login", "token", "t0ken");
    try (SecretStore store =
            open(
                given,
                """
                {url: 'URL/{{ .remoteRef.remoteKey }}', headers: {Authorization: 'Bearer {{ .auth.token }}'},
                 secrets: [{name: auth, secretRef: {name: login}}]}
                """);
        SecretBytes value = SecretBytes.wrap("v".getBytes(StandardCharsets.UTF_8));
        Material whole = new Material()) {
      Writable writable = (Writable) store;
      Writable.Remote remote = new Writable.Remote("team-a/db", "");
      writable.push(
          remote, value, new Writable.Source("k", whole, "", Map.of(), Map.of()), Map.of());
      writable.delete(remote);
    }
    assertThat(server.asked())
        .containsExactly(
            new WebServer.Asked("POST", "/team-a%2Fdb", "Bearer t0ken", "v"),
            new WebServer.Asked("DELETE", "/team-a%2Fdb", "Bearer t0ken", ""));
  }

  @Test
  void whatIsNotThereIsNotThere() throws Exception {
    server.answers(404, "");
    try (SecretStore store = open(new Given(), "{url: 'URL/{{ .remoteRef.key }}'}")) {
      Writable writable = (Writable) store;
      assertThat(writable.exists(new Writable.Remote("k", ""))).isFalse();
      writable.delete(new Writable.Remote("k", ""));
    }
    assertThat(problem("{url: URL}")).isInstanceOf(Problem.NotFound.class);
  }

  private Problem problem(String configuration) {
    return failure(configuration).problem();
  }

  private StoreException failure(String configuration) {
    return catchThrowableOfType(StoreException.class, () -> fetch(configuration, key("k")));
  }

  @ParameterizedTest
  @CsvSource({
    "304, Unreachable",
    "302, Unreachable",
    "400, Malformed",
    "401, Denied",
    "403, Denied",
    "404, NotFound",
    "429, Throttled",
    "500, Unreachable",
    "503, Unreachable"
  })
  void whatAnEndpointAnswersIsAProblemThatTheEngineKnows(int code, String problem) {
    server.answers(code, code == 304 ? "" : "s3cret in a page");
    StoreException failure = failure("{url: 'URL/?token=t0ken'}");
    assertThat(failure.problem().getClass().getSimpleName()).isEqualTo(problem);
    assertThat(failure)
        .hasMessageContaining("SecretStore/ns/s answered " + code)
        .hasMessageNotContaining("s3cret")
        .hasMessageNotContaining("t0ken");
  }

  @Test
  void howLongToWaitIsTakenFromTheAnswer() {
    server.answers(
        exchange -> {
          exchange.getResponseHeaders().add("Retry-After", "17");
          WebServer.answering(429, "").to(exchange);
        });
    assertThat(problem("{url: URL}")).isEqualTo(new Problem.Throttled(Duration.ofSeconds(17)));
  }

  @Test
  void aRedirectIsNotFollowed() throws Exception {
    try (WebServer other = new WebServer()) {
      server.answers(
          exchange -> {
            exchange.getResponseHeaders().add("Location", other.url() + "/steal");
            WebServer.answering(302, "").to(exchange);
          });
      assertThat(failure("{url: URL, headers: {Authorization: secret}}"))
          .hasMessageContaining("a redirect, which is not followed");
      assertThat(other.asked()).isEmpty();
    }
  }

  @Test
  void anEndpointThatHangsInTheMiddleOfItsAnswerIsGivenUp() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    server.answers(
        exchange -> {
          exchange.sendResponseHeaders(200, 100);
          exchange.getResponseBody().write('s');
          exchange.getResponseBody().flush();
          try {
            done.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    try {
      assertThat(problem("{url: URL, timeout: 1s}")).isInstanceOf(Problem.Unreachable.class);
    } finally {
      done.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"a\": \"s3cr", "<html>s3cret</html>", "", "[1,"})
  void anAnswerThatIsCutOffIsTriedAgainAndNotShown(String body) {
    server.answers(200, body);
    StoreException failure = failure("{url: URL, result: {jsonPath: $.a}}");
    assertThat(failure.problem()).isInstanceOf(Problem.Unreachable.class);
    assertThat(failure).hasMessageNotContaining("s3cr");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {url: 'ftp://x/'}                                              | url is no address
          {url: '{{ .auth.token }}'}                                     | url is no address
          {url: URL, headers: {'X-A': "{{ .auth.token }}\\n{{ .auth.token }}"}} | header X-A cannot be sent
          {url: URL, headers: {Host: x}}                                 | header Host cannot be sent
          {url: URL, body: '{{ fail .auth.token }}', method: POST}       | failed to parse body
          {url: 'URL/{{ index .auth.token 99 }}'}                        | failed to parse url
          {url: URL, method: 'G ET'}                                     | method is none of HTTP's
          """)
  void whatCannotBeSentIsSaidWithoutAnyValue(String configuration, String expected)
      throws Exception {
    Given given = new Given().labelled("webhook", "login", "token", "t0ken");
    String whole =
        configuration.substring(0, configuration.length() - 1)
            + ", secrets: [{name: auth, secretRef: {name: login}}]}";
    try (SecretStore store = open(given, whole)) {
      assertThatThrownBy(() -> store.fetch(key("k")))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining(expected)
          .hasMessageNotContaining("t0ken");
    }
    assertThat(server.asked()).isEmpty();
  }

  @Test
  void whatItCannotDoIsRefused() {
    assertThatThrownBy(
            () ->
                open(
                    new Given(),
                    "{url: URL, auth: {ntlm: {usernameSecret: {name: a}, passwordSecret: {name:"
                        + " a}}}}"))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining("ntlm");
    assertThatThrownBy(() -> open(new Given(), "{url: URL, caBundle: bm8gY2VydGlmaWNhdGU=}"))
        .isInstanceOf(MalformedObjectException.class);
  }

  @Test
  void aStoreIsReadyWhenItsServerTakesConnections() throws Exception {
    try (SecretStore store = open(new Given(), "{url: 'URL/{{ .remoteRef.key }}'}")) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
    }
    try (SecretStore store = open(new Given(), "{url: 'https://{{ .a.host }}/'}")) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.UNKNOWN);
    }
    String gone;
    try (WebServer other = new WebServer()) {
      gone = other.url();
    }
    try (SecretStore store = new Given().open(provider, "{url: '" + gone + "'}")) {
      assertThatThrownBy(store::validate).isInstanceOf(StoreException.class);
    }
  }
}
