package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.cluster.OnMoto;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A service account of a real API server takes its role at what stands in for AWS. */
@OnControlPlane
@OnMoto
class AwsOnClusterTest {

  /** Where the SDK looks for services, since a test has no environment of its own. */
  private static final List<String> ENDPOINTS =
      List.of("aws.endpointUrlSecretsManager", "aws.endpointUrlSsm", "aws.endpointUrlSts");

  @BeforeEach
  void lead(Moto moto) {
    ENDPOINTS.forEach(name -> System.setProperty(name, moto.url()));
  }

  @AfterEach
  void leave() {
    ENDPOINTS.forEach(System::clearProperty);
  }

  @Test
  void aServiceAccountTakesItsRoleAndItsNamespaceGetsTheValue(
      ControlPlane plane, Namespace home, Moto moto) throws Exception {
    try (Stage stage = new Stage(plane, home)) {
      Crds.install(stage.api());
      String key = home.name() + "/database";
      var _ =
          moto.call(
              "secretsmanager.CreateSecret",
              """
              {"Name": "%s", "ClientRequestToken": "00000000-0000-0000-0000-000000000001",
               "SecretString": "{\\"username\\": \\"app\\", \\"password\\": \\"s3cret\\"}"}
              """
                  .formatted(key));
      Api api = stage.api();
      api.post(
              home.path("serviceaccounts"),
              """
              {"metadata": {"name": "checkout", "annotations":
               {"eks.amazonaws.com/role-arn": "arn:aws:iam::123456789012:role/checkout"}}}
              """)
          .orFail();
      stage.applyExternal("secretstores", store("aws", "checkout"));
      stage.applyExternal("secretstores", store("unbound", "default"));
      stage.applyExternal(
          "externalsecrets",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "db"},
           "spec": {"secretStoreRef": {"name": "aws"},
            "data": [{"secretKey": "username", "remoteRef": {"key": "%s", "property": "username"}},
                     {"secretKey": "password", "remoteRef": {"key": "%s", "property": "password"}}]}}
          """
              .formatted(key, key));
      Operator operator = stage.start(stage.settings());
      try {
        stage.awaitValues("db", "{password=s3cret, username=app}");
        var _ = stage.awaitCondition(stage.externalPath("secretstores/aws"), "Ready", "True");
        assertThat(
                stage
                    .awaitCondition(stage.externalPath("secretstores/unbound"), "Ready", "False")
                    .text("reason"))
            .isEqualTo("InvalidProviderConfig");
      } finally {
        Stage.stop(operator);
      }
    }
  }

  private static String store(String name, String account) {
    return """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "%s"},
         "spec": {"provider": {"aws": {"service": "SecretsManager", "region": "eu-central-1",
          "auth": {"jwt": {"serviceAccountRef": {"name": "%s"}}}}}}}
        """
        .formatted(name, account);
  }
}
