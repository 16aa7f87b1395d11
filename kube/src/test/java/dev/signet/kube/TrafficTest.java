package dev.signet.kube;

import static dev.signet.kube.Scene.SOON;
import static dev.signet.kube.Scene.WIDGETS;
import static dev.signet.kube.Scene.ref;
import static dev.signet.kube.Scene.secret;
import static dev.signet.kube.Scene.widget;
import static dev.signet.kube.Scene.widgets;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Fault;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.FaultRule;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import java.io.BufferedReader;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@OnControlPlane
class TrafficTest {

  @BeforeEach
  void kinds(Api api) throws Exception {
    Scene.installWidgets(api);
  }

  @Test
  void afterRetryAfterNothingGoesOutEarlier(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    Duration promised = Duration.ofSeconds(2);
    String ns = namespace.name();
    api.post(widgets(ns), widget(ns, "a", "")).orFail();
    try (Cluster cluster = Scene.cluster(plane, proxy.url());
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      cluster.watch(List.of(WIDGETS, Resource.SECRETS), Namespaces.of(List.of(ns)), "", _ -> {});
      Scene.awaitSynced(cluster);
      Eventually.holds(
          SOON, "both watches", () -> proxy.count(each -> each.verb().equals("watch")) == 2);

      FaultRule busy =
          proxy.when(each -> each.is("get", "secrets"), Fault.tooManyRequests(promised)).times(1);
      ObjectsException refused =
          catchThrowableOfType(ObjectsException.class, () -> cluster.secret(ns, "none"));
      assertThat(refused.problem()).isEqualTo(new Problem.Throttled(promised));
      assertThat(busy.hits()).isEqualTo(1);
      int seen = proxy.exchanges().size();
      long saidAt = proxy.exchanges().getLast().arrived();

      // Informers have to come back, and everybody else wants something at once.
      proxy.resetConnections();
      for (int i = 0; i < 20; i++) {
        threads.execute(() -> quietly(() -> cluster.updateStatus(ref(ns, "a"), Map.of("at", 1L))));
        threads.execute(() -> quietly(() -> cluster.secret(ns, "none")));
        threads.execute(() -> quietly(() -> cluster.secrets(ns, "a", "b")));
      }
      Eventually.holds(
          SOON,
          "both watches again",
          () ->
              proxy.exchanges().stream()
                      .skip(seen)
                      .filter(each -> each.request().verb().equals("watch"))
                      .count()
                  >= 2);
      assertThat(proxy.exchanges().stream().skip(seen))
          .isNotEmpty()
          .allSatisfy(
              each ->
                  assertThat(each.arrived() - saidAt)
                      .as(each.request().toString())
                      .isGreaterThanOrEqualTo(promised.toNanos()));
    }
  }

  private static void quietly(ThrowingCallable call) {
    try {
      call.call();
    } catch (Throwable e) {
      assertThat(e).isInstanceOf(ObjectsException.class);
    }
  }

  @Test
  void aListOfAnInformerThatIsThrottledHoldsTheNextOneBack(
      ControlPlane plane, Namespace namespace, FaultProxy proxy) throws Exception {
    // By itself the informer would come back after one second.
    Duration promised = Duration.ofSeconds(2);
    FaultRule busy =
        proxy.when(each -> each.is("list", "widgets"), Fault.tooManyRequests(promised)).times(1);
    try (Cluster cluster = Scene.cluster(plane, proxy.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", _ -> {});
      Eventually.holds(SOON, "the caches", cluster::synced);
    }
    assertThat(busy.hits()).isEqualTo(1);
    List<Long> lists =
        proxy.exchanges().stream()
            .filter(each -> each.request().is("list", "widgets"))
            .map(FaultProxy.Exchange::arrived)
            .toList();
    assertThat(lists).hasSize(2);
    assertThat(lists.get(1) - lists.get(0)).isGreaterThanOrEqualTo(promised.toNanos());
  }

  @Test
  @Timeout(90)
  void theServersPriorityAndFairnessEndsTheClientsLimit(
      ControlPlane plane, Namespace namespace, FaultProxy proxy) throws Exception {
    // By the client's own limit the last of them would be sent after more than three minutes.
    Options one = Options.defaults().withRate(1, 1);
    try (Cluster cluster = Scene.cluster(plane, proxy.url(), one)) {
      for (int i = 0; i < 200; i++) {
        assertThat(cluster.secretVersion(namespace.name(), "none")).isEmpty();
      }
    }
    assertThat(proxy.exchanges()).hasSize(200);
  }

  @Test
  void nothingIsWrittenWhileTheGateIsShut(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    String ns = namespace.name();
    api.post(widgets(ns), widget(ns, "a", "")).orFail();
    api.post(
            namespace.path("secrets"),
            "{\"metadata\": {\"name\": \"db\"}, \"data\": {\"a\": \"Yg==\"}}")
        .orFail();
    AtomicBoolean leads = new AtomicBoolean(false);
    Options options = Options.defaults().withWriteGate(leads::get);
    try (Cluster cluster = Scene.cluster(plane, proxy.url(), options);
        Secret read = cluster.secret(ns, "db").orElseThrow();
        Secret fresh = secret(ns, "new", "a", "b")) {
      int before = proxy.exchanges().size();
      List<ThrowingCallable> writes =
          List.of(
              () -> cluster.create(fresh),
              () -> cluster.update(read),
              () -> cluster.deleteSecret(ns, "db", read.metadata().uid()));
      for (var write : writes) {
        ObjectsException refused = catchThrowableOfType(ObjectsException.class, write);
        assertThat(refused.problem()).isEqualTo(new Problem.Unreachable());
        assertThat(refused).hasMessageContaining("another process leads now; nothing was sent");
      }
      assertThat(proxy.exchanges()).hasSize(before);
      ObjectsException status =
          catchThrowableOfType(
              ObjectsException.class, () -> cluster.updateStatus(ref(ns, "a"), Map.of("x", 1L)));
      assertThat(status).hasMessageContaining("another process leads now");
      assertThat(proxy.exchanges())
          .noneMatch(each -> List.of("create", "update", "delete").contains(each.request().verb()));

      leads.set(true);
      assertThat(cluster.create(fresh)).isNotEmpty();
      cluster.updateStatus(ref(ns, "a"), Map.of("x", 1L));
    }
  }

  @Test
  void whoeverAsksForSecretsWithoutSayingHowGetsMetadataOnly(
      ControlPlane plane, Api api, Namespace namespace) throws Exception {
    String mark = "Y2FuYXJ5LW1hcms=";
    api.post(
            namespace.path("secrets"),
            "{\"metadata\": {\"name\": \"db\"}, \"data\": {\"a\": \"" + mark + "\"}}")
        .orFail();
    try (Cluster cluster = Scene.cluster(plane, plane.url())) {
      HttpClient http = cluster.client().getHttpClient();
      String url = plane.url() + namespace.path("secrets");
      String list =
          http.sendAsync(http.newHttpRequestBuilder().uri(url).build(), String.class).get().body();
      assertThat(list)
          .contains("PartialObjectMetadataList", "\"db\"")
          .doesNotContain("\"data\"", mark);

      HttpRequest watch =
          http.newHttpRequestBuilder()
              .uri(url + "?watch=true&resourceVersion=0&timeoutSeconds=600")
              .forStreaming()
              .build();
      try (InputStream body = http.sendAsync(watch, InputStream.class).get().body();
          BufferedReader lines =
              new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8))) {
        String event = lines.readLine();
        assertThat(event)
            .contains("PartialObjectMetadata", "\"db\"")
            .doesNotContain("\"data\"", mark);
      }

      String bodies =
          http.sendAsync(
                  http.newHttpRequestBuilder().uri(url).header("Accept", Traffic.BODIES).build(),
                  String.class)
              .get()
              .body();
      assertThat(bodies).contains("\"data\"", mark);
    }
  }

  @Test
  void anUnchangedObjectCostsNothingAndAChangedOneThreeRequests(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    String ns = namespace.name();
    api.post(widgets(ns), widget(ns, "a", "")).orFail();
    try (Cluster cluster = Scene.cluster(plane, proxy.url())) {
      cluster.watch(List.of(WIDGETS, Resource.SECRETS), Namespaces.of(List.of(ns)), "", _ -> {});
      Scene.awaitSynced(cluster);
      Eventually.holds(
          SOON, "both watches", () -> proxy.count(each -> each.verb().equals("watch")) == 2);
      int before = proxy.exchanges().size();

      assertThat(cluster.get(ref(ns, "a"))).isPresent();
      assertThat(cluster.secret(ns, "a")).isEmpty();
      String version;
      try (Secret wanted = secret(ns, "a", "k", "v")) {
        version = cluster.create(wanted);
      }
      cluster.updateStatus(ref(ns, "a"), Map.of("done", true));
      assertThat(proxy.exchanges().stream().skip(before).map(each -> each.request().verb()))
          .containsExactly("get", "create", "update");

      assertThat(cluster.get(ref(ns, "a"))).isPresent();
      assertThat(cluster.secretVersion(ns, "a")).contains(version);
      cluster.updateStatus(ref(ns, "a"), Map.of("done", true));
      List<Metadata> none = cluster.secretMetadata(ns, "no", "such");
      assertThat(none).isEmpty();
      assertThat(proxy.exchanges()).hasSize(before + 3);
    }
  }
}
