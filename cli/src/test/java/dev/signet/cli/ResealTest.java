package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.age.X25519Identity;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two keys: {@code old.yaml}, which seals by default here, and {@code new}, of 4096 bits, which
 * things are to be moved to. Times are those of {@link Shell}, when both certificates are valid.
 */
class ResealTest {

  /** A ciphertext, wherever it stands. */
  static final Pattern CIPHERTEXT =
      Pattern.compile("A[gQ][A-D][A-Za-z0-9+/=]{20,}(?:\\r?\\n {6}[A-Za-z0-9+/=]+(?=\\r?\\n))*");

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void twoKeys() {
    shell = new Shell(folder).at(Instant.parse("2027-01-01T00:00:00Z"));
    for (String file :
        List.of("key.pem", "key4096.pem", "cert.pem", "cert4096.pem", "key-two.yaml")) {
      shell.write("keys/" + file, Shell.resource("kubeseal/files/" + file));
    }
  }

  private String old(String name, String... values) {
    return shell.seal("cert.pem", name, "strict", values);
  }

  private Shell.Result reseal(String... more) {
    return shell.signet(
        Stream.concat(
                Stream.of(
                    "reseal",
                    "-R",
                    "tree",
                    "--keys",
                    "keys/key.pem",
                    "--keys",
                    "keys/key4096.pem",
                    "--cert",
                    "keys/cert4096.pem"),
                Stream.of(more))
            .toArray(String[]::new));
  }

  /** What a file opens to with that key alone. */
  private String opened(String file, String key) {
    return shell.signet("unseal", "-f", file, "--private-key", "keys/" + key).succeeded().out();
  }

  @Test
  void onlyCiphertextsChangeAndASecondRunChangesNothing() {
    String manifest =
        "# kept\n"
            + old("db", "one", "two")
                .replace("    item1:", "    # why\n    item1:")
                .replace("\n", "\r\n")
            + "---\r\nkind: Deployment # other\r\napiVersion: apps/v1\r\n";
    shell.write("tree/db.yaml", manifest);
    String before = opened("tree/db.yaml".replace("tree", only("tree/db.yaml")), "key.pem");

    Shell.Result result = reseal().succeeded();
    assertThat(result.out())
        .contains("item0: sealed anew")
        .contains("2 items in 1 file sealed with");
    String after = shell.read("tree/db.yaml");
    assertThat(CIPHERTEXT.matcher(after).replaceAll("-"))
        .isEqualTo(CIPHERTEXT.matcher(manifest).replaceAll("-"));
    assertThat(after).isNotEqualTo(manifest);
    assertThat(opened(only("tree/db.yaml") + "/db.yaml", "key4096.pem")).isEqualTo(before);

    assertThat(reseal().succeeded().out())
        .startsWith("0 items in 0 files sealed with")
        .contains("2 there already");
    assertThat(shell.read("tree/db.yaml")).isEqualTo(after);
    reseal("--check").succeeded();
  }

  /** {@code unseal} takes nothing but SealedSecrets: a folder with the first document alone. */
  private String only(String file) {
    String first = shell.read(file).split("---\r?\nkind: Deployment", -1)[0];
    shell.write("only/db.yaml", first);
    return "only";
  }

  @Test
  void everyScopeIsKeptAndNoneIsWidened() {
    for (String scope : List.of("strict", "namespace-wide", "cluster-wide")) {
      String sealed = shell.seal("cert.pem", scope, scope, "v");
      // What the template says of scopes counts for nothing.
      shell.write("tree/" + scope + ".yaml", sealed);
    }
    reseal().succeeded();
    for (String scope : List.of("strict", "namespace-wide", "cluster-wide")) {
      opened("tree/" + scope + ".yaml", "key4096.pem");
      String moved = shell.read("tree/" + scope + ".yaml").replace("name: " + scope, "name: other");
      shell.write("moved.yaml", moved);
      assertThat(
              shell
                  .signet("unseal", "-f", "moved.yaml", "--private-key", "keys/key4096.pem")
                  .code())
          .as(scope)
          .isEqualTo(scope.equals("strict") ? 1 : 0);
      shell.write("moved.yaml", moved.replace("namespace: production", "namespace: other"));
      assertThat(
              shell
                  .signet("unseal", "-f", "moved.yaml", "--private-key", "keys/key4096.pem")
                  .code())
          .as(scope)
          .isEqualTo(scope.equals("cluster-wide") ? 0 : 1);
    }
  }

  @Test
  void aScopeThatOnlyTheTemplateClaimsIsNotBelieved() {
    String claim =
        old("db", "v")
            .replace(
                "    metadata:\n",
                """
                    metadata:
                      annotations:
                        sealedsecrets.bitnami.com/cluster-wide: "true"
                """);
    assertThat(claim).contains("cluster-wide");
    shell.write("tree/db.yaml", claim);
    reseal().succeeded();
    shell.write("moved.yaml", shell.read("tree/db.yaml").replace("name: db", "name: other"));
    shell
        .signet("unseal", "-f", "moved.yaml", "--private-key", "keys/key4096.pem")
        .failed(1, "no key could decrypt secret");
  }

  @Test
  void aFileWithOneItemThatDoesNotOpenStaysAsItIsAndOthersGoOn() {
    String good = old("good", "v");
    String bad = old("bad", "v", "w").replace("name: bad", "name: moved") + good;
    shell.write("tree/bad.yaml", bad);
    shell.write("tree/good.yaml", good);
    shell.write("tree/broken.yaml", "kind: SealedSecret\n\t- x: [");
    String chart = "kind: SealedSecret\nmetadata:\n  name: {{ .Release.Name }}-db\n{{- if .x }}\n";
    shell.write("tree/chart/templates/s.yaml", chart);
    Shell.Result result = reseal();
    result.failed(3, "2 files of 4 left as they are");
    assertThat(result.out())
        .contains("tree/bad.yaml:")
        .contains("production/moved: item0: left as it is: none of the keys opens it")
        .contains("production/good: item0: left as it is, as another item of the file failed")
        .contains("tree/broken.yaml: left as it is: tree/broken.yaml:2:1:")
        .contains("tree/chart/templates/s.yaml: skipped: a template of another tool")
        .contains("1 item in 1 file sealed with");
    assertThat(shell.read("tree/bad.yaml")).isEqualTo(bad);
    assertThat(shell.read("tree/chart/templates/s.yaml")).isEqualTo(chart);
    opened("tree/good.yaml", "key4096.pem");
  }

  @Test
  void checkAndDryRunWriteNothing() {
    String sealed = old("db", "v");
    shell.write("tree/db.yaml", sealed);
    assertThat(reseal("--dry-run").succeeded().out())
        .contains("production/db: item0: would be sealed anew (was on SHA256:")
        .contains("1 item in 1 file would be sealed with");
    reseal("--check").failed(1, "1 file not sealed with the newest key");
    assertThat(reseal("--check", "-o", "json").out())
        .contains("\"status\": \"stale\"")
        .contains("\"object\": \"production/db\"")
        .contains("\"scope\": \"strict\"");
    assertThat(shell.read("tree/db.yaml")).isEqualTo(sealed);
  }

  @Test
  void listsJsonAndOddShapesAreEditedInPlace() throws Exception {
    String a = old("a", "one");
    String ciphertext = ciphertext(a, "item0");
    String wrapped = String.join("\n      ", ciphertext.split("(?<=\\G.{76})", -1));
    Map<String, String> files = new TreeMap<>();
    files.put("literal.yaml", shape("item0: |\n      " + wrapped));
    files.put("folded.yaml", shape("item0: >-\n      " + ciphertext));
    files.put("quoted.yaml", shape("'item0': \"" + ciphertext + "\"  # note"));
    files.put(
        "flow.yaml",
        "{kind: SealedSecret, apiVersion: bitnami.com/v1alpha1, metadata: {name: a, namespace:"
            + " production},\n"
            + "  spec: {encryptedData: {item0: '"
            + ciphertext
            + "'}}}\n");
    files.put(
        "compact.json",
        "{\"kind\":\"SealedSecret\",\"apiVersion\":\"bitnami.com/v1alpha1\",\"metadata\":{\"name\":\"a\",\"namespace\":\"production\"},\"spec\":{\"encryptedData\":{\"item0\":\""
            + ciphertext
            + "\"}}}");
    files.put(
        "list.yaml",
        "apiVersion: v1\nkind: List\nitems:\n- kind: ConfigMap\n  apiVersion: v1\n- "
            + shape("item0: " + ciphertext).replace("\n", "\n  ").strip()
            + "\n");
    for (Map.Entry<String, String> file : files.entrySet()) {
      shell.write("tree/" + file.getKey(), file.getValue());
    }
    assertThat(reseal().succeeded().out()).contains("6 items in 6 files sealed with");
    for (Map.Entry<String, String> file : files.entrySet()) {
      String after = shell.read("tree/" + file.getKey());
      assertThat(CIPHERTEXT.matcher(after).replaceAll("-"))
          .as(file.getKey())
          .isEqualTo(CIPHERTEXT.matcher(file.getValue()).replaceAll("-"));
      assertThat(after).isNotEqualTo(file.getValue());
      assertThat(
              Documents.read(
                      after.getBytes(UTF_8),
                      file.getKey(),
                      ReadLimits.DEFAULT,
                      DuplicateKeys.REJECTED)
                  .stream()
                  .map(Document::tree))
          .hasSize(1);
    }
    assertThat(shell.read("tree/literal.yaml").lines().filter(line -> line.startsWith("      A")))
        .allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(82));
    reseal("--check").succeeded();
  }

  private static String shape(String item) {
    return "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: a\n"
        + "  namespace: production\nspec:\n  encryptedData:\n    "
        + item
        + "\n  template:\n    type: Opaque\n";
  }

  static String ciphertext(String manifest, String item) {
    return manifest
        .lines()
        .filter(line -> line.startsWith("    " + item + ": "))
        .findFirst()
        .orElseThrow()
        .substring(item.length() + 6);
  }

  @Test
  void aliasesAreRefusedWithAReasonAndNothingIsWritten() {
    String ciphertext = ciphertext(old("a", "one"), "item0");
    String merged = "x: &all\n  item0: " + ciphertext + "\n" + shape("<<: *all");
    shell.write("tree/merged.yaml", merged);
    Shell.Result result = reseal();
    result.failed(3, "1 file of 1 left as they are");
    assertThat(result.out())
        .contains("merged.yaml")
        .contains("left as it is: it comes from an alias");
    assertThat(shell.read("tree/merged.yaml")).isEqualTo(merged);
  }

  @Test
  void theStateOfAProjectGivesTheKeys() {
    shell.withKey();
    shell.write(
        "tree/db.yaml", shell.run("signet", SealAndUnsealTest.SECRET, "seal").succeeded().out());
    assertThat(shell.signet("reseal", "-R", "tree").succeeded().out()).contains("1 there already");
  }

  @Test
  void aBackupOfSecretsKnowsItsNewestKey() {
    shell.write("tree/db.yaml", old("db", "v"));
    shell.write("tree/new.yaml", shell.seal("cert4096.pem", "new", "strict", "v"));
    String first =
        shell.signet("reseal", "-R", "tree", "--keys", "keys/key-two.yaml").succeeded().out();
    assertThat(first).contains("1 item in 1 file sealed with").contains("1 there already");
    shell.signet("reseal", "-R", "tree", "--keys", "keys/key-two.yaml", "--check").succeeded();
    shell
        .signet("reseal", "-R", "tree", "--keys", "keys/key.pem", "--keys", "keys/key4096.pem")
        .failed(2, "which of the keys is the newest cannot be told");
    shell.signet("reseal", "-R", "tree", "--keys", "keys/cert.pem").failed(1, "keys/cert.pem");
    shell
        .at(Instant.parse("2060-01-01T00:00:00Z"))
        .signet("reseal", "-R", "tree", "--keys", "keys/key-two.yaml")
        .failed(1, "failed to encrypt using an expired certificate");
  }

  @Test
  void aKeyThatWasMarkedAsCompromisedOpensButDoesNotSeal() {
    shell.write("tree/db.yaml", old("db", "v"));
    String backup = shell.read("keys/key-two.yaml");
    int newest = backup.indexOf("\"name\": \"key1\"");
    assertThat(newest).isPositive();
    shell.write(
        "keys/marked.yaml",
        backup.substring(0, newest)
            + backup.substring(newest).replaceFirst("\"active\"", "\"compromised\""));
    String[] reseal = {"reseal", "-R", "tree", "--keys", "keys/marked.yaml"};
    shell.signet(reseal).failed(2, "which of the keys is the newest cannot be told");
    String[] elsewhere = Arrays.copyOf(reseal, reseal.length + 2);
    elsewhere[reseal.length] = "--cert";
    elsewhere[reseal.length + 1] = "keys/cert4096.pem";
    assertThat(shell.signet(elsewhere).succeeded().out()).contains("1 item in 1 file sealed with");
  }

  @Test
  void copiesInEscrowAreOpenedWithTheirIdentity() {
    X25519Identity identity = X25519Identity.generate(new SecureRandom());
    shell.write("identity.txt", identity.text().with(bytes -> new String(bytes, UTF_8)) + "\n");
    shell.signet("keys", "import", "-f", "keys/key-two.yaml").succeeded();
    shell.write("escrow/.keep", "");
    shell
        .signet(
            "keys",
            "escrow",
            "--escrow-recipient",
            identity.recipient().toString(),
            "--escrow-folder",
            "escrow")
        .succeeded();
    shell.write("tree/db.yaml", shell.seal("cert4096.pem", "db", "strict", "v"));
    String[] withoutIdentity = {"reseal", "-R", "tree", "--escrow", "escrow", "--state", "none"};
    shell
        .signet(withoutIdentity)
        .failed(1, "none of the identities is a recipient of the age file");

    String[] reseal = Arrays.copyOf(withoutIdentity, withoutIdentity.length + 2);
    reseal[withoutIdentity.length] = "--identity";
    reseal[withoutIdentity.length + 1] = "identity.txt";
    assertThat(shell.signet(reseal).succeeded().out())
        .contains("1 item in 1 file sealed with key1");
    assertThat(shell.signet(reseal).succeeded().out()).contains("1 there already");
    opened("tree/db.yaml", "key.pem");
    assertThat(
            shell
                .signet("verify", "tree", "--keys", "escrow", "--identity", "identity.txt")
                .succeeded()
                .out())
        .contains("every item was opened in memory, or is named")
        .doesNotContain("[old-key]");
  }

  @Test
  void foldersArePickedByPatterns() {
    for (String file :
        List.of("a/x.yaml", "a/x.txt", ".git/x.yaml", "b/c/x.json", "charts/y.yml", "top.yaml")) {
      shell.write("tree/" + file, old("db", "v"));
    }
    assertThat(resealed("--dry-run"))
        .containsExactly("tree/a/x.yaml", "tree/b/c/x.json", "tree/charts/y.yml", "tree/top.yaml");
    assertThat(resealed("--dry-run", "--exclude", "charts", "--exclude", "b/**"))
        .containsExactly("tree/a/x.yaml", "tree/top.yaml");
    assertThat(resealed("--dry-run", "--include", "**/x.*"))
        .containsExactly("tree/a/x.txt", "tree/a/x.yaml", "tree/b/c/x.json");
    assertThat(
            shell
                .signet(
                    "reseal",
                    "tree",
                    "--keys",
                    "keys/key.pem",
                    "--cert",
                    "keys/cert4096.pem",
                    "--dry-run")
                .succeeded()
                .out())
        .contains("tree/top.yaml")
        .doesNotContain("tree/a/");
    reseal("--include", "[").failed(2, "the pattern [ is malformed");
    shell
        .signet("reseal", "-R", "nowhere", "--keys", "keys/key.pem")
        .failed(1, "cannot read nowhere: no such file");
  }

  private List<String> resealed(String... more) {
    return reseal(more)
        .succeeded()
        .out()
        .lines()
        .filter(line -> line.contains("item0"))
        .map(line -> line.substring(0, line.indexOf(':')))
        .toList();
  }

  @Test
  void theModeOfAFileIsKept() throws IOException {
    Path file = shell.write("tree/db.yaml", old("db", "v"));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-x--x"));
    Path link = shell.directory().resolve("tree/link.yaml");
    Files.createSymbolicLink(link, file);
    reseal().succeeded();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-r-x--x");
    assertThat(Files.isSymbolicLink(link)).isTrue();
    assertThat(file.resolveSibling(".db.yaml.new")).doesNotExist();
  }

  /** A tree as a repository has it: many folders, few files with SealedSecrets, one of them bad. */
  @Test
  void aTreeOfHundredsOfFilesIsDoneOnce() {
    List<String> sealed =
        List.of(old("a", "v"), old("b", "v", "w"), shell.seal("cert4096.pem", "c", "strict", "v"));
    Map<String, String> before = new TreeMap<>();
    for (int i = 0; i < 400; i++) {
      String name = "tree/team" + i % 20 + "/app" + i + (i % 7 == 0 ? ".json" : ".yaml");
      String content =
          i % 10 == 0
              ? sealed.get(i / 10 % 3)
              : i % 7 == 0
                  ? "{\"kind\": \"ConfigMap\"}"
                  : "kind: ConfigMap\ndata: {a: b" + (i % 3 == 0 ? "" : "}") + "\n";
      before.put(name, content);
      shell.write(name, content);
    }
    Shell.Result first = reseal().succeeded();
    // Of 40: 14 of a, 13 of b with two items, 13 of c that are there already.
    assertThat(first.out())
        .contains("40 items in 27 files sealed with")
        .contains("13 there already");
    int changed = 0;
    Map<String, String> after = new TreeMap<>();
    for (Map.Entry<String, String> file : before.entrySet()) {
      String now = shell.read(file.getKey());
      after.put(file.getKey(), now);
      changed += now.equals(file.getValue()) ? 0 : 1;
      assertThat(CIPHERTEXT.matcher(now).replaceAll("-"))
          .isEqualTo(CIPHERTEXT.matcher(file.getValue()).replaceAll("-"));
    }
    assertThat(changed).isEqualTo(27);
    assertThat(reseal("--check").succeeded().out()).contains("53 there already");
    reseal().succeeded();
    after.forEach((name, content) -> assertThat(shell.read(name)).isEqualTo(content));
  }

  @Test
  void noValueIsPrintedOrLeftOnDisk() throws IOException {
    String mark = CanaryTest.forms().getFirst();
    shell.write("tree/good.yaml", old("db", mark));
    shell.write("tree/bad.yaml", old("bad", mark, "x").replace("name: bad", "name: moved"));
    StringBuilder printed = new StringBuilder();
    for (String[] options :
        List.of(
            new String[] {"--dry-run"},
            new String[] {"--check", "-o", "json"},
            new String[] {"-o", "json", "--debug"})) {
      Shell.Result result = reseal(options);
      printed.append(result.out()).append(result.err());
    }
    Shell.Result verified =
        shell.signet("verify", "tree", "--keys", "keys/key-two.yaml", "--debug");
    printed.append(verified.out()).append(verified.err());
    for (String form : CanaryTest.forms()) {
      assertThat(printed.toString()).as("printed, as %s", form).doesNotContain(form);
      assertThat(QuickstartTest.filesWith(folder, form)).as("files with %s", form).isEmpty();
    }
  }
}
