package dev.signet.template.sprig;

import dev.signet.template.Function;
import dev.signet.template.Functions;
import dev.signet.template.GoType;
import dev.signet.template.Signature;
import java.util.function.Consumer;

/** Registers functions under one or more names. */
final class Registry {
  private final Functions.Builder builder;

  private Registry(Functions.Builder builder) {
    this.builder = builder;
  }

  /** The functions that a group registers. */
  static Functions build(Consumer<Registry> group) {
    Registry registry = new Registry(Functions.builder());
    group.accept(registry);
    return registry.builder.build();
  }

  /** A function of fixed parameters. */
  static Function fixed(GoType result, Function.Body body, GoType... parameters) {
    return new Function(Signature.of(result, parameters), body);
  }

  /** A function whose last parameter comes any number of times. */
  static Function variadic(GoType result, Function.Body body, GoType... parameters) {
    return new Function(Signature.variadic(result, parameters), body);
  }

  /** A function of fixed parameters; names are separated by spaces. */
  void add(String names, GoType result, Function.Body body, GoType... parameters) {
    Function function = fixed(result, body, parameters);
    for (String name : names.split(" ", -1)) {
      builder.add(name, function);
    }
  }
}
