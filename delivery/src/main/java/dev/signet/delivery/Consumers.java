package dev.signet.delivery;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds which objects use which Secrets, in pods and in what makes pods, ServiceAccounts and
 * Ingresses. It reads raw trees and passes over what is malformed: an odd manifest hides nothing
 * but itself.
 */
public final class Consumers {

  private final KubeObject object;
  private final List<Consumer> found = new ArrayList<>();

  private Consumers(KubeObject object) {
    this.object = object;
  }

  /** The Secrets that this object uses, in the order in which it names them. */
  public static List<Consumer> of(KubeObject object) {
    Consumers consumers = new Consumers(object);
    Map<?, ?> spec = map(object.tree().get("spec"));
    switch (object.ref().kind().kind()) {
      case "Pod" -> consumers.pod(spec);
      case "Deployment",
          "StatefulSet",
          "DaemonSet",
          "ReplicaSet",
          "ReplicationController",
          "Job",
          "Rollout" ->
          consumers.pod(map(map(spec.get("template")).get("spec")));
      case "CronJob" -> {
        Map<?, ?> job = map(map(spec.get("jobTemplate")).get("spec"));
        consumers.pod(map(map(job.get("template")).get("spec")));
      }
      case "ServiceAccount" -> {
        consumers.names(object.tree().get("secrets"), "secret of the ServiceAccount", true);
        consumers.names(
            object.tree().get("imagePullSecrets"), "pulls images of pods with this account", true);
      }
      case "Ingress" -> {
        for (Object tls : list(spec.get("tls"))) {
          consumers.add(map(tls).get("secretName"), null, "TLS certificate", true);
        }
      }
      default -> {}
    }
    return List.copyOf(consumers.found);
  }

  private void pod(Map<?, ?> pod) {
    Map<String, List<String>> mounts = new HashMap<>();
    Map<String, Boolean> bySubPath = new HashMap<>();
    for (String containers : List.of("initContainers", "containers", "ephemeralContainers")) {
      for (Object each : list(pod.get(containers))) {
        container(map(each), mounts, bySubPath);
      }
    }
    for (Object each : list(pod.get("volumes"))) {
      volume(map(each), mounts, bySubPath);
    }
    names(pod.get("imagePullSecrets"), "pulls images", true);
  }

  private void container(
      Map<?, ?> container, Map<String, List<String>> mounts, Map<String, Boolean> bySubPath) {
    String name = text(container.get("name")).orElse("?");
    for (Object each : list(container.get("env"))) {
      Map<?, ?> env = map(each);
      Map<?, ?> ref = map(map(env.get("valueFrom")).get("secretKeyRef"));
      String variable = text(env.get("name")).orElse("?");
      add(
          ref.get("name"),
          text(ref.get("key")).orElse(null),
          "env " + variable + " of container " + name,
          false);
    }
    for (Object each : list(container.get("envFrom"))) {
      Map<?, ?> source = map(each);
      String prefix = text(source.get("prefix")).map(p -> " with prefix " + p).orElse("");
      add(
          map(source.get("secretRef")).get("name"),
          null,
          "envFrom of container " + name + prefix,
          false);
    }
    for (Object each : list(container.get("volumeMounts"))) {
      Map<?, ?> mount = map(each);
      Optional<String> volume = text(mount.get("name"));
      if (volume.isPresent()) {
        String where = text(mount.get("mountPath")).orElse("?") + " of container " + name;
        mounts.computeIfAbsent(volume.get(), _ -> new ArrayList<>()).add(where);
        if (mount.get("subPath") != null || mount.get("subPathExpr") != null) {
          bySubPath.put(volume.get(), true);
        }
      }
    }
  }

  private void volume(
      Map<?, ?> volume, Map<String, List<String>> mounts, Map<String, Boolean> bySubPath) {
    String name = text(volume.get("name")).orElse("?");
    List<String> places = mounts.getOrDefault(name, List.of());
    String how =
        places.isEmpty()
            ? "volume " + name + ", mounted nowhere"
            : "files under " + String.join(" and ", places);
    // The kubelet refreshes mounted files, but never those that are mounted one by one.
    boolean follows = !bySubPath.getOrDefault(name, false);
    files(map(volume.get("secret")), "secretName", how, follows);
    for (Object each : list(map(volume.get("projected")).get("sources"))) {
      files(map(map(each).get("secret")), "name", how, follows);
    }
    add(
        map(map(volume.get("csi")).get("nodePublishSecretRef")).get("name"),
        null,
        "credentials of CSI volume " + name,
        true);
  }

  private void files(Map<?, ?> source, String nameField, String how, boolean follows) {
    List<?> items = list(source.get("items"));
    if (items.isEmpty()) {
      add(source.get(nameField), null, how, follows);
    }
    for (Object item : items) {
      add(source.get(nameField), text(map(item).get("key")).orElse(null), how, follows);
    }
  }

  private void names(@Nullable Object references, String how, boolean follows) {
    for (Object each : list(references)) {
      add(map(each).get("name"), null, how, follows);
    }
  }

  private void add(@Nullable Object secretName, @Nullable String key, String how, boolean follows) {
    Optional<String> name = text(secretName);
    if (name.isPresent()) {
      Ref secret = Ref.secret(object.ref().namespace(), name.get());
      found.add(new Consumer(object.ref(), secret, Optional.ofNullable(key), how, follows));
    }
  }

  private static Optional<String> text(@Nullable Object value) {
    return value instanceof String text && !text.isEmpty() ? Optional.of(text) : Optional.empty();
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }
}
