package dev.signet.yaml;

import dev.signet.yaml.MalformedDocumentException.Kind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Counts what one input has used up of its {@link ReadLimits}. */
final class Budget {

  private static final int CHARACTERS_PER_NODE = 32;

  final ReadLimits limits;
  private int nodes;
  private int aliased;

  Budget(ReadLimits limits) {
    this.limits = limits;
  }

  /** What was used so far, to return to when a text is read a second time. */
  long mark() {
    return ((long) nodes << 32) | aliased;
  }

  void reset(long mark) {
    nodes = (int) (mark >>> 32);
    aliased = (int) mark;
  }

  void node() throws Problem {
    if (++nodes > limits.nodes()) {
      throw limit("more values", limits.nodes());
    }
  }

  void depth(int depth) throws Problem {
    if (depth > limits.depth()) {
      throw limit("nested deeper", limits.depth());
    }
  }

  private void alias(int cost) throws Problem {
    aliased += cost;
    if (aliased > limits.aliased()) {
      throw limit("aliases expand to more values", limits.aliased());
    }
    node();
  }

  /** A copy of an anchored value, so that no two places of a tree share one. */
  @Nullable Object copy(@Nullable Object value, int depth) throws Problem {
    if (value instanceof Map<?, ?> map) {
      alias(1);
      depth(depth + 1);
      LinkedHashMap<String, @Nullable Object> copy = new LinkedHashMap<>();
      for (Map.Entry<?, ?> entry : map.entrySet()) {
        copy.put((String) entry.getKey(), copy(entry.getValue(), depth + 1));
      }
      return copy;
    }
    if (value instanceof List<?> list) {
      alias(1);
      depth(depth + 1);
      ArrayList<@Nullable Object> copy = new ArrayList<>(list.size());
      for (Object item : list) {
        copy.add(copy(item, depth + 1));
      }
      return copy;
    }
    alias(value instanceof String text ? 1 + text.length() / CHARACTERS_PER_NODE : 1);
    return value;
  }

  static Problem limit(String what, int limit) {
    return new Problem(Kind.LIMIT, what + " than the limit of " + limit);
  }
}
