package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Registry.fixed;
import static dev.signet.template.sprig.Registry.variadic;

import dev.signet.template.Dict;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import org.jspecify.annotations.Nullable;

/** Emptiness and choice. Numbers are empty when zero, strings and collections without elements. */
final class Defaults {
  private Defaults() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "default" ->
          variadic(ANY, (c, a) -> a.length < 2 || isEmpty(a[1]) ? a[0] : a[1], ANY, ANY);
      case "empty" -> fixed(BOOL, (c, a) -> Value.of(isEmpty(a[0])), ANY);
      case "coalesce" -> variadic(ANY, (c, a) -> coalesce(a), ANY);
      case "all" -> variadic(BOOL, (c, a) -> Value.of(all(a)), ANY);
      case "any" -> variadic(BOOL, (c, a) -> Value.of(!(coalesce(a) instanceof Value.Nil)), ANY);
      case "ternary" ->
          fixed(ANY, (c, a) -> ((Value.Bool) a[2]).value() ? a[0] : a[1], ANY, ANY, BOOL);
      case "fail" ->
          fixed(
              STRING,
              (c, a) -> {
                throw new GoError(Args.string(a[0]));
              },
              STRING);
      default -> null;
    };
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
