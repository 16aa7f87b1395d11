package dev.signet.yaml;

/**
 * The YAML parser's complaints without the pieces of the document that it puts into them. A
 * complaint that is not listed here is reported as {@code malformed yaml}.
 */
final class YamlProblems {

  /** How a complaint starts, and what is said instead; nothing means: the same words. */
  private static final String[][] KNOWN = {
    {"mapping values are not allowed here"},
    {"mapping keys are not allowed here"},
    {"sequence entries are not allowed here"},
    {"could not find expected ':'"},
    {"found unexpected end of stream"},
    {"found unexpected document separator"},
    {"found duplicate YAML directive"},
    {"duplicate tag handle"},
    {"found undefined tag handle"},
    {"found unknown escape character"},
    {"expected escape sequence of", "found an incomplete escape sequence"},
    {"expected chomping or indentation indicators"},
    {"expected indentation indicator in the range 1-9"},
    {"expected alphabetic or numeric character", "found an anchor or alias without a proper name"},
    {"unexpected character found", "found an anchor or alias without a proper name"},
    {"expected a comment or a line break"},
    {"expected a digit", "found a malformed directive"},
    {"found a number which cannot represent a valid version", "found a malformed directive"},
    {"expected ' '", "found a malformed tag or directive"},
    {"expected '>'", "found a malformed tag"},
    {"expected '!'", "found a malformed tag"},
    {"expected URI", "found a malformed tag"},
    {"expected the node content", "did not find expected node content"},
    {"expected '<document start>'", "found text after the end of the document"},
    {"expected <block end>", "did not find the expected key or list item: check the indentation"},
    {"expected ',' or '}'", "did not find expected ',' or '}'"},
    {"expected ',' or ']'", "did not find expected ',' or ']'"},
    {"found character", "found a character that cannot start any token"},
    {"found a ", "found a tab where indentation is expected"},
    {
      " the leading empty lines contain more spaces",
      "an empty line at the start of a block" + " is indented deeper than its text"
    },
    {"special characters are not allowed", "control characters are not allowed"},
    {"DEL character", "control characters are not allowed"},
    {"The last char is HighSurrogate", "control characters are not allowed"},
  };

  private YamlProblems() {}

  static String withoutContent(String complaint) {
    for (String[] known : KNOWN) {
      if (complaint.startsWith(known[0])) {
        return known[known.length - 1];
      }
    }
    return "malformed yaml";
  }
}
