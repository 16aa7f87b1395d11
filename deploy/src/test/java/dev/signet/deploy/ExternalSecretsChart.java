package dev.signet.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The chart that takes the values of External Secrets' chart, as the real helm renders it. Objects
 * are compared with recorded ones in the form that {@code external-secrets/README.md} describes.
 * What is there because there is one process in place of three is left out.
 */
final class ExternalSecretsChart {

  static final Path FOLDER = Path.of("chart", "external-secrets").toAbsolutePath();
  static final String RELEASE = "external-secrets";
  static final String NAMESPACE = "external-secrets";
  static final String VERSION = System.getProperty("signet.version", "");

  private static final String OF_OTHERS =
      "(Deployment|ServiceAccount|PodDisruptionBudget|ServiceMonitor) .*-webhook.*";
  private static final String OURS =
      "ValidatingWebhookConfiguration (?!secretstore-|externalsecret-).*";

  private ExternalSecretsChart() {}

  /** One release, as people install it. */
  record Rendering(String release, String namespace, Map<String, @Nullable Object> values) {

    Ran run() throws IOException {
      return Chart.template(FOLDER, release, namespace, values);
    }
  }

  /**
   * What helm rendered.
   *
   * @param objects those that upstream's chart makes too, without arguments
   * @param arguments those of the operator
   */
  record Rendered(SortedMap<String, Object> objects, List<String> arguments) {}

  /** Whether upstream makes it for its webhook or cert controller alone, or only ours makes it. */
  static boolean separate(String object) {
    return object.contains("-cert-controller") || object.matches(OF_OTHERS) || object.matches(OURS);
  }

  static Rendered rendered(Ran ran) throws IOException {
    SortedMap<String, Object> objects = new TreeMap<>();
    List<String> arguments = new ArrayList<>();
    for (Chart.Rendered object : Chart.parse(ran.orFail().out())) {
      Map<String, @Nullable Object> tree = Trees.withoutNulls(object.tree().fields());
      neutralLabels(Trees.map(tree.get("metadata")));
      if (object.kind().equals("Deployment")) {
        arguments.addAll(neutralPod(Trees.map(Trees.at(tree, "spec", "template"))));
      }
      if (object.kind().equals("ConfigMap")) {
        Trees.map(tree.getOrDefault("data", new LinkedHashMap<>()))
            .computeIfPresent("external-secrets.json", (key, json) -> "(dashboard)");
      }
      if (!separate(object.toString())
          && objects.put(object.toString(), withoutOwn(object.toString(), tree)) != null) {
        throw new IOException("rendered twice: " + object);
      }
    }
    return new Rendered(objects, arguments);
  }

  private static void neutralLabels(Map<String, @Nullable Object> metadata) {
    Map<String, @Nullable Object> labels =
        Trees.map(metadata.getOrDefault("labels", new LinkedHashMap<>()));
    labels.replace("helm.sh/chart", RELEASE + "-" + VERSION, "(chart)");
    labels.replace("app.kubernetes.io/version", VERSION, "(version)");
  }

  private static List<String> neutralPod(Map<String, @Nullable Object> template) {
    neutralLabels(Trees.map(template.get("metadata")));
    Map<String, @Nullable Object> spec = Trees.map(template.get("spec"));
    without(spec, "volumes", "signet-tmp");
    Map<String, @Nullable Object> container =
        Trees.map(Trees.list(spec.get("containers")).getFirst());
    without(container, "volumeMounts", "signet-tmp");
    without(container, "ports", "webhook");
    container.computeIfPresent("image", (key, image) -> neutralImage((String) image));
    List<String> arguments = new ArrayList<>();
    Trees.list(container.get("args")).forEach(each -> arguments.add((String) each));
    return arguments;
  }

  private static String neutralImage(String image) {
    return image
        .replaceFirst("^localhost/signet:", "(repository):")
        .replaceFirst(":" + VERSION + "(-|$)", ":(tag)$1");
  }

  private static void without(Map<String, @Nullable Object> tree, String key, String name) {
    if (tree.get(key) instanceof List<?> list) {
      List<?> left =
          list.stream().filter(item -> !name.equals(Trees.map(item).get("name"))).toList();
      if (left.isEmpty()) {
        tree.remove(key);
      } else {
        tree.put(key, left);
      }
    }
  }

  /**
   * An object, or a part of one, of ours or of upstream's, without what differs by intent: the
   * arguments, and which pods the webhook's Service and policy select.
   */
  static @Nullable Object withoutOwn(String place, @Nullable Object tree) {
    if (place.endsWith("/spec/template/spec/containers")) {
      Trees.map(Trees.list(tree).getFirst()).remove("args");
    } else if (tree instanceof Map<?, ?> map && map.containsKey("kind")) {
      Map<String, @Nullable Object> object = Trees.map(tree);
      switch (String.valueOf(object.get("kind"))) {
        case "Deployment" ->
            withoutOwn(
                "/spec/template/spec/containers",
                Trees.at(object, "spec", "template", "spec", "containers"));
        case "Service" -> ofOperator(Trees.map(Trees.at(object, "spec", "selector")));
        case "NetworkPolicy" ->
            ofOperator(Trees.map(Trees.at(object, "spec", "podSelector", "matchLabels")));
        default -> {}
      }
    }
    return tree;
  }

  private static void ofOperator(Map<String, @Nullable Object> labels) {
    labels.computeIfPresent(
        "app.kubernetes.io/name", (key, name) -> ((String) name).replaceFirst("-webhook$", ""));
  }
}
