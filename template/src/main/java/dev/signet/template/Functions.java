package dev.signet.template;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The functions that templates may call besides Go's builtin ones, which they override. Immutable.
 */
public final class Functions {
  /** None but the builtin functions. */
  public static final Functions NONE = new Functions(Map.of());

  private final Map<String, Function> byName;

  private Functions(Map<String, Function> byName) {
    this.byName = Map.copyOf(byName);
  }

  public static Builder builder() {
    return new Builder();
  }

  /** These and the others; the others win. */
  public Functions with(Functions others) {
    Map<String, Function> all = new HashMap<>(byName);
    all.putAll(others.byName);
    return new Functions(all);
  }

  /** All but these. */
  public Functions without(String... names) {
    Map<String, Function> rest = new HashMap<>(byName);
    for (String name : names) {
      rest.remove(name);
    }
    return new Functions(rest);
  }

  @Nullable Function find(String name) {
    return byName.get(name);
  }

  /** The names, sorted. */
  public Set<String> names() {
    return new TreeSet<>(byName.keySet());
  }

  /** Collects functions by name. */
  public static final class Builder {
    private final Map<String, Function> byName = new HashMap<>();

    private Builder() {}

    /** A function of a fixed number of arguments. */
    public Builder add(String name, GoType result, GoType[] parameters, Function.Body body) {
      return add(name, new Function(Signature.of(result, parameters), body));
    }

    public Builder add(String name, Function function) {
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
