package dev.signet.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A Go struct, or a pointer to one, that a function hands out: times, versions, certificates. It
 * says which methods and fields templates see; there is no reflection over Java objects.
 */
public non-sealed interface Foreign extends Value {
  /** A field of the struct; templates may only name exported ones, but printing shows all. */
  record Field(String name, Value value) {
    boolean isExported() {
      int first = Utf8.codePoint(name, 0);
      return Unicode.isUpper(first);
    }
  }

  /** The method of that name, bound to this value. */
  default @Nullable Function method(String name) {
    return null;
  }

  default List<Field> fields() {
    return List.of();
  }

  /** What the Go value's {@code String} or {@code Error} method gives, where it has one. */
  default @Nullable String goString() {
    return null;
  }

  /** What {@code %#v} prints, where the Go value has a {@code GoString} method. */
  default @Nullable String goSyntax() {
    return null;
  }

  /** The JSON text of {@code MarshalJSON}, where the Go value has such a method. */
  default @Nullable String json() {
    return null;
  }
}
