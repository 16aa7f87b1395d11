package dev.signet.template.sprig;

import dev.signet.template.Dict;
import dev.signet.template.GoError;
import dev.signet.template.Meter;
import dev.signet.template.Printer;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads arguments whose types the signature has already checked, and makes results. */
final class Args {
  private Args() {}

  static String string(Value value) {
    return ((Str) value).raw();
  }

  static long integer(Value value) {
    return ((Value.Int) value).value();
  }

  static double real(Value value) {
    return ((Value.Real) value).value();
  }

  static Dict dict(Value value) {
    return (Dict) value;
  }

  static Value string(String raw) {
    return new Str(raw);
  }

  static List<Value> from(Value[] arguments, int index) {
    return Arrays.asList(arguments).subList(index, arguments.length);
  }

  /** Sprig's strval: a string as it is, anything else as {@code %v} prints it. */
  static String text(Meter meter, Value value) {
    return switch (value) {
      case Str(String raw) -> raw;
      case Slice slice when slice.type().name().equals("[]uint8") ->
          Printer.printf(meter, "%s", List.of(slice));
      default -> {
        String own = Printer.stringer(value);
        yield own != null ? own : Printer.print(meter, value);
      }
    };
  }

  /** Sprig's strslice: the elements as strings, without nils; null where it is a []string. */
  static @Nullable List<String> texts(Meter meter, Value value) {
    if (value instanceof Slice slice) {
      if (slice.type().name().equals("[]string")) {
        return null;
      }
      meter.elements(slice.size());
      List<String> texts = new ArrayList<>(slice.size());
      for (Value element : slice.elements()) {
        if (!(element instanceof Value.Nil)) {
          texts.add(text(meter, element));
        }
      }
      return texts;
    }
    return value instanceof Value.Nil ? List.of() : List.of(text(meter, value));
  }

  /** As {@link #texts}, with the elements of a []string too. */
  static List<String> allTexts(Meter meter, Value value) {
    List<String> texts = texts(meter, value);
    if (texts != null) {
      return texts;
    }
    return ((Slice) value).elements().stream().map(Args::string).toList();
  }

  /** Go's panic for a nil where a type is asked for its kind. */
  static GoError nilPointer() {
    return new GoError("runtime error: invalid memory address or nil pointer dereference");
  }
}
