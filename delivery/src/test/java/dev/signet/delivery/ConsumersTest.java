package dev.signet.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ConsumersTest {

  private static List<String> found(String yaml) {
    return Consumers.of(Trees.object(yaml)).stream()
        .map(
            use ->
                use.secret().path()
                    + use.key().map(key -> "#" + key).orElse("")
                    + ": "
                    + use.how()
                    + (use.follows() ? "" : ", until restarted"))
        .toList();
  }

  private static String pod(String spec) {
    return "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: " + spec + "}";
  }

  /** One kind of reference a row. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {containers: [{name: app, env: [{name: PW, valueFrom: {secretKeyRef: {name: s, key: pw}}}]}]} | ns/s#pw: env PW of container app, until restarted
          {initContainers: [{name: init, env: [{name: PW, valueFrom: {secretKeyRef: {name: s, key: pw}}}]}]} | ns/s#pw: env PW of container init, until restarted
          {ephemeralContainers: [{name: eph, env: [{name: PW, valueFrom: {secretKeyRef: {name: s, key: pw}}}]}]} | ns/s#pw: env PW of container eph, until restarted
          {containers: [{name: app, envFrom: [{secretRef: {name: s}}]}]} | ns/s: envFrom of container app, until restarted
          {containers: [{name: app, envFrom: [{prefix: DB_, secretRef: {name: s}}]}]} | ns/s: envFrom of container app with prefix DB_, until restarted
          {containers: [{name: app, volumeMounts: [{name: v, mountPath: /etc/s}]}], volumes: [{name: v, secret: {secretName: s}}]} | ns/s: files under /etc/s of container app
          {containers: [{name: app, volumeMounts: [{name: v, mountPath: /etc/s}]}], volumes: [{name: v, secret: {secretName: s, items: [{key: crt, path: c}]}}]} | ns/s#crt: files under /etc/s of container app
          {containers: [{name: app, volumeMounts: [{name: v, mountPath: /etc/s/f, subPath: f}]}], volumes: [{name: v, secret: {secretName: s}}]} | ns/s: files under /etc/s/f of container app, until restarted
          {containers: [{name: app, volumeMounts: [{name: v, mountPath: /f, subPathExpr: $(X)}]}], volumes: [{name: v, secret: {secretName: s}}]} | ns/s: files under /f of container app, until restarted
          {containers: [{name: a, volumeMounts: [{name: v, mountPath: /a}]}, {name: b, volumeMounts: [{name: v, mountPath: /b}]}], volumes: [{name: v, secret: {secretName: s}}]} | ns/s: files under /a of container a and /b of container b
          {containers: [{name: app}], volumes: [{name: v, secret: {secretName: s}}]} | ns/s: volume v, mounted nowhere
          {containers: [{name: app, volumeMounts: [{name: v, mountPath: /p}]}], volumes: [{name: v, projected: {sources: [{configMap: {name: c}}, {secret: {name: s, items: [{key: k, path: f}]}}]}}]} | ns/s#k: files under /p of container app
          {volumes: [{name: v, csi: {driver: d, nodePublishSecretRef: {name: s}}}]} | ns/s: credentials of CSI volume v
          {imagePullSecrets: [{name: s}]} | ns/s: pulls images
          """)
  void aPodUsesASecret(String spec, String use) {
    assertThat(found(pod(spec))).containsExactly(use);
  }

  @ParameterizedTest
  @CsvSource({
    "apps/v1,Deployment",
    "apps/v1,StatefulSet",
    "apps/v1,DaemonSet",
    "apps/v1,ReplicaSet",
    "v1,ReplicationController",
    "batch/v1,Job",
    "argoproj.io/v1alpha1,Rollout"
  })
  void soDoesWhateverMakesPods(String apiVersion, String kind) {
    KubeObject object =
        Trees.object(
            "{apiVersion: %s, kind: %s, metadata: {name: w, namespace: other}, spec: {template: {spec: {imagePullSecrets: [{name: s}]}}}}"
                .formatted(apiVersion, kind));
    List<Consumer> uses = Consumers.of(object);
    assertThat(uses).hasSize(1);
    assertThat(uses.getFirst().user()).isEqualTo(object.ref());
    assertThat(uses.getFirst().secret()).isEqualTo(Ref.secret("other", "s"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {apiVersion: batch/v1, kind: CronJob, metadata: {name: c}, spec: {jobTemplate: {spec: {template: {spec: {imagePullSecrets: [{name: s}]}}}}}} | ns/s: pulls images
          {apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, secrets: [{name: s}]} | ns/s: secret of the ServiceAccount
          {apiVersion: v1, kind: ServiceAccount, metadata: {name: a}, imagePullSecrets: [{name: s}]} | ns/s: pulls images of pods with this account
          {apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: i}, spec: {tls: [{hosts: [h]}, {secretName: s}]}} | ns/s: TLS certificate
          """)
  void soDoOtherObjects(String yaml, String use) {
    assertThat(found(yaml)).containsExactly(use);
  }

  @Test
  void allUsesOfAPodAreFoundInOrder() {
    assertThat(
            found(
                pod(
                    """
                    {containers: [{name: app,
                      env: [{name: PLAIN, value: x}, {name: MAP, valueFrom: {configMapKeyRef: {name: c, key: k}}},
                            {name: PW, valueFrom: {secretKeyRef: {name: one, key: pw}}}],
                      envFrom: [{configMapRef: {name: c}}, {secretRef: {name: two}}],
                      volumeMounts: [{name: v, mountPath: /v}]}],
                     volumes: [{name: e, emptyDir: {}}, {name: v, secret: {secretName: three, items: [{key: a, path: a}, {key: b, path: b}]}}]}
                    """)))
        .containsExactly(
            "ns/one#pw: env PW of container app, until restarted",
            "ns/two: envFrom of container app, until restarted",
            "ns/three#a: files under /v of container app",
            "ns/three#b: files under /v of container app");
  }

  /** What a person wrote may have any shape; looking for uses must not fail on it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[]",
        "text",
        "{containers: text}",
        "{containers: [null, text, 1]}",
        "{containers: [{env: {a: b}, envFrom: [text], volumeMounts: [{mountPath: 1}]}]}",
        "{containers: [{env: [{valueFrom: {secretKeyRef: {name: 1}}}]}]}",
        "{volumes: [null, {secret: text}, {projected: {sources: {a: b}}}, {csi: []}]}",
        "{volumes: [{secret: {secretName: ''}}], imagePullSecrets: [null, {}]}"
      })
  void oddShapesUseNothing(String spec) {
    assertThat(found(pod(spec))).isEmpty();
  }

  @Test
  void otherKindsUseNothing() {
    assertThat(
            found(
                "{apiVersion: v1, kind: ConfigMap, metadata: {name: c}, spec: {imagePullSecrets:"
                    + " [{name: s}]}}"))
        .isEmpty();
  }
}
