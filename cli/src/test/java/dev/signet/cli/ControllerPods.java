package dev.signet.cli;

import dev.signet.operator.Operator;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;

/**
 * As much of a kubelet as the pods of a Sealed Secrets chart need: for each the controller runs in
 * this process, with the pod's own arguments and service account, at an address that the service
 * proxy accepts; a pod that is deleted ends it.
 */
final class ControllerPods implements AutoCloseable {

  private static final long LOOK_MILLIS = 100;
  private static final SecureRandom RANDOM = new SecureRandom();

  private final ControlPlane plane;
  private final String pods;
  private final String namespace;
  private final String address;
  private final Path folder;
  private final Map<String, Operator> running = new HashMap<>();
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<Throwable> failure = new AtomicReference<>();
  private final Thread thread;

  private ControllerPods(ControlPlane plane, String namespace, Path folder) {
    this.plane = plane;
    this.namespace = namespace;
    this.pods = "/api/v1/namespaces/" + namespace + "/pods";
    this.address = plane.network().orElseThrow().outside();
    this.folder = folder;
    this.thread = Thread.ofVirtual().name("kubelet").start(this::run);
  }

  static ControllerPods watch(ControlPlane plane, String namespace, Path folder) {
    return new ControllerPods(plane, namespace, folder);
  }

  private void run() {
    try {
      do {
        look();
      } while (!stop.await(LOOK_MILLIS, TimeUnit.MILLISECONDS));
    } catch (IOException | RuntimeException | InterruptedException | Error e) {
      failure.set(e);
    }
  }

  private void look() throws IOException, InterruptedException {
    List<Jsonl.Row> all =
        plane
            .api()
            .get(pods + "?labelSelector=app.kubernetes.io/name%3Dsealed-secrets")
            .orFail()
            .json()
            .rows("items");
    Set<String> alive =
        all.stream()
            .map(pod -> pod.row("metadata"))
            .filter(metadata -> !metadata.has("deletionTimestamp"))
            .map(metadata -> metadata.text("uid"))
            .collect(Collectors.toSet());
    // Those that end come first: the next one needs their port.
    for (Map.Entry<String, Operator> each : Map.copyOf(running).entrySet()) {
      if (!alive.contains(each.getKey())) {
        end(each.getValue());
        running.remove(each.getKey());
      }
    }
    for (Jsonl.Row pod : all) {
      String name = pod.row("metadata").text("name");
      if (!alive.contains(pod.row("metadata").text("uid"))) {
        plane.api().delete(pods + "/" + name + "?gracePeriodSeconds=0");
      } else if (!running.containsKey(pod.row("metadata").text("uid"))) {
        running.put(pod.row("metadata").text("uid"), start(pod, name));
      }
    }
  }

  private Operator start(Jsonl.Row pod, String name) throws IOException {
    Api api = plane.api();
    api.post(
            pods + "/" + name + "/binding",
            """
            {"apiVersion": "v1", "kind": "Binding", "metadata": {"name": "%s"},
             "target": {"apiVersion": "v1", "kind": "Node", "name": "here"}}
            """
                .formatted(name))
        .orFail();
    ServiceAccount account =
        ServiceAccount.mount(
            plane, namespace, pod.row("spec").text("serviceAccountName"), folder.resolve(name));
    Jsonl.Row container = pod.row("spec").rows("containers").getFirst();
    String[] arguments =
        container.texts("args").stream()
            .map(each -> each.equals(":8081") ? ":0" : each)
            .map(each -> each.startsWith(":") ? address + each : each)
            .toArray(String[]::new);
    Operator operator;
    try {
      operator =
          Operator.start(
              new ControllerSettings(
                      ControllerArguments.parse(arguments, account.environment()), namespace)
                  .settings(name, "v0.0.0"),
              account.connection(),
              Clock.systemUTC(),
              RANDOM);
    } catch (ControllerArguments.MisuseException e) {
      throw new IOException("the chart's arguments are not understood", e);
    }
    api.patch(
            pods + "/" + name + "/status",
            "application/merge-patch+json",
            """
            {"status": {"phase": "Running", "podIP": "@", "podIPs": [{"ip": "@"}],
             "conditions": [{"type": "Ready", "status": "True"}]}}
            """
                .replace("@", address))
        .orFail();
    return operator;
  }

  private static void end(Operator operator) throws InterruptedException {
    if (!operator.stop(Operator.GRACE)) {
      throw new IllegalStateException("reconciles were still under way");
    }
  }

  /** What went wrong here, which the test could not see otherwise. */
  void assertWell() {
    Throwable thrown = failure.get();
    if (thrown != null) {
      throw new IllegalStateException("no more pods are run", thrown);
    }
  }

  @Override
  public void close() {
    stop.countDown();
    try {
      thread.join();
      for (Operator operator : running.values()) {
        end(operator);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
