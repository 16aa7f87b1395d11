package dev.signet.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a format string: flags, {@code *}, argument indexes like {@code [2]}, width, precision and
 * verb, with Go's texts for what does not fit ({@code %!d(MISSING)}, {@code %!(EXTRA …)}).
 */
final class Directive {
  private static final int LARGEST = 1_000_000;
  private final Printer printer;
  private final Layout layout;
  private final String format;
  private final List<? extends Value> operands;
  private int at;
  private int argument;
  private boolean reordered;
  private boolean goodIndex;
  private boolean afterIndex;

  Directive(Printer printer, String format, List<? extends Value> operands) {
    this.printer = printer;
    this.layout = printer.layout;
    this.format = format;
    this.operands = operands;
  }

  void run() {
    int end = format.length();
    while (at < end) {
      int percent = format.indexOf('%', at);
      if (percent < 0) {
        layout.write(format.substring(at));
        break;
      }
      layout.write(format.substring(at, percent));
      at = percent + 1;
      if (!verb(end)) {
        break;
      }
    }
    if (!reordered && argument < operands.size()) {
      extra();
    }
  }

  /** One directive; false where the format ends before its verb. */
  private boolean verb(int end) {
    goodIndex = true;
    afterIndex = false;
    layout.clear();
    flags(end);
    index();
    width(end);
    precision(end);
    if (!afterIndex) {
      index();
    }
    if (at >= end) {
      layout.write("%!(NOVERB)");
      return false;
    }
    int verb = Utf8.codePoint(format, at);
    at += Utf8.width(format, at);
    if (verb == '%') {
      layout.write("%");
    } else if (!goodIndex) {
      bad(verb, "(BADINDEX)");
    } else if (argument >= operands.size()) {
      bad(verb, "(MISSING)");
    } else {
      if (verb == 'v' || verb == 'w') {
        layout.sharpV = layout.sharp;
        layout.sharp = false;
        layout.plusV = layout.plus;
        layout.plus = false;
      }
      printer.operand(operands.get(argument), verb);
      argument++;
    }
    return true;
  }

  private void bad(int verb, String what) {
    layout.write("%!");
    layout.rune(verb);
    layout.write(what);
  }

  private void flags(int end) {
    for (; at < end; at++) {
      switch (format.charAt(at)) {
        case '#' -> layout.sharp = true;
        case '0' -> layout.zero = true;
        case '+' -> layout.plus = true;
        case '-' -> layout.minus = true;
        case ' ' -> layout.space = true;
        default -> {
          return;
        }
      }
    }
  }

  private void width(int end) {
    if (at < end && format.charAt(at) == '*') {
      at++;
      Integer value = star();
      layout.hasWidth = value != null;
      if (value == null) {
        layout.write("%!(BADWIDTH)");
      } else {
        layout.width = Math.abs(value);
        if (value < 0) {
          layout.minus = true;
          layout.zero = false;
        }
      }
      afterIndex = false;
    } else {
      int value = number(end);
      layout.hasWidth = value >= 0;
      layout.width = Math.max(value, 0);
      if (afterIndex && layout.hasWidth) {
        goodIndex = false;
      }
    }
  }

  private void precision(int end) {
    if (at + 1 >= end || format.charAt(at) != '.') {
      return;
    }
    at++;
    if (afterIndex) {
      goodIndex = false;
    }
    index();
    if (at < end && format.charAt(at) == '*') {
      at++;
      Integer value = star();
      layout.hasPrecision = value != null && value >= 0;
      layout.precision = value != null && value >= 0 ? value : 0;
      if (!layout.hasPrecision) {
        layout.write("%!(BADPREC)");
      }
      afterIndex = false;
    } else {
      layout.precision = Math.max(number(end), 0);
      layout.hasPrecision = true;
    }
  }

  /** Digits at the cursor; -1 where there are none, or too many, which also ends the format. */
  private int number(int end) {
    int value = -1;
    while (at < end && format.charAt(at) >= '0' && format.charAt(at) <= '9') {
      if (value > LARGEST) {
        at = end;
        return -1;
      }
      value = Math.max(value, 0) * 10 + format.charAt(at) - '0';
      at++;
    }
    return value;
  }

  private @Nullable Integer star() {
    if (argument >= operands.size()) {
      return null;
    }
    Value value = operands.get(argument++);
    if (value instanceof Value.Int number
        && number.value() <= LARGEST
        && number.value() >= (number.isUnsigned() ? 0 : -LARGEST)) {
      return (int) number.value();
    }
    return null;
  }

  private void index() {
    if (at >= format.length() || format.charAt(at) != '[') {
      afterIndex = false;
      return;
    }
    reordered = true;
    int open = at;
    int close = format.indexOf(']', at + 1);
    if (format.length() - open < 3 || close < 0) {
      goodIndex = false;
      afterIndex = false;
      at = open + 1;
      return;
    }
    at = open + 1;
    int value = number(close);
    boolean numeric = value >= 0 && at == close;
    at = close + 1;
    afterIndex = numeric;
    if (numeric && value >= 1 && value <= operands.size()) {
      argument = value - 1;
    } else {
      goodIndex = false;
    }
  }

  private void extra() {
    layout.clear();
    layout.write("%!(EXTRA ");
    for (int i = argument; i < operands.size(); i++) {
      if (i > argument) {
        layout.write(", ");
      }
      Value operand = operands.get(i);
      if (operand instanceof Value.Nil) {
        layout.write("<nil>");
      } else {
        layout.write(operand.type().name());
        layout.write("=");
        printer.operand(operand, 'v');
      }
    }
    layout.write(")");
  }
}
