package dev.signet.template.select;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a gjson path found: a piece of JSON text. Asking it for a string, number or truth follows
 * the rules of gjson's {@code Result}, which never fail.
 */
public final class GjsonResult {
  /** The kinds of JSON value as gjson sees them; {@link #NULL} also stands for "nothing found". */
  public enum Kind {
    NULL,
    FALSE,
    NUMBER,
    STRING,
    TRUE,
    /** An object or array. */
    JSON
  }

  /** One member of an object, or one element of an array (then the key is not set). */
  public record Member(GjsonResult key, GjsonResult value) {}

  static final GjsonResult NONE = new GjsonResult(Kind.NULL, ByteString.EMPTY, ByteString.EMPTY, 0);
  static final GjsonResult TRUE = new GjsonResult(Kind.TRUE, ByteString.EMPTY, ByteString.EMPTY, 0);
  static final GjsonResult FALSE =
      new GjsonResult(Kind.FALSE, ByteString.EMPTY, ByteString.EMPTY, 0);

  private final Kind kind;
  private final ByteString raw;
  private final ByteString content;
  private final double number;

  private GjsonResult(Kind kind, ByteString raw, ByteString content, double number) {
    this.kind = kind;
    this.raw = raw;
    this.content = content;
    this.number = number;
  }

  static GjsonResult json(ByteString raw) {
    return new GjsonResult(Kind.JSON, raw, ByteString.EMPTY, 0);
  }

  static GjsonResult number(ByteString raw) {
    return new GjsonResult(Kind.NUMBER, raw, ByteString.EMPTY, GoFloat.parse(raw).value());
  }

  /** True, false or null, by the first letter. */
  static GjsonResult word(ByteString raw) {
    Kind kind = raw.is(0, 't') ? Kind.TRUE : raw.is(0, 'f') ? Kind.FALSE : Kind.NULL;
    return new GjsonResult(kind, raw, ByteString.EMPTY, 0);
  }

  static GjsonResult string(ByteString raw, ByteString content) {
    return new GjsonResult(Kind.STRING, raw, content, 0);
  }

  public Kind kind() {
    return kind;
  }

  /** False where the path found nothing; a null that was found exists. */
  public boolean exists() {
    return kind != Kind.NULL || !raw.isEmpty();
  }

  public boolean isArray() {
    return kind == Kind.JSON && raw.is(0, '[');
  }

  public boolean isObject() {
    return kind == Kind.JSON && raw.is(0, '{');
  }

  /** The JSON text as it stands in the document, spaces included. */
  public ByteString raw() {
    return raw;
  }

  /**
   * The value as text: strings without quotes and escapes, integers with the digits of the
   * document, other numbers in the shortest plain notation, null and nothing as the empty text,
   * objects and arrays as {@link #raw}.
   */
  public ByteString string() {
    return switch (kind) {
      case NULL -> ByteString.EMPTY;
      case FALSE -> ByteString.of("false");
      case TRUE -> ByteString.of("true");
      case STRING -> content;
      case JSON -> raw;
      case NUMBER -> isInteger() ? raw : ByteString.of(GoFloat.plain(number));
    };
  }

  private boolean isInteger() {
    for (int i = raw.is(0, '-') ? 1 : 0; i < raw.length(); i++) {
      if (raw.at(i) < '0' || raw.at(i) > '9') {
        return false;
      }
    }
    return true;
  }

  /** True itself, numbers other than zero, and the strings 1, t and true in any case. */
  public boolean asBoolean() {
    return switch (kind) {
      case TRUE -> true;
      case NUMBER -> number != 0;
      case STRING -> "true".equals(truthWord());
      case NULL, FALSE, JSON -> false;
    };
  }

  /**
   * Null, false, zero, and the strings 0, f and false in any case: what the query {@code ~false}
   * asks for.
   */
  boolean isFalsy() {
    return switch (kind) {
      case NULL, FALSE -> true;
      case NUMBER -> number == 0;
      case STRING -> "false".equals(truthWord());
      case TRUE, JSON -> false;
    };
  }

  private String truthWord() {
    return content.length() > 5
        ? ""
        : switch (content.text().toLowerCase(Locale.ROOT)) {
          case "1", "t", "true" -> "true";
          case "0", "f", "false" -> "false";
          default -> "";
        };
  }

  /** The value as an integer: cut, not rounded, and held within the range of a long. */
  public long asLong() {
    return switch (kind) {
      case TRUE -> 1;
      case STRING -> {
        Integer64 parsed = Integer64.parse(content);
        if (parsed.valid()) {
          yield parsed.value();
        }
        GoFloat.Parsed real = GoFloat.parse(content);
        yield real.valid() ? cut(real.value()) : 0;
      }
      case NUMBER -> {
        if (Math.abs(number) <= 9007199254740991d || Double.isNaN(number)) {
          yield cut(number);
        }
        Integer64 parsed = Integer64.parse(raw);
        yield parsed.valid() ? parsed.value() : cut(number);
      }
      case NULL, FALSE, JSON -> 0;
    };
  }

  private static long cut(double value) {
    // What a 64-bit Go program on x86 makes of NaN; Java's cast would give 0.
    return Double.isNaN(value) ? Long.MIN_VALUE : (long) value;
  }

  public double asDouble() {
    return switch (kind) {
      case TRUE -> 1;
      case STRING -> GoFloat.parse(content).value();
      case NUMBER -> number;
      case NULL, FALSE, JSON -> 0;
    };
  }

  /**
   * The members of an object or the elements of an array, in the order of the document and with
   * repeated keys; any other value that exists is its own only element.
   */
  public List<Member> members(SelectorLimits limits) throws SelectorException {
    return members(new Budget(limits));
  }

  List<Member> members(Budget budget) throws SelectorException {
    List<Member> members = new ArrayList<>();
    if (kind != Kind.JSON) {
      if (exists()) {
        members.add(new Member(NONE, this));
      }
      return members;
    }
    budget.steps(raw.length());
    int i = 0;
    while (i < raw.length() && !raw.is(i, '{') && !raw.is(i, '[')) {
      if (raw.at(i++) > ' ') {
        return members;
      }
    }
    boolean object = raw.is(i, '{');
    // One byte more is passed after every value: gjson takes it for the comma without looking.
    for (i++; i < raw.length(); i++) {
      GjsonResult key = NONE;
      if (object) {
        if (raw.at(i) != '"') {
          continue;
        }
        int end = GjsonScan.string(raw, i + 1);
        if (end < 0) {
          break;
        }
        key = Gjson.quoted(raw.slice(i, end), budget);
        i = end;
      }
      Gjson.Next next = Gjson.next(raw, i, budget);
      if (!next.found()) {
        break;
      }
      members.add(new Member(key, next.value()));
      i = next.end();
    }
    return members;
  }

  /** Follows a path from this value. */
  public GjsonResult get(String path, SelectorLimits limits) throws SelectorException {
    return GjsonSearch.get(raw, ByteString.of(path), new Budget(limits));
  }

  GjsonResult get(ByteString path, Budget budget) throws SelectorException {
    return GjsonSearch.get(raw, path, budget);
  }

  @Override
  public String toString() {
    return "GjsonResult[" + kind + ", value not shown]";
  }

  /** Decimal integers as gjson reads them: too large ones become the largest. */
  record Integer64(long value, boolean valid) {
    static Integer64 parse(ByteString text) {
      boolean negative = text.is(0, '-');
      Integer64 magnitude = parseUnsigned(negative ? text.slice(1) : text);
      long value = magnitude.value();
      if (value < 0) {
        value = negative ? Long.MIN_VALUE : Long.MAX_VALUE;
      } else if (negative) {
        value = -value;
      }
      return new Integer64(value, magnitude.valid());
    }

    /**
     * The value is unsigned; the overflow check is gjson's, which does not notice every overflow.
     */
    static Integer64 parseUnsigned(ByteString text) {
      long value = 0;
      boolean overflow = false;
      for (int i = 0; i < text.length(); i++) {
        int c = text.at(i);
        if (c < '0' || c > '9') {
          return new Integer64(0, false);
        }
        long next = value * 10 + (c - '0');
        overflow |= Long.compareUnsigned(next, value) < 0;
        value = next;
      }
      return new Integer64(overflow ? -1 : value, !text.isEmpty());
    }
  }
}
