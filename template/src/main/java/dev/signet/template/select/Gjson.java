package dev.signet.template.select;

/**
 * gjson paths, as External Secrets uses them for {@code property}: an engine of our own, because no
 * Java library speaks them, byte-compatible with github.com/tidwall/gjson 1.20.0.
 *
 * <p>It works on the text of a document and cuts results out of it: spaces inside of objects stay,
 * numbers keep their digits, the first of several equal keys wins. Documents are not validated;
 * what a broken one yields is what gjson makes of it, which is usually "nothing". The whole
 * language is here: dots and escapes, {@code *} and {@code ?}, {@code #}, queries with nested
 * queries, pipes, multipaths, literals ({@code !}), JSON lines ({@code ..}) and the thirteen
 * standard modifiers. There is no such thing as a syntax error; a path that makes no sense finds
 * nothing.
 *
 * <p>Differences: {@link SelectorLimits} end what gjson would work on for minutes or what would
 * overflow its stack, and a wildcard pattern that gjson gives up on is matched to the end.
 */
public final class Gjson {
  private Gjson() {}

  /**
   * Follows a path. The document must not change while the result is in use.
   *
   * @throws SelectorException only for a limit
   */
  public static GjsonResult get(byte[] document, String path) throws SelectorException {
    return get(document, path, SelectorLimits.DEFAULT);
  }

  public static GjsonResult get(byte[] document, String path, SelectorLimits limits)
      throws SelectorException {
    return GjsonSearch.get(ByteString.wrap(document), ByteString.of(path), new Budget(limits));
  }

  /** The whole document as a result. */
  public static GjsonResult parse(byte[] document, SelectorLimits limits) throws SelectorException {
    return parse(ByteString.wrap(document), new Budget(limits));
  }

  /** Whether a text is exactly one JSON value. */
  public static boolean valid(byte[] document) {
    return GjsonScan.valid(ByteString.wrap(document));
  }

  /** The path that means one literal key, dots and wildcards included. */
  public static String escape(String key) {
    return GjsonPath.escape(key);
  }

  static GjsonResult parse(ByteString json, Budget budget) throws SelectorException {
    int i = 0;
    while (i < json.length() && json.at(i) <= ' ') {
      i++;
    }
    if (i == json.length()) {
      return GjsonResult.NONE;
    }
    budget.steps(json.length());
    ByteString rest = json.slice(i);
    return switch (rest.at(0)) {
      case '{', '[' -> GjsonResult.json(rest);
      case '"' -> {
        int end = GjsonScan.string(rest, 1);
        yield end < 0
            ? GjsonResult.string(rest, content(rest.slice(1), budget))
            : quoted(rest.slice(0, end), budget);
      }
      case 't', 'f' -> GjsonResult.word(rest.slice(0, GjsonScan.word(rest, 0)));
      case 'n' ->
          GjsonScan.startsNumber(rest, 0)
              ? GjsonResult.number(rest.slice(0, GjsonScan.number(rest, 0)))
              : GjsonResult.word(rest.slice(0, GjsonScan.word(rest, 0)));
      default ->
          GjsonScan.startsNumber(rest, 0)
              ? GjsonResult.number(rest.slice(0, GjsonScan.number(rest, 0)))
              : GjsonResult.NONE;
    };
  }

  /** A string with its quotes. */
  static GjsonResult quoted(ByteString raw, Budget budget) throws SelectorException {
    return GjsonResult.string(raw, content(raw.slice(1, raw.length() - 1), budget));
  }

  /**
   * The content of a string; only one with an escape is decoded, so that control characters survive
   * in others.
   */
  static ByteString content(ByteString inside, Budget budget) throws SelectorException {
    return inside.indexOf('\\') < 0 ? inside : GjsonScan.unescape(inside, budget);
  }

  /**
   * @param found false at the end of the text
   * @param end the index after the value
   */
  record Next(boolean found, GjsonResult value, int end) {}

  /** The next value at or after an index; everything that cannot start one is passed over. */
  static Next next(ByteString json, int from, Budget budget) throws SelectorException {
    for (int i = from; i < json.length(); i++) {
      switch (json.at(i)) {
        case '{', '[' -> {
          int end = GjsonScan.composite(json, i);
          ByteString raw = json.slice(i, Math.min(end, json.length()));
          return new Next(true, GjsonResult.json(raw), end);
        }
        case '"' -> {
          int end = GjsonScan.string(json, i + 1);
          if (end < 0) {
            return new Next(false, GjsonResult.NONE, json.length());
          }
          return new Next(true, quoted(json.slice(i, end), budget), end);
        }
        default -> {
          if (GjsonScan.startsNumber(json, i)) {
            int end = GjsonScan.number(json, i);
            return new Next(true, GjsonResult.number(json.slice(i, end)), end);
          }
          if ("tfn".indexOf(json.at(i)) >= 0) {
            int end = GjsonScan.word(json, i);
            return new Next(true, GjsonResult.word(json.slice(i, end)), end);
          }
        }
      }
    }
    return new Next(false, GjsonResult.NONE, json.length());
  }
}
