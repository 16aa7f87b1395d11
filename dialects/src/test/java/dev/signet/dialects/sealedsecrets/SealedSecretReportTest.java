package dev.signet.dialects.sealedsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Origin;
import dev.signet.delivery.Declared;
import dev.signet.delivery.Standing;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SealedSecretReportTest {

  private static KubeObject sealed(String rest) throws MalformedObjectException {
    return KubeObject.of(
        World.tree(
            """
            apiVersion: bitnami.com/v1alpha1
            kind: SealedSecret
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
          {}                                                                                         | Unseen[]
          {observedGeneration: 2}                                                                    | Unseen[]
          {conditions: [{type: Synced, status: 'True'}]}                                             | Unseen[]
          {observedGeneration: 1, conditions: [{type: Synced, status: 'True'}]}                      | Unseen[]
          {observedGeneration: 1, conditions: [{type: Synced, status: 'False', message: old}]}       | Unseen[]
          {observedGeneration: 2, conditions: [{type: Synced, status: 'True'}]}                      | Delivered[message=]
          {observedGeneration: 3, conditions: [{type: Synced, status: 'True'}]}                      | Delivered[message=]
          {observedGeneration: 2, conditions: [{type: Synced, status: 'False', message: why}]}       | Failing[reason=Unsynced, message=why]
          {observedGeneration: 2, conditions: [{type: Synced, status: 'False', message: why}, {type: Delivered, status: 'False', reason: NoKeys, message: do this}]} | Failing[reason=NoKeys, message=do this]
          {observedGeneration: 2, conditions: odd}                                                   | Unseen[]
          """)
  void onlyWhatIsSaidOfThisGenerationCounts(String status, String standing)
      throws MalformedObjectException {
    Standing found = SealedSecretReport.standing(sealed("status: " + status));
    assertThat(found).hasToString(standing);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ownerReferences: [{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, name: other}] | SealedSecret apps/other
          ownerReferences: [{apiVersion: v1, kind: Pod, name: p}]                                 | none
          ownerReferences: [{apiVersion: example.com/v1, kind: SealedSecret, name: p}]            | none
          annotations: {sealedsecrets.bitnami.com/managed: 'true'}                                | SealedSecret apps/db
          annotations: {sealedsecrets.bitnami.com/patch: 'true'}                                  | SealedSecret apps/db
          annotations: {sealedsecrets.bitnami.com/managed: 'false'}                               | none
          labels: {a: b}                                                                          | none
          """)
  void aSecretSaysWhatItIsMadeOf(String marks, String maker) throws MalformedObjectException {
    Metadata secret =
        Metadata.of(Fields.of(World.tree("name: db\nnamespace: apps\n" + marks), "metadata"));
    assertThat(SealedSecretReport.maker(secret).map(Ref::toString).orElse("none")).isEqualTo(maker);
  }

  @Test
  void keysComeFromCiphertextsAndTemplates() throws MalformedObjectException {
    Declared declared =
        SealedSecretReport.declared(
            sealed(
                """
                spec:
                  encryptedData: {password: AgA, user: AgA, gone: AgA}
                  template: {data: {url: 'x://{{ .password }}', user: fixed, gone: null}}
                """));
    assertThat(declared.target()).isEqualTo(Ref.secret("apps", "db"));
    assertThat(declared.origins())
        .containsOnlyKeys("password", "url", "user")
        .containsEntry("password", Origin.of("ciphertext in SealedSecret/apps/db", "password"))
        .containsEntry("user", Origin.of("spec.template.data of SealedSecret/apps/db", "user"));
    assertThat(declared.rest()).isEmpty();
  }
}
