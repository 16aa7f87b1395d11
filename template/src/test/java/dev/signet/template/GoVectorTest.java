package dev.signet.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.template.sprig.Sprig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What Go made of templates, byte for byte: output, errors, and output before an error. */
class GoVectorTest {
  /** How many vectors of a file need functions of External Secrets. */
  private static final Map<String, Integer> TESTED_IN_DIALECTS =
      Map.of("/gotemplate/sprig.jsonl", 17, "/gotemplate/nondeterministic.jsonl", 1);

  /** The default limits, but time enough for keys on a busy machine. */
  private static final Limits LIMITS =
      new Limits(
          Limits.DEFAULT.steps(),
          Duration.ofMinutes(5),
          Limits.DEFAULT.output(),
          Limits.DEFAULT.memory(),
          Limits.DEFAULT.depth());

  private static Template.Sources sources(VectorCase vector) {
    return new Template.Sources(
        InstantSource.fixed(Instant.parse("2026-03-04T05:06:07.123456789Z")),
        ZoneId.of(Objects.requireNonNullElse(vector.text("zone"), "UTC")),
        new Random(42));
  }

  /** What came out: bytes, and an error where there was one. */
  private static final class Result {
    private final byte[] output;
    private final @Nullable TemplateException error;

    Result(byte[] output, @Nullable TemplateException error) {
      this.output = output;
      this.error = error;
    }
  }

  private static Result run(VectorCase vector) {
    Output output = new Output(Limits.DEFAULT.output());
    try {
      Template template =
          Template.parse(
              "t",
              vector.template(),
              "none".equals(vector.text("funcs")) ? Functions.NONE : Sprig.functions(),
              Options.DEFAULT.missingKey(vector.missingKey()));
      template.execute(vector.data(), LIMITS, sources(vector), output);
      return new Result(output.toBytes(), null);
    } catch (TemplateException e) {
      return new Result(output.toBytes(), e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/gotemplate/builtins.jsonl",
        "/gotemplate/engine.jsonl",
        "/gotemplate/printf.jsonl",
        "/gotemplate/random.jsonl",
        "/gotemplate/sprig.jsonl",
        "/gotemplate/nondeterministic.jsonl",
        "/gotemplate/generated/builtins.jsonl",
        "/gotemplate/generated/crypto.jsonl",
        "/gotemplate/generated/dates.jsonl",
        "/gotemplate/generated/differential.jsonl",
        "/gotemplate/generated/functions.jsonl",
        "/gotemplate/generated/functions-one-argument.jsonl",
        "/gotemplate/generated/grammar.jsonl",
        "/gotemplate/generated/local-berlin.jsonl",
        "/gotemplate/generated/local-new-york.jsonl",
        "/gotemplate/generated/numbers.jsonl",
        "/gotemplate/generated/parse.jsonl",
        "/gotemplate/generated/printf.jsonl",
        "/gotemplate/generated/semver.jsonl",
        "/gotemplate/generated/strings.jsonl",
        "/gotemplate/generated/urls.jsonl",
      })
  void everyVectorGivesWhatGoGave(String resource) {
    List<String> failures = new ArrayList<>();
    int count = 0;
    int elsewhere = 0;
    for (VectorCase vector : VectorCase.read(resource)) {
      if ("eso".equals(vector.text("funcs"))) {
        // They need functions of External Secrets: module dialects has them, and these vectors.
        elsewhere++;
        continue;
      }
      count++;
      String failure = failure(vector);
      if (failure != null) {
        failures.add(failure);
      }
    }
    System.out.printf(
        "%s: %d of %d vectors pass, %d are tested in dialects%n",
        resource, count - failures.size(), count, elsewhere);
    assertThat(elsewhere).isEqualTo(TESTED_IN_DIALECTS.getOrDefault(resource, 0));
    assertThat(count).isPositive();
    assertThat(failures).isEmpty();
  }

  private static @Nullable String failure(VectorCase vector) {
    Result result = run(vector);
    byte[] wanted = vector.bytes("error");
    String regex = vector.text("outputRegex");
    if (vector.id().equals("shape-011")) {
      // Recorded with its salt: only the shape can be compared.
      regex = "^beta:\\$2a\\$10\\$[./A-Za-z0-9]{53}$";
    }
    boolean ok;
    if (wanted != null) {
      byte[] partial = vector.bytes("partialOutput");
      ok =
          result.error != null
              && Arrays.equals(result.error.bytes(), wanted)
              && Arrays.equals(result.output, partial == null ? new byte[0] : partial);
    } else if (regex != null) {
      ok =
          result.error == null
              && Pattern.compile(regex)
                  .matcher(new String(result.output, StandardCharsets.UTF_8))
                  .find();
    } else {
      wanted = vector.bytes("output");
      ok = result.error == null && Arrays.equals(result.output, wanted);
    }
    if (ok) {
      return null;
    }
    return vector.id()
        + " "
        + new String(vector.template(), StandardCharsets.UTF_8)
        + "\n   want "
        + (wanted == null ? regex : new String(wanted, StandardCharsets.ISO_8859_1))
        + "\n   got  "
        + (result.error == null
            ? new String(result.output, StandardCharsets.ISO_8859_1)
            : new String(result.error.bytes(), StandardCharsets.ISO_8859_1));
  }
}
