package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;

import dev.signet.template.Dict;
import dev.signet.template.Functions;
import dev.signet.template.GoError;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;

/** Emptiness and choice. Numbers are empty when zero, strings and collections without elements. */
final class Defaults {
  static final Functions FUNCTIONS = Registry.build(Defaults::register);

  private Defaults() {}

  private static void register(Registry r) {
    r.variadic("default", ANY, (c, a) -> a.length < 2 || isEmpty(a[1]) ? a[0] : a[1], ANY, ANY);
    r.add("empty", BOOL, (c, a) -> Value.of(isEmpty(a[0])), ANY);
    r.variadic("coalesce", ANY, (c, a) -> coalesce(a), ANY);
    r.variadic("all", BOOL, (c, a) -> Value.of(all(a)), ANY);
    r.variadic("any", BOOL, (c, a) -> Value.of(!(coalesce(a) instanceof Value.Nil)), ANY);
    r.add("ternary", ANY, (c, a) -> ((Value.Bool) a[2]).value() ? a[0] : a[1], ANY, ANY, BOOL);
    r.add(
        "fail",
        STRING,
        (c, a) -> {
          throw new GoError(Args.string(a[0]));
        },
        STRING);
  }

  static boolean isEmpty(Value value) {
    return switch (value) {
      case Value.Nil n -> true;
      case Value.Bool(boolean b) -> !b;
      case Value.Int number -> number.value() == 0;
      case Value.Real number -> number.value() == 0;
      case Value.Complex number -> number.real() == 0 && number.imaginary() == 0;
      case Str(String raw) -> raw.isEmpty();
      case Slice slice -> slice.size() == 0;
      case Dict dict -> dict.size() == 0;
      default -> false;
    };
  }

  private static Value coalesce(Value[] arguments) {
    for (Value argument : arguments) {
      if (!isEmpty(argument)) {
        return argument;
      }
    }
    return Value.NIL;
  }

  private static boolean all(Value[] arguments) {
    for (Value argument : arguments) {
      if (isEmpty(argument)) {
        return false;
      }
    }
    return true;
  }
}
