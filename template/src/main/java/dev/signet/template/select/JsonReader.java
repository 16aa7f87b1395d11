package dev.signet.template.select;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * Reads one JSON text as Go's {@code encoding/json} does. Own code because the error texts of
 * JMESPath literals are those of that package, and because it is lenient exactly where Go is:
 * broken UTF-8 and lone surrogates become U+FFFD.
 *
 * <p>Recursive descent, bounded by the depth of the {@link Budget}. Texts of syntax errors quote
 * one character, so they are for literals inside a selector only; for documents {@link #document}
 * replaces them by the offset.
 */
final class JsonReader {
  private static final String IN_STRING = "in string literal";

  private final ByteString text;
  private final Budget budget;
  private int at;
  private int outOfRangeFrom = -1;
  private int outOfRangeTo = -1;

  private JsonReader(ByteString text, Budget budget) {
    this.text = text;
    this.budget = budget;
  }

  static Json document(ByteString text, Budget budget) throws SelectorException {
    JsonReader reader = new JsonReader(text, budget);
    try {
      return reader.all();
    } catch (SelectorException e) {
      if (e.reason() == SelectorException.Reason.LIMIT) {
        throw e;
      }
      int offset = reader.outOfRangeFrom < 0 ? reader.at : reader.outOfRangeFrom;
      throw new SelectorException(
          SelectorException.Reason.DOCUMENT, "document is not valid JSON at byte " + offset);
    }
  }

  static Json literal(ByteString text, Budget budget) throws SelectorException {
    return new JsonReader(text, budget).all();
  }

  private Json all() throws SelectorException {
    Json value = value();
    space();
    if (at < text.length()) {
      throw unexpected("after top-level value");
    }
    if (outOfRangeFrom >= 0) {
      throw SelectorException.syntax(
          "json: cannot unmarshal number "
              + text.slice(outOfRangeFrom, outOfRangeTo).text()
              + " into Go value of type float64");
    }
    return value;
  }

  private Json value() throws SelectorException {
    space();
    return switch (peek()) {
      case '{' -> object();
      case '[' -> array();
      case '"' -> new Json.Text(string());
      case 't' -> word("true", new Json.Bool(true));
      case 'f' -> word("false", new Json.Bool(false));
      case 'n' -> word("null", Json.Null.NULL);
      case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
      default -> throw unexpected("looking for beginning of value");
    };
  }

  private Json object() throws SelectorException {
    budget.enter();
    TreeMap<ByteString, Json> members = new TreeMap<>();
    at++;
    space();
    if (peek() == '}') {
      at++;
    } else {
      boolean more = true;
      while (more) {
        space();
        if (peek() != '"') {
          throw unexpected("looking for beginning of object key string");
        }
        ByteString key = string();
        space();
        if (peek() != ':') {
          throw unexpected("after object key");
        }
        at++;
        members.put(key, value());
        more = another('}', "after object key:value pair");
      }
    }
    budget.leave();
    return new Json.Obj(members);
  }

  private Json array() throws SelectorException {
    budget.enter();
    List<Json> elements = new ArrayList<>();
    at++;
    space();
    if (peek() == ']') {
      at++;
    } else {
      do {
        elements.add(value());
      } while (another(']', "after array element"));
    }
    budget.leave();
    return new Json.Arr(elements);
  }

  private boolean another(char end, String context) throws SelectorException {
    space();
    int c = peek();
    if (c != ',' && c != end) {
      throw unexpected(context);
    }
    at++;
    return c == ',';
  }

  private Json word(String word, Json value) throws SelectorException {
    for (int i = 0; i < word.length(); i++, at++) {
      if (peek() != word.charAt(i)) {
        throw unexpected("in literal " + word + " (expecting '" + word.charAt(i) + "')");
      }
    }
    return value;
  }

  private Json number() throws SelectorException {
    int start = at;
    if (peek() == '-') {
      at++;
    }
    if (peek() == '0') {
      at++;
    } else {
      digits("in numeric literal");
    }
    if (text.is(at, '.')) {
      at++;
      digits("after decimal point in numeric literal");
    }
    if (text.is(at, 'e') || text.is(at, 'E')) {
      at++;
      if (text.is(at, '+') || text.is(at, '-')) {
        at++;
      }
      digits("in exponent of numeric literal");
    }
    GoFloat.Parsed parsed = GoFloat.parse(text.slice(start, at));
    if (!parsed.valid() && outOfRangeFrom < 0) {
      outOfRangeFrom = start;
      outOfRangeTo = at;
    }
    return new Json.Num(parsed.value());
  }

  private void digits(String context) throws SelectorException {
    if (peek() < '0' || peek() > '9') {
      throw unexpected(context);
    }
    while (at < text.length() && text.at(at) >= '0' && text.at(at) <= '9') {
      at++;
    }
  }

  private ByteString string() throws SelectorException {
    int start = ++at;
    boolean plain = true;
    while (peek() != '"') {
      int c = peek();
      if (c < ' ') {
        throw unexpected(IN_STRING);
      }
      plain &= c < 0x80 && c != '\\';
      at++;
      if (c == '\\') {
        escape();
      }
    }
    ByteString raw = text.slice(start, at++);
    return plain ? raw : decode(raw);
  }

  private void escape() throws SelectorException {
    if (peek() < 0 || "\"\\/bfnrtu".indexOf(peek()) < 0) {
      throw unexpected("in string escape code");
    }
    if (text.at(at++) == 'u') {
      for (int i = 0; i < 4; i++, at++) {
        if (peek() < 0 || peek() >= 0x80 || Character.digit(peek(), 16) < 0) {
          throw unexpected("in \\u hexadecimal character escape");
        }
      }
    }
  }

  /** Undoes the escapes of a string that {@link #string} has checked. */
  private ByteString decode(ByteString raw) throws SelectorException {
    ByteSink out = new ByteSink(budget);
    int i = 0;
    while (i < raw.length()) {
      int c = raw.at(i);
      if (c != '\\') {
        long rune = raw.rune(i);
        out.addRune(ByteString.valueOf(rune));
        i += ByteString.widthOf(rune);
        continue;
      }
      char kind = (char) raw.at(i + 1);
      i += 2;
      switch (kind) {
        case 'b' -> out.add('\b');
        case 'f' -> out.add('\f');
        case 'n' -> out.add('\n');
        case 'r' -> out.add('\r');
        case 't' -> out.add('\t');
        case 'u' -> {
          char unit = unit(raw, i);
          i += 4;
          if (Character.isHighSurrogate(unit) && raw.is(i, '\\') && raw.is(i + 1, 'u')) {
            char low = unit(raw, i + 2);
            if (Character.isLowSurrogate(low)) {
              out.addRune(Character.toCodePoint(unit, low));
              i += 6;
              continue;
            }
          }
          out.addRune(unit);
        }
        default -> out.add(kind);
      }
    }
    return out.toByteString();
  }

  private static char unit(ByteString raw, int from) {
    return (char) Integer.parseInt(raw.slice(from, from + 4).text(), 16);
  }

  private void space() {
    while (at < text.length() && " \t\r\n".indexOf(text.at(at)) >= 0) {
      at++;
    }
  }

  private int peek() {
    return at < text.length() ? text.at(at) : -1;
  }

  /**
   * At the end of the text Go reads one more space, and complains about that in the middle of a
   * token.
   */
  private SelectorException unexpected(String context) {
    boolean end = at >= text.length();
    boolean insideToken = context.startsWith("in ") || context.startsWith("after decimal");
    if (end && (!insideToken || context.equals(IN_STRING))) {
      return SelectorException.syntax("unexpected end of JSON input");
    }
    int found = end ? ' ' : text.at(at);
    return SelectorException.syntax("invalid character " + GoQuote.jsonByte(found) + " " + context);
  }
}
