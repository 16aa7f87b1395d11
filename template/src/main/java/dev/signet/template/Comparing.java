package dev.signet.template;

/**
 * The builtin comparisons. Values of one basic kind compare, integers of different signs too; int
 * and float64 do not. Only eq and ne accept nil, and lists and maps never compare.
 */
final class Comparing {
  private Comparing() {}

  private enum Kind {
    INVALID,
    BOOL,
    COMPLEX,
    INT,
    FLOAT,
    STRING,
    UINT
  }

  private static Kind kind(Value value) {
    return switch (value) {
      case Value.Bool b -> Kind.BOOL;
      case Value.Int number -> number.isUnsigned() ? Kind.UINT : Kind.INT;
      case Value.Real r -> Kind.FLOAT;
      case Value.Complex c -> Kind.COMPLEX;
      case Str s -> Kind.STRING;
      default -> Kind.INVALID;
    };
  }

  /** Whether the first is equal to any of the others. */
  static boolean equal(Meter meter, Value[] arguments) throws GoError {
    Value first = Iface.unwrap(arguments[0]);
    if (arguments.length == 1) {
      throw new GoError("missing argument for comparison");
    }
    for (int i = 1; i < arguments.length; i++) {
      if (equal(meter, first, Iface.unwrap(arguments[i]))) {
        return true;
      }
    }
    return false;
  }

  private static boolean equal(Meter meter, Value a, Value b) throws GoError {
    Kind kindA = kind(a);
    Kind kindB = kind(b);
    if (kindA != kindB) {
      if ((kindA == Kind.INT && kindB == Kind.UINT) || (kindA == Kind.UINT && kindB == Kind.INT)) {
        long x = ((Value.Int) a).value();
        return x >= 0 && x == ((Value.Int) b).value();
      }
      if (!(a instanceof Value.Nil) && !(b instanceof Value.Nil)) {
        throw incompatible(a, b);
      }
      return false;
    }
    return switch (kindA) {
      case BOOL -> ((Value.Bool) a).value() == ((Value.Bool) b).value();
      case COMPLEX -> {
        Value.Complex x = (Value.Complex) a;
        Value.Complex y = (Value.Complex) b;
        yield x.real() == y.real() && x.imaginary() == y.imaginary();
      }
      case FLOAT -> ((Value.Real) a).value() == ((Value.Real) b).value();
      case INT, UINT -> ((Value.Int) a).value() == ((Value.Int) b).value();
      case STRING -> ((Str) a).raw().equals(((Str) b).raw());
      case INVALID -> equalOthers(meter, a, b);
    };
  }

  private static boolean equalOthers(Meter meter, Value a, Value b) throws GoError {
    boolean nil = a instanceof Value.Nil || b instanceof Value.Nil;
    if (!nil && a.type().kind() != b.type().kind()) {
      throw new GoError(
          "non-comparable types "
              + Printer.printReflected(meter, a, 's')
              + ": "
              + a.type().name()
              + ", "
              + b.type().name()
              + ": "
              + Printer.printReflected(meter, b, 'v'));
    }
    if (isNil(a) || isNil(b)) {
      return isNil(a) == isNil(b);
    }
    if (b instanceof Foreign) {
      // Pointers are equal to themselves, structs when their fields are.
      return a.type().equals(b.type())
          && (b.type().kind() == GoType.Kind.POINTER ? same(a, b) : a.equals(b));
    }
    throw new GoError(
        "non-comparable type " + Printer.printReflected(meter, b, 's') + ": " + b.type().name());
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean same(Value a, Value b) {
    return a == b;
  }

  private static boolean isNil(Value value) {
    return switch (value) {
      case Value.Nil n -> true;
      case Slice slice -> slice.isNil();
      case Dict dict -> dict.isNil();
      default -> false;
    };
  }

  private static GoError incompatible(Value a, Value b) {
    return new GoError(
        "incompatible types for comparison: " + a.type().name() + " and " + b.type().name());
  }

  static boolean less(Value first, Value second) throws GoError {
    Value a = Iface.unwrap(first);
    Value b = Iface.unwrap(second);
    Kind kindA = kind(a);
    Kind kindB = kind(b);
    if (kindA == Kind.INVALID || kindB == Kind.INVALID) {
      throw new GoError("invalid type for comparison");
    }
    if (kindA != kindB) {
      if (kindA == Kind.INT && kindB == Kind.UINT) {
        long x = ((Value.Int) a).value();
        return x < 0 || Long.compareUnsigned(x, ((Value.Int) b).value()) < 0;
      }
      if (kindA == Kind.UINT && kindB == Kind.INT) {
        long y = ((Value.Int) b).value();
        return y >= 0 && Long.compareUnsigned(((Value.Int) a).value(), y) < 0;
      }
      throw incompatible(a, b);
    }
    return switch (kindA) {
      case BOOL, COMPLEX, INVALID -> throw new GoError("invalid type for comparison");
      case FLOAT -> ((Value.Real) a).value() < ((Value.Real) b).value();
      case INT -> ((Value.Int) a).value() < ((Value.Int) b).value();
      case UINT -> Long.compareUnsigned(((Value.Int) a).value(), ((Value.Int) b).value()) < 0;
      case STRING -> ((Str) a).raw().compareTo(((Str) b).raw()) < 0;
    };
  }
}
