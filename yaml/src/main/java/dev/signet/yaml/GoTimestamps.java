package dev.signet.yaml;

import java.time.LocalDate;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;

/**
 * Which strings goyaml.v2 takes for timestamps: those that Go's {@code time.Parse} reads as {@code
 * 2006-1-2}, {@code 2006-1-2 15:4:5.999999999} or {@code 2006-1-2T15:4:5.999999999Z07:00} (T in
 * either case). Go is generous: one or two digits for each part but the year, any number of
 * fractional digits after a point or a comma, any number of spaces between date and time.
 */
final class GoTimestamps {

  private static final int NANO_DIGITS = 9;

  private final String text;
  private int at;
  private int hour;
  private int minute;
  private int second;
  private int nano;
  private boolean beyond;
  private ZoneOffset offset = ZoneOffset.UTC;
  private LocalDate date = LocalDate.EPOCH;

  private GoTimestamps(String text) {
    this.text = text;
  }

  static boolean matches(String text) {
    if (text.length() < 8 || text.charAt(4) != '-') {
      return false;
    }
    for (int i = 0; i < 4; i++) {
      if (text.charAt(i) < '0' || text.charAt(i) > '9') {
        return false;
      }
    }
    return new GoTimestamps(text).matches();
  }

  /**
   * The time that a text which {@link #matches} means; without a zone it is UTC. With an offset
   * beyond what Java knows, which no clock shows, it is the text itself.
   */
  static Object parse(String text) {
    GoTimestamps parsed = new GoTimestamps(text);
    parsed.matches();
    if (parsed.beyond) {
      return text;
    }
    return OffsetDateTime.of(
        parsed.date,
        LocalTime.of(parsed.hour, parsed.minute, parsed.second, parsed.nano),
        parsed.offset);
  }

  private boolean matches() {
    int year = Integer.parseInt(text, 0, 4, 10);
    at = 5;
    int month = part();
    if (month < 1 || month > 12 || !skip('-')) {
      return false;
    }
    int day = part();
    if (day < 1 || day > days(year, month)) {
      return false;
    }
    date = LocalDate.of(year, month, day);
    if (at == text.length()) {
      return true;
    }
    char separator = text.charAt(at);
    if (separator == ' ') {
      while (at < text.length() && text.charAt(at) == ' ') {
        at++;
      }
      return time() && at == text.length();
    }
    if (separator != 'T' && separator != 't') {
      return false;
    }
    at++;
    return time() && zone() && at == text.length();
  }

  private boolean time() {
    hour = part();
    if (hour < 0 || hour > 23 || !skip(':')) {
      return false;
    }
    minute = part();
    if (minute < 0 || minute > 59 || !skip(':')) {
      return false;
    }
    second = part();
    if (second < 0 || second > 59) {
      return false;
    }
    if (at + 1 < text.length()
        && (text.charAt(at) == '.' || text.charAt(at) == ',')
        && digit(at + 1)) {
      at++;
      int scale = NANO_DIGITS;
      while (digit(at)) {
        nano = scale-- > 0 ? nano * 10 + text.charAt(at) - '0' : nano;
        at++;
      }
      while (scale-- > 0) {
        nano *= 10;
      }
    }
    return true;
  }

  private boolean zone() {
    if (skip('Z')) {
      return true;
    }
    if (at + 6 > text.length()
        || (text.charAt(at) != '+' && text.charAt(at) != '-')
        || text.charAt(at + 3) != ':') {
      return false;
    }
    for (int i = 1; i < 6; i++) {
      if (i != 3 && !digit(at + i)) {
        return false;
      }
    }
    int hours = Integer.parseInt(text, at + 1, at + 3, 10);
    int minutes = Integer.parseInt(text, at + 4, at + 6, 10);
    if (hours > 24 || minutes > 60) {
      return false;
    }
    int seconds = (hours * 60 + minutes) * 60;
    beyond = seconds > ZoneOffset.MAX.getTotalSeconds();
    if (!beyond) {
      offset = ZoneOffset.ofTotalSeconds(text.charAt(at) == '-' ? -seconds : seconds);
    }
    at += 6;
    return true;
  }

  /** One or two digits, or -1. */
  private int part() {
    if (!digit(at)) {
      return -1;
    }
    int value = text.charAt(at++) - '0';
    if (digit(at)) {
      value = value * 10 + text.charAt(at++) - '0';
    }
    return value;
  }

  private boolean digit(int index) {
    return index < text.length() && text.charAt(index) >= '0' && text.charAt(index) <= '9';
  }

  private boolean skip(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private static int days(int year, int month) {
    return switch (month) {
      case 2 -> (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28;
      case 4, 6, 9, 11 -> 30;
      default -> 31;
    };
  }
}
