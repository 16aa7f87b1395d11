package dev.signet.template.select;

import java.util.ArrayList;
import java.util.List;

/** Cuts a JMESPath expression into tokens. */
final class JmesLexer {
  private static final int EOF = -1;

  private final String expression;
  private final Budget budget;
  private final List<JmesToken> tokens = new ArrayList<>();
  private int at;

  private JmesLexer(String expression, Budget budget) {
    this.expression = expression;
    this.budget = budget;
  }

  static List<JmesToken> tokens(String expression, Budget budget) throws SelectorException {
    JmesLexer lexer = new JmesLexer(expression, budget);
    budget.steps(expression.length());
    while (lexer.at < expression.length()) {
      lexer.token();
    }
    lexer.add(JmesTokenType.EOF, "");
    return lexer.tokens;
  }

  private void token() throws SelectorException {
    int start = at;
    int rune = expression.codePointAt(at);
    at += Character.charCount(rune);
    switch (rune) {
      case ' ', '\t', '\n', '\r' -> {}
      case '.' -> add(JmesTokenType.DOT, ".");
      case '*' -> add(JmesTokenType.STAR, "*");
      case ',' -> add(JmesTokenType.COMMA, ",");
      case ':' -> add(JmesTokenType.COLON, ":");
      case '{' -> add(JmesTokenType.LBRACE, "{");
      case '}' -> add(JmesTokenType.RBRACE, "}");
      case ']' -> add(JmesTokenType.RBRACKET, "]");
      case '(' -> add(JmesTokenType.LPAREN, "(");
      case ')' -> add(JmesTokenType.RPAREN, ")");
      case '@' -> add(JmesTokenType.CURRENT, "@");
      case '|' -> either('|', JmesTokenType.OR, JmesTokenType.PIPE);
      case '<' -> either('=', JmesTokenType.LTE, JmesTokenType.LT);
      case '>' -> either('=', JmesTokenType.GTE, JmesTokenType.GT);
      case '!' -> either('=', JmesTokenType.NE, JmesTokenType.NOT);
      case '=' -> either('=', JmesTokenType.EQ, JmesTokenType.UNKNOWN);
      case '&' -> either('&', JmesTokenType.AND, JmesTokenType.EXPREF);
      case '[' -> {
        if (peek() == '?') {
          at++;
          add(JmesTokenType.FILTER, "[?");
        } else {
          either(']', JmesTokenType.FLATTEN, JmesTokenType.LBRACKET);
        }
      }
      case '"' -> add(JmesTokenType.QUOTED, quotedIdentifier());
      case '\'' -> add(JmesTokenType.STRING_LITERAL, rawString());
      case '`' -> add(JmesTokenType.JSON_LITERAL, until('`').replace("\\`", "`"));
      default -> {
        if (isLetter(rune)) {
          while (isLetter(peek()) || isDigit(peek())) {
            at++;
          }
          add(JmesTokenType.UNQUOTED, expression.substring(start, at));
        } else if (rune == '-' || isDigit(rune)) {
          while (isDigit(peek())) {
            at++;
          }
          add(JmesTokenType.NUMBER, expression.substring(start, at));
        } else {
          throw SelectorException.syntax("SyntaxError: Unknown char: " + GoQuote.asciiRune(rune));
        }
      }
    }
  }

  private void add(JmesTokenType type, String text) {
    tokens.add(new JmesToken(type, text));
  }

  private void either(char second, JmesTokenType both, JmesTokenType one) {
    int start = at - 1;
    boolean matches = peek() == second;
    at += matches ? 1 : 0;
    add(matches ? both : one, expression.substring(start, at));
  }

  /** The text up to a delimiter that no backslash stands before, without undoing the escapes. */
  private String until(char end) throws SelectorException {
    int start = at;
    while (peek() != end) {
      at += peek() == '\\' ? 2 : 1;
      if (at >= expression.length()) {
        throw unclosed(end);
      }
    }
    return expression.substring(start, at++);
  }

  private String quotedIdentifier() throws SelectorException {
    ByteString literal = ByteString.of('"' + until('"') + '"');
    return JsonReader.literal(literal, budget) instanceof Json.Text text ? text.value().text() : "";
  }

  /** In single quotes only the quote itself can be escaped; every other backslash is one. */
  private String rawString() throws SelectorException {
    StringBuilder text = new StringBuilder();
    while (peek() != '\'') {
      if (peek() == EOF) {
        throw unclosed('\'');
      }
      boolean escape =
          peek() == '\\' && at + 1 < expression.length() && expression.charAt(at + 1) == '\'';
      at += escape ? 1 : 0;
      text.append(expression.charAt(at++));
    }
    at++;
    return text.toString();
  }

  private static SelectorException unclosed(char end) {
    return SelectorException.syntax("SyntaxError: Unclosed delimiter: " + end);
  }

  private int peek() {
    return at < expression.length() ? expression.charAt(at) : EOF;
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }
}
