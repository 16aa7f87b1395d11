package dev.signet.template.sprig;

import dev.signet.template.Dict;
import dev.signet.template.Foreign;
import dev.signet.template.Function;
import dev.signet.template.Meter;
import dev.signet.template.Slice;
import dev.signet.template.Value;
import java.util.List;
import java.util.Map;

/** Go's reflect.DeepEqual: same types, same contents; nil and empty lists differ. */
final class Equality {
  private Equality() {}

  static boolean deepEqual(Meter meter, Value a, Value b) {
    return deepEqual(meter, a, b, 0);
  }

  @SuppressWarnings("ReferenceEquality")
  private static boolean deepEqual(Meter meter, Value a, Value b, int depth) {
    meter.steps(1);
    meter.depth(depth);
    if (!a.type().equals(b.type())) {
      return false;
    }
    return switch (a) {
      case Value.Real x -> x.value() == ((Value.Real) b).value();
      case Value.Complex x -> {
        Value.Complex y = (Value.Complex) b;
        yield x.real() == y.real() && x.imaginary() == y.imaginary();
      }
      case Slice x -> a == b || slices(meter, x, (Slice) b, depth);
      case Dict x -> a == b || dicts(meter, x, (Dict) b, depth);
      // Fields print without a time's location, which counts here.
      case GoTime x -> x.equals(b);
      case Foreign x -> a == b || x.fields().equals(((Foreign) b).fields());
      case Function f -> false;
      default -> a.equals(b);
    };
  }

  private static boolean slices(Meter meter, Slice a, Slice b, int depth) {
    if (a.isNil() != b.isNil() || a.size() != b.size()) {
      return false;
    }
    for (int i = 0; i < a.size(); i++) {
      if (!deepEqual(meter, a.get(i), b.get(i), depth + 1)) {
        return false;
      }
    }
    return true;
  }

  private static boolean dicts(Meter meter, Dict a, Dict b, int depth) {
    if (a.isNil() != b.isNil() || a.size() != b.size()) {
      return false;
    }
    List<Map.Entry<String, Value>> entries = a.entries();
    for (Map.Entry<String, Value> entry : entries) {
      Value other = b.get(entry.getKey());
      if (other == null || !deepEqual(meter, entry.getValue(), other, depth + 1)) {
        return false;
      }
    }
    return true;
  }
}
