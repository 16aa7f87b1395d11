package dev.signet.yaml;

/**
 * Which strings goyaml.v2 takes for timestamps: those that Go's {@code time.Parse} reads as {@code
 * 2006-1-2}, {@code 2006-1-2 15:4:5.999999999} or {@code 2006-1-2T15:4:5.999999999Z07:00} (T in
 * either case). Go is generous: one or two digits for each part but the year, any number of
 * fractional digits after a point or a comma, any number of spaces between date and time.
 */
final class GoTimestamps {

  private final String text;
  private int at;

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
    int hour = part();
    if (hour < 0 || hour > 23 || !skip(':')) {
      return false;
    }
    int minute = part();
    if (minute < 0 || minute > 59 || !skip(':')) {
      return false;
    }
    int second = part();
    if (second < 0 || second > 59) {
      return false;
    }
    if (at + 1 < text.length()
        && (text.charAt(at) == '.' || text.charAt(at) == ',')
        && digit(at + 1)) {
      at++;
      while (digit(at)) {
        at++;
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
    int hour = Integer.parseInt(text, at + 1, at + 3, 10);
    int minute = Integer.parseInt(text, at + 4, at + 6, 10);
    at += 6;
    return hour <= 24 && minute <= 60;
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
