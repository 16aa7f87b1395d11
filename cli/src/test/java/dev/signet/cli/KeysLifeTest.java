package dev.signet.cli;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.age.X25519Identity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sealing keys of a project from the first to the last day. */
class KeysLifeTest {

  private static final String OLD = "sealed-secrets-keytest1";

  /** After the test key's certificate begins, so that a new key is newer. */
  private static final Instant LATER = Instant.parse("2028-01-01T00:00:00Z");

  @TempDir Path folder;

  private final X25519Identity identity = X25519Identity.generate(new SecureRandom());
  private Shell shell;

  @BeforeEach
  void begin() {
    shell = new Shell(folder).withKey().at(LATER);
    withIdentity(shell, identity);
    shell.write(
        "sealed/db.yaml", shell.run("signet", SealAndUnsealTest.SECRET, "seal").succeeded().out());
  }

  private static void withIdentity(Shell shell, X25519Identity identity) {
    shell.write(
        "identity.txt",
        "# for tests\n" + identity.text().with(bytes -> new String(bytes, US_ASCII)) + "\n");
  }

  private String recipient() {
    return identity.recipient().toString();
  }

  private String rotate() {
    return shell.signet("keys", "rotate", "--key-size", "2048").succeeded().out().strip();
  }

  @Test
  void theListSaysWhatIsSealedWithEachKey() {
    shell.signet("apply", "-f", "sealed").succeeded();
    String young = rotate();

    String list = shell.signet("keys", "list").succeeded().out();
    assertThat(list.lines().toList().get(1)).startsWith(young).contains(" yes ").contains(" 0 ");
    assertThat(list.lines().toList().get(2)).startsWith(OLD).contains("needed").contains("none");
    assertThat(list)
        .contains("looked at 1 SealedSecrets with ")
        .contains(" items: 1 sealed with an older key, 0 that no key here opens");
    assertThat(shell.signet("keys", "list", "-o", "json").succeeded().out())
        .contains("\"mayRetire\": false")
        .contains("\"state\": \"active\"");
    assertThat(shell.signet("keys", "list", "--no-count").succeeded().out())
        .doesNotContain("OBJECTS");
  }

  @Test
  void aKeyThatIsNeededIsNotRetired() {
    String young = rotate();
    Shell.Result refused = shell.signet("keys", "retire", OLD, "-f", "sealed");
    refused.failed(1, OLD + " is still needed: ");
    assertThat(refused.out()).startsWith("needs it: SealedSecret ");
    shell
        .signet("keys", "retire", young)
        .failed(1, young + " is still needed: it is the one that seals");
    shell.signet("keys", "retire", "nobody").failed(1, "there is no key nobody");
    shell.signet("keys", "retire").failed(2, "which key?");

    assertThat(shell.signet("keys", "retire", OLD, "-f", "sealed", "--force").succeeded().out())
        .isEqualTo(OLD + "\n");
    assertThat(shell.signet("keys", "list").succeeded().out()).contains("compromised");
    shell.run("signet", shell.read("sealed/db.yaml"), "unseal").failed(1, "no key could decrypt");
    assertThat(shell.signet("keys", "retire", OLD).succeeded().err())
        .contains(OLD + " is compromised already");
  }

  @Test
  void aKeyThatNothingNeedsIsRetired() {
    rotate();
    shell.signet("keys", "retire", OLD).succeeded();
    assertThat(shell.signet("keys", "list").succeeded().out()).contains("retired");
  }

  @Test
  void aDrillProvesABackupOrSaysWhatItLacks() {
    shell.signet("keys", "export", "-w", "old.yaml").succeeded();
    rotate();
    shell.write(
        "sealed/young.yaml",
        shell
            .run("signet", SealAndUnsealTest.SECRET.replace("name: ", "name: x"), "seal")
            .succeeded()
            .out());
    Shell.Result drill = shell.signet("keys", "drill", "-f", "sealed", "--backup", "old.yaml");
    assertThat(drill.code()).isEqualTo(ExitCode.NOT_DELIVERED);
    assertThat(drill.out())
        .contains("sealed with sealed-secrets-key")
        .contains(", which is not in the backup")
        .contains("failed: ")
        .contains(" in 2 SealedSecrets open with the 1 key of the backup");

    shell.signet("keys", "export", "-w", "all.yaml", "--escrow-recipient", recipient()).succeeded();
    assertThat(shell.read("all.yaml")).startsWith("-----BEGIN AGE ENCRYPTED FILE-----");
    shell
        .signet("keys", "drill", "-f", "sealed", "--backup", "all.yaml")
        .failed(1, "all.yaml: none of the identities is a recipient of the age file");
    assertThat(
            shell
                .signet(
                    "keys",
                    "drill",
                    "-f",
                    "sealed",
                    "--backup",
                    "all.yaml",
                    "--identity",
                    "identity.txt",
                    "-o",
                    "json")
                .succeeded()
                .out())
        .contains("\"passed\": true");
    shell.signet("keys", "drill").failed(2, "which backup?");
  }

  private List<Path> copies(String name) throws IOException {
    try (Stream<Path> files = Files.list(shell.directory().resolve(name))) {
      return files.sorted().toList();
    }
  }

  @Test
  void aCopyInAFolderBringsTheKeyBack() throws IOException {
    String[] escrow = {
      "keys",
      "escrow",
      "--escrow-recipient",
      recipient(),
      "--escrow-folder",
      "escrow",
      "--identity",
      "identity.txt"
    };
    Shell.Result missing = shell.signet(escrow);
    missing.failed(3, OLD + " has no verified copy: folder: there is no folder ");
    Files.createDirectory(shell.directory().resolve("escrow"));
    assertThat(shell.signet(escrow).succeeded().err()).isEqualTo(OLD + " has a verified copy\n");

    assertThat(copies("escrow")).hasSize(1);
    Path copy = copies("escrow").getFirst();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
        .isEqualTo("rw-------");
    byte[] before = Files.readAllBytes(copy);
    shell.signet(escrow).succeeded();
    assertThat(Files.readAllBytes(copy)).isEqualTo(before);
    assertThat(shell.signet("keys", "list").succeeded().out()).contains("folder");

    Files.writeString(copy, "damaged");
    shell.signet(escrow).succeeded();
    assertThat(Files.readString(copy)).startsWith("-----BEGIN AGE ENCRYPTED FILE-----");

    Shell other = new Shell(folder.resolve("other"));
    other.write("escrow/" + copy.getFileName(), Files.readString(copy));
    withIdentity(other, identity);
    assertThat(
            other
                .signet("keys", "restore", "--backup", "escrow", "--identity", "identity.txt")
                .succeeded()
                .out())
        .isEqualTo(OLD + "\n");
    assertThat(other.run("signet", shell.read("sealed/db.yaml"), "unseal").succeeded().out())
        .contains("czNjcjN0");
    assertThat(
            other
                .signet("keys", "restore", "--backup", "escrow", "--identity", "identity.txt")
                .succeeded()
                .err())
        .contains(OLD + " is there already")
        .contains("0 of 1 keys were added");
  }

  @Test
  void aNewKeyIsCopiedAsItIsMade() throws IOException {
    Files.createDirectory(shell.directory().resolve("escrow"));
    shell
        .signet(
            "keys",
            "rotate",
            "--key-size",
            "2048",
            "--escrow-recipient",
            recipient(),
            "--escrow-folder",
            "escrow")
        .succeeded();
    assertThat(copies("escrow")).hasSize(2);
    shell
        .signet("keys", "rotate", "--escrow-folder", "escrow")
        .failed(2, "escrow needs somebody who can open it");
    shell
        .signet("keys", "rotate", "--escrow-recipient", recipient())
        .failed(2, "escrow needs a place");
    shell
        .signet("keys", "escrow", "--escrow-recipient", "age1nonsense", "--escrow-folder", "escrow")
        .failed(2, "malformed recipient");
  }

  @Test
  void commandsOfTheUsersKeepCopies() throws IOException {
    Path vault = Files.createDirectory(folder.resolve("vault"));
    String[] escrow = {
      "keys",
      "escrow",
      "--escrow-recipient",
      recipient(),
      "--escrow-store",
      "tee " + vault + "/{}",
      "--escrow-load",
      "cat " + vault + "/{}"
    };
    shell.signet(escrow).succeeded();
    try (Stream<Path> files = Files.list(vault)) {
      assertThat(files).hasSize(1);
    }
    shell
        .signet(
            "keys",
            "escrow",
            "--escrow-recipient",
            recipient(),
            "--escrow-store",
            "false",
            "--escrow-load",
            "cat " + vault + "/{}x")
        .failed(3, "command: the escrow command false ended with exit code 1");
    shell
        .signet(
            "keys",
            "escrow",
            "--escrow-recipient",
            recipient(),
            "--escrow-store",
            "true",
            "--escrow-load",
            "echo other")
        .failed(3, "reads back other than it was written");
    shell
        .signet(
            "keys",
            "escrow",
            "--escrow-recipient",
            recipient(),
            "--escrow-store",
            "true",
            "--escrow-load",
            "no-such-program-here")
        .failed(3, "cannot run the escrow command no-such-program-here");
  }

  @Test
  void aPassphraseOpensCopiesToo() {
    shell.write("pass.txt", "correct horse\n");
    shell.signet("keys", "export", "-w", "backup.age", "--passphrase-file", "pass.txt").succeeded();
    assertThat(
            shell
                .signet(
                    "keys",
                    "drill",
                    "-f",
                    "sealed",
                    "--backup",
                    "backup.age",
                    "--passphrase-file",
                    "pass.txt")
                .succeeded()
                .out())
        .startsWith("passed: ");
    shell
        .signet("keys", "drill", "-f", "sealed", "--backup", "backup.age")
        .failed(1, "is needed: run it on a terminal, or set --passphrase-file");
  }

  @Test
  void anotherKeyOfTheSameNameIsNotOverwritten() {
    String young = rotate();
    shell.signet("keys", "export", "-w", "two.yaml").succeeded();
    Shell other = new Shell(folder.resolve("other")).withKey();
    // The young key comes under the name that the other place has given to the old one.
    other.write(
        "two.yaml", shell.read("two.yaml").replace("name: " + OLD, "name: x").replace(young, OLD));
    String restored = other.signet("keys", "restore", "--backup", "two.yaml").succeeded().out();
    assertThat(restored).containsPattern("(?m)^" + OLD + "-[0-9a-f]{8}$").contains(OLD + "\n");
    assertThat(other.signet("keys", "list", "--no-count").succeeded().out().lines()).hasSize(3);
  }

  @Test
  void aPairOfPemFilesBecomesAKey() {
    Shell other = new Shell(folder.resolve("other"));
    other.write("tls.crt", part("tls.crt"));
    other.write("tls.key", part("tls.key"));
    other
        .signet("keys", "import", "mine", "--certificate", "tls.crt", "--private-key", "tls.key")
        .succeeded();
    assertThat(other.run("signet", shell.read("sealed/db.yaml"), "unseal").succeeded().out())
        .contains("czNjcjN0");
    other
        .signet("keys", "import", "mine", "--certificate", "tls.crt")
        .failed(2, "a pair has two halves");

    rotate();
    shell.signet("keys", "cert", "-w", "young.pem").succeeded();
    other.write("young.pem", shell.read("young.pem"));
    other
        .signet("keys", "import", "odd", "--certificate", "young.pem", "--private-key", "tls.key")
        .failed(1, "young.pem and tls.key do not belong together");
  }

  private static String part(String name) {
    String line =
        Shell.resource("key.yaml")
            .lines()
            .filter(each -> each.strip().startsWith(name + ": "))
            .findFirst()
            .orElseThrow();
    return new String(
        java.util.Base64.getDecoder().decode(line.substring(line.indexOf(": ") + 2)), US_ASCII);
  }
}
