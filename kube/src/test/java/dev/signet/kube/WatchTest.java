package dev.signet.kube;

import static dev.signet.kube.Scene.SOON;
import static dev.signet.kube.Scene.WIDGET;
import static dev.signet.kube.Scene.WIDGETS;
import static dev.signet.kube.Scene.ref;
import static dev.signet.kube.Scene.widget;
import static dev.signet.kube.Scene.widgets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ApiRequest;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Fault;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.FaultRule;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnControlPlane
class WatchTest {

  private static boolean lists(ApiRequest request) {
    return request.is("list", "widgets");
  }

  private static boolean watches(ApiRequest request) {
    return request.is("watch", "widgets");
  }

  @BeforeEach
  void kinds(Api api) throws IOException {
    Scene.installWidgets(api);
  }

  @Test
  void manyObjectsAreListedInPages(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    int count = 1100;
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Future<Api.Response>> made = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String name = "w-" + i;
        made.add(
            threads.submit(
                () -> api.post(widgets(namespace.name()), widget(namespace.name(), name, ""))));
      }
      for (Future<Api.Response> each : made) {
        each.get().orFail();
      }
    }
    Scene.Told told = new Scene.Told();
    try (Cluster cluster = Scene.cluster(plane, proxy.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
      assertThat(told.refs).hasSize(count).doesNotHaveDuplicates();
      assertThat(cluster.list(WIDGET))
          .hasSize(count)
          .isSortedAccordingTo((a, b) -> a.ref().compareTo(b.ref()));
    }
    assertThat(proxy.count(WatchTest::lists)).isEqualTo(3);
    assertThat(proxy.exchanges())
        .filteredOn(each -> lists(each.request()))
        .allSatisfy(each -> assertThat(each.request().uri()).contains("limit=500"));
  }

  @Test
  void watchesEndByThemselvesAfterAboutFiveMinutesAndAskForBookmarks(
      ControlPlane plane, Namespace namespace, FaultProxy proxy) throws Exception {
    try (Cluster cluster = Scene.cluster(plane, proxy.url())) {
      cluster.watch(
          List.of(WIDGETS, Resource.SECRETS),
          Namespaces.of(List.of(namespace.name())),
          "",
          _ -> {});
      Scene.awaitSynced(cluster);
      Eventually.holds(
          SOON, "two watches", () -> proxy.count(each -> each.verb().equals("watch")) == 2);
    }
    Pattern timeout = Pattern.compile("timeoutSeconds=(\\d+)");
    assertThat(proxy.exchanges())
        .filteredOn(each -> each.request().verb().equals("watch"))
        .allSatisfy(
            each -> {
              String uri = each.request().uri();
              assertThat(uri).contains("allowWatchBookmarks=true");
              Matcher found = timeout.matcher(uri);
              assertThat(found.find()).isTrue();
              assertThat(Integer.parseInt(found.group(1))).isBetween(290, 350);
              assertThat(found.find()).isFalse();
            });
  }

  @Test
  void aKindThatIsAnnouncedAndNotServedIsAskedForLaterAndLater(
      ControlPlane plane, Namespace namespace, FaultProxy proxy) throws Exception {
    FaultRule down = proxy.when(WatchTest::lists, Fault.answer(404));
    long started = System.nanoTime();
    try (Cluster cluster = Scene.cluster(plane, proxy.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", _ -> {});
      Eventually.holds(SOON, "three lists", () -> down.hits() >= 3);
      // The second comes at once, since what is served may just have changed; the third does not.
      assertThat(Duration.ofNanos(System.nanoTime() - started))
          .isGreaterThan(Duration.ofSeconds(1));
      down.end();
      Scene.awaitSynced(cluster);
    }
  }

  @Test
  void aWatchThatIsTooOldListsAnew(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    Ref kept = ref(namespace.name(), "kept");
    Ref gone = ref(namespace.name(), "gone");
    api.post(widgets(namespace.name()), widget(namespace.name(), "kept", "")).orFail();
    api.post(widgets(namespace.name()), widget(namespace.name(), "gone", "")).orFail();
    Scene.Told told = new Scene.Told();
    try (Cluster cluster = Scene.cluster(plane, proxy.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
      Eventually.holds(SOON, "the watch", () -> proxy.count(WatchTest::watches) > 0);
      told.refs.clear();

      // While nothing can be watched, things happen; the first watch after that says 410.
      FaultRule down = proxy.when(WatchTest::watches, Fault.reset());
      proxy.resetConnections();
      Eventually.holds(SOON, "a refused watch", () -> down.hits() > 0);
      api.delete(widgets(namespace.name()) + "/gone").orFail();
      api.post(widgets(namespace.name()), widget(namespace.name(), "new", "")).orFail();
      proxy.when(WatchTest::watches, Fault.answer(410)).times(1);
      down.end();

      told.await(gone);
      told.await(ref(namespace.name(), "new"));
      assertThat(told.count(kept)).isZero();
      assertThat(cluster.get(gone)).isEmpty();
      assertThat(cluster.get(kept)).isPresent();
      assertThat(proxy.count(WatchTest::lists)).isEqualTo(2);
    }
  }

  @Test
  void nothingIsMissedWhileWatchesAreCutAllTheTime(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    proxy.when(WatchTest::watches, Fault.cutAfter(Duration.ofMillis(300)));
    Scene.Told told = new Scene.Told();
    try (Cluster cluster = Scene.cluster(plane, proxy.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
      for (int i = 0; i < 5; i++) {
        long watches = proxy.count(WatchTest::watches);
        api.post(widgets(namespace.name()), widget(namespace.name(), "w-" + i, "")).orFail();
        told.await(ref(namespace.name(), "w-" + i));
        Eventually.holds(SOON, "another watch", () -> proxy.count(WatchTest::watches) > watches);
      }
      assertThat(cluster.list(WIDGET)).hasSize(5);
    }
  }

  @Test
  void theApiServerMayGoAndComeBack(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    Scene.Told told = new Scene.Told();
    api.post(widgets(namespace.name()), widget(namespace.name(), "before", "")).orFail();
    try (Cluster cluster = Scene.cluster(plane, plane.url())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
      plane.apiServer().kill();
      assertThat(cluster.get(ref(namespace.name(), "before"))).isPresent();
      plane.apiServer().start();
      api.post(widgets(namespace.name()), widget(namespace.name(), "after", "")).orFail();
      told.await(ref(namespace.name(), "after"));
      assertThat(cluster.list(WIDGET)).hasSize(2);
    }
  }

  @Test
  void aSilentWatchIsTakenForDead(ControlPlane plane, Namespace namespace, FaultProxy proxy)
      throws Exception {
    Traffic.Limits limits =
        new Traffic.Limits(Duration.ofMillis(300), Duration.ofMillis(200), Duration.ofSeconds(10));
    try (Cluster cluster =
        new Cluster(
            Scene.connection(plane, proxy.url(), plane.admin()),
            List.of(WIDGETS),
            Options.defaults(),
            limits)) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", _ -> {});
      Scene.awaitSynced(cluster);
      Eventually.holds(SOON, "a third watch", () -> proxy.count(WatchTest::watches) >= 3);
      assertThat(proxy.count(WatchTest::lists)).isEqualTo(1);
    }
  }

  @Test
  void aWatchThatIsNeverAnsweredIsAskedForAgain(
      ControlPlane plane, Api api, Namespace namespace, FaultProxy proxy) throws Exception {
    Traffic.Limits limits =
        new Traffic.Limits(Duration.ofSeconds(60), Duration.ofSeconds(60), Duration.ofMillis(500));
    FaultRule hangs = proxy.when(WatchTest::watches, Fault.delay(Duration.ofHours(1))).times(1);
    Scene.Told told = new Scene.Told();
    try (Cluster cluster =
        new Cluster(
            Scene.connection(plane, proxy.url(), plane.admin()),
            List.of(WIDGETS),
            Options.defaults(),
            limits)) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
      Eventually.holds(SOON, "the watch that hangs", () -> hangs.hits() == 1);
      api.post(widgets(namespace.name()), widget(namespace.name(), "a", "")).orFail();
      told.await(ref(namespace.name(), "a"));
    }
  }

  @Test
  void onlyWhatTheLabelsSelectIsWatched(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    String labelled =
        widget(namespace.name(), "mine", "")
            .replace("\"name\": \"mine\"", "\"name\": \"mine\", \"labels\": {\"team\": \"a\"}");
    api.post(widgets(namespace.name()), labelled).orFail();
    api.post(widgets(namespace.name()), widget(namespace.name(), "other", "")).orFail();
    Scene.Told told = new Scene.Told();
    try (Cluster cluster = Scene.cluster(plane, plane.url())) {
      cluster.watch(
          List.of(WIDGETS),
          Namespaces.of(List.of(namespace.name())),
          "team in (a, b)",
          told::changed);
      Scene.awaitSynced(cluster);
      assertThat(told.refs).containsExactly(ref(namespace.name(), "mine"));
      assertThat(cluster.list(WIDGET)).hasSize(1);
    }
  }

  @Test
  void someNamespacesCanBeWatched(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    try (Namespace second = plane.namespace("test");
        Namespace third = plane.namespace("test")) {
      for (Namespace each : List.of(namespace, second, third)) {
        api.post(widgets(each.name()), widget(each.name(), "a", "")).orFail();
      }
      Scene.Told told = new Scene.Told();
      try (Cluster cluster = Scene.cluster(plane, plane.url())) {
        cluster.watch(
            List.of(WIDGETS),
            Namespaces.of(List.of(namespace.name(), second.name())),
            "",
            told::changed);
        Scene.awaitSynced(cluster);
        assertThat(told.refs)
            .containsExactlyInAnyOrder(ref(namespace.name(), "a"), ref(second.name(), "a"));
      }
    }
  }

  @Test
  void aServerThatDoesNotSayWhatItServesIsAskedAgainSoon(
      ControlPlane plane, FaultProxy proxy, Namespace namespace) throws Exception {
    FaultRule silence =
        proxy
            .when(request -> request.uri().equals("/apis/test.signet.dev/v1"), Fault.answer(500))
            .times(2);
    Scene.Told told = new Scene.Told();
    try (Cluster cluster =
        Scene.cluster(
            plane, proxy.url(), Options.defaults().withMissingEvery(Duration.ofHours(1)))) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
    }
    assertThat(silence.hits()).isEqualTo(2);
  }

  @Test
  void aKindThatComesGoesAndComesBackIsFollowed(ControlPlane plane, Api api, Namespace namespace)
      throws Exception {
    GroupKind late = new GroupKind("test.signet.dev", "Latecomer");
    Resource lates = new Resource(late, List.of("v1"), "latecomers", true);
    Scene.Told told = new Scene.Told();
    try (Cluster cluster =
        new Cluster(
            Scene.connection(plane, plane.url(), plane.admin()),
            List.of(WIDGETS, lates),
            Options.defaults().withMissingEvery(Duration.ofMillis(100)))) {
      cluster.watch(
          List.of(WIDGETS, lates), Namespaces.of(List.of(namespace.name())), "", told::changed);
      Scene.awaitSynced(cluster);
      assertThat(cluster.missing()).containsExactly(late);
      assertThat(cluster.list(late)).isEmpty();
      assertThat(cluster.get(new Ref(late, namespace.name(), "a"))).isEmpty();

      for (int round = 0; round < 2; round++) {
        told.refs.clear();
        Scene.install(api, "latecomers", "Latecomer");
        Eventually.holds(SOON, "the kind", () -> cluster.missing().isEmpty());
        Scene.awaitSynced(cluster);
        String body = widget(namespace.name(), "a", "").replace("Widget", "Latecomer");
        String path = "/apis/test.signet.dev/v1/namespaces/" + namespace.name() + "/latecomers";
        Eventually.holds(SOON, "one of them", () -> api.post(path, body).ok());
        told.await(new Ref(late, namespace.name(), "a"));

        told.refs.clear();
        api.delete(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
                    + "/latecomers.test.signet.dev")
            .orFail();
        told.await(new Ref(late, namespace.name(), "a"));
        Eventually.holds(
            Duration.ofSeconds(40), "its going", () -> cluster.missing().contains(late));
        Eventually.holds(SOON, "nothing left", () -> isEmpty(cluster, late));
      }
    }
  }

  private static boolean isEmpty(Cluster cluster, GroupKind kind) throws IOException {
    try {
      return cluster.list(kind).isEmpty();
    } catch (dev.signet.delivery.ObjectsException e) {
      throw new IOException(e);
    }
  }

  @Test
  void whatMayNotBeListedIsNamed(ControlPlane plane, Namespace namespace) throws Exception {
    try (Cluster cluster =
        new Cluster(
            Scene.connection(plane, plane.url(), plane.user("nobody")),
            List.of(WIDGETS),
            Options.defaults())) {
      cluster.watch(List.of(WIDGETS), Namespaces.of(List.of(namespace.name())), "", _ -> {});
      Eventually.holds(SOON, "the failure", () -> cluster.failing().containsKey(WIDGET));
      assertThat(cluster.synced()).isFalse();
      assertThat(cluster.failing())
          .isEqualTo(
              Map.of(
                  WIDGET,
                  "may not list and watch widgets: a role has to grant the verbs list and watch on"
                      + " \"widgets\" in group \"test.signet.dev\""));
    }
  }
}
