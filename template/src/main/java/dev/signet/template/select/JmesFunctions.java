package dev.signet.template.select;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The functions of JMESPath. Arguments are checked against a signature before a function runs; the
 * errors have the words of the original, with the type of a wrong argument in the place of its
 * value.
 */
final class JmesFunctions {
  /** What an argument can be, with the name that errors show. */
  private enum Kind {
    NUMBER("number"),
    STRING("string"),
    ARRAY("array"),
    OBJECT("object"),
    NUMBERS("array[number]"),
    STRINGS("array[string]"),
    REFERENCE("expref"),
    ANY("any");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  private sealed interface Argument {
    record Value(Json json) implements Argument {}

    record Reference(JmesNode node) implements Argument {}
  }

  private static final List<Kind> ORDERED = List.of(Kind.NUMBERS, Kind.STRINGS);
  private static final Map<String, List<List<Kind>>> SIGNATURES =
      Map.ofEntries(
          signature("abs", List.of(Kind.NUMBER)),
          signature("avg", List.of(Kind.NUMBERS)),
          signature("ceil", List.of(Kind.NUMBER)),
          signature("contains", List.of(Kind.ARRAY, Kind.STRING), List.of(Kind.ANY)),
          signature("ends_with", List.of(Kind.STRING), List.of(Kind.STRING)),
          signature("floor", List.of(Kind.NUMBER)),
          signature("join", List.of(Kind.STRING), List.of(Kind.STRINGS)),
          signature("keys", List.of(Kind.OBJECT)),
          signature("length", List.of(Kind.STRING, Kind.ARRAY, Kind.OBJECT)),
          signature("map", List.of(Kind.REFERENCE), List.of(Kind.ARRAY)),
          signature("max", ORDERED),
          signature("max_by", List.of(Kind.ARRAY), List.of(Kind.REFERENCE)),
          signature("merge"),
          signature("min", ORDERED),
          signature("min_by", List.of(Kind.ARRAY), List.of(Kind.REFERENCE)),
          signature("not_null"),
          signature("reverse", List.of(Kind.ARRAY, Kind.STRING)),
          signature("sort", List.of(Kind.STRINGS, Kind.NUMBERS)),
          signature("sort_by", List.of(Kind.ARRAY), List.of(Kind.REFERENCE)),
          signature("starts_with", List.of(Kind.STRING), List.of(Kind.STRING)),
          signature("sum", List.of(Kind.NUMBERS)),
          signature("to_array", List.of(Kind.ANY)),
          signature("to_number", List.of(Kind.ANY)),
          signature("to_string", List.of(Kind.ANY)),
          signature("type", List.of(Kind.ANY)),
          signature("values", List.of(Kind.OBJECT)));

  private final JmesInterpreter interpreter;
  private final Budget budget;

  JmesFunctions(JmesInterpreter interpreter, Budget budget) {
    this.interpreter = interpreter;
    this.budget = budget;
  }

  /** Without arguments of its own, a function takes any number of them but none. */
  private static Map.Entry<String, List<List<Kind>>> signature(String name) {
    return Map.entry(name, List.of());
  }

  private static Map.Entry<String, List<List<Kind>>> signature(String name, List<Kind> only) {
    return Map.entry(name, List.of(only));
  }

  private static Map.Entry<String, List<List<Kind>>> signature(
      String name, List<Kind> first, List<Kind> second) {
    return Map.entry(name, List.of(first, second));
  }

  Json call(JmesNode.Call call, Json current) throws SelectorException {
    List<Argument> arguments = new ArrayList<>();
    for (JmesNode node : call.arguments()) {
      arguments.add(
          node instanceof JmesNode.Reference(JmesNode inner)
              ? new Argument.Reference(inner)
              : new Argument.Value(interpreter.evaluate(node, current)));
    }
    List<List<Kind>> signature = SIGNATURES.get(call.function());
    if (signature == null) {
      throw SelectorException.evaluation("unknown function: " + call.function());
    }
    if (signature.isEmpty()) {
      if (arguments.isEmpty()) {
        throw SelectorException.evaluation("Invalid arity.");
      }
      return variadic(call.function(), arguments);
    }
    if (signature.size() != arguments.size()) {
      throw SelectorException.evaluation("incorrect number of args");
    }
    for (int i = 0; i < arguments.size(); i++) {
      check(arguments.get(i), signature.get(i));
    }
    return switch (call.function()) {
      case "map" -> map(reference(arguments.get(0)), elements(arguments.get(1)));
      case "max_by" -> extreme(elements(arguments.get(0)), reference(arguments.get(1)), 1);
      case "min_by" -> extreme(elements(arguments.get(0)), reference(arguments.get(1)), -1);
      case "sort_by" -> sortBy(elements(arguments.get(0)), reference(arguments.get(1)));
      case "contains", "ends_with", "join", "starts_with" ->
          two(call.function(), value(arguments.get(0)), value(arguments.get(1)));
      default -> one(call.function(), value(arguments.getFirst()));
    };
  }

  private static void check(Argument argument, List<Kind> allowed) throws SelectorException {
    for (Kind kind : allowed) {
      boolean matches =
          switch (argument) {
            case Argument.Reference _ -> kind == Kind.REFERENCE;
            case Argument.Value(Json json) -> is(json, kind);
          };
      if (matches) {
        return;
      }
    }
    throw mistyped(argument, allowed);
  }

  private static SelectorException mistyped(Argument argument, List<Kind> allowed) {
    String type =
        switch (argument) {
          case Argument.Reference _ -> "expref";
          case Argument.Value(Json json) -> type(json);
        };
    String expected =
        allowed.stream().map(kind -> '"' + kind.label + '"').collect(Collectors.joining(", "));
    return SelectorException.evaluation(
        "Invalid type for: " + type + ", expected: []jmespath.jpType{" + expected + "}");
  }

  private static boolean is(Json value, Kind kind) {
    return switch (kind) {
      case ANY -> true;
      case REFERENCE -> false;
      case NUMBER -> value instanceof Json.Num;
      case STRING -> value instanceof Json.Text;
      case ARRAY -> value instanceof Json.Arr;
      case OBJECT -> value instanceof Json.Obj;
      case NUMBERS ->
          value instanceof Json.Arr(List<Json> all)
              && all.stream().allMatch(Json.Num.class::isInstance);
      case STRINGS ->
          value instanceof Json.Arr(List<Json> all)
              && all.stream().allMatch(Json.Text.class::isInstance);
    };
  }

  private static JmesNode reference(Argument argument) throws SelectorException {
    if (argument instanceof Argument.Reference(JmesNode node)) {
      return node;
    }
    throw mistyped(argument, List.of(Kind.REFERENCE));
  }

  private static Json value(Argument argument) throws SelectorException {
    if (argument instanceof Argument.Value(Json json)) {
      return json;
    }
    throw SelectorException.evaluation("unknown type");
  }

  private static List<Json> elements(Argument argument) throws SelectorException {
    if (value(argument) instanceof Json.Arr(List<Json> elements)) {
      return elements;
    }
    throw mistyped(argument, List.of(Kind.ARRAY));
  }

  private Json variadic(String name, List<Argument> arguments) throws SelectorException {
    TreeMap<ByteString, Json> merged = new TreeMap<>();
    for (Argument argument : arguments) {
      Json json = value(argument);
      if (name.equals("merge")) {
        if (!(json instanceof Json.Obj object)) {
          throw mistyped(argument, List.of(Kind.OBJECT));
        }
        budget.steps((long) Budget.VALUE * object.members().size());
        merged.putAll(object.members());
      } else if (json != Json.Null.NULL) {
        return json;
      }
    }
    return name.equals("merge") ? new Json.Obj(merged) : Json.Null.NULL;
  }

  private Json one(String name, Json argument) throws SelectorException {
    return switch (argument) {
      case Json.Num(double number) -> number(name, argument, number);
      case Json.Text(ByteString text) -> text(name, argument, text);
      case Json.Arr(List<Json> elements) -> array(name, argument, elements);
      case Json.Obj object -> object(name, argument, object);
      case Json.Null _, Json.Bool _ -> any(name, argument);
    };
  }

  private Json number(String name, Json argument, double number) throws SelectorException {
    return switch (name) {
      case "abs" -> new Json.Num(Math.abs(number));
      case "ceil" -> new Json.Num(Math.ceil(number));
      case "floor" -> new Json.Num(Math.floor(number));
      case "to_number" -> argument;
      default -> any(name, argument);
    };
  }

  private Json text(String name, Json argument, ByteString text) throws SelectorException {
    budget.steps(text.length());
    return switch (name) {
      case "length" -> new Json.Num(runes(text).size());
      case "reverse" -> {
        ByteSink out = new ByteSink(budget);
        for (int rune : runes(text).reversed()) {
          out.addRune(rune);
        }
        yield new Json.Text(out.toByteString());
      }
      case "to_string" -> argument;
      case "to_number" -> {
        GoFloat.Parsed parsed = GoFloat.parse(text);
        yield parsed.valid() ? new Json.Num(parsed.value()) : Json.Null.NULL;
      }
      default -> any(name, argument);
    };
  }

  private static List<Integer> runes(ByteString text) {
    List<Integer> runes = new ArrayList<>();
    int i = 0;
    while (i < text.length()) {
      long rune = text.rune(i);
      runes.add(ByteString.valueOf(rune));
      i += ByteString.widthOf(rune);
    }
    return runes;
  }

  private Json array(String name, Json argument, List<Json> elements) throws SelectorException {
    budget.steps((long) Budget.VALUE * elements.size());
    return switch (name) {
      case "length" -> new Json.Num(elements.size());
      case "reverse" -> new Json.Arr(elements.reversed());
      case "to_array" -> argument;
      case "sum" -> new Json.Num(sum(elements));
      case "avg" -> new Json.Num(sum(elements) / elements.size());
      case "max" -> extreme(elements, JmesNode.Current.CURRENT, 1);
      case "min" -> extreme(elements, JmesNode.Current.CURRENT, -1);
      case "sort" -> {
        List<Json> sorted = new ArrayList<>(elements);
        sorted.sort(ORDER);
        yield new Json.Arr(sorted);
      }
      default -> any(name, argument);
    };
  }

  private static double sum(List<Json> numbers) {
    double sum = 0;
    for (Json number : numbers) {
      sum += number instanceof Json.Num(double value) ? value : 0;
    }
    return sum;
  }

  private Json object(String name, Json argument, Json.Obj object) throws SelectorException {
    budget.steps((long) Budget.VALUE * object.members().size());
    return switch (name) {
      case "length" -> new Json.Num(object.members().size());
      case "keys" -> {
        List<Json> keys = new ArrayList<>();
        object.members().keySet().forEach(key -> keys.add(new Json.Text(key)));
        yield new Json.Arr(keys);
      }
      case "values" -> new Json.Arr(new ArrayList<>(object.members().values()));
      default -> any(name, argument);
    };
  }

  private Json any(String name, Json argument) throws SelectorException {
    return switch (name) {
      case "type" -> new Json.Text(ByteString.of(type(argument)));
      case "to_array" -> new Json.Arr(List.of(argument));
      case "to_number" -> Json.Null.NULL;
      case "to_string" -> {
        ByteSink out = new ByteSink(budget);
        JsonWriter.write(argument, out, budget);
        yield new Json.Text(out.toByteString());
      }
      default -> throw new IllegalStateException("a signature lets a wrong type pass: " + name);
    };
  }

  private static String type(Json value) {
    return switch (value) {
      case Json.Null _ -> "null";
      case Json.Bool _ -> "boolean";
      case Json.Num _ -> "number";
      case Json.Text _ -> "string";
      case Json.Arr _ -> "array";
      case Json.Obj _ -> "object";
    };
  }

  private Json two(String name, Json first, Json second) throws SelectorException {
    if (first instanceof Json.Arr(List<Json> elements)) {
      for (Json element : elements) {
        if (interpreter.equal(element, second)) {
          return new Json.Bool(true);
        }
      }
      return new Json.Bool(false);
    }
    ByteString left = first instanceof Json.Text(ByteString text) ? text : ByteString.EMPTY;
    if (name.equals("join")) {
      return join(left, second);
    }
    if (!(second instanceof Json.Text(ByteString right))) {
      return new Json.Bool(false);
    }
    budget.steps(left.length() + right.length());
    return new Json.Bool(
        switch (name) {
          case "starts_with" -> left.startsWith(right);
          case "ends_with" -> left.endsWith(right);
          default -> left.contains(right, budget);
        });
  }

  private Json join(ByteString separator, Json strings) throws SelectorException {
    ByteSink out = new ByteSink(budget);
    if (strings instanceof Json.Arr(List<Json> elements)) {
      for (int i = 0; i < elements.size(); i++) {
        if (i > 0) {
          out.add(separator);
        }
        if (elements.get(i) instanceof Json.Text(ByteString text)) {
          out.add(text);
        }
      }
    }
    return new Json.Text(out.toByteString());
  }

  private Json map(JmesNode expression, List<Json> elements) throws SelectorException {
    List<Json> mapped = new ArrayList<>();
    for (Json element : elements) {
      mapped.add(interpreter.evaluate(expression, element));
    }
    return new Json.Arr(mapped);
  }

  /** Numbers before strings never meet: what is compared is all of one type. */
  private static final Comparator<Json> ORDER =
      (left, right) ->
          left instanceof Json.Text(ByteString first)
                  && right instanceof Json.Text(ByteString second)
              ? first.compareTo(second)
              : Double.compare(number(left), number(right));

  /** Zeros have no order, and NaN comes first. */
  private static double number(Json value) {
    double number = value instanceof Json.Num(double content) ? content : 0;
    return Double.isNaN(number) ? Double.NEGATIVE_INFINITY : number + 0.0;
  }

  /** The first of the largest (or smallest) elements by what an expression gives for them. */
  private Json extreme(List<Json> elements, JmesNode expression, int direction)
      throws SelectorException {
    if (elements.size() < 2) {
      return elements.isEmpty() ? Json.Null.NULL : elements.getFirst();
    }
    Json best = elements.getFirst();
    Json bestKey = interpreter.evaluate(expression, best);
    checkSortable(bestKey);
    for (Json element : elements.subList(1, elements.size())) {
      Json key = interpreter.evaluate(expression, element);
      if (!key.getClass().equals(bestKey.getClass())) {
        throw SelectorException.evaluation("invalid type, must be " + type(bestKey));
      }
      if (ORDER.compare(key, bestKey) * direction > 0) {
        best = element;
        bestKey = key;
      }
    }
    return best;
  }

  private static void checkSortable(Json key) throws SelectorException {
    if (!(key instanceof Json.Num) && !(key instanceof Json.Text)) {
      throw SelectorException.evaluation("invalid type, must be number of string");
    }
  }

  private record Keyed(Json key, Json element) {}

  private Json sortBy(List<Json> elements, JmesNode expression) throws SelectorException {
    if (elements.size() < 2) {
      return new Json.Arr(elements);
    }
    List<Keyed> keyed = new ArrayList<>();
    for (Json element : elements) {
      Json key;
      try {
        key = interpreter.evaluate(expression, element);
      } catch (SelectorException e) {
        if (keyed.isEmpty() || e.reason() == SelectorException.Reason.LIMIT) {
          throw e;
        }
        throw SelectorException.evaluation("error in sort_by comparison");
      }
      if (keyed.isEmpty()) {
        checkSortable(key);
      } else if (!key.getClass().equals(keyed.getFirst().key().getClass())) {
        throw SelectorException.evaluation("error in sort_by comparison");
      }
      keyed.add(new Keyed(key, element));
    }
    keyed.sort(Comparator.comparing(Keyed::key, ORDER));
    return new Json.Arr(keyed.stream().map(Keyed::element).toList());
  }
}
