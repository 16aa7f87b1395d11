package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What somebody who may write ExternalSecrets, PushSecrets, stores and generators in one namespace,
 * and nothing else, tries in vain. Each attack worked once against External Secrets (its advisories
 * of 2024 to 2026) or would against a controller that leaves these rules to admission; none is
 * looked at here.
 */
final class SecurityRulesTest {

  private static final String CANARY = "c4nary-v4lue";

  private final Stage stage;

  SecurityRulesTest(@TempDir Path folder) throws Exception {
    stage = new Stage(folder);
    stage.manifest("n1", "{apiVersion: v1, kind: Namespace, metadata: {name: ns}}");
    stage.manifest("n2", "{apiVersion: v1, kind: Namespace, metadata: {name: victim}}");
    stage.world().secret(secret("victim", "admin", "{team: shared}", "s3cret"));
    stage.manifest(
        "victims",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: victims, namespace: victim}, data:"
            + " {ca.crt: cert, t: template}}");
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private static String secret(String namespace, String name, String labels, String value) {
    return "{apiVersion: v1, kind: Secret, metadata: {name: %s, namespace: %s, labels: %s}, stringData: {k: %s}}"
        .formatted(name, namespace, labels, value);
  }

  private static Fields fields(String yaml) {
    return Fields.of(World.tree(yaml), "spec");
  }

  private String said() throws Exception {
    return stage.world().events() + " " + stage.ready();
  }

  // Reading across namespaces

  @ParameterizedTest
  @ValueSource(strings = {"secret", "labelled", "authority", "configMap", "account"})
  void aStoreOfANamespaceReadsNothingOfAnother(String what) {
    Directory directory = stage.world().directory();
    StoreReferences references =
        new StoreReferences(
            directory,
            (_, _, _) -> "token",
            new Ref(StoreRef.STORE, "ns", "mine"),
            Optional.of("ns"));
    Fields theirs = fields("{name: admin, namespace: victim, key: k, type: Secret, audiences: []}");
    assertThatThrownBy(
            () -> {
              switch (what) {
                case "secret" -> references.secret(theirs).close();
                case "labelled" ->
                    references.secret(theirs, new References.Label("team", "shared")).close();
                case "authority" -> references.authority(theirs);
                case "configMap" ->
                    references.authority(
                        fields("{name: victims, namespace: victim, type: ConfigMap}"));
                default -> references.accountToken(theirs);
              }
            })
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining("namespace should either be empty or match the namespace");
    assertThat(references.read()).isEmpty();
  }

  @Test
  void aStoreUsesNoSecretWhoseOwnerDidNotAgree() throws Exception {
    stage.world().secret(secret("ns", "mine", "{external-secrets.io/type: other}", "v"));
    StoreReferences references =
        new StoreReferences(
            stage.world().directory(),
            AccountTokens.NONE,
            new Ref(StoreRef.STORE, "ns", "s"),
            Optional.of("ns"));
    assertThatThrownBy(
            () ->
                references.secret(
                    fields("{name: mine}"),
                    new References.Label("external-secrets.io/type", "webhook")))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("does not contain needed label 'external-secrets.io/type: webhook'");
  }

  @Test
  void aClusterStoreIsClosedToNamespacesThatItDoesNotName() throws Exception {
    stage.manifest(
        "store",
        "{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: theirs},"
            + " spec: {conditions: [{namespaces: [victim]}], provider: {fake: {data: [{key: k,"
            + " value: s3cret}]}}}}");
    stage.externalSecret(
        "data: [{secretKey: k, remoteRef: {key: k}, sourceRef: {storeRef: {name: theirs, kind:"
            + " ClusterSecretStore}}}]");
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
    assertThat(said()).contains("denied by spec.condition").doesNotContain("s3cret");
  }

  @Test
  void aPushSecretSeesTheLabelledSecretsOfItsNamespaceOnly() throws Exception {
    stage.world().secret(secret("ns", "mine", "{team: shared}", "own"));
    stage.store("");
    stage.manifest(
        "push",
        """
        {apiVersion: external-secrets.io/v1alpha1, kind: PushSecret, metadata: {name: p, namespace: ns},
         spec: {secretStoreRefs: [{name: store}], selector: {secret: {selector: {matchLabels: {team: shared}}}},
          data: [{match: {secretKey: k, remoteRef: {remoteKey: taken}}}]}}
        """);
    stage.externalSecret("data: [{secretKey: k, remoteRef: {key: taken}}]");
    stage.run();
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("{k=own}");
  }

  @Test
  void aPushSecretWithoutLabelsTakesNothing() {
    stage.store("");
    stage.manifest(
        "push",
        """
        {apiVersion: external-secrets.io/v1alpha1, kind: PushSecret, metadata: {name: p, namespace: ns},
         spec: {secretStoreRefs: [{name: store}], selector: {secret: {selector: {}}},
          data: [{match: {secretKey: k, remoteRef: {remoteKey: taken}}}]}}
        """);
    stage.externalSecret("data: [{secretKey: k, remoteRef: {key: taken}}]");
    stage.run();
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "configMap: {name: victims, items: [{key: t}]}",
        "secret: {name: admin, items: [{key: k}]}",
        "configMap: {name: victims, namespace: victim, items: [{key: t}]}",
        "secret: {name: admin, namespace: victim, items: [{key: k}]}"
      })
  void templatesStandInTheNamespaceOfTheirExternalSecret(String from) throws Exception {
    stage.store("{key: k, value: v}");
    stage.externalSecret(
        "data: [{secretKey: k, remoteRef: {key: k}}], target: {template: {templateFrom: [{"
            + from
            + "}]}}");
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
    assertThat(said()).containsAnyOf("not found", "does not understand").doesNotContain("s3cret");
  }

  @Test
  void aGeneratorReadsTheNamespaceThatItsValuesAreFor() throws Exception {
    stage.manifest(
        "mfa",
        "{apiVersion: generators.external-secrets.io/v1alpha1, kind: MFA, metadata: {name: m,"
            + " namespace: ns}, spec: {secret: {name: admin, namespace: victim, key: k}}}");
    stage.externalSecret(
        "dataFrom: [{sourceRef: {generatorRef: {kind: MFA, name: m, apiVersion:"
            + " generators.external-secrets.io/v1alpha1}}}]");
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
    assertThat(said()).contains("Secret ns/admin does not exist");
  }

  // Minting credentials, and writing more of a Secret than its values

  @ParameterizedTest
  @ValueSource(
      strings = {
        "type: kubernetes.io/service-account-token, metadata: {annotations:"
            + " {kubernetes.io/service-account.name: admin}}",
        "type: kubernetes.io/service-account-token, templateFrom: [{target: Annotations, literal:"
            + " 'kubernetes.io/service-account.name: admin'}]",
        "type: kubernetes.io/service-account-token, templateFrom: [{target: annotations, literal:"
            + " 'kubernetes.io/service-account.name: admin'}]",
        "type: bootstrap.kubernetes.io/token, data: {token-id: abcdef}",
        "templateFrom: [{target: type, literal: 'kubernetes.io/service-account-token'}]",
        "templateFrom: [{target: metadata.ownerReferences, literal: '[]'}]",
        "templateFrom: [{target: 'metadata.finalizers[0]', literal: 'x/y'}]",
        "templateFrom: [{target: immutable, literal: 'true'}]",
        "templateFrom: [{target: metadata.namespace, literal: victim}]"
      })
  void aTemplateMakesNoCredentialsOfTheClusterAndNoPrivilegedFields(String template)
      throws Exception {
    stage.store("{key: k, value: v}");
    stage.externalSecret(
        "data: [{secretKey: k, remoteRef: {key: k}}], target: {template: {" + template + "}}");
    stage.run();
    assertThat(stage.world().json("ns", "es")).isEmpty();
    assertThat(said()).contains("is not allowed");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "manifest: {apiVersion: v1, kind: Secret}",
        "manifest: {apiVersion: v1, kind: Secret}, template: {type:"
            + " kubernetes.io/service-account-token}",
        "manifest: {apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding}"
      })
  void aManifestIsNoWayAroundTheRulesForSecrets(String target) throws Exception {
    stage.store("{key: k, value: v}");
    stage.externalSecret("data: [{secretKey: k, remoteRef: {key: k}}], target: {" + target + "}");
    stage.run();
    assertThat(stage.world().json("ns", "es")).isEmpty();
    assertThat(said()).containsAnyOf("names a Secret", "generic targets are disabled");
  }

  // What templates can reach

  @ParameterizedTest
  @CsvSource({
    "getSecretKey \"victim\" \"admin\" \"k\"",
    "lookup \"v1\" \"Secret\" \"victim\" \"admin\"",
    "getHostByName \"leak.example.org\"",
    "env \"HOME\"",
    "expandenv \"$HOME\"",
    "readFile \"/etc/passwd\"",
    "include \"x\""
  })
  void aTemplateReadsNeitherObjectsNorNamesNorTheMachine(String call) throws Exception {
    stage.store("{key: k, value: v}");
    stage.externalSecret(
        "data: [{secretKey: k, remoteRef: {key: k}}], target: {template: {data: {a: '{{ "
            + call
            + " }}'}}}");
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
    assertThat(said())
        .contains("function \"" + call.substring(0, call.indexOf(' ')) + "\" not defined");
  }

  @Test
  void aTemplateSeesNoOtherTimeThanTheOneItIsGiven() throws Exception {
    stage.store("{key: k, value: v}");
    stage.externalSecret(
        "data: [{secretKey: k, remoteRef: {key: k}}], target: {template: {data: {at: '{{ now |"
            + " unixEpoch }}'}}}");
    stage.run();
    assertThat(stage.world().values("ns", "es"))
        .isEqualTo("{at=" + World.CLOCK.instant().getEpochSecond() + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{{ range until 1000000000 }}x{{ end }}",
        "{{ repeat 1000000000 .k }}",
        "{{ range $a := until 100000 }}{{ range $b := until 100000 }}{{ end }}{{ end }}"
      })
  void aTemplateCannotHoldTheControllerUp(String template) throws Exception {
    stage.store("{key: k, value: v}");
    stage.externalSecret(
        "data: [{secretKey: k, remoteRef: {key: k}}], target: {template: {data: {a: '"
            + template
            + "'}}}");
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
    assertThat(said()).contains("limit exceeded");
  }

  // What is told

  @ParameterizedTest
  @ValueSource(
      strings = {
        "target: {template: {data: {a: '{{ fail .k }}'}}}",
        "target: {template: {data: {a: '{{ .k | mustFromJson }}'}}}",
        "target: {template: {data: {a: '{{ .k | mustToDate \"2006\" }}'}}}",
        "target: {template: {data: {a: '{{ index .k 9999 }}'}}}",
        "target: {template: {data: {a: '{{ .k | b64dec | pkcs12key }}'}}}",
        "target: {template: {data: {a: '{{ .k | filterPEM \"X\" }}'}}}",
        "target: {template: {data: {a: '{{ regexFind .k \"[\" | atoi | until }}{{ .missing }}'}}}",
        "target: {template: {templateFrom: [{literal: '{{ .k }}: ['}]}}",
        "target: {template: {templateFrom: [{literal: '{{ .k }}'}]}}"
      })
  void anErrorShowsNoValue(String target) throws Exception {
    stage.store("{key: k, value: '" + CANARY + "('}");
    stage.externalSecret("data: [{secretKey: k, remoteRef: {key: k}}], " + target);
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
    assertThat(said()).contains("could not update secret").doesNotContain(CANARY);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data: [{secretKey: k, remoteRef: {key: k, decodingStrategy: Base64}}]",
        "data: [{secretKey: k, remoteRef: {key: k, property: a.b}}]",
        "dataFrom: [{extract: {key: k}}]",
        "dataFrom: [{find: {name: {regexp: k}}, rewrite: [{merge: {}}]}]",
        "dataFrom: [{find: {name: {regexp: k}}, rewrite: [{transform: {template: '{{ fail"
            + " .value }}'}}]}]"
      })
  void aValueThatCannotBeReadIsNotShown(String spec) throws Exception {
    stage.store("{key: k, value: '" + CANARY + "('}");
    stage.externalSecret(spec);
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
    assertThat(said()).contains("could not get secret data from provider").doesNotContain(CANARY);
  }
}
