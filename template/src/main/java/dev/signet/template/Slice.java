package dev.signet.template;

import java.util.Arrays;
import java.util.List;

/**
 * A Go slice: a window on an array that other slices may share. Capacity is where the array ends;
 * slices made here have no spare capacity. A nil slice is empty, prints as one, and is {@code null}
 * in JSON.
 */
public final class Slice implements Value {
  private final GoType type;
  private final Value[] array;
  private final int from;
  private final int to;
  private final boolean nil;

  private Slice(GoType type, Value[] array, int from, int to, boolean nil) {
    this.type = type;
    this.array = array;
    this.from = from;
    this.to = to;
    this.nil = nil;
  }

  /** A slice of copies of these elements, which must be of the element type. */
  public static Slice of(GoType type, List<? extends Value> elements) {
    return new Slice(type, elements.toArray(new Value[0]), 0, elements.size(), false);
  }

  /** A slice on the array itself, which the caller gives away. */
  public static Slice wrap(GoType type, Value[] array) {
    return new Slice(type, array, 0, array.length, false);
  }

  public static Slice strings(List<String> raws) {
    Value[] array = new Value[raws.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = new Str(raws.get(i));
    }
    return wrap(GoType.STRING_SLICE, array);
  }

  public static Slice nil(GoType type) {
    return new Slice(type, new Value[0], 0, 0, true);
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
    return to - from;
  }

  int capacity() {
    return array.length - from;
  }

  /** The element as a value of its own: what an {@code interface {}} element holds. */
  public Value get(int index) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index);
    }
    return array[from + index];
  }

  /** The element as reflection sees it. */
  Value element(int index) {
    return elem().isInterface() ? new Iface(get(index)) : get(index);
  }

  public void set(int index, Value value) {
    if (index < 0 || index >= size()) {
      throw new IndexOutOfBoundsException(index);
    }
    array[from + index] = value;
  }

  /** The window from {@code start} to {@code end}, which may reach into the capacity. */
  public Slice window(int start, int end) {
    return new Slice(type, array, from + start, from + end, false);
  }

  /** Go's three-index slice: as {@link #window}, with the capacity cut at {@code max}. */
  Slice window(int start, int end, int max) {
    return new Slice(
        type, Arrays.copyOfRange(array, from + start, from + max), 0, end - start, false);
  }

  /** Whether a window up to {@code end} stays within the capacity. */
  public boolean canReach(int end) {
    return end <= capacity();
  }

  /** A copy of the elements. */
  public Value[] toArray() {
    return Arrays.copyOfRange(array, from, to);
  }

  public List<Value> elements() {
    return Arrays.asList(array).subList(from, to);
  }

  @Override
  public String toString() {
    return "Slice[" + type + ", " + size() + " elements]";
  }
}
