package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Vault;
import org.junit.jupiter.api.Test;

/** A real Vault that asks a real API server who a service account is. */
@OnControlPlane
@OnVault
class VaultOnClusterTest {

  @Test
  void aServiceAccountLogsInAndItsNamespaceGetsTheValue(
      ControlPlane plane, Namespace home, Vault vault) throws Exception {
    try (Stage stage = new Stage(plane, home)) {
      Crds.install(stage.api());
      String kv = vault.mount("kv-v2");
      vault.write(
          kv + "/data/production/database",
          "{\"data\": {\"username\": \"app\", \"password\": \"s3cret\"}}");
      String path = trusting(vault, plane, home, kv);
      Api api = stage.api();
      api.post(home.path("serviceaccounts"), "{\"metadata\": {\"name\": \"checkout\"}}").orFail();
      stage.applyExternal("secretstores", store("vault", vault, kv, path, "checkout"));
      stage.applyExternal("secretstores", store("stranger", vault, kv, path, "default"));
      stage.applyExternal(
          "externalsecrets",
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "db"},
           "spec": {"secretStoreRef": {"name": "vault"},
            "data": [{"secretKey": "username", "remoteRef": {"key": "production/database", "property": "username"}},
                     {"secretKey": "password", "remoteRef": {"key": "production/database", "property": "password"}}]}}
          """);
      Operator operator = stage.start(stage.settings());
      try {
        stage.awaitValues("db", "{password=s3cret, username=app}");
        var _ = stage.awaitCondition(stage.externalPath("secretstores/vault"), "Ready", "True");
        assertThat(
                stage
                    .awaitCondition(stage.externalPath("secretstores/stranger"), "Ready", "False")
                    .text("reason"))
            .isEqualTo("InvalidProviderConfig");
      } finally {
        Stage.stop(operator);
      }
    }
  }

  /** Lets the account {@code checkout} of that namespace read, and returns the method's path. */
  private static String trusting(Vault vault, ControlPlane plane, Namespace home, String kv)
      throws Exception {
    Api api = plane.api();
    api.post(home.path("serviceaccounts"), "{\"metadata\": {\"name\": \"reviewer\"}}").orFail();
    api.post(
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            """
            {"metadata": {"name": "reviewer-%s"},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:auth-delegator"},
             "subjects": [{"kind": "ServiceAccount", "name": "reviewer", "namespace": "%s"}]}
            """
                .formatted(home.name(), home.name()))
        .orFail();
    String authority =
        new Identity(plane.admin().key(), plane.authority()).certificatePem().replace("\n", "\\n");
    String path = vault.enable("kubernetes");
    vault.write(
        "auth/" + path + "/config",
        "{\"kubernetes_host\": \"%s\", \"kubernetes_ca_cert\": \"%s\", \"token_reviewer_jwt\": \"%s\"}"
            .formatted(plane.url(), authority, plane.token(home.name(), "reviewer")));
    vault.write(
        "sys/policies/acl/" + kv,
        "{\"policy\": \"path \\\"" + kv + "/data/*\\\" {capabilities = [\\\"read\\\"]}\"}");
    vault.write(
        "auth/" + path + "/role/checkout",
        """
        {"bound_service_account_names": ["checkout"], "bound_service_account_namespaces": ["%s"],
         "token_policies": ["%s"], "token_ttl": "1h"}
        """
            .formatted(home.name(), kv));
    return path;
  }

  private static String store(String name, Vault vault, String kv, String path, String account) {
    return """
        {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "%s"},
         "spec": {"provider": {"vault": {"server": "%s", "path": "%s", "version": "v2",
          "auth": {"kubernetes": {"mountPath": "%s", "role": "checkout",
           "serviceAccountRef": {"name": "%s"}}}}}}}
        """
        .formatted(name, vault.url(), kv, path, account);
  }
}
