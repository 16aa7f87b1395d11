package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real API server takes what the chart renders, and grants exactly what the operator does. */
@OnControlPlane
class InstallTest {

  private static final Duration SOON = Duration.ofSeconds(20);

  private static final String CONFIGURATIONS =
      "admissionregistration.k8s.io/validatingwebhookconfigurations";

  private static final Set<String> CLUSTER_STORES =
      rights(
          "get external-secrets.io/clustersecretstores",
          "list external-secrets.io/clustersecretstores",
          "watch external-secrets.io/clustersecretstores",
          "patch external-secrets.io/clustersecretstores",
          "update external-secrets.io/clustersecretstores/status",
          "get generators.external-secrets.io/clustergenerators",
          "list generators.external-secrets.io/clustergenerators",
          "watch generators.external-secrets.io/clustergenerators",
          "get /namespaces");

  private static final Set<String> FAN_OUT =
      rights(
          "list /namespaces",
          "watch /namespaces",
          "patch /namespaces",
          "get external-secrets.io/clusterexternalsecrets",
          "list external-secrets.io/clusterexternalsecrets",
          "watch external-secrets.io/clusterexternalsecrets",
          "patch external-secrets.io/clusterexternalsecrets",
          "update external-secrets.io/clusterexternalsecrets/status",
          "get external-secrets.io/clusterpushsecrets",
          "list external-secrets.io/clusterpushsecrets",
          "watch external-secrets.io/clusterpushsecrets",
          "patch external-secrets.io/clusterpushsecrets",
          "update external-secrets.io/clusterpushsecrets/status",
          "create external-secrets.io/externalsecrets",
          "update external-secrets.io/externalsecrets",
          "delete external-secrets.io/externalsecrets",
          "create external-secrets.io/pushsecrets",
          "update external-secrets.io/pushsecrets",
          "delete external-secrets.io/pushsecrets");

  private static final Set<String> DELIVERY =
      rights(
          "get /secrets",
          "list /secrets",
          "watch /secrets",
          "create /secrets",
          "update /secrets",
          "delete /secrets",
          "create /events",
          "get bitnami.com/sealedsecrets",
          "list bitnami.com/sealedsecrets",
          "watch bitnami.com/sealedsecrets",
          "update bitnami.com/sealedsecrets/status",
          "get external-secrets.io/externalsecrets",
          "list external-secrets.io/externalsecrets",
          "watch external-secrets.io/externalsecrets",
          "patch external-secrets.io/externalsecrets",
          "update external-secrets.io/externalsecrets/status",
          "get external-secrets.io/pushsecrets",
          "list external-secrets.io/pushsecrets",
          "watch external-secrets.io/pushsecrets",
          "patch external-secrets.io/pushsecrets",
          "update external-secrets.io/pushsecrets/status",
          "patch external-secrets.io/secretstores",
          "get generators.external-secrets.io/ecrauthorizationtokens",
          "list generators.external-secrets.io/ecrauthorizationtokens",
          "watch generators.external-secrets.io/ecrauthorizationtokens",
          "get generators.external-secrets.io/fakes",
          "list generators.external-secrets.io/fakes",
          "watch generators.external-secrets.io/fakes",
          "get generators.external-secrets.io/generatorstates",
          "list generators.external-secrets.io/generatorstates",
          "watch generators.external-secrets.io/generatorstates",
          "create generators.external-secrets.io/generatorstates",
          "update generators.external-secrets.io/generatorstates",
          "patch generators.external-secrets.io/generatorstates",
          "delete generators.external-secrets.io/generatorstates",
          "get generators.external-secrets.io/mfas",
          "list generators.external-secrets.io/mfas",
          "watch generators.external-secrets.io/mfas",
          "get generators.external-secrets.io/passwords",
          "list generators.external-secrets.io/passwords",
          "watch generators.external-secrets.io/passwords",
          "get generators.external-secrets.io/sshkeys",
          "list generators.external-secrets.io/sshkeys",
          "watch generators.external-secrets.io/sshkeys",
          "get generators.external-secrets.io/stssessiontokens",
          "list generators.external-secrets.io/stssessiontokens",
          "watch generators.external-secrets.io/stssessiontokens",
          "get generators.external-secrets.io/uuids",
          "list generators.external-secrets.io/uuids",
          "watch generators.external-secrets.io/uuids",
          "get generators.external-secrets.io/vaultdynamicsecrets",
          "list generators.external-secrets.io/vaultdynamicsecrets",
          "watch generators.external-secrets.io/vaultdynamicsecrets",
          "get generators.external-secrets.io/webhooks",
          "list generators.external-secrets.io/webhooks",
          "watch generators.external-secrets.io/webhooks",
          "get /configmaps",
          "list /configmaps",
          "watch /configmaps",
          "get external-secrets.io/secretstores",
          "list external-secrets.io/secretstores",
          "watch external-secrets.io/secretstores",
          "update external-secrets.io/secretstores/status");

  private static final Set<String> SOPS_SECRETS =
      rights(
          "get isindir.github.com/sopssecrets",
          "list isindir.github.com/sopssecrets",
          "watch isindir.github.com/sopssecrets",
          "update isindir.github.com/sopssecrets/status");

  private static final Set<String> LEASE =
      rights(
          "create coordination.k8s.io/leases",
          "get coordination.k8s.io/leases signet",
          "update coordination.k8s.io/leases signet");

  private static final Set<String> KEYS =
      rights("get /secrets", "list /secrets", "watch /secrets", "create /secrets");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "replicas=1",
        "replicas=3;podDisruptionBudget.enabled=true",
        "networkPolicy.enabled=true;networkPolicy.ingressFrom[0].podSelector.matchLabels.app=x",
        "networkPolicy.enabled=true;networkPolicy.egress[0].ports[0].port=8200",
        "leaderElection.enabled=false;crds.install=false",
        "rbac.finalizers=true;serviceAccount.annotations.a=b",
        "webhook.enabled=true;networkPolicy.enabled=true",
        "genericTargets.enabled=true,genericTargets.resources[0].apiGroup=,"
            + "genericTargets.resources[0].resources={configmaps}",
        "podLabels.a=b;podAnnotations.c=d;nodeSelector.e=f;priorityClassName=system-node-critical",
        "extraEnv[0].name=A;extraEnv[0].value=b;extraArgs={--debug};imagePullSecrets[0].name=pull",
        "tolerations[0].operator=Exists;resources.limits.memory=1Gi",
        "topologySpreadConstraints[0].maxSkew=1;topologySpreadConstraints[0].topologyKey=zone;"
            + "topologySpreadConstraints[0].labelSelector.matchLabels.a=b;"
            + "topologySpreadConstraints[0].whenUnsatisfiable=ScheduleAnyway",
        "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
            + ".nodeSelectorTerms[0].matchExpressions[0].key=a;"
            + "affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution"
            + ".nodeSelectorTerms[0].matchExpressions[0].operator=Exists",
      })
  void theServerKnowsEveryFieldAndWarnsOfNone(String settings, Api api, Namespace namespace)
      throws IOException {
    List<Chart.Rendered> objects = Chart.render(namespace.name(), settings.split(";"));

    Installing.apply(api, objects);

    assertThat(objects).allSatisfy(o -> assertThat(api.get(Installing.path(o)).ok()).isTrue());
    for (Chart.Rendered each : objects) {
      if (each.kind().equals("ValidatingWebhookConfiguration")) {
        // Nobody answers it, and other tests would wait for that.
        api.delete(Installing.path(each)).orFail();
      }
    }
  }

  @Test
  void theStaticManifestIsAppliedInOnePass(Api api) throws IOException {
    List<Chart.Rendered> objects = Chart.parse(Files.readString(Path.of("signet.yaml")));

    Installing.apply(api, objects);

    assertThat(objects)
        .hasSize(26)
        .allSatisfy(o -> assertThat(api.get(Installing.path(o)).ok()).isTrue());
  }

  @Test
  void itsPodIsAdmittedWhereTheRestrictedStandardIsEnforced(Api api, Namespace namespace)
      throws IOException {
    api.patch(
            "/api/v1/namespaces/" + namespace.name(),
            "application/merge-patch+json",
            """
            {"metadata": {"labels": {"pod-security.kubernetes.io/enforce": "restricted"}}}
            """)
        .orFail();
    List<Chart.Rendered> objects = Chart.render(namespace.name());
    Installing.apply(api, objects);
    Jsonl.Row template =
        objects.stream()
            .filter(o -> o.kind().equals("Deployment"))
            .findFirst()
            .orElseThrow()
            .tree()
            .row("spec")
            .row("template");

    Map<String, @Nullable Object> spec = new LinkedHashMap<>(template.row("spec").fields());
    Api.Response admitted = create(api, namespace, spec);
    spec.remove("securityContext");
    Api.Response refused = create(api, namespace, spec);

    assertThat(admitted.status()).as(admitted.body()).isEqualTo(201);
    assertThat(refused.status()).as("the standard is enforced here at all").isEqualTo(403);
  }

  @Test
  void forTheWholeClusterItMayDeliverEverywhereAndDoNothingElse(
      ControlPlane plane, Namespace home, Api api) throws IOException {
    Installing.apply(api, Chart.render(home.name()));

    assertRights(
        plane, home.name(), home.name(), List.of(DELIVERY, CLUSTER_STORES, FAN_OUT, LEASE));
    assertRights(plane, home.name(), "default", List.of(DELIVERY, CLUSTER_STORES, FAN_OUT));
  }

  @Test
  void forSopsSecretsItMayReadThemAndSayWhatBecameOfThem(
      ControlPlane plane, Namespace home, Api api) throws IOException {
    Installing.apply(api, Chart.render(home.name(), "sopsSecrets.enabled=true"));

    assertRights(
        plane, home.name(), "default", List.of(DELIVERY, CLUSTER_STORES, FAN_OUT, SOPS_SECRETS));
  }

  @Test
  void forListedNamespacesItReadsNoSecretOfAnother(ControlPlane plane, Namespace home, Api api)
      throws IOException {
    try (Namespace listed = plane.namespace("listed");
        Namespace keys = plane.namespace("keys")) {
      String only = "namespaces={" + listed.name() + "}";

      Installing.apply(api, Chart.render(home.name(), only, "keyNamespace=" + keys.name()));

      assertRights(plane, home.name(), listed.name(), List.of(DELIVERY, CLUSTER_STORES));
      assertRights(plane, home.name(), keys.name(), List.of(KEYS, LEASE, CLUSTER_STORES));
      assertRights(plane, home.name(), home.name(), List.of(CLUSTER_STORES));
      assertRights(plane, home.name(), "default", List.of(CLUSTER_STORES));
      Api operator = plane.api(plane.token(home.name(), "signet"));
      assertThat(operator.get(listed.path("secrets")).status()).isEqualTo(200);
      assertThat(operator.get("/api/v1/namespaces/default/secrets").status()).isEqualTo(403);
      assertThat(operator.get("/api/v1/secrets").status()).isEqualTo(403);
    }
  }

  /** To the rights of the mode come those on two objects by their names. */
  @Test
  void forTheWebhookItMayWriteItsCertificateAndWhoIsToTrustIt(
      ControlPlane plane, Namespace home, Api api) throws IOException {
    try (Namespace listed = plane.namespace("listed");
        Namespace keys = plane.namespace("keys")) {
      List<Chart.Rendered> objects =
          Chart.render(
              home.name(),
              "webhook.enabled=true",
              "namespaces={" + listed.name() + "}",
              "keyNamespace=" + keys.name());
      try {
        Installing.apply(api, objects);

        Set<String> configuration =
            rights(
                "get " + CONFIGURATIONS + " " + home.name() + "-signet-validate",
                "update " + CONFIGURATIONS + " " + home.name() + "-signet-validate");
        assertRights(
            plane,
            home.name(),
            home.name(),
            List.of(
                CLUSTER_STORES,
                configuration,
                rights("get /secrets signet-webhook", "update /secrets signet-webhook")));
        assertRights(
            plane, home.name(), listed.name(), List.of(DELIVERY, CLUSTER_STORES, configuration));
      } finally {
        for (Chart.Rendered each : objects) {
          if (each.kind().equals("ValidatingWebhookConfiguration")) {
            api.delete(Installing.path(each)).orFail();
          }
        }
      }
    }
  }

  private static Api.Response create(
      Api api, Namespace namespace, Map<String, @Nullable Object> spec) throws IOException {
    Map<String, Object> pod =
        Map.of(
            "apiVersion", "v1", "kind", "Pod", "metadata", Map.of("name", "signet"), "spec", spec);
    return api.post(
        namespace.path("pods?dryRun=All"),
        GoJson.write(pod, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN));
  }

  private static void assertRights(
      ControlPlane plane, String home, String namespace, List<Set<String>> expected)
      throws IOException {
    Set<String> all = new TreeSet<>();
    expected.forEach(all::addAll);
    Api operator = plane.api(plane.token(home, "signet"));
    Api nobody = plane.api(plane.token(home, "default"));
    Set<String> everybodys = review(nobody, namespace);
    // The server learns of new roles a moment after they are there.
    Set<String> granted =
        Eventually.find(
            SOON,
            "rights in " + namespace,
            new Eventually.Look<>() {
              private int looks;

              @Override
              public java.util.Optional<Set<String>> once() throws IOException {
                Set<String> now = review(operator, namespace);
                now.removeAll(everybodys);
                return now.equals(all) || ++looks > 100
                    ? java.util.Optional.of(now)
                    : java.util.Optional.empty();
              }
            });
    assertThat(granted).isEqualTo(all);
  }

  /** Everything the user may do in a namespace: verb, group/resource, and the name if it is one. */
  private static Set<String> review(Api user, String namespace) throws IOException {
    Jsonl.Row status =
        user.post(
                "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews",
                """
                {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectRulesReview",
                 "spec": {"namespace": "%s"}}
                """
                    .formatted(namespace))
            .orFail()
            .json()
            .row("status");
    assertThat(status.flag("incomplete")).isFalse();
    Set<String> rights = new TreeSet<>();
    for (Jsonl.Row rule : status.rows("resourceRules")) {
      List<String> names = rule.texts("resourceNames");
      for (String verb : rule.texts("verbs")) {
        for (String group : rule.texts("apiGroups")) {
          for (String resource : rule.texts("resources")) {
            String right = verb + " " + group + "/" + resource;
            if (names.isEmpty()) {
              rights.add(right);
            }
            names.forEach(name -> rights.add(right + " " + name));
          }
        }
      }
    }
    return rights;
  }

  /** Every right of an operator for the whole cluster; the Lease without its name. */
  static Set<String> everything() {
    Set<String> all = new TreeSet<>(DELIVERY);
    all.addAll(CLUSTER_STORES);
    all.addAll(FAN_OUT);
    LEASE.forEach(right -> all.add(right.replaceFirst(" signet$", "")));
    return all;
  }

  private static Set<String> rights(String... rights) {
    return Set.of(rights);
  }
}
