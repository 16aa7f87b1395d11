package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The command line against what upstream's kubeseal answered to the same one. */
class KubesealUpstreamTest {

  private static final Pattern CIPHERTEXT = Pattern.compile("A[gQ][A-P][A-Za-z0-9+/]{300,}=*");
  private static final Pattern FLAG =
      Pattern.compile("^  (?:-(.), |    )--(\\S+)( [A-Za-z]+)? {2,}(.*)\\n", Pattern.MULTILINE);
  private static final Pattern DEFAULT = Pattern.compile("\\(default (.*)\\)$");

  static List<Jsonl.Row> answers() {
    return Jsonl.rows(KubesealUpstreamTest.class, "kubeseal/upstream.jsonl");
  }

  static List<Jsonl.Row> flags() {
    return Jsonl.rows(KubesealUpstreamTest.class, "kubeseal/flags.jsonl");
  }

  @ParameterizedTest
  @MethodSource("answers")
  void answersAsUpstreamDoes(Jsonl.Row row, @TempDir Path folder) {
    KubesealHarness kubeseal =
        KubesealHarness.in(folder).variable("KUBECONFIG", folder.resolve("kubeconfig").toString());
    texts(row, "env").forEach(kubeseal::variable);
    if (row.has("stdinFile")) {
      kubeseal.inputFile(row.text("stdinFile"));
    } else {
      kubeseal.input(row.has("stdin") ? row.text("stdin") : "");
    }
    Map<String, String> before = kubeseal.files();
    KubesealHarness.Result result = kubeseal.run(row.texts("args"));
    Map<String, String> written = new TreeMap<>(kubeseal.files());
    written.entrySet().removeIf(file -> file.getValue().equals(before.get(file.getKey())));
    written.replaceAll((name, content) -> masked(content));

    if (row.has("ours")) {
      Jsonl.Row ours = row.row("ours");
      assertThat(result.exit()).isEqualTo(ours.integer("exit"));
      assertThat(masked(result.out())).matches(pattern(ours.text("stdout")));
      assertThat(result.err()).matches(pattern(ours.text("stderr")));
      assertThat(result.err().lines())
          .as("as many lines as upstream's")
          .hasSize((int) ours.text("stderr").lines().count());
      assertThat(written).isEmpty();
      return;
    }
    String version = row.text("stdout").replace("v0.40.0", Version.text());
    assertThat(masked(result.out())).isEqualTo(version);
    assertThat(result.err()).isEqualTo(row.text("stderr"));
    assertThat(result.exit()).isEqualTo(row.integer("exit"));
    assertThat(written).isEqualTo(texts(row, "files"));
  }

  @Test
  void hasUpstreamsFlagsWithTheirLettersTypesAndDefaults(@TempDir Path folder) {
    List<String> ours = new ArrayList<>();
    Matcher line = FLAG.matcher(KubesealHarness.in(folder).run("--help").out());
    while (line.find()) {
      Matcher initial = DEFAULT.matcher(orEmpty(line.group(4)));
      ours.add(
          orEmpty(line.group(1))
              + " "
              + line.group(2)
              + orEmpty(line.group(3))
              + " "
              + (initial.find() ? orEmpty(initial.group(1)) : ""));
    }
    assertThat(ours)
        .isEqualTo(
            flags().stream()
                .map(
                    row ->
                        row.text("shorthand")
                            + " "
                            + row.text("id")
                            + (row.text("type").isEmpty() ? "" : " " + row.text("type"))
                            + " "
                            + row.text("default"))
                .toList());
  }

  private static String orEmpty(@Nullable String text) {
    return text == null ? "" : text;
  }

  private static String masked(String text) {
    String masked = CIPHERTEXT.matcher(text).replaceAll("<sealed>");
    Matcher flag = FLAG.matcher(masked);
    return flag.find()
        ? masked.substring(0, flag.start())
            + "<flags>\n"
            + FLAG.matcher(masked.substring(flag.start())).replaceAll("")
        : masked;
  }

  private static Pattern pattern(String text) {
    StringBuilder pattern = new StringBuilder();
    for (String part : text.split("\\*", -1)) {
      pattern.append(pattern.isEmpty() ? "" : ".*").append(Pattern.quote(part));
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL);
  }

  private static Map<String, String> texts(Jsonl.Row row, String field) {
    Map<String, String> texts = new TreeMap<>();
    if (row.has(field)) {
      row.row(field).fields().forEach((name, text) -> texts.put(name, String.valueOf(text)));
    }
    return texts;
  }
}
