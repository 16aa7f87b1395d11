package dev.signet.template.select;

/** Whether a value satisfies the condition of a gjson query. */
final class GjsonQuery {
  private GjsonQuery() {}

  /** The right side decides nothing about types: the value's own kind says how it is compared. */
  static boolean holds(GjsonPath.Query query, GjsonResult subject, Budget budget)
      throws SelectorException {
    GjsonResult left = subject;
    ByteString right = query.value();
    if (right.is(0, '~')) {
      left = truth(right.slice(1).text(), subject);
      right = ByteString.of(left.exists() ? "true" : "");
    }
    if (!left.exists()) {
      return false;
    }
    String operator = query.operator();
    if (operator.isEmpty()) {
      return true;
    }
    budget.steps(right.length());
    return switch (left.kind()) {
      case STRING -> text(left.string(), operator, right, budget);
      case NUMBER -> number(left.asDouble(), operator, GoFloat.parse(right).value());
      case TRUE ->
          switch (operator) {
            case "=" -> is(right, "true");
            case "!=" -> !is(right, "true");
            case ">" -> is(right, "false");
            case ">=" -> true;
            default -> false;
          };
      case FALSE ->
          switch (operator) {
            case "=" -> is(right, "false");
            case "!=" -> !is(right, "false");
            case "<" -> is(right, "true");
            case "<=" -> true;
            default -> false;
          };
      case NULL, JSON -> false;
    };
  }

  /** What {@code ~true}, {@code ~false}, {@code ~null} and {@code ~*} ask for, as a truth value. */
  private static GjsonResult truth(String kind, GjsonResult subject) {
    return switch (kind) {
      case "*" -> truth(subject.exists());
      case "null" -> truth(subject.kind() == GjsonResult.Kind.NULL);
      case "true" -> truth(subject.asBoolean());
      case "false" -> truth(subject.isFalsy());
      default -> GjsonResult.NONE;
    };
  }

  private static GjsonResult truth(boolean value) {
    return value ? GjsonResult.TRUE : GjsonResult.FALSE;
  }

  private static boolean is(ByteString text, String word) {
    return text.equals(ByteString.of(word));
  }

  private static boolean text(ByteString left, String operator, ByteString right, Budget budget)
      throws SelectorException {
    return switch (operator) {
      case "%" -> Glob.matches(left, right, budget);
      case "!%" -> !Glob.matches(left, right, budget);
      default -> ordered(left.compareTo(right), operator);
    };
  }

  private static boolean number(double left, String operator, double right) {
    return switch (operator) {
      case "=" -> left == right;
      case "!=" -> left != right;
      case "<" -> left < right;
      case "<=" -> left <= right;
      case ">" -> left > right;
      case ">=" -> left >= right;
      default -> false;
    };
  }

  private static boolean ordered(int comparison, String operator) {
    return switch (operator) {
      case "=" -> comparison == 0;
      case "!=" -> comparison != 0;
      case "<" -> comparison < 0;
      case "<=" -> comparison <= 0;
      case ">" -> comparison > 0;
      case ">=" -> comparison >= 0;
      default -> false;
    };
  }
}
