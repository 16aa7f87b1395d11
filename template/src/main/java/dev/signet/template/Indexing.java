package dev.signet.template;

/** The builtin functions {@code index}, {@code slice} and {@code len}. */
final class Indexing {
  private Indexing() {}

  static Value index(Value[] arguments) throws GoError {
    Value item = Iface.unwrap(arguments[0]);
    if (item instanceof Value.Nil) {
      throw new GoError("index of untyped nil");
    }
    for (int i = 1; i < arguments.length; i++) {
      Value index = Iface.unwrap(arguments[i]);
      item = Iface.unwrap(item);
      item =
          switch (item) {
            case Value.Nil n -> throw new GoError("index of nil pointer");
            case Slice slice -> {
              int at = position(index, slice.size());
              if (at == slice.size()) {
                throw new GoError("reflect: slice index out of range");
              }
              yield slice.element(at);
            }
            case Str(String raw) -> {
              int at = position(index, raw.length());
              if (at == raw.length()) {
                throw new GoError("reflect: string index out of range");
              }
              yield new Value.Int(GoType.UINT8, raw.charAt(at));
            }
            case Dict dict -> {
              Value found = dict.get(((Str) prepared(index, GoType.STRING)).raw());
              yield dict.element(found == null ? Reflect.zero(dict.elem()) : found);
            }
            default -> throw new GoError("can't index item of type " + pointee(item));
          };
    }
    return item;
  }

  private static String pointee(Value value) {
    GoType type = value.type();
    return type.kind() == GoType.Kind.POINTER && type.elem() != null
        ? type.elem().name()
        : type.name();
  }

  private static int position(Value index, int limit) throws GoError {
    if (index instanceof Value.Nil) {
      throw new GoError("cannot index slice/array with nil");
    }
    if (!(index instanceof Value.Int number)) {
      throw new GoError("cannot index slice/array with type " + index.type().name());
    }
    if (number.value() < 0 || number.value() > limit) {
      throw new GoError("index out of range: " + number.value());
    }
    return (int) number.value();
  }

  /** The value as an argument of this type; integers convert to each other. */
  static Value prepared(Value value, GoType type) throws GoError {
    if (value instanceof Value.Nil) {
      if (!type.canBeNil()) {
        throw new GoError("value is nil; should be of type " + type.name());
      }
      return Reflect.zero(type);
    }
    if (Reflect.assignable(value, type)) {
      return value;
    }
    if (value instanceof Value.Int number && (type.kind().isSigned() || type.kind().isUnsigned())) {
      return new Value.Int(type, number.value());
    }
    throw new GoError("value has type " + value.type().name() + "; should be " + type.name());
  }

  static Value slice(Value[] arguments) throws GoError {
    Value item = Iface.unwrap(arguments[0]);
    if (item instanceof Value.Nil) {
      throw new GoError("slice of untyped nil");
    }
    int count = arguments.length - 1;
    if (count > 3) {
      throw new GoError("too many slice indexes: " + count);
    }
    int length;
    int capacity;
    switch (item) {
      case Str(String raw) -> {
        if (count == 3) {
          throw new GoError("cannot 3-index slice a string");
        }
        length = raw.length();
        capacity = length;
      }
      case Slice slice -> {
        length = slice.size();
        capacity = slice.capacity();
      }
      default -> throw new GoError("can't slice item of type " + pointee(item));
    }
    int[] bounds = {0, length, 0};
    for (int i = 0; i < count; i++) {
      // Unlike index, Go does not look into interfaces here.
      bounds[i] = position(arguments[i + 1], capacity);
    }
    if (bounds[0] > bounds[1]) {
      throw new GoError("invalid slice index: " + bounds[0] + " > " + bounds[1]);
    }
    if (item instanceof Str(String raw)) {
      return new Str(raw.substring(bounds[0], bounds[1]));
    }
    Slice slice = (Slice) item;
    if (count < 3) {
      return slice.window(bounds[0], bounds[1]);
    }
    if (bounds[1] > bounds[2]) {
      throw new GoError("invalid slice index: " + bounds[1] + " > " + bounds[2]);
    }
    return slice.window(bounds[0], bounds[1], bounds[2]);
  }

  static Value length(Value argument) throws GoError {
    Value item = Iface.unwrap(argument);
    return switch (item) {
      case Value.Nil n ->
          throw new GoError(
              argument instanceof Iface
                  ? "len of nil pointer"
                  : "reflect: call of reflect.Value.Type on zero Value");
      case Str(String raw) -> Value.of(raw.length());
      case Slice slice -> Value.of(slice.size());
      case Dict dict -> Value.of(dict.size());
      default -> throw new GoError("len of type " + pointee(item));
    };
  }
}
