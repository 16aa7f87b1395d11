package dev.signet.template.select;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Evaluates a JMESPath syntax tree. Errors on the left of a projection count as "nothing", as in
 * the original.
 */
final class JmesInterpreter {
  private final Budget budget;
  private final JmesFunctions functions;

  JmesInterpreter(Budget budget) {
    this.budget = budget;
    this.functions = new JmesFunctions(this, budget);
  }

  Json evaluate(JmesNode node, Json value) throws SelectorException {
    budget.enter();
    budget.steps(Budget.VALUE);
    try {
      return dispatch(node, value);
    } finally {
      budget.leave();
    }
  }

  private Json dispatch(JmesNode node, Json value) throws SelectorException {
    return switch (node) {
      case JmesNode.Current _ -> value;
      case JmesNode.Broken _ -> throw SelectorException.evaluation("Unknown AST node: ASTEmpty");
      case JmesNode.Literal(Json literal) -> literal;
      case JmesNode.Field(ByteString name) ->
          value instanceof Json.Obj object
              ? object.members().getOrDefault(name, Json.Null.NULL)
              : Json.Null.NULL;
      case JmesNode.Index(long index) -> index(value, index);
      case JmesNode.Slice slice ->
          value instanceof Json.Arr array ? slice(array.elements(), slice) : Json.Null.NULL;
      case JmesNode.Chain(JmesNode left, JmesNode right) -> evaluate(right, evaluate(left, value));
      case JmesNode.Projection(JmesNode left, JmesNode right) ->
          evaluate(left, value) instanceof Json.Arr array
              ? project(array.elements(), right, null)
              : Json.Null.NULL;
      case JmesNode.ValueProjection(JmesNode left, JmesNode right) ->
          tolerant(left, value) instanceof Json.Obj object
              ? projectMembers(object, right)
              : Json.Null.NULL;
      case JmesNode.FilterProjection(JmesNode left, JmesNode right, JmesNode condition) ->
          tolerant(left, value) instanceof Json.Arr array
              ? project(array.elements(), right, condition)
              : Json.Null.NULL;
      case JmesNode.Flatten(JmesNode inner) ->
          tolerant(inner, value) instanceof Json.Arr array
              ? flatten(array.elements())
              : Json.Null.NULL;
      case JmesNode.Comparison comparison -> compare(comparison, value);
      case JmesNode.Or(JmesNode left, JmesNode right) -> {
        Json first = evaluate(left, value);
        yield isFalse(first) ? evaluate(right, value) : first;
      }
      case JmesNode.And(JmesNode left, JmesNode right) -> {
        Json first = evaluate(left, value);
        yield isFalse(first) ? first : evaluate(right, value);
      }
      case JmesNode.Not(JmesNode inner) -> new Json.Bool(isFalse(evaluate(inner, value)));
      case JmesNode.ListOf(List<JmesNode> nodes) -> list(nodes, value);
      case JmesNode.HashOf(List<JmesNode.Entry> entries) -> hash(entries, value);
      case JmesNode.Call call -> functions.call(call, value);
      case JmesNode.Reference _ ->
          throw SelectorException.evaluation("expression reference outside of function arguments");
    };
  }

  /** Null where evaluation fails, except for limits. */
  private Json tolerant(JmesNode node, Json value) throws SelectorException {
    try {
      return evaluate(node, value);
    } catch (SelectorException e) {
      if (e.reason() == SelectorException.Reason.LIMIT) {
        throw e;
      }
      return Json.Null.NULL;
    }
  }

  private static Json index(Json value, long index) {
    if (!(value instanceof Json.Arr(List<Json> elements))) {
      return Json.Null.NULL;
    }
    long position = index < 0 ? index + elements.size() : index;
    return position >= 0 && position < elements.size()
        ? elements.get((int) position)
        : Json.Null.NULL;
  }

  private Json slice(List<Json> elements, JmesNode.Slice slice) throws SelectorException {
    int length = elements.size();
    Long wantedStep = slice.step();
    long step = wantedStep == null ? 1 : wantedStep;
    if (step == 0) {
      throw SelectorException.evaluation("Invalid slice, step cannot be 0");
    }
    boolean back = step < 0;
    long start = bound(slice.start(), length, back, back ? length - 1 : 0);
    long stop = bound(slice.stop(), length, back, back ? -1 : length);
    // A longer stride than the array changes nothing, and cannot overflow.
    long stride = Math.clamp(step, -length - 1L, length + 1L);
    List<Json> found = new ArrayList<>();
    for (long i = start; back ? i > stop : i < stop; i += stride) {
      budget.steps(Budget.VALUE);
      found.add(elements.get((int) i));
    }
    return new Json.Arr(found);
  }

  private static long bound(@Nullable Long wanted, int length, boolean back, long otherwise) {
    if (wanted == null) {
      return otherwise;
    }
    long position = wanted < 0 ? wanted + length : wanted;
    return Math.clamp(position, back ? -1 : 0, back ? length - 1 : length);
  }

  private Json project(List<Json> elements, JmesNode right, @Nullable JmesNode condition)
      throws SelectorException {
    List<Json> found = new ArrayList<>();
    for (Json element : elements) {
      if (condition == null || !isFalse(evaluate(condition, element))) {
        addUnlessNull(evaluate(right, element), found);
      }
    }
    return new Json.Arr(found);
  }

  private Json projectMembers(Json.Obj object, JmesNode right) throws SelectorException {
    List<Json> found = new ArrayList<>();
    // The original allocates one null per member and appends the members behind them. Paths give
    // null for null, so
    // only functions show it: {"a":1} and *.to_string(@) give ["null","1"].
    for (int i = 0; i < object.members().size(); i++) {
      addUnlessNull(evaluate(right, Json.Null.NULL), found);
    }
    for (Json member : object.members().values()) {
      addUnlessNull(evaluate(right, member), found);
    }
    return new Json.Arr(found);
  }

  private static void addUnlessNull(Json value, List<Json> found) {
    if (value != Json.Null.NULL) {
      found.add(value);
    }
  }

  private Json flatten(List<Json> elements) throws SelectorException {
    List<Json> flat = new ArrayList<>();
    for (Json element : elements) {
      if (element instanceof Json.Arr(List<Json> inner)) {
        budget.steps((long) Budget.VALUE * inner.size());
        flat.addAll(inner);
      } else {
        flat.add(element);
      }
    }
    budget.steps((long) Budget.VALUE * elements.size());
    return new Json.Arr(flat);
  }

  private Json compare(JmesNode.Comparison comparison, Json value) throws SelectorException {
    Json left = evaluate(comparison.left(), value);
    Json right = evaluate(comparison.right(), value);
    return switch (comparison.operator()) {
      case EQ -> new Json.Bool(equal(left, right));
      case NE -> new Json.Bool(!equal(left, right));
      default ->
          left instanceof Json.Num(double first) && right instanceof Json.Num(double second)
              ? new Json.Bool(ordered(comparison.operator(), first, second))
              : Json.Null.NULL;
    };
  }

  private static boolean ordered(JmesTokenType operator, double left, double right) {
    return switch (operator) {
      case GT -> left > right;
      case GTE -> left >= right;
      case LT -> left < right;
      default -> left <= right;
    };
  }

  /**
   * Equality of Go's {@code reflect.DeepEqual}: by content, where no NaN equals another and zeros
   * have no sign.
   */
  boolean equal(Json left, Json right) throws SelectorException {
    budget.enter();
    budget.steps(Budget.VALUE);
    try {
      return switch (left) {
        case Json.Null _, Json.Bool _ -> left.equals(right);
        case Json.Text(ByteString first) -> {
          budget.steps(first.length());
          yield right instanceof Json.Text(ByteString second) && first.equals(second);
        }
        case Json.Num(double first) -> right instanceof Json.Num(double second) && first == second;
        case Json.Arr(List<Json> first) ->
            right instanceof Json.Arr(List<Json> second) && equalLists(first, second);
        case Json.Obj first -> right instanceof Json.Obj second && equalObjects(first, second);
      };
    } finally {
      budget.leave();
    }
  }

  private boolean equalLists(List<Json> left, List<Json> right) throws SelectorException {
    if (left.size() != right.size()) {
      return false;
    }
    Iterator<Json> others = right.iterator();
    for (Json element : left) {
      if (!equal(element, others.next())) {
        return false;
      }
    }
    return true;
  }

  private boolean equalObjects(Json.Obj left, Json.Obj right) throws SelectorException {
    if (left.members().size() != right.members().size()) {
      return false;
    }
    for (Map.Entry<ByteString, Json> member : left.members().entrySet()) {
      Json other = right.members().get(member.getKey());
      if (other == null || !equal(member.getValue(), other)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFalse(Json value) {
    return switch (value) {
      case Json.Null _ -> true;
      case Json.Bool(boolean truth) -> !truth;
      case Json.Num _ -> false;
      case Json.Text(ByteString text) -> text.isEmpty();
      case Json.Arr(List<Json> elements) -> elements.isEmpty();
      case Json.Obj object -> object.members().isEmpty();
    };
  }

  private Json list(List<JmesNode> nodes, Json value) throws SelectorException {
    if (value == Json.Null.NULL) {
      return value;
    }
    List<Json> elements = new ArrayList<>();
    for (JmesNode node : nodes) {
      elements.add(evaluate(node, value));
    }
    return new Json.Arr(elements);
  }

  private Json hash(List<JmesNode.Entry> entries, Json value) throws SelectorException {
    if (value == Json.Null.NULL) {
      return value;
    }
    TreeMap<ByteString, Json> members = new TreeMap<>();
    for (JmesNode.Entry entry : entries) {
      members.put(entry.key(), evaluate(entry.value(), value));
    }
    return new Json.Obj(members);
  }
}
