package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.dialects.sealedsecrets.Rule;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.ReadLimits;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import javax.xml.parsers.DocumentBuilderFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.w3c.dom.Element;

class VerifyTest {

  /** A piece of the good manifest, what stands there instead, and the finding without its file. */
  record Row(String instead, String by, String finding) {
    @Override
    public String toString() {
      return finding;
    }
  }

  /** The bytes of no ciphertext, in the shape of one for a key of 2048 bits. */
  private static final String ITEM = item(2 + 256 + 16 + 5, 1, 0);

  private static final String GOOD =
      """
      apiVersion: bitnami.com/v1alpha1
      kind: SealedSecret
      metadata:
        name: db
        namespace: production
        annotations: {a: b}
      spec:
        encryptedData:
          password: %s
        template:
          type: Opaque
          data:
            url: x://{{ .password }}
      """
          .formatted(ITEM);

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void inAFolder() {
    shell = new Shell(folder).at(Instant.parse("2027-01-01T00:00:00Z"));
    for (String file :
        List.of("key.pem", "key4096.pem", "cert.pem", "cert4096.pem", "key-two.yaml")) {
      shell.write("keys/" + file, Shell.resource("kubeseal/files/" + file));
    }
  }

  /** Base64 of so many bytes that start with a length. */
  private static String item(int bytes, int high, int low) {
    byte[] item = new byte[bytes];
    if (bytes > 1) {
      item[0] = (byte) high;
      item[1] = (byte) low;
    }
    return Base64.getEncoder().encodeToString(item);
  }

  static List<Row> rows() {
    String p = "  password: " + ITEM;
    String name = "SealedSecret production/db: ";
    return List.of(
        new Row(
            "v1alpha1",
            "v2",
            "1:1: error: " + name + "apiVersion must be bitnami.com/v1alpha1 [api-version]"),
        new Row(
            "  name: db\n",
            "",
            "1:1: error: SealedSecret: metadata.name is required [malformed-object]"),
        new Row(
            "  name: db\n",
            "  name: Db_1\n",
            "4:3: error: SealedSecret production/Db_1: the name must be a DNS subdomain: lower case"
                + " letters, digits, '-' and '.' [object-name]"),
        new Row(
            "production",
            "Prod",
            "5:3: error: SealedSecret Prod/db: the namespace must be a DNS label: lower case"
                + " letters, digits and '-', at most 63 [object-name]"),
        new Row(
            "  namespace: production\n",
            "",
            "3:1: note: SealedSecret default/db: no namespace is named, and what is sealed as"
                + " strict opens in one only [namespace-missing]"),
        new Row(
            "a: b",
            "sealedsecrets.bitnami.com/cluster-wide: \"True\"",
            "6:17: error: "
                + name
                + "only the text \"true\" counts for sealedsecrets.bitnami.com/cluster-wide, so the"
                + " object is not of that scope [scope-annotation]"),
        new Row(
            "a: b",
            "sealedsecrets.bitnami.com/namespace-wide: true",
            "6:17: error: "
                + name
                + "an annotation must be a text: write \"true\", in quotes [scope-annotation]"),
        new Row(
            "a: b",
            "sealedsecrets.bitnami.com/scope: strict",
            "6:17: error: "
                + name
                + "nothing reads sealedsecrets.bitnami.com/scope; use"
                + " sealedsecrets.bitnami.com/namespace-wide: \"true\", or none for strict"
                + " [scope-annotation]"),
        new Row(
            "a: b",
            "a: 1",
            "1:1: error: "
                + name
                + "metadata.annotations.a must be a string, not a whole number [malformed-object]"),
        new Row(
            "    type: Opaque",
            "    metadata: {annotations: {sealedsecrets.bitnami.com/cluster-wide: \"true\"}}",
            "11:30: warning: "
                + name
                + "the template says cluster-wide, but the object itself is strict"
                + " [scope-in-template]"),
        new Row(
            "  encryptedData:",
            "  stringData: {}\n  encryptedData:",
            "8:3: warning: "
                + name
                + "SealedSecrets have no field spec.stringData [unknown-field]"),
        new Row(
            "    type:",
            "    stringData: {}\n    type:",
            "11:5: warning: "
                + name
                + "SealedSecrets have no field spec.template.stringData [unknown-field]"),
        new Row(
            "  encryptedData:",
            "  data: AgA=\n  encryptedData:",
            "8:3: warning: "
                + name
                + "spec.data is deprecated, and a controller may refuse it [deprecated-data]"),
        new Row(
            "  encryptedData:\n  " + p,
            "  x: 1",
            "7:1: error: " + name + "spec.encryptedData is required [malformed-object]"),
        new Row(
            "  encryptedData:\n  " + p,
            "  encryptedData: []",
            "7:1: error: " + name + "spec.encryptedData must be a mapping [malformed-object]"),
        new Row(
            p,
            "  a/b: " + ITEM + "\n  " + p,
            "9:5: error: "
                + name
                + "a/b: the name cannot be a key of a Secret: use letters, digits, '-', '_' and '.'"
                + " [item-name]"),
        new Row(
            p,
            "  password: 12",
            "9:5: error: " + name + "password: the value must be a text in Base64 [item-not-text]"),
        new Row(
            p,
            "  password: AgA",
            "9:5: error: " + name + "password: illegal base64 data at input byte 0 [item-base64]"),
        new Row(
            p,
            "  password: AgA=",
            "9:5: error: "
                + name
                + "password: it has 2 bytes, fewer than its header says: a part of it was lost"
                + " [item-cut]"),
        new Row(
            p,
            "  password: " + item(2 + 256 + 15, 1, 0),
            "9:5: error: "
                + name
                + "password: it has 273 bytes, fewer than its header says: a part of it was lost"
                + " [item-cut]"),
        new Row(
            p,
            p + "\n    password: x",
            "10:5: error: this key is already set in its mapping [duplicate-key]"),
        new Row(
            ".password }}",
            ".passwrd }}",
            "13:7: error: "
                + name
                + "url: at 1:7 of the template: there is no item \"passwrd\"; did you mean"
                + " password? [template-key]"),
        new Row(
            "{{ .password",
            "{{ uper .password",
            "13:7: error: "
                + name
                + "url: at 1:7 of the template: there is no function \"uper\"; did you mean upper?"
                + " [template-function]"),
        new Row(
            "{{ .password }}",
            "{{ .password",
            "13:7: error: "
                + name
                + "url: at 1 of the template: unclosed action [template-syntax]"),
        new Row(
            "kind: SealedSecret",
            "kind: SealedSecret\n\tx: [",
            "3:1: error: found a character that cannot start any token [malformed-file]"),
        new Row("  name: db", "  name: {{ x }}\n  {{ if }}", "1:1: note: "));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void whatIsWrongIsFoundWhereItIs(Row row) {
    assertThat(GOOD).contains(row.instead);
    shell.write("tree/s.yaml", GOOD.replace(row.instead, row.by));
    Shell.Result result = shell.signet("verify", "tree");
    if (row.finding.endsWith("note: ")) {
      assertThat(result.out()).contains("[unrendered-file]");
    } else {
      assertThat(result.out().lines()).contains("tree/s.yaml:" + row.finding);
    }
    assertThat(result.code()).isEqualTo(result.out().contains(": error: ") ? 1 : 0);
  }

  @Test
  void aGoodFileHasNoFindings() {
    shell.write("tree/s.yaml", GOOD);
    assertThat(shell.signet("verify", "tree").succeeded().out())
        .isEqualTo(
            """
            1 SealedSecret with 1 item in 1 file: 0 errors, 0 warnings, 0 notes
            the keys of the items were not looked at: give --cert, --keys or --controller
            """);
  }

  @Test
  void whatNothingSealsIsNamed() {
    shell.write(
        "tree/s.yaml",
        GOOD.substring(0, GOOD.indexOf("  encryptedData:")) + "  encryptedData: {}\n");
    assertThat(shell.signet("verify", "tree").succeeded().out())
        .contains("8:3: warning: ")
        .contains("[no-items]");
    shell.signet("verify", "tree", "--strict").failed(1, "found 0 errors and 1 warning");
  }

  @Test
  void sizesAreThoseOfTheSecretAndOfARequest() {
    String half = item(2 + 256 + 16 + (1 << 19), 1, 0);
    shell.write(
        "tree/fits.yaml",
        GOOD.replace("password: " + ITEM, "password: " + half + "\n    b: " + half));
    assertThat(shell.signet("verify", "tree").succeeded().out()).doesNotContain("[secret-size]");
    shell.write(
        "tree/s.yaml",
        GOOD.replace(
            "password: " + ITEM, "password: " + half + "\n    b: " + half + "\n    c: " + ITEM));
    assertThat(shell.signet("verify", "tree/s.yaml").out())
        .contains(
            "the values have 1048581 bytes together; a Secret has at most 1048576 [secret-size]")
        .doesNotContain("[object-size]");
    String large = item(1_200_000, 1, 0);
    shell.write("tree/s.yaml", GOOD.replace(ITEM, large));
    assertThat(shell.signet("verify", "tree/s.yaml").out()).contains("[object-size]");
  }

  @Test
  void scopesCanBeForbidden() {
    shell.write(
        "tree/a.yaml", GOOD.replace("a: b", "sealedsecrets.bitnami.com/cluster-wide: \"true\""));
    shell.write(
        "tree/b.yaml",
        GOOD.replace("a: b", "sealedsecrets.bitnami.com/namespace-wide: \"true\"")
            .replace("name: db", "name: b"));
    assertThat(shell.signet("verify", "tree").succeeded().out()).contains("0 errors");
    Shell.Result one = shell.signet("verify", "tree", "--forbid-scope", "cluster-wide");
    assertThat(one.out())
        .contains(
            "tree/a.yaml:6:17: error: SealedSecret production/db: the scope is cluster-wide, which"
                + " is not allowed here [scope-forbidden]")
        .contains("1 error,");
    assertThat(
            shell.signet("verify", "tree", "--forbid-scope", "cluster-wide,namespace-wide").out())
        .contains("2 errors,");
    shell.signet("verify", "tree", "--forbid-scope", "wide").failed(2, "unknown scope wide");
    assertThat(
            shell
                .signet(
                    "verify",
                    "tree",
                    "--forbid-scope",
                    "cluster-wide",
                    "--ignore",
                    "scope-forbidden")
                .succeeded()
                .out())
        .contains("0 errors");
    shell
        .signet("verify", "tree", "--ignore", "scope-forbiden")
        .failed(2, "unknown rule scope-forbiden");
  }

  private String seal(String certificate, String name) {
    return shell
        .run(
            "signet",
            SealAndUnsealTest.SECRET.replace("name: db", "name: " + name),
            "seal",
            "--cert",
            "keys/" + certificate)
        .succeeded()
        .out();
  }

  @Test
  void aCertificateProvesOnlyThatAnItemIsForeign() {
    shell.write("tree/a.yaml", seal("cert.pem", "a"));
    shell.write("tree/b.yaml", seal("cert4096.pem", "b"));
    Shell.Result result = shell.signet("verify", "tree", "--cert", "keys/cert.pem");
    result.failed(1, "found 1 error");
    assertThat(result.out())
        .contains("tree/b.yaml:")
        .contains(
            "password: it was sealed with a key of 4096 bits, so not with the certificate"
                + " [foreign-key]")
        .contains("which proves nothing: only --keys")
        .doesNotContain("tree/a.yaml");
    shell
        .signet("verify", "tree", "--cert", "keys/cert.pem", "--cert", "keys/cert4096.pem")
        .succeeded();
    // Of the same length, and larger than any modulus of that length can leave.
    byte[] largest = new byte[2 + 256 + 16];
    java.util.Arrays.fill(largest, (byte) 0xff);
    largest[0] = 1;
    largest[1] = 0;
    shell.write("tree/c.yaml", GOOD.replace(ITEM, Base64.getEncoder().encodeToString(largest)));
    assertThat(shell.signet("verify", "tree/c.yaml", "--cert", "keys/cert.pem").out())
        .contains("its number is too large for the key, so not with the certificate [foreign-key]");
  }

  @Test
  void certificatesEnd() {
    shell.write("tree/a.yaml", GOOD);
    shell.at(Instant.parse("2060-01-01T00:00:00Z"));
    Shell.Result ended = shell.signet("verify", "tree", "--cert", "keys/cert.pem");
    assertThat(ended.out())
        .contains(
            "keys/cert.pem:1:1: error: the certificate was valid until 2036-11-19T06:30:59Z"
                + " [certificate-expired]");
    shell.at(Instant.parse("2036-11-01T00:00:00Z"));
    assertThat(shell.signet("verify", "tree", "--cert", "keys/cert.pem").succeeded().out())
        .contains(
            "warning: the certificate is valid until 2036-11-19T06:30:59Z [certificate-expires]");
    assertThat(
            shell
                .signet("verify", "tree", "--cert", "keys/cert.pem", "--expires-within", "3")
                .succeeded()
                .out())
        .contains("0 warnings");
    shell
        .signet("verify", "tree", "--cert", "keys/key.pem")
        .failed(1, "the certificate keys/key.pem: data does not contain");
  }

  @Test
  void keysOpenEveryItem() {
    shell.write("tree/a.yaml", seal("cert.pem", "a"));
    shell.write("tree/b.yaml", seal("cert4096.pem", "b"));
    shell.write(
        "tree/moved.yaml", seal("cert.pem", "moved").replace("name: moved", "name: elsewhere"));
    shell.write(
        "tree/scope.yaml",
        seal("cert.pem", "scope")
            .replaceFirst(
                "metadata:\n",
                """
                metadata:
                  annotations:
                    sealedsecrets.bitnami.com/namespace-wide: "true"
                """));
    Shell.Result result = shell.signet("verify", "tree", "--keys", "keys/key-two.yaml");
    result.failed(1, "found 2 errors");
    assertThat(result.out())
        .contains(
            "SealedSecret production/elsewhere: password: no key opens it as strict for"
                + " production/elsewhere [cannot-open]")
        .contains(
            "no key opens it as namespace-wide, but it opens as strict: correct the annotation"
                + " [cannot-open]")
        .contains("note: SealedSecret production/b: password: it is sealed with key0 [old-key]")
        .contains("every item was opened in memory, or is named");
  }

  @Test
  void theSameObjectTwiceIsNamedWithBothPlaces() {
    shell.write("tree/a.yaml", GOOD);
    shell.write("tree/sub/b.yaml", "kind: ConfigMap\n---\n" + GOOD);
    assertThat(shell.signet("verify", "tree").succeeded().out())
        .contains(
            "tree/sub/b.yaml:3:1: warning: SealedSecret production/db: it is described in"
                + " tree/a.yaml:1, too [duplicate-object]");
  }

  @Test
  void documentsBehindAMalformedOneAreLookedAt() {
    shell.write(
        "tree/a.yaml",
        "kind: SealedSecret\na: [\n---\n" + GOOD.replace("production", "PRODUCTION"));
    assertThat(shell.signet("verify", "tree").out())
        .contains("[malformed-file]")
        .contains("tree/a.yaml:8:3: error: ")
        .contains("[object-name]");
  }

  @Test
  void jsonSaysTheSameToPrograms() throws Exception {
    shell.write("tree/s.yaml", GOOD.replace(".password }}", ".passwrd }}"));
    Map<String, @Nullable Object> tree = json(shell.signet("verify", "tree", "-o", "json").out());
    assertThat(tree)
        .containsEntry("objects", 1L)
        .containsEntry("items", 1L)
        .containsEntry("proof", "none");
    assertThat(tree.get("findings"))
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.LIST)
        .singleElement()
        .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
        .containsEntry("rule", "template-key")
        .containsEntry("severity", "error")
        .containsEntry("file", "tree/s.yaml")
        .containsEntry("line", 13L)
        .containsEntry("column", 7L)
        .containsEntry("object", "SealedSecret production/db")
        .containsEntry("item", "url");
  }

  /**
   * What SARIF 2.1.0 demands of what is written here: 3.13 (log), 3.14 (run), 3.18 (tool), 3.19
   * (driver, unique rule ids), 3.27 (result: message, rule by id and index, level), 3.28 to 3.30
   * (location, region with 1-based numbers, end not before start), 3.4 (relative URI with its
   * base).
   */
  @Test
  @SuppressWarnings("unchecked")
  void sarifIsWhatTheStandardDemands() throws Exception {
    shell.write("tree/übel [1].yaml", GOOD.replace(".password }}", ".passwrd }}"));
    shell.write("tree/b.yaml", GOOD.replace("production", "PRODUCTION"));
    shell.signet("verify", "tree", "-o", "sarif", "-w", "out.sarif").failed(1, "found 2 errors");
    Map<String, @Nullable Object> log = json(shell.read("out.sarif"));
    assertThat(log).containsEntry("version", "2.1.0").containsKey("$schema");
    Map<String, Object> run = (Map<String, Object>) list(log, "runs").getFirst();
    assertThat(run).containsEntry("columnKind", "unicodeCodePoints");
    Map<String, Object> driver = map(map(run, "tool"), "driver");
    assertThat(driver.get("name")).isEqualTo("signet verify");
    assertThat(String.valueOf(driver.get("semanticVersion"))).matches("\\d+\\.\\d+\\.\\d+.*");
    List<String> ids = new ArrayList<>();
    for (Object rule : list(driver, "rules")) {
      Map<String, Object> each = (Map<String, Object>) rule;
      ids.add(text(each, "id"));
      assertThat(text(map(each, "help"), "text")).isNotBlank();
      assertThat(text(map(each, "shortDescription"), "text")).isNotBlank();
      assertThat(map(each, "defaultConfiguration").get("level"))
          .isIn("none", "note", "warning", "error");
    }
    assertThat(ids).doesNotHaveDuplicates().hasSize(Rule.values().length);
    List<Object> results = list(run, "results");
    assertThat(results).hasSize(2);
    List<String> uris = new ArrayList<>();
    for (Object result : results) {
      Map<String, Object> each = (Map<String, Object>) result;
      assertThat(ids.get((int) number(each, "ruleIndex"))).isEqualTo(each.get("ruleId"));
      assertThat(each.get("level")).isEqualTo("error");
      assertThat(text(map(each, "message"), "text")).isNotBlank();
      Map<String, Object> physical =
          map((Map<String, Object>) list(each, "locations").getFirst(), "physicalLocation");
      Map<String, Object> artifact = map(physical, "artifactLocation");
      uris.add(text(artifact, "uri"));
      assertThat(map(run, "originalUriBaseIds")).containsKey(text(artifact, "uriBaseId"));
      Map<String, Object> region = map(physical, "region");
      assertThat(number(region, "startLine")).isPositive();
      assertThat(number(region, "startColumn")).isPositive();
      assertThat(number(region, "endLine")).isGreaterThanOrEqualTo(number(region, "startLine"));
      assertThat(number(region, "endColumn")).isGreaterThanOrEqualTo(number(region, "startColumn"));
      assertThat(text(map(each, "partialFingerprints"), "signet/v1")).matches("[0-9a-f]{32}");
    }
    assertThat(uris).containsExactly("tree/b.yaml", "tree/%C3%BCbel%20%5B1%5D.yaml");
    assertThat(shell.read("out.sarif"))
        .contains("\"startLine\": 13")
        .contains("\"startColumn\": 7")
        .contains("\"endColumn\": 10");
  }

  @Test
  void junitIsXmlWithACaseForEachObject() throws Exception {
    shell.write("tree/a.yaml", GOOD);
    shell.write(
        "tree/b<&>.yaml",
        GOOD.replace(".password }}", ".passwrd }}").replace("name: db", "name: b"));
    shell.write("tree/c.yaml", "kind: SealedSecret\n\t[");
    Shell.Result result = shell.signet("verify", "tree", "-o", "junit");
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    Element root =
        factory
            .newDocumentBuilder()
            .parse(new ByteArrayInputStream(result.out().getBytes(StandardCharsets.UTF_8)))
            .getDocumentElement();
    assertThat(root.getTagName()).isEqualTo("testsuites");
    assertThat(root.getAttribute("tests")).isEqualTo("3");
    assertThat(root.getAttribute("failures")).isEqualTo("2");
    assertThat(root.getElementsByTagName("testsuite").getLength()).isEqualTo(3);
    assertThat(root.getElementsByTagName("testcase").getLength()).isEqualTo(3);
    Element failure = (Element) root.getElementsByTagName("failure").item(0);
    assertThat(failure.getAttribute("type")).isEqualTo("template-key");
    assertThat(failure.getTextContent()).startsWith("tree/b<&>.yaml:13:7: error: ");
    assertThat(Junit.escaped("\u0001\uD800<")).isEqualTo("\uFFFD\uFFFD&lt;");
  }

  /** The table in the documentation lists every rule, with its severity. */
  @Test
  void everyRuleIsDocumented() throws Exception {
    String documentation =
        java.nio.file.Files.readString(Path.of("..", "docs", "verify-reseal.md"));
    Set<Rule> missing = EnumSet.allOf(Rule.class);
    missing.removeIf(
        rule -> documentation.contains("| `" + rule.id() + "` | " + rule.severity().text() + " |"));
    assertThat(missing).isEmpty();
  }

  private static Map<String, @Nullable Object> json(String text) throws Exception {
    return Documents.read(
            text.getBytes(StandardCharsets.UTF_8),
            "out",
            ReadLimits.DEFAULT,
            DuplicateKeys.REJECTED)
        .getFirst()
        .tree();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> map(Map<String, ?> tree, String key) {
    Object value = tree.get(key);
    assertThat(value).as(key).isInstanceOf(Map.class);
    return value == null ? Map.of() : (Map<String, Object>) value;
  }

  private static long number(Map<String, ?> tree, String key) {
    return tree.get(key) instanceof Long number ? number : -1;
  }

  private static String text(Map<String, ?> tree, String key) {
    return tree.get(key) instanceof String text ? text : "";
  }

  @SuppressWarnings("unchecked")
  private static List<Object> list(Map<String, ?> tree, String key) {
    Object value = tree.get(key);
    assertThat(value).as(key).isInstanceOf(List.class);
    return value == null ? List.of() : (List<Object>) value;
  }
}
