package dev.signet.template;

import org.jspecify.annotations.Nullable;

/** What Go's package reflect says about values: truth, zero values, methods, assignability. */
final class Reflect {
  private Reflect() {}

  /** Whether the value is not the zero value of its type, as {@code if} sees it. */
  static boolean truth(Value value) {
    return switch (value) {
      case Value.Nil n -> false;
      case Missing m -> true;
      case Iface(Value inner) -> truth(inner);
      case Value.Bool(boolean b) -> b;
      case Value.Int number -> number.value() != 0;
      case Value.Real number -> number.value() != 0;
      case Value.Complex c -> c.real() != 0 || c.imaginary() != 0;
      case Str(String raw) -> !raw.isEmpty();
      case Slice slice -> slice.size() > 0;
      case Dict dict -> dict.size() > 0;
      case Function f -> true;
      case Foreign f -> true;
    };
  }

  /** The zero value of a type that data or parameters can have. */
  static Value zero(GoType type) {
    return switch (type.kind()) {
      case BOOL -> new Value.Bool(false);
      case STRING -> Str.EMPTY;
      case FLOAT32, FLOAT64 -> new Value.Real(type, 0);
      case COMPLEX128 -> new Value.Complex(0, 0);
      case SLICE -> Slice.nil(type);
      case MAP -> Dict.nil(type);
      case INT, INT8, INT16, INT32, INT64, UINT, UINT8, UINT16, UINT32, UINT64 ->
          new Value.Int(type, 0);
      case STRUCT, POINTER, INTERFACE, FUNC, INVALID -> Value.NIL;
    };
  }

  static @Nullable Function method(Value value, String name) {
    return switch (value) {
      case Foreign foreign -> foreign.method(name);
      case Value.Int number -> NamedInts.method(number, name);
      default -> null;
    };
  }

  static boolean assignable(Value value, GoType type) {
    return type.isInterface() || value.type().equals(type);
  }
}
