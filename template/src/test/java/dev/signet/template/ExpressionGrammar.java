package dev.signet.template;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;

/**
 * Random pipelines of a template: operands, calls and printf, mostly of the kinds that functions
 * want, sometimes of others. What may be called with what is in {@code
 * /differential/functions.txt}, the operands are in {@code operands.txt}.
 */
final class ExpressionGrammar {
  /** What an expression gives, or which of its texts make sense. */
  enum Kind {
    ANY,
    SCALAR,
    TEXT,
    INT,
    SMALL,
    FLOAT,
    BOOL,
    LIST,
    EXACT,
    DICT,
    FRESH,
    TIME,
    DURATION,
    VERSION,
    JSON,
    REGEX,
    LAYOUT,
    PAIR,
    SPAN,
    ZONE,
    SEMVER,
    CONSTRAINT,
    URL;

    /** Whether a value of another kind may stand in its place. */
    boolean replaceable() {
      return switch (this) {
        case SCALAR, SMALL, EXACT, FRESH, TIME, DURATION, VERSION, PAIR -> false;
        default -> true;
      };
    }
  }

  private static final List<Kind> VALUES =
      List.of(Kind.TEXT, Kind.INT, Kind.FLOAT, Kind.BOOL, Kind.LIST, Kind.DICT, Kind.ANY);
  private static final List<Kind> SCALARS = List.of(Kind.TEXT, Kind.INT, Kind.FLOAT, Kind.BOOL);

  private record Parameter(Kind kind, String literal, boolean optional, boolean repeated) {
    static Parameter of(String word) {
      if (word.startsWith("\"")) {
        return new Parameter(Kind.TEXT, word, false, false);
      }
      boolean optional = word.endsWith("?");
      boolean repeated = word.endsWith("*");
      String kind = optional || repeated ? word.substring(0, word.length() - 1) : word;
      return new Parameter(Kind.valueOf(kind), "", optional, repeated);
    }
  }

  private record Call(Kind result, String name, List<Parameter> parameters, String suffix) {
    static Call of(String line) {
      int bar = line.indexOf(" | ");
      String[] words = words(bar < 0 ? line : line.substring(0, bar));
      return new Call(
          Kind.valueOf(words[0]),
          words[1],
          Arrays.stream(words).skip(2).map(Parameter::of).toList(),
          bar < 0 ? "" : line.substring(bar));
    }

    boolean method() {
      return name.startsWith(".");
    }

    /** A call whose last argument may come through the pipe. */
    boolean pipes() {
      return !method()
          && !parameters.isEmpty()
          && parameters.getLast().literal.isEmpty()
          && parameters.getLast().kind != Kind.PAIR;
    }
  }

  record Variable(String name, Kind kind) {}

  private static final Map<Kind, List<String>> OPERANDS = operands();
  private static final Map<Kind, List<Call>> BUILTIN = calls(false);
  private static final Map<Kind, List<Call>> ALL = calls(true);

  private final SplittableRandom random;
  private final Map<Kind, List<Call>> calls;
  private final List<Variable> variables;

  /** How many of the data's dots are hidden by another value of dot. */
  private int hidden;

  ExpressionGrammar(SplittableRandom random, boolean sprig, List<Variable> variables) {
    this.random = random;
    this.calls = sprig ? ALL : BUILTIN;
    this.variables = variables;
  }

  void hideDot() {
    hidden++;
  }

  void showDot() {
    hidden--;
  }

  Kind anyValue() {
    return pick(VALUES);
  }

  boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  <T> T pick(List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  /** A pipeline of one or more commands. */
  String pipeline(Kind kind, int depth) {
    if (depth > 0 && chance(8)) {
      return printf(depth - 1);
    }
    if (depth > 0 && chance(45)) {
      List<Call> candidates = callsOf(kind).stream().filter(Call::pipes).toList();
      Call call = candidates.isEmpty() ? null : pick(candidates);
      if (call != null && affordable(call)) {
        Parameter last = call.parameters.getLast();
        StringBuilder text = new StringBuilder(pipeline(kindFor(last.kind), depth - 1));
        text.append(" | ").append(call.name);
        arguments(text, call.parameters.subList(0, call.parameters.size() - 1), depth - 1);
        if (last.repeated && chance(30)) {
          text.append(' ').append(operand(last.kind, depth - 1));
        }
        return text.append(call.suffix).toString();
      }
    }
    return depth > 0 && chance(60) ? call(kind, depth) : operand(kind, depth);
  }

  /** One call without parentheses, or an operand where there is no call of that kind. */
  private String call(Kind kind, int depth) {
    List<Call> candidates = callsOf(kind);
    if (candidates.isEmpty()) {
      return operand(kind, 0);
    }
    Call call = pick(candidates);
    if (!affordable(call)) {
      return operand(kind, 0);
    }
    StringBuilder text = new StringBuilder();
    List<Parameter> parameters = call.parameters;
    if (call.method()) {
      text.append('(').append(pipeline(parameters.getFirst().kind, depth - 1)).append(')');
      parameters = parameters.subList(1, parameters.size());
    }
    text.append(call.name);
    arguments(text, parameters, depth - 1);
    if (random.nextInt(300) == 0) {
      text.append(' ').append(operand(Kind.SMALL, 0));
    }
    return text.append(call.suffix).toString();
  }

  /** Deriving a password takes a tenth of a second; the others end most templates. */
  private boolean affordable(Call call) {
    return switch (call.name) {
      case "derivePassword" -> random.nextInt(100) == 0;
      case "fail", "call" -> random.nextInt(10) == 0;
      default -> true;
    };
  }

  private void arguments(StringBuilder text, List<Parameter> parameters, int depth) {
    for (Parameter parameter : parameters) {
      int count =
          parameter.repeated ? random.nextInt(4) : parameter.optional ? random.nextInt(2) : 1;
      for (int i = 0; i < count; i++) {
        text.append(' ')
            .append(
                parameter.literal.isEmpty()
                    ? operand(kindFor(parameter.kind), depth)
                    : parameter.literal);
      }
    }
  }

  private Kind kindFor(Kind wanted) {
    if (wanted == Kind.SCALAR) {
      return pick(SCALARS);
    }
    return wanted == Kind.ANY || (wanted.replaceable() && chance(3)) ? anyValue() : wanted;
  }

  /** One argument: a literal, a field, a variable, or a call in parentheses. */
  String operand(Kind kind, int depth) {
    List<String> literals = OPERANDS.getOrDefault(kind, List.of());
    if (depth > 0 && chance(45)) {
      return "(" + pipeline(kind, depth - 1) + ")";
    }
    if (chance(30)) {
      List<Variable> fitting =
          variables.stream().filter(v -> v.kind == kind || fits(kind, v.kind)).toList();
      if (!fitting.isEmpty()) {
        return pick(fitting).name;
      }
    }
    if (kind != Kind.PAIR && kind != Kind.SMALL && random.nextInt(500) == 0) {
      return "$undefined";
    }
    String literal = pick(literals);
    while (literal.startsWith("~") && chance(85)) {
      literal = pick(literals);
    }
    if (literal.startsWith("~")) {
      literal = literal.substring(1);
    }
    return literal.startsWith(".")
            && literal.length() > 1
            && Character.isLetter(literal.charAt(1))
            && chance(hidden > 0 ? 85 : 15)
        ? "$" + literal
        : literal;
  }

  /** Variables never hold times, durations or versions, and what is bounded stays a literal. */
  private static boolean fits(Kind wanted, Kind variable) {
    return wanted == Kind.ANY && VALUES.contains(variable);
  }

  private String printf(int depth) {
    StringBuilder format = new StringBuilder("\"");
    int directives = 1 + random.nextInt(3);
    int arguments = 0;
    for (int i = 0; i < directives; i++) {
      format.append(pick(List.of("", "", " ", "<", "é=", "%%")));
      format.append('%');
      for (int flags = random.nextInt(3); flags > 0; flags--) {
        format.append(pick(List.of("+", "-", "#", "0", " ")));
      }
      if (chance(4)) {
        format.append('[').append(random.nextInt(4)).append(']');
      }
      if (chance(35)) {
        format.append(chance(8) ? "*" : Integer.toString(random.nextInt(1, 24)));
      }
      if (chance(30)) {
        format.append('.').append(chance(8) ? "*" : Integer.toString(random.nextInt(12)));
      }
      // Not p: an address. The rest of the letters are no verbs.
      format.append("vvvvdddsssqqqxXoObcUeEfFgGtTw!z日".charAt(random.nextInt(32)));
      arguments += chance(92) ? 1 : random.nextInt(3);
    }
    StringBuilder text = new StringBuilder("printf ").append(format).append('"');
    for (int i = 0; i < arguments; i++) {
      text.append(' ').append(operand(anyValue(), depth));
    }
    return text.toString();
  }

  private List<Call> callsOf(Kind kind) {
    return switch (kind) {
      case ANY -> calls.getOrDefault(chance(40) ? Kind.ANY : anyValue(), List.of());
      case LIST -> calls.getOrDefault(chance(25) ? Kind.EXACT : Kind.LIST, List.of());
      case DICT -> calls.getOrDefault(chance(25) ? Kind.FRESH : Kind.DICT, List.of());
      default -> calls.getOrDefault(kind, List.of());
    };
  }

  private static Map<Kind, List<String>> operands() {
    Map<Kind, List<String>> byKind = new EnumMap<>(Kind.class);
    for (String line : lines("/differential/operands.txt")) {
      int space = line.indexOf(' ');
      byKind
          .computeIfAbsent(Kind.valueOf(line.substring(0, space)), _ -> new ArrayList<>())
          .add(line.substring(space + 1));
    }
    return byKind;
  }

  private static Map<Kind, List<Call>> calls(boolean sprig) {
    Map<Kind, List<Call>> byKind = new EnumMap<>(Kind.class);
    for (String line : lines("/differential/functions.txt")) {
      if (line.equals("sprig")) {
        if (!sprig) {
          break;
        }
      } else {
        Call call = Call.of(line);
        byKind.computeIfAbsent(call.result, _ -> new ArrayList<>()).add(call);
      }
    }
    return byKind;
  }

  /** The names of all functions that may be called. */
  static List<String> functionNames() {
    return ALL.values().stream()
        .flatMap(List::stream)
        .filter(call -> !call.method())
        .map(Call::name)
        .distinct()
        .toList();
  }

  /** Words between spaces; a quoted one may have spaces in it. */
  private static String[] words(String line) {
    return line.split(" (?=(?:[^\"]*\"[^\"]*\")*[^\"]*$)", -1);
  }

  private static List<String> lines(String resource) {
    try (InputStream in =
        Objects.requireNonNull(ExpressionGrammar.class.getResourceAsStream(resource), resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isEmpty() && !line.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
