package dev.signet.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.template.sprig.Sprig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random templates through Signet and through Go: output, error text, and the output before the
 * error have to be the same bytes. {@code ./mvnw -Pdifferential -pl template -am verify}, with
 * {@code -Dsignet.seed=} and {@code -Dsignet.cases=} where they are to be others.
 *
 * <p>The differences that the README lists do not come up: the generator sorts keys and values,
 * leaves out %p, hands times and pointers to few functions, slices lists of known capacity only,
 * and damages no certificates; the oracle takes the monotonic reading from {@code now}.
 */
class GoDifferentialTest {
  private static final int BATCH = 1000;

  /** How many differences are made smaller before they are printed. */
  private static final int SHRUNK = 3;

  /** A template with a part missing may loop for long. */
  private static final Duration BRIEF = Duration.ofSeconds(10);

  private static final List<String> ZONES =
      List.of("UTC", "UTC", "UTC", "UTC", "UTC", "UTC", "Europe/Berlin", "America/New_York");

  /** The time of a Go program that is built with the tag faketime. */
  private static final InstantSource CLOCK =
      InstantSource.fixed(Instant.parse("2009-11-10T23:00:00Z"));

  private static final Limits LIMITS =
      new Limits(
          Limits.DEFAULT.steps(),
          Duration.ofMinutes(1),
          Limits.DEFAULT.output(),
          Limits.DEFAULT.memory(),
          Limits.DEFAULT.depth());

  private static GoOracle.Answer render(VectorCase vector, String zone) {
    Output output = new Output(LIMITS.output());
    try {
      Template.parse(
              "t",
              vector.template(),
              "none".equals(vector.text("funcs")) ? Functions.NONE : Sprig.functions(),
              Options.DEFAULT.missingKey(vector.missingKey()))
          .execute(
              vector.data(),
              LIMITS,
              new Template.Sources(CLOCK, ZoneId.of(zone), new Random(7)),
              output);
      return new GoOracle.Answer(GoOracle.raw(output.toBytes()), null, null);
    } catch (TemplateException e) {
      return new GoOracle.Answer(GoOracle.raw(output.toBytes()), GoOracle.raw(e.bytes()), null);
    } catch (RuntimeException e) {
      return new GoOracle.Answer(GoOracle.raw(output.toBytes()), Utf8.encode(e.toString()), "");
    }
  }

  @Test
  @Tag("differential")
  void randomTemplatesGiveWhatGoGives() throws IOException, InterruptedException {
    GoOracle oracle = GoOracle.build();
    long seed = Long.getLong("signet.seed", System.currentTimeMillis());
    int cases = Integer.getInteger("signet.cases", 100_000);
    System.out.printf("differential: %d templates, -Dsignet.seed=%d%n", cases, seed);
    List<String> differences = new ArrayList<>();
    int errors = 0;
    for (int from = 0; from < cases; from += BATCH) {
      String zone = ZONES.get(from / BATCH % ZONES.size());
      List<VectorCase> batch = new ArrayList<>();
      for (int number = from; number < Math.min(cases, from + BATCH); number++) {
        batch.add(TemplateGrammar.vector(seed, number));
      }
      List<GoOracle.Answer> answers = oracle.ask(batch, zone, Duration.ofMinutes(5));
      assertThat(answers).hasSameSizeAs(batch);
      for (int i = 0; i < batch.size(); i++) {
        GoOracle.Answer go = answers.get(i);
        errors += go.error() == null ? 0 : 1;
        if (!render(batch.get(i), zone).equals(go)) {
          differences.add(difference(oracle, batch.get(i), go, zone, differences.size() < SHRUNK));
        }
      }
    }
    System.out.printf(
        "differential: %d templates, %d of them with an error of Go; %d differ%n",
        cases, errors, differences.size());
    assertThat(differences).isEmpty();
  }

  @Test
  void theGrammarNamesEveryFunctionThatCanBeCompared() {
    Set<String> missing = new TreeSet<>(Sprig.functions().names());
    missing.removeAll(ExpressionGrammar.functionNames());
    assertThat(missing)
        .as("left out because they draw on randomness and take long")
        .containsExactly(
            "bcrypt",
            "encryptAES",
            "genCA",
            "genCAWithKey",
            "genSelfSignedCert",
            "genSelfSignedCertWithKey",
            "genSignedCert",
            "genSignedCertWithKey",
            "htpasswd");
  }

  /** The whole case as a line for a file of vectors, and where wanted a smaller one. */
  private static String difference(
      GoOracle oracle, VectorCase vector, GoOracle.Answer go, String zone, boolean shrink)
      throws InterruptedException {
    String text = "\n" + described(vector, go, render(vector, zone), zone);
    if (!shrink) {
      return text;
    }
    try {
      VectorCase small = shrunk(oracle, vector, zone);
      GoOracle.Answer answer = oracle.ask(List.of(small), zone, BRIEF).getFirst();
      return text + "\nsmaller:\n" + described(small, answer, render(small, zone), zone);
    } catch (IOException e) {
      return text + "\nnot made smaller: " + e.getMessage();
    }
  }

  /** Without every part of its text that it differs without. */
  private static VectorCase shrunk(GoOracle oracle, VectorCase vector, String zone)
      throws IOException, InterruptedException {
    VectorCase best = vector;
    for (int size = text(vector).length() / 2; size > 0; ) {
      List<VectorCase> candidates = new ArrayList<>();
      String text = text(best);
      for (int at = 0; at + size <= text.length(); at += Math.max(1, size / 2)) {
        candidates.add(with(best, text.substring(0, at) + text.substring(at + size)));
      }
      List<GoOracle.Answer> answers = oracle.ask(candidates, zone, BRIEF);
      VectorCase smaller = null;
      for (int i = 0; i < candidates.size() && smaller == null; i++) {
        if (!render(candidates.get(i), zone).equals(answers.get(i))) {
          smaller = candidates.get(i);
        }
      }
      if (smaller == null) {
        size /= 2;
      } else {
        best = smaller;
        size = Math.min(size, text(best).length());
      }
    }
    return best;
  }

  private static String text(VectorCase vector) {
    return GoOracle.raw(vector.template());
  }

  private static VectorCase with(VectorCase vector, String template) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>(vector.fields());
    TemplateGrammar.putBytes(fields, "template", template);
    return new VectorCase(fields);
  }

  private static String described(
      VectorCase vector, GoOracle.Answer go, GoOracle.Answer ours, String zone) {
    Map<String, @Nullable Object> line = new LinkedHashMap<>(vector.fields());
    if (!zone.equals("UTC")) {
      line.put("zone", zone);
    }
    String error = go.error();
    TemplateGrammar.putBytes(line, error == null ? "output" : "partialOutput", go.output());
    if (error != null) {
      TemplateGrammar.putBytes(line, "error", error);
    }
    String panic = go.panic();
    String ourError = ours.error();
    return GoOracle.line(new VectorCase(line))
        + (panic == null ? "" : "\nGo panicked: " + panic)
        + "\nours: "
        + shown(ours.output())
        + (ourError == null ? "" : "\nerror: " + shown(ourError));
  }

  private static String shown(String raw) {
    return new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }
}
