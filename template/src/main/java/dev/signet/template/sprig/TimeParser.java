package dev.signet.template.sprig;

import dev.signet.template.GoError;
import dev.signet.template.Quote;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Year;
import java.time.YearMonth;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Reads a time after a layout, with Go's error texts. */
final class TimeParser {
  private final String layout;
  private final String text;
  private final GoZone local;
  private String rest;

  private int year;
  private int month = -1;
  private int day = -1;
  private int yearDay = -1;
  private int hour;
  private int minute;
  private int second;
  private int nanos;
  private boolean am;
  private boolean pm;
  private @Nullable GoZone zone;
  private @Nullable Integer offset;
  private String zoneName = "";
  private String outOfRange = "";

  private TimeParser(String layout, String text, GoZone local) {
    this.layout = layout;
    this.text = text;
    this.local = local;
    this.rest = text;
  }

  static GoTime parse(String layout, String text, GoZone local) throws GoError {
    return new TimeParser(layout, text, local).run();
  }

  /** The text at the cursor is not what the layout asks for. */
  private static final class Mismatch extends Exception {
    private static final long serialVersionUID = 1;

    Mismatch() {
      super("mismatch", null, false, false);
    }
  }

  private GoTime run() throws GoError {
    int at = 0;
    while (true) {
      TimeLayout.Found found = TimeLayout.next(layout, at);
      String prefix = layout.substring(at, found == null ? layout.length() : found.start());
      skip(prefix);
      if (found == null) {
        break;
      }
      at = found.end();
      String shown = layout.substring(found.start(), found.end());
      String before = rest;
      boolean matched = true;
      try {
        part(found, at);
      } catch (Mismatch e) {
        matched = false;
      }
      if (!outOfRange.isEmpty()) {
        throw error(": " + outOfRange + " out of range");
      }
      if (!matched) {
        throw cannotParse(before, shown);
      }
    }
    if (!rest.isEmpty()) {
      throw error(": extra text: " + Quote.quoteTime(rest));
    }
    return result();
  }

  private GoError error(String what) {
    return new GoError("parsing time " + Quote.quoteTime(text) + what);
  }

  private GoError cannotParse(String value, String part) {
    return error(
        " as "
            + Quote.quoteTime(layout)
            + ": cannot parse "
            + Quote.quoteTime(value)
            + " as "
            + Quote.quoteTime(part));
  }

  /** Literal text of the layout; a run of spaces matches any run. */
  private void skip(String prefix) throws GoError {
    String left = prefix;
    while (!left.isEmpty()) {
      if (left.charAt(0) == ' ') {
        if (!rest.isEmpty() && rest.charAt(0) != ' ') {
          throw cannotParse(rest, prefix);
        }
        left = withoutSpaces(left);
        rest = withoutSpaces(rest);
      } else if (rest.isEmpty() || rest.charAt(0) != left.charAt(0)) {
        throw cannotParse(rest, prefix);
      } else {
        left = left.substring(1);
        rest = rest.substring(1);
      }
    }
  }

  private static String withoutSpaces(String text) {
    int at = 0;
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
    return text.substring(at);
  }

  private boolean isDigit(int at) {
    return at < rest.length() && rest.charAt(at) >= '0' && rest.charAt(at) <= '9';
  }

  private String take(int count) throws Mismatch {
    if (rest.length() < count) {
      throw new Mismatch();
    }
    String taken = rest.substring(0, count);
    rest = rest.substring(count);
    return taken;
  }

  private static int digits(String text) throws Mismatch {
    if (!text.matches("[0-9]{1,9}")) {
      throw new Mismatch();
    }
    return Integer.parseInt(text);
  }

  /** As {@link #digits}, with a sign or without. */
  private static int signed(String text) throws Mismatch {
    if (text.startsWith("-") || text.startsWith("+")) {
      int value = digits(text.substring(1));
      return text.charAt(0) == '-' ? -value : value;
    }
    return digits(text);
  }

  /** One or two digits, exactly two where fixed. */
  private int number(boolean fixed) throws Mismatch {
    if (!isDigit(0) || (fixed && !isDigit(1))) {
      throw new Mismatch();
    }
    return digits(take(isDigit(1) ? 2 : 1));
  }

  private int number(boolean fixed, int least, int most, String name) throws Mismatch {
    int value = number(fixed);
    if (value < least || value > most) {
      outOfRange = name;
    }
    return value;
  }

  private int lookup(String[] names, boolean shortened) throws Mismatch {
    for (int i = 0; i < names.length; i++) {
      String name = shortened ? names[i].substring(0, 3) : names[i];
      if (rest.regionMatches(true, 0, name, 0, name.length())) {
        rest = rest.substring(name.length());
        return i;
      }
    }
    throw new Mismatch();
  }

  private void part(TimeLayout.Found found, int after) throws Mismatch {
    switch (found.part()) {
      case YEAR -> {
        int value = signed(take(2));
        year = value >= 69 ? value + 1900 : value + 2000;
      }
      case LONG_YEAR -> {
        if (rest.length() < 4 || !isDigit(0)) {
          throw new Mismatch();
        }
        year = digits(take(4));
      }
      case MONTH -> month = lookup(TimeFormat.MONTHS, true) + 1;
      case LONG_MONTH -> month = lookup(TimeFormat.MONTHS, false) + 1;
      case NUMBER_MONTH -> month = number(false, 1, 12, "month");
      case ZERO_MONTH -> month = number(true, 1, 12, "month");
      case WEEKDAY -> lookup(TimeFormat.DAYS, true);
      case LONG_WEEKDAY -> lookup(TimeFormat.DAYS, false);
      case DAY -> day = number(false);
      case UNDER_DAY -> {
        skipSpaces(1);
        day = number(false);
      }
      case ZERO_DAY -> day = number(true);
      case UNDER_YEAR_DAY -> {
        skipSpaces(2);
        yearDay = yearDay(false);
      }
      case ZERO_YEAR_DAY -> yearDay = yearDay(true);
      case HOUR -> hour = number(false, 0, 23, "hour");
      case HOUR_12 -> hour = number(false, 0, 12, "hour");
      case ZERO_HOUR_12 -> hour = number(true, 0, 12, "hour");
      case MINUTE -> minute = number(false, 0, 59, "minute");
      case ZERO_MINUTE -> minute = number(true, 0, 59, "minute");
      case SECOND -> second(false, after);
      case ZERO_SECOND -> second(true, after);
      case UPPER_PM -> halfOfDay("AM", "PM");
      case LOWER_PM -> halfOfDay("am", "pm");
      case ZONE -> zoneName();
      case FRACTION_ZEROS -> nanos = fraction(found.end() - found.start());
      case FRACTION_NINES -> {
        if (hasFraction()) {
          nanos = fraction(fractionLength());
        }
      }
      default -> offset(found.part());
    }
  }

  private void skipSpaces(int most) {
    for (int i = 0; i < most && rest.startsWith(" "); i++) {
      rest = rest.substring(1);
    }
  }

  private int yearDay(boolean fixed) throws Mismatch {
    int count = 0;
    while (count < 3 && isDigit(count)) {
      count++;
    }
    if (count == 0 || (fixed && count != 3)) {
      throw new Mismatch();
    }
    return digits(take(count));
  }

  private boolean hasFraction() {
    return rest.length() >= 2 && (rest.charAt(0) == '.' || rest.charAt(0) == ',') && isDigit(1);
  }

  private int fractionLength() {
    int length = 1;
    while (isDigit(length)) {
      length++;
    }
    return length;
  }

  /** Seconds may have a fraction that the layout does not mention. */
  private void second(boolean fixed, int after) throws Mismatch {
    second = number(fixed, 0, 59, "second");
    if (!outOfRange.isEmpty() || !hasFraction()) {
      return;
    }
    TimeLayout.Found following = TimeLayout.next(layout, after);
    if (following != null
        && (following.part() == TimeLayout.Part.FRACTION_ZEROS
            || following.part() == TimeLayout.Part.FRACTION_NINES)) {
      return;
    }
    nanos = fraction(fractionLength());
  }

  private int fraction(int length) throws Mismatch {
    String taken = take(length);
    if (taken.charAt(0) != '.' && taken.charAt(0) != ',') {
      throw new Mismatch();
    }
    String digits = taken.substring(1, Math.min(taken.length(), 10));
    int value = signed(digits);
    if (value < 0) {
      outOfRange = "fractional second";
    }
    for (int i = digits.length(); i < 9; i++) {
      value *= 10;
    }
    return value;
  }

  private void halfOfDay(String before, String after) throws Mismatch {
    String half = take(2);
    am |= half.equals(before);
    pm |= half.equals(after);
    if (!half.equals(before) && !half.equals(after)) {
      throw new Mismatch();
    }
  }

  private void offset(TimeLayout.Part part) throws Mismatch {
    if (part.isIso() && rest.startsWith("Z")) {
      rest = rest.substring(1);
      zone = GoZone.UTC;
      return;
    }
    String shape = part.text.substring(1);
    String taken = take(shape.length() + 1);
    StringBuilder digits = new StringBuilder();
    for (int i = 0; i < shape.length(); i++) {
      char c = taken.charAt(i + 1);
      if (shape.charAt(i) != ':') {
        digits.append(c);
      } else if (c != ':') {
        throw new Mismatch();
      }
    }
    String plain = digits.repeat('0', 6 - digits.length()).toString();
    int hours = digits(plain.substring(0, 2));
    if (hours > 24) {
      outOfRange = "time zone offset hour";
    }
    int minutes = digits(plain.substring(2, 4));
    int seconds = digits(plain.substring(4));
    if (minutes > 60) {
      outOfRange = "time zone offset minute";
    }
    if (seconds > 60) {
      outOfRange = "time zone offset second";
    }
    int total = (hours * 60 + minutes) * 60 + seconds;
    offset =
        switch (taken.charAt(0)) {
          case '+' -> total;
          case '-' -> -total;
          default -> throw new Mismatch();
        };
  }

  private void zoneName() throws Mismatch {
    if (rest.startsWith("UTC")) {
      rest = rest.substring(3);
      zone = GoZone.UTC;
      return;
    }
    int length = zoneNameLength();
    if (length <= 0) {
      throw new Mismatch();
    }
    zoneName = take(length);
  }

  /** Three to five capitals, of which four or five end in T; GMT with an offset; or an offset. */
  private int zoneNameLength() {
    if (rest.length() < 3) {
      return 0;
    }
    if (rest.startsWith("ChST") || rest.startsWith("MeST")) {
      return 4;
    }
    if (rest.startsWith("GMT")) {
      return 3 + signedOffset(3);
    }
    if (rest.charAt(0) == '+' || rest.charAt(0) == '-') {
      return signedOffset(0);
    }
    int upper = 0;
    while (upper < 6
        && upper < rest.length()
        && rest.charAt(upper) >= 'A'
        && rest.charAt(upper) <= 'Z') {
      upper++;
    }
    return switch (upper) {
      case 3 -> 3;
      case 4 -> rest.charAt(3) == 'T' || rest.startsWith("WITA") ? 4 : 0;
      case 5 -> rest.charAt(4) == 'T' ? 5 : 0;
      default -> 0;
    };
  }

  private int signedOffset(int at) {
    if (at >= rest.length() || (rest.charAt(at) != '+' && rest.charAt(at) != '-')) {
      return 0;
    }
    int end = at + 1;
    while (isDigit(end)) {
      end++;
    }
    String number = rest.substring(at + 1, end);
    boolean valid =
        number.matches("0*[0-9]{1,2}")
            && Integer.parseInt(number.substring(Math.max(0, number.length() - 2))) <= 23;
    return valid ? end - at : 0;
  }

  private GoTime result() throws GoError {
    if (pm && hour < 12) {
      hour += 12;
    } else if (am && hour == 12) {
      hour = 0;
    }
    if (yearDay >= 0) {
      fromYearDay();
    }
    month = Math.max(month, 1);
    day = day < 0 ? 1 : day;
    if (day < 1 || day > YearMonth.of(year, month).lengthOfMonth()) {
      throw error(": day out of range");
    }
    LocalDateTime at;
    try {
      at =
          LocalDateTime.of(
              LocalDate.of(year, month, day), LocalTime.of(hour, minute, second, nanos));
    } catch (DateTimeException e) {
      throw error(": day out of range");
    }
    if (zone != null) {
      return new GoTime(zone.instant(at), zone);
    }
    if (offset != null) {
      return withOffset(GoZone.UTC.instant(at).minusSeconds(offset), offset);
    }
    if (!zoneName.isEmpty()) {
      return withName(at);
    }
    return new GoTime(local.instant(at), local);
  }

  private void fromYearDay() throws GoError {
    if (yearDay < 1 || yearDay > (Year.isLeap(year) ? 366 : 365)) {
      throw error(": day-of-year out of range");
    }
    LocalDate date = LocalDate.ofYearDay(year, yearDay);
    if (month >= 0 && month != date.getMonthValue()) {
      throw error(": day-of-year does not match month");
    }
    if (day >= 0 && day != date.getDayOfMonth()) {
      throw error(": day-of-year does not match day");
    }
    month = date.getMonthValue();
    day = date.getDayOfMonth();
  }

  private GoTime withOffset(Instant instant, int seconds) {
    GoTime inLocal = new GoTime(instant, local);
    if (inLocal.offsetSeconds() == seconds
        && (zoneName.isEmpty() || local.abbreviationAt(instant).equals(zoneName))) {
      return inLocal;
    }
    return new GoTime(instant, GoZone.fixed(zoneName, seconds));
  }

  /** A name means something only where the local zone knows it, or in GMT with an offset. */
  private GoTime withName(LocalDateTime at) {
    Instant instant = local.instant(at, zoneName);
    if (instant != null) {
      return new GoTime(instant, local);
    }
    int seconds = 0;
    if (zoneName.length() > 3 && zoneName.startsWith("GMT")) {
      String number = zoneName.substring(3).toUpperCase(Locale.ROOT);
      seconds = Integer.parseInt(number.startsWith("+") ? number.substring(1) : number) * 3600;
    }
    return new GoTime(GoZone.UTC.instant(at), GoZone.fixed(zoneName, seconds));
  }
}
