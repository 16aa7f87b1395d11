package dev.signet.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A Go map with string keys, mutable and shared as in Go. Keys are raw strings (see {@link Str})
 * and always iterate in byte order, where Go iterates in random order unless it prints or ranges.
 */
public final class Dict implements Value {
  private final GoType type;
  private final Map<String, Value> entries;
  private final boolean nil;

  private Dict(GoType type, Map<String, Value> entries, boolean nil) {
    this.type = type;
    this.entries = entries;
    this.nil = nil;
  }

  public static Dict empty(GoType type) {
    return new Dict(type, new TreeMap<>(), false);
  }

  public static Dict nil(GoType type) {
    return new Dict(type, new TreeMap<>(), true);
  }

  @Override
  public GoType type() {
    return type;
  }

  GoType elem() {
    GoType elem = type.elem();
    return elem == null ? GoType.ANY : elem;
  }

  public boolean isNil() {
    return nil;
  }

  public int size() {
    return entries.size();
  }

  public @Nullable Value get(String key) {
    return entries.get(key);
  }

  public boolean has(String key) {
    return entries.containsKey(key);
  }

  /** Go panics on a write to a nil map; the caller has to ask {@link #isNil} first. */
  public void put(String key, Value value) {
    if (nil) {
      throw new IllegalStateException("nil map");
    }
    entries.put(key, value);
  }

  public void remove(String key) {
    entries.remove(key);
  }

  /** The entries as they are now, in the order of their keys. */
  public List<Map.Entry<String, Value>> entries() {
    List<Map.Entry<String, Value>> list = new ArrayList<>(entries.size());
    entries.forEach((key, value) -> list.add(Map.entry(key, value)));
    return list;
  }

  /** The value as reflection sees it. */
  Value element(Value value) {
    return elem().isInterface() ? new Iface(value) : value;
  }

  /** The keys as they are now, sorted. */
  public List<String> keys() {
    return new ArrayList<>(entries.keySet());
  }

  @Override
  public String toString() {
    return "Dict[" + type + ", " + size() + " entries]";
  }
}
