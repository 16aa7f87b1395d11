package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Jsonl.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Schedules against what the Go library makes of them. */
final class CronTest {

  static List<Row> schedules() {
    return Jsonl.rows(CronTest.class, "/cron/cron.jsonl");
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void aScheduleComesRoundWhenGosDoes(Row row) {
    Optional<Cron> cron = Cron.parse(row.text("spec"));
    if (row.has("error")) {
      assertThat(cron).isEmpty();
      return;
    }
    List<String> times = new ArrayList<>();
    Instant from = OffsetDateTime.parse(row.text("from")).toInstant();
    for (String expected : row.texts("next")) {
      Optional<Instant> next = cron.orElseThrow().next(from);
      times.add(next.map(Instant::toString).orElse("never"));
      if (next.isEmpty()) {
        break;
      }
      assertThat(expected).isNotEmpty();
      from = next.get();
    }
    assertThat(times).isEqualTo(row.texts("next"));
  }

  @Test
  void allVectorsAreThere() {
    assertThat(schedules()).hasSize(68);
  }
}
