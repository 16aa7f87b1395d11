package dev.signet.template.select;

import java.util.ArrayList;
import java.util.List;

/**
 * Parses Kubernetes JSONPath templates, with the grammar and the error texts of k8s.io/client-go
 * 0.37. What stands between brackets is cut out first and then parsed as an action of its own,
 * which decides what is a mistake and what is not.
 */
final class KubeParser {
  private static final int EOF = -1;

  private final ByteString input;
  private final Budget budget;
  private final List<KubeNode> root = new ArrayList<>();

  /** Where the token begins that is being read, and where the next rune is. */
  private int start;

  private int at;
  private int width;

  private KubeParser(ByteString input, Budget budget) {
    this.input = input;
    this.budget = budget;
  }

  static List<KubeNode> parse(ByteString text, Budget budget) throws SelectorException {
    KubeParser parser = new KubeParser(text, budget);
    budget.enter();
    budget.steps(text.length());
    parser.template();
    budget.leave();
    return parser.root;
  }

  /** Parses the inside of an action; what follows a stray closing brace is dropped. */
  private KubeNode.Sequence action(String prefix, ByteString text, String suffix)
      throws SelectorException {
    ByteString whole =
        new ByteSink(budget).add("{" + prefix).add(text).add(suffix + "}").toByteString();
    List<KubeNode> nodes = parse(whole, budget);
    return nodes.getFirst() instanceof KubeNode.Sequence sequence
        ? sequence
        : new KubeNode.Sequence(List.of());
  }

  private void template() throws SelectorException {
    while (at < input.length()) {
      if (input.is(at, '{')) {
        if (at > start) {
          root.add(new KubeNode.Literal(token()));
        }
        at++;
        start = at;
        List<KubeNode> nodes = new ArrayList<>();
        inside(nodes);
        root.add(new KubeNode.Sequence(nodes));
      } else {
        next();
      }
    }
    if (at > start) {
      root.add(new KubeNode.Literal(token()));
    }
  }

  private void inside(List<KubeNode> nodes) throws SelectorException {
    while (true) {
      if (input.is(at, '}')) {
        at++;
        start = at;
        return;
      }
      if (input.is(at, '[') && input.is(at + 1, '?') && input.is(at + 2, '(')) {
        filter(nodes);
        continue;
      }
      if (input.is(at, '.') && input.is(at + 1, '.')) {
        descent(nodes);
        continue;
      }
      int rune = next();
      switch (rune) {
        case EOF, '\r', '\n' -> throw SelectorException.syntax("unclosed action");
        case ' ', '@', '$' -> start = at;
        case '[' -> brackets(nodes);
        case '"', '\'' -> quoted(nodes, rune);
        case '.' -> field(nodes);
        default -> {
          if (rune == '+' || rune == '-' || Character.isDigit(rune)) {
            back();
            number(nodes);
          } else if (isAlphaNumeric(rune)) {
            back();
            identifier(nodes);
          } else {
            throw SelectorException.syntax(
                "unrecognized character in action: " + GoQuote.unicode(rune));
          }
        }
      }
    }
  }

  private void identifier(List<KubeNode> nodes) {
    while (!isTerminator(next())) {
      // The word goes on.
    }
    back();
    ByteString word = token();
    nodes.add(
        switch (word.text()) {
          case "true" -> new KubeNode.Truth(true);
          case "false" -> new KubeNode.Truth(false);
          default -> new KubeNode.Identifier(word);
        });
  }

  private void descent(List<KubeNode> nodes) throws SelectorException {
    if (!nodes.isEmpty() && nodes.getLast() instanceof KubeNode.Descent) {
      throw SelectorException.syntax("invalid multiple recursive descent");
    }
    at += 2;
    start = at;
    nodes.add(KubeNode.Descent.DESCENT);
    int rune = next();
    back();
    if (isAlphaNumeric(rune)) {
      field(nodes);
    }
  }

  private void number(List<KubeNode> nodes) throws SelectorException {
    int rune = next();
    if (rune != '+' && rune != '-') {
      back();
    }
    do {
      rune = next();
    } while (rune == '.' || Character.isDigit(rune));
    back();
    ByteString text = token();
    try {
      nodes.add(new KubeNode.Whole(Long.parseLong(ascii(text))));
    } catch (NumberFormatException _) {
      GoFloat.Parsed parsed = GoFloat.parse(text);
      if (!parsed.valid()) {
        throw SelectorException.syntax("cannot parse number " + text.text());
      }
      nodes.add(new KubeNode.Real(parsed.value()));
    }
  }

  /** Long.parseLong takes digits of every script, Go only these. */
  private static String ascii(ByteString text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.at(i) >= 0x80) {
        return "";
      }
    }
    return text.text();
  }

  private void brackets(List<KubeNode> nodes) throws SelectorException {
    int rune;
    do {
      rune = next();
      if (rune == EOF || rune == '\n') {
        throw SelectorException.syntax("unterminated array");
      }
    } while (rune != ']');
    ByteString whole = token();
    ByteString text = whole.slice(1, whole.length() - 1);
    if (text.length() == 1 && text.is(0, '*')) {
      text = ByteString.of(":");
    }
    List<ByteString> branches = split(text);
    if (branches.size() > 1) {
      List<KubeNode.Sequence> union = new ArrayList<>();
      for (ByteString branch : branches) {
        union.add(action("[", trimSpaces(branch), "]"));
      }
      nodes.add(new KubeNode.Union(union));
      return;
    }
    boolean key = text.length() >= 2 && text.is(0, '\'') && text.is(text.length() - 1, '\'');
    ByteString name = key ? text.slice(1, text.length() - 1) : text;
    if (key && name.indexOf('\'') < 0) {
      nodes.addAll(action(".", name, "").nodes());
      return;
    }
    nodes.add(slice(text));
  }

  private static List<ByteString> split(ByteString text) {
    List<ByteString> parts = new ArrayList<>();
    ByteString rest = text;
    for (int comma = rest.indexOf(','); comma >= 0; comma = rest.indexOf(',')) {
      parts.add(rest.slice(0, comma));
      rest = rest.slice(comma + 1);
    }
    parts.add(rest);
    return parts;
  }

  private static ByteString trimSpaces(ByteString text) {
    int from = 0;
    int to = text.length();
    while (from < to && text.is(from, ' ')) {
      from++;
    }
    while (to > from && text.is(to - 1, ' ')) {
      to--;
    }
    return text.slice(from, to);
  }

  /** Up to three numbers with colons between them; all of them may be left out. */
  private static KubeNode.Slice slice(ByteString text) throws SelectorException {
    List<String> parts = new ArrayList<>();
    int i = 0;
    while (parts.size() < 3 && (parts.isEmpty() || text.is(i, ':'))) {
      int from = parts.isEmpty() ? i : ++i;
      if (text.is(i, '-')) {
        i++;
      }
      while (i < text.length() && text.at(i) >= '0' && text.at(i) <= '9') {
        i++;
      }
      parts.add(text.slice(from, i).text());
    }
    if (i < text.length()) {
      throw SelectorException.syntax("invalid array index " + text.text());
    }
    KubeNode.Bound first = bound(parts.get(0));
    KubeNode.Bound second =
        parts.size() > 1 ? bound(parts.get(1)) : new KubeNode.Bound(true, first.value() + 1, true);
    KubeNode.Bound third = parts.size() > 2 ? bound(parts.get(2)) : KubeNode.Bound.OPEN;
    return new KubeNode.Slice(first, second, third);
  }

  private static KubeNode.Bound bound(String digits) throws SelectorException {
    if (digits.isEmpty()) {
      return KubeNode.Bound.OPEN;
    }
    try {
      return new KubeNode.Bound(true, Long.parseLong(digits), false);
    } catch (NumberFormatException _) {
      throw SelectorException.syntax("array index " + digits + " is not a number");
    }
  }

  private void filter(List<KubeNode> nodes) throws SelectorException {
    at += 3;
    start = at;
    boolean begun = false;
    boolean ended = false;
    int quote = 0;
    while (true) {
      int rune = next();
      if (rune == EOF || rune == '\n') {
        throw SelectorException.syntax("unterminated filter");
      }
      if (rune == '"' || rune == '\'') {
        if (!begun) {
          begun = true;
          quote = rune;
        } else if (!input.is(at - 2, '\\') && rune == quote) {
          ended = true;
        }
      } else if (rune == ')' && begun == ended) {
        break;
      }
    }
    if (next() != ']') {
      throw SelectorException.syntax("unclosed array expect ]");
    }
    ByteString whole = token();
    nodes.add(condition(whole.slice(0, whole.length() - 2)));
  }

  /**
   * Left side, operator characters, right side; where one is missing, the filter asks for
   * existence.
   */
  private KubeNode.Filter condition(ByteString text) throws SelectorException {
    int operator = 0;
    while (operator < text.length() && !isOperator(text.at(operator))) {
      operator++;
    }
    int right = operator;
    while (right < text.length() && isOperator(text.at(right))) {
      right++;
    }
    // With nothing after the operator, its last character becomes the right side.
    if (right == text.length() && right - operator > 1) {
      right--;
    }
    if (operator == 0 || right == operator || right == text.length()) {
      return new KubeNode.Filter(
          action("", text, ""), KubeNode.Filter.EXISTS, new KubeNode.Sequence(List.of()));
    }
    return new KubeNode.Filter(
        action("", text.slice(0, operator), ""),
        text.slice(operator, right).text(),
        action("", text.slice(right), ""));
  }

  private static boolean isOperator(int c) {
    return c == '!' || c == '<' || c == '=' || c == '>';
  }

  private void quoted(List<KubeNode> nodes, int quote) throws SelectorException {
    int rune;
    do {
      rune = next();
      if (rune == EOF || rune == '\n') {
        throw SelectorException.syntax("unterminated quoted string");
      }
    } while (rune != quote || input.is(at - 2, '\\'));
    ByteString text = token();
    nodes.add(new KubeNode.Literal(new GoUnquote(text, budget).text()));
  }

  private void field(List<KubeNode> nodes) throws SelectorException {
    start = at;
    while (true) {
      int rune = next();
      if (rune == '\\') {
        next();
      } else if (isTerminator(rune)) {
        back();
        break;
      }
    }
    ByteString raw = token();
    if (raw.length() == 1 && raw.is(0, '*')) {
      nodes.add(KubeNode.Wildcard.WILDCARD);
      return;
    }
    ByteSink name = new ByteSink(budget);
    for (int i = 0; i < raw.length(); i++) {
      if (raw.at(i) != '\\') {
        name.add(raw.at(i));
      }
    }
    nodes.add(new KubeNode.Field(name.toByteString()));
  }

  private ByteString token() {
    ByteString text = input.slice(start, at);
    start = at;
    return text;
  }

  private int next() {
    if (at >= input.length()) {
      width = 0;
      return EOF;
    }
    long rune = input.rune(at);
    width = ByteString.widthOf(rune);
    at += width;
    return ByteString.valueOf(rune);
  }

  private void back() {
    at -= width;
  }

  private static boolean isTerminator(int rune) {
    return rune == EOF || " \t\r\n.,[]$@{}".indexOf(rune) >= 0;
  }

  private static boolean isAlphaNumeric(int rune) {
    return rune == '_' || Character.isLetter(rune) || Character.isDigit(rune);
  }
}
