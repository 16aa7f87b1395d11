package dev.signet.template.select;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Applies a Kubernetes JSONPath template to a document: lists of values go in and out of every
 * node.
 *
 * <p>Loops are not nested in the syntax tree. {@code range} notes that a loop begins, the rest of
 * the template is then evaluated once for every value until an {@code end} stops it, and after the
 * loop evaluation resumes behind the {@code end} that was met last. An open range therefore runs
 * its body once more, as in the original.
 */
final class KubeEvaluator {
  private final List<KubeNode> template;
  private final boolean allowMissingKeys;
  private final Budget budget;

  private int beginning;
  private int open;
  private int ending;
  private int lastEnd = -1;

  KubeEvaluator(List<KubeNode> template, boolean allowMissingKeys, Budget budget) {
    this.template = template;
    this.allowMissingKeys = allowMissingKeys;
    this.budget = budget;
  }

  /**
   * An error with the values that had been found so far. Filters that ask for existence look at
   * those and not at the error.
   */
  private static final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<KubeValue> found;

    Failure(String message, List<KubeValue> found) {
      super(message, null, false, false);
      this.found = found;
    }
  }

  List<List<KubeValue>> run(Json document) throws SelectorException {
    try {
      return run(new KubeValue.Node(document).detached(), 0);
    } catch (Failure e) {
      throw SelectorException.evaluation(String.valueOf(e.getMessage()));
    }
  }

  private List<List<KubeValue>> run(KubeValue current, int from) throws Failure, SelectorException {
    budget.enter();
    List<List<KubeValue>> all = new ArrayList<>();
    for (int i = from; i < template.size(); i++) {
      List<KubeValue> results = walk(List.of(current), template.get(i));
      if (ending > 0 && ending <= open) {
        ending--;
        lastEnd = i;
        break;
      }
      if (beginning == 0) {
        all.add(results);
        continue;
      }
      beginning--;
      open++;
      for (KubeValue value : results) {
        all.addAll(run(value.detached(), i + 1));
      }
      if (results.isEmpty()) {
        // Nothing to print, but the end of the loop has to be found.
        run(KubeValue.Nothing.NOTHING, i + 1);
      }
      open--;
      if (lastEnd > i) {
        i = lastEnd;
      }
    }
    budget.leave();
    return all;
  }

  private List<KubeValue> walk(List<KubeValue> input, KubeNode node)
      throws Failure, SelectorException {
    budget.steps((long) Budget.VALUE * (1 + input.size()));
    return switch (node) {
      case KubeNode.Sequence sequence -> sequence(input, sequence);
      case KubeNode.Literal literal -> List.of(new KubeValue.Node(new Json.Text(literal.text())));
      case KubeNode.Field field -> field(input, field.name());
      case KubeNode.Identifier identifier -> identifier(input, identifier.name().text());
      case KubeNode.Slice slice -> slice(input, slice);
      case KubeNode.Filter filter -> filter(input, filter);
      case KubeNode.Whole whole -> repeated(input, new KubeValue.Whole(whole.value()));
      case KubeNode.Real real -> repeated(input, new KubeValue.Node(new Json.Num(real.value())));
      case KubeNode.Truth truth ->
          repeated(input, new KubeValue.Node(new Json.Bool(truth.value())));
      case KubeNode.Union union -> union(input, union);
      case KubeNode.Wildcard _ -> {
        List<KubeValue> found = new ArrayList<>();
        for (KubeValue value : input) {
          found.addAll(children(value));
        }
        yield found;
      }
      case KubeNode.Descent _ -> {
        List<KubeValue> found = new ArrayList<>();
        descend(input, found);
        yield found;
      }
    };
  }

  private static List<KubeValue> repeated(List<KubeValue> input, KubeValue value) {
    return new ArrayList<>(Collections.nCopies(input.size(), value));
  }

  private List<KubeValue> sequence(List<KubeValue> input, KubeNode.Sequence sequence)
      throws Failure, SelectorException {
    budget.enter();
    try {
      List<KubeValue> current = input;
      for (KubeNode node : sequence.nodes()) {
        current = walk(current, node);
      }
      return current;
    } finally {
      budget.leave();
    }
  }

  private List<KubeValue> identifier(List<KubeValue> input, String name) throws Failure {
    return switch (name) {
      case "range" -> {
        beginning++;
        yield input;
      }
      case "end" -> {
        if (open == 0) {
          throw new Failure("not in range, nothing to end", List.of());
        }
        ending++;
        yield List.of();
      }
      default -> throw new Failure("unrecognized identifier " + name, input);
    };
  }

  private List<KubeValue> field(List<KubeValue> input, ByteString name) throws Failure {
    List<KubeValue> found = new ArrayList<>();
    for (KubeValue value : input) {
      if (value instanceof KubeValue.Node(Json.Obj object)) {
        Json member = object.members().get(name);
        if (member != null) {
          found.add(new KubeValue.Node(member));
        }
      }
    }
    if (found.isEmpty() && !input.isEmpty() && !allowMissingKeys) {
      throw new Failure(name.text() + " is not found", found);
    }
    return found;
  }

  private List<KubeValue> slice(List<KubeValue> input, KubeNode.Slice slice)
      throws Failure, SelectorException {
    List<KubeValue> found = new ArrayList<>();
    for (KubeValue value : input) {
      if (value.isNull()) {
        continue;
      }
      if (!(value instanceof KubeValue.Node(Json.Arr(List<Json> elements)))) {
        throw new Failure(value.type() + " is not array or slice", input);
      }
      int length = elements.size();
      long from = slice.from().known() ? slice.from().value() : 0;
      if (from < 0) {
        from += length;
      }
      long to = slice.to().known() ? slice.to().value() : length;
      if (to < 0 || (to == 0 && slice.to().derived())) {
        to += length;
      }
      if (from == to) {
        // Not only this value ends here but the whole list, as in the original.
        return found;
      }
      checkRange(input, from, to, length);
      long step = slice.step().known() ? slice.step().value() : 1;
      if (step <= 0) {
        throw new Failure("step must be > 0", input);
      }
      for (long i = from; i < to; i += Math.min(step, length)) {
        budget.steps(Budget.VALUE);
        found.add(new KubeValue.Node(elements.get((int) i)));
      }
    }
    return found;
  }

  private static void checkRange(List<KubeValue> input, long from, long to, int length)
      throws Failure {
    if (from >= length || from < 0) {
      throw new Failure("array index out of bounds: index " + from + ", length " + length, input);
    }
    if (to > length || to < 0) {
      throw new Failure(
          "array index out of bounds: index " + (to - 1) + ", length " + length, input);
    }
    if (from > to) {
      throw new Failure("starting index " + from + " is greater than ending index " + to, input);
    }
  }

  private List<KubeValue> union(List<KubeValue> input, KubeNode.Union union)
      throws Failure, SelectorException {
    List<KubeValue> found = new ArrayList<>();
    try {
      for (KubeNode.Sequence branch : union.branches()) {
        found.addAll(sequence(input, branch));
      }
    } catch (Failure e) {
      throw new Failure(String.valueOf(e.getMessage()), input);
    }
    return found;
  }

  private List<KubeValue> children(KubeValue value) throws SelectorException {
    List<KubeValue> found = new ArrayList<>();
    if (value instanceof KubeValue.Node(Json json)) {
      switch (json) {
        case Json.Arr array -> array.elements().forEach(e -> found.add(new KubeValue.Node(e)));
        case Json.Obj object ->
            object.members().values().forEach(e -> found.add(new KubeValue.Node(e)));
        case Json.Text text -> {
          for (int i = 0; i < text.value().length(); i++) {
            found.add(new KubeValue.Octet(text.value().at(i)));
          }
        }
        case Json.Null _, Json.Bool _, Json.Num _ -> {}
      }
    }
    budget.steps((long) Budget.VALUE * found.size());
    return found;
  }

  /** Every value that has children, parents before children. */
  private void descend(List<KubeValue> input, List<KubeValue> found) throws SelectorException {
    budget.enter();
    for (KubeValue value : input) {
      List<KubeValue> children = children(value);
      if (!children.isEmpty()) {
        found.add(value);
        descend(children, found);
      }
    }
    budget.leave();
  }

  private List<KubeValue> filter(List<KubeValue> input, KubeNode.Filter filter)
      throws Failure, SelectorException {
    List<KubeValue> found = new ArrayList<>();
    for (KubeValue value : input) {
      if (!(value instanceof KubeValue.Node(Json.Arr(List<Json> elements)))) {
        // The original prints the value here, which may be a secret.
        throw new Failure(value.type() + " is not array or slice and cannot be filtered", input);
      }
      for (Json element : elements) {
        KubeValue candidate = new KubeValue.Node(element);
        if (passes(candidate, filter, input, found)) {
          found.add(candidate);
        }
      }
    }
    return found;
  }

  private boolean passes(
      KubeValue candidate, KubeNode.Filter filter, List<KubeValue> input, List<KubeValue> found)
      throws Failure, SelectorException {
    List<KubeValue> one = List.of(candidate);
    if (filter.operator().equals(KubeNode.Filter.EXISTS)) {
      return exists(one, filter.left());
    }
    List<KubeValue> rights;
    List<KubeValue> lefts;
    try {
      lefts = single(sequence(one, filter.left()));
      if (lefts.isEmpty()) {
        return false;
      }
      rights = single(sequence(one, filter.right()));
    } catch (Failure e) {
      throw new Failure(String.valueOf(e.getMessage()), input);
    }
    if (rights.isEmpty()) {
      return false;
    }
    try {
      return KubeComparison.holds(lefts.getFirst(), filter.operator(), rights.getFirst());
    } catch (SelectorException e) {
      throw new Failure(String.valueOf(e.getMessage()), found);
    }
  }

  private boolean exists(List<KubeValue> candidate, KubeNode.Sequence path)
      throws SelectorException {
    try {
      return !sequence(candidate, path).isEmpty();
    } catch (Failure e) {
      return !e.found.isEmpty();
    }
  }

  private static List<KubeValue> single(List<KubeValue> values) throws Failure {
    if (values.size() > 1) {
      throw new Failure("can only compare one element at a time", List.of());
    }
    return values;
  }
}
