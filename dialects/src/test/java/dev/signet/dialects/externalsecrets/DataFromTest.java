package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code dataFrom} finds, and what {@code rewrite} makes of it. */
final class DataFromTest {

  private final Stage stage;

  DataFromTest(@TempDir Path folder) {
    stage = new Stage(folder);
  }

  @AfterEach
  void close() {
    stage.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          [{find: {name: {regexp: '^db-'}}}]                              ~ {db-pass=p, db-user=u}
          [{find: {name: {regexp: 'b-u'}}}]                               ~ {db-user=u}
          [{find: {name: {regexp: '/'}}}]                                 ~ {a_b=slash}
          [{find: {name: {regexp: '/'}, conversionStrategy: Unicode}}]    ~ {a_U002f_b=slash}
          [{find: {name: {regexp: '^b64$'}, decodingStrategy: Base64}}]   ~ {b64=hi}
          [{find: {name: {regexp: '^versions$'}}}]                        ~ {versions=new}
          [{find: {name: {regexp: '^db-'}}, rewrite: [{regexp: {source: '^db-(.*)$', target: 'DB_${1}_x'}}]}] ~ {DB_pass_x=p, DB_user_x=u}
          [{find: {name: {regexp: '^db-'}}, rewrite: [{regexp: {source: 'db', target: '$1x$$'}}, {regexp: {source: '\\$', target: 'y'}}]}] ~ {y-pass=p, y-user=u}
          [{find: {name: {regexp: '^db-'}}, rewrite: [{regexp: {source: '(?P<all>.*)', target: 'a.${all}'}}]}] ~ {a.db-pass=p, a.db-user=u}
          [{find: {name: {regexp: '^db-'}}, rewrite: [{transform: {template: '{{ .value | upper | replace "-" "_" }}'}}]}] ~ {DB_PASS=p, DB_USER=u}
          [{extract: {key: json1}}]                                       ~ {a=1, n=0.1, o={"x":[1, "<"]}, t=true, z=}
          [{extract: {key: json1}, rewrite: [{regexp: {source: '^', target: 'p_'}}]}] ~ {p_a=1, p_n=0.1, p_o={"x":[1, "<"]}, p_t=true, p_z=}
          [{find: {name: {regexp: '^json'}}, rewrite: [{merge: {conflictPolicy: Ignore}}]}] ~ {a=two, n=0.1, o={"x":[1,"\\u003c"]}, t=true, z=}
          [{find: {name: {regexp: '^json'}}, rewrite: [{merge: {conflictPolicy: Ignore, priority: [json1]}}]}] ~ {a=1, n=0.1, o={"x":[1,"\\u003c"]}, t=true, z=}
          [{find: {name: {regexp: '^json2'}}, rewrite: [{merge: {strategy: JSON, into: all}}]}] ~ {all={"a":"two"}, json2={"a":"two"}}
          [{find: {name: {regexp: '^json2'}}, rewrite: [{merge: {priority: [gone], priorityPolicy: IgnoreNotFound}}]}] ~ {a=two}
          [{find: {name: {regexp: '^db-'}}}, {extract: {key: over}}]      ~ {db-pass=over, db-user=u}
          """)
  void dataFromGives(String dataFrom, String values) throws Exception {
    stage.store(
        """
        {key: db-user, value: u}, {key: db-pass, value: p}, {key: a/b, value: slash},
        {key: b64, value: aGk=}, {key: versions, value: old, version: v1},
        {key: versions, value: new, version: v2},
        {key: json1, value: '{"a": "1", "n": 0.1, "t": true, "z": null, "o": {"x":[1, "<"]}}'},
        {key: json2, value: '{"a":"two"}'}, {key: over, value: '{"db-pass": "over"}'}
        """);
    stage.externalSecret("dataFrom: " + dataFrom).run();
    assertThat(stage.ready()).isEqualTo("True SecretSynced: secret synced");
    assertThat(stage.world().values("ns", "es")).isEqualTo(values);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          [{find: {path: p}}]                    | error processing spec.dataFrom[0].find, err: error getting all secrets: unsupported find operator
          [{find: {tags: {a: b}}}]               | error processing spec.dataFrom[0].find, err: error getting all secrets: unsupported find operator
          [{find: {name: {regexp: '^j'}}, rewrite: [{merge: {}}]}] | failed rewrite operation[0]: merge failed with conflicts: a
          [{find: {name: {regexp: '^j'}}, rewrite: [{merge: {priority: [gone]}}]}] | merge failed with key "gone" not found in input map
          [{find: {name: {regexp: '^j'}}, rewrite: [{merge: {strategy: JSON, conflictPolicy: Ignore}}]}] | merge failed with missing 'into' field
          [{find: {name: {regexp: '^p'}}, rewrite: [{merge: {}}]}] | the value of plain is not a JSON object
          [{find: {name: {regexp: '^p'}}, rewrite: [{transform: {template: '{{ fail .value }}'}}]}] | transform failed with failed to execute template for key "plain"
          [{find: {name: {regexp: '^p'}}, rewrite: [{transform: {template: '{{ '}}]}] | transform failed with failed to parse template
          [{find: {name: {regexp: '^p'}}, rewrite: [{regexp: {source: '^', target: 'a b'}}]}] | invalid secret key
          [{find: {name: {regexp: '^p'}, nullBytePolicy: Fail, decodingStrategy: Base64}}] | failure decoding key plain
          [{extract: {key: json2}, rewrite: [{regexp: {source: '^', target: '(one) '}}]}] | error processing spec.dataFrom[0].extract, err: invalid secret key
          [{sourceRef: {generatorRef: {kind: Password, name: gone}}}] | error processing spec.dataFrom[0].sourceRef.generatorRef, err: unable to get generator
          [{sourceRef: {generatorRef: {kind: Grafana, name: g}}}] | generators of kind Grafana are not in this version
          [{sourceRef: {generatorRef: {kind: ClusterGenerator, name: gone}}}] | unable to get generator: ClusterGenerator gone does not exist
          """)
  void dataFromThatFailsSaysWhere(String dataFrom, String message) throws Exception {
    stage.store(
        "{key: json1, value: '{\"a\": \"1\"}'}, {key: json2, value: '{\"a\":\"two\"}'}, {key:"
            + " plain, value: hunter2}");
    stage.externalSecret("dataFrom: " + dataFrom).run();
    assertThat(stage.ready())
        .isEqualTo("False SecretSyncedError: could not get secret data from provider");
    assertThat(stage.world().events())
        .hasSize(1)
        .first()
        .asString()
        .contains(message)
        .doesNotContain("hunter2");
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          data: [{secretKey: k, remoteRef: {key: raw, nullBytePolicy: Fail}}]          | error processing spec.data[0] (key: raw), err: fetched secret value for key "k" contains null bytes
          dataFrom: [{extract: {key: map, nullBytePolicy: Fail}}]                      | error processing spec.dataFrom[0].extract, err: fetched secret value for key "bin" contains null bytes
          dataFrom: [{find: {name: {regexp: '^raw$'}, nullBytePolicy: Fail}}]          | error processing spec.dataFrom[0].find, err: fetched secret value for key "raw" contains null bytes
          """)
  void nullBytesAreRefusedWhereThatIsAskedFor(String spec, String message) throws Exception {
    stage.store("{key: raw, value: \"a\\0b\"}, {key: map, value: '{\"bin\": \"a\\u0000b\"}'}");
    stage.externalSecret(spec).run();
    assertThat(stage.ready())
        .isEqualTo("False SecretSyncedError: could not get secret data from provider");
    assertThat(stage.world().events()).hasSize(1).first().asString().contains(message);
    assertThat(stage.world().values("ns", "es")).isEqualTo("none");

    stage.externalSecret(spec.replace(", nullBytePolicy: Fail", "")).run();
    assertThat(stage.ready()).isEqualTo("True SecretSynced: secret synced");
  }

  @Test
  void aSearchThatFindsNothingKeepsTheSecret() throws Exception {
    stage.store("{key: a, value: v}");
    stage.externalSecret("dataFrom: [{find: {name: {regexp: 'zzz'}}}]").run();
    assertThat(stage.ready())
        .isEqualTo("True SecretSynced: secret retained due to DeletionPolicy=Retain");
  }

  /** Files are found by their keys, below a path too, and never outside of the folder. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      textBlock =
          """
          {name: {regexp: user}}          ~ {db_user=u}
          {path: db}                      ~ {db_pass=p, db_user=u}
          {path: db, name: {regexp: s$}}  ~ {db_pass=p}
          {}                              ~ {db_pass=p, db_user=u, top=t}
          {path: gone}                    ~ none
          {path: ..}                      ~ none
          {path: /etc}                    ~ none
          {tags: {a: b}}                  ~ none
          """)
  void filesAreFound(String find, String values, @TempDir Path outside, @TempDir Path files)
      throws Exception {
    Files.createDirectories(files.resolve("db"));
    Files.writeString(files.resolve("db/user"), "u");
    Files.writeString(files.resolve("db/pass"), "p");
    Files.writeString(files.resolve("top"), "t");
    Files.writeString(outside.resolve("secret"), "hunter2");
    Files.createSymbolicLink(files.resolve("db/linked"), outside);
    stage.manifest(
        "store",
        "{apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: store}, spec:"
            + " {provider: {file: {path: '"
            + files
            + "'}}}}");
    stage.externalSecret("dataFrom: [{find: " + find + "}]").run();
    assertThat(stage.world().values("ns", "es")).isEqualTo(values);
  }
}
