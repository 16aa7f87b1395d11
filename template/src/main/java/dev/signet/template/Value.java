package dev.signet.template;

import java.util.List;
import java.util.Map;

/**
 * A Go value. Numbers know their Go type, strings are strings of bytes, slices and maps know their
 * element type, because templates can tell the difference: {@code eq 1 1.0} is an error, {@code
 * typeOf} prints types, and functions take exactly the types they declare.
 *
 * <p>Maps are mutable, as in Go: a template that calls {@code set} on its data changes the data.
 */
public sealed interface Value
    permits Value.Nil,
        Value.Bool,
        Value.Int,
        Value.Real,
        Value.Complex,
        Str,
        Slice,
        Dict,
        Function,
        Foreign,
        Iface,
        Missing {

  /** Go's untyped nil. */
  Nil NIL = Nil.INSTANCE;

  GoType type();

  /** The untyped nil, and what a lookup without result gives. */
  enum Nil implements Value {
    INSTANCE;

    @Override
    public GoType type() {
      return GoType.INVALID;
    }
  }

  /** A bool. */
  record Bool(boolean value) implements Value {
    @Override
    public GoType type() {
      return GoType.BOOL;
    }
  }

  /** An integer of any width, signed or not, or of a named integer type. Unsigned 64 bit wraps. */
  record Int(GoType type, long value) implements Value {
    boolean isUnsigned() {
      return type.kind().isUnsigned();
    }
  }

  /** A float64 or float32. */
  record Real(GoType type, double value) implements Value {}

  /** A complex128. */
  record Complex(double real, double imaginary) implements Value {
    @Override
    public GoType type() {
      return GoType.COMPLEX128;
    }
  }

  static Value of(boolean value) {
    return new Bool(value);
  }

  /** A Go {@code int}. */
  static Value of(int value) {
    return new Int(GoType.INT, value);
  }

  /** A Go {@code int}, which has 64 bits. */
  static Value of(long value) {
    return new Int(GoType.INT, value);
  }

  /** A Go {@code int64}, another type than {@code int}. */
  static Value int64(long value) {
    return new Int(GoType.INT64, value);
  }

  /** A Go {@code float64}. */
  static Value of(double value) {
    return new Real(GoType.FLOAT64, value);
  }

  /** A string of the UTF-8 bytes of {@code text}. */
  static Value of(String text) {
    return Str.utf8(text);
  }

  /** A string of exactly these bytes, which need not be UTF-8. */
  static Value of(byte[] bytes) {
    return Str.of(bytes);
  }

  /** A {@code []interface {}}. */
  static Value list(List<? extends Value> elements) {
    return Slice.of(GoType.ANY_SLICE, elements);
  }

  /** A {@code map[string]interface {}}. */
  static Value map(Map<String, ? extends Value> entries) {
    Dict dict = Dict.empty(GoType.ANY_MAP);
    entries.forEach((key, value) -> dict.put(Str.utf8(key).raw(), value));
    return dict;
  }

  /** A {@code map[string]string}, what External Secrets gives its templates. */
  static Value stringMap(Map<String, byte[]> entries) {
    Dict dict = Dict.empty(GoType.STRING_MAP);
    entries.forEach((key, value) -> dict.put(Str.utf8(key).raw(), Str.of(value)));
    return dict;
  }
}
