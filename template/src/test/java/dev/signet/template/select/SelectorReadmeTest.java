package dev.signet.template.select;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The examples of the README select what it says they do. */
class SelectorReadmeTest {
  private static final Pattern DOCUMENT = Pattern.compile("(?s)```json\n(.*?)```");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| (gjson|JSONPath|JMESPath) \\| `(.*)` \\| (.*) \\|$");

  @Test
  void theExamplesSelectWhatTheyShow() throws IOException, SelectorException {
    String readme = Files.readString(Path.of("README.md"));
    byte[] document =
        DOCUMENT
            .matcher(readme)
            .results()
            .findFirst()
            .orElseThrow()
            .group(1)
            .getBytes(StandardCharsets.UTF_8);
    List<MatchResult> rows = ROW.matcher(readme).results().toList();
    assertThat(rows).hasSize(19);
    for (MatchResult row : rows) {
      String selector = row.group(2);
      String shown = row.group(3);
      String wanted = shown.startsWith("`") ? shown.substring(1, shown.length() - 1) : "";
      switch (row.group(1)) {
        case "gjson" -> {
          GjsonResult result = Gjson.get(document, selector);
          assertThat(result.exists()).as(selector).isEqualTo(!shown.equals("nothing"));
          assertThat(result.string().text()).as(selector).isEqualTo(wanted);
        }
        case "JMESPath" ->
            assertThat(text(JmesPath.parse(selector).search(Json.parse(document))))
                .as(selector)
                .isEqualTo(wanted);
        default -> {
          KubeJsonPath path = KubeJsonPath.parse(selector);
          if (shown.startsWith("`")) {
            byte[] printed = path.print(Json.parse(document), false);
            assertThat(printed).as(selector).isEqualTo(wanted.getBytes(StandardCharsets.UTF_8));
          } else {
            assertThatThrownBy(() -> path.print(Json.parse(document), false))
                .as(selector)
                .isInstanceOf(SelectorException.class);
          }
        }
      }
    }
  }

  private static String text(Json json) throws SelectorException {
    return new String(json.encode(SelectorLimits.DEFAULT), StandardCharsets.UTF_8);
  }
}
