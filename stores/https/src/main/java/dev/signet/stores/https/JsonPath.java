package dev.signet.stores.https;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.template.select.ByteString;
import dev.signet.template.select.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * JSONPath as the Go library PaesslerAG/jsonpath reads it, without its expressions and
 * placeholders:
 *
 * <pre>
 * $              the document
 * .name ['name'] a member         ['a','b']  some members
 * [0] [-1]       an element       [1:3] [::2] a slice
 * .* [*]         all of them      ..name ..*  anywhere below
 * [?(@.a == 'b' && @.n > 1 || !@.c)]  those of which that holds; also != &lt; &lt;= >= =~ (RE2)
 * </pre>
 *
 * <p>A path that can only lead to one value gives that value, and is an error where there is none.
 * Any other gives the array of what it leads to, members in the order of their names. The path is
 * bounded in length, and in what it may visit.
 */
final class JsonPath {

  private static final int LONGEST = 4096;
  private static final int MOST_VISITS = 1_000_000;

  /** Goes nowhere; the message names keys of the path, and nothing of the document. */
  static final class NothingThereException extends Exception {
    NothingThereException(String message) {
      super(message);
    }
  }

  private sealed interface Step {
    /** One member or element. */
    record Member(String name) implements Step {}

    record Element(int index) implements Step {}

    /** Several. */
    record Members(List<String> names) implements Step {}

    record Elements(List<Integer> indexes) implements Step {}

    record Slice(Optional<Integer> from, Optional<Integer> to, int by) implements Step {}

    record All() implements Step {}

    record Below(Step step) implements Step {}

    record Filter(Test test) implements Step {}
  }

  private sealed interface Test {
    record Any(List<Test> tests) implements Test {}

    record Every(List<Test> tests) implements Test {}

    record Not(Test test) implements Test {}

    record Holds(Operand operand) implements Test {}

    record Compared(Operand left, String operator, Operand right) implements Test {}

    record Matches(Operand operand, Pattern pattern) implements Test {}
  }

  private sealed interface Operand {
    record Literal(Json value) implements Operand {}

    record Here(List<Step> steps) implements Operand {}

    record Root(List<Step> steps) implements Operand {}
  }

  private final List<Step> steps;

  private JsonPath(List<Step> steps) {
    this.steps = steps;
  }

  /**
   * @param where for messages
   */
  static JsonPath parse(String path, String where) throws MalformedObjectException {
    if (path.length() > LONGEST) {
      throw new MalformedObjectException(where + " is longer than " + LONGEST + " characters");
    }
    Reader reader = new Reader(path, where);
    reader.expect('$');
    List<Step> steps = reader.steps();
    reader.end();
    return new JsonPath(steps);
  }

  Json get(Json document) throws NothingThereException {
    return new Walk(document).from(document, steps);
  }

  private static boolean isSingular(List<Step> steps) {
    return steps.stream()
        .allMatch(step -> step instanceof Step.Member || step instanceof Step.Element);
  }

  private static final class Walk {
    private final Json root;
    private int visits;

    Walk(Json root) {
      this.root = root;
    }

    Json from(Json start, List<Step> steps) throws NothingThereException {
      if (isSingular(steps)) {
        Json at = start;
        for (Step step : steps) {
          at = one(at, step);
        }
        return at;
      }
      List<Json> found = List.of(start);
      for (Step step : steps) {
        List<Json> next = new ArrayList<>();
        for (Json each : found) {
          several(each, step, next);
        }
        found = next;
      }
      return new Json.Arr(found);
    }

    private static Json one(Json at, Step step) throws NothingThereException {
      Optional<Json> next =
          switch (step) {
            case Step.Member(String name) -> member(at, name);
            case Step.Element(int index) -> element(at, index);
            default -> Optional.empty();
          };
      return next.orElseThrow(() -> new NothingThereException("there is no " + name(step)));
    }

    private static String name(Step step) {
      return switch (step) {
        case Step.Member(String name) -> "key " + name;
        case Step.Element(int index) -> "element " + index;
        default -> "value";
      };
    }

    private static Optional<Json> member(Json at, String name) {
      return at instanceof Json.Obj object
          ? Optional.ofNullable(object.members().get(ByteString.of(name)))
          : Optional.empty();
    }

    private static Optional<Json> element(Json at, int index) {
      if (!(at instanceof Json.Arr array)) {
        return Optional.empty();
      }
      int size = array.elements().size();
      int place = index < 0 ? size + index : index;
      return place >= 0 && place < size
          ? Optional.of(array.elements().get(place))
          : Optional.empty();
    }

    private static List<Json> children(Json at) {
      return switch (at) {
        case Json.Obj object -> List.copyOf(object.members().values());
        case Json.Arr array -> array.elements();
        default -> List.of();
      };
    }

    private void several(Json at, Step step, List<Json> found) throws NothingThereException {
      if (++visits > MOST_VISITS) {
        throw new NothingThereException("too much has to be looked at");
      }
      switch (step) {
        case Step.Member(String name) -> member(at, name).ifPresent(found::add);
        case Step.Element(int index) -> element(at, index).ifPresent(found::add);
        case Step.Members(List<String> names) ->
            names.forEach(name -> member(at, name).ifPresent(found::add));
        case Step.Elements(List<Integer> indexes) ->
            indexes.forEach(index -> element(at, index).ifPresent(found::add));
        case Step.Slice slice -> slice(at, slice, found);
        case Step.All _ -> found.addAll(children(at));
        case Step.Below(Step below) -> {
          several(at, below, found);
          for (Json child : children(at)) {
            several(child, step, found);
          }
        }
        case Step.Filter(Test test) -> {
          for (Json child : children(at)) {
            if (holds(child, test)) {
              found.add(child);
            }
          }
        }
      }
    }

    private static void slice(Json at, Step.Slice slice, List<Json> found) {
      if (!(at instanceof Json.Arr array)) {
        return;
      }
      int size = array.elements().size();
      boolean forward = slice.by > 0;
      int from = place(slice.from.orElse(forward ? 0 : size - 1), size);
      int to = slice.to.isPresent() ? place(slice.to.get(), size) : forward ? size : -1;
      for (long i = from; forward ? i < to : i > to; i += slice.by) {
        if (i >= 0 && i < size) {
          found.add(array.elements().get((int) i));
        } else if (forward ? i >= size : i < 0) {
          return;
        }
      }
    }

    private static int place(int index, int size) {
      return index < 0 ? Math.max(size + index, 0) : Math.min(index, size);
    }

    private boolean holds(Json at, Test test) throws NothingThereException {
      if (++visits > MOST_VISITS) {
        throw new NothingThereException("too much has to be looked at");
      }
      return switch (test) {
        case Test.Any(List<Test> tests) -> {
          for (Test each : tests) {
            if (holds(at, each)) {
              yield true;
            }
          }
          yield false;
        }
        case Test.Every(List<Test> tests) -> {
          for (Test each : tests) {
            if (!holds(at, each)) {
              yield false;
            }
          }
          yield true;
        }
        case Test.Not(Test not) -> !holds(at, not);
        case Test.Holds(Operand operand) -> value(at, operand).filter(Walk::isTrue).isPresent();
        case Test.Compared(Operand left, String operator, Operand right) ->
            compared(value(at, left), operator, value(at, right));
        case Test.Matches(Operand operand, Pattern pattern) ->
            value(at, operand).orElse(Json.Null.NULL) instanceof Json.Text(ByteString text)
                && pattern.matcher(text.text()).find();
      };
    }

    private static boolean isTrue(Json value) {
      return switch (value) {
        case Json.Bool(boolean truth) -> truth;
        case Json.Null _ -> false;
        default -> true;
      };
    }

    private Optional<Json> value(Json at, Operand operand) throws NothingThereException {
      try {
        return Optional.of(
            switch (operand) {
              case Operand.Literal(Json value) -> value;
              case Operand.Here(List<Step> steps) -> from(at, steps);
              case Operand.Root(List<Step> steps) -> from(root, steps);
            });
      } catch (NothingThereException e) {
        if (visits > MOST_VISITS) {
          throw e;
        }
        return Optional.empty();
      }
    }

    private static boolean compared(Optional<Json> left, String operator, Optional<Json> right) {
      if (left.isEmpty() || right.isEmpty()) {
        return operator.equals("!=") && left.isPresent() != right.isPresent();
      }
      return switch (operator) {
        case "==" -> left.equals(right);
        case "!=" -> !left.equals(right);
        default -> ordered(left.get(), operator, right.get());
      };
    }

    private static boolean ordered(Json left, String operator, Json right) {
      int order;
      if (left instanceof Json.Num(double a) && right instanceof Json.Num(double b)) {
        order = Double.compare(a, b);
      } else if (left instanceof Json.Text(ByteString a)
          && right instanceof Json.Text(ByteString b)) {
        order = a.compareTo(b);
      } else {
        return false;
      }
      return switch (operator) {
        case "<" -> order < 0;
        case "<=" -> order <= 0;
        case ">" -> order > 0;
        default -> order >= 0;
      };
    }
  }

  /** Recursive descent over the text. */
  private static final class Reader {
    private static final int DEEPEST = 32;
    private static final List<String> OPERATORS = List.of("==", "!=", "<=", ">=", "=~", "<", ">");
    private static final Map<String, Json> WORDS =
        new TreeMap<>(
            Map.of(
                "true",
                new Json.Bool(true),
                "false",
                new Json.Bool(false),
                "null",
                Json.Null.NULL));

    private final String text;
    private final String where;
    private int at;
    private int depth;

    Reader(String text, String where) {
      this.text = text.strip();
      this.where = where;
    }

    private MalformedObjectException malformed() {
      return new MalformedObjectException(
          where + " is no JSONPath that is understood, at character " + (at + 1));
    }

    private char peek() {
      return at < text.length() ? text.charAt(at) : '\0';
    }

    private boolean next(String token) {
      if (text.startsWith(token, at)) {
        at += token.length();
        return true;
      }
      return false;
    }

    private void spaces() {
      while (peek() == ' ') {
        at++;
      }
    }

    private void expect(char wanted) throws MalformedObjectException {
      spaces();
      if (peek() != wanted) {
        throw malformed();
      }
      at++;
    }

    private void end() throws MalformedObjectException {
      if (at < text.length()) {
        throw malformed();
      }
    }

    private List<Step> steps() throws MalformedObjectException {
      List<Step> steps = new ArrayList<>();
      while (true) {
        if (next("..")) {
          steps.add(
              new Step.Below(peek() == '[' ? bracket() : next("*") ? new Step.All() : named()));
        } else if (next(".")) {
          steps.add(next("*") ? new Step.All() : named());
        } else if (peek() == '[') {
          steps.add(bracket());
        } else {
          return List.copyOf(steps);
        }
      }
    }

    private Step named() throws MalformedObjectException {
      int from = at;
      while (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '-') {
        at++;
      }
      if (at == from) {
        throw malformed();
      }
      return new Step.Member(text.substring(from, at));
    }

    private Step bracket() throws MalformedObjectException {
      expect('[');
      spaces();
      Step step;
      if (next("*")) {
        step = new Step.All();
      } else if (next("?")) {
        expect('(');
        step = new Step.Filter(any());
        expect(')');
      } else if (peek() == '\'' || peek() == '"') {
        step = names();
      } else {
        step = indexes();
      }
      expect(']');
      return step;
    }

    private Step names() throws MalformedObjectException {
      List<String> names = new ArrayList<>();
      do {
        spaces();
        names.add(quoted());
        spaces();
      } while (next(","));
      return names.size() == 1
          ? new Step.Member(names.getFirst())
          : new Step.Members(List.copyOf(names));
    }

    private String quoted() throws MalformedObjectException {
      char quote = peek();
      if (quote != '\'' && quote != '"') {
        throw malformed();
      }
      StringBuilder name = new StringBuilder();
      for (at++; peek() != quote; at++) {
        if (peek() == '\\') {
          at++;
        }
        if (at >= text.length()) {
          throw malformed();
        }
        name.append(peek());
      }
      at++;
      return name.toString();
    }

    private Step indexes() throws MalformedObjectException {
      List<Optional<Integer>> numbers = new ArrayList<>();
      numbers.add(number());
      spaces();
      char separator = peek();
      while ((separator == ',' || separator == ':') && next(String.valueOf(separator))) {
        spaces();
        numbers.add(number());
        spaces();
      }
      if (separator == ':') {
        if (numbers.size() > 3) {
          throw malformed();
        }
        int by = numbers.size() == 3 ? numbers.get(2).orElse(1) : 1;
        if (by == 0) {
          throw malformed();
        }
        return new Step.Slice(numbers.get(0), numbers.get(1), by);
      }
      if (numbers.stream().anyMatch(Optional::isEmpty)) {
        throw malformed();
      }
      List<Integer> all = numbers.stream().flatMap(Optional::stream).toList();
      return all.size() == 1 ? new Step.Element(all.getFirst()) : new Step.Elements(all);
    }

    private Optional<Integer> number() throws MalformedObjectException {
      int from = at;
      if (peek() == '-') {
        at++;
      }
      while (Character.isDigit(peek())) {
        at++;
      }
      if (at == from) {
        return Optional.empty();
      }
      try {
        return Optional.of(Integer.parseInt(text.substring(from, at)));
      } catch (NumberFormatException e) {
        throw malformed();
      }
    }

    private Test any() throws MalformedObjectException {
      if (++depth > DEEPEST) {
        throw malformed();
      }
      List<Test> tests = new ArrayList<>();
      do {
        tests.add(every());
        spaces();
      } while (next("||"));
      depth--;
      return tests.size() == 1 ? tests.getFirst() : new Test.Any(List.copyOf(tests));
    }

    private Test every() throws MalformedObjectException {
      List<Test> tests = new ArrayList<>();
      do {
        tests.add(test());
        spaces();
      } while (next("&&"));
      return tests.size() == 1 ? tests.getFirst() : new Test.Every(List.copyOf(tests));
    }

    private Test test() throws MalformedObjectException {
      spaces();
      if (peek() == '!' && next("!")) {
        if (++depth > DEEPEST) {
          throw malformed();
        }
        Test not = new Test.Not(test());
        depth--;
        return not;
      }
      if (next("(")) {
        Test inner = any();
        expect(')');
        return inner;
      }
      Operand left = operand();
      spaces();
      for (String operator : OPERATORS) {
        if (next(operator)) {
          spaces();
          return operator.equals("=~")
              ? new Test.Matches(left, pattern())
              : new Test.Compared(left, operator, operand());
        }
      }
      return new Test.Holds(left);
    }

    private Pattern pattern() throws MalformedObjectException {
      String regex = quoted();
      try {
        return Pattern.compile(regex);
      } catch (PatternSyntaxException e) {
        throw malformed();
      }
    }

    private Operand operand() throws MalformedObjectException {
      if (next("@")) {
        return new Operand.Here(steps());
      }
      if (next("$")) {
        return new Operand.Root(steps());
      }
      if (peek() == '\'' || peek() == '"') {
        return new Operand.Literal(new Json.Text(ByteString.of(quoted())));
      }
      for (Map.Entry<String, Json> word : WORDS.entrySet()) {
        if (next(word.getKey())) {
          return new Operand.Literal(word.getValue());
        }
      }
      int from = at;
      while (Character.isDigit(peek()) || "+-.eE".indexOf(peek()) >= 0) {
        at++;
      }
      try {
        return new Operand.Literal(new Json.Num(Double.parseDouble(text.substring(from, at))));
      } catch (NumberFormatException e) {
        throw malformed();
      }
    }
  }
}
