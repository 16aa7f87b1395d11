package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values of a real Vault, all the way to the Secret and its explanation, and back. */
@OnVault
class VaultInDirectoryTest {

  private static final String STORE =
      """
      apiVersion: external-secrets.io/v1beta1
      kind: SecretStore
      metadata: {name: vault-store, namespace: production}
      spec:
        provider:
          vault:
            server: "@SERVER@"
            path: "@PATH@"
            version: v2
            auth: {tokenSecretRef: {name: vault-token, key: token}}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: vault-token, namespace: production}
      stringData: {token: root}
      ---
      """;

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));
  private Vault vault;
  private String kv;

  @BeforeEach
  void engine(Vault vault) throws IOException {
    this.vault = vault;
    kv = vault.mount("kv-v2");
    vault.write(
        kv + "/data/production/database",
        "{\"data\": {\"username\": \"app\", \"password\": \"s3cret\"}}");
    shell = new Shell(folder);
  }

  private Shell.Result apply(String manifests) {
    shell.write("app/all.yaml", manifests.replace("@SERVER@", vault.url()).replace("@PATH@", kv));
    return shell.signet("apply", "-f", "app");
  }

  private String value(String secret, String key) {
    return shell.signet("get", "secret", secret, "--reveal", key).succeeded().out();
  }

  private static String external(String name, String key) {
    return """
        apiVersion: external-secrets.io/v1beta1
        kind: ExternalSecret
        metadata: {name: %s, namespace: production}
        spec:
          refreshInterval: 5m
          secretStoreRef: {name: vault-store, kind: SecretStore}
          target:
            name: %s
            template: {data: {DATABASE_URL: "postgresql://{{ .username }}:{{ .password }}@db"}}
          data:
          - secretKey: username
            remoteRef: {key: %s, property: username}
          - secretKey: password
            remoteRef: {key: %s, property: password}
        """
        .formatted(name, name, key, key);
  }

  @Test
  void aValueIsDeliveredAndExplained() {
    Shell.Result result = apply(STORE + external("credentials", "production/database")).succeeded();
    assertThat(result.out()).contains("SecretStore     production/vault-store  ready");
    assertThat(value("production/credentials", "DATABASE_URL"))
        .isEqualTo("postgresql://app:s3cret@db");
    assertThat(shell.signet("explain", "production/credentials").succeeded().out())
        .contains("SecretStore/production/vault-store")
        .contains("production/database")
        .doesNotContain("s3cret");
  }

  /** As the fifth article has it: the path of an engine that makes users, in a store of KV. */
  @Test
  void whatAnEngineMakesIsOneLease() throws IOException {
    String engine = "database-" + kv;
    vault.write(
        "sys/mounts/" + engine,
        "{\"type\": \"kv\", \"options\": {\"version\": \"1\", \"leased_passthrough\": \"true\"}}");
    String key = engine + "/creds/checkout-readwrite";
    vault.write(key, "{\"username\": \"v-1\", \"password\": \"made\", \"ttl\": \"1h\"}");

    apply(STORE + external("checkout-db-credentials", key)).succeeded();

    assertThat(value("production/checkout-db-credentials", "DATABASE_URL"))
        .isEqualTo("postgresql://v-1:made@db");
    assertThat(
            vault
                .read("sys/leases/lookup/" + key + "?list=true")
                .orFail()
                .json()
                .row("data")
                .texts("keys"))
        .hasSize(1);
  }

  /** As the fourth article has it. */
  @Test
  void aTransitEngineIsRefusedWithWhatToUse() throws IOException {
    kv = vault.mount("transit");
    Shell.Result result = apply(STORE + external("credentials", "production/database"));
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains(kv + "/ in Vault is a transit engine")
        .contains("Set path to a KV engine");
  }

  @Test
  void aStoreReadsNoSecretsOfOtherNamespaces() {
    Shell.Result result =
        apply(
            STORE.replace("key: token}}", "key: token, namespace: other}}")
                + external("credentials", "production/database"));
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains("namespace should either be empty or match the namespace of the SecretStore");
  }

  @Test
  void aSecretIsPushedAndFetchedAgain() throws IOException {
    String push =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: source, namespace: production}
        stringData: {a: "1", b: "<2>"}
        ---
        apiVersion: external-secrets.io/v1alpha1
        kind: PushSecret
        metadata: {name: pushed, namespace: production}
        spec:
          secretStoreRefs: [{name: vault-store, kind: SecretStore}]
          selector: {secret: {name: source}}
          data:
          - match: {remoteRef: {remoteKey: copies/all}}
          - match: {secretKey: a, remoteRef: {remoteKey: copies/one, property: first}}
        """;
    apply(STORE + push).succeeded();
    assertThat(vault.read(kv + "/data/copies/all").orFail().body())
        .contains("\"data\":{\"a\":\"1\",\"b\":\"\\u003c2\\u003e\"}");
    assertThat(vault.read(kv + "/data/copies/one").orFail().body())
        .contains("\"data\":{\"first\":\"1\"}");
    // The same again uses up no version.
    apply(STORE + push).succeeded();
    assertThat(
            vault.read(kv + "/metadata/copies/all").json().row("data").integer("current_version"))
        .isEqualTo(1);
  }
}
