package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** SopsSecrets, and trees and keys that are laid out for Flux, in a directory and as a filter. */
class FluxLayoutTest {

  private static final String IDENTITY =
      "AGE-SECRET-KEY-1T2W9HQVYYU4DFWNZ862X3MKU8U9FL06EEZHWCDGMHHKV3TU98MQS9NMM9T";
  private static final String RECIPIENT =
      "age12ulzhlzus3g93vt7pgeue9r27q9grsw96z59m3jfgxyyefwkv3rsjyne45";

  private static final String SECRET =
      """
      apiVersion: v1
      kind: Secret
      metadata:
          name: db
          namespace: production
      stringData:
          password: value-that-is-secret
      """;

  private static final String SOPS_SECRET =
      """
      apiVersion: isindir.github.com/v1alpha3
      kind: SopsSecret
      metadata:
          name: app
          namespace: production
      spec:
          # comes in any order
          secretTemplates:
              - stringData:
                  zoo: value-that-is-secret
                  ant: small
                name: first
              - name: second
                data:
                  raw: AP8=
      """;

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void aProject() {
    shell = new Shell(folder).withKey();
  }

  private void encrypt(String name, String plain, String... flags) {
    shell.write(name, plain);
    List<String> arguments = new ArrayList<>(List.of("encrypt", "-i", "--age", RECIPIENT));
    arguments.addAll(List.of(flags));
    arguments.add(name);
    shell.run("sops", "", arguments.toArray(String[]::new)).succeeded();
  }

  private String reveal(String secret, String key) {
    return shell.signet("get", "secret", secret, "--reveal", key).succeeded().out();
  }

  @Test
  void aSopsSecretIsDeliveredInADirectory() {
    shell.set("SOPS_AGE_KEY", IDENTITY);
    encrypt("app/secret.yaml", SOPS_SECRET, "--encrypted-suffix", "Templates");
    assertThat(shell.read("app/secret.yaml")).doesNotContain("first").doesNotContain("value-that");

    shell.signet("apply", "-f", "app").succeeded();

    assertThat(reveal("production/first", "zoo")).isEqualTo("value-that-is-secret");
    assertThat(reveal("production/second", "raw").length()).isPositive();
    assertThat(shell.signet("get", "resources", "-A").succeeded().out())
        .contains("SopsSecret")
        .contains("2 Secrets are as described");
    assertThat(shell.signet("explain", "production/first").succeeded().out())
        .contains("SopsSecret")
        .contains("production/app");

    // Values of two Secrets exchanged: only the MAC of the file tells.
    String text = shell.read("app/secret.yaml");
    List<String> names =
        text.lines().filter(line -> line.strip().matches("(- )?name: ENC.*")).toList();
    String first = names.getFirst().replaceFirst(".*name: ", "");
    String second = names.getLast().replaceFirst(".*name: ", "");
    shell.write(
        "app/secret.yaml", text.replace(first, "@").replace(second, first).replace("@", second));
    Shell.Result tampered = shell.signet("apply", "-f", "app");
    assertThat(tampered.code()).isEqualTo(3);
    assertThat(tampered.err()).contains("MAC mismatch");
    assertThat(reveal("production/first", "zoo")).isEqualTo("value-that-is-secret");
  }

  @Test
  void aFilterLeavesClosedWhatOthersOpen() {
    shell.set("SOPS_AGE_KEY", IDENTITY);
    encrypt("app/1.yaml", SOPS_SECRET, "--encrypted-suffix", "Templates");
    encrypt(
        "app/2.yaml",
        SECRET.replace(
            "metadata:\n",
            "metadata:\n    annotations:\n        kustomize.toolkit.fluxcd.io/decrypt: Disabled\n"),
        "--encrypted-regex",
        "^(data|stringData)$");
    encrypt("app/3.yaml", SECRET, "--encrypted-regex", "^(data|stringData)$");

    String printed = shell.signet("render", "-f", "app").succeeded().out();

    assertThat(printed)
        .isEqualTo(
            "---\n"
                + shell.read("app/1.yaml")
                + "---\n"
                + shell.read("app/2.yaml")
                + "---\n"
                + SECRET);
    Shell.Result applied = shell.signet("apply", "-f", "app/2.yaml");
    assertThat(applied.code()).isEqualTo(3);
    assertThat(applied.err()).contains("annotated to stay so");
  }

  @ParameterizedTest
  @CsvSource({"folder", "secret", "kustomization"})
  void keysComeFromWhereFluxHasThem(String place) {
    encrypt("app/secret.yaml", SECRET, "--encrypted-regex", "^(data|stringData)$");
    shell
        .signet("render", "-f", "app")
        .failed(1, "app/secret.yaml stays closed: Failed to get the data key");
    String keys =
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: sops-age, namespace: flux-system}
        stringData:
          team.agekey: |
            # made for a test
            %s
        """
            .formatted(IDENTITY);
    List<String> more =
        switch (place) {
          case "folder" -> {
            shell.write("keys/team.agekey", IDENTITY + "\n");
            shell.write("keys/identity.asc", "of no use\n");
            yield List.of("--flux-keys", "keys");
          }
          case "secret" -> {
            shell.write("keys.yaml", keys);
            yield List.of("--flux-keys", "keys.yaml");
          }
          default -> {
            shell.write("app/flux/keys.yaml", keys);
            shell.write(
                "app/flux/kustomization.yaml",
                """
                apiVersion: kustomize.toolkit.fluxcd.io/v1
                kind: Kustomization
                metadata: {name: apps, namespace: flux-system}
                spec:
                  decryption: {provider: sops, secretRef: {name: sops-age}}
                """);
            yield List.of();
          }
        };
    for (String command : List.of("render", "apply")) {
      List<String> arguments = new ArrayList<>(List.of(command, "-f", "app"));
      arguments.addAll(more);
      shell.signet(arguments.toArray(String[]::new)).succeeded();
    }
    assertThat(reveal("production/db", "password")).isEqualTo("value-that-is-secret");
  }

  @Test
  void aPlaceWithoutAKeyIsSaid() throws IOException {
    Files.createDirectories(shell.directory().resolve("empty"));
    shell.signet("render", "-f", ".", "--flux-keys", "empty").failed(1, "there is no key in empty");
    shell.signet("render", "-f", ".", "--flux-keys", "no").failed(1, "no such file or directory");
  }

  /** As a secretGenerator puts them there. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          values.yaml       | a: value-that-is-secret
          settings.json     | {"a": "value-that-is-secret"}
          .dockerconfigjson | {"auths": {"r": {"auth": "value-that-is-secret"}}}
          local.env         | a=value-that-is-secret
          local.ini         | [part]
          token             | value-that-is-secret
          """)
  void aFileInAValueOfASecretIsOpened(String key, String plain) {
    shell.set("SOPS_AGE_KEY", IDENTITY);
    String content = plain.equals("[part]") ? "[part]\na = value-that-is-secret" : plain;
    String file = key.equals(".dockerconfigjson") ? "config.json" : key;
    encrypt("files/" + file, content + "\n");
    String manifest =
        """
        # generated
        apiVersion: v1
        kind: Secret
        metadata: {name: files, namespace: production}
        data:
          plain: YQ==
          %s: %s
        """;
    shell.write("app/secret.yaml", manifest.formatted(key, encoded(shell.read("files/" + file))));
    String opened = shell.run("sops", "", "decrypt", "files/" + file).succeeded().out();
    assertThat(opened).contains("value-that-is-secret");

    assertThat(shell.signet("render", "-f", "app").succeeded().out())
        .isEqualTo("---\n" + manifest.formatted(key, encoded(opened)));
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(reveal("production/files", key)).isEqualTo(opened);
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  /** As kustomize calls a generator of KSOPS. */
  @Test
  void aFunctionOfKustomizeGenerates() {
    shell.set("SOPS_AGE_KEY", IDENTITY);
    encrypt("secret.yaml", SECRET, "--encrypted-regex", "^(data|stringData)$");
    encrypt("tls.key", "value-that-is-secret\n");
    encrypt("local.env", "A='x y'\nB=1 # one\nC=\"${A}-$B\"\n");
    String list =
        """
        apiVersion: config.kubernetes.io/v1
        kind: ResourceList
        items:
        - apiVersion: v1
          kind: ConfigMap
          metadata: {name: other}
        - apiVersion: viaduct.ai/v1
          kind: ksops
          metadata: {name: generator}
          files: [secret.yaml]
          secretFrom:
          - metadata: {name: made, labels: {a: b}}
            type: example.com/x
            files: [key=tls.key]
            binaryFiles: [tls.key]
            envs: [local.env]
        """;

    assertThat(shell.run("signet", list, "render").succeeded().out())
        .isEqualTo(
            """
            apiVersion: config.kubernetes.io/v1
            items:
            - apiVersion: v1
              kind: ConfigMap
              metadata:
                name: other
            - apiVersion: v1
              kind: Secret
              metadata:
                name: db
                namespace: production
              stringData:
                password: value-that-is-secret
            - apiVersion: v1
              data:
                tls.key: dmFsdWUtdGhhdC1pcy1zZWNyZXQK
              kind: Secret
              metadata:
                labels:
                  a: b
                name: made
              stringData:
                A: x y
                B: "1"
                C: x y-1
                key: |
                  value-that-is-secret
              type: example.com/x
            kind: ResourceList
            """);
    shell
        .run("signet", list.replace("[secret.yaml]", "[none.yaml]"), "render")
        .failed(1, "none.yaml");
  }

  @Test
  void keysOfPgpNeedNoProgram() throws Exception {
    Path gpg = Needs.command("gpg", "apt-get install gpg");
    Path home = Files.createDirectories(folder.resolve("g"));
    String key = "Test key <test@example.com>";
    gpg(gpg, home, "--batch", "--passphrase", "", "--quick-gen-key", key, "default", "default");
    String fingerprint =
        gpg(gpg, home, "--list-keys", "--with-colons")
            .lines()
            .filter(line -> line.startsWith("fpr:"))
            .findFirst()
            .orElseThrow()
            .split(":", -1)[9];
    shell.write("keys/team.asc", gpg(gpg, home, "--batch", "--armor", "--export-secret-keys"));
    shell.set("GNUPGHOME", home.toString()).set("PATH", System.getenv("PATH"));
    shell.write("app/secret.yaml", SECRET);
    shell
        .run(
            "sops",
            "",
            "encrypt",
            "-i",
            "--pgp",
            fingerprint,
            "--encrypted-regex",
            "^stringData$",
            "app/secret.yaml")
        .succeeded();
    shell.set("GNUPGHOME", folder.resolve("empty").toString()).set("SOPS_GPG_EXEC", "no-gpg");

    assertThat(shell.signet("render", "-f", "app").code()).isEqualTo(1);
    assertThat(shell.signet("render", "-f", "app", "--flux-keys", "keys").succeeded().out())
        .isEqualTo("---\n" + SECRET);
    assertThat(
            new ProcessBuilder("gpgconf", "--homedir", home.toString(), "--kill", "gpg-agent")
                .start()
                .waitFor())
        .isZero();
  }

  private static String gpg(Path gpg, Path home, String... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(gpg.toString(), "--homedir", home.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return out;
  }
}
