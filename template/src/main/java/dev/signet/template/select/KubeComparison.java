package dev.signet.template.select;

/**
 * Comparison in filters: Go's template functions, which compare basic values of the same kind only.
 */
final class KubeComparison {
  private KubeComparison() {}

  /** The kinds that Go tells apart when it compares. */
  private enum Kind {
    BOOL,
    INT,
    UINT,
    FLOAT,
    STRING
  }

  static boolean holds(KubeValue left, String operator, KubeValue right) throws SelectorException {
    return switch (operator) {
      case "<" -> less(left, right);
      case "<=" -> less(left, right) || equal(left, right);
      case ">" -> !less(left, right) && !equal(left, right);
      case ">=" -> !less(left, right);
      case "==" -> equal(left, right);
      case "!=" -> !equal(left, right);
      default -> throw SelectorException.evaluation("unrecognized filter operator " + operator);
    };
  }

  private static boolean equal(KubeValue left, KubeValue right) throws SelectorException {
    Kind kind = kind(left);
    checkComparable(kind, kind(right));
    return kind == Kind.BOOL ? truth(left) == truth(right) : order(left, right) == Order.SAME;
  }

  private static boolean less(KubeValue left, KubeValue right) throws SelectorException {
    Kind kind = kind(left);
    checkComparable(kind, kind(right));
    if (kind == Kind.BOOL) {
      throw SelectorException.evaluation("invalid type for comparison");
    }
    return order(left, right) == Order.LESS;
  }

  /** Integers compare whatever their sign type; everything else needs the same kind. */
  private static void checkComparable(Kind left, Kind right) throws SelectorException {
    boolean integers =
        (left == Kind.INT && right == Kind.UINT) || (left == Kind.UINT && right == Kind.INT);
    if (left != right && !integers) {
      throw SelectorException.evaluation("incompatible types for comparison");
    }
  }

  private enum Order {
    LESS,
    SAME,
    OTHER
  }

  private static Order order(KubeValue left, KubeValue right) {
    if (left instanceof KubeValue.Node(Json.Text(ByteString first))
        && right instanceof KubeValue.Node(Json.Text(ByteString second))) {
      return order(first.compareTo(second));
    }
    if (left instanceof KubeValue.Node(Json.Num(double first))
        && right instanceof KubeValue.Node(Json.Num(double second))) {
      return first < second ? Order.LESS : first == second ? Order.SAME : Order.OTHER;
    }
    return order(Long.compare(integer(left), integer(right)));
  }

  private static Order order(int comparison) {
    return comparison < 0 ? Order.LESS : comparison == 0 ? Order.SAME : Order.OTHER;
  }

  private static long integer(KubeValue value) {
    return switch (value) {
      case KubeValue.Whole(long whole) -> whole;
      case KubeValue.Octet(int octet) -> octet;
      case KubeValue.Node _, KubeValue.Nothing _ ->
          throw new IllegalStateException("kinds are checked before the order");
    };
  }

  private static boolean truth(KubeValue value) {
    return value.equals(new KubeValue.Node(new Json.Bool(true)));
  }

  private static Kind kind(KubeValue value) throws SelectorException {
    return switch (value) {
      case KubeValue.Whole _ -> Kind.INT;
      case KubeValue.Octet _ -> Kind.UINT;
      case KubeValue.Node(Json.Bool _) -> Kind.BOOL;
      case KubeValue.Node(Json.Num _) -> Kind.FLOAT;
      case KubeValue.Node(Json.Text _) -> Kind.STRING;
      case KubeValue.Node _, KubeValue.Nothing _ ->
          throw SelectorException.evaluation("invalid type for comparison");
    };
  }
}
