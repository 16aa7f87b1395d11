package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.LoggingEvent;
import dev.signet.testkit.Jsonl;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;

class LogLinesTest {

  private static final Logger LOGGER = new LoggerContext().getLogger("dev.signet.test");

  private static String line(boolean json, String message, @Nullable Throwable thrown) {
    LoggingEvent event = new LoggingEvent("test", LOGGER, Level.WARN, message, thrown, null);
    event.setKeyValuePairs(
        List.of(new KeyValuePair("kind", "SealedSecret"), new KeyValuePair("name", "app\"\n")));
    return new String(new LogLines(json).encode(event), StandardCharsets.UTF_8);
  }

  @Test
  void aLineIsAnObjectWithTheSameFieldsFirst() {
    String line = line(true, "is \"odd\"\nreally", null);
    Jsonl.Row row = Jsonl.row(line);

    assertThat(row.fields().keySet())
        .containsExactly("ts", "level", "logger", "msg", "kind", "name");
    assertThat(row.text("level")).isEqualTo("warn");
    assertThat(row.text("msg")).isEqualTo("is \"odd\"\nreally");
    assertThat(row.text("name")).isEqualTo("app\"\n");
    assertThat(line.indexOf('\n')).as("one line").isEqualTo(line.length() - 1);
  }

  @Test
  void ofAnExceptionNothingIsSaidButTypesAndPlaces() {
    Exception thrown =
        new IllegalStateException("s3cr3t", new IllegalArgumentException("s3cr3t too"));
    for (boolean json : new boolean[] {true, false}) {
      assertThat(line(json, "failed", thrown))
          .contains("java.lang.IllegalStateException", "caused by", "LogLinesTest")
          .doesNotContain("s3cr3t");
    }
  }

  @Test
  void textIsOneLineToo() {
    String line = line(false, "two\nlines\u001b[31m", null);
    assertThat(line).endsWith(" warn two lines [31m kind=SealedSecret name=app\"\n");
    assertThat(line.indexOf('\n')).isEqualTo(line.length() - 1);
  }
}
