package dev.signet.operator;

import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.Eventually;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** The custom resources that the operator watches, as far as tests need them: without schemas. */
final class Crds {

  private Crds() {}

  static void install(Api api) throws IOException {
    install(api, "bitnami.com", "v1alpha1", "SealedSecret", "sealedsecrets", "Namespaced");
    for (List<String> names :
        List.of(
            List.of("ExternalSecret", "externalsecrets", "Namespaced"),
            List.of("SecretStore", "secretstores", "Namespaced"),
            List.of("ClusterSecretStore", "clustersecretstores", "Cluster"))) {
      install(api, "external-secrets.io", "v1", names.get(0), names.get(1), names.get(2));
    }
  }

  private static void install(
      Api api, String group, String version, String kind, String plural, String scope)
      throws IOException {
    Api.Response made =
        api.post(
            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
            """
            {"apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
             "metadata": {"name": "%s.%s"},
             "spec": {"group": "%s", "scope": "%s",
              "names": {"kind": "%s", "listKind": "%sList", "plural": "%s", "singular": "%s"},
              "versions": [{"name": "%s", "served": true, "storage": true,
               "subresources": {"status": {}},
               "schema": {"openAPIV3Schema": {"type": "object", "properties": {
                "spec": {"type": "object", "x-kubernetes-preserve-unknown-fields": true},
                "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}}}}}]}}
            """
                .formatted(
                    plural,
                    group,
                    group,
                    scope,
                    kind,
                    kind,
                    plural,
                    kind.toLowerCase(java.util.Locale.ROOT),
                    version));
    if (made.status() != 409) {
      made.orFail();
    }
    Eventually.holds(
        Duration.ofSeconds(30),
        kind + " to be served",
        () -> api.get("/apis/" + group + "/" + version + "/" + plural).ok());
  }
}
