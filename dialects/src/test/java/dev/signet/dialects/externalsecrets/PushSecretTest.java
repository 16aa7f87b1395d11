package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What PushSecrets write into a store, seen in the files of one. */
final class PushSecretTest {

  private final Stage stage;
  @TempDir Path files;

  PushSecretTest(@TempDir Path folder) {
    stage = new Stage(folder);
  }

  @BeforeEach
  void store() throws Exception {
    stage.manifest(
        "files",
        "{apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: files, labels:"
            + " {push: here}}, spec: {provider: {file: {path: '"
            + files
            + "'}}}}");
    stage
        .world()
        .secret(
            "{metadata: {name: source, namespace: ns, labels: {push: me}}, stringData: {user: u,"
                + " pass: p, a_U002f_b: slash}}");
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private Stage push(String spec) {
    return stage.manifest(
        "push",
        "{apiVersion: external-secrets.io/v1alpha1, kind: PushSecret, metadata: {name: p}, spec:"
            + " {secretStoreRefs: [{name: files}], selector: {secret: {name: source}}, "
            + spec
            + "}}");
  }

  private String ready() throws Exception {
    return stage.ready(new dev.signet.delivery.object.Ref(PushSecret.KIND, "ns", "p"));
  }

  private String written() {
    Map<String, String> written = new TreeMap<>();
    try (Stream<Path> all = Files.walk(files)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        written.put(files.relativize(file).toString(), Files.readString(file));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return written.toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          data: [{match: {secretKey: user, remoteRef: {remoteKey: db/user}}}]  ~ {db/user=u}
          data: [{match: {remoteRef: {remoteKey: all}}}]                       ~ {all={"a_U002f_b":"slash","pass":"p","user":"u"}}
          data: [{match: {secretKey: a/b, remoteRef: {remoteKey: x}}, conversionStrategy: ReverseUnicode}] ~ {x=slash}
          dataTo: [{storeRef: {name: files}}]                                  ~ {a_U002f_b=slash, pass=p, user=u}
          dataTo: [{storeRef: {name: files}, conversionStrategy: ReverseUnicode}] ~ {a/b=slash, pass=p, user=u}
          dataTo: [{storeRef: {labelSelector: {matchLabels: {push: here}}}, match: {regexp: '^u'}}] ~ {user=u}
          dataTo: [{storeRef: {name: files}, match: {regexp: '^(u|p)'}, remoteKey: bundle}] ~ {bundle={"pass":"p","user":"u"}}
          dataTo: [{storeRef: {name: files}, match: {regexp: '^(u|p)'}, rewrite: [{regexp: {source: '^', target: 'db-'}}]}] ~ {db-pass=p, db-user=u}
          dataTo: [{storeRef: {name: files}, match: {regexp: '^(u|p)'}, rewrite: [{transform: {template: '{{ .value | upper }}'}}]}] ~ {PASS=p, USER=u}
          dataTo: [{storeRef: {name: files}, match: {regexp: '^(u|p)'}}], data: [{match: {secretKey: user, remoteRef: {remoteKey: other}}}] ~ {other=u, pass=p}
          template: {data: {user: 'x-{{ .user }}', more: why}}, data: [{match: {secretKey: user, remoteRef: {remoteKey: a}}}, {match: {secretKey: more, remoteRef: {remoteKey: b}}}, {match: {secretKey: pass, remoteRef: {remoteKey: c}}}] ~ {a=x-u, b=why, c=p}
          """)
  void aPushWrites(String spec, String written) throws Exception {
    push(spec).run();
    assertThat(ready()).isEqualTo("True Synced: PushSecret synced successfully");
    assertThat(written()).isEqualTo(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data: [{match: {secretKey: gone, remoteRef: {remoteKey: x}}}] | set secret failed: secret key gone does not exist
          data: [{match: {secretKey: user, remoteRef: {remoteKey: ../x}}}] | leads out of the folder
          data: [{match: {secretKey: user, remoteRef: {remoteKey: x, property: p}}}] | property is not understood
          data: [{match: {secretKey: user, remoteRef: {remoteKey: x}}}, {match: {secretKey: pass, remoteRef: {remoteKey: x}}}] | both map to the same destination
          dataTo: [{storeRef: {name: files}, rewrite: [{regexp: {source: '.*', target: x}}]}] | duplicate remote key "x"
          dataTo: [{storeRef: {name: files}, rewrite: [{regexp: {source: '.*', target: ''}}]}] | empty remote key produced for source key
          dataTo: [{storeRef: {name: other}}]                           | storeRef "other" not found in secretStoreRefs
          dataTo: [{match: {regexp: a}}]                                | dataTo[0]: storeRef is required
          dataTo: [{storeRef: {name: files}, remoteKey: a, rewrite: [{regexp: {source: a, target: b}}]}] | remoteKey and rewrite are mutually exclusive
          data: [{match: {secretKey: user, remoteRef: {remoteKey: x}}, other: 1}] | spec.data[0].other
          template: {data: {user: '{{ fail .pass }}'}}, data: []        | error calling fail
          template: {type: bootstrap.kubernetes.io/token}               | is not allowed
          """)
  void aPushThatFailsSaysWhyAndWritesNothing(String spec, String message) throws Exception {
    push(spec).run();
    assertThat(ready()).startsWith("False Errored: ").contains(message);
    assertThat(stage.world().events())
        .isNotEmpty()
        .allSatisfy(event -> assertThat(event).doesNotContain(" u ").doesNotContain("hunter2"));
    assertThat(written()).isEqualTo("{}");
  }

  @Test
  void whatIsThereStaysWhereThePolicySaysSo() throws Exception {
    Files.writeString(files.resolve("user"), "before");
    push("updatePolicy: IfNotExists, dataTo: [{storeRef: {name: files}, match: {regexp:"
            + " '^(u|p)'}}]")
        .run();
    assertThat(written()).isEqualTo("{pass=p, user=before}");
    assertThat(ready())
        .isEqualTo(
            "True Synced: PushSecret synced successfully. Existing secrets in providers"
                + " unchanged.");
  }

  @Test
  void whatIsNoLongerPushedIsDeletedWhereThePolicySaysSo() throws Exception {
    String both =
        "data: [{match: {secretKey: user, remoteRef: {remoteKey: a}}}, {match: {secretKey: pass,"
            + " remoteRef: {remoteKey: b}}}]";
    String one = "data: [{match: {secretKey: user, remoteRef: {remoteKey: a}}}]";
    push("deletionPolicy: Delete, " + both).run();
    assertThat(written()).isEqualTo("{a=u, b=p}");
    push("deletionPolicy: Delete, " + one).run();
    assertThat(written()).isEqualTo("{a=u}");
    push("deletionPolicy: None, " + both).run();
    push("deletionPolicy: None, " + one).run();
    assertThat(written()).isEqualTo("{a=u, b=p}");
  }

  @Test
  void aSourceThatIsGoneTakesWhatWasPushedWithIt() throws Exception {
    push("deletionPolicy: Delete, data: [{match: {secretKey: user, remoteRef: {remoteKey: a}}}]")
        .run();
    String uid;
    try (var secret = stage.world().directory().secret("ns", "source").orElseThrow()) {
      uid = secret.metadata().uid();
    }
    stage.world().directory().deleteSecret("ns", "source", uid);
    stage.run();
    assertThat(ready())
        .isEqualTo("False SourceDeleted: source secret deleted; provider secrets cleaned up");
    assertThat(written()).isEqualTo("{}");
  }

  /** The label alone would reach further; the namespace bounds it. */
  @Test
  void secretsAreChosenByLabelInTheirNamespaceOnly() throws Exception {
    stage
        .world()
        .secret(
            "{metadata: {name: foreign, namespace: other, labels: {push: me}}, stringData: {x:"
                + " hunter2}}");
    stage.manifest(
        "push",
        "{apiVersion: external-secrets.io/v1alpha1, kind: PushSecret, metadata: {name: p}, spec:"
            + " {secretStoreRefs: [{labelSelector: {matchLabels: {push: here}}}], selector:"
            + " {secret: {selector: {matchLabels: {push: me}}}}, dataTo: [{storeRef:"
            + " {labelSelector: {}}}]}}");
    stage.run();
    assertThat(written()).isEqualTo("{a_U002f_b=slash, pass=p, user=u}");
  }

  @Test
  void whatAGeneratorMakesIsPushed() throws Exception {
    stage.manifest(
        "g",
        "{apiVersion: generators.external-secrets.io/v1alpha1, kind: Fake, metadata: {name: g},"
            + " spec: {data: {k: v}}}");
    stage.manifest(
        "push",
        "{apiVersion: external-secrets.io/v1alpha1, kind: PushSecret, metadata: {name: p}, spec:"
            + " {secretStoreRefs: [{name: files}], selector: {generatorRef: {kind: Fake, name: g}},"
            + " data: [{match: {secretKey: k, remoteRef: {remoteKey: r}}}]}}");
    stage.run();
    assertThat(written()).isEqualTo("{r=v}");
  }

  @Test
  void theStatusSaysWhatIsWhere() throws Exception {
    push("data: [{match: {secretKey: user, remoteRef: {remoteKey: a}}}]").run();
    assertThat(stage.status(PushSecret.KIND, "ns", "p", "syncedPushSecrets"))
        .hasToString(
            "{SecretStore/files={a={match={secretKey=user, remoteRef={remoteKey=a}},"
                + " conversionStrategy=None}}}");
    assertThat(stage.world().events())
        .containsExactly("Normal Synced: PushSecret synced successfully");
    stage.run();
    assertThat(stage.world().events()).isEmpty();
  }

  @Test
  void aClusterPushSecretMakesOneInEachNamespace() throws Exception {
    stage.manifest("n", "{apiVersion: v1, kind: Namespace, metadata: {name: ns}}");
    stage.manifest(
        "push",
        "{apiVersion: external-secrets.io/v1alpha1, kind: ClusterPushSecret, metadata: {name: p},"
            + " spec: {namespaceSelectors: [{}], pushSecretSpec: {secretStoreRefs: [{name: files}],"
            + " selector: {secret: {name: source}}, data: [{match: {secretKey: user, remoteRef:"
            + " {remoteKey: a}}}]}}}");
    stage.run();
    assertThat(written()).isEqualTo("{a=u}");
  }
}
