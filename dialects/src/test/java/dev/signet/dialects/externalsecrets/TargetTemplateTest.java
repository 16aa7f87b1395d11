package dev.signet.dialects.externalsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.store.FakeStore;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Templates of an ExternalSecret's target, from its manifest to its Secret. */
final class TargetTemplateTest {

  private final Stage stage;

  TargetTemplateTest(@TempDir Path folder) {
    stage = new Stage(folder);
  }

  @BeforeEach
  void store() {
    stage.store("{key: user, value: admin}, {key: pass, value: 'p&w'}, {key: b64, value: aGk=}");
    stage.manifest(
        "map",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: texts}, data: {plain: 'u={{ .user }}',"
            + " map: 'port: 5432', broken: '{{ .gone }}'}}");
    stage.manifest(
        "foreign",
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: foreign, namespace: other}, data: {k:"
            + " v}}");
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private static final String DATA =
      "data: [{secretKey: user, remoteRef: {key: user}}, {secretKey: pass, remoteRef: {key:"
          + " pass}}]";

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          {data: {conf: 'u={{ .user }} p={{ .pass | quote }}'}}                     ~ {conf=u=admin p="p&w"}
          {mergePolicy: Merge, data: {conf: '{{ .user | upper }}', user: other}}    ~ {conf=ADMIN, pass=p&w, user=other}
          {type: Opaque}                                                             ~ {pass=p&w, user=admin}
          {metadata: {labels: {a: b}}}                                               ~ {pass=p&w, user=admin}
          {templateFrom: [{literal: "a: {{ .user }}\\nb: 0123\\nc: yes"}]}           ~ {a=admin, b=83, c=true}
          {templateFrom: [{configMap: {name: texts, items: [{key: plain}, {key: map, templateAs: KeysAndValues}]}}]} ~ {plain=u=admin, port=5432}
          {templateFrom: [{literal: 'a: 1'}], data: {a: two}}                        ~ {a=two}
          {templateFrom: [{literal: 'a: 1'}, {literal: 'a: 2'}]}                     ~ {a=2}
          {mergePolicy: Merge, templateFrom: [{literal: 'user: from'}, {configMap: {name: texts, items: [{key: plain}]}}], data: {plain: own, more: '{{ .user }}'}} ~ {more=admin, pass=p&w, plain=own, user=from}
          {templateFrom: [{literal: 'a: {{ "x" | b64enc }}', valuesDecodingStrategy: Base64}]} ~ {a=x}
          {data: {x: '{{ range $k, $v := . }}{{ $k }};{{ end }}'}}                   ~ {x=pass;user;}
          """)
  void aTemplateGives(String template, String values) throws Exception {
    stage.externalSecret("target: {template: " + template + "}, " + DATA).run();
    assertThat(stage.ready()).isEqualTo("True SecretSynced: secret synced");
    assertThat(stage.world().values("ns", "es")).isEqualTo(values);
  }

  @Test
  void templatesOfASecretAreReadToo() throws Exception {
    stage.world().secret("{metadata: {name: t, namespace: ns}, stringData: {k: 'u={{ .user }}'}}");
    stage
        .externalSecret(
            "target: {template: {templateFrom: [{secret: {name: t, items: [{key: k}]}}]}}, " + DATA)
        .run();
    assertThat(stage.world().values("ns", "es")).isEqualTo("{k=u=admin}");
  }

  @Test
  void metadataIsTheTemplatesWhereThereIsOne() throws Exception {
    stage.manifest(
        "es",
        """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: es, labels: {own: label}, annotations: {own: annotation}}
        spec:
          secretStoreRef: {name: store}
          target:
            template:
              type: kubernetes.io/basic-auth
              metadata:
                labels: {for: "{{ .user }}"}
                annotations: {at: "{{ .user | len }}"}
                finalizers: [example.com/keep]
              templateFrom: [{literal: "more: {{ .user }}", target: labels}]
              data: {username: "{{ .user }}"}
          data: [{secretKey: user, remoteRef: {key: user}}]
        """);
    stage.run();
    try (Secret secret = stage.world().directory().secret("ns", "es").orElseThrow()) {
      assertThat(secret.type()).isEqualTo("kubernetes.io/basic-auth");
      assertThat(secret.metadata().labels())
          .containsEntry("for", "admin")
          .containsEntry("more", "admin")
          .doesNotContainKey("own");
      assertThat(secret.metadata().annotations()).containsEntry("at", "5").doesNotContainKey("own");
      assertThat(secret.metadata().tree().get("finalizers"))
          .isEqualTo(java.util.List.of("example.com/keep"));
    }
  }

  /** What a template cannot do; the Secret that was there stays as it was. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {data: {k: '{{ .gone }}'}}          | map has no entry for key "gone"
          {data: {k: '{{ fail .pass }}'}}     | error calling fail
          {data: {k: '{{ nothing }}'}}        | function "nothing" not defined
          {templateFrom: [{configMap: {name: nothing, items: [{key: k}]}}]} | configmaps "nothing" not found
          {templateFrom: [{configMap: {name: foreign, items: [{key: k}]}}]} | configmaps "foreign" not found
          {templateFrom: [{configMap: {name: texts, items: [{key: nothing}]}}]} | error in configmap texts: missing key nothing
          {templateFrom: [{secret: {name: nothing, items: [{key: k}]}}]} | secrets "nothing" not found
          {templateFrom: [{configMap: {name: texts, items: [{key: broken}]}}]} | map has no entry for key "gone"
          {templateFrom: [{literal: 'k: [1]'}]} | json: cannot unmarshal array into Go value of type string
          {data: {k: '{{ env "HOME" }}'}}     | function "env" not defined
          {data: {k: '{{ getHostByName "example.com" }}'}} | function "getHostByName" not defined
          {data: {k: '{{ getSecretKey "s" "other" "k" }}'}} | function "getSecretKey" not defined
          {data: {k: '{{ range until 100000000 }}x{{ end }}'}} | limit exceeded
          """)
  void aTemplateThatFailsChangesNothing(String template, String message) throws Exception {
    stage.externalSecret(DATA).run();
    String before = stage.world().json("ns", "es").orElseThrow();
    stage.world().events();
    stage.externalSecret("target: {template: " + template + "}, " + DATA).run();
    assertThat(stage.ready()).isEqualTo("False SecretSyncedError: could not update secret");
    assertThat(stage.world().events())
        .hasSize(1)
        .first()
        .asString()
        .contains(message)
        .doesNotContain("p&w");
    assertThat(stage.world().json("ns", "es")).contains(before);
  }

  /** Salts come from the installation's key: what is rendered again is the same again. */
  @Test
  void aHashOfAPasswordIsTheSameInEveryRun() throws Exception {
    stage.externalSecret(
        "target: {template: {data: {h: '{{ .pass | bcrypt }}'}}}, refreshInterval: 1h, " + DATA);
    stage.run();
    String first = stage.world().values("ns", "es");
    assertThat(first).startsWith("{h=$2a$");
    stage.world().events();
    stage.run();
    assertThat(stage.world().values("ns", "es")).isEqualTo(first);
    assertThat(stage.world().events()).isEmpty();
  }

  @Test
  void whatTheSecretWasMadeOfIsRemembered() throws Exception {
    stage.externalSecret("target: {template: {mergePolicy: Merge, data: {k: x}}}, " + DATA).run();
    assertThat(stage.world().directory().deliveries().getFirst().origins())
        .hasEntrySatisfying(
            "k",
            origin -> assertThat(origin.source()).isEqualTo("template in ExternalSecret/ns/es"))
        .hasEntrySatisfying(
            "user", origin -> assertThat(origin.source()).isEqualTo("SecretStore/ns/store"))
        .isInstanceOf(Map.class);
  }

  @Test
  void whatATemplateIsMadeOfLeadsBackToTheStore() throws Exception {
    stage
        .externalSecret(
            "target: {template: {data: {dsn: '{{ .user }}@db', fixed: x}, templateFrom: [{literal:"
                + " 'both: {{ .user }}{{ .pass }}'}]}}, "
                + DATA)
        .run();
    assertThat(stage.world().directory().deliveries().getFirst().origins())
        .hasEntrySatisfying(
            "dsn",
            origin -> assertThat(origin.key()).startsWith("over user from SecretStore/ns/store, "))
        .hasEntrySatisfying(
            "both",
            origin ->
                assertThat(origin.key())
                    .startsWith("over pass from SecretStore/ns/store, ")
                    .contains("; user from SecretStore/ns/store, "))
        .hasEntrySatisfying("fixed", origin -> assertThat(origin.key()).isEqualTo("fixed"));
  }

  /** In a cluster nobody waits for the interval when a Secret with templates changed. */
  @Test
  void aChangedTemplateIsRenderedAtOnce() throws Exception {
    stage
        .world()
        .secret("{metadata: {name: t, namespace: ns}, stringData: {k: 'one {{ .user }}'}}");
    stage.externalSecret(
        "target: {template: {templateFrom: [{secret: {name: t, items: [{key: k}]}}]}}, " + DATA);
    Directory directory = stage.world().directory();
    ExternalSecretController controller =
        ExternalSecretController.whenDue(
            directory, directory, Fetchings.of(directory, FakeStore.provider()), World.CLOCK);
    Ref es = new Ref(ExternalSecret.KIND, "ns", "es");
    assertThat(controller.concernedBy(es)).isEmpty();
    controller.reconcile(es);
    assertThat(stage.world().values("ns", "es")).isEqualTo("{k=one admin}");
    assertThat(controller.concernedBy(Ref.secret("ns", "t"))).containsExactly(es);
    try (Secret texts = directory.secret("ns", "t").orElseThrow()) {
      texts
          .data()
          .put(
              "k",
              new Item(
                  SecretBytes.wrap("two {{ .user }}".getBytes(UTF_8)), Origin.of("test", "k")));
      directory.update(texts);
    }
    controller.reconcile(es);
    assertThat(stage.world().values("ns", "es")).isEqualTo("{k=two admin}");
    stage.world().events();
    controller.reconcile(es);
    assertThat(stage.world().events()).isEmpty();
  }
}
