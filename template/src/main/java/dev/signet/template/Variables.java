package dev.signet.template;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The variables of one template invocation: a stack, searched from its top. */
final class Variables {
  private String[] names = new String[4];
  private Value[] values = new Value[4];
  private int size;

  Variables(Value dollar) {
    push("$", dollar);
  }

  int mark() {
    return size;
  }

  void popTo(int mark) {
    Arrays.fill(values, mark, size, Value.NIL);
    size = mark;
  }

  void push(String name, Value value) {
    if (size == names.length) {
      names = Arrays.copyOf(names, size * 2);
      values = Arrays.copyOf(values, size * 2);
    }
    names[size] = name;
    values[size++] = value;
  }

  /** Sets the variable that is {@code below} the top, 0 being the top itself. */
  void setBelowTop(int below, Value value) {
    values[size - 1 - below] = value;
  }

  /** Whether there is a variable of that name to set. */
  boolean set(String name, Value value) {
    for (int i = size - 1; i >= 0; i--) {
      if (names[i].equals(name)) {
        values[i] = value;
        return true;
      }
    }
    return false;
  }

  @Nullable Value get(String name) {
    for (int i = size - 1; i >= 0; i--) {
      if (names[i].equals(name)) {
        return values[i];
      }
    }
    return null;
  }
}
