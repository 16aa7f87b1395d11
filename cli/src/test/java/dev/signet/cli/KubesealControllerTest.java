package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.signet.cli.KubesealHarness.Result;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What kubeseal says to each answer of an API server and of what is behind it: upstream's 0.40.0
 * was given the same answers, and the texts are what it said.
 */
class KubesealControllerTest {

  private static final String SERVICE = "{\"kind\":\"Service\",\"spec\":{\"ports\":[{%s}]}}";
  private static final String HINT =
      ".\nPlease, use the flag --controller-name and --controller-namespace to set up the name and"
          + " namespace of the sealed secrets controller\n";

  @TempDir Path folder;

  private final List<String> requests = new ArrayList<>();
  private KubesealHarness kubeseal;
  private HttpServer server;
  private int serviceCode = 200;
  private String service = SERVICE.formatted("\"port\":8080");
  private int code = 200;
  private String reply = "";

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().toString();
          boolean proxied = path.contains("/proxy/");
          requests.add(
              exchange.getRequestMethod()
                  + " "
                  + path
                  + " "
                  + exchange.getRequestHeaders().getFirst("Accept")
                  + " "
                  + new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] body = (proxied ? reply : service).getBytes(UTF_8);
          exchange.sendResponseHeaders(
              proxied ? code : serviceCode, body.length == 0 ? -1 : body.length);
          if (body.length > 0) {
            exchange.getResponseBody().write(body);
          }
          exchange.close();
        });
    server.start();
    kubeseal =
        KubesealHarness.in(folder)
            .variable("SEALED_SECRETS_CONTROLLER_NAME", "ctl")
            .variable("SEALED_SECRETS_SERVER", "http://127.0.0.1:" + server.getAddress().getPort())
            .inputFile("sealed.json");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          500 |                    | an error on the server ("") has prevented the request from succeeding (post services http:ctl:)
          500 | x                  | an error on the server ("x") has prevented the request from succeeding (post services http:ctl:)
          404 | not found          | the server could not find the requested resource (post services http:ctl:)
          413 | big                | the server responded with the status code 413 but did not return more information (post services http:ctl:)
          503 | busy               | the server is currently unable to handle the request (post services http:ctl:)
          401 | x                  | the server has asked for the client to provide credentials (post services http:ctl:)
          403 | no                 | no (post services http:ctl:)
          400 |                    | the server rejected our request for an unknown reason (post services http:ctl:)
          405 | y                  | the server does not allow this method on the requested resource (post services http:ctl:)
          429 | limit exceeded     | the server has received too many requests and has asked us to try again later (post services http:ctl:)
          503 | {"kind":"Status","message":"no endpoints available for service \\"x\\""} | no endpoints available for service "x"
          """)
  void whatTheControllerRefuses(int status, String body, String text) {
    code = status;
    reply = body == null ? "" : body;
    assertThat(kubeseal.run("--validate"))
        .isEqualTo(new Result(1, "", "error: cannot validate sealed secret: " + text + "\n"));
    assertThat(kubeseal.inputFile("sealed.json").run("--re-encrypt"))
        .isEqualTo(new Result(1, "", "error: cannot re-encrypt secret: " + text + "\n"));
    assertThat(kubeseal.run("--fetch-cert").err())
        .isEqualTo("error: cannot fetch certificate: " + text.replace("(post ", "(get ") + "\n");
  }

  @Test
  void whatDoesNotOpenIsNamed() {
    code = 409;
    assertThat(kubeseal.run("--validate"))
        .isEqualTo(new Result(1, "", "error: unable to decrypt sealed secret: db-credentials\n"));
    assertThat(kubeseal.inputFile("sealed.json").run("--rotate").err())
        .isEqualTo("error: unable to rotate secret\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          404 | {"kind":"Status","message":"services \\"ctl\\" not found"} | services "ctl" not found
          403 | <html>no</html> | unknown (get services ctl)
          500 |                 | an error on the server ("unknown") has prevented the request from succeeding (get services ctl)
          401 | {"kind":"Status","message":"Unauthorized"} | Unauthorized
          200 | {"spec":{"ports":[]}} | services "ctl" has no ports
          """)
  void whatStandsInTheWayToTheService(int status, String body, String text) {
    serviceCode = status;
    service = body == null ? "" : body;
    for (String mode : List.of("--validate", "--re-encrypt", "--fetch-cert")) {
      assertThat(kubeseal.inputFile("sealed.json").run(mode))
          .isEqualTo(new Result(1, "", "error: cannot get sealed secret service: " + text + HINT));
    }
    assertThat(kubeseal.inputFile("secret.yaml").run().exit()).isEqualTo(1);
  }

  @Test
  void requestsAreThoseOfUpstream() {
    service = SERVICE.formatted("\"name\":\"http\",\"port\":8080");
    kubeseal.input(
        """
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: a, namespace: b, labels: {number: 5}, unknown: x}
        spec: {encryptedData: {k: AgA=, odd: 7}, template: {data: {t: "<{{.k}}>"}}}
        ---
        kind: Other
        """);
    assertThat(kubeseal.run("--validate", "--controller-namespace", "ns"))
        .isEqualTo(new Result(0, "", ""));
    String proxy = "/api/v1/namespaces/ns/services/http:ctl:http/proxy/v1/";
    assertThat(requests)
        .containsExactly(
            "GET /api/v1/namespaces/ns/services/ctl application/json ",
            "POST "
                + proxy
                + "verify application/json, */* {\"kind\":\"SealedSecret\",\"apiVersion\":\"bitnami.com/v1alpha1\","
                + "\"metadata\":{\"name\":\"a\",\"namespace\":\"b\",\"labels\":{\"number\":\"5\"}},"
                + "\"spec\":{\"template\":{\"metadata\":{},\"data\":{\"t\":\"\\u003c{{.k}}\\u003e\"}},"
                + "\"encryptedData\":{\"k\":\"AgA=\"}}}",
            "POST "
                + proxy
                + "verify application/json, */* {\"kind\":\"Other\",\"apiVersion\":\"bitnami.com/v1alpha1\","
                + "\"metadata\":{},\"spec\":{\"template\":{\"metadata\":{}},\"encryptedData\":{}}}");
    requests.clear();
    reply = "any bytes";
    assertThat(kubeseal.run("--fetch-cert", "--controller-namespace", "ns"))
        .isEqualTo(new Result(0, "any bytes", ""));
    assertThat(requests.getLast())
        .isEqualTo("GET " + proxy + "cert.pem application/x-pem-file, */* ");
  }

  /** Upstream passes over such documents, and is content when none is left. */
  @ParameterizedTest
  @ValueSource(strings = {"", "---\n{}\n", "[", "hello", "metadata: a", "{\"a\":"})
  void whatIsNoSealedSecretIsAnErrorAndNeverAnEmptyFile(String input) throws IOException {
    assertThat(kubeseal.input(input).run("--validate").exit()).isEqualTo(1);
    Files.writeString(folder.resolve("broken.yaml"), input);
    Result result = kubeseal.run("--re-encrypt", "-f", "broken.yaml");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).startsWith("error: ");
    assertThat(kubeseal.read("broken.yaml")).isEqualTo(input);
  }

  @Test
  void whatIsSealedAgainIsPrintedAsUpstreamPrintsIt() {
    reply =
        "{\"metadata\":{\"name\":\"a\",\"creationTimestamp\":\"2026-01-01T00:00:00Z\",\"generation\":3},"
            + "\"spec\":{\"template\":{\"metadata\":{}},\"encryptedData\":{\"k\":\"AgB=\"}}}";
    assertThat(kubeseal.run("--re-encrypt", "-o", "yaml"))
        .isEqualTo(
            new Result(
                0,
                """
                ---
                apiVersion: bitnami.com/v1alpha1
                kind: SealedSecret
                metadata:
                  name: a
                spec:
                  encryptedData:
                    k: AgB=
                  template:
                    metadata: {}
                """,
                ""));
    for (String odd : List.of("", "no json", "{", "{}{}")) {
      reply = odd;
      assertThat(kubeseal.inputFile("sealed.json").run("--re-encrypt").exit()).isEqualTo(1);
    }
  }

  @Test
  void validatingWritesNothing() {
    var before = kubeseal.files();
    assertThat(kubeseal.run("--validate", "-w", "out.yaml").exit()).isZero();
    assertThat(kubeseal.files()).isEqualTo(before);
  }

  @ParameterizedTest
  @CsvSource({"x", "5x", "-1s s", "1.5.5s"})
  void aTimeoutHasAForm(String timeout) {
    assertThat(kubeseal.run("--fetch-cert", "--request-timeout", timeout).err())
        .startsWith("error: Invalid timeout value. ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "30", "1m", "1m30s", "2500ms", "1.5h"})
  void theseAreTimeouts(String timeout) {
    assertThat(kubeseal.run("--fetch-cert", "--request-timeout", timeout).exit()).isZero();
  }

  @Test
  void aCertificateIsFetchedFromAUrlToo() {
    reply = "";
    service = kubeseal.read("cert.pem");
    String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/some/cert.pem";
    assertThat(kubeseal.run("--fetch-cert", "--cert", url)).isEqualTo(new Result(0, service, ""));
    assertThat(kubeseal.inputFile("secret.yaml").run("--cert", url).exit()).isZero();
    serviceCode = 404;
    assertThat(kubeseal.inputFile("secret.yaml").run("--cert", url).err())
        .isEqualTo("error: cannot fetch \"" + url + "\": 404 Not Found\n");
    assertThat(kubeseal.run("--fetch-cert", "--cert", "ftp://x/y").err())
        .isEqualTo("error: Get \"ftp://x/y\": unsupported protocol scheme \"ftp\"\n");
  }

  @Test
  void theProxyOfTheEnvironmentLeadsToTheUrl() {
    service = kubeseal.read("cert.pem");
    kubeseal.variable("http_proxy", "http://127.0.0.1:" + server.getAddress().getPort());
    assertThat(kubeseal.run("--fetch-cert", "--cert", "http://sealing.example/cert.pem").out())
        .isEqualTo(service);
    assertThat(requests.getLast()).startsWith("GET http://sealing.example/cert.pem ");
  }
}
