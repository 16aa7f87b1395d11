package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.Utf8;
import dev.signet.yaml.MalformedDocumentException;
import java.util.List;
import java.util.Map;

/**
 * What goyaml and encoding/json say about a text that cannot be read, from what module yaml says:
 * templates can print it. Where Go would quote the text (anchors, keys, values that do not fit
 * their tag), module yaml's words stay, which never do.
 *
 * <p>goyaml counts lines from 0 in the errors of its parser and from 1 in those of its scanner, and
 * leaves out the first.
 */
public final class YamlErrors {
  private static final String CONVERTING = "error converting YAML to JSON: ";

  private static final String NO_COLON = "could not find expected ':'";

  private enum Counting {
    NONE,
    FROM_ZERO,
    FROM_ONE
  }

  private record Words(String text, Counting counting) {}

  private static final Map<String, Words> KNOWN =
      Map.ofEntries(
          scanner(
              "mapping values are not allowed here",
              "mapping values are not allowed in this context"),
          scanner(
              "mapping keys are not allowed here", "mapping keys are not allowed in this context"),
          scanner(
              "sequence entries are not allowed here",
              "block sequence entries are not allowed in this context"),
          scanner(NO_COLON, NO_COLON),
          scanner("found unexpected end of stream", "found unexpected end of stream"),
          scanner("found unexpected document separator", "found unexpected document indicator"),
          scanner("found unknown escape character", "found unknown escape character"),
          scanner("found an incomplete escape sequence", "did not find expected hexdecimal number"),
          scanner(
              "found an invalid unicode escape sequence",
              "found invalid Unicode character escape code"),
          scanner(
              "expected indentation indicator in the range 1-9",
              "found an indentation indicator equal to 0"),
          scanner(
              "expected chomping or indentation indicators",
              "did not find expected comment or line break"),
          scanner(
              "expected a comment or a line break", "did not find expected comment or line break"),
          scanner(
              "found an anchor or alias without a proper name",
              "did not find expected alphabetic or numeric character"),
          scanner(
              "found a character that cannot start any token",
              "found character that cannot start any token"),
          scanner(
              "found a tab where indentation is expected",
              "found a tab character that violates indentation"),
          parser("did not find expected node content", "did not find expected node content"),
          parser(
              "did not find the expected key or list item: check the indentation",
              "did not find expected key"),
          parser("did not find expected ',' or '}'", "did not find expected ',' or '}'"),
          parser("did not find expected ',' or ']'", "did not find expected ',' or ']'"),
          parser("found undefined tag handle", "found undefined tag handle"),
          parser("found duplicate YAML directive", "found duplicate %YAML directive"),
          parser(
              "found text after the end of the document", "did not find expected <document start>"),
          unplaced("control characters are not allowed", "control characters are not allowed"),
          unplaced(
              "a merge needs a mapping or a list of mappings",
              "map merge requires map or sequence of maps as the value"),
          unplaced(
              "a !!binary value contains invalid base64 data",
              "!!binary value contains invalid base64 data"));

  private YamlErrors() {}

  private static Map.Entry<String, Words> scanner(String problem, String words) {
    return Map.entry(problem, new Words(words, Counting.FROM_ONE));
  }

  private static Map.Entry<String, Words> parser(String problem, String words) {
    return Map.entry(problem, new Words(words, Counting.FROM_ZERO));
  }

  private static Map.Entry<String, Words> unplaced(String problem, String words) {
    return Map.entry(problem, new Words(words, Counting.NONE));
  }

  /**
   * Go's sentence.
   *
   * @param e the error about the text
   * @param raw the text
   */
  public static String inGosWords(MalformedDocumentException e, String raw) {
    String problem = e.problem();
    if (problem.equals("a number must be finite")) {
      return CONVERTING + "json: unsupported value: " + infinite(raw, e.line() - 1, e.column() - 1);
    }
    if (e.kind() == MalformedDocumentException.Kind.ENCODING) {
      return CONVERTING + "yaml: " + encoding(raw);
    }
    Words words = KNOWN.getOrDefault(problem, new Words(problem, Counting.FROM_ONE));
    int line = e.line() - 1;
    boolean complete = words.counting == Counting.FROM_ZERO || words.text.equals(NO_COLON);
    if (complete && isEnd(raw, line, e.column() - 1)) {
      // To goyaml the end of a text, once it has seen it, is on a line of its own.
      line++;
    }
    int shown =
        switch (words.counting) {
          case NONE -> 0;
          case FROM_ZERO -> line;
          case FROM_ONE -> line > 0 ? line + 1 : 0;
        };
    return CONVERTING + "yaml: " + (shown > 0 ? "line " + shown + ": " : "") + words.text;
  }

  /** What encoding/json says of a value where it wants an object. */
  static String notAnObject(Object tree) {
    String found =
        switch (tree) {
          case List<?> l -> "array";
          case String s -> "string";
          case Boolean b -> "bool";
          default -> "number";
        };
    return "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
        + found
        + " into Go value of type map[string]interface {}";
  }

  /** Whether the place is behind the last line, which has no line feed. */
  private static boolean isEnd(String raw, int line, int column) {
    int start = start(raw, line);
    return start >= 0
        && column > 0
        && raw.indexOf('\n', start) < 0
        && column >= Utf8.decode(raw.substring(start)).length();
  }

  /** Where a line starts; negative where the text has fewer lines. */
  private static int start(String raw, int line) {
    int at = 0;
    for (int i = 0; i < line; i++) {
      at = raw.indexOf('\n', at) + 1;
      if (at == 0) {
        return -1;
      }
    }
    return at;
  }

  /** The number at this place, as Go prints it; the place counts from 0. */
  private static String infinite(String raw, int line, int column) {
    String text = Utf8.decode(raw.substring(Math.max(start(raw, line), 0)));
    String rest = text.substring(Math.clamp(column, 0, text.length()));
    if (rest.startsWith("-")) {
      return "-Inf";
    }
    return rest.regionMatches(true, 0, ".nan", 0, 4) ? "NaN" : "+Inf";
  }

  /** What is wrong with the first bytes that are not UTF-8. */
  private static String encoding(String raw) {
    int at = 0;
    while (at < raw.length() && (raw.charAt(at) < 0x80 || Utf8.width(raw, at) > 1)) {
      at += Utf8.width(raw, at);
    }
    if (at == raw.length()) {
      return "invalid leading UTF-8 octet";
    }
    int first = raw.charAt(at);
    int width = first < 0xC0 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF8 ? 4 : 0;
    if (width == 0) {
      return "invalid leading UTF-8 octet";
    }
    if (at + width > raw.length()) {
      return "incomplete UTF-8 octet sequence";
    }
    for (int i = at + 1; i < at + width; i++) {
      if (raw.charAt(i) < 0x80 || raw.charAt(i) > 0xBF) {
        return "invalid trailing UTF-8 octet";
      }
    }
    boolean surrogate = first == 0xED || first > 0xF0;
    return surrogate ? "invalid Unicode character" : "invalid length of a UTF-8 sequence";
  }
}
