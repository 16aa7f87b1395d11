package dev.signet.cli.sops;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands that change files, or hand what is in them to others. */
class SopsProgramTest {

  private static final String IDENTITY =
      "AGE-SECRET-KEY-1T2W9HQVYYU4DFWNZ862X3MKU8U9FL06EEZHWCDGMHHKV3TU98MQS9NMM9T";
  private static final String RECIPIENT =
      "age12ulzhlzus3g93vt7pgeue9r27q9grsw96z59m3jfgxyyefwkv3rsjyne45";
  private static final String SECOND_IDENTITY =
      "AGE-SECRET-KEY-1WUPAVHYJ6ZVL0MZN2JGP6CK86CYJZ0H2W82RS2P64GSMPR9L55CQMU7897";
  private static final String SECOND =
      "age1pncmlnqd8dlykj2fq3v6vpq3yel0wfgy9mjldj7l4emsv3l6vd0q2eh3wq";

  private static final String PLAIN =
      """
      # who
      user: admin
      port: 5432
      list:
          - one
          - two
      """;

  @TempDir Path folder;

  private SopsHarness sops;

  @BeforeEach
  void anEncryptedFile() {
    sops = new SopsHarness(folder).variable("SOPS_AGE_KEY", IDENTITY);
    sops.file("f.yaml", PLAIN);
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    assertThat(sops.read("f.yaml")).contains("ENC[").doesNotContain("admin");
  }

  private static SopsHarness.Result ok(SopsHarness.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
    return result;
  }

  private String decrypted() {
    return ok(sops.run("decrypt", "f.yaml")).out();
  }

  private static String line(String text, String start) {
    return text.lines().filter(each -> each.strip().startsWith(start)).findFirst().orElseThrow();
  }

  @Test
  void setChangesOneLineAndTheMac() {
    String before = sops.read("f.yaml");
    ok(sops.run("set", "f.yaml", "[\"user\"]", "\"root\""));
    String after = sops.read("f.yaml");
    assertThat(decrypted()).isEqualTo(PLAIN.replace("admin", "root"));
    List<String> unchanged = before.lines().filter(each -> after.contains(each)).toList();
    assertThat(before.lines().filter(each -> !unchanged.contains(each)).map(String::strip))
        .allMatch(each -> each.startsWith("user:") || each.startsWith("mac:"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ["list"][1]       | "TWO"            | ["list"][1]      | TWO
          ["new"]["deep"]   | true             | ["new"]["deep"]  | true
          ["user"]          | {"a":1}          | ["user"]["a"]    | 1
          ["port"]          | 7                | ["port"]         | 7
          ["nothing"]       | null             | ["nothing"]      | null
          """)
  void setPutsJsonAnywhere(String place, String json, String asked, String printed) {
    ok(sops.run("set", "f.yaml", place, json));
    assertThat(ok(sops.run("decrypt", "--extract", asked, "f.yaml")).out().strip())
        .isEqualTo(printed);
  }

  @Test
  void setReadsItsValueFromAFileOrStandardInput() {
    sops.file("value", "\"from a file\"");
    ok(sops.run("set", "--value-file", "f.yaml", "[\"user\"]", "value"));
    assertThat(decrypted()).contains("user: from a file\n");
    sops.input("\"from standard input\"");
    ok(sops.run("set", "--value-stdin", "f.yaml", "[\"user\"]"));
    assertThat(decrypted()).contains("user: from standard input\n");
  }

  @Test
  void setOfTheSameValueWritesNothingWhenIdempotent() {
    String before = sops.read("f.yaml");
    ok(sops.run("set", "--idempotent", "f.yaml", "[\"user\"]", "\"admin\""));
    assertThat(sops.read("f.yaml")).isEqualTo(before);
  }

  @Test
  void unsetRemovesAKeyAndSaysWhenItIsNotThere() {
    ok(sops.run("unset", "f.yaml", "[\"port\"]"));
    assertThat(decrypted()).doesNotContain("port");
    SopsHarness.Result again = sops.run("unset", "f.yaml", "[\"port\"]");
    assertThat(again.exit()).isEqualTo(1);
    assertThat(again.err()).isEqualTo("Key not found: port\n");
    ok(sops.run("unset", "--idempotent", "f.yaml", "[\"port\"]"));
  }

  @Test
  void rotateTakesANewDataKeyAndChangesReaders() {
    String before = line(sops.read("f.yaml"), "user:");
    ok(sops.run("rotate", "-i", "--add-age", SECOND, "--rm-age", RECIPIENT, "f.yaml"));
    assertThat(line(sops.read("f.yaml"), "user:")).isNotEqualTo(before);
    assertThat(sops.run("decrypt", "f.yaml").exit()).isEqualTo(128);
    sops.variable("SOPS_AGE_KEY", SECOND_IDENTITY);
    assertThat(decrypted()).isEqualTo(PLAIN);
  }

  @Test
  void updatekeysFollowsTheConfigurationAndKeepsTheValues() {
    String before = line(sops.read("f.yaml"), "user:");
    sops.file(".sops.yaml", "creation_rules:\n  - age: " + RECIPIENT + "," + SECOND + "\n");
    SopsHarness.Result result = ok(sops.run("updatekeys", "-y", "f.yaml"));
    assertThat(result.out())
        .isEqualTo(
            """
            The following changes will be made to the file's groups:
            Group 1
                %s
            +++ %s
            """
                .formatted(RECIPIENT, SECOND));
    assertThat(line(sops.read("f.yaml"), "user:")).isEqualTo(before);
    sops.variable("SOPS_AGE_KEY", SECOND_IDENTITY);
    assertThat(decrypted()).isEqualTo(PLAIN);
    assertThat(ok(sops.run("updatekeys", "-y", "f.yaml")).err()).contains("already up to date");
  }

  @Test
  void updatekeysAsks() {
    sops.file(".sops.yaml", "creation_rules:\n  - age: " + SECOND + "\n");
    String before = sops.read("f.yaml");
    sops.input("what\nn\n");
    assertThat(ok(sops.run("updatekeys", "f.yaml")).err()).contains("left unchanged");
    assertThat(sops.read("f.yaml")).isEqualTo(before);
  }

  private void editor(String script) throws IOException {
    sops.file("editor.sh", "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(
        sops.path("editor.sh"), PosixFilePermissions.fromString("rwx------"));
    sops.variable("SOPS_EDITOR", sops.path("editor.sh").toString());
  }

  @Test
  void editGivesTheEditorAPrivateFileAndRemovesIt() throws IOException {
    editor("ls -ld \"$(dirname \"$1\")\" > seen; echo \"$1\" >> seen; sed -i s/admin/root/ \"$1\"");
    ok(sops.run("f.yaml"));
    assertThat(decrypted()).isEqualTo(PLAIN.replace("admin", "root"));
    List<String> seen = sops.read("seen").lines().toList();
    assertThat(seen.getFirst()).startsWith("drwx------");
    assertThat(Path.of(seen.getLast()).getFileName()).hasToString("f.yaml");
    assertThat(Path.of(seen.getLast()).getParent()).doesNotExist();
  }

  @Test
  void editWithoutAChangeIsToldApart() throws IOException {
    editor("true");
    String before = sops.read("f.yaml");
    SopsHarness.Result result = sops.run("edit", "f.yaml");
    assertThat(result.exit()).isEqualTo(200);
    assertThat(result.err()).isEqualTo("File has not changed, exiting.\n");
    assertThat(sops.read("f.yaml")).isEqualTo(before);
  }

  @Test
  void editGoesBackToTheEditorUntilTheTextIsGood() throws IOException {
    editor(
        "if [ -e tried ]; then echo 'user: fine' > \"$1\"; else touch tried; echo 'a: [' > \"$1\";"
            + " fi");
    sops.input("\n");
    SopsHarness.Result result = ok(sops.run("edit", "f.yaml"));
    assertThat(result.err()).contains("Press enter to return to the editor");
    assertThat(decrypted()).isEqualTo("user: fine\n");
  }

  @Test
  void editRefusesTextThatLooksEncrypted() throws IOException {
    editor("echo 'sops: 1' > \"$1\"");
    String before = sops.read("f.yaml");
    assertThat(sops.run("edit", "f.yaml").exit()).isNotZero();
    assertThat(sops.read("f.yaml")).isEqualTo(before);
  }

  @Test
  void editOfANewFileStartsWithAnExample() throws IOException {
    editor("sed -i 's/^hello:.*/hello: world/' \"$1\"");
    ok(sops.run("edit", "--age", RECIPIENT, "new.yaml"));
    assertThat(ok(sops.run("decrypt", "new.yaml")).out())
        .startsWith("hello: world\nexample_key: example_value\n# Example comment\n");
  }

  @Test
  void editShowsTheMasterKeysWhenAsked() throws IOException {
    editor("cp \"$1\" shown; sed -i s/admin/root/ \"$1\"");
    ok(sops.run("edit", "-s", "f.yaml"));
    assertThat(sops.read("shown")).contains("user: admin", "recipient: " + RECIPIENT);
    assertThat(decrypted()).isEqualTo(PLAIN.replace("admin", "root"));
  }

  @Test
  void filestatusTellsEncryptedFilesFromOthers() {
    sops.file("plain.yaml", PLAIN);
    assertThat(ok(sops.run("filestatus", "f.yaml")).out()).isEqualTo("{\"encrypted\":true}\n");
    assertThat(ok(sops.run("filestatus", "plain.yaml")).out()).isEqualTo("{\"encrypted\":false}\n");
  }

  @Test
  void execEnvGivesVariablesAndTheExitCode() {
    sops.file("e.env", "GREETING=hello world\n");
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "e.env"));
    ok(sops.run("exec-env", "e.env", "printf %s \"$GREETING\" > out"));
    assertThat(sops.read("out")).isEqualTo("hello world");
    assertThat(sops.run("exec-env", "e.env", "exit 7").exit()).isEqualTo(7);
    SopsHarness.Result nested = sops.run("exec-env", "f.yaml", "true");
    assertThat(nested.exit()).isEqualTo(1);
    assertThat(nested.err())
        .isEqualTo("cannot use complex value in environment; offending key list\n");
  }

  @Test
  void execEnvGivesNothingElseWhenPristine() {
    sops.file("e.env", "GREETING=hello\n");
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "e.env"));
    ok(sops.run("exec-env", "--pristine", "e.env", "echo \"$GREETING|$SOPS_AGE_KEY\" > out"));
    assertThat(sops.read("out")).isEqualTo("hello|\n");
  }

  @ParameterizedTest
  @CsvSource({"'',true", "--no-fifo,false"})
  void execFileGivesAPipeOrAFileThatIsGoneAfterwards(String flag, boolean pipe) {
    String command = "ls -l {} > kind; cat {} > out; echo {} > name";
    ok(
        flag.isEmpty()
            ? sops.run("exec-file", "f.yaml", command)
            : sops.run("exec-file", flag, "f.yaml", command));
    assertThat(sops.read("out")).isEqualTo(PLAIN);
    assertThat(sops.read("kind")).startsWith((pipe ? "p" : "-") + "rw-------");
    assertThat(Path.of(sops.read("name").strip()).getParent()).doesNotExist();
  }

  @Test
  void execFileEndsWhenNobodyReadsThePipe() {
    ok(sops.run("exec-file", "f.yaml", "true"));
  }

  @Test
  void oldFlagsDoTheSame() {
    assertThat(ok(sops.run("-d", "f.yaml")).out()).isEqualTo(PLAIN);
    ok(sops.run("--set", "[\"user\"] \"root\"", "f.yaml"));
    assertThat(ok(sops.run("--decrypt", "--extract", "[\"user\"]", "f.yaml")).out())
        .isEqualTo("root");
    sops.file("g.json", "{\"a\": 1}");
    ok(sops.run("-e", "-i", "-a", RECIPIENT, "g.json"));
    ok(sops.run("-r", "-i", "g.json"));
    assertThat(ok(sops.run("-d", "--output-type", "yaml", "g.json")).out()).isEqualTo("a: 1\n");
  }

  @Test
  void standardInputNeedsANameToBeEncrypted() {
    sops.input("a: b\n");
    assertThat(sops.run("encrypt", "--age", RECIPIENT).exit()).isEqualTo(8);
    SopsHarness.Result result =
        ok(sops.run("encrypt", "--age", RECIPIENT, "--filename-override", "x.yaml"));
    sops.input(result.out());
    assertThat(ok(sops.run("decrypt", "--input-type", "yaml", "--output-type", "yaml")).out())
        .isEqualTo("a: b\n");
  }

  @Test
  void recipientsComeFromTheEnvironmentToo() {
    sops.variable("SOPS_AGE_RECIPIENTS", SECOND).file("g.yaml", "a: b\n");
    assertThat(ok(sops.run("encrypt", "g.yaml")).out()).contains("recipient: " + SECOND);
  }

  @Test
  void theFirstFittingRuleCounts() {
    sops.file(
        ".sops.yaml",
        """
        creation_rules:
          - path_regex: ^prod\\.yaml$
            age: %s
          - path_regex: \\.yaml$
            key_groups:
              - merge:
                  - age: [%s]
                age: [%s]
            encrypted_regex: ^b$
        """
            .formatted(SECOND, RECIPIENT, RECIPIENT));
    sops.file("prod.yaml", "a: 1\n").file("test.yaml", "a: 1\nb: 2\n").file("x.json", "{}");
    assertThat(ok(sops.run("encrypt", "prod.yaml")).out())
        .contains(SECOND)
        .doesNotContain(RECIPIENT);
    assertThat(ok(sops.run("encrypt", "test.yaml")).out())
        .startsWith("a: 1\nb: ENC[")
        .containsOnlyOnce(RECIPIENT);
    SopsHarness.Result none = sops.run("encrypt", "x.json");
    assertThat(none.exit()).isEqualTo(1);
    assertThat(none.err()).isEqualTo("error loading config: no matching creation rules found\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          100 | decrypt nofile.yaml
          100 | ''
          100 | -d
          8   | decrypt -i
          8   | decrypt -i --output x f.yaml
          91  | decrypt --extract zz f.yaml
          112 | decrypt --decryption-order age,age f.yaml
          1   | decrypt --no-such-flag f.yaml
          1   | encrypt f2.yaml
          7   | set f.yaml zz 1
          7   | set f.yaml ["a"] {
          7   | set f.yaml ["a"] [1]
          100 | set f.yaml
          100 | rotate
          49  | rotate --add-age age1pncmlnqd8dlykj2fq3v6vpq3yel0wfgy9mjldj7l4emsv3l6vd0q2eh3wq no.yaml
          203 | encrypt --age age1pncmlnqd8dlykj2fq3v6vpq3yel0wfgy9mjldj7l4emsv3l6vd0q2eh3wq f.yaml
          1   | encrypt --age age1nonsense f2.yaml
          1   | exec-env f.yaml
          1   | updatekeys f.yaml
          """)
  void mistakesHaveUpstreamsExitCodesAndWriteNothing(int code, String line) {
    sops.file("f2.yaml", "a: 1\n");
    Map<String, String> before = sops.files();
    List<String> arguments = Stream.of(line.split(" ")).filter(each -> !each.isEmpty()).toList();
    SopsHarness.Result result = sops.run(arguments);
    assertThat(result.exit()).as(result.err()).isEqualTo(code);
    assertThat(result.err()).isNotEmpty();
    assertThat(result.out()).isEmpty();
    assertThat(sops.files()).isEqualTo(before);
  }

  @Test
  void messagesDoNotQuoteValues() {
    String text = sops.read("f.yaml").replaceFirst("user: ENC\\[.*", "user: hunter2");
    sops.file("f.yaml", text);
    SopsHarness.Result result = sops.run("decrypt", "f.yaml");
    assertThat(result.exit()).isEqualTo(25);
    assertThat(result.err()).doesNotContain("hunter2").contains("does not match sops' data format");
  }

  @Test
  void aFileKeepsItsModeWhenItIsReplaced() throws IOException {
    Files.setPosixFilePermissions(
        sops.path("f.yaml"), PosixFilePermissions.fromString("rw-r-----"));
    ok(sops.run("set", "f.yaml", "[\"user\"]", "\"root\""));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(sops.path("f.yaml"))))
        .isEqualTo("rw-r-----");
  }
}
