package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.stores.contract.doubles.AkeylessDouble;
import dev.signet.stores.contract.doubles.AzureDouble;
import dev.signet.stores.contract.doubles.GoogleDouble;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Internet;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.web.StrictServer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Services on the Internet as the operator asks them, by their own addresses and over HTTPS:
 * doubles of Google, Azure and Akeyless are there.
 */
@OnControlPlane
class CloudStoresOnClusterTest {

  private static final Duration SOON = Duration.ofMinutes(2);

  private final GoogleDouble google = new GoogleDouble();
  private final AzureDouble azure = new AzureDouble();
  private final AkeylessDouble akeyless = new AkeylessDouble();

  private StrictServer.Answer answer(StrictServer.Request request) throws Exception {
    return switch (request.host()) {
      case "api.akeyless.io" -> akeyless.to(request);
      case "login.microsoftonline.com", AzureDouble.HOST -> azure.to(request);
      default -> google.to(request);
    };
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void fill() {
    GoogleDouble.Kept kept = new GoogleDouble.Kept();
    kept.versions.add("{\"password\": \"of google\"}".getBytes(StandardCharsets.UTF_8));
    google.secrets.put("projects/p/secrets/database", kept);
    var _ =
        azure.put("secrets/database", new TreeMap<>(Map.of("value", "of azure")), Map.of(), null);
    var _ = akeyless.put("/database", "{\"password\": \"of akeyless\"}");
    akeyless.login =
        Map.of(
            "access-id",
            "p-1",
            "access-type",
            "k8s",
            "k8s-auth-config-name",
            "cluster",
            "k8s-service-account-token",
            AkeylessDouble.ANY_JWT);
  }

  private static void applyStores(Stage stage, GoogleDouble google) throws Exception {
    Api api = stage.api();
    api.post(
            stage.secretPath("").replaceFirst("/$", ""),
            """
            {"metadata": {"name": "keys"}, "data": {"google.json": "%s", "id": "%s", "secret": "%s"}}
            """
                .formatted(
                    base64(google.keyFile()),
                    base64(AzureDouble.CLIENT),
                    base64(AzureDouble.SECRET)))
        .orFail();
    for (String each :
        List.of(
            """
            {"metadata": {"name": "google"}, "spec": {"provider": {"gcpsm": {"projectID": "p", "auth":
             {"secretRef": {"secretAccessKeySecretRef": {"name": "keys", "key": "google.json"}}}}}}}""",
            """
            {"metadata": {"name": "azure"}, "spec": {"provider": {"azurekv": {
             "vaultUrl": "https://%s", "tenantId": "%s",
             "authSecretRef": {"clientId": {"name": "keys", "key": "id"},
              "clientSecret": {"name": "keys", "key": "secret"}}}}}}"""
                .formatted(AzureDouble.HOST, AzureDouble.TENANT),
            """
            {"metadata": {"name": "akeyless"}, "spec": {"provider": {"akeyless": {
             "akeylessGWApiURL": "https://api.akeyless.io", "authSecretRef": {"kubernetesAuth": {
              "accessID": "p-1", "k8sConfName": "cluster", "serviceAccountRef": {"name": "default"}}}}}}}""")) {
      stage.applyExternal(
          "secretstores",
          each.replaceFirst(
              "\\{", "{\"apiVersion\": \"external-secrets.io/v1\", \"kind\": \"SecretStore\", "));
    }
  }

  private static void externalSecret(Stage stage, String store, String key, String property)
      throws Exception {
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "%s"},
         "spec": {"refreshInterval": "1h", "secretStoreRef": {"name": "%s"},
          "data": [{"secretKey": "password", "remoteRef": {"key": "%s"%s}}]}}
        """
            .formatted(
                store,
                store,
                key,
                property.isEmpty() ? "" : ", \"property\": \"" + property + "\""));
  }

  @Test
  void whatTheyKeepIsDelivered(ControlPlane plane, Namespace home) throws Exception {
    fill();
    try (StrictServer server = new StrictServer(this::answer);
        Internet _ =
            new Internet(
                server,
                List.of(
                    "oauth2.googleapis.com",
                    "secretmanager.googleapis.com",
                    "login.microsoftonline.com",
                    AzureDouble.HOST,
                    "api.akeyless.io"));
        Stage stage = new Stage(plane, home)) {
      Crds.install(stage.api());
      applyStores(stage, google);
      externalSecret(stage, "google", "database", "password");
      externalSecret(stage, "azure", "database", "");
      externalSecret(stage, "akeyless", "/database", "password");
      Operator operator = stage.start(stage.settings());
      try {
        for (String each : List.of("google", "azure", "akeyless")) {
          var _ = stage.awaitCondition(stage.externalPath("secretstores/" + each), "Ready", "True");
          stage.awaitValues(each, "{password=of " + each + "}", SOON);
        }
      } finally {
        Stage.stop(operator);
      }
      assertThat(server.complaints()).isEmpty();
    }
  }
}
