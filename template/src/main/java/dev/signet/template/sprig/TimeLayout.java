package dev.signet.template.sprig;

import org.jspecify.annotations.Nullable;

/**
 * Go's time layouts: text in which the parts of the reference time, Mon Jan 2 15:04:05 MST 2006,
 * stand for those of the time.
 */
final class TimeLayout {
  private TimeLayout() {}

  /** What a part of a layout stands for. */
  enum Part {
    LONG_MONTH("January"),
    MONTH("Jan"),
    NUMBER_MONTH("1"),
    ZERO_MONTH("01"),
    LONG_WEEKDAY("Monday"),
    WEEKDAY("Mon"),
    DAY("2"),
    UNDER_DAY("_2"),
    ZERO_DAY("02"),
    UNDER_YEAR_DAY("__2"),
    ZERO_YEAR_DAY("002"),
    HOUR("15"),
    HOUR_12("3"),
    ZERO_HOUR_12("03"),
    MINUTE("4"),
    ZERO_MINUTE("04"),
    SECOND("5"),
    ZERO_SECOND("05"),
    LONG_YEAR("2006"),
    YEAR("06"),
    UPPER_PM("PM"),
    LOWER_PM("pm"),
    ZONE("MST"),
    ISO_ZONE("Z0700"),
    ISO_SECONDS_ZONE("Z070000"),
    ISO_SHORT_ZONE("Z07"),
    ISO_COLON_ZONE("Z07:00"),
    ISO_COLON_SECONDS_ZONE("Z07:00:00"),
    NUMBER_ZONE("-0700"),
    NUMBER_SECONDS_ZONE("-070000"),
    NUMBER_SHORT_ZONE("-07"),
    NUMBER_COLON_ZONE("-07:00"),
    NUMBER_COLON_SECONDS_ZONE("-07:00:00"),
    FRACTION_ZEROS(".0"),
    FRACTION_NINES(".9");

    final String text;

    Part(String text) {
      this.text = text;
    }

    boolean isIso() {
      return text.charAt(0) == 'Z';
    }
  }

  /** The first part in a layout: where it starts and ends. */
  record Found(Part part, int start, int end) {}

  /** Longer parts come before the ones they start with. */
  private static final Part[][] BY_FIRST = {
    {Part.LONG_MONTH, Part.MONTH},
    {Part.LONG_WEEKDAY, Part.WEEKDAY, Part.ZONE},
    {
      Part.ZERO_YEAR_DAY,
      Part.ZERO_MONTH,
      Part.ZERO_DAY,
      Part.ZERO_HOUR_12,
      Part.ZERO_MINUTE,
      Part.ZERO_SECOND,
      Part.YEAR
    },
    {Part.HOUR, Part.NUMBER_MONTH},
    {Part.LONG_YEAR, Part.DAY},
    {Part.UNDER_YEAR_DAY, Part.UNDER_DAY},
    {Part.HOUR_12},
    {Part.MINUTE},
    {Part.SECOND},
    {Part.UPPER_PM},
    {Part.LOWER_PM},
    {
      Part.NUMBER_SECONDS_ZONE,
      Part.NUMBER_COLON_SECONDS_ZONE,
      Part.NUMBER_ZONE,
      Part.NUMBER_COLON_ZONE,
      Part.NUMBER_SHORT_ZONE
    },
    {
      Part.ISO_SECONDS_ZONE,
      Part.ISO_COLON_SECONDS_ZONE,
      Part.ISO_ZONE,
      Part.ISO_COLON_ZONE,
      Part.ISO_SHORT_ZONE
    },
  };

  private static final String FIRSTS = "JM012_345Pp-Z";

  static @Nullable Found next(String layout, int from) {
    for (int i = from; i < layout.length(); i++) {
      char c = layout.charAt(i);
      if (c == '.' || c == ',') {
        Found fraction = fraction(layout, i);
        if (fraction != null) {
          return fraction;
        }
        continue;
      }
      int group = FIRSTS.indexOf(c);
      if (group < 0) {
        continue;
      }
      if (layout.startsWith("_2006", i)) {
        return new Found(Part.LONG_YEAR, i + 1, i + 5);
      }
      for (Part part : BY_FIRST[group]) {
        int end = i + part.text.length();
        boolean word = part == Part.MONTH || part == Part.WEEKDAY;
        if (layout.startsWith(part.text, i) && !(word && isLower(layout, end))) {
          return new Found(part, i, end);
        }
      }
    }
    return null;
  }

  private static boolean isLower(String layout, int at) {
    return at < layout.length() && layout.charAt(at) >= 'a' && layout.charAt(at) <= 'z';
  }

  /** A point or comma with zeros or nines after which no digit follows. */
  private static @Nullable Found fraction(String layout, int at) {
    int end = at + 1;
    if (end >= layout.length()) {
      return null;
    }
    char digit = layout.charAt(end);
    if (digit != '0' && digit != '9') {
      return null;
    }
    while (end < layout.length() && layout.charAt(end) == digit) {
      end++;
    }
    if (end < layout.length()
        && Character.isDigit(layout.charAt(end))
        && layout.charAt(end) < 0x80) {
      return null;
    }
    return new Found(digit == '0' ? Part.FRACTION_ZEROS : Part.FRACTION_NINES, at, end);
  }
}
