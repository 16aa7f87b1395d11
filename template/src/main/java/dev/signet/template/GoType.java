package dev.signet.template;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Go type, as far as templates can see one: its kind, the name that {@code %T} prints, and the
 * element type of slices, maps (whose keys are always strings) and pointers. Two types are the same
 * when all three are.
 */
public record GoType(Kind kind, String name, @Nullable GoType elem) {
  /** Kinds of Go's package reflect that template values have. */
  public enum Kind {
    INVALID("invalid"),
    BOOL("bool"),
    INT("int"),
    INT8("int8"),
    INT16("int16"),
    INT32("int32"),
    INT64("int64"),
    UINT("uint"),
    UINT8("uint8"),
    UINT16("uint16"),
    UINT32("uint32"),
    UINT64("uint64"),
    FLOAT32("float32"),
    FLOAT64("float64"),
    COMPLEX128("complex128"),
    STRING("string"),
    SLICE("slice"),
    MAP("map"),
    STRUCT("struct"),
    POINTER("ptr"),
    INTERFACE("interface"),
    FUNC("func");

    private final String goName;

    Kind(String goName) {
      this.goName = goName;
    }

    /** The name that sprig's {@code kindOf} prints. */
    public String goName() {
      return goName;
    }

    boolean isSigned() {
      return compareTo(INT) >= 0 && compareTo(INT64) <= 0;
    }

    boolean isUnsigned() {
      return compareTo(UINT) >= 0 && compareTo(UINT64) <= 0;
    }
  }

  public static final GoType INVALID = basic(Kind.INVALID, "<nil>");
  public static final GoType BOOL = basic(Kind.BOOL, "bool");
  public static final GoType INT = basic(Kind.INT, "int");
  public static final GoType INT32 = basic(Kind.INT32, "int32");
  public static final GoType INT64 = basic(Kind.INT64, "int64");
  public static final GoType UINT8 = basic(Kind.UINT8, "uint8");
  public static final GoType UINT32 = basic(Kind.UINT32, "uint32");
  public static final GoType UINT64 = basic(Kind.UINT64, "uint64");
  public static final GoType FLOAT64 = basic(Kind.FLOAT64, "float64");
  public static final GoType COMPLEX128 = basic(Kind.COMPLEX128, "complex128");
  public static final GoType STRING = basic(Kind.STRING, "string");
  public static final GoType ANY = basic(Kind.INTERFACE, "interface {}");
  public static final GoType ANY_SLICE = sliceOf(ANY);
  public static final GoType STRING_SLICE = sliceOf(STRING);
  public static final GoType INT_SLICE = sliceOf(INT);
  public static final GoType ANY_MAP = mapOf(ANY);
  public static final GoType STRING_MAP = mapOf(STRING);

  /** The parameter type of the builtin functions that look at values through reflection. */
  static final GoType REFLECT = basic(Kind.STRUCT, "reflect.Value");

  /** A type without elements: a basic type, or a named type of that kind. */
  public static GoType basic(Kind kind, String name) {
    return new GoType(kind, name, null);
  }

  public static GoType sliceOf(GoType elem) {
    return new GoType(Kind.SLICE, "[]" + elem.name, elem);
  }

  /** The type of maps from string to the given type. */
  public static GoType mapOf(GoType elem) {
    return new GoType(Kind.MAP, "map[string]" + elem.name, elem);
  }

  public static GoType pointerTo(GoType elem) {
    return new GoType(Kind.POINTER, "*" + elem.name, elem);
  }

  boolean isInterface() {
    return kind == Kind.INTERFACE;
  }

  /** Whether an untyped nil can be used where this type is asked for. */
  boolean canBeNil() {
    return switch (kind) {
      case SLICE, MAP, POINTER, INTERFACE, FUNC -> true;
      case STRUCT -> equals(REFLECT);
      default -> false;
    };
  }

  /** Written out: types are compared at every call, and a record's own takes long to set up. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other
        || (other instanceof GoType type
            && kind == type.kind
            && name.equals(type.name)
            && Objects.equals(elem, type.elem));
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return name;
  }
}
