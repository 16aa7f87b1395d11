package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeysTest {

  @TempDir Path folder;

  @Test
  void aBackupRestoresElsewhere() throws IOException {
    Shell shell = new Shell(folder).withKey();
    shell.signet("keys", "export", "-w", "backup.yaml").succeeded();
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(shell.directory().resolve("backup.yaml"))))
        .isEqualTo("rw-------");
    String sealed = shell.run("signet", SealAndUnsealTest.SECRET, "seal").succeeded().out();

    Shell other = new Shell(folder.resolve("other"));
    other.write("backup.yaml", shell.read("backup.yaml"));
    assertThat(other.signet("keys", "import", "-f", "backup.yaml").succeeded().out())
        .isEqualTo("sealed-secrets-keytest1\n");
    assertThat(other.run("signet", sealed, "unseal").succeeded().out()).contains("czNjcjN0");
  }

  @Test
  void theListSaysWhichOneSeals() {
    Shell shell = new Shell(folder).withKey();
    assertThat(shell.signet("keys").succeeded().out())
        .contains("sealed-secrets-keytest1  2048")
        .contains("SHA256:");
    assertThat(shell.signet("keys", "list", "-o", "json").succeeded().out())
        .contains("\"seals\": true");
  }

  @Test
  void whatIsNoKeyIsNotImported() {
    Shell shell = new Shell(folder);
    shell
        .run("signet", SealAndUnsealTest.SECRET, "keys", "import")
        .failed(1, "standard input: secret must contain a 'tls.key' key");
    shell.run("signet", "", "keys", "import").failed(1, "standard input holds no key");
    assertThat(shell.signet("keys").succeeded().err()).contains("there is no sealing key yet");
  }

  @Test
  void aPassphraseProtectsInsteadOfTheKeyFile() {
    Shell shell = new Shell(folder).withKey();
    shell.write("../passphrase", "correct horse\n");
    shell.set("SIGNET_PASSPHRASE_FILE", "../passphrase");
    shell.signet("keys", "protect-with-passphrase").succeeded();
    assertThat(shell.signet("keys").succeeded().out()).contains("sealed-secrets-keytest1");

    shell.write("../passphrase", "wrong\n");
    shell
        .signet("keys")
        .failed(1, "does not open: the passphrase is wrong, or the file is damaged");

    shell.set("SIGNET_PASSPHRASE_FILE", "");
    shell
        .signet("keys")
        .failed(1, "is needed: run it on a terminal, or set SIGNET_PASSPHRASE_FILE");

    shell.write("../passphrase", "correct horse");
    shell.set("SIGNET_PASSPHRASE_FILE", "../passphrase");
    shell.signet("keys", "protect-with-key-file").succeeded();
    shell.set("SIGNET_PASSPHRASE_FILE", "");
    assertThat(shell.signet("keys").succeeded().out()).contains("sealed-secrets-keytest1");
  }

  @Test
  void aLostKeyFileIsNamed() throws IOException {
    Shell shell = new Shell(folder).withKey();
    Files.delete(shell.home().resolve(".config/signet/state.key"));
    shell.signet("keys").failed(1, "state.key, which does not exist; restore it from your backup");
  }
}
