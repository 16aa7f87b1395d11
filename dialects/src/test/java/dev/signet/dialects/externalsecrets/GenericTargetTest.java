package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Objects;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.FakeStore;
import dev.signet.dialects.World;
import dev.signet.yaml.GoJson;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Targets of other kinds than Secret, on objects that are as those of a cluster. */
final class GenericTargetTest {

  private static final Ref ES = new Ref(ExternalSecret.KIND, "ns", "es");
  private static final Ref CONFIG_MAP = new Ref(new GroupKind("", "ConfigMap"), "ns", "es");
  private static final Ref WIDGET = new Ref(new GroupKind("acme.io", "Widget"), "ns", "es");

  private final World world;
  private final Directory directory;

  GenericTargetTest(@TempDir Path folder) {
    world = new World(folder);
    world.manifest(
        "store",
        Stage.STORE.formatted("{key: db, value: s3cret}, {key: yaml, value: '{port: 5432}'}"));
    world.manifest(
        "templates",
        """
        {apiVersion: v1, kind: ConfigMap, metadata: {name: templates, namespace: ns},
         data: {whole: "db: {{ .k }}", part: "{{ .k | upper }}", braces: "{{ printf \\"{%s}\\" \\"{ .k }\\" }}"}}
        """);
    directory = world.directory();
  }

  /** The directory, serving every kind. */
  private static Objects serving(Objects inner) {
    return (Objects)
        Proxy.newProxyInstance(
            GenericTargetTest.class.getClassLoader(),
            new Class<?>[] {Objects.class},
            (_, method, arguments) -> {
              if (method.getName().equals("serves")) {
                return !"Unknown".equals(arguments[1]);
              }
              try {
                return method.invoke(inner, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private Outcome reconcile(String target, boolean allowed) throws Exception {
    return reconcile(target, "db", allowed);
  }

  private Outcome reconcile(String target, String key, boolean allowed) throws Exception {
    KubeObject es =
        KubeObject.of(
            World.tree(
                "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: es,"
                    + " namespace: ns, labels: {team: blue}}, spec: {secretStoreRef: {name: store},"
                    + " target: {"
                    + target
                    + "}, data: [{secretKey: k, remoteRef: {key: "
                    + key
                    + "}}]}}"),
            "ns");
    if (directory.get(ES).isEmpty()) {
      directory.create(es);
    } else {
      directory.update(es);
    }
    Objects objects = serving(directory);
    return ExternalSecretController.whenDue(
            objects, directory, Fetchings.of(objects, FakeStore.provider()), World.CLOCK, allowed)
        .reconcile(ES);
  }

  private String ready() throws Exception {
    Fields condition =
        directory
            .get(ES)
            .orElseThrow()
            .fields()
            .requiredObject("status")
            .objects("conditions")
            .getFirst();
    return condition.requiredString("status")
        + " "
        + condition.requiredString("reason")
        + ": "
        + condition.requiredString("message");
  }

  private String content(Ref ref) {
    Optional<KubeObject> object = directory.get(ref);
    if (object.isEmpty()) {
      return "none";
    }
    Map<String, Object> content = new LinkedHashMap<>();
    for (String field : java.util.List.of("data", "spec")) {
      if (object.get().tree().get(field) != null) {
        content.put(field, object.get().tree().get(field));
      }
    }
    return GoJson.write(content, GoJson.Layout.COMPACT, GoJson.Keys.SORTED).replace('"', '\'');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # kind      | template                                                                       | what comes of it
          v1/ConfigMap      |                                                                          | {'data':{'k':'s3cret'}}
          acme.io/v1/Widget |                                                                          | {'spec':{'data':{'k':'s3cret'}}}
          v1/ConfigMap      | data: {url: "postgres://{{ .k }}@db"}                                    | {'data':{'url':'postgres://s3cret@db'}}
          acme.io/v1/Widget | data: {a: "{{ .k }}"}                                                    | {'data':{'a':'s3cret'},'spec':{}}
          acme.io/v1/Widget | templateFrom: [{target: spec, literal: "password: {{ .k }}"}]            | {'spec':{'password':'s3cret'}}
          acme.io/v1/Widget | templateFrom: [{target: spec.db.auth, literal: "password: {{ .k }}"}]    | {'spec':{'db':{'auth':{'password':'s3cret'}}}}
          acme.io/v1/Widget | templateFrom: [{target: 'spec.list[1]', literal: "password: {{ .k }}"}]  | {'spec':{'list':[null,{'password':'s3cret'}]}}
          v1/ConfigMap      | templateFrom: [{configMap: {name: templates, items: [{key: part}]}}]     | {'data':{'part':'S3CRET'}}
          acme.io/v1/Widget | templateFrom: [{target: spec.db, configMap: {name: templates, items: [{key: whole, templateAs: KeysAndValues}]}}] | {'spec':{'db':{'db':'s3cret'}}}
          v1/ConfigMap      | templateFrom: [{configMap: {name: templates, items: [{key: braces}]}}]   | {'data':{'braces':'{{ .k }}'}}
          """)
  void anObjectIsMadeOfWhatIsFetched(String kind, String template, String expected)
      throws Exception {
    int slash = kind.lastIndexOf('/');
    String target =
        "manifest: {apiVersion: %s, kind: %s}"
            .formatted(kind.substring(0, slash), kind.substring(slash + 1));
    assertThat(
            reconcile(template == null ? target : target + ", template: {" + template + "}", true))
        .isInstanceOf(Outcome.After.class);
    assertThat(content(kind.startsWith("v1/") ? CONFIG_MAP : WIDGET)).isEqualTo(expected);
    assertThat(ready()).isEqualTo("True ResourceSynced: secret synced");
    assertThat(world.values("ns", "es")).isEqualTo("none");
  }

  private static final String MAP = "manifest: {apiVersion: v1, kind: ConfigMap}";

  @Test
  void withoutTheFlagNothingIsWritten() throws Exception {
    assertThat(reconcile(MAP, false)).isInstanceOf(Outcome.Stalled.class);
    assertThat(ready()).isEqualTo("False SecretSyncedError: invalid generic target");
    assertThat(content(CONFIG_MAP)).isEqualTo("none");
    assertThat(world.events().toString()).contains("--unsafe-allow-generic-targets");
  }

  @Test
  void aKindThatNobodyServesAndASecretAreRefused() throws Exception {
    assertThat(reconcile("manifest: {apiVersion: v1, kind: Unknown}", true))
        .isInstanceOf(Outcome.Stalled.class);
    assertThat(world.events().toString()).contains("v1 Unknown is no kind of objects");
    assertThat(reconcile("manifest: {apiVersion: v1, kind: Secret}", true))
        .isInstanceOf(Outcome.Stalled.class);
    assertThat(world.events().toString()).contains("spec.target.manifest names a Secret");
  }

  @Test
  void itCarriesUpstreamsMarks() throws Exception {
    var _ = reconcile(MAP, true);
    KubeObject made = directory.get(CONFIG_MAP).orElseThrow();
    assertThat(made.metadata().labels())
        .containsEntry("reconcile.external-secrets.io/managed", "true")
        .containsEntry("reconcile.external-secrets.io/created-by", GoHash.ofText("ns/es"))
        .containsEntry("team", "blue");
    assertThat(made.metadata().annotations())
        .containsEntry(
            "reconcile.external-secrets.io/data-hash", GoHash.ofTree(Map.of("k", "s3cret")));
    assertThat(made.metadata().controllerOwner().orElseThrow().get("name")).isEqualTo("es");
    assertThat(world.events()).containsExactly("Normal Created: Created ConfigMap es");
  }

  /** What was there before, by policy; what there is of others stays or goes as upstream says. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          # policy      | there | key     | deletion | what the status says                                                         | what is there
          Owner         | yes   | db      | Retain   | True ResourceSynced: secret synced                                           | {'data':{'a':'s3cret'},'spec':{}}
          Orphan        | yes   | db      | Retain   | True ResourceSynced: secret synced                                           | {'data':{'a':'s3cret'},'spec':{}}
          Merge         | yes   | db      | Retain   | True ResourceSynced: secret synced                                           | {'data':{'a':'s3cret','foreign':'f'}}
          CreateOrMerge | yes   | db      | Retain   | True ResourceSynced: secret synced                                           | {'data':{'a':'s3cret','foreign':'f'}}
          None          | yes   | db      | Retain   | True ResourceSynced: secret synced                                           | {'data':{'foreign':'f'}}
          Merge         | no    | db      | Retain   | True ResourceMissing: resource will not be created due to CreationPolicy=Merge | none
          CreateOrMerge | no    | db      | Retain   | True ResourceSynced: secret synced                                           | {'data':{'a':'s3cret'},'spec':{}}
          Owner         | yes   | missing | Retain   | False ResourceSyncedError: could not get secret data from provider           | {'data':{'foreign':'f'}}
          Owner         | yes   | missing | Delete   | True ResourceDeleted: secret deleted due to DeletionPolicy=Delete            | {'data':{'foreign':'f'}}
          Orphan        | yes   | missing | Delete   | False ResourceSyncedError: could not delete resource                         | {'data':{'foreign':'f'}}
          """)
  void policiesHoldAsTheyDoForSecrets(
      String policy, String there, String key, String deletion, String status, String expected)
      throws Exception {
    if (there.equals("yes")) {
      directory.create(
          KubeObject.of(
              World.tree(
                  "{apiVersion: acme.io/v1, kind: Widget, metadata: {name: es, namespace: ns},"
                      + " data: {foreign: f}}"),
              "ns"));
    }
    var _ =
        reconcile(
            "creationPolicy: "
                + policy
                + ", deletionPolicy: "
                + deletion
                + ", manifest: {apiVersion: acme.io/v1, kind: Widget}, template: {data: {a: '{{ .k"
                + " }}'}}",
            key,
            true);
    assertThat(ready()).isEqualTo(status);
    assertThat(content(WIDGET)).isEqualTo(expected);
  }

  @Test
  void whatIsAsItWasWrittenIsNotFetchedNorWrittenAgain() throws Exception {
    var _ = reconcile(MAP, true);
    var _ = world.events();
    assertThat(reconcile(MAP, true)).isInstanceOf(Outcome.After.class);
    assertThat(world.events()).isEmpty();

    KubeObject edited = directory.get(CONFIG_MAP).orElseThrow().with("data", Map.of("k", "edited"));
    directory.update(edited);
    var _ = reconcile(MAP, true);
    assertThat(content(CONFIG_MAP)).isEqualTo("{'data':{'k':'s3cret'}}");
    assertThat(world.events()).containsExactly("Normal Updated: Updated ConfigMap es");
  }

  @Test
  void whatAnotherExternalSecretOwnsIsLeftAlone() throws Exception {
    directory.create(
        KubeObject.of(
            World.tree(
                """
                {apiVersion: v1, kind: ConfigMap, data: {k: theirs}, metadata: {name: es, namespace: ns,
                 ownerReferences: [{apiVersion: external-secrets.io/v1, kind: ExternalSecret,
                  name: another, uid: u, controller: true}]}}
                """),
            "ns"));
    for (String policy : java.util.List.of("Owner", "Orphan", "Merge", "CreateOrMerge")) {
      assertThat(reconcile("creationPolicy: " + policy + ", " + MAP, true))
          .isInstanceOf(Outcome.Stalled.class);
      assertThat(content(CONFIG_MAP)).isEqualTo("{'data':{'k':'theirs'}}");
    }
    assertThat(ready())
        .isEqualTo("False ResourceSyncedError: could not apply template to manifest");
  }
}
