package dev.signet.template;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.signet.testkit.Needs;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Go's text/template with Sprig as a program: {@code src/test/go/oracle}, built once into {@code
 * target} with the Go of this machine and given cases by the thousand.
 */
final class GoOracle {
  private static final Path SOURCE = Path.of("src/test/go/oracle");

  /** A template that wants more memory than that ends the oracle, not the machine. */
  private static final String LIMITED = "ulimit -v 8000000; exec \"$0\" \"$@\"";

  private static final JsonFactory JSON = new JsonFactory();

  /**
   * What a template gave: output, whole or until the error, and the error's text. Both are bytes,
   * one a character.
   */
  record Answer(String output, @Nullable String error, @Nullable String panic) {}

  private final Path program;
  private final Path folder;

  private GoOracle(Path program, Path folder) {
    this.program = program;
    this.folder = folder;
  }

  static GoOracle build() throws IOException, InterruptedException {
    String howTo = "install Go 1.26 or newer and put it on the PATH";
    Path go = Needs.command("go", howTo);
    Needs.that(
        recentEnough(run(SOURCE, Map.of(), go.toString(), "env", "GOVERSION")), "Go 1.26", howTo);
    Path folder = Files.createDirectories(Path.of("target/go-oracle").toAbsolutePath());
    Path program = folder.resolve("oracle");
    run(
        SOURCE,
        Map.of("GOTOOLCHAIN", "local", "GOFLAGS", "-buildvcs=false", "CGO_ENABLED", "0"),
        go.toString(),
        "build",
        "-trimpath",
        "-tags",
        "faketime",
        "-o",
        program.toString(),
        ".");
    return new GoOracle(program, folder);
  }

  private static boolean recentEnough(String version) {
    String[] parts = version.strip().replaceFirst("^go", "").split("[^0-9]+", -1);
    return parts.length > 1 && parts[0].equals("1") && Integer.parseInt(parts[1]) >= 26;
  }

  private static String run(Path folder, Map<String, String> environment, String... command)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
    builder.environment().putAll(environment);
    Process process = builder.start();
    process.getOutputStream().close();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed:\n" + output);
    }
    return output;
  }

  /** The answers to the cases, in their order, in a process of that time zone. */
  List<Answer> ask(List<VectorCase> cases, String zone, Duration patience)
      throws IOException, InterruptedException {
    Path questions = folder.resolve("cases.jsonl");
    Path answers = folder.resolve("results.jsonl");
    Files.write(questions, cases.stream().map(GoOracle::line).toList());
    Files.deleteIfExists(answers);
    ProcessBuilder builder =
        new ProcessBuilder(
                "sh", "-c", LIMITED, program.toString(), questions.toString(), answers.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile());
    builder.environment().put("TZ", zone);
    Process process = builder.start();
    if (!process.waitFor(patience)) {
      process.destroyForcibly();
      throw new IOException("the oracle takes longer than " + patience + " for " + questions);
    }
    if (process.exitValue() != 0) {
      throw new IOException("the oracle failed at " + questions + ", see " + folder.resolve("log"));
    }
    List<Answer> all = new ArrayList<>();
    for (VectorCase answer : VectorCase.read(answers)) {
      String output = Objects.requireNonNullElse(decoded(answer.text("out")), "");
      all.add(new Answer(output, decoded(answer.text("err")), answer.text("panic")));
    }
    return all;
  }

  static String raw(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static @Nullable String decoded(@Nullable String base64) {
    return base64 == null ? null : raw(Base64.getDecoder().decode(base64));
  }

  /** A case as a line of a file of vectors. */
  static String line(VectorCase vector) {
    StringWriter text = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(text)) {
      write(json, vector.fields());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  private static void write(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case String text -> json.writeString(text);
      case Long number -> json.writeNumber((long) number);
      case Double number -> json.writeNumber(String.format(Locale.ROOT, "%s", number));
      case Boolean truth -> json.writeBoolean(truth);
      case List<?> list -> {
        json.writeStartArray();
        for (Object element : list) {
          write(json, element);
        }
        json.writeEndArray();
      }
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          json.writeFieldName((String) entry.getKey());
          write(json, entry.getValue());
        }
        json.writeEndObject();
      }
      default -> throw new IllegalArgumentException(value.getClass().getName());
    }
  }
}
