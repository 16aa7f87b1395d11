package dev.signet.template;

/**
 * A function that templates can call. Arguments have been checked against the signature when the
 * body sees them: an argument of type {@code interface {}} is the value it holds, {@link Value#NIL}
 * for nil; the variadic ones follow the fixed ones.
 */
public record Function(Signature signature, Body body) implements Value {
  /** What a function does. */
  @FunctionalInterface
  public interface Body {
    /**
     * Computes the result.
     *
     * @throws GoError for what Go would return as an error or raise as a panic; it ends the
     *     template
     */
    Value call(Call call, Value[] arguments) throws GoError;
  }

  @Override
  public GoType type() {
    return GoType.basic(GoType.Kind.FUNC, signature.goName());
  }
}
