package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code signet run} starts real commands: they write what they see into files, because they
 * inherit the test's streams.
 */
class RunAndExplainTest {

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void aDeliveredSecret() {
    shell = new Shell(folder).withKey();
    shell.write("app/sealed.yaml", shell.run("signet", SealAndUnsealTest.SECRET, "seal").out());
    shell.write("app/store.yaml", ApplyTest.STORE + "---\n" + ApplyTest.EXTERNAL);
    shell.signet("apply", "-f", "app").succeeded();
  }

  @Test
  void keysBecomeVariables() {
    shell
        .signet(
            "run", "--secret", "production/db", "--", "sh", "-c", "printf %s \"$password\" > seen")
        .succeeded();
    assertThat(shell.read("seen")).isEqualTo("s3cr3t-value");
  }

  @Test
  void aPrefixKeepsThemApart() {
    shell
        .signet(
            "run",
            "--secret",
            "production/fetched",
            "--prefix",
            "DB_",
            "--",
            "sh",
            "-c",
            "echo $DB_username$username > seen")
        .succeeded();
    assertThat(shell.read("seen")).isEqualTo("postgres\n");
    shell
        .signet("run", "--secret", "production/db", "--secret", "production/fetched", "--", "true")
        .failed(1, "key password is in more than one of the Secrets");
  }

  @Test
  void filesAreInMemoryPrivateAndGoneAfterwards() {
    Needs.that(
        Files.isWritable(Path.of("/dev/shm")), "a tmpfs on /dev/shm", "mount a tmpfs on /dev/shm");
    shell
        .signet(
            "run",
            "--secret",
            "production/db",
            "--files",
            "--",
            "sh",
            "-c",
            "stat -f -c %T \"$SIGNET_SECRETS\" > seen; stat -c %a \"$SIGNET_SECRETS\" \"$SIGNET_SECRETS/password\" >> seen;"
                + " cat \"$SIGNET_SECRETS/password\" >> seen; echo >> seen; echo \"$SIGNET_SECRETS\" >> seen;"
                + " echo \"${password-none}\" >> seen")
        .succeeded();
    String[] seen = shell.read("seen").split("\n", -1);
    assertThat(seen).startsWith("tmpfs", "700", "400", "s3cr3t-value");
    assertThat(Path.of(seen[4])).doesNotExist();
    assertThat(seen[5]).isEqualTo("none");
  }

  @Test
  void theExitCodeIsTheCommands() {
    assertThat(shell.signet("run", "--secret", "production/db", "--", "sh", "-c", "exit 42").code())
        .isEqualTo(42);
    shell
        .signet("run", "--secret", "production/db", "--", "no-such-command")
        .failed(127, "cannot start no-such-command: no such command");
    shell.write("plain.txt", "x");
    shell
        .signet("run", "--secret", "production/db", "--", "./plain.txt")
        .failed(126, "it is not executable");
  }

  @Test
  void optionsOfTheCommandAreItsOwn() {
    shell
        .signet(
            "run",
            "--secret",
            "production/db",
            "sh",
            "-c",
            "echo \"$0 $@\" > seen",
            "--files",
            "--debug")
        .succeeded();
    assertThat(shell.read("seen")).isEqualTo("--files --debug\n");
  }

  @Test
  void whatIsNoTextNeedsFiles() throws IOException {
    shell.write(
        "binary/secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: binary}\ndata: {key: gAH/}\n");
    shell.signet("apply", "-f", "binary").succeeded();
    shell
        .signet("run", "--secret", "binary", "--", "true")
        .failed(1, "key key is not text, so it cannot be an environment variable");
  }

  @Test
  void aSecretThatWasNotDeliveredStartsNothing() {
    shell
        .signet("run", "--secret", "production/none", "--", "touch", "seen")
        .failed(1, "Secret production/none was not delivered");
    assertThat(shell.directory().resolve("seen")).doesNotExist();
  }

  @Test
  void explainFollowsAValueFromItsSourceToItsConsumers() {
    shell.write("app/web.yaml", Shell.resource("consumers.yaml"));
    String table = shell.signet("explain", "production/fetched").succeeded().out();
    assertThat(shell.signet("explain", "-n", "production", "fetched").succeeded().out())
        .isEqualTo(table);
    assertThat(table)
        .contains("├─ username = ••••••••")
        .contains("from  SecretStore/production/demo, database property username")
        .contains("by    ExternalSecret production/fetched  (")
        .contains("store.yaml:")
        .contains(
            "used  CronJob production/report: env USER of container job; sees a new value only after a restart")
        .contains("used  by nothing in these folders");
    assertThat(shell.signet("explain", "production/fetched", "-o", "json").succeeded().out())
        .contains("\"source\": \"SecretStore/production/demo\"")
        .contains("\"restartNeeded\": true");
  }

  @Test
  void whatIsNotFromWhereItsManifestSaysIsTold() {
    shell.write(
        "app/lenient.yaml",
        """
        apiVersion: external-secrets.io/v1
        kind: SecretStore
        metadata: {name: empty, namespace: production}
        spec: {provider: {fake: {data: [{key: level, value: debug}]}}}
        ---
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata:
          name: lenient
          namespace: production
          annotations:
            signet.dev/fallback-stores: demo
            signet.dev/fallback-on-missing: "true"
            signet.dev/default-values: "mode: fast"
            signet.dev/optional-keys: token
        spec:
          secretStoreRef: {name: empty}
          data:
          - {secretKey: level, remoteRef: {key: level}}
          - {secretKey: db, remoteRef: {key: database}}
          - {secretKey: mode, remoteRef: {key: mode}}
          - {secretKey: token, remoteRef: {key: token}}
        """);
    shell.signet("apply", "-f", "app").succeeded();

    String table = shell.signet("explain", "production/lenient").succeeded().out();

    assertThat(table)
        .contains("from  SecretStore/production/empty, level")
        .contains("from  SecretStore/production/demo, database")
        .contains("note  from SecretStore/demo, NotFound in SecretStore/empty: ")
        .contains("from  default in ExternalSecret/production/lenient, mode")
        .contains("note  by default, NotFound in SecretStore/empty: ")
        .contains("\nnote  token: left out, NotFound in SecretStore/empty: ");
    assertThat(shell.signet("get", "resources").succeeded().out())
        .contains("signet.dev/Keys", "KeysSubstituted", "token: left out");
    assertThat(shell.signet("get", "secret", "production/lenient").succeeded().out())
        .contains("default in ExternalSecret/production/lenient")
        .doesNotContain("fast");
  }
}
