package dev.signet.deploy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The chart that takes the values of upstream's, as the real helm renders it. Objects are compared
 * with recorded ones in the form that {@code sealed-secrets/README.md} describes: what is ours by
 * intent is a word in brackets, and a field that is null is absent, as for the API server.
 */
final class SealedSecretsChart {

  static final Path FOLDER = Path.of("chart", "sealed-secrets").toAbsolutePath();
  static final String RELEASE = "sealed-secrets";
  static final String NAMESPACE = "kube-system";
  static final String VERSION = System.getProperty("signet.version", "");

  private SealedSecretsChart() {}

  /** What helm says to values, which are passed as a file as users do. */
  static Ran template(Map<String, @Nullable Object> values) throws IOException {
    return template(RELEASE, NAMESPACE, values);
  }

  static Ran template(String release, String namespace, Map<String, @Nullable Object> values)
      throws IOException {
    return Chart.template(FOLDER, release, namespace, values);
  }

  /** The comparable objects of what helm rendered, by kind, namespace and name. */
  static SortedMap<String, Object> objects(String rendered) throws IOException {
    SortedMap<String, Object> objects = new TreeMap<>();
    for (Chart.Rendered object : Chart.parse(rendered)) {
      Map<String, @Nullable Object> tree = Trees.withoutNulls(object.tree().fields());
      neutral(object.kind(), tree);
      if (objects.put(object.toString(), tree) != null) {
        throw new IOException("rendered twice: " + object);
      }
    }
    return objects;
  }

  private static void neutral(String kind, Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> labels =
        Trees.map(Trees.map(tree.get("metadata")).getOrDefault("labels", new LinkedHashMap<>()));
    labels.replace("helm.sh/chart", RELEASE + "-" + VERSION, "(chart)");
    labels.replace("app.kubernetes.io/version", VERSION, "(version)");
    switch (kind) {
      case "Deployment" -> {
        for (Object container :
            Trees.list(Trees.at(tree, "spec", "template", "spec", "containers"))) {
          Trees.map(container)
              .computeIfPresent("image", (key, image) -> neutralImage((String) image));
        }
      }
      case "ConfigMap" ->
          Trees.map(tree.getOrDefault("data", new LinkedHashMap<>()))
              .computeIfPresent("sealed-secrets-controller.json", (key, json) -> "(dashboard)");
      case "Secret" -> {
        Map<String, @Nullable Object> data = Trees.map(tree.get("data"));
        if (data.containsKey("ca.crt")) {
          data.replaceAll((key, value) -> "(made anew)");
        }
      }
      case "PrometheusRule" -> neutralAlerts(tree);
      default -> {}
    }
  }

  private static String neutralImage(String image) {
    String text = image;
    if (text.startsWith("localhost/")) {
      text = "(registry)" + text.substring("localhost".length());
    }
    text = text.replace("/signet:", "/(repository):");
    return text.endsWith(":" + VERSION)
        ? text.substring(0, text.length() - VERSION.length()) + "(tag)"
        : text;
  }

  private static void neutralAlerts(Map<String, @Nullable Object> tree) {
    for (Object group : Trees.list(Trees.map(tree.get("spec")).getOrDefault("groups", List.of()))) {
      for (Object each : Trees.list(Trees.map(group).getOrDefault("rules", List.of()))) {
        Map<String, @Nullable Object> rule = Trees.map(each);
        rule.computeIfPresent("expr", (key, expr) -> ((String) expr).strip());
        if ("SealedSecretsControllerNotReady".equals(rule.get("alert"))) {
          Trees.map(rule.get("annotations")).replaceAll((key, words) -> "(words)");
        }
      }
    }
  }
}
