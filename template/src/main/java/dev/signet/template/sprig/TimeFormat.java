package dev.signet.template.sprig;

import java.time.LocalDateTime;
import java.time.temporal.ChronoField;
import java.util.Locale;

/** Writes a time after a layout. */
final class TimeFormat {
  static final String[] MONTHS = {
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December"
  };
  static final String[] DAYS = {
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"
  };
  private final GoTime time;
  private final LocalDateTime local;
  private final StringBuilder out = new StringBuilder();

  TimeFormat(GoTime time) {
    this.time = time;
    this.local = time.local();
  }

  String format(String layout) {
    int at = 0;
    for (TimeLayout.Found found = TimeLayout.next(layout, 0);
        found != null;
        found = TimeLayout.next(layout, at)) {
      out.append(layout, at, found.start());
      at = found.end();
      part(found, layout);
    }
    return out.append(layout, at, layout.length()).toString();
  }

  private void part(TimeLayout.Found found, String layout) {
    int hour12 = local.getHour() % 12 == 0 ? 12 : local.getHour() % 12;
    switch (found.part()) {
      case LONG_MONTH -> out.append(MONTHS[local.getMonthValue() - 1]);
      case MONTH -> out.append(MONTHS[local.getMonthValue() - 1], 0, 3);
      case NUMBER_MONTH -> number(local.getMonthValue(), 1, '0');
      case ZERO_MONTH -> number(local.getMonthValue(), 2, '0');
      case LONG_WEEKDAY -> out.append(DAYS[local.getDayOfWeek().getValue() % 7]);
      case WEEKDAY -> out.append(DAYS[local.getDayOfWeek().getValue() % 7], 0, 3);
      case DAY -> number(local.getDayOfMonth(), 1, '0');
      case UNDER_DAY -> number(local.getDayOfMonth(), 2, ' ');
      case ZERO_DAY -> number(local.getDayOfMonth(), 2, '0');
      case UNDER_YEAR_DAY -> number(local.getDayOfYear(), 3, ' ');
      case ZERO_YEAR_DAY -> number(local.getDayOfYear(), 3, '0');
      case HOUR -> number(local.getHour(), 2, '0');
      case HOUR_12 -> number(hour12, 1, '0');
      case ZERO_HOUR_12 -> number(hour12, 2, '0');
      case MINUTE -> number(local.getMinute(), 1, '0');
      case ZERO_MINUTE -> number(local.getMinute(), 2, '0');
      case SECOND -> number(local.getSecond(), 1, '0');
      case ZERO_SECOND -> number(local.getSecond(), 2, '0');
      case LONG_YEAR -> number(local.getYear(), 4, '0');
      case YEAR -> number(Math.floorMod(Math.abs(local.getYear()), 100), 2, '0');
      case UPPER_PM -> out.append(local.getHour() >= 12 ? "PM" : "AM");
      case LOWER_PM -> out.append(local.getHour() >= 12 ? "pm" : "am");
      case ZONE -> zoneName();
      case FRACTION_ZEROS, FRACTION_NINES -> fraction(found, layout);
      default -> offset(found.part());
    }
  }

  private void number(int value, int width, char pad) {
    String digits = Integer.toString(Math.abs(value));
    if (value < 0) {
      out.append('-');
    }
    out.repeat(pad, Math.max(0, width - digits.length())).append(digits);
  }

  private void zoneName() {
    String name = time.zone().abbreviationAt(time.instant());
    if (!name.isEmpty()) {
      out.append(name);
      return;
    }
    // No name: a numeric form of its own.
    int minutes = time.offsetSeconds() / 60;
    out.append(minutes < 0 ? '-' : '+');
    number(Math.abs(minutes) / 60, 2, '0');
    number(Math.abs(minutes) % 60, 2, '0');
  }

  private void fraction(TimeLayout.Found found, String layout) {
    int digits = found.end() - found.start() - 1;
    String nanos = String.format(Locale.ROOT, "%09d", local.get(ChronoField.NANO_OF_SECOND));
    String shown = digits <= 9 ? nanos.substring(0, digits) : nanos;
    if (found.part() == TimeLayout.Part.FRACTION_NINES) {
      int end = shown.length();
      while (end > 0 && shown.charAt(end - 1) == '0') {
        end--;
      }
      shown = shown.substring(0, end);
      if (shown.isEmpty()) {
        return;
      }
    }
    out.append(layout.charAt(found.start())).append(shown);
  }

  private void offset(TimeLayout.Part part) {
    int offset = time.offsetSeconds();
    if (part.isIso() && offset == 0) {
      out.append('Z');
      return;
    }
    int seconds = Math.abs(offset);
    boolean colon = part.text.indexOf(':') >= 0;
    out.append(offset / 60 < 0 ? '-' : '+');
    number(seconds / 3600, 2, '0');
    if (part.text.length() > 3) {
      out.append(colon ? ":" : "");
      number(seconds / 60 % 60, 2, '0');
    }
    if (part.text.length() == 7 || part.text.length() == 9) {
      out.append(colon ? ":" : "");
      number(seconds % 60, 2, '0');
    }
  }
}
