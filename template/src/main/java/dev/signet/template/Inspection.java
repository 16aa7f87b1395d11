package dev.signet.template;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a template names, found by reading it and not by executing it: all functions that are not
 * defined, not only the first, and the keys it takes from its data.
 *
 * <p>A key is what follows the dot where the dot is surely the data, or the dollar sign, or stands
 * in {@code index . "key"}; so what stands inside of {@code range}, {@code with} and {@code define}
 * is passed over unless it starts with a dollar sign that means the data. A key that is tested
 * somewhere ({@code if .key}, {@code .key | default "x"}) is one that may be missing.
 *
 * @param undefined the functions that are not defined, where they stand
 * @param keys the keys, where they stand; none where the text is malformed
 * @param error what else is wrong with the text
 */
public record Inspection(List<Use> undefined, List<Use> keys, Optional<TemplateException> error) {

  /**
   * A name in the text.
   *
   * @param line from 1
   * @param column bytes of the line before it
   * @param optional whether the template goes on without it
   */
  public record Use(String name, int line, int column, boolean optional) {}

  /** Stands for a function that is not defined; it is never called. */
  static final Function UNDEFINED =
      new Function(
          Signature.variadic(GoType.ANY, GoType.ANY),
          (call, arguments) -> {
            throw new IllegalStateException("an inspected template is not executed");
          });

  private static final Set<String> TESTS =
      Set.of("all", "and", "any", "coalesce", "default", "empty", "not", "or", "ternary");

  public Inspection {
    undefined = List.copyOf(undefined);
    keys = List.copyOf(keys);
  }

  /** Reads the text as {@link Template#parse(String, byte[], Functions, Options)} would. */
  public static Inspection of(String name, byte[] text, Functions functions, Options options) {
    String raw = Str.of(text).raw();
    String rawName = Utf8.encode(name);
    List<Use> undefined = new ArrayList<>();
    try {
      Map<String, Node.Body> bodies =
          new Parser(rawName, raw, functions, options, undefined).parse();
      Keys keys = new Keys(raw);
      Node.Body body = bodies.get(rawName);
      if (body != null) {
        keys.body(body, true);
      }
      return new Inspection(undefined, keys.found(), Optional.empty());
    } catch (TemplateException e) {
      return new Inspection(undefined, List.of(), Optional.of(e));
    }
  }

  /** All names that a template can call, Go's builtin ones included. */
  public static Set<String> callable(Functions functions) {
    Set<String> names = new TreeSet<>(functions.names());
    names.addAll(Builtins.NAMES);
    return names;
  }

  static Use use(String rawName, String text, int position, boolean optional) {
    int start = text.lastIndexOf('\n', position - 1) + 1;
    int line = 1 + (int) text.substring(0, start).chars().filter(c -> c == '\n').count();
    return new Use(Utf8.decode(rawName), line, position - start, optional);
  }

  /** Walks the main template. The nesting of nodes is bounded by {@link Options#nesting}. */
  private static final class Keys {
    private final String text;
    private final List<Use> uses = new ArrayList<>();
    private final Set<String> optional = new HashSet<>();

    Keys(String text) {
      this.text = text;
    }

    List<Use> found() {
      return uses.stream()
          .map(use -> new Use(use.name(), use.line(), use.column(), optional.contains(use.name())))
          .toList();
    }

    void body(Node.@Nullable Body body, boolean dotIsData) {
      if (body == null) {
        return;
      }
      for (Node.Statement statement : body.statements()) {
        switch (statement) {
          case Node.Action action -> pipe(action.pipe(), dotIsData, false);
          case Node.Branch branch -> {
            boolean range = branch.kind() == Node.Branching.RANGE;
            boolean condition = branch.kind() == Node.Branching.IF;
            pipe(branch.pipe(), dotIsData, !range);
            body(branch.body(), dotIsData && condition);
            body(branch.otherwise(), dotIsData);
          }
          case Node.Invoke invoke -> {
            if (invoke.pipe() != null) {
              pipe(invoke.pipe(), dotIsData, false);
            }
          }
          case Node.Text t -> {}
          case Node.Break b -> {}
          case Node.Continue c -> {}
        }
      }
    }

    private void pipe(Node.Pipe pipe, boolean dotIsData, boolean tested) {
      boolean tests = tested;
      for (Node.Command command : pipe.commands()) {
        tests |=
            command.arguments().getFirst() instanceof Node.Identifier function
                && TESTS.contains(function.name());
      }
      for (Node.Command command : pipe.commands()) {
        command(command.arguments(), dotIsData, tests);
      }
    }

    private void command(List<Node.Operand> arguments, boolean dotIsData, boolean tested) {
      if (arguments.size() > 2
          && arguments.get(0) instanceof Node.Identifier function
          && function.name().equals("index")
          && arguments.get(2) instanceof Node.StringWord key
          && isData(arguments.get(1), dotIsData)) {
        add(key.value().raw(), key.position(), tested);
      }
      for (Node.Operand argument : arguments) {
        operand(argument, dotIsData, tested);
      }
    }

    private static boolean isData(Node.Operand operand, boolean dotIsData) {
      return (operand instanceof Node.Dot && dotIsData)
          || (operand instanceof Node.Variable variable && variable.names().equals(List.of("$")));
    }

    private void operand(Node.Operand operand, boolean dotIsData, boolean tested) {
      switch (operand) {
        case Node.Field field when dotIsData -> {
          String key = field.names().getFirst();
          // Where several fields follow each other, the node stands at the second one.
          int before = field.names().size() > 1 ? key.length() + 1 : 0;
          add(key, field.position() - before, tested);
        }
        case Node.Variable variable
            when variable.names().size() > 1 && variable.names().getFirst().equals("$") ->
            add(variable.names().get(1), variable.position(), tested);
        case Node.Pipe pipe -> pipe(pipe, dotIsData, tested);
        case Node.Chain chain -> operand(chain.operand(), dotIsData, tested);
        default -> {}
      }
    }

    private void add(String key, int position, boolean tested) {
      Use use = use(key, text, position, tested);
      uses.add(use);
      if (tested) {
        optional.add(use.name());
      }
    }
  }
}
