package dev.signet.deploy;

import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Applies rendered objects as {@code kubectl apply --server-side --validate=strict} would. */
final class Installing {

  private static final Duration SOON = Duration.ofSeconds(30);

  private Installing() {}

  /** Applies all, and waits until the kinds among them are served. */
  static void apply(Api api, List<Chart.Rendered> objects) throws IOException {
    for (Chart.Rendered object : objects) {
      Api.Response response = applied(api, object, "");
      if (!response.ok() || !response.headers().allValues("warning").isEmpty()) {
        throw new IOException(
            object
                + " was refused or warned about: "
                + response.headers().allValues("warning")
                + response.body());
      }
    }
    for (Chart.Rendered object : objects) {
      if (object.kind().equals("CustomResourceDefinition")) {
        Eventually.holds(
            SOON,
            object.name() + " to be established",
            () ->
                api.get(path(object)).orFail().json().row("status").rows("conditions").stream()
                    .anyMatch(
                        condition ->
                            condition.text("type").equals("Established")
                                && condition.text("status").equals("True")));
      }
    }
  }

  private static Api.Response applied(Api api, Chart.Rendered object, String options)
      throws IOException {
    return api.patch(
        path(object) + "?fieldManager=installing&force=true&fieldValidation=Strict" + options,
        "application/apply-patch+yaml",
        object.json());
  }

  static String path(Chart.Rendered object) {
    String version = object.tree().text("apiVersion");
    return (version.contains("/") ? "/apis/" : "/api/")
        + version
        + (object.namespace().isEmpty() ? "" : "/namespaces/" + object.namespace())
        + "/"
        + plural(object.kind())
        + "/"
        + object.name();
  }

  private static String plural(String kind) {
    return switch (kind) {
      case "Namespace" -> "namespaces";
      case "ServiceAccount" -> "serviceaccounts";
      case "Secret" -> "secrets";
      case "ValidatingWebhookConfiguration" -> "validatingwebhookconfigurations";
      case "Service" -> "services";
      case "Deployment" -> "deployments";
      case "ClusterRole" -> "clusterroles";
      case "ClusterRoleBinding" -> "clusterrolebindings";
      case "Role" -> "roles";
      case "RoleBinding" -> "rolebindings";
      case "PodDisruptionBudget" -> "poddisruptionbudgets";
      case "NetworkPolicy" -> "networkpolicies";
      case "CustomResourceDefinition" -> "customresourcedefinitions";
      default -> throw new IllegalArgumentException("the chart has got a new kind: " + kind);
    };
  }
}
