package dev.signet.template.sprig;

import dev.signet.template.Dict;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Meter;
import dev.signet.template.Numbers;
import dev.signet.template.Quote;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Utf8;
import dev.signet.template.Value;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads JSON as Go's encoding/json does into an {@code interface {}}: every number a float64, the
 * last of equal keys wins, and Go's words for what is wrong. A number beyond the range of float64
 * is nil, which is an error only where errors are looked at.
 */
final class JsonDecoder {
  private final Meter meter;
  private final String text;
  private int at;
  private @Nullable GoError rangeError;

  JsonDecoder(Meter meter, String text) {
    this.meter = meter;
    this.text = text;
  }

  /** The value, or nil where the text is not JSON. */
  Value lenient() {
    try {
      return document();
    } catch (GoError e) {
      return Value.NIL;
    }
  }

  Value strict() throws GoError {
    Value value = document();
    if (rangeError != null) {
      throw rangeError;
    }
    return value;
  }

  private Value document() throws GoError {
    meter.steps(text.length() / 16);
    Value value = value(0);
    skipSpace();
    if (at < text.length()) {
      throw unexpected("after top-level value");
    }
    return value;
  }

  private void skipSpace() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
  }

  /** The character at the cursor is wrong, or there is none. */
  private GoError unexpected(String context) {
    // Go reads one space at the end, which only matters where no space may be.
    boolean ends = at >= text.length();
    boolean noSpace = context.startsWith("in ") || context.startsWith("after decimal");
    if (ends && (!noSpace || context.equals("in string literal"))) {
      return new GoError("unexpected end of JSON input");
    }
    char c = ends ? ' ' : text.charAt(at);
    String shown =
        switch (c) {
          case '\'' -> "'\\''";
          case '"' -> "'\"'";
          default -> {
            StringBuilder utf8 = new StringBuilder();
            Utf8.append(utf8, c);
            String quoted = Quote.quote(utf8.toString());
            yield "'" + quoted.substring(1, quoted.length() - 1) + "'";
          }
        };
    return new GoError("invalid character " + shown + " " + context);
  }

  private boolean atChar(char c) {
    return at < text.length() && text.charAt(at) == c;
  }

  private Value value(int depth) throws GoError {
    meter.depth(depth);
    meter.elements(1);
    skipSpace();
    if (at >= text.length()) {
      throw unexpected("");
    }
    char c = text.charAt(at);
    return switch (c) {
      case '{' -> object(depth);
      case '[' -> array(depth);
      case '"' -> new Str(string());
      case 't' -> literal("true", Value.of(true));
      case 'f' -> literal("false", Value.of(false));
      case 'n' -> literal("null", Value.NIL);
      default -> {
        if (c == '-' || isDigit()) {
          yield number();
        }
        throw unexpected("looking for beginning of value");
      }
    };
  }

  private Value literal(String word, Value value) throws GoError {
    at++;
    for (int i = 1; i < word.length(); i++) {
      if (!atChar(word.charAt(i))) {
        throw unexpected("in literal " + word + " (expecting '" + word.charAt(i) + "')");
      }
      at++;
    }
    return value;
  }

  private Value object(int depth) throws GoError {
    at++;
    Dict dict = Dict.empty(GoType.ANY_MAP);
    skipSpace();
    if (atChar('}')) {
      at++;
      return dict;
    }
    while (true) {
      skipSpace();
      if (!atChar('"')) {
        throw unexpected("looking for beginning of object key string");
      }
      String key = string();
      skipSpace();
      if (!atChar(':')) {
        throw unexpected("after object key");
      }
      at++;
      dict.put(key, value(depth + 1));
      skipSpace();
      if (atChar('}')) {
        at++;
        return dict;
      }
      if (!atChar(',')) {
        throw unexpected("after object key:value pair");
      }
      at++;
    }
  }

  private Value array(int depth) throws GoError {
    at++;
    List<Value> elements = new ArrayList<>();
    skipSpace();
    if (atChar(']')) {
      at++;
      return Slice.of(GoType.ANY_SLICE, elements);
    }
    while (true) {
      elements.add(value(depth + 1));
      skipSpace();
      if (atChar(']')) {
        at++;
        return Slice.of(GoType.ANY_SLICE, elements);
      }
      if (!atChar(',')) {
        throw unexpected("after array element");
      }
      at++;
    }
  }

  private boolean isDigit() {
    return at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9';
  }

  private void digits(String context) throws GoError {
    if (!isDigit()) {
      throw unexpected(context);
    }
    while (isDigit()) {
      at++;
    }
  }

  private Value number() throws GoError {
    int start = at;
    if (atChar('-')) {
      at++;
    }
    if (atChar('0')) {
      at++;
    } else {
      digits("in numeric literal");
    }
    if (atChar('.')) {
      at++;
      digits("after decimal point in numeric literal");
    }
    if (atChar('e') || atChar('E')) {
      at++;
      if (atChar('+') || atChar('-')) {
        at++;
      }
      digits("in exponent of numeric literal");
    }
    String number = text.substring(start, at);
    Double parsed = Numbers.parseFloat(number);
    if (parsed == null) {
      if (rangeError == null) {
        rangeError =
            new GoError(
                "json: cannot unmarshal number " + number + " into Go value of type float64");
      }
      return Value.NIL;
    }
    return Value.of((double) parsed);
  }

  private String string() throws GoError {
    at++;
    StringBuilder out = new StringBuilder();
    while (true) {
      if (at >= text.length() || text.charAt(at) < ' ') {
        throw unexpected("in string literal");
      }
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        meter.memory(out.length());
        return out.toString();
      }
      if (c == '\\') {
        at++;
        escape(out);
      } else {
        int width = Utf8.width(text, at);
        Utf8.append(out, Utf8.codePoint(text, at));
        at += width;
      }
    }
  }

  private void escape(StringBuilder out) throws GoError {
    char c = at < text.length() ? text.charAt(at) : 0;
    switch (c) {
      case '"', '\\', '/' -> out.append(c);
      case 'b' -> out.append('\b');
      case 'f' -> out.append('\f');
      case 'n' -> out.append('\n');
      case 'r' -> out.append('\r');
      case 't' -> out.append('\t');
      case 'u' -> {
        at++;
        unicode(out);
        return;
      }
      default -> throw unexpected("in string escape code");
    }
    at++;
  }

  /** One or, for surrogates, two escapes; a surrogate on its own is U+FFFD. */
  private void unicode(StringBuilder out) throws GoError {
    int unit = hex4();
    if (Character.isHighSurrogate((char) unit) && text.startsWith("\\u", at)) {
      int before = at;
      at += 2;
      int low = hex4();
      if (Character.isLowSurrogate((char) low)) {
        Utf8.append(out, Character.toCodePoint((char) unit, (char) low));
        return;
      }
      at = before;
    }
    Utf8.append(out, unit);
  }

  private int hex4() throws GoError {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      int digit =
          at < text.length() && text.charAt(at) < 0x80 ? Character.digit(text.charAt(at), 16) : -1;
      if (digit < 0) {
        throw unexpected("in \\u hexadecimal character escape");
      }
      value = value * 16 + digit;
      at++;
    }
    return value;
  }
}
