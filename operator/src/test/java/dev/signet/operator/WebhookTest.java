package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.Ref;
import dev.signet.dialects.CustomResourceDefinitions;
import dev.signet.operator.admission.WebhookSettings;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A real API server asks the operator before it stores an object. */
@OnControlPlane
class WebhookTest {

  private static final String CONFIGURATIONS =
      "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations";
  private static final String V1 = "/apis/external-secrets.io/v1/namespaces/";

  private Stage stage;
  private Namespace namespace;

  @BeforeEach
  void definitions(ControlPlane plane, Namespace home) throws IOException {
    stage = new Stage(plane, home);
    namespace = home;
    for (Map<String, ?> definition : CustomResourceDefinitions.all()) {
      Api.Response made =
          stage
              .api()
              .post(
                  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                  GoJson.write(definition, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN));
      if (made.status() != 409) {
        made.orFail();
      }
    }
    Eventually.holds(
        Stage.SOON,
        "the kinds to be served",
        () ->
            stage.api().get("/apis/external-secrets.io/v1alpha1/pushsecrets").ok()
                && stage.api().get("/apis/external-secrets.io/v1/clusterexternalsecrets").ok());
  }

  @AfterEach
  void close() throws IOException {
    stage.api().delete(CONFIGURATIONS + "/" + name());
    stage.close();
  }

  private String name() {
    return "validate-" + namespace.name();
  }

  private Settings settings() {
    Settings usual = stage.withoutKey(stage.settings());
    WebhookSettings webhook =
        new WebhookSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Ref.secret(namespace.name(), "hook"),
            List.of("127.0.0.1"),
            List.of(name()),
            /* made= */ true,
            Duration.ofMillis(300));
    return new Settings(
        usual.area(),
        usual.dialects(),
        usual.election(),
        usual.identity(),
        usual.workers(),
        usual.http().withWebhook(Optional.of(webhook)),
        usual.rate(),
        usual.looks(),
        usual.version());
  }

  private Operator started() throws IOException {
    Operator operator = stage.start(settings());
    int port = operator.webhook().orElseThrow().getPort();
    stage
        .api()
        .post(
            CONFIGURATIONS,
            """
            {"apiVersion": "admissionregistration.k8s.io/v1", "kind": "ValidatingWebhookConfiguration",
             "metadata": {"name": "%s"},
             "webhooks": [{"name": "validate.signet.test", "sideEffects": "None", "failurePolicy": "Ignore",
              "timeoutSeconds": 5, "admissionReviewVersions": ["v1"],
              "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "%s"}},
              "clientConfig": {"url": "https://127.0.0.1:%d/validate-external-secrets"},
              "rules": [{"apiGroups": ["external-secrets.io"], "apiVersions": ["v1", "v1alpha1"],
                "operations": ["CREATE", "UPDATE", "DELETE"], "resources": ["externalsecrets", "secretstores",
                "clusterexternalsecrets", "pushsecrets"]}]}]}
            """
                .formatted(name(), namespace.name(), port))
        .orFail();
    awaitRefusals();
    return operator;
  }

  /** Until the API server knows of the webhook and trusts it. */
  private void awaitRefusals() {
    Eventually.holds(
        Stage.SOON,
        "a refusal",
        () -> create("externalsecrets", "ExternalSecret", "{}").status() == 403);
  }

  /** A dry run: nothing is stored. */
  private Api.Response create(String plural, String kind, String spec) throws IOException {
    return post(plural, kind, "v1", "probe", spec, "?dryRun=All");
  }

  private Api.Response post(
      String plural, String kind, String version, String name, String spec, String options)
      throws IOException {
    boolean wide = kind.startsWith("Cluster");
    return stage
        .api()
        .post(
            (wide
                    ? "/apis/external-secrets.io/" + version + "/"
                    : V1.replace("/v1/", "/" + version + "/") + namespace.name() + "/")
                + plural
                + options,
            """
            {"apiVersion": "external-secrets.io/%s", "kind": "%s", "metadata": {"name": "%s"}, "spec": %s}
            """
                .formatted(version, kind, name, spec));
  }

  @Test
  void objectsAreJudgedByTheControllersRules() throws IOException {
    post("externalsecrets", "ExternalSecret", "v1", "older", "{\"refreshInterval\": \"1h\"}", "")
        .orFail();
    Operator operator = started();
    String data = "\"data\": [{\"secretKey\": \"a\", \"remoteRef\": {\"key\": \"k\"}}]";

    assertThat(create("externalsecrets", "ExternalSecret", "{" + data + "}").status())
        .isEqualTo(201);
    for (List<String> refused :
        List.of(
            List.of("externalsecrets", "ExternalSecret", "{}", "either data or dataFrom"),
            List.of(
                "externalsecrets",
                "ExternalSecret",
                "{\"target\": {\"creationPolicy\": \"Merge\", \"deletionPolicy\": \"Delete\"}, "
                    + data
                    + "}",
                "deletionPolicy=Delete must not be used"),
            List.of(
                "externalsecrets",
                "ExternalSecret",
                "{\"target\": {\"template\": {\"type\": \"bootstrap.kubernetes.io/token\"}}, "
                    + data
                    + "}",
                "is not allowed"),
            List.of(
                "secretstores",
                "SecretStore",
                "{\"refreshInterval\": \"often\", \"provider\": {\"fake\": {\"data\": []}}}",
                "invalid refreshInterval"),
            List.of(
                "clusterexternalsecrets",
                "ClusterExternalSecret",
                "{\"externalSecretSpec\": {}}",
                "spec.externalSecretSpec: either data or dataFrom"))) {
      Api.Response answer = create(refused.get(0), refused.get(1), refused.get(2));
      assertThat(answer.status()).as(answer.body()).isEqualTo(403);
      assertThat(answer.body()).contains("validate.signet.test", refused.get(3));
    }
    Api.Response push =
        post(
            "pushsecrets",
            "PushSecret",
            "v1alpha1",
            "p",
            "{\"secretStoreRefs\": [{\"name\": \"s\"}], \"selector\": {\"secret\": {\"name\": \"a\"}},"
                + " \"dataTo\": [{\"storeRef\": {\"name\": \"other\"}}]}",
            "");
    assertThat(push.status()).isEqualTo(403);
    assertThat(push.body()).contains("not found in secretStoreRefs");

    Api.Response foreign =
        create("secretstores", "SecretStore", "{\"provider\": {\"conjur\": {\"auth\": {}}}}");
    assertThat(foreign.status()).isEqualTo(201);
    assertThat(foreign.headers().allValues("warning"))
        .anyMatch(each -> each.contains("provider conjur is not in this version"));

    // What was there before may be labelled, and go.
    String older = V1 + namespace.name() + "/externalsecrets/older";
    stage
        .api()
        .patch(
            older, "application/merge-patch+json", "{\"metadata\": {\"labels\": {\"a\": \"b\"}}}")
        .orFail();
    stage.api().delete(older).orFail();
    Stage.stop(operator);
  }

  @Test
  void aCertificateThatIsLostIsMadeAnewAndMadeKnown() throws IOException {
    Operator operator = started();
    String secret = namespace.path("secrets/hook");
    String before = stage.api().get(secret).orFail().json().row("data").text("ca.crt");
    assertThat(bundle()).isEqualTo(before);

    stage.api().delete(secret).orFail();

    Eventually.holds(
        Stage.SOON,
        "another certificate",
        () -> {
          Api.Response now = stage.api().get(secret);
          return now.ok() && !now.json().row("data").text("ca.crt").equals(before);
        });
    Eventually.holds(
        Stage.SOON,
        "its authority to be known",
        () -> stage.api().get(secret).orFail().json().row("data").text("ca.crt").equals(bundle()));
    awaitRefusals();
    Stage.stop(operator);
  }

  private String bundle() throws IOException {
    return stage
        .api()
        .get(CONFIGURATIONS + "/" + name())
        .orFail()
        .json()
        .rows("webhooks")
        .getFirst()
        .row("clientConfig")
        .text("caBundle");
  }

  @Test
  void withoutItNothingIsBlockedAndTheControllerSaysTheSame() throws IOException {
    Stage.stop(started());

    post("externalsecrets", "ExternalSecret", "v1", "bad", "{\"refreshInterval\": \"1h\"}", "")
        .orFail();

    Operator operator = stage.start(stage.withoutKey(stage.settings()));
    Eventually.holds(
        Stage.SOON,
        "the status",
        () ->
            stage
                .api()
                .get(V1 + namespace.name() + "/externalsecrets/bad")
                .orFail()
                .body()
                .contains("either data or dataFrom should be specified"));
    Stage.stop(operator);
  }
}
