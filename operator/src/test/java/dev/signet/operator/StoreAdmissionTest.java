package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.KubeObject;
import dev.signet.dialects.externalsecrets.Validation;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the webhook says of stores: each provider's own rules, before anything is asked. */
final class StoreAdmissionTest {

  private final Validation validation = new Validation(Controllers.unasked());

  private Validation.Verdict verdict(String kind, String spec) throws Exception {
    String manifest =
        "{apiVersion: external-secrets.io/v1, kind: %s, metadata: {name: s, namespace: ns}, spec: %s}"
            .formatted(kind, spec);
    return validation.of(
        KubeObject.of(
            Documents.read(
                    manifest.getBytes(StandardCharsets.UTF_8),
                    "test",
                    ReadLimits.DEFAULT,
                    DuplicateKeys.REJECTED)
                .getFirst()
                .tree(),
            kind.startsWith("Cluster") ? "" : "ns"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SecretStore        | vault: {server: ftp://x}                                                   | server is no address
          SecretStore        | vault: {server: 'https://v', auth: {tokenSecretRef: {name: t, key: k, namespace: other}}} | should either be empty or match
          SecretStore        | vault: {server: 'https://v', version: v1, checkAndSet: {required: true}}   | not supported with Vault KV version v1
          ClusterSecretStore | vault: {server: 'https://v', version: v9}                                  | version must be one of
          SecretStore        | kubernetes: {server: {caProvider: {type: ConfigMap, name: ca, key: k, namespace: other}}, auth: {token: {bearerToken: {name: t, key: k}}}} | should either be empty or match
          SecretStore        | fake: {data: [{value: x}]}                                                 | key
          SecretStore        | gcpsm: {auth: {workloadIdentity: {serviceAccountRef: {name: a, namespace: other}}}} | should either be empty or match
          SecretStore        | azurekv: {vaultUrl: 'https://v.example.com', authType: ManagedIdentity}    | no token is sent there
          SecretStore        | infisical: {secretsScope: {environmentSlug: e}}                            | projectSlug is required
          SecretStore        | doppler: {auth: {}}                                                        | either secretRef or oidcConfig
          SecretStore        | '{}'                                                                       | exactly one provider
          """)
  void whatBreaksARuleOfItsProviderIsRefused(String kind, String provider, String why)
      throws Exception {
    String inner = provider.equals("{}") ? provider : "{" + provider + "}";
    assertThat(verdict(kind, "{provider: " + inner + "}").refusal())
        .hasValueSatisfying(it -> assertThat(it).contains(why));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SecretStore        | vault: {server: 'https://v', path: kv, auth: {tokenSecretRef: {name: t, key: k}}}
          ClusterSecretStore | vault: {server: 'https://v', path: kv, auth: {tokenSecretRef: {name: t, key: k, namespace: other}}}
          ClusterSecretStore | vault: {server: 'https://v', path: kv, auth: {tokenSecretRef: {name: t, key: k}}}
          SecretStore        | fake: {data: [{key: a, value: x}]}
          SecretStore        | gcpsm: {auth: {workloadIdentity: {serviceAccountRef: {name: a}}}}
          SecretStore        | gcpsm: {}
          SecretStore        | azurekv: {vaultUrl: 'https://v.vault.azure.net', authType: WorkloadIdentity, serviceAccountRef: {name: a}}
          ClusterSecretStore | doppler: {auth: {secretRef: {dopplerToken: {name: t, namespace: other}}}}
          """)
  void whatKeepsThemIsLetThrough(String kind, String provider) throws Exception {
    Validation.Verdict verdict = verdict(kind, "{provider: {" + provider + "}}");
    assertThat(verdict.refusal()).isEmpty();
    assertThat(verdict.warnings()).isEmpty();
  }

  @Test
  void whatIsNotUnderstoodIsAWarningAndWhatIsSomebodyElsesIsNotLookedAt() throws Exception {
    Validation.Verdict verdict =
        verdict("SecretStore", "{provider: {fake: {data: [{key: a, value: x}], unheardOf: 1}}}");
    assertThat(verdict.refusal()).isEmpty();
    assertThat(verdict.warnings()).singleElement().asString().contains("unheardOf");
    assertThat(verdict("SecretStore", "{provider: {nobody: {}}}").warnings())
        .singleElement()
        .asString()
        .contains("provider nobody is not in this version");
    assertThat(
            verdict("SecretStore", "{controller: other, provider: {vault: {server: ftp://x}}}")
                .refusal())
        .isEmpty();
  }
}
