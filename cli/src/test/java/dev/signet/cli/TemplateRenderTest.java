package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TemplateRenderTest {

  private static final String MARK = "CANARY/7f3a+b1d9-pl41n";

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void inAFolder() {
    shell = new Shell(folder);
  }

  private Shell.Result render(String template, String data, String... more) {
    shell.write("t", template);
    shell.write("d", data);
    List<String> line = new ArrayList<>(List.of("template", "render", "-t", "t", "--data", "d"));
    line.addAll(List.of(more));
    return shell.signet(line.toArray(String[]::new));
  }

  @Test
  void valuesAreMaskedUnlessTheyAreAskedFor() {
    String template =
        "url: https://{{ .user }}:{{ .pass | urlquery }}@h/\n{{ if .user }}yes{{ end }}";
    String data = "user: admin\npass: s3cr3t\n";
    assertThat(render(template, data).succeeded().out())
        .isEqualTo("url: https://••••••••:••••••••@h/\nyes");
    assertThat(render(template, data, "--reveal").succeeded().out())
        .isEqualTo("url: https://admin:s3cr3t@h/\nyes");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      quoteCharacter = '`',
      textBlock =
          """
          {{ .i | typeOf }} {{ add .i 1 }}           ~ {i: 5}                ~ sprig ~ int 6
          {{ .n | typeOf }}                          ~ {"n": 5.0}            ~ sprig ~ float64
          {{ .i | typeOf }}                          ~ i: 18446744073709551615 ~ sprig ~ uint64
          {{ typeOf .l }} {{ typeOf .m }} {{ typeOf .t }} {{ typeOf .z }} ~ {l: [1], m: {}, t: true, z: null} ~ sprig ~ []interface {} map[string]interface {} bool <nil>
          {{ typeOf . }} {{ .i }}                    ~ {i: 5, s: a}          ~ sealed-secrets ~ map[string]string 5
          {{ typeOf . }} {{ .a }}                    ~ {apiVersion: v1, kind: Secret, metadata: {name: s}, data: {a: Yg==}, stringData: {c: d}} ~ none ~ map[string]string b
          {{ .a }}                                   ~ ``                    ~ sprig ~ <no value>
          """)
  void dataHaveGosTypes(String template, String data, String functions, String output) {
    String text = functions.equals("none") ? template.replace("typeOf", "printf \"%T\"") : template;
    assertThat(render(text, data, "--functions", functions, "--reveal").succeeded().out())
        .isEqualTo(output);
  }

  @Test
  void missingKeysAreWhatTheOptionSays() {
    assertThat(render("[{{ .x }}]", "a: b", "--reveal").succeeded().out())
        .isEqualTo("[<no value>]");
    assertThat(
            render(
                    "[{{ .x }}]",
                    "a: b",
                    "--reveal",
                    "--missingkey",
                    "zero",
                    "--functions",
                    "sealed-secrets")
                .succeeded()
                .out())
        .isEqualTo("[]");
    Shell.Result failed = render("[{{ .x }}]", "a: b", "--missingkey", "error");
    assertThat(failed.code()).isEqualTo(1);
    assertThat(failed.err())
        .isEqualTo(
            """
            error: template: t:1:4: executing "t" at <.x>: map has no entry for key "x"
              [{{ .x }}]
                  ^
            """);
  }

  @Test
  void errorsShowTheLineAndThePlace() {
    Shell.Result unknown = render("one\n\t{{ .a | uper }}", "a: b");
    assertThat(unknown.code()).isEqualTo(1);
    assertThat(unknown.err())
        .isEqualTo(
            """
            error: template: t:2: function "uper" not defined
                  {{ .a | uper }}
                          ^
              did you mean upper?
            """);
    assertThat(render("{{ if }}", "a: b").err())
        .isEqualTo(
            """
            error: template: t:1: missing value for if
              {{ if }}
            """);
    assertThat(render("{{ .a.b }}", "a: s3cr3t", "--reveal").err())
        .contains("executing \"t\" at <.a.b>: can't evaluate field b in type interface {}\n")
        .contains("  {{ .a.b }}\n       ^\n");
  }

  @Test
  void maskedErrorsQuoteNoValue() {
    Shell.Result masked = render("{{ fail .a }}", "a: s3cr3t");
    assertThat(masked.code()).isEqualTo(1);
    assertThat(masked.err())
        .isEqualTo(
            """
            error: template: t:1:3: executing "t" at <fail .a>: error calling fail
              {{ fail .a }}
                 ^
              what the function says may quote values: --reveal shows it
            """);
    assertThat(render("{{ fail .a }}", "a: s3cr3t", "--reveal").err())
        .startsWith(
            "error: template: t:1:3: executing \"t\" at <fail .a>: error calling fail: s3cr3t\n");
  }

  @Test
  void nothingThatIsMadeFromAValueIsShown() throws IOException {
    String data = "a: \"" + MARK + "\"\nl: [\"" + MARK + "\", x]\nm: {k: \"" + MARK + "\"}\n";
    StringBuilder printed = new StringBuilder();
    for (String template :
        List.of(
            "{{ .a }}{{ .a | b64enc }}{{ .a | upper }}{{ .a | sha256sum }}{{ . | toJson }}{{ . }}",
            "{{ range .l }}{{ . }}{{ end }}{{ range $k, $v := .m }}{{ $k }}{{ $v }}{{ end }}",
            "{{ range .a }}{{ end }}",
            "{{ range $i, $v := len .a }}{{ end }}",
            "{{ fail .a }}",
            "{{ mustFromJson .a }}",
            "{{ mustToDate .a .a }}",
            "{{ mustRegexFind .a (printf \"(%s\" .a) }}",
            "{{ index .m .a .a }}",
            "{{ call .a }}",
            "{{ .a | call }}",
            "{{ semver .a }}",
            "{{ atoi .a }}{{ int .a }}",
            "{{ genPrivateKey .a }}",
            "{{ template \"x\" .a }}{{ define \"x\" }}{{ . }}{{ fail . }}{{ end }}",
            "{{ .a.b }}",
            "{{ .l.x }}",
            "{{ len 3 }}",
            "{{ slice .a 99 }}",
            "{{ eq .a .m }}",
            "{{ lt .m .a }}",
            "{{ printf \"%d\" .a }}")) {
      for (String format : List.of("table", "json", "yaml")) {
        Shell.Result result = render(template, data, "-o", format, "--debug");
        printed.append(result.out()).append(result.err());
      }
    }
    printed.append(render("{{ .a }}", data + "a: again").err());
    printed.append(render("{{ .a }}", "a: [" + MARK).err());
    printed.append(
        render("{{ .a }}", "a: {b: \"" + MARK + "\"}", "--functions", "sealed-secrets").err());
    for (String form : CanaryTest.forms()) {
      assertThat(printed.toString()).as("printed, as %s", form).doesNotContain(form);
    }
    assertThat(printed.toString().toLowerCase(java.util.Locale.ROOT))
        .doesNotContain(MARK.toLowerCase(java.util.Locale.ROOT))
        .doesNotContain("7f3a");
    assertThat(QuickstartTest.filesWith(folder, MARK)).hasSize(1);
  }

  @Test
  void standardInputIsEither() {
    shell.write("d", "a: b");
    assertThat(
            shell
                .run("signet", "<{{ .a }}>", "template", "render", "-t", "-", "-d", "d", "--reveal")
                .succeeded()
                .out())
        .isEqualTo("<b>");
    shell.write("t", "<{{ .a }}>");
    assertThat(
            shell
                .run("signet", "{\"a\": 1}", "template", "render", "-t", "t", "-d", "-", "--reveal")
                .succeeded()
                .out())
        .isEqualTo("<1>");
    assertThat(shell.run("signet", "{{ x }}", "template", "render", "-t", "-").err())
        .startsWith("error: template: standard input:1: function \"x\" not defined\n");
  }

  @Test
  void bytesAreWrittenAsTheyAreAndForTheOwner() throws IOException {
    render("{{ .a | b64dec }}", "a: /wCA", "--reveal", "-w", "out").succeeded();
    Path file = shell.directory().resolve("out");
    assertThat(Files.readAllBytes(file)).isEqualTo(new byte[] {(byte) 0xFF, 0, (byte) 0x80});
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(render("{{ .a | b64dec }}", "a: /wCA", "--reveal", "-o", "json").succeeded().out())
        .isEqualTo("{\n  \"outputB64\": \"/wCA\"\n}\n");
    assertThat(render("{{ .a", "a: b", "-o", "yaml").out())
        .isEqualTo("error: 'template: t:1: unclosed action'\nphase: parse\n");
  }

  @Test
  void whatIsWrongIsNamed() {
    shell.write("t", "{{ .a }}");
    shell.write("list", "- a\n");
    shell.write("two", "a: b\n---\nc: d\n");
    shell.write("bad", "a: [\n");
    shell.write("nested", "a: {b: c}\n");
    shell.write("secret", "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: '!'}}");
    failed(1, "cannot read none: no such file or directory", "-t", "none");
    failed(1, "cannot read none: no such file or directory", "-t", "t", "--data", "none");
    failed(1, "list:1", "-t", "t", "--data", "list");
    failed(1, "two holds several documents; give one", "-t", "t", "--data", "two");
    failed(1, "bad:", "-t", "t", "--data", "bad");
    failed(1, "secret: data.a is not Base64", "-t", "t", "--data", "secret");
    failed(
        1,
        "nested: a must be a string",
        "-t",
        "t",
        "-d",
        "nested",
        "--functions",
        "sealed-secrets");
    failed(2, "no template was named");
    failed(2, "unknown function set helm", "-t", "t", "--functions", "helm");
    failed(2, "unknown missingkey no", "-t", "t", "--missingkey", "no");
    failed(2, "render takes no t", "t");
    failed(2, "standard input can be read once only", "-t", "-", "-d", "-");
    failed(2, "unknown option: '--revael'", "-t", "t", "--revael");
    failed(2, "--batch goes with --reveal only", "--batch", "t", "-t", "t");
    shell.signet("template").failed(2, "missing required parameter");
    shell.signet("template", "redner").failed(2, "redner");
  }

  private void failed(int code, String message, String... more) {
    List<String> line = new ArrayList<>(List.of("template", "render"));
    line.addAll(List.of(more));
    shell.signet(line.toArray(String[]::new)).failed(code, message);
  }

  @Test
  void aTemplateThatDoesNotEndIsEnded() {
    Shell.Result result =
        render("{{ range until 100000 }}{{ range until 100000 }}{{ end }}{{ end }}", "a: b");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.err()).contains("limit exceeded: ");
    assertThat(result.out().getBytes(UTF_8)).isEmpty();
  }
}
