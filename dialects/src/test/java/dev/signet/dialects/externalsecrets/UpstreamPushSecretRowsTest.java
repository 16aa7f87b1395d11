package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.Ref;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The cases in which External Secrets 2.9 tests its controller of PushSecrets, with what it expects
 * of each; those that are not here are in {@link PushSecretTest}.
 */
final class UpstreamPushSecretRowsTest {

  private static final String STORE =
      "{apiVersion: external-secrets.io/v1, kind: %s, metadata: {name: %s, labels: {foo: %s}%s},"
          + " spec: {provider: {memory: {}}%s}}";
  private static final Ref PUSH = new Ref(PushSecret.KIND, "ns", "p");

  private final MemoryStore memory = new MemoryStore();
  private final Stage stage;

  UpstreamPushSecretRowsTest(@TempDir Path folder) {
    stage = new Stage(folder, memory);
  }

  @BeforeEach
  void stores() throws Exception {
    stage
        .manifest("one", STORE.formatted("SecretStore", "one", "bar", "", ""))
        .manifest("two", STORE.formatted("SecretStore", "two", "qux", "", ""))
        .manifest("all", STORE.formatted("ClusterSecretStore", "all", "bar", "", ""))
        .manifest("far", STORE.formatted("SecretStore", "far", "far", ", namespace: other", ""))
        .manifest(
            "others",
            STORE.formatted("SecretStore", "others", "others", "", ", controller: not-managed"))
        .manifest(
            "fake",
            "{apiVersion: generators.external-secrets.io/v1alpha1, kind: Fake, metadata: {name:"
                + " test}, spec: {data: {key: foo-bar-from-generator}}}");
    stage
        .world()
        .secret(
            "{metadata: {name: source, namespace: ns}, stringData: {key: value, db-host: h, db-port:"
                + " h, token: t, 'some-array_U005b_0_U005d_.entity': entity}}");
    stage.world().secret("{metadata: {name: far, namespace: other}, stringData: {key: hunter2}}");
  }

  @AfterEach
  void close() {
    stage.close();
  }

  private void push(String spec) {
    stage.manifest(
        "push",
        "{apiVersion: external-secrets.io/v1alpha1, kind: PushSecret, metadata: {name: p}, spec: {"
            + (spec.contains("secretStoreRefs:") ? "" : "secretStoreRefs: [{name: one}], ")
            + (spec.contains("selector:") ? "" : "selector: {secret: {name: source}}, ")
            + (spec.contains("data:") || spec.contains("dataTo:")
                ? ""
                : "data: [{match: {secretKey: key, remoteRef: {remoteKey: path/to/key}}}], ")
            + spec
            + "}}");
    stage.run();
  }

  private @Nullable Object synced() {
    Object synced = stage.status(PushSecret.KIND, "ns", "p", "syncedPushSecrets");
    return synced instanceof Map<?, ?> stores
        ? stores.entrySet().stream()
            .map(each -> each.getKey() + "=" + ((Map<?, ?>) each.getValue()).keySet())
            .toList()
        : synced;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          refreshInterval: 1h                                        ~ {one:path/to/key=value}
          secretStoreRefs: [{name: one}, {name: two}]                ~ {one:path/to/key=value, two:path/to/key=value}
          secretStoreRefs: [{name: one}, {name: two}, {name: others}] ~ {one:path/to/key=value, two:path/to/key=value}
          secretStoreRefs: [{labelSelector: {matchLabels: {foo: bar}}}] ~ {one:path/to/key=value}
          secretStoreRefs: [{name: two, labelSelector: {matchLabels: {foo: bar}}}] ~ {one:path/to/key=value}
          secretStoreRefs: [{name: all, kind: ClusterSecretStore}]   ~ {all:path/to/key=value}
          secretStoreRefs: [{kind: ClusterSecretStore, name: x, labelSelector: {matchLabels: {foo: bar}}}] ~ {all:path/to/key=value}
          selector: {generatorRef: {apiVersion: generators.external-secrets.io/v1alpha1, kind: Fake, name: test}} ~ {one:path/to/key=foo-bar-from-generator}
          template: {metadata: {labels: {foos: ball}, annotations: {hihi: ga}, finalizers: [example.com/finalizer]}, type: Opaque, engineVersion: v2, data: {key: "{{ .key | toString | upper }} was templated"}}, data: [{match: {secretKey: key, remoteRef: {remoteKey: path/to/key}}}] ~ {one:path/to/key=VALUE was templated}
          template: {engineVersion: v2, data: {key: "{{ .key | toString | upper }} was templated", otherKey: "{{ .key | toString | upper }} was also templated"}}, data: [{match: {secretKey: otherKey, remoteRef: {remoteKey: path/to/key}}}] ~ {one:path/to/key=VALUE was also templated}
          data: [{conversionStrategy: ReverseUnicode, match: {secretKey: "some-array[0].entity", remoteRef: {remoteKey: path/to/key}}}] ~ {one:path/to/key=entity}
          data: [{match: {secretKey: key, remoteRef: {remoteKey: r, property: a}}}, {match: {secretKey: token, remoteRef: {remoteKey: r, property: b}}}] ~ {one:r/a=value, one:r/b=t}
          dataTo: [{storeRef: {name: one}}]                          ~ {one:db-host=h, one:db-port=h, one:key=value, one:some-array_U005b_0_U005d_.entity=entity, one:token=t}
          dataTo: [{storeRef: {name: one}, match: {regexp: "^db-.*"}}] ~ {one:db-host=h, one:db-port=h}
          dataTo: [{storeRef: {name: one}, match: {regexp: "^db-.*"}, rewrite: [{regexp: {source: "^db-", target: "app/db/"}}]}] ~ {one:app/db/host=h, one:app/db/port=h}
          dataTo: [{storeRef: {name: one}, match: {regexp: "^db-.*"}, rewrite: [{transform: {template: "{{ .value | upper }}"}}]}] ~ {one:DB-HOST=h, one:DB-PORT=h}
          dataTo: [{storeRef: {name: one}, match: {regexp: "^db-.*"}, rewrite: [{regexp: {source: "^db-", target: ""}}, {regexp: {source: "^", target: "app/"}}]}] ~ {one:app/host=h, one:app/port=h}
          dataTo: [{storeRef: {name: one}, match: {regexp: "^db-.*"}, rewrite: [{regexp: {source: "-host$", target: "/endpoint"}}]}] ~ {one:db-port=h, one:db/endpoint=h}
          dataTo: [{storeRef: {name: one}, match: {regexp: "^db-.*"}}], data: [{match: {secretKey: db-host, remoteRef: {remoteKey: custom/host}}}] ~ {one:custom/host=h, one:db-port=h}
          dataTo: [{storeRef: {name: one}, match: {regexp: entity}, conversionStrategy: ReverseUnicode}] ~ {one:some-array[0].entity=entity}
          secretStoreRefs: [{name: one}, {name: two}], dataTo: [{storeRef: {name: one}, match: {regexp: "^db-"}}, {storeRef: {name: two}, match: {regexp: "^t"}}, {storeRef: {name: one}, match: {regexp: "^t"}}] ~ {one:db-host=h, one:db-port=h, one:token=t, two:token=t}
          template: {data: {connection-string: "x://{{ index . \\"db-host\\" }}"}}, dataTo: [{storeRef: {name: one}, match: {regexp: "^conn"}}] ~ {one:connection-string=x://h}
          template: {data: {api-key: "Bearer {{ .token }}"}}, dataTo: [{storeRef: {name: one}, match: {regexp: "^db-"}}], data: [{match: {secretKey: api-key, remoteRef: {remoteKey: credentials/api-key}}}] ~ {one:credentials/api-key=Bearer t, one:db-host=h, one:db-port=h}
          secretStoreRefs: [{labelSelector: {matchLabels: {foo: bar}}}], dataTo: [{storeRef: {labelSelector: {matchLabels: {foo: bar}}}, match: {regexp: "^t"}}] ~ {one:token=t}
          dataTo: [{storeRef: {name: one}, remoteKey: all, match: {regexp: "^(db|t)"}}] ~ {one:all={"db-host":"h","db-port":"h","token":"t"}}
          dataTo: [{storeRef: {name: one}, remoteKey: db-config, match: {regexp: "^db-"}}, {storeRef: {name: one}, match: {regexp: "^t"}}] ~ {one:db-config={"db-host":"h","db-port":"h"}, one:token=t}
          """)
  void aPushThatSyncs(String spec, String written) throws Exception {
    push(spec);
    assertThat(stage.ready(PUSH)).isEqualTo("True Synced: PushSecret synced successfully");
    assertThat(memory.written()).hasToString(written);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          -      ~ selector: {secret: {name: gone}}                      ~ could not get source secret
          -      ~ selector: {secret: {name: far}}                       ~ could not get source secret
          -      ~ data: [{match: {secretKey: unexisting, remoteRef: {remoteKey: r}}}] ~ set secret failed: secret key unexisting does not exist
          push   ~ refreshInterval: 1h                                   ~ set secret failed: could not write remote ref key to target secretstore one: boom
          open   ~ refreshInterval: 1h                                   ~ set secret failed: could not get secrets client for store one: boom
          exists ~ updatePolicy: IfNotExists                             ~ set secret failed: could not verify if secret exists in store: boom
          -      ~ secretStoreRefs: [{name: test-store}]                 ~ could not get SecretStore "test-store", secretstores.external-secrets.io "test-store" not found
          -      ~ secretStoreRefs: [{name: unexisting, kind: ClusterSecretStore}] ~ could not get ClusterSecretStore "unexisting", clustersecretstores.external-secrets.io "unexisting" not found
          -      ~ dataTo: [{storeRef: {name: one}, match: {regexp: "^db-"}, rewrite: [{regexp: {source: ".*-host", target: app/config}}]}, {storeRef: {name: one}, match: {regexp: "^t"}, rewrite: [{regexp: {source: "^.*$", target: app/config}}]}] ~ set secret failed: failed to expand dataTo: dataTo[1]: duplicate remote key "app/config" from source key "token" (conflicts with dataTo[0]:db-host)
          -      ~ dataTo: [{storeRef: {name: one}, match: {regexp: "^t"}, rewrite: [{regexp: {source: "^.*$", target: myapp/config}}]}], data: [{match: {secretKey: key, remoteRef: {remoteKey: myapp/config}}}] ~ set secret failed: failed to merge data entries: duplicate remote key "myapp/config": source keys "token" and "key" both map to the same destination
          -      ~ data: [{match: {secretKey: key, remoteRef: {remoteKey: r, property: p}}}, {match: {secretKey: token, remoteRef: {remoteKey: r, property: p}}}] ~ set secret failed: failed to merge data entries: duplicate remote key "r" with property "p": source keys "key" and "token" both map to the same destination
          -      ~ dataTo: [{storeRef: {name: non-existent-store}}]      ~ dataTo[0]: storeRef "non-existent-store" not found in secretStoreRefs
          -      ~ secretStoreRefs: [{labelSelector: {matchLabels: {foo: bar}}}], dataTo: [{storeRef: {name: totally-nonexistent-store}}] ~ dataTo[0]: storeRef "totally-nonexistent-store" not found in secretStoreRefs
          -      ~ secretStoreRefs: [{labelSelector: {matchLabels: {foo: bar}}}], dataTo: [{storeRef: {labelSelector: {matchLabels: {foo: none}}}}] ~ dataTo[0]: labelSelector does not match any store in secretStoreRefs
          """)
  void aPushThatFailsSaysWhatUpstreamSays(String failing, String spec, String message)
      throws Exception {
    memory.fail(failing);
    push(spec);
    assertThat(stage.ready(PUSH)).isEqualTo("False Errored: " + message);
    assertThat(memory.written()).isEmpty();
    assertThat(stage.world().events()).anyMatch(each -> each.startsWith("Warning Errored: "));
  }

  @Test
  void anExpressionThatIsNoneIsAnError() throws Exception {
    push("dataTo: [{storeRef: {name: one}, match: {regexp: '[invalid'}}]");
    assertThat(stage.ready(PUSH)).startsWith("False Errored: ").contains("dataTo[0].match.regexp");
  }

  /** Stores of others, and such of other namespaces, are as if they were not there. */
  @ParameterizedTest
  @CsvSource({"others", "far"})
  void wherePushesWouldGoNowhereNothingIsSaid(String label) {
    push("secretStoreRefs: [{labelSelector: {matchLabels: {foo: " + label + "}}}]");
    assertThat(stage.status(PushSecret.KIND, "ns", "p", "conditions")).isNull();
    assertThat(memory.written()).isEmpty();
  }

  @Test
  void whatIsThereIsLeftAndNotedAllTheSame() throws Exception {
    push("updatePolicy: IfNotExists");
    memory.written().put("one:path/to/key", "before");
    push(
        "updatePolicy: IfNotExists, data: [{match: {secretKey: key, remoteRef: {remoteKey:"
            + " path/to/key}}}, {match: {secretKey: token, remoteRef: {remoteKey: other}}}]");
    assertThat(memory.written()).hasToString("{one:other=t, one:path/to/key=before}");
    assertThat(synced()).hasToString("[SecretStore/one=[other, path/to/key]]");
    assertThat(stage.ready(PUSH))
        .isEqualTo(
            "True Synced: PushSecret synced successfully. Existing secrets in providers"
                + " unchanged.");
  }

  /** Before, what is changed, whether deleting fails, what is written, what the status notes. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          data: [{match: {secretKey: key, remoteRef: {remoteKey: new}}}]   ~ -      ~ {one:new=value}    ~ [SecretStore/one=[new]]
          data: [{match: {secretKey: key, remoteRef: {remoteKey: new}}}]   ~ delete ~ {one:new=value, one:path/to/key=value} ~ [SecretStore/one=[new, path/to/key]]
          secretStoreRefs: [{name: two}]                                   ~ -      ~ {two:path/to/key=value} ~ [SecretStore/two=[path/to/key]]
          secretStoreRefs: [{name: two}]                                   ~ delete ~ {one:path/to/key=value, two:path/to/key=value} ~ [SecretStore/one=[path/to/key], SecretStore/two=[path/to/key]]
          """)
  void whatIsNoLongerWantedIsDeletedAndWhatCouldNotBeIsNoted(
      String changed, String failing, String written, String synced) throws Exception {
    push("deletionPolicy: Delete");
    memory.fail(failing);
    push("deletionPolicy: Delete, " + changed);
    assertThat(memory.written()).hasToString(written);
    assertThat(synced()).hasToString(synced);
    assertThat(stage.ready(PUSH))
        .isEqualTo(
            failing.equals("delete")
                ? "False Errored: Failed to Delete Secrets from Provider: boom"
                : "True Synced: PushSecret synced successfully");
    memory.failNoMore();
    push("deletionPolicy: Delete, " + changed);
    assertThat(memory.written()).hasSize(1);
  }

  @Test
  void oneOfTwoPropertiesIsDeleted() {
    String both =
        "deletionPolicy: Delete, data: [{match: {secretKey: key, remoteRef: {remoteKey: r, property:"
            + " a}}}, {match: {secretKey: token, remoteRef: {remoteKey: r, property: b}}}]";
    push(both);
    assertThat(synced()).hasToString("[SecretStore/one=[r/a, r/b]]");
    push(both.substring(0, both.indexOf(", {match: {secretKey: token")) + "]");
    assertThat(synced()).hasToString("[SecretStore/one=[r/a]]");
    assertThat(memory.written()).hasToString("{one:r/a=value}");
  }
}
