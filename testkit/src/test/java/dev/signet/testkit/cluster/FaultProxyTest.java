package dev.signet.testkit.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Needs;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OnControlPlane
class FaultProxyTest {

  private static final Duration SOON = Duration.ofSeconds(30);

  private ControlPlane plane;
  private Namespace namespace;
  private FaultProxy proxy;
  private Api api;

  @BeforeEach
  void clientOfTheProxy(ControlPlane plane, Namespace namespace, FaultProxy proxy) {
    this.plane = plane;
    this.namespace = namespace;
    this.proxy = proxy;
    this.api = proxy.api(plane, plane.admin());
  }

  @AfterEach
  void leave() {
    api.close();
  }

  @Test
  void withoutARuleEverythingPassesAndIsCounted() throws IOException {
    api.post(namespace.path("secrets"), ControlPlaneTest.secret("db", "x", "")).orFail();
    api.get(namespace.path("secrets/db")).orFail();
    api.get(namespace.path("secrets")).orFail();
    api.delete(namespace.path("secrets/db")).orFail();
    assertThat(api.get(namespace.path("secrets/db")).status()).isEqualTo(404);

    assertThat(proxy.exchanges())
        .extracting(exchange -> exchange.request().verb())
        .containsExactly("create", "get", "list", "delete", "get");
    assertThat(proxy.count(request -> request.is("get", "secrets"))).isEqualTo(2);
    assertThat(proxy.exchanges())
        .allSatisfy(
            exchange -> {
              assertThat(exchange.request().namespace()).isEqualTo(namespace.name());
              assertThat(exchange.user()).isEqualTo("admin");
              assertThat(exchange.body()).isEmpty();
            });
  }

  @Test
  void aUserIsThemselvesBehindTheProxyWithCertificateOrToken() throws IOException {
    try (Api alice = proxy.api(plane, plane.user("alice", "developers", "friends"));
        Api account = proxy.api(plane, plane.token(namespace.name(), "default"))) {
      assertThat(ControlPlaneTest.whoIs(alice)).isEqualTo("alice");
      assertThat(ControlPlaneTest.whoIs(account))
          .isEqualTo("system:serviceaccount:" + namespace.name() + ":default");
      assertThat(alice.get(namespace.path("secrets")).status()).isEqualTo(403);
    }
  }

  @Test
  void aThrottledClientIsToldWhenToComeBackAndTheServerKnowsNothing() throws IOException {
    FaultRule rule =
        proxy
            .when(r -> r.is("create", "secrets"), Fault.tooManyRequests(Duration.ofSeconds(7)))
            .times(1);

    Api.Response refused =
        api.post(namespace.path("secrets"), ControlPlaneTest.secret("db", "x", ""));
    assertThat(refused.status()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("7");
    assertThat(refused.json().text("reason")).isEqualTo("TooManyRequests");
    assertThat(plane.api().get(namespace.path("secrets/db")).status()).isEqualTo(404);

    api.post(namespace.path("secrets"), ControlPlaneTest.secret("db", "x", "")).orFail();
    assertThat(rule.hits()).isEqualTo(1);
  }

  @Test
  void eachSecondUpdateIsAConflictAndAnErrorIsAnError() throws IOException {
    api.post(namespace.path("secrets"), ControlPlaneTest.secret("db", "x", "")).orFail();
    FaultRule conflicts = proxy.when(r -> r.verb().equals("update"), Fault.conflict()).every(2);
    FaultRule errors = proxy.when(r -> r.verb().equals("list"), Fault.answer(500));

    for (int expected : new int[] {200, 409, 200, 409}) {
      assertThat(api.put(namespace.path("secrets/db"), ControlPlaneTest.secret("db", "y", "")))
          .extracting(Api.Response::status)
          .isEqualTo(expected);
    }
    assertThat(conflicts.hits()).isEqualTo(2);
    assertThat(api.get(namespace.path("secrets")).status()).isEqualTo(500);
    errors.end();
    assertThat(api.get(namespace.path("secrets")).status()).isEqualTo(200);
  }

  @Test
  void aDelayedRequestTakesAtLeastThatLong() throws IOException {
    proxy.when(r -> r.is("list", "secrets"), Fault.delay(Duration.ofMillis(300)));

    long began = System.nanoTime();
    api.get(namespace.path("secrets")).orFail();
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(299));
  }

  @Test
  void aResetRequestIsNotDoneAndALostAnswerIsOfOneThatWas() throws IOException {
    proxy.when(r -> r.verb().equals("create"), Fault.reset()).times(1);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> create("first"));
    proxy.when(r -> r.verb().equals("create"), Fault.loseAnswer()).times(1);
    assertThatExceptionOfType(IOException.class).isThrownBy(() -> create("second"));

    assertThat(plane.api().get(namespace.path("secrets/first")).status()).isEqualTo(404);
    assertThat(plane.api().get(namespace.path("secrets/second")).status()).isEqualTo(200);
  }

  @Test
  void aWatchFlowsUntilAllConnectionsAreReset() throws IOException {
    try (BufferedReader events = watch()) {
      create("first");
      assertThat(nameIn(events.readLine())).isEqualTo("first");
      proxy.resetConnections();
      assertThatExceptionOfType(IOException.class).isThrownBy(events::readLine);
    }
    try (BufferedReader events = watch()) {
      assertThat(nameIn(events.readLine())).isEqualTo("first");
      create("second");
      assertThat(nameIn(events.readLine())).isEqualTo("second");
    }
  }

  @Test
  void watchesAreCutAfterAWhileAndNothingElseIs() throws IOException {
    FaultRule cuts =
        proxy.when(r -> r.verb().equals("watch"), Fault.cutAfter(Duration.ofMillis(100)));

    for (int cut = 1; cut <= 3; cut++) {
      try (BufferedReader events = watch()) {
        assertThatExceptionOfType(IOException.class).isThrownBy(events::readLine);
      }
      assertThat(cuts.hits()).isEqualTo(cut);
      assertThat(api.get(namespace.path("secrets")).status()).isEqualTo(200);
    }
  }

  @Test
  void aWatchThatTheClientLeavesEndsAtTheServerToo() throws IOException {
    try (BufferedReader events = watch()) {
      create("first");
      assertThat(nameIn(events.readLine())).isEqualTo("first");
    }
    // The audit log has a watch when it has ended at the server.
    Eventually.holds(
        SOON,
        "the end of the watch",
        () ->
            plane
                    .audit()
                    .count(
                        entry ->
                            entry.verb().equals("watch")
                                && entry.namespace().equals(namespace.name())
                                && entry.user().equals("admin"))
                > 0);
  }

  @Test
  void bodiesAreKeptOnDemand() throws IOException {
    proxy.keepBodies();
    create("marked");

    assertThat(proxy.exchanges())
        .singleElement()
        .satisfies(
            exchange ->
                assertThat(Jsonl.row(exchange.body()).row("data").base64("value"))
                    .isEqualTo("value of marked".getBytes(UTF_8)));
  }

  @Test
  void kubectlWorksThroughTheProxy(@TempDir Path folder) throws Exception {
    Path kubectl = Needs.command("kubectl", "install kubectl and put it on the PATH");
    create("first");
    Path kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(kubeconfig, plane.kubeconfig(proxy.url(), plane.admin()));

    ProcessBuilder builder =
        new ProcessBuilder(
            kubectl.toString(), "get", "secrets", "-o", "name", "-n", namespace.name());
    builder.environment().put("KUBECONFIG", kubeconfig.toString());
    builder.environment().put("HOME", folder.toString());
    Process process = builder.redirectError(folder.resolve("err").toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);

    assertThat(process.waitFor()).as(Files.readString(folder.resolve("err"))).isZero();
    assertThat(output).isEqualTo("secret/first\n");
    assertThat(proxy.count(request -> request.is("list", "secrets"))).isEqualTo(1);
  }

  private void create(String name) throws IOException {
    api.post(namespace.path("secrets"), ControlPlaneTest.secret(name, "value of " + name, ""))
        .orFail();
  }

  private BufferedReader watch() throws IOException {
    InputStream events = api.stream(namespace.path("secrets?watch=true"));
    return new BufferedReader(new InputStreamReader(events, UTF_8));
  }

  private static String nameIn(String event) {
    return Jsonl.row(event).row("object").row("metadata").text("name");
  }
}
