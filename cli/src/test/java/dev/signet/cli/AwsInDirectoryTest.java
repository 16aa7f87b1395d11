package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Values of what stands in for AWS, all the way to the Secret and its explanation, and back. */
@OnMoto
class AwsInDirectoryTest {

  /** As the second article has it. */
  private static final String STORE =
      """
      apiVersion: external-secrets.io/v1beta1
      kind: SecretStore
      metadata: {name: aws-secrets-manager, namespace: production}
      spec:
        provider:
          aws:
            service: SecretsManager
            region: us-east-1
            auth:
              secretRef:
                accessKeyIDSecretRef: {name: aws-credentials, key: access-key-id}
                secretAccessKeySecretRef: {name: aws-credentials, key: secret-access-key}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: aws-credentials, namespace: production}
      stringData: {access-key-id: AKIAIOSFODNN7EXAMPLE, secret-access-key: of-nobody}
      ---
      """;

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));
  private Moto moto;

  @BeforeEach
  void fill(Moto moto) throws IOException {
    this.moto = moto;
    moto.reset();
    create(
        "production/db/credentials",
        "{\\\"username\\\": \\\"app\\\", \\\"password\\\": \\\"s3cret\\\"}");
    shell = new Shell(folder);
    moto.environment().forEach(shell::set);
    shell.set("AWS_ECR_ENDPOINT", moto.url());
  }

  private void create(String name, String value) throws IOException {
    var _ =
        moto.call(
            "secretsmanager.CreateSecret",
            """
            {"Name": "%s", "SecretString": "%s",
             "ClientRequestToken": "00000000-0000-0000-0000-000000000001"}
            """
                .formatted(name, value),
            "us-east-1");
  }

  private Shell.Result apply(String manifests) {
    shell.write("app/all.yaml", manifests);
    return shell.signet("apply", "-f", "app");
  }

  private String value(String secret, String key) {
    return shell.signet("get", "secret", secret, "--reveal", key).succeeded().out();
  }

  private static String external(String kind) {
    return """
        apiVersion: external-secrets.io/v1beta1
        kind: ExternalSecret
        metadata: {name: db-credentials, namespace: production}
        spec:
          refreshInterval: 1h
          secretStoreRef: {name: aws-secrets-manager, kind: %s}
          target: {name: db-credentials, creationPolicy: Owner}
          data:
          - secretKey: username
            remoteRef: {key: production/db/credentials, property: username}
          - secretKey: password
            remoteRef: {key: production/db/credentials, property: password}
        """
        .formatted(kind);
  }

  @Test
  void aValueIsDeliveredAndExplained() {
    Shell.Result result = apply(STORE + external("SecretStore")).succeeded();
    assertThat(result.out()).contains("SecretStore     production/aws-secrets-manager  ready");
    assertThat(value("production/db-credentials", "password")).isEqualTo("s3cret");
    assertThat(shell.signet("explain", "production/db-credentials").succeeded().out())
        .contains("SecretStore/production/aws-secrets-manager")
        .contains("production/db/credentials")
        .doesNotContain("s3cret");
  }

  /** As the fourth article has it: there is no cluster here that could vouch for the account. */
  @Test
  void aServiceAccountIsNobodyInADirectory() {
    Shell.Result result =
        apply(
            """
            apiVersion: external-secrets.io/v1beta1
            kind: ClusterSecretStore
            metadata: {name: aws-secrets-manager}
            spec:
              provider:
                aws:
                  service: SecretsManager
                  region: us-east-1
                  auth:
                    jwt:
                      serviceAccountRef: {name: external-secrets-sa, namespace: external-secrets}
            ---
            apiVersion: v1
            kind: ServiceAccount
            metadata:
              name: external-secrets-sa
              namespace: external-secrets
              annotations:
                eks.amazonaws.com/role-arn: arn:aws:iam::123456789012:role/external-secrets-role
            ---
            """
                + external("ClusterSecretStore"));
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err()).contains("there are no tokens of service accounts here");
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
          secretStoreRefs: [{name: aws-secrets-manager, kind: SecretStore}]
          selector: {secret: {name: source}}
          data:
          - match: {remoteRef: {remoteKey: copies/all}}
            metadata:
              apiVersion: kubernetes.external-secrets.io/v1alpha1
              kind: PushSecretMetadata
              spec: {secretPushFormat: string}
        """;
    apply(STORE + push).succeeded();
    assertThat(stored("copies/all")).isEqualTo("{\"a\":\"1\",\"b\":\"<2>\"}");
    apply(STORE + push).succeeded();
    assertThat(
            Jsonl.row(
                    moto.call(
                        "secretsmanager.ListSecretVersionIds",
                        "{\"SecretId\": \"copies/all\"}",
                        "us-east-1"))
                .rows("Versions"))
        .hasSize(1);
  }

  private String stored(String key) throws IOException {
    return Jsonl.row(
            moto.call(
                "secretsmanager.GetSecretValue", "{\"SecretId\": \"" + key + "\"}", "us-east-1"))
        .text("SecretString");
  }

  @Test
  void aRegistryGivesAToken() {
    apply(
            STORE
                + """
                apiVersion: generators.external-secrets.io/v1alpha1
                kind: ECRAuthorizationToken
                metadata: {name: ecr, namespace: production}
                spec:
                  region: us-east-1
                  auth:
                    secretRef:
                      accessKeyIDSecretRef: {name: aws-credentials, key: access-key-id}
                      secretAccessKeySecretRef: {name: aws-credentials, key: secret-access-key}
                ---
                apiVersion: external-secrets.io/v1
                kind: ExternalSecret
                metadata: {name: registry, namespace: production}
                spec:
                  dataFrom:
                  - sourceRef:
                      generatorRef:
                        apiVersion: generators.external-secrets.io/v1alpha1
                        kind: ECRAuthorizationToken
                        name: ecr
                """)
        .succeeded();
    assertThat(value("production/registry", "username")).isEqualTo("AWS");
    assertThat(value("production/registry", "proxy_endpoint"))
        .isEqualTo("https://123456789012.dkr.ecr.us-east-1.amazonaws.com");
  }
}
