package dev.signet.cli.sops;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Needs;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What upstream's sops made of files, and of files that were tampered with, against ours. */
class SopsVectorsTest {

  private static final Pattern LEAF =
      Pattern.compile("data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,");
  private static final Pattern WRAPPED =
      Pattern.compile("(?s)-----BEGIN (AGE|PGP)[^-]*-----.*?-----END [^-]*-----");
  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");

  static List<Jsonl.Row> cases() {
    return Jsonl.rows(SopsVectorsTest.class, "vectors/cases.jsonl");
  }

  static List<Jsonl.Row> readable() {
    return cases().stream().filter(row -> has(row, "encrypted")).toList();
  }

  static List<Jsonl.Row> writable() {
    return cases().stream().filter(row -> has(row, "plaintext")).toList();
  }

  static List<Jsonl.Row> negative() {
    return Jsonl.rows(SopsVectorsTest.class, "vectors/negative.jsonl");
  }

  private static Jsonl.Row identities() {
    try (InputStream in = SopsVectorsTest.class.getResourceAsStream("vectors/identities.json")) {
      return Jsonl.row(new String(Objects.requireNonNull(in).readAllBytes(), UTF_8));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static boolean has(Jsonl.Row row, String field) {
    return row.has(field) || row.has(field + "B64");
  }

  private static byte[] bytes(Jsonl.Row row, String field) {
    return row.has(field + "B64") ? row.base64(field + "B64") : row.text(field).getBytes(UTF_8);
  }

  private static String name(String format) {
    return switch (format) {
      case "dotenv" -> "f.env";
      case "binary" -> "f.bin";
      default -> "f." + format;
    };
  }

  private static SopsHarness holding(SopsHarness sops, Jsonl.Row row) {
    List<String> names = row.texts("identities");
    if (!names.isEmpty()) {
      Jsonl.Row age = identities().row("age");
      sops.variable(
          "SOPS_AGE_KEY",
          String.join("\n", names.stream().map(n -> age.row(n).text("identity")).toList()));
    }
    return sops;
  }

  private static void importPgp(SopsHarness sops, Path folder, String field)
      throws IOException, InterruptedException {
    Path gpg = Needs.command("gpg", "install GnuPG and put it on PATH");
    Path home = folder.resolve("gpg");
    Files.createDirectory(
        home, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    sops.variable("GNUPGHOME", home.toString());
    for (Jsonl.Row key : identities().rows("pgp")) {
      ProcessBuilder builder =
          new ProcessBuilder(gpg.toString(), "--batch", "--homedir", home.toString(), "--import");
      builder.redirectErrorStream(true);
      Process process = builder.start();
      try (var to = process.getOutputStream()) {
        to.write(key.text(field).getBytes(UTF_8));
      }
      process.getInputStream().readAllBytes();
      assertThat(process.waitFor()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("readable")
  void opensWhatUpstreamWrote(Jsonl.Row row, @TempDir Path folder) throws Exception {
    SopsHarness sops = holding(new SopsHarness(folder), row);
    if (row.has("pgpSecretKeys") && row.texts("identities").isEmpty()) {
      importPgp(sops, folder, "secretKey");
    }
    String name = name(row.text("format"));
    sops.file(name, row.text("encrypted"));
    Map<String, String> before = sops.files();

    SopsHarness.Result result = sops.run("decrypt", name);

    assertThat(result.exit()).as(result.err()).isEqualTo(row.integer("decryptExit"));
    assertThat(new String(result.bytes(), ISO_8859_1))
        .isEqualTo(has(row, "decrypted") ? new String(bytes(row, "decrypted"), ISO_8859_1) : "");
    for (Jsonl.Row part : row.rows("extract")) {
      SopsHarness.Result extracted = sops.run("decrypt", "--extract", part.text("path"), name);
      assertThat(extracted.exit()).as(part.text("path")).isEqualTo(part.integer("exit"));
      assertThat(new String(extracted.bytes(), ISO_8859_1))
          .as(part.text("path"))
          .isEqualTo(has(part, "output") ? new String(bytes(part, "output"), ISO_8859_1) : "");
    }
    for (Jsonl.Row other : row.rows("outputType")) {
      SopsHarness.Result written = sops.run("decrypt", "--output-type", other.text("type"), name);
      assertThat(written.exit()).as(other.text("type")).isEqualTo(other.integer("exit"));
      assertThat(written.out())
          .as(other.text("type"))
          .isEqualTo(has(other, "output") ? new String(bytes(other, "output"), UTF_8) : "");
    }
    assertThat(sops.files()).isEqualTo(before);
  }

  /** Where GnuPG is not, with the key rings that upstream reads by itself. */
  @Test
  void pgpWorksWithoutGnupg(@TempDir Path folder) throws Exception {
    SopsHarness sops = new SopsHarness(folder);
    Path home = Files.createDirectory(folder.resolve("gpg"));
    sops.variable("GNUPGHOME", home.toString());
    sops.variable("SOPS_GPG_EXEC", folder.resolve("no-gpg").toString());
    StringBuilder open = new StringBuilder();
    for (Jsonl.Row key : identities().rows("pgp")) {
      open.append(key.text("publicKey"));
    }
    Jsonl.Row row =
        readable().stream()
            .filter(each -> each.text("encrypted").split("BEGIN PGP", -1).length == 3)
            .findFirst()
            .orElseThrow();
    String name = name(row.text("format"));
    sops.file("theirs-" + name, row.text("encrypted"));
    sops.file("ours-" + name, bytes(row, "plaintext"));
    Files.writeString(home.resolve("pubring.gpg"), open);
    for (Jsonl.Row key : identities().rows("pgp")) {
      SopsHarness.Result made =
          sops.run("encrypt", "-i", "--pgp", key.text("fingerprint"), "ours-" + name);
      assertThat(made.exit()).as(made.err()).isZero();
      assertThat(sops.run("decrypt", "ours-" + name).exit()).isEqualTo(128);

      Files.writeString(home.resolve("secring.gpg"), key.text("secretKey"));
      for (String each : List.of("theirs-", "ours-")) {
        assertThat(sops.run("decrypt", each + name).bytes()).isEqualTo(bytes(row, "decrypted"));
      }
      Files.delete(home.resolve("secring.gpg"));
      sops.file("ours-" + name, bytes(row, "plaintext"));
    }
  }

  @ParameterizedTest
  @MethodSource("writable")
  void writesWhatUpstreamWrites(Jsonl.Row row, @TempDir Path folder) throws Exception {
    SopsHarness sops = holding(new SopsHarness(folder), row);
    boolean pgp = row.has("pgpSecretKeys");
    if (pgp) {
      importPgp(sops, folder, row.texts("identities").isEmpty() ? "secretKey" : "publicKey");
    }
    String name = name(row.text("format"));
    List<String> arguments = new ArrayList<>(List.of("encrypt"));
    arguments.addAll(row.texts("options"));
    if (row.has("sopsConfig")) {
      sops.file(".sops.yaml", row.text("sopsConfig"));
    } else if (pgp) {
      arguments.addAll(recipients(row, "pgp", "fp"));
      if (row.text("encrypted").contains("age1")) {
        arguments.addAll(recipients(row, "age", "recipient"));
      }
    } else if (row.has("encrypted")) {
      arguments.addAll(recipients(row, "age", "recipient"));
    } else {
      arguments.addAll(List.of("--age", identities().row("age").row("p-k1").text("recipient")));
    }
    arguments.add(name);
    sops.file(name, bytes(row, "plaintext"));

    SopsHarness.Result result = sops.run(arguments);

    if (row.has("encryptExit")) {
      assertThat(result.exit()).as(result.err()).isEqualTo(row.integer("encryptExit"));
      assertThat(result.out()).isEmpty();
      return;
    }
    assertThat(result.exit()).as(result.err()).isZero();
    assertThat(masked(result.out())).isEqualTo(masked(row.text("encrypted")));
    sops.file(name, result.bytes());
    Files.deleteIfExists(folder.resolve(".sops.yaml"));
    SopsHarness.Result back = sops.run("decrypt", name);
    assertThat(back.exit()).as(back.err()).isEqualTo(row.integer("decryptExit"));
    assertThat(new String(back.bytes(), ISO_8859_1))
        .isEqualTo(has(row, "decrypted") ? new String(bytes(row, "decrypted"), ISO_8859_1) : "");
  }

  /** The recipients that stand in the encrypted file, as an option. */
  private static List<String> recipients(Jsonl.Row row, String kind, String field) {
    Pattern pattern = Pattern.compile("[\"_ ]" + field + "\"? ?[:=] ?\"?([0-9A-Za-z]+)");
    List<String> found =
        pattern.matcher(row.text("encrypted")).results().map(m -> m.group(1)).distinct().toList();
    return List.of("--" + kind, String.join(",", found));
  }

  private static String masked(String text) {
    String masked = LEAF.matcher(text).replaceAll("<leaf>");
    masked = WRAPPED.matcher(masked).replaceAll("<wrapped>");
    return TIME.matcher(masked).replaceAll("<time>");
  }

  @ParameterizedTest
  @MethodSource("negative")
  void answersTamperedFilesAsUpstreamDoes(Jsonl.Row row, @TempDir Path folder) {
    SopsHarness sops = holding(new SopsHarness(folder), row);
    sops.file(row.text("fileName"), row.text("encrypted"));
    Map<String, String> before = sops.files();
    List<String> arguments = new ArrayList<>(List.of("decrypt"));
    arguments.addAll(row.texts("args"));
    arguments.add(row.text("fileName"));

    SopsHarness.Result result = sops.run(arguments);

    if (row.has("oraclePanicked")) {
      // The value is a text of another name: upstream reads the type and fails at remembering it.
      assertThat(result.exit()).isIn(0, SopsFailure.DECRYPT);
    } else {
      assertThat(result.exit()).as(result.err()).isEqualTo(row.integer("exit"));
      assertThat(result.out()).isEqualTo(row.text("stdout"));
    }
    if (!row.has("oraclePanicked")) {
      assertThat(result.err().isEmpty()).isEqualTo(row.text("stderr").isEmpty());
    }
    assertThat(sops.files()).isEqualTo(before);
  }
}
