package dev.signet.core;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Named values in order: what a fetch returns, what shaping turns into another, what apply writes.
 * A material owns its items; {@link #close} zeroes every one of them.
 */
public final class Material implements AutoCloseable {

  private final LinkedHashMap<String, Item> items = new LinkedHashMap<>();

  /** Takes {@code item} over. An item of the same name is zeroed and replaced in its place. */
  public void put(String name, Item item) {
    Item before = items.put(name, item);
    if (before != null && before.value() != item.value()) {
      before.value().close();
    }
  }

  /**
   * Takes all of {@code other}'s items over, later ones winning; {@code other} is empty afterwards.
   */
  public void putAll(Material other) {
    other.items.forEach(this::put);
    other.items.clear();
  }

  /** Zeroes and forgets the item of that name, if there is one. */
  public void remove(String name) {
    Item before = items.remove(name);
    if (before != null) {
      before.value().close();
    }
  }

  public Optional<Item> get(String name) {
    return Optional.ofNullable(items.get(name));
  }

  /** A live, unmodifiable view in insertion order. */
  public Map<String, Item> items() {
    return Collections.unmodifiableMap(items);
  }

  public boolean isEmpty() {
    return items.isEmpty();
  }

  /** A copy whose values have a life of their own. */
  public Material copy() {
    Material copy = new Material();
    items.forEach((name, item) -> copy.put(name, new Item(item.value().copy(), item.origin())));
    return copy;
  }

  /** Whether both hold the same names with the same values, whatever their order and origin. */
  public boolean sameValuesAs(Material other) {
    boolean same = items.keySet().equals(other.items.keySet());
    for (Map.Entry<String, Item> entry : items.entrySet()) {
      Item there = other.items.get(entry.getKey());
      same &= there != null && entry.getValue().value().matches(there.value());
    }
    return same;
  }

  @Override
  public void close() {
    items.values().forEach(item -> item.value().close());
    items.clear();
  }

  @Override
  public String toString() {
    return "Material" + items.keySet();
  }
}
