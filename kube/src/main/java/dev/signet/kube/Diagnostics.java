package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.kube.Failures.Asked;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/** What there is to know of pods from outside: their logs and what they serve over HTTP. */
public final class Diagnostics {

  /** To be among the resources of the {@link Cluster}. */
  public static final Resource PODS =
      new Resource(new GroupKind("", "Pod"), List.of("v1"), "pods", true);

  public static final Resource EVENTS =
      new Resource(new GroupKind("", "Event"), List.of("v1"), "events", true);

  private final Cluster cluster;
  private final Api api;

  Diagnostics(Cluster cluster, Api api) {
    this.cluster = cluster;
    this.api = api;
  }

  /** The names of the pods of a namespace that have that label with that value. */
  public List<String> pods(String namespace, String label, String value) throws ObjectsException {
    return cluster.list(PODS.kind()).stream()
        .filter(pod -> pod.ref().namespace().equals(namespace))
        .filter(pod -> value.equals(label(pod, label)))
        .map(pod -> pod.ref().name())
        .toList();
  }

  private static String label(KubeObject pod, String label) {
    return pod.tree().get("metadata") instanceof Map<?, ?> metadata
            && metadata.get("labels") instanceof Map<?, ?> labels
            && labels.get(label) instanceof String value
        ? value
        : "";
  }

  /** The last lines of a pod's log. */
  public String log(String namespace, String pod, int lines) throws ObjectsException {
    return text(
        "get the log of pod " + pod,
        "pods/log",
        namespace,
        "/pods/" + encoded(pod) + "/log?tailLines=" + lines);
  }

  /** What a pod answers to a GET, by way of the API server. */
  public String served(String namespace, String pod, int port, String path)
      throws ObjectsException {
    return text(
        "get " + path + " of pod " + pod,
        "pods/proxy",
        namespace,
        "/pods/" + encoded(pod) + ":" + port + "/proxy" + path);
  }

  private String text(String what, String resource, String namespace, String path)
      throws ObjectsException {
    Asked asked = new Asked(what, "", resource, "", namespace, /* carriesValues= */ false);
    Api.Request request =
        new Api.Request(
            "GET", "/api/v1/namespaces/" + encoded(namespace) + path, "*/*", /* body= */ null);
    return new String(api.ask(asked, request), StandardCharsets.UTF_8);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
