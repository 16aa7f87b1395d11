package dev.signet.template;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Go's builtin template functions. The evaluator does {@code and}, {@code or} and {@code call}. */
final class Builtins {
  private static final GoType R = GoType.REFLECT;
  private static final GoType ANY = GoType.ANY;
  private static final GoType STRING = GoType.STRING;

  /** All that {@link #find} knows. */
  static final List<String> NAMES =
      List.of(
          "and",
          "call",
          "eq",
          "ge",
          "gt",
          "html",
          "index",
          "js",
          "le",
          "len",
          "lt",
          "ne",
          "not",
          "or",
          "print",
          "printf",
          "println",
          "slice",
          "urlquery");

  /** The builtin function of that name, made when a template names it; null where there is none. */
  static @Nullable Function find(String name) {
    return switch (name) {
      case "and" -> variadic(R, Builtins::special, R, R);
      case "or" -> variadic(R, Builtins::special, R, R);
      case "call" -> variadic(R, Builtins::special, R, R);
      case "html" -> variadic(STRING, (c, a) -> new Str(Escapes.html(joined(c, a))), ANY);
      case "js" -> variadic(STRING, (c, a) -> new Str(Escapes.js(joined(c, a))), ANY);
      case "urlquery" -> variadic(STRING, (c, a) -> new Str(Escapes.query(joined(c, a))), ANY);
      case "index" -> variadic(R, (c, a) -> Indexing.index(a), R, R);
      case "slice" -> variadic(R, (c, a) -> Indexing.slice(a), R, R);
      case "len" -> fixed(GoType.INT, (c, a) -> Indexing.length(a[0]), R);
      case "not" -> fixed(GoType.BOOL, (c, a) -> Value.of(!Reflect.truth(a[0])), R);
      case "print" -> variadic(STRING, (c, a) -> new Str(print(c, a)), ANY);
      case "println" -> variadic(STRING, Builtins::println, ANY);
      case "printf" -> variadic(STRING, Builtins::printf, STRING, ANY);
      case "eq" -> variadic(GoType.BOOL, (c, a) -> Value.of(Comparing.equal(c.meter(), a)), R, R);
      case "ne" -> fixed(GoType.BOOL, (c, a) -> Value.of(!Comparing.equal(c.meter(), a)), R, R);
      case "lt" -> fixed(GoType.BOOL, (c, a) -> Value.of(Comparing.less(a[0], a[1])), R, R);
      case "le" -> fixed(GoType.BOOL, (c, a) -> Value.of(lessOrEqual(c, a)), R, R);
      case "gt" -> fixed(GoType.BOOL, (c, a) -> Value.of(!lessOrEqual(c, a)), R, R);
      case "ge" -> fixed(GoType.BOOL, (c, a) -> Value.of(!Comparing.less(a[0], a[1])), R, R);
      default -> null;
    };
  }

  private Builtins() {}

  private static Function variadic(GoType result, Function.Body body, GoType... parameters) {
    return new Function(Signature.variadic(result, parameters), body);
  }

  private static Function fixed(GoType result, Function.Body body, GoType... parameters) {
    return new Function(Signature.of(result, parameters), body);
  }

  private static Value special(Call call, Value[] arguments) {
    throw new IllegalStateException("the evaluator does this one");
  }

  private static String print(Call call, Value[] arguments) {
    return Printer.print(call.meter(), Arrays.asList(arguments));
  }

  private static Value println(Call call, Value[] arguments) {
    return new Str(Printer.println(call.meter(), Arrays.asList(arguments)));
  }

  private static Value printf(Call call, Value[] arguments) {
    List<Value> operands = Arrays.asList(arguments).subList(1, arguments.length);
    String format = ((Str) arguments[0]).raw();
    call.meter().steps(format.length() / 16);
    return new Str(Printer.printf(call.meter(), format, operands));
  }

  /** The text of the arguments as an action would print them. */
  private static String joined(Call call, Value[] arguments) {
    Value[] printable = arguments.clone();
    for (int i = 0; i < printable.length; i++) {
      if (printable[i] instanceof Value.Nil) {
        printable[i] = new Str("<no value>");
      }
    }
    String text = print(call, printable);
    call.meter().memory(text.length() * 3L);
    return text;
  }

  private static boolean lessOrEqual(Call call, Value[] arguments) throws GoError {
    return Comparing.less(arguments[0], arguments[1]) || Comparing.equal(call.meter(), arguments);
  }

  /** The builtin {@code call}: a function from the data, with its arguments. */
  static Value callFunction(Call call, String name, Value[] arguments) throws GoError {
    Value callee = Iface.unwrap(arguments[0]);
    if (callee instanceof Value.Nil) {
      throw new GoError("call of nil");
    }
    if (!(callee instanceof Function(Signature signature, Function.Body body))) {
      throw new GoError("non-function " + name + " of type " + callee.type().name());
    }
    int given = arguments.length - 1;
    if (signature.variadic() ? given < signature.fixed() : given != signature.fixed()) {
      throw new GoError(
          "wrong number of args for "
              + name
              + ": got "
              + given
              + (signature.variadic() ? " want at least " : " want ")
              + signature.fixed());
    }
    List<Value> prepared = new ArrayList<>();
    for (int i = 0; i < given; i++) {
      try {
        prepared.add(Indexing.prepared(Iface.unwrap(arguments[i + 1]), signature.parameter(i)));
      } catch (GoError e) {
        throw new GoError("arg " + i + ": " + e.raw());
      }
    }
    return body.call(call, prepared.toArray(new Value[0]));
  }
}
