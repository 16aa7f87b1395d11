package dev.signet.template.sprig;

import dev.signet.template.Dict;
import dev.signet.template.Foreign;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Meter;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Merging of dictionaries as Sprig's merge library does it: what the first has and is not empty
 * stays, or, when overwriting, what the others have wins. Dictionaries on both sides merge into
 * each other; values are shared, not copied.
 */
final class Merge {
  private Merge() {}

  /** Merges all others into the first, which is the result. */
  static Value merge(Meter meter, Value[] arguments, boolean overwrite) throws GoError {
    Dict target = (Dict) arguments[0];
    for (int i = 1; i < arguments.length; i++) {
      Dict source = (Dict) arguments[i];
      if (target.isNil() && !source.isNil()) {
        target = Dict.empty(target.type());
      }
      merge(meter, target, source, overwrite, 0);
    }
    return target;
  }

  private static void merge(Meter meter, Dict target, Dict source, boolean overwrite, int depth)
      throws GoError {
    meter.depth(depth);
    meter.elements(source.size());
    if (target.isNil()) {
      return;
    }
    for (Map.Entry<String, Value> entry : source.entries()) {
      String key = entry.getKey();
      Value value = entry.getValue();
      Value old = target.get(key);
      if (value instanceof Value.Nil) {
        if (overwrite) {
          target.put(key, value);
        }
        continue;
      }
      boolean kept = old != null && !isEmpty(old);
      if (value instanceof Dict from && old instanceof Dict into) {
        merge(meter, into, from, overwrite, depth + 1);
        if (kept) {
          continue;
        }
      } else if (value instanceof Slice && kept) {
        if (overwrite) {
          put(target, source, key, value);
        }
        continue;
      }
      if (overwrite || !kept) {
        put(target, source, key, value);
      }
    }
  }

  private static void put(Dict target, Dict source, String key, Value value) throws GoError {
    GoType wanted = target.type().elem();
    GoType given = source.type().elem();
    if (wanted != null
        && given != null
        && wanted.kind() != GoType.Kind.INTERFACE
        && !wanted.equals(given)) {
      throw new GoError(
          "reflect.Value.SetMapIndex: value of type "
              + given.name()
              + " is not assignable to type "
              + wanted.name());
    }
    target.put(key, value);
  }

  private static boolean isEmpty(@Nullable Value value) {
    return switch (value) {
      case null -> true;
      case Value.Nil n -> true;
      case Value.Bool(boolean b) -> !b;
      case Value.Int number -> number.value() == 0;
      case Value.Real number -> number.value() == 0;
      case Str(String raw) -> raw.isEmpty();
      case Slice slice -> slice.size() == 0;
      case Dict dict -> dict.size() == 0;
      case Foreign foreign -> false;
      default -> false;
    };
  }
}
