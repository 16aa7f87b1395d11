package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TemplateCheckTest {

  private static final String SEALED =
      """
      apiVersion: bitnami.com/v1alpha1
      kind: SealedSecret
      metadata: {name: db, namespace: production}
      spec:
        encryptedData: {user: AgA=, password: AgA=}
        template:
          data:
            host: db.local
            url: "x://{{ .user }}:{{ .pasword }}@{{ .host }}"
            conf: |
              user = {{ .user | uper }}
              {{ if .port }}port = {{ .port }}{{ end }}
              {{ env "HOME" }} {{ .passwrd }}
            bad: "{{ .user"
            gone: null
      """;

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void inAFolder() {
    shell = new Shell(folder);
  }

  @Test
  void everyProblemOfASealedSecretIsNamedWithWhatWasMeant() {
    shell.write("sealed.yaml", SEALED);
    Shell.Result result = shell.signet("template", "check", "sealed.yaml");
    assertThat(result.out())
        .isEqualTo(
            """
            sealed.yaml: SealedSecret production/db: bad:1: unclosed action
              {{ .user
            sealed.yaml: SealedSecret production/db: conf:1:18: function "uper" not defined; did you mean upper?
              user = {{ .user | uper }}
                                ^
            sealed.yaml: SealedSecret production/db: conf:3:3: function "env" not defined
              {{ env "HOME" }} {{ .passwrd }}
                 ^
            sealed.yaml: SealedSecret production/db: conf:3:20: no key "passwrd"; did you mean password?
              {{ env "HOME" }} {{ .passwrd }}
                                  ^
            sealed.yaml: SealedSecret production/db: url:1:19: no key "pasword"; did you mean password?
              x://{{ .user }}:{{ .pasword }}@{{ .host }}
                                 ^
            """);
    result.failed(1, "5 problems in 4 templates");
  }

  @Test
  void programsGetTheSameAsJson() {
    shell.write("t.tmpl", "{{ nope }}");
    Shell.Result result = shell.signet("template", "check", "t.tmpl", "-o", "json");
    result.failed(1, "1 problem in 1 template");
    assertThat(result.out())
        .isEqualTo(
            """
            [
              {
                "file": "t.tmpl",
                "line": 1,
                "column": 3,
                "problem": "function \\"nope\\" not defined"
              }
            ]
            """);
    shell.write("sealed.yaml", SEALED);
    assertThat(shell.signet("template", "check", "sealed.yaml", "-o", "json").out())
        .contains("\"object\": \"SealedSecret production/db\"")
        .contains("\"key\": \"url\"")
        .contains("\"meant\": \"password\"");
  }

  @Test
  void keysOfATemplateFileAreCheckedAgainstItsData() {
    shell.write("t", "{{ .host }}\n{{ .prot }}{{ range .hosts }}{{ .any }}{{ end }}");
    shell.write("d", "{host: a, port: 1, hosts: []}");
    assertThat(shell.signet("template", "check", "t").succeeded().out())
        .isEqualTo("1 template, no problems\n");
    assertThat(shell.signet("template", "check", "t", "--data", "d").out())
        .isEqualTo(
            """
            t:2:3: no key "prot"; did you mean port?
              {{ .prot }}{{ range .hosts }}{{ .any }}{{ end }}
                 ^
            """);
    shell.write("d", "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {host: ''}}");
    assertThat(shell.signet("template", "check", "t", "--data", "d").out())
        .contains("no key \"prot\"")
        .contains("no key \"hosts\"; did you mean host?");
  }

  @Test
  void textsOfExternalSecretsAreCheckedForTheirKeysAndFunctions() {
    String manifest =
        """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: db, namespace: production}
        spec:
          data: [{secretKey: password, remoteRef: {key: db}}]
          target: {template: {data: {a: "{{ .pasword | pkcs12key }}", b: "{{ if }}"}}}
        """;
    shell.write("external.yaml", manifest);
    assertThat(shell.signet("template", "check", "external.yaml").out())
        .isEqualTo(
            """
            external.yaml: ExternalSecret production/db: a:1:3: no key "pasword"; did you mean password?
              {{ .pasword | pkcs12key }}
                 ^
            external.yaml: ExternalSecret production/db: b:1: missing value for if
              {{ if }}
            """);
    shell.write(
        "external.yaml", manifest.replace("pasword | pkcs12key", "password | getSecretKey"));
    assertThat(shell.signet("template", "check", "external.yaml").out())
        .contains("a:1:15: function \"getSecretKey\" not defined")
        .doesNotContain("pkcs12key\" not defined");
    shell.write("external.yaml", manifest.replace("  data:", "  dataFrom: [{}]\n  data:"));
    assertThat(shell.signet("template", "check", "external.yaml").out())
        .doesNotContain("pasword")
        .contains("b:1: ");
  }

  @Test
  void whatIsNotAManifestIsATemplate() {
    shell.write("config.yaml", "kind: ConfigMap\napiVersion: v1\ndata: {a: '{{ .b | nope }}'}\n");
    shell.write("broken.yaml", "a: {{ .b }}\n");
    assertThat(shell.signet("template", "check", "config.yaml", "broken.yaml").out())
        .startsWith("config.yaml:3:19: function \"nope\" not defined\n");
    assertThat(
            shell
                .run("signet", "{{ .a | nope }}", "template", "check", "--functions", "none", "-")
                .out())
        .startsWith("standard input:1:8: function \"nope\" not defined\n");
  }

  @Test
  void whatCannotBeReadIsNamed() {
    shell.signet("template", "check").failed(2, "no file was named");
    shell.signet("template", "check", "none").failed(1, "cannot read none: no such file");
    shell.signet("template", "check", "none", "--reveal").failed(2, "check takes files");
    shell.signet("template", "check", "-", "--data", "-").failed(2, "standard input");
    shell.write("bad.yaml", SEALED.replace("spec:", "spec: ["));
    shell.signet("template", "check", "bad.yaml").failed(1, "bad.yaml:");
    shell.write("typed.yaml", SEALED.replace("host: db.local", "host: 5"));
    shell
        .signet("template", "check", "typed.yaml")
        .failed(1, "typed.yaml:1: spec.template.data.host must be a string");
  }
}
