package dev.signet.template;

/**
 * A value of static type {@code interface {}}, as reflection sees an element of a {@code []any}. It
 * lives only inside the evaluator: pipelines and arguments unwrap it, but error texts name its
 * type.
 */
record Iface(Value inner) implements Value {
  @Override
  public GoType type() {
    return GoType.ANY;
  }

  /** What an {@code interface {}} variable would hold. */
  static Value unwrap(Value value) {
    return value instanceof Iface(Value inner) ? inner : value;
  }
}
