package dev.signet.cli.sops;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeFile;
import dev.signet.core.age.HybridIdentity;
import dev.signet.core.age.PassphraseRecipient;
import dev.signet.testkit.Needs;
import dev.signet.testkit.cluster.Eventually;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys of all the kinds that age knows, key groups, and what else changes who can read. */
class SopsKeysTest {

  private static final String IDENTITY =
      "AGE-SECRET-KEY-1T2W9HQVYYU4DFWNZ862X3MKU8U9FL06EEZHWCDGMHHKV3TU98MQS9NMM9T";
  private static final String RECIPIENT =
      "age12ulzhlzus3g93vt7pgeue9r27q9grsw96z59m3jfgxyyefwkv3rsjyne45";
  private static final String SECOND_IDENTITY =
      "AGE-SECRET-KEY-1WUPAVHYJ6ZVL0MZN2JGP6CK86CYJZ0H2W82RS2P64GSMPR9L55CQMU7897";
  private static final String SECOND =
      "age1pncmlnqd8dlykj2fq3v6vpq3yel0wfgy9mjldj7l4emsv3l6vd0q2eh3wq";
  private static final String PLUGIN_RECIPIENT = "age1plain1qypqxr5n4ac";

  @TempDir Path folder;

  private SopsHarness sops;

  @BeforeEach
  void aPlainFile() {
    sops = new SopsHarness(folder);
    sops.file("f.yaml", "a: b\n");
  }

  private static SopsHarness.Result ok(SopsHarness.Result result) {
    assertThat(result.exit()).as(result.err()).isZero();
    return result;
  }

  private Path sshKey(String type, Path file) throws Exception {
    String keygen = Needs.command("ssh-keygen", "apt-get install openssh-client").toString();
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Process process =
        new ProcessBuilder(keygen, "-q", "-t", type, "-N", "", "-C", "x", "-f", file.toString())
            .inheritIO()
            .start();
    assertThat(process.waitFor()).isZero();
    return file;
  }

  @ParameterizedTest
  @CsvSource({
    "ed25519, SOPS_AGE_SSH_PRIVATE_KEY_FILE",
    "rsa, SOPS_AGE_SSH_PRIVATE_KEY_FILE",
    "ed25519, SOPS_AGE_SSH_PRIVATE_KEY_CMD",
    "ed25519, home",
    "rsa, home"
  })
  void keysOfSshOpenWhatIsForThem(String type, String where) throws Exception {
    Path key =
        sshKey(
            type,
            where.equals("home")
                ? folder.resolve("home/.ssh/id_" + type)
                : folder.resolve("elsewhere"));
    String recipient = Files.readString(Path.of(key + ".pub")).strip();
    ok(sops.run("encrypt", "--age", recipient, "-i", "f.yaml"));
    assertThat(sops.read("f.yaml")).contains("recipient: " + recipient);
    if (where.endsWith("_FILE")) {
      sops.variable(where, key.toString());
    } else if (where.endsWith("_CMD")) {
      sops.variable(where, "cat " + key);
    }
    assertThat(ok(sops.run("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");

    assertThat(ok(sops.upstream("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");
  }

  @Test
  void postQuantumKeysWorkInBothPrograms() throws Exception {
    HybridIdentity key = HybridIdentity.generate(new SecureRandom());
    try (SecretBytes text = key.text()) {
      sops.variable(
          "SOPS_AGE_KEY", text.with(bytes -> new String(bytes, StandardCharsets.US_ASCII)));
    }
    String recipient = key.recipient().toString();
    ok(sops.run("encrypt", "--age", recipient, "-i", "f.yaml"));
    assertThat(ok(sops.run("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");
    assertThat(ok(sops.upstream("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");
    sops.file("g.yaml", "c: d\n");
    ok(sops.upstream("encrypt", "--age", recipient, "-i", "g.yaml"));
    assertThat(ok(sops.run("decrypt", "g.yaml")).out()).isEqualTo("c: d\n");
  }

  /** The file key travels as it is: the program shows that the protocol is kept. */
  private void installPlugin() throws IOException {
    Path program = folder.resolve("bin/age-plugin-plain");
    Files.createDirectories(folder.resolve("bin"));
    Files.writeString(
        program,
        """
        #!/bin/sh
        body=
        while read -r line; do
          case $line in
            "-> wrap-file-key") read -r body ;;
            "-> recipient-stanza 0 plain"*) read -r body ;;
            "-> done") read -r _; break ;;
          esac
        done
        case $1 in
          --age-plugin=recipient-v1) printf -- '-> recipient-stanza 0 plain\\n%s\\n' "$body" ;;
          --age-plugin=identity-v1) printf -- '-> file-key 0\\n%s\\n' "$body" ;;
        esac
        read -r _ && read -r _
        printf -- '-> done\\n\\n'
        """);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    sops.variable("PATH", folder.resolve("bin") + ":" + sops.environment().get("PATH"));
  }

  @Test
  void aPluginIsStartedForItsKeysHereAsByUpstream() throws Exception {
    installPlugin();
    ok(sops.run("encrypt", "--age", PLUGIN_RECIPIENT, "-i", "f.yaml"));
    sops.variable("SOPS_AGE_KEY", "AGE-PLUGIN-PLAIN-1QYPQXYZN72D");
    assertThat(ok(sops.run("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");
    assertThat(ok(sops.upstream("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");
  }

  @Test
  void aPluginThatIsNotThereIsNamed() {
    SopsHarness.Result result = sops.run("encrypt", "--age", PLUGIN_RECIPIENT, "-i", "f.yaml");
    assertThat(result.exit()).isEqualTo(1);
    assertThat(result.err()).contains("age-plugin-plain is not in any folder of PATH");
    assertThat(sops.read("f.yaml")).isEqualTo("a: b\n");
  }

  @Test
  void anIdentityFileWithAPassphraseSaysThatNobodyCanBeAsked() throws Exception {
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    byte[] locked;
    try (SecretBytes key = SecretBytes.wrap(IDENTITY.getBytes(StandardCharsets.US_ASCII));
        SecretBytes word = SecretBytes.wrap(new byte[] {'x'})) {
      locked =
          AgeFile.seal(
              key,
              List.of(new PassphraseRecipient(word, 4)),
              AgeFile.Form.ARMORED,
              new SecureRandom());
    }
    sops.file("key.age", locked).variable("SOPS_AGE_KEY_FILE", sops.path("key.age").toString());
    SopsHarness.Result result = sops.run("decrypt", "f.yaml");
    assertThat(result.exit()).isEqualTo(128);
    assertThat(result.err().replaceAll("[\\s|]+", " "))
        .contains("there is no terminal to ask for a passphrase on");
  }

  @Test
  void groupsAreAddedAndTakenAway() {
    sops.variable("SOPS_AGE_KEY", IDENTITY + " " + SECOND_IDENTITY);
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    SopsHarness.Result shown = ok(sops.run("groups", "add", "-f", "f.yaml", "--age", SECOND));
    assertThat(shown.out()).contains("key_groups:");
    assertThat(sops.read("f.yaml")).doesNotContain("key_groups:");

    ok(sops.run("groups", "add", "-i", "-f", "f.yaml", "--age", SECOND));
    assertThat(sops.read("f.yaml")).contains("key_groups:").contains("shamir_threshold: 2");
    assertThat(ok(sops.run("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    assertThat(sops.run("decrypt", "f.yaml").exit()).isEqualTo(128);

    sops.variable("SOPS_AGE_KEY", IDENTITY + " " + SECOND_IDENTITY);
    SopsHarness.Result refused = sops.run("groups", "delete", "-i", "-f", "f.yaml", "0");
    assertThat(refused.exit()).isEqualTo(1);
    assertThat(refused.err()).contains("will make the Shamir threshold impossible to satisfy");
    ok(
        sops.run(
            "groups",
            "delete",
            "-i",
            "-f",
            "f.yaml",
            "--shamir-secret-sharing-threshold",
            "1",
            "0"));
    sops.variable("SOPS_AGE_KEY", SECOND_IDENTITY);
    assertThat(ok(sops.run("decrypt", "f.yaml")).out()).isEqualTo("a: b\n");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          groups                             | which one: groups add, groups delete?
          groups delete -f f.yaml 7          | there is no group 7: the file has 1, counted from 0
          groups delete -f f.yaml            | exactly one positional argument (index) required
          groups add -f f.yaml               | the group has no key
          groups add                         | the group has no key
          publish f.yaml                     | config file not found
          keyservice --network udp           | there is no network udp: use tcp or unix
          exec-env --background --same-process f.yaml true | cannot be used with --background
          exec-env --user nobody-of-that-name f.yaml true  | unknown user nobody-of-that-name
          """)
  void whatCannotBeDoneIsSaid(String arguments, String why) {
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    String before = sops.read("f.yaml");
    SopsHarness.Result result = sops.run(arguments.split(" "));
    assertThat(result.exit()).isNotZero();
    assertThat(result.err()).contains(why);
    assertThat(sops.read("f.yaml")).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bash", "zsh"})
  void completionKnowsCommandsAndFlags(String shell) throws Exception {
    String script = ok(sops.run("completion", shell)).out();
    Path bash = Needs.command("bash", "apt-get install bash");
    Files.writeString(
        folder.resolve("try.sh"),
        script.replace("autoload -U +X bashcompinit && bashcompinit", "")
            + """
            COMP_WORDS=(sops upd); COMP_CWORD=1; _sops; echo "${COMPREPLY[@]}"
            COMP_WORDS=(sops groups de); COMP_CWORD=2; _sops; echo "${COMPREPLY[@]}"
            COMP_WORDS=(sops decrypt --ext); COMP_CWORD=2; _sops; echo "${COMPREPLY[@]}"
            COMP_WORDS=(sops decrypt f.y); COMP_CWORD=2; _sops; echo "${COMPREPLY[@]}"
            """);
    Process process =
        new ProcessBuilder(bash.toString(), "try.sh")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(out.lines().map(String::strip))
        .containsExactly("updatekeys", "delete", "--extract", "f.yaml");
  }

  @Test
  void aCommandInTheBackgroundHasTheVariables() {
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    ok(sops.run("exec-env", "--background", "f.yaml", "echo $a >done.new; mv done.new done"));
    Eventually.holds(
        Duration.ofSeconds(60), "what it wrote", () -> Files.exists(sops.path("done")));
    assertThat(sops.read("done")).isEqualTo("b\n");
  }

  /** The file and the folder it is in are that user's, too. */
  @Test
  void aCommandRunsAsAnotherUser() throws Exception {
    Needs.command("setpriv", "apt-get install util-linux");
    assumeTrue("root".equals(System.getProperty("user.name")), "only root becomes another user");
    sops.variable("SOPS_AGE_KEY", IDENTITY);
    ok(sops.run("encrypt", "--age", RECIPIENT, "-i", "f.yaml"));
    Path result = sops.path("result");
    Files.writeString(result, "");
    Files.setPosixFilePermissions(result, PosixFilePermissions.fromString("rw-rw-rw-"));
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
    ok(sops.run("exec-env", "--user", "nobody", "f.yaml", "echo $(id -un) $USER $a >" + result));
    assertThat(sops.read("result")).isEqualTo("nobody nobody b\n");
    for (String[] flags : new String[][] {{}, {"--no-fifo"}}) {
      List<String> arguments = new ArrayList<>(List.of("exec-file", "--user", "nobody"));
      arguments.addAll(List.of(flags));
      arguments.addAll(List.of("f.yaml", "{ id -un; cat {}; } >" + result));
      ok(sops.run(arguments));
      assertThat(sops.read("result")).isEqualTo("nobody\na: b\n");
    }
  }
}
