package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.argumentSet;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people really do wrong: one line that says what to do, an exit code, and nothing lost or
 * half-written.
 */
class BadInputTest {

  private static final String CANARY = "c4n4ry-v4lu3";

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void aProjectWithAKey() {
    shell = new Shell(folder).withKey();
  }

  static Stream<Arguments> manifests() {
    return Stream.of(
        argumentSet("not YAML", "password: [" + CANARY + "\n", "standard input:"),
        argumentSet("not a mapping", "- " + CANARY + "\n", "standard input:"),
        argumentSet("empty", "", "no secrets found. Ensure the input is valid and UTF-8 encoded"),
        argumentSet("tabs", "data:\n\tpassword: " + CANARY + "\n", "standard input:2"),
        argumentSet("binary", "\u0000\u0001" + CANARY, "standard input:"),
        argumentSet(
            "value that is not Base64",
            "metadata: {name: a}\ndata: {password: '" + CANARY + "!'}\n",
            "data.password is not Base64: illegal base64 data at input byte"),
        argumentSet(
            "list as value",
            "metadata: {name: a}\nstringData: {password: [12345]}\n",
            "stringData.password must be a string, not a list"),
        argumentSet(
            "no name",
            "stringData: {a: " + CANARY + "}\n",
            "missing metadata.name in input Secret"),
        argumentSet("no values", "metadata: {name: a}\n", "secret.data is empty in input Secret"),
        argumentSet("alias bomb", bomb(), "standard input"));
  }

  private static String bomb() {
    StringBuilder text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 12; i++) {
      text.append("a%d: &a%d [".formatted(i, i));
      text.append("*a%d, ".formatted(i - 1).repeat(10)).append("x]\n");
    }
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("manifests")
  void sealRefusesIt(String input, String message) {
    Shell.Result result =
        shell.run("signet", input, "seal", "-w", "sealed.yaml").failed(1, message);
    assertThat(result.out() + result.err()).doesNotContain(CANARY);
    assertThat(shell.directory().resolve("sealed.yaml")).doesNotExist();
  }

  @Test
  void aHugeFileIsRefusedByItsSize() throws IOException {
    Path huge = shell.write("huge.yaml", "a: b\n");
    byte[] megabyte =
        "# filling filling filling filling\n"
            .repeat(31_000)
            .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    try (var out = Files.newOutputStream(huge, StandardOpenOption.APPEND)) {
      for (int i = 0; i < 100; i++) {
        out.write(megabyte);
      }
    }
    shell.signet("seal", "-f", "huge.yaml").failed(1, "huge.yaml");
    Shell.Result applied = shell.signet("apply", "-f", "huge.yaml");
    assertThat(applied.code()).isEqualTo(3);
    assertThat(applied.err()).contains("huge.yaml").contains("bytes");
  }

  @Test
  void theWrongKindIsNamed() {
    shell
        .run("signet", SealAndUnsealTest.SECRET, "unseal")
        .failed(1, "Secret production/db is not a SealedSecret");
  }

  @Test
  void damagedCiphertextsAreRefused() {
    String sealed = shell.run("signet", SealAndUnsealTest.SECRET, "seal").succeeded().out();
    String ciphertext = sealed.replaceAll("(?s).*password: (AQ[^\\n]*).*", "$1");
    int middle = ciphertext.length() / 2;
    String flipped =
        ciphertext.substring(0, middle)
            + (ciphertext.charAt(middle) == 'A' ? 'B' : 'A')
            + ciphertext.substring(middle + 1);
    for (String damaged :
        new String[] {flipped, ciphertext.substring(0, middle / 4 * 4), "AAAA", ""}) {
      shell
          .run("signet", sealed.replace(ciphertext, damaged.isEmpty() ? "''" : damaged), "unseal")
          .failed(1, "no key could decrypt secret (password)");
    }
    shell
        .run("signet", sealed.replace(ciphertext, "Ag!"), "unseal")
        .failed(1, "illegal base64 data at input byte 2 (password)");
  }

  @Test
  void filesThatCannotBeReadOrWrittenAreNamed() throws IOException {
    Files.createDirectory(shell.directory().resolve("folder.yaml"));
    shell
        .signet("seal", "-f", "missing.yaml")
        .failed(1, "cannot read missing.yaml: no such file or directory");
    shell.signet("seal", "-f", "folder.yaml").failed(1, "cannot read folder.yaml: ");
    shell
        .run("signet", SealAndUnsealTest.SECRET, "seal", "-w", "missing/sealed.yaml")
        .failed(
            1,
            "cannot write missing/sealed.yaml: no such file or directory; the file is as it was before");
    shell.signet("seal", "--cert", "none.pem").failed(1, "cannot read the certificate none.pem");
    shell.write("bad.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    shell
        .run("signet", SealAndUnsealTest.SECRET, "seal", "--cert", "bad.pem")
        .failed(1, "the certificate bad.pem: ");
  }

  @Test
  void onlyRegularFilesAreReplacedAndLinksStayLinks() throws IOException {
    Path folderThere = Files.createDirectory(shell.directory().resolve("there"));
    shell
        .run("signet", SealAndUnsealTest.SECRET, "seal", "-w", "there")
        .failed(1, "cannot write there: it is not a regular file; the file is as it was before");
    shell
        .run("signet", SealAndUnsealTest.SECRET, "seal", "-w", "/dev/null")
        .failed(1, "cannot write /dev/null: it is not a regular file");
    Path real = Files.writeString(folderThere.resolve("real.yaml"), "old");
    Path link = Files.createSymbolicLink(shell.directory().resolve("link.yaml"), real);
    shell.run("signet", SealAndUnsealTest.SECRET, "seal", "-w", "link.yaml").succeeded();
    assertThat(link).isSymbolicLink();
    assertThat(real).content().contains("kind: SealedSecret");
  }

  @Test
  void aDamagedStateIsNeitherUsedNorOverwritten() throws IOException {
    Path state = shell.directory().resolve(".signet/state");
    byte[] good = Files.readAllBytes(state);
    byte[] bad = good.clone();
    bad[bad.length / 2] ^= 1;
    Files.write(state, bad);
    shell.signet("keys").failed(1, "it belongs to another key file, or it is damaged");
    shell.signet("keys", "new").failed(1, "it belongs to another key file, or it is damaged");
    assertThat(Files.readAllBytes(state)).isEqualTo(bad);
    Files.write(state, good);
    shell.signet("keys").succeeded();
  }

  @Test
  void aClockThatWasSetBackChangesNothing() {
    shell.write("app/sealed.yaml", shell.run("signet", SealAndUnsealTest.SECRET, "seal").out());
    shell.signet("apply", "-f", "app").succeeded();
    shell.at(Instant.parse("1999-01-01T00:00:00Z"));
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(
            shell
                .signet("get", "secret", "production/db", "--reveal", "password")
                .succeeded()
                .out())
        .isEqualTo("s3cr3t-value");
  }

  @Test
  void commandLinesThatAreNotUnderstoodSaySo() {
    assertThat(shell.signet("sela").failed(2, "unknown command sela").err())
        .contains("did you mean `signet seal`?");
    assertThat(shell.signet("seal", "--scoop").failed(2, "unknown option: '--scoop'").err())
        .contains("did you mean");
    shell.signet("apply").failed(2, "missing required option");
    shell.signet("seal", "--scope", "wide").failed(2, "unknown scope wide");
    shell.signet("get", "secret").failed(2, "no Secret was named");
    shell.signet("keys", "burn").failed(2, "unknown action burn");
    shell.signet("get", "secret", "a/b/c").failed(2, "a/b/c does not name a Secret");
    shell
        .signet("explain", "production/none")
        .failed(1, "Secret production/none was not delivered");
  }
}
