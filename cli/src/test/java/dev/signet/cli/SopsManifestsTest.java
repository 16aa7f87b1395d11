package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Needs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Manifests that SOPS encrypted: as a source, through a filter, in git, and who can open them. */
class SopsManifestsTest {

  private static final String IDENTITY =
      "AGE-SECRET-KEY-1T2W9HQVYYU4DFWNZ862X3MKU8U9FL06EEZHWCDGMHHKV3TU98MQS9NMM9T";
  private static final String RECIPIENT =
      "age12ulzhlzus3g93vt7pgeue9r27q9grsw96z59m3jfgxyyefwkv3rsjyne45";
  private static final String SECOND_IDENTITY =
      "AGE-SECRET-KEY-1WUPAVHYJ6ZVL0MZN2JGP6CK86CYJZ0H2W82RS2P64GSMPR9L55CQMU7897";
  private static final String SECOND =
      "age1pncmlnqd8dlykj2fq3v6vpq3yel0wfgy9mjldj7l4emsv3l6vd0q2eh3wq";

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata:
          name: db
          namespace: production
      stringData:
          # of the database
          user: admin
          password: value-that-is-secret
          port: "5432"
      """;

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void aProjectOfTheFluxLayout() {
    shell = new Shell(folder).withKey().set("SOPS_AGE_KEY", IDENTITY);
    configure(RECIPIENT);
    shell.write("app/secret.yaml", SECRET);
    shell.run("sops", "", "-e", "-i", "app/secret.yaml");
    assertThat(shell.read("app/secret.yaml")).contains("ENC[").doesNotContain("value-that-is");
  }

  private void configure(String recipients) {
    shell.write(
        ".sops.yaml",
        "creation_rules:\n  - encrypted_regex: ^(data|stringData)$\n    age: " + recipients + "\n");
  }

  private String git(String... arguments) throws Exception {
    return git(0, arguments);
  }

  private String git(int code, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Needs.command("git", "apt-get install git").toString(),
                "-c",
                "user.name=test",
                "-c",
                "user.email=test@example.com"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(shell.directory().toFile());
    builder.environment().clear();
    builder.environment().putAll(shell.environment());
    Process process = builder.redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(out).isEqualTo(code);
    return out;
  }

  @Test
  void anEncryptedManifestIsDeliveredLikeAPlainOne() {
    Shell.Result result = shell.signet("apply", "-f", "app").succeeded();
    assertThat(result.out()).contains("production/db").contains("applied");
    assertThat(result.out() + result.err()).doesNotContain("value-that-is-secret");
    assertThat(shell.signet("get", "secret", "production/db", "--reveal", "password").out())
        .isEqualTo("value-that-is-secret");
    assertThat(shell.signet("get", "secret", "production/db", "--reveal", "sops").code())
        .isNotZero();
  }

  @Test
  void oneThatStaysClosedIsNamedAndTheLastGoodSecretStays() {
    shell.signet("apply", "-f", "app").succeeded();
    shell.set("SOPS_AGE_KEY", SECOND_IDENTITY);
    Shell.Result result = shell.signet("apply", "-f", "app");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out()).contains("refused: DecryptionFailed");
    assertThat(shell.signet("get", "secret", "production/db", "--reveal", "password").out())
        .isEqualTo("value-that-is-secret");
  }

  @Test
  void oneThatWasTamperedWithIsRefused() {
    shell.write(
        "app/secret.yaml", shell.read("app/secret.yaml").replace("name: db", "name: other"));
    Shell.Result result = shell.signet("apply", "-f", "app");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.out()).contains("production/other").contains("DecryptionFailed");
    assertThat(result.err()).contains("MAC mismatch");
  }

  @Test
  void aFilterPrintsThePlainTextOfWhatIsEncryptedAndTheRestAsItIs() {
    String other = "kind: ConfigMap\napiVersion: v1\nmetadata: {name: x}   # as it is\n";
    shell.write("app/other.yaml", other);
    String plain = "---\n" + other + "---\n" + SECRET;
    assertThat(shell.signet("render", "-f", "app").succeeded().out()).isEqualTo(plain);
    String stream = other + "---\n" + shell.read("app/secret.yaml");
    assertThat(shell.run("signet", stream, "render").succeeded().out()).isEqualTo(plain);

    shell.set("SOPS_AGE_KEY", SECOND_IDENTITY);
    shell
        .signet("render", "-f", "app")
        .failed(1, "app/secret.yaml stays closed: Failed to get the data key");
    assertThat(shell.signet("render", "-f", "app").out()).isEmpty();
  }

  @Test
  void aFilterSealsSoThatNothingPlainComesOut() {
    shell.signet("keys", "cert", "-w", "cert.pem").succeeded();
    String sealed =
        shell.signet("render", "-f", "app", "--sealed-with", "cert.pem").succeeded().out();
    assertThat(sealed).contains("kind: SealedSecret").doesNotContain("value-that-is");
    assertThat(shell.run("signet", sealed, "unseal").succeeded().out())
        .contains("name: db")
        .contains("dmFsdWUtdGhhdC1pcy1zZWNyZXQ=");
  }

  @Test
  void whoCanOpenAFileIsComparedWithTheConfigurationAndMadeSo() {
    assertThat(shell.signet("recipients", "app").succeeded().out())
        .contains("app/secret.yaml  as configured  open it  " + RECIPIENT);
    configure(RECIPIENT + "," + SECOND);
    Shell.Result differs = shell.signet("recipients", "app");
    assertThat(differs.code()).isEqualTo(1);
    assertThat(differs.out()).contains("differs").contains("+" + SECOND);
    String before = shell.read("app/secret.yaml");
    shell.signet("recipients", "app", "--update", "--dry-run");
    assertThat(shell.read("app/secret.yaml")).isEqualTo(before);

    assertThat(shell.signet("recipients", "app", "--update").succeeded().out()).contains("updated");
    String after = shell.read("app/secret.yaml");
    assertThat(after.lines().filter(line -> line.contains("ENC[")))
        .isEqualTo(before.lines().filter(line -> line.contains("ENC[")).toList());
    shell.set("SOPS_AGE_KEY", SECOND_IDENTITY);
    assertThat(shell.run("sops", "", "decrypt", "app/secret.yaml").succeeded().out())
        .isEqualTo(SECRET);
  }

  @Test
  void whatADepartedRecipientCouldOpenIsFoundInTheHistory() throws Exception {
    git("init", "-q");
    git("add", ".");
    git("commit", "-q", "-m", "first");
    configure(SECOND);
    shell.signet("recipients", "app", "--update").succeeded();
    git("commit", "-q", "-a", "-m", "second");
    assertThat(shell.signet("recipients", "app", "--of", RECIPIENT).succeeded().out())
        .contains("app/secret.yaml", "once " + RECIPIENT);
    String nobody = "age17zjxjtdtug8rfpdlswecg6y0cqwsjvzcf9q3x7q3pyasprx5zeqqf2c4ud";
    assertThat(shell.signet("recipients", "app", "--of", nobody).succeeded().out())
        .contains("no file that this key opens or once opened");
  }

  @Test
  void aCommitWithAPlainSecretOrAKeyIsRefused() throws Exception {
    git("init", "-q");
    git("add", ".");
    shell.signet("git", "check").succeeded();
    shell.write("plain.yaml", "kind: List\napiVersion: v1\nitems:\n- " + SECRET.indent(2).strip());
    shell.write("key.txt", "# mine\n" + IDENTITY + "\n");
    shell.write("empty.yaml", "apiVersion: v1\nkind: Secret\nmetadata: {name: e}\n");
    git("add", ".");
    Shell.Result refused = shell.signet("git", "check");
    assertThat(refused.out())
        .isEqualTo(
            """
            key.txt:2: a private key
            plain.yaml:1: a Secret in plain: stringData user of db
            plain.yaml:1: a Secret in plain: stringData password of db
            plain.yaml:1: a Secret in plain: stringData port of db
            """);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains("4 secrets are in plain").doesNotContain("value-that-is");
    shell.signet("git", "check", "app").succeeded();
    git("rm", "-q", "--cached", "plain.yaml", "key.txt");
    shell.signet("git", "check").succeeded();
  }

  @Test
  void setupTeachesARepositoryAndKeepsWhatIsThere() throws Exception {
    git("init", "-q");
    shell.write(".gitattributes", "*.png binary");
    shell.signet("git", "setup", "--hook", "app/*.yaml").succeeded();
    shell.signet("git", "setup", "--hook", "app/*.yaml").succeeded();
    assertThat(shell.read(".gitattributes"))
        .isEqualTo("*.png binary\napp/*.yaml diff=signet merge=signet\n");
    assertThat(git("config", "merge.signet.driver")).isEqualTo("signet git merge %O %A %B %P\n");
    assertThat(shell.directory().resolve(".git/hooks/pre-commit")).isExecutable();
    Files.writeString(shell.directory().resolve(".git/hooks/pre-commit"), "#!/bin/sh\n");
    shell.signet("git", "setup", "--hook").failed(1, "pre-commit is there already");
  }

  @Test
  void diffsShowWhichValuesChangedAndNotWhatTheyAre() {
    String first = shell.signet("git", "textconv", "app/secret.yaml").succeeded().out();
    assertThat(first)
        .contains("name: db", "user: hash-", "password: hash-")
        .doesNotContain("admin", "value-that-is", "ENC[", "of the database");
    shell.run("sops", "", "set", "app/secret.yaml", "[\"stringData\"][\"user\"]", "\"root\"");
    List<String> second =
        shell.signet("git", "textconv", "app/secret.yaml").succeeded().out().lines().toList();
    assertThat(first.lines().filter(line -> !second.contains(line)).map(String::strip))
        .singleElement()
        .asString()
        .startsWith("user: hash-");
    assertThat(shell.signet("git", "textconv", "--show-values", "app/secret.yaml").out())
        .isEqualTo(SECRET.replace("admin", "root"));
    shell.set("SOPS_AGE_KEY", SECOND_IDENTITY);
    assertThat(shell.signet("git", "textconv", "app/secret.yaml").succeeded().out())
        .isEqualTo(shell.read("app/secret.yaml"));
  }

  private void three(String place, String value, String otherPlace, String other) {
    String base = shell.read("app/secret.yaml");
    shell.write("base", base);
    shell.run("sops", "", "set", "app/secret.yaml", place, value).succeeded();
    shell.write("ours", shell.read("app/secret.yaml"));
    shell.write("app/secret.yaml", base);
    shell.run("sops", "", "set", "app/secret.yaml", otherPlace, other).succeeded();
    shell.write("theirs", shell.read("app/secret.yaml"));
  }

  @Test
  void changesOfDifferentValuesMerge() {
    three("[\"stringData\"][\"user\"]", "\"root\"", "[\"stringData\"][\"new\"]", "\"value\"");
    shell.signet("git", "merge", "base", "ours", "theirs", "app/secret.yaml").succeeded();
    shell.write("merged.yaml", shell.read("ours"));
    assertThat(shell.run("sops", "", "decrypt", "merged.yaml").succeeded().out())
        .isEqualTo(SECRET.replace("admin", "root") + "    new: value\n");
    String kept =
        shell
            .read("base")
            .lines()
            .filter(line -> line.contains(" password: "))
            .findAny()
            .orElse("");
    assertThat(shell.read("ours")).contains(kept);
  }

  @Test
  void changesOfOneValueConflictAndOursStays() {
    three("[\"stringData\"][\"user\"]", "\"root\"", "[\"stringData\"][\"user\"]", "\"other\"");
    Shell.Result result = shell.signet("git", "merge", "base", "ours", "theirs", "app/secret.yaml");
    result.failed(
        1, "app/secret.yaml: both sides changed [\"stringData\"][\"user\"]; ours was kept");
    shell.write("merged.yaml", shell.read("ours"));
    assertThat(shell.run("sops", "", "decrypt", "merged.yaml").succeeded().out())
        .isEqualTo(SECRET.replace("admin", "root"));
  }

  /** Git starts a program {@code signet} that it finds on the PATH. */
  @Test
  void gitItselfMergesAndComparesByValues() throws Exception {
    Path programs = Files.createDirectories(shell.home().resolve("programs"));
    Path program =
        Files.writeString(
            programs.resolve("signet"),
            "#!/bin/sh\nexec '%s' -XX:TieredStopAtLevel=1 -cp '%s' %s \"$@\"\n"
                .formatted(
                    Path.of(System.getProperty("java.home"), "bin", "java"),
                    System.getProperty("java.class.path"),
                    Main.class.getName()));
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    shell.set("PATH", programs + ":" + System.getenv("PATH"));
    String name = "app/of the database.yaml";
    shell.write(name, shell.read("app/secret.yaml"));
    git("init", "-q", "-b", "main");
    shell.signet("git", "setup", "app/*.yaml").succeeded();
    git("add", ".");
    git("commit", "-q", "-m", "first");
    git("checkout", "-q", "-b", "branch");
    shell.run("sops", "", "set", name, "[\"stringData\"][\"user\"]", "\"root\"").succeeded();
    git("commit", "-q", "-a", "-m", "theirs");
    git("checkout", "-q", "main");
    shell.run("sops", "", "set", name, "[\"stringData\"][\"new\"]", "\"value\"").succeeded();

    assertThat(git("diff"))
        .contains("+    new: hash-")
        .doesNotContain("ENC[", "value-that-is-secret");
    git("commit", "-q", "-a", "-m", "ours");
    git("merge", "-q", "-m", "both", "branch");

    assertThat(git("status", "--porcelain")).isEmpty();
    assertThat(shell.run("sops", "", "decrypt", name).succeeded().out())
        .isEqualTo(SECRET.replace("admin", "root") + "    new: value\n");

    git("checkout", "-q", "branch");
    shell.run("sops", "", "set", name, "[\"stringData\"][\"new\"]", "\"other\"").succeeded();
    git("commit", "-q", "-a", "-m", "theirs again");
    git("checkout", "-q", "main");
    assertThat(git(1, "merge", "-m", "conflict", "branch"))
        .contains(name + ": both sides changed [\"stringData\"][\"new\"]; ours was kept")
        .contains("CONFLICT (content)");
    assertThat(git("diff", "--name-only", "--diff-filter=U")).isEqualTo(name + "\n");
    assertThat(shell.run("sops", "", "decrypt", name).succeeded().out())
        .isEqualTo(SECRET.replace("admin", "root") + "    new: value\n");
  }

  @Test
  void sealedSecretsMergeByTheirItems() {
    String base =
        """
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: db, namespace: production}
        spec:
          encryptedData:
            a: AgA1
        """;
    shell.write("base", base);
    shell.write("ours", base + "    b: AgA2\n");
    shell.write("theirs", "# new\n" + base + "    c: AgA3\n");
    shell.signet("git", "merge", "base", "ours", "theirs", "x.yaml").succeeded();
    assertThat(shell.read("ours")).contains("# new\n", "    b: AgA2\n", "    c: AgA3\n");

    shell.write("base", base);
    shell.write("ours", base.replace("AgA1", "AgA2"));
    shell.write("theirs", "# new\n" + base.replace("AgA1", "AgA3"));
    shell
        .signet("git", "merge", "base", "ours", "theirs", "x.yaml")
        .failed(1, "x.yaml: both sides sealed production/db: a anew; ours was kept");
    assertThat(shell.read("ours")).isEqualTo("# new\n" + base.replace("AgA1", "AgA2"));
    assertThat(shell.signet("git", "textconv", "ours").succeeded().out())
        .contains("a: sealed-")
        .doesNotContain("AgA2");
  }

  @Test
  void filesThatAreNotEncryptedMergeAsGitDoesIt() {
    shell.write("base", "a\nb\nc\nd\ne\n");
    shell.write("ours", "A\nb\nc\nd\ne\n");
    shell.write("theirs", "a\nb\nc\nd\nE\n");
    shell.signet("git", "merge", "base", "ours", "theirs", "x.yaml").succeeded();
    assertThat(shell.read("ours")).isEqualTo("A\nb\nc\nd\nE\n");
  }

  @Test
  void secretsMoveBetweenFormsAndStayTheSame() {
    String encrypted = shell.read("app/secret.yaml");
    assertThat(shell.signet("convert", "app", "--to", "sealed").succeeded().out())
        .contains("not written: dry run, same values");
    assertThat(shell.read("app/secret.yaml")).isEqualTo(encrypted);

    shell.signet("convert", "app", "--to", "sealed", "--write").succeeded();
    String sealed = shell.read("app/secret.yaml");
    assertThat(sealed).contains("kind: SealedSecret").doesNotContain("value-that-is");
    assertThat(shell.signet("convert", "app", "--to", "sealed", "--write").succeeded().out())
        .contains("is so already");
    assertThat(shell.signet("convert", "app", "--to", "sops", "--write").succeeded().out())
        .contains("app/secret.yaml  sealed  sops  written, same values");
    assertThat(shell.read("app/secret.yaml")).contains("ENC[").doesNotContain("SealedSecret");
    shell.signet("convert", "app", "--to", "plain", "--write").succeeded();
    assertThat(shell.read("app/secret.yaml")).contains("dmFsdWUtdGhhdC1pcy1zZWNyZXQ=");

    shell.write("other.pem", Shell.resource("kubeseal/files/cert4096.pem"));
    assertThat(
            shell
                .signet("convert", "app", "--to", "sealed", "--cert", "other.pem", "--write")
                .succeeded()
                .out())
        .contains("not written: cannot be opened here");
    assertThat(shell.read("app/secret.yaml")).doesNotContain("SealedSecret");
  }

  @Test
  void valuesMoveIntoAStoreAndBack() throws Exception {
    Files.createDirectories(shell.directory().resolve("values"));
    shell.write(
        "stores/files.yaml",
        """
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: files, namespace: production}
        spec: {provider: {file: {path: values}}}
        """);
    String encrypted = shell.read("app/secret.yaml");
    List<String> external =
        List.of(
            "convert",
            "app",
            "--to",
            "external",
            "--store",
            "files",
            "--stores",
            "stores",
            "--key",
            "{namespace}-{name}-{key}");
    List<String> writing = new ArrayList<>(external);
    writing.add("--write");
    assertThat(shell.signet(external.toArray(String[]::new)).succeeded().out())
        .contains("not written: dry run, not in the store yet");
    assertThat(shell.directory().resolve("values")).isEmptyDirectory();
    assertThat(shell.read("app/secret.yaml")).isEqualTo(encrypted);

    assertThat(shell.signet(writing.toArray(String[]::new)).succeeded().out())
        .contains("app/secret.yaml  sops  external  written, same values");
    assertThat(shell.read("app/secret.yaml"))
        .contains("kind: ExternalSecret", "key: production-db-password")
        .doesNotContain("value-that-is", "ENC[");
    assertThat(shell.read("values/production-db-password")).isEqualTo("value-that-is-secret");
    shell.signet("apply", "-f", "app", "-f", "stores").succeeded();
    assertThat(shell.signet("get", "secret", "production/db", "--reveal", "password").out())
        .isEqualTo("value-that-is-secret");

    assertThat(
            shell
                .signet("convert", "app", "--to", "sops", "--stores", "stores", "--write")
                .succeeded()
                .out())
        .contains("app/secret.yaml  external  sops  written, same values");
    assertThat(shell.read("app/secret.yaml")).contains("kind: Secret", "ENC[");

    shell.write("values/production-db-password", "another");
    String before = shell.read("app/secret.yaml");
    Shell.Result other = shell.signet(writing.toArray(String[]::new));
    assertThat(other.code()).isEqualTo(1);
    assertThat(other.err()).contains("does not hold the same values");
    assertThat(shell.read("app/secret.yaml")).isEqualTo(before);
    assertThat(shell.read("values/production-db-password")).isEqualTo("another");
    assertThat(shell.signet("convert", "app", "--to", "external").code()).isEqualTo(2);
  }

  @Test
  void aFileThatCannotBeOpenedIsNotConverted() {
    shell.set("SOPS_AGE_KEY", SECOND_IDENTITY);
    String before = shell.read("app/secret.yaml");
    Shell.Result result = shell.signet("convert", "app", "--to", "plain", "--write");
    assertThat(result.code()).isEqualTo(1);
    assertThat(result.out()).contains("app/secret.yaml", "failed");
    assertThat(shell.read("app/secret.yaml")).isEqualTo(before);
  }
}
