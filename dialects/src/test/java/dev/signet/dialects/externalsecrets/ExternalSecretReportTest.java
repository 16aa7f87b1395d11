package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Origin;
import dev.signet.delivery.Declared;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExternalSecretReportTest {

  private static KubeObject external(String rest) throws MalformedObjectException {
    return KubeObject.of(
        World.tree(
            """
            apiVersion: external-secrets.io/v1
            kind: ExternalSecret
            metadata: {name: db, namespace: apps, generation: 2}
            """
                + rest),
        "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {}                                                                                        | Unseen[]
          {conditions: [{type: Other, status: 'True'}]}                                             | Unseen[]
          {syncedResourceVersion: 1-a, conditions: [{type: Ready, status: 'True', message: m}]}     | Unseen[]
          {syncedResourceVersion: 2-a, conditions: [{type: Ready, status: 'True', message: m}]}     | Delivered[message=m]
          {syncedResourceVersion: 22-a, conditions: [{type: Ready, status: 'True', message: m}]}    | Unseen[]
          {conditions: [{type: Ready, status: 'True', message: store validated}]}                   | Delivered[message=store validated]
          {syncedResourceVersion: 2-a, conditions: [{type: Ready, status: 'False', reason: R, message: m}]} | Failing[reason=R, message=m]
          {conditions: [odd]}                                                                       | Unseen[]
          """)
  void aSuccessCountsForItsGenerationOnly(String status, String standing)
      throws MalformedObjectException {
    assertThat(ExternalSecretReport.standing(external("status: " + status))).hasToString(standing);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ownerReferences: [{apiVersion: external-secrets.io/v1beta1, kind: ExternalSecret, name: a}] | true  | ExternalSecret apps/a
          ownerReferences: [{apiVersion: example.com/v1, kind: ExternalSecret, name: a}]              | false | none
          labels: {reconcile.external-secrets.io/managed: 'true'}                                      | true  | none
          labels: {reconcile.external-secrets.io/managed: 'false'}                                     | false | none
          """)
  void aSecretSaysWhoManagesIt(String marks, boolean manages, String owner)
      throws MalformedObjectException {
    Metadata secret =
        Metadata.of(Fields.of(World.tree("name: db\nnamespace: apps\n" + marks), "metadata"));
    assertThat(ExternalSecretReport.manages(secret)).isEqualTo(manages);
    assertThat(ExternalSecretReport.owner(secret).map(Ref::toString).orElse("none"))
        .isEqualTo(owner);
  }

  @Test
  void sourcesOfEveryKindAreNamed() throws MalformedObjectException {
    Declared declared =
        ExternalSecretReport.declared(
            external(
                """
                spec:
                  secretStoreRef: {name: near}
                  target: {name: other}
                  data:
                  - {secretKey: a, remoteRef: {key: k, property: p, version: v}}
                  - {secretKey: b, remoteRef: {key: k}, sourceRef: {storeRef: {name: far, kind: ClusterSecretStore}}}
                  dataFrom:
                  - extract: {key: all}
                  - find: {path: x, name: {regexp: ^y}}
                  - find: {tags: {team: z}}
                  - find: {}
                  - sourceRef: {generatorRef: {kind: Password, name: g}}
                status: {refreshTime: '2026-03-01T12:00:00Z'}
                """));
    assertThat(declared.target()).isEqualTo(Ref.secret("apps", "other"));
    assertThat(declared.at()).isEqualTo("2026-03-01T12:00:00Z");
    assertThat(declared.stores())
        .containsExactly(
            new Ref(StoreRef.STORE, "apps", "near"), new Ref(StoreRef.CLUSTER_STORE, "", "far"));
    assertThat(declared.origins())
        .containsEntry("a", new Origin("SecretStore/apps/near", "k", "p", "v"))
        .containsEntry("b", Origin.of("ClusterSecretStore/far", "k"));
    assertThat(declared.rest())
        .containsExactly(
            Origin.of("SecretStore/apps/near", "all"),
            Origin.of("SecretStore/apps/near", "path x, names like ^y"),
            Origin.of("SecretStore/apps/near", "tags {team=z}"),
            Origin.of("SecretStore/apps/near", "everything"),
            Origin.of("generator Password/g", ""));
  }

  @ParameterizedTest
  @CsvSource({"'', 'url', false", "'mergePolicy: Merge, ', 'password, url', true"})
  void aTemplateStandsBeforeWhatWasFetched(String policy, String keys, boolean rest)
      throws MalformedObjectException {
    Declared declared =
        ExternalSecretReport.declared(
            external(
                """
                spec:
                  secretStoreRef: {name: near}
                  target: {template: {%sdata: {url: 'x://{{ .password }}'}}}
                  data: [{secretKey: password, remoteRef: {key: k}}]
                  dataFrom: [{extract: {key: all}}]
                """
                    .formatted(policy)));
    assertThat(String.join(", ", declared.origins().keySet())).isEqualTo(keys);
    assertThat(declared.origins())
        .containsEntry(
            "url",
            Origin.of(
                "template in ExternalSecret/apps/db",
                "over password from SecretStore/apps/near, k"));
    assertThat(declared.rest().isEmpty()).isEqualTo(!rest);
  }
}
