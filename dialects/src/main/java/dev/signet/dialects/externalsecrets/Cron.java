package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.GoDuration;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A schedule as the Go library robfig/cron v3 reads it with its standard parser: minute, hour, day
 * of month, month and day of week, or a descriptor such as {@code @daily} and {@code @every 1h}; in
 * UTC unless the text begins with {@code TZ=} or {@code CRON_TZ=}.
 *
 * <p>Where neither day is {@code *} or {@code ?}, one of both is enough. What comes round in no
 * five years never does. A time that a change of clocks skips is skipped.
 */
sealed interface Cron {

  /** The first time after that one, empty when there is none. */
  Optional<Instant> next(Instant after);

  /** Empty for what the library refuses. */
  static Optional<Cron> parse(String text) {
    try {
      return Optional.of(parsed(text));
    } catch (IllegalArgumentException | DateTimeException e) {
      return Optional.empty();
    }
  }

  private static Cron parsed(String text) {
    ZoneId zone = ZoneOffset.UTC;
    String rest = text;
    if (text.startsWith("TZ=") || text.startsWith("CRON_TZ=")) {
      int space = text.indexOf(' ');
      zone = ZoneId.of(text.substring(text.indexOf('=') + 1, space));
      rest = text.substring(space);
    }
    String spec = rest.strip();
    if (spec.startsWith("@every ")) {
      Duration delay =
          GoDuration.parse(spec.substring("@every ".length()))
              .orElseThrow(IllegalArgumentException::new);
      long seconds = Math.max(1, delay.toSeconds());
      return new Every(Duration.ofSeconds(seconds));
    }
    String five =
        switch (spec) {
          case "@yearly", "@annually" -> "0 0 1 1 *";
          case "@monthly" -> "0 0 1 * *";
          case "@weekly" -> "0 0 * * 0";
          case "@daily", "@midnight" -> "0 0 * * *";
          case "@hourly" -> "0 * * * *";
          default -> spec;
        };
    String[] fields = five.split("\\s+", -1);
    if (fields.length != 5) {
      throw new IllegalArgumentException();
    }
    return new Calendar(
        Field.of(fields[0], 0, 59, List.of()),
        Field.of(fields[1], 0, 23, List.of()),
        Field.of(fields[2], 1, 31, List.of()),
        Field.of(
            fields[3],
            1,
            12,
            List.of(
                "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov",
                "dec")),
        Field.of(fields[4], 0, 6, List.of("sun", "mon", "tue", "wed", "thu", "fri", "sat")),
        zone);
  }

  /** Again and again after that time, in whole seconds. */
  record Every(Duration delay) implements Cron {
    @Override
    public Optional<Instant> next(Instant after) {
      return Optional.of(after.truncatedTo(ChronoUnit.SECONDS).plus(delay));
    }
  }

  /** At the minutes that fit. */
  record Calendar(Field minutes, Field hours, Field days, Field months, Field weekdays, ZoneId zone)
      implements Cron {

    private static final int YEARS = 5;

    @Override
    public Optional<Instant> next(Instant after) {
      LocalDateTime from =
          LocalDateTime.ofInstant(after, zone).truncatedTo(ChronoUnit.MINUTES).plusMinutes(1);
      LocalDate first = from.toLocalDate();
      LocalDate last = LocalDate.of(from.getYear() + YEARS, 12, 31);
      for (LocalDate day = first; !day.isAfter(last); day = day.plusDays(1)) {
        if (!fits(day)) {
          continue;
        }
        LocalDateTime start = day.equals(first) ? from : day.atStartOfDay();
        for (LocalDateTime time = start;
            time.toLocalDate().equals(day);
            time = hours.has(time.getHour()) ? time.plusMinutes(1) : nextHour(time)) {
          if (hours.has(time.getHour()) && minutes.has(time.getMinute())) {
            Optional<Instant> fitting = after(time, after);
            if (fitting.isPresent()) {
              return fitting;
            }
          }
        }
      }
      return Optional.empty();
    }

    private static LocalDateTime nextHour(LocalDateTime time) {
      return time.truncatedTo(ChronoUnit.HOURS).plusHours(1);
    }

    /** When it is that time there, after that instant; not at all when clocks skip it. */
    private Optional<Instant> after(LocalDateTime time, Instant after) {
      return zone.getRules().getValidOffsets(time).stream()
          .map(time::toInstant)
          .filter(each -> each.isAfter(after))
          .findFirst();
    }

    private boolean fits(LocalDate day) {
      boolean byDay = days.has(day.getDayOfMonth());
      boolean byWeekday = weekdays.has(day.getDayOfWeek().getValue() % 7);
      boolean byEither =
          (days.any() || weekdays.any()) ? (byDay && byWeekday) : (byDay || byWeekday);
      return months.has(day.getMonthValue()) && byEither;
    }
  }

  /**
   * The values of one field as bits.
   *
   * @param any whether it is {@code *} or {@code ?}, without a step
   */
  record Field(long bits, boolean any) {

    boolean has(int value) {
      return ((bits >>> value) & 1) == 1;
    }

    /**
     * @param names of the values from {@code least} on
     */
    private static Field of(String text, int least, int most, List<String> names) {
      long bits = 0;
      boolean any = false;
      for (String range : text.split(",")) {
        if (!range.isEmpty()) {
          Field one = range(range, least, most, names);
          bits |= one.bits;
          any |= one.any;
        }
      }
      return new Field(bits, any);
    }

    private static Field range(String text, int least, int most, List<String> names) {
      String[] steps = text.split("/", -1);
      String[] ends = steps[0].split("-", -1);
      if (steps.length > 2 || ends.length > 2) {
        throw new IllegalArgumentException();
      }
      boolean any = ends[0].equals("*") || ends[0].equals("?");
      int from = any ? least : value(ends[0], least, names);
      int to = any ? most : ends.length == 2 ? value(ends[1], least, names) : from;
      int step = 1;
      if (steps.length == 2) {
        step = number(steps[1]);
        to = !any && ends.length == 1 ? most : to;
        any = any && step <= 1;
      }
      if (from < least || to > most || from > to || step == 0) {
        throw new IllegalArgumentException();
      }
      long bits = 0;
      for (int each = from; each <= to; each += step) {
        bits |= 1L << each;
      }
      return new Field(bits, any);
    }

    private static int value(String text, int least, List<String> names) {
      int name = names.indexOf(text.toLowerCase(Locale.ROOT));
      return name < 0 ? number(text) : least + name;
    }

    private static int number(String text) {
      if (!text.matches("\\+?[0-9]{1,9}")) {
        throw new IllegalArgumentException();
      }
      return Integer.parseInt(text);
    }
  }
}
