package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code signet generate vault} prints, read; {@link GeneratedVaultTest} runs it. */
class GenerateVaultTest {

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void manifests() {
    shell = new Shell(folder);
    shell.write("app/all.yaml", Shell.resource("generate/manifests.yaml"));
  }

  private Shell.Result generate(String... more) {
    String[] args = new String[more.length + 4];
    System.arraycopy(new String[] {"generate", "vault", "-f", "app"}, 0, args, 0, 4);
    System.arraycopy(more, 0, args, 4, more.length);
    return shell.signet(args);
  }

  @Test
  void commandsRolesAndPoliciesOfEveryMethod() {
    Shell.Result result = generate().succeeded();
    assertThat(result.out()).isEqualTo(Shell.resource("generate/vault.sh"));
    assertThat(result.err().lines().toList())
        .containsExactly(
            "note: SecretStore production/not-here, which ExternalSecret production/many uses, is"
                + " not among these manifests",
            "note: ClusterSecretStore shared lets no namespace other use it, so"
                + " ClusterExternalSecret everywhere gets nothing");
  }

  @Test
  void theSameForTerraform() {
    assertThat(generate("--terraform").succeeded().out())
        .isEqualTo(Shell.resource("generate/vault.tf"))
        .isEqualTo(generate("-o", "terraform").succeeded().out());
  }

  @Test
  void theSameForPrograms() {
    Jsonl.Row tree = Jsonl.row(generate("-o", "json").succeeded().out());
    assertThat(tree.fields().keySet()).containsExactly("authMounts", "policies", "roles", "notes");
    assertThat(tree.rows("authMounts").stream().map(each -> each.text("path")))
        .containsExactly("approle", "cert", "kubernetes", "ldap", "oidc", "userpass");
    assertThat(tree.rows("roles").stream().map(each -> each.text("path")))
        .containsExactlyInAnyOrder(
            "auth/approle/role/production-by-approle",
            "auth/cert/certs/app",
            "auth/kubernetes/role/checkout-service",
            "auth/kubernetes/role/orders",
            "auth/kubernetes/role/shared",
            "auth/ldap/users/reader",
            "auth/oidc/role/legacy",
            "auth/userpass/users/App User");
    Jsonl.Row orders =
        tree.rows("policies").stream()
            .filter(each -> each.text("name").equals("orders"))
            .findFirst()
            .orElseThrow();
    assertThat(orders.rows("rules").stream().map(each -> each.text("path")))
        .containsExactly(
            "auth/token/renew-accessor",
            "auth/token/revoke-accessor",
            "database/creds/orders",
            "sys/leases/revoke");
    assertThat(orders.rows("rules").getLast().row("allowedParameters").texts("lease_id"))
        .containsExactly("database/creds/orders/*");
    assertThat(tree.texts("notes")).hasSize(2);
  }

  @Test
  void policiesAlone() {
    assertThat(generate("-o", "hcl").succeeded().out())
        .contains("# policy checkout-service\n", "path \"secret/data/common/registry\"")
        .doesNotContain("vault write");
  }

  @Test
  void filesAreWritten() {
    assertThat(generate("-w", "vault").succeeded().out().lines().toList())
        .contains("wrote vault/checkout-service.hcl", "wrote vault/setup.sh");
    assertThat(shell.read("vault/setup.sh"))
        .contains("vault policy write checkout-service checkout-service.hcl")
        .doesNotContain("capabilities");
    assertThat(shell.read("vault/orders.hcl")).contains("path \"database/creds/orders\"");
    generate("-w", "tf", "--terraform").succeeded();
    assertThat(shell.read("tf/vault.tf")).isEqualTo(Shell.resource("generate/vault.tf"));
  }

  @Test
  void mountsMayBeSomebodyElses() {
    assertThat(generate("--no-mounts").succeeded().out())
        .doesNotContain("auth enable")
        .contains("vault write auth/kubernetes/role/checkout-service");
    assertThat(generate("--no-mounts", "--terraform").succeeded().out())
        .doesNotContain("vault_auth_backend\"")
        .contains("backend = \"kubernetes\"");
  }

  @Test
  void serversAreToldApart() {
    shell.write(
        "app/other.yaml",
        """
        apiVersion: external-secrets.io/v1
        kind: ClusterSecretStore
        metadata: {name: elsewhere}
        spec:
          provider:
            vault:
              server: https://other.acme.com:8200
              namespace: team-a
              auth: {kubernetes: {role: checkout-service}}
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: more, namespace: production}
        spec:
          secretStoreRef: {name: elsewhere, kind: ClusterSecretStore}
          data:
          - secretKey: a
            remoteRef: {key: kv/data/a}
        """);
    String both = generate().succeeded().out();
    assertThat(both)
        .contains(
            "export VAULT_ADDR=https://other.acme.com:8200\n",
            "export VAULT_ADDR=https://vault.acme.com\n",
            "vault policy write -namespace=team-a checkout-service-2 - <<'EOF'");
    String one =
        generate("--server", "https://other.acme.com:8200", "--operator-account", "ops/engine")
            .succeeded()
            .out();
    assertThat(one)
        .contains(
            "export VAULT_ADDR=${VAULT_ADDR:-https://other.acme.com:8200}",
            "bound_service_account_names=engine",
            "bound_service_account_namespaces=ops",
            "path \"kv/data/a\"")
        .doesNotContain("secret/data");
    assertThat(generate("--terraform").succeeded().out())
        .contains("alias = \"other_acme_com_8200\"", "provider = vault.other_acme_com_8200");
  }

  @Test
  void generatorsOfTheClusterAskForEachNamespace() {
    shell.write(
        "app/all.yaml",
        """
        apiVersion: generators.external-secrets.io/v1alpha1
        kind: ClusterGenerator
        metadata: {name: db}
        spec:
          kind: VaultDynamicSecret
          generator:
            vaultDynamicSecretSpec:
              path: database/creds/app
              provider:
                server: https://vault.acme.com
                auth: {kubernetes: {role: app, serviceAccountRef: {name: app}}}
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: a, namespace: one}
        spec: {dataFrom: [{sourceRef: {generatorRef: {kind: ClusterGenerator, name: db}}}]}
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: a, namespace: two}
        spec: {dataFrom: [{sourceRef: {generatorRef: {kind: ClusterGenerator, name: db}}}]}
        """);
    assertThat(generate().succeeded().out())
        .contains(
            "bound_service_account_names=app",
            "bound_service_account_namespaces=one,two",
            "# ClusterGenerator db for ExternalSecret one/a, ClusterGenerator db for ExternalSecret two/a");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          auth: {iam: {vaultRole: r}}                    | k    | roles of that method are not in this version
          auth: {}                                       | k    | names no auth method
          auth: {kubernetes: {}}                         | k    | kubernetes.role
          namespace: one, auth: {namespace: other, tokenSecretRef: {name: t, key: k}} | k | namespace is another one
          auth: {tokenSecretRef: {name: t}}              | a*   | means more than one path
          auth: {tokenSecretRef: {name: t}}              | ../a | is no path in Vault
          version: v3, auth: {tokenSecretRef: {name: t}} | k    | must be one of v1, v2
          """)
  void whatCannotBeToldIsAnErrorAndNothingIsPrinted(String more, String key, String message) {
    shell.write(
        "app/all.yaml",
        """
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: s, namespace: a}
        spec: {provider: {vault: {server: 'https://v', path: m, %s}}}
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: e, namespace: a}
        spec: {secretStoreRef: {name: s}, data: [{secretKey: k, remoteRef: {key: '%s'}}]}
        """
            .formatted(more, key));
    assertThat(generate().failed(1, message).out()).isEmpty();
    assertThat(generate().err()).contains("SecretStore a/s for ExternalSecret a/e");
  }

  @Test
  void wrongInputIsRefused() {
    shell.signet("generate").failed(2, "missing required");
    shell.signet("generate", "vault").failed(2, "missing required option");
    shell.signet("generate", "consul", "-f", "app").failed(2, "invalid value for positional");
    shell.signet("generate", "vault", "-f", "nowhere").failed(1, "cannot read nowhere");
    generate("--terraform", "-o", "json").failed(2, "--terraform and -o exclude each other");
    generate("--operator-account", "engine").failed(2, "names no service account");
    assertThat(generate("--server", "https://nobody").err())
        .contains("error: nothing in these manifests asks https://nobody for anything");
    shell.write("bad/all.yaml", "a: [");
    shell.signet("generate", "vault", "-f", "bad").failed(1, "bad/all.yaml");
    assertThat(shell.signet("generate", "--help").succeeded().out())
        .contains("Examples:", "signet generate vault -f deploy/ | bash");
    for (String each : List.of("bash", "zsh", "fish")) {
      assertThat(shell.signet("completion", each).succeeded().out()).contains("generate");
    }
  }
}
