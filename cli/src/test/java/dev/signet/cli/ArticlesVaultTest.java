package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.cluster.OnPostgres;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Postgres;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the articles do with Vault, on a real server that asks a real API server who a service
 * account is, with a real database behind it. Their commands and manifests are as printed but for
 * the addresses, and the namespaces {@code production} and {@code external-secrets}, in whose place
 * is that of the test.
 */
@OnControlPlane
@OnVault
@OnPostgres
@Timeout(300)
class ArticlesVaultTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  @TempDir Path folder;

  /** The account by which Vault asks who somebody is, and where the API server is. */
  private static Map<String, String> cluster(ControlPlane plane, Namespace home)
      throws IOException {
    Api api = plane.api();
    api.post(home.path("serviceaccounts"), "{\"metadata\": {\"name\": \"reviewer\"}}").orFail();
    api.post(
            "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings",
            """
            {"metadata": {"name": "reviewer-%1$s"},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "system:auth-delegator"},
             "subjects": [{"kind": "ServiceAccount", "name": "reviewer", "namespace": "%1$s"}]}
            """
                .formatted(home.name()))
        .orFail();
    return Map.of(
        "KUBERNETES_HOST", plane.url().toString(),
        "KUBERNETES_CA_CERT", new Identity(plane.admin().key(), plane.authority()).certificatePem(),
        "TOKEN_REVIEWER_JWT", plane.token(home.name(), "reviewer"));
  }

  private static void account(ControlPlane plane, Namespace home, String name) throws IOException {
    plane
        .api()
        .post(home.path("serviceaccounts"), "{\"metadata\": {\"name\": \"%s\"}}".formatted(name))
        .orFail();
  }

  private static String here(String text, Namespace home, Vault vault) {
    return text.replaceAll(
            "namespace(s?)(: *|=)\"?(production|external-secrets)\"?",
            "namespace$1$2" + home.name())
        .replaceAll("server: .*", "server: " + vault.url());
  }

  private static Optional<Jsonl.Row> secret(ControlPlane plane, Namespace home, String name)
      throws IOException {
    Api.Response answer = plane.api().get(home.path("secrets/" + name));
    return answer.status() == 404
        ? Optional.empty()
        : Optional.of(answer.orFail().json().row("data"));
  }

  private static String delivered(ControlPlane plane, Namespace home, String name, String key) {
    return Eventually.find(
        SOON,
        key + " of Secret " + name,
        () ->
            secret(plane, home, name)
                .filter(data -> data.has(key))
                .map(data -> new String(data.base64(key), UTF_8)));
  }

  private static String reason(ControlPlane plane, String path) {
    return Eventually.find(
        SOON,
        "a condition of " + path,
        () -> {
          Jsonl.Row object = plane.api().get(path).orFail().json();
          return object.has("status") && object.row("status").has("conditions")
              ? object.row("status").rows("conditions").stream()
                  .filter(each -> each.text("type").equals("Ready"))
                  .map(each -> each.text("status") + " " + each.optionalText("message").orElse(""))
                  .findFirst()
              : Optional.empty();
        });
  }

  /** The second's: its commands, its account, and what it was given. */
  @Test
  void theCommandsOfTheSecondLetItsAccountReadOneSecret(
      ControlPlane plane, Namespace home, Vault vault) throws Exception {
    Map<String, String> cluster = cluster(plane, home);
    Path mounted = Files.createDirectories(folder.resolve("mounted"));
    Files.writeString(mounted.resolve("token"), cluster.getOrDefault("TOKEN_REVIEWER_JWT", ""));
    Files.writeString(mounted.resolve("ca.crt"), cluster.getOrDefault("KUBERNETES_CA_CERT", ""));
    VaultCommands commands =
        new VaultCommands(folder, vault)
            .program(
                "cat",
                "case \"$1\" in /var/run/*) exec /bin/cat '"
                    + mounted
                    + "'/\"${1##*/}\";; esac; exec /bin/cat \"$@\"");
    // In a pod its account would be there, and its name would be known.
    String script =
        here(Shell.resource("articles/vault-commands.sh"), home, vault)
            .replace("https://kubernetes.default.svc", plane.url().toString());
    assertThat(script).contains("bound_service_account_namespaces=" + home.name());
    commands.run(folder, "set -euo pipefail\n" + script, Map.of()).succeeded();
    for (String key : new String[] {"db", "other"}) {
      vault.write(
          "secret/data/production/" + key, "{\"data\": {\"password\": \"of " + key + "\"}}");
    }
    try (ClusterStage stage = new ClusterStage(plane, home, folder).withKinds().withOperator()) {
      account(plane, home, "api-service");
      stage
          .shell()
          .write(
              "app/all.yaml",
              """
              apiVersion: external-secrets.io/v1
              kind: SecretStore
              metadata: {name: vault}
              spec:
                provider:
                  vault:
                    server: %s
                    path: secret
                    auth: {kubernetes: {role: api-service, serviceAccountRef: {name: api-service}}}
              ---
              apiVersion: external-secrets.io/v1
              kind: ExternalSecret
              metadata: {name: db}
              spec:
                secretStoreRef: {name: vault}
                dataFrom: [{extract: {key: production/db}}]
              ---
              apiVersion: external-secrets.io/v1
              kind: ExternalSecret
              metadata: {name: other}
              spec:
                secretStoreRef: {name: vault}
                dataFrom: [{extract: {key: production/other}}]
              """
                  .formatted(vault.url()));
      stage.signet("apply", "-f", "app", "--cluster", "--wait=0").succeeded();
      assertThat(delivered(plane, home, "db", "password")).isEqualTo("of db");
      Eventually.holds(
          SOON,
          "the other to be denied",
          () -> stage.signet("get", "events", "--cluster").out().contains("permission denied"));
      assertThat(secret(plane, home, "other")).isEmpty();
    } finally {
      vault.delete("sys/auth/kubernetes");
    }
  }

  private static void database(Vault vault, Postgres postgres) throws IOException {
    vault.write("sys/mounts/database", "{\"type\": \"database\"}");
    vault.write(
        "database/config/pg",
        """
        {"plugin_name": "postgresql-database-plugin", "allowed_roles": "*",
         "connection_url": "postgresql://{{username}}:{{password}}@127.0.0.1:%d/%s?sslmode=disable",
         "username": "%s", "password": "%s"}
        """
            .formatted(postgres.port(), postgres.database(), Postgres.ADMIN, Postgres.PASSWORD));
    vault.write(
        "database/roles/checkout-readwrite",
        """
        {"db_name": "pg", "default_ttl": "1h", "max_ttl": "24h",
         "creation_statements": ["CREATE ROLE \\"{{name}}\\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"]}
        """);
  }

  /**
   * All of their stores, after nothing but what {@code signet generate vault} prints for them: the
   * fifth's {@code database/creds/…} in a store of KV is one user of the database, with its own
   * password.
   */
  @Test
  void theirStoresDeliverAfterWhatIsPrintedForThem(
      ControlPlane plane, Namespace home, Vault vault, Postgres postgres) throws Exception {
    database(vault, postgres);
    vault.write("sys/mounts/transit", "{\"type\": \"transit\"}");
    vault.write(
        "secret/data/production/database",
        "{\"data\": {\"username\": \"postgres\", \"password\": \"s3cr3t-value\"}}");
    vault.write("secret/data/production/app", "{\"data\": {\"API_KEY\": \"k\"}}");
    Map<String, String> variables = cluster(plane, home);
    try (ClusterStage stage = new ClusterStage(plane, home, folder).withKinds().withOperator()) {
      Shell shell = stage.shell();
      shell.write("app/all.yaml", here(Shell.resource("articles/vault-stores.yaml"), home, vault));
      VaultCommands commands = new VaultCommands(folder, vault);
      Shell.Result printed = shell.signet("generate", "vault", "-f", "app").succeeded();
      assertThat(printed.err())
          .isEqualTo("note: nobody among these manifests uses ClusterSecretStore vault-hsm\n");
      commands.run(folder, printed.out(), variables).succeeded();
      vault.write(
          "auth/kubernetes/role/app-role",
          "{\"bound_service_account_names\": [\"vault-auth-sa\"], \"bound_service_account_namespaces\": [\"*\"], \"token_policies\": [\"app-role\"]}");
      vault.write(
          "sys/policies/acl/app-role",
          "{\"policy\": \"path \\\"transit/*\\\" {capabilities = [\\\"read\\\", \\\"update\\\"]}\"}");
      for (String each : new String[] {"external-secrets", "checkout-service", "vault-auth-sa"}) {
        account(plane, home, each);
      }
      String secretId =
          commands
              .run(
                  folder,
                  "vault write -f -field=secret_id auth/approle/role/"
                      + home.name()
                      + "-vault-backend/secret-id",
                  Map.of())
              .succeeded()
              .out();
      shell.write(
          "app/secret.yaml",
          "apiVersion: v1\nkind: Secret\nmetadata: {name: vault-approle-secret}\nstringData: {secretId: "
              + secretId
              + "}\n");
      shell.write(
          "app/hsm.yaml",
          """
          apiVersion: external-secrets.io/v1
          kind: ExternalSecret
          metadata: {name: hsm}
          spec:
            secretStoreRef: {name: vault-hsm, kind: ClusterSecretStore}
            dataFrom: [{extract: {key: production/app}}]
          """);
      stage.signet("apply", "-f", "app", "--cluster", "--wait=0").succeeded();

      assertThat(delivered(plane, home, "db-credentials", "password")).isEqualTo("s3cr3t-value");
      assertThat(delivered(plane, home, "app-secrets", "API_KEY")).isEqualTo("k");
      URI url = URI.create(delivered(plane, home, "checkout-db-credentials", "DATABASE_URL"));
      String[] user = url.getRawUserInfo().split(":", 2);
      assertThat(postgres.query(user[0], user[1], "postgres", "SELECT 1")).isEqualTo("1");
      assertThat(
              vault
                  .read("sys/leases/lookup/database/creds/checkout-readwrite?list=true")
                  .orFail()
                  .json()
                  .row("data")
                  .texts("keys"))
          .hasSize(1);
      Eventually.holds(
          SOON,
          "the transit engine to be named",
          () ->
              stage
                  .signet("get", "events", "--cluster")
                  .out()
                  .contains("transit/ in Vault is a transit engine"));
      assertThat(reason(plane, home.path("external-secrets.io/v1", "secretstores/vault-store")))
          .startsWith("True");
    } finally {
      for (String each :
          new String[] {
            "sys/leases/revoke-prefix/database", "sys/auth/kubernetes", "sys/auth/approle"
          }) {
        if (each.contains("leases")) {
          vault.write(each, "{}");
        } else {
          vault.delete(each);
        }
      }
      vault.delete("sys/mounts/database");
      vault.delete("sys/mounts/transit");
      plane.api().delete("/apis/external-secrets.io/v1/clustersecretstores/vault-backend").orFail();
      plane.api().delete("/apis/external-secrets.io/v1/clustersecretstores/vault-hsm").orFail();
    }
  }
}
