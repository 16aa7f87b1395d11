package dev.signet.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The Go signature of a function: what its arguments are checked against before it is called.
 *
 * @param parameters types of the parameters; of a variadic function the last is the type of one
 *     element
 * @param result the static result type
 * @param fault why templates cannot call the function at all (such as too many results), in Go's
 *     words
 */
public record Signature(
    List<GoType> parameters, boolean variadic, GoType result, @Nullable String fault) {
  public Signature {
    parameters = List.copyOf(parameters);
    if (variadic && parameters.isEmpty()) {
      throw new IllegalArgumentException("a variadic function needs a parameter");
    }
  }

  public static Signature of(GoType result, GoType... parameters) {
    return new Signature(List.of(parameters), false, result, null);
  }

  /** The last parameter may come any number of times. */
  public static Signature variadic(GoType result, GoType... parameters) {
    return new Signature(List.of(parameters), true, result, null);
  }

  int fixed() {
    return variadic ? parameters.size() - 1 : parameters.size();
  }

  /** The type that the argument at this position has to have. */
  GoType parameter(int index) {
    return index < fixed() ? parameters.get(index) : parameters.getLast();
  }

  String goName() {
    StringBuilder text = new StringBuilder("func(");
    for (int i = 0; i < parameters.size(); i++) {
      if (i > 0) {
        text.append(", ");
      }
      if (variadic && i == parameters.size() - 1) {
        text.append("...");
      }
      text.append(parameters.get(i).name());
    }
    return text.append(") ").append(result.name()).toString();
  }
}
