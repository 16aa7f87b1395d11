package dev.signet.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The functions that templates may call besides Go's builtin ones, which they override. Immutable.
 */
public final class Functions {
  /** None but the builtin functions. */
  public static final Functions NONE = new Functions(Map.of());

  private final Map<String, Supplier<Function>> byName;

  private Functions(Map<String, Supplier<Function>> byName) {
    this.byName = Map.copyOf(byName);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** These and the others; the others win. */
  public Functions with(Functions others) {
    Map<String, Supplier<Function>> all = new HashMap<>(byName);
    all.putAll(others.byName);
    return new Functions(all);
  }

  /** All but these. */
  public Functions without(String... names) {
    Map<String, Supplier<Function>> rest = new HashMap<>(byName);
    for (String name : names) {
      rest.remove(name);
    }
    return new Functions(rest);
  }

  /** The function of that name; null where there is none. */
  public @Nullable Function find(String name) {
    Supplier<Function> function = byName.get(name);
    return function == null ? null : function.get();
  }

  /** A function that is there already. */
  private record Ready(Function function) implements Supplier<Function> {
    @Override
    public Function get() {
      return function;
    }
  }

  /** The names, sorted. */
  public Set<String> names() {
    return new TreeSet<>(byName.keySet());
  }

  /** Collects functions by name. */
  public static final class Builder {
    private final Map<String, Supplier<Function>> byName = new HashMap<>();

    private Builder() {}

    public Builder add(String name, Function function) {
      return defer(name, new Ready(function));
    }

    /**
     * A function that is made when a template names it, so that a large library costs its start
     * only what is used. The supplier has to give the same function each time.
     */
    public Builder defer(String name, Supplier<Function> function) {
      if (byName.put(name, function) != null) {
        throw new IllegalArgumentException("function " + name + " is there twice");
      }
      return this;
    }

    public Functions build() {
      return new Functions(byName);
    }
  }
}
