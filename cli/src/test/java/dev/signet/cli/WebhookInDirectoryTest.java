package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store and a generator that are endpoints, all the way to the Secret and its explanation. */
class WebhookInDirectoryTest {

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));
  private HttpServer server;
  private final List<String> tokens = new CopyOnWriteArrayList<>();

  @BeforeEach
  void endpoint() throws IOException {
    shell = new Shell(folder);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Token")));
          byte[] body = "{\"data\": {\"password\": \"s3cret\"}}".getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    shell.write(
        "app/all.yaml",
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: login, namespace: production, labels: {external-secrets.io/type: webhook}}
        stringData: {token: t0ken}
        ---
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: hook, namespace: production}
        spec:
          provider:
            webhook:
              url: "URL/{{ .remoteRef.key }}"
              headers: {X-Token: "{{ .login.token }}"}
              result: {jsonPath: "$.data"}
              secrets: [{name: login, secretRef: {name: login}}]
        ---
        apiVersion: generators.external-secrets.io/v1alpha1
        kind: Webhook
        metadata: {name: made, namespace: production}
        spec: {url: "URL/made", result: {jsonPath: "$.data"}}
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: fetched, namespace: production}
        spec:
          secretStoreRef: {name: hook}
          target: {template: {data: {dsn: "postgres://app:{{ .password }}@db"}}}
          dataFrom: [{extract: {key: db}}]
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: generated, namespace: production}
        spec:
          dataFrom:
          - sourceRef: {generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: Webhook, name: made}}
        """
            .replace("URL", "http://127.0.0.1:" + server.getAddress().getPort()));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void whatAnEndpointAnswersIsDeliveredAndExplained() {
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(
            shell
                .signet("get", "secret", "production/fetched", "--reveal", "dsn")
                .succeeded()
                .out())
        .contains("postgres://app:s3cret@db");
    assertThat(
            shell
                .signet("get", "secret", "production/generated", "--reveal", "password")
                .succeeded()
                .out())
        .contains("s3cret");
    assertThat(tokens).contains("t0ken").hasSize(2);
    assertThat(shell.signet("explain", "production/fetched").succeeded().out())
        .contains(
            "from  template in ExternalSecret/production/fetched, over password from"
                + " SecretStore/production/hook, db property password")
        .doesNotContain("s3cret");
  }
}
