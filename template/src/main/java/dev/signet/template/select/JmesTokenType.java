package dev.signet.template.select;

/** The kinds of token, with the names that error texts use and the binding power of the parser. */
enum JmesTokenType {
  UNKNOWN("tUnknown", 0),
  STAR("tStar", 20),
  DOT("tDot", 40),
  FILTER("tFilter", 21),
  FLATTEN("tFlatten", 9),
  LPAREN("tLparen", 60),
  RPAREN("tRparen", 0),
  LBRACKET("tLbracket", 55),
  RBRACKET("tRbracket", 0),
  LBRACE("tLbrace", 50),
  RBRACE("tRbrace", 0),
  OR("tOr", 2),
  PIPE("tPipe", 1),
  NUMBER("tNumber", 0),
  UNQUOTED("tUnquotedIdentifier", 0),
  QUOTED("tQuotedIdentifier", 0),
  COMMA("tComma", 0),
  COLON("tColon", 0),
  LT("tLT", 5),
  LTE("tLTE", 5),
  GT("tGT", 5),
  GTE("tGTE", 5),
  EQ("tEQ", 5),
  NE("tNE", 5),
  JSON_LITERAL("tJSONLiteral", 0),
  STRING_LITERAL("tStringLiteral", 0),
  CURRENT("tCurrent", 0),
  EXPREF("tExpref", 0),
  AND("tAnd", 3),
  NOT("tNot", 45),
  EOF("tEOF", 0);

  private final String label;
  private final int power;

  JmesTokenType(String label, int power) {
    this.label = label;
    this.power = power;
  }

  String label() {
    return label;
  }

  int power() {
    return power;
  }
}
