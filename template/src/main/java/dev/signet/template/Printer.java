package dev.signet.template;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Go's package fmt: {@code Sprint}, {@code Sprintln} and {@code Sprintf} over {@link Value}s. This
 * class walks values and picks what each verb does with them; {@link Layout} holds flags, width and
 * precision and writes numbers and strings with them; {@link Directive} reads format strings.
 *
 * <p>Output is charged to the meter as it grows, so a width of a million in a loop ends in a limit.
 * Pointers print as a made-up address, since there is none.
 */
public final class Printer {
  private static final String NIL = "<nil>";
  private static final long ADDRESS = 0xC000012000L;
  final Layout layout;
  private final Meter meter;
  private boolean erroring;

  Printer(Meter meter) {
    this.meter = meter;
    this.layout = new Layout(meter);
  }

  /** Spaces go between operands of which neither is a string. */
  public static String print(Meter meter, List<? extends Value> operands) {
    if (operands.size() == 1 && operands.getFirst() instanceof Str(String raw)) {
      return raw;
    }
    Printer printer = new Printer(meter);
    boolean previousString = false;
    for (int i = 0; i < operands.size(); i++) {
      Value operand = operands.get(i);
      boolean string = operand instanceof Str;
      if (i > 0 && !string && !previousString) {
        printer.layout.write(" ");
      }
      printer.operand(operand, 'v');
      previousString = string;
    }
    return printer.layout.text();
  }

  /** {@code %v} of one value. */
  public static String print(Meter meter, Value operand) {
    return print(meter, List.of(operand));
  }

  /** Spaces between all operands, and a line break at the end. */
  public static String println(Meter meter, List<? extends Value> operands) {
    Printer printer = new Printer(meter);
    for (int i = 0; i < operands.size(); i++) {
      if (i > 0) {
        printer.layout.write(" ");
      }
      printer.operand(operands.get(i), 'v');
    }
    printer.layout.write("\n");
    return printer.layout.text();
  }

  public static String printf(Meter meter, String format, List<? extends Value> operands) {
    Printer printer = new Printer(meter);
    new Directive(printer, format, operands).run();
    return printer.layout.text();
  }

  /** How fmt prints a reflect.Value: what it holds, which may be nothing. */
  static String printReflected(Meter meter, Value value, char verb) {
    Printer printer = new Printer(meter);
    if (value instanceof Value.Nil) {
      return "<invalid reflect.Value>";
    }
    if (value instanceof Iface(Value inner)) {
      printer.element(inner, verb, 1);
    } else if (!printer.methods(value, verb)) {
      printer.value(value, verb, 0);
    }
    return printer.layout.text();
  }

  /** What the value's own String method gives; null where its type has none. */
  public static @Nullable String stringer(Value value) {
    return switch (value) {
      case Foreign foreign -> foreign.goString();
      case Value.Int number -> NamedInts.text(number);
      default -> null;
    };
  }

  void operand(Value operand, int verb) {
    if (operand instanceof Value.Nil) {
      if (verb == 'T' || verb == 'v') {
        layout.pad(NIL);
      } else {
        badVerb(operand, verb);
      }
      return;
    }
    switch (verb) {
      case 'T' -> layout.string(operand.type().name());
      case 'p' -> pointer(operand, verb);
      default -> {
        boolean simple =
            switch (operand) {
              case Value.Bool b -> true;
              case Value.Int n -> NamedInts.isPlain(n.type());
              case Value.Real r -> true;
              case Value.Complex c -> true;
              case Str s -> true;
              default -> false;
            };
        if (simple || !methods(operand, verb)) {
          value(operand, verb, 0);
        }
      }
    }
  }

  /** Lets String and GoString methods print; false where the value or the verb has none. */
  private boolean methods(Value value, int verb) {
    if (erroring) {
      return false;
    }
    if (verb == 'w') {
      badVerb(value, verb);
      return true;
    }
    if (layout.sharpV) {
      String syntax = value instanceof Foreign foreign ? foreign.goSyntax() : null;
      if (syntax != null) {
        layout.string(syntax);
        return true;
      }
      return false;
    }
    return switch (verb) {
      case 'v', 's', 'x', 'X', 'q' -> {
        String text = stringer(value);
        if (text != null) {
          string(text, value, verb);
          yield true;
        }
        yield false;
      }
      default -> false;
    };
  }

  /** A value inside another one. */
  private void element(Value value, int verb, int depth) {
    meter.steps(1);
    meter.depth(depth);
    if (value instanceof Value.Nil) {
      layout.write(layout.sharpV ? "interface {}(nil)" : NIL);
    } else if (!methods(value, verb)) {
      value(value, verb, depth);
    }
  }

  private void value(Value value, int verb, int depth) {
    switch (value) {
      case Value.Nil n -> layout.write(NIL);
      case Iface(Value inner) -> element(inner, verb, depth + 1);
      case Value.Bool(boolean b) -> {
        if (verb == 't' || verb == 'v') {
          layout.pad(b ? "true" : "false");
        } else {
          badVerb(value, verb);
        }
      }
      case Value.Int number -> integer(number.value(), !number.isUnsigned(), value, verb);
      case Value.Real(GoType type, double number) ->
          real(number, type.kind() == GoType.Kind.FLOAT32 ? 32 : 64, value, verb);
      case Value.Complex complex -> complex(complex, verb);
      case Str(String raw) -> string(raw, value, verb);
      case Dict dict -> map(dict, verb, depth);
      case Slice slice -> slice(slice, verb, depth);
      case Foreign foreign -> struct(foreign, verb, depth);
      case Function f -> pointer(value, verb);
      case Missing m -> layout.write(NIL);
    }
  }

  private void map(Dict dict, int verb, int depth) {
    if (layout.sharpV) {
      layout.write(dict.type().name());
      if (dict.isNil()) {
        layout.write("(nil)");
        return;
      }
      layout.write("{");
    } else {
      layout.write("map[");
    }
    boolean first = true;
    for (Map.Entry<String, Value> entry : dict.entries()) {
      if (!first) {
        layout.write(layout.sharpV ? ", " : " ");
      }
      first = false;
      value(new Str(entry.getKey()), verb, depth + 1);
      layout.write(":");
      element(entry.getValue(), verb, depth + 1);
    }
    layout.write(layout.sharpV ? "}" : "]");
  }

  private void slice(Slice slice, int verb, int depth) {
    if (slice.elem().kind() == GoType.Kind.UINT8 && "sqxX".indexOf(verb) >= 0) {
      string(Bytes.raw(slice), slice, verb);
      return;
    }
    if (layout.sharpV) {
      layout.write(
          slice.elem().kind() == GoType.Kind.UINT8 && depth == 0 ? "[]byte" : slice.type().name());
      if (slice.isNil()) {
        layout.write("(nil)");
        return;
      }
    }
    layout.write(layout.sharpV ? "{" : "[");
    for (int i = 0; i < slice.size(); i++) {
      if (i > 0) {
        layout.write(layout.sharpV ? ", " : " ");
      }
      element(slice.get(i), verb, depth + 1);
    }
    layout.write(layout.sharpV ? "}" : "]");
  }

  private void struct(Foreign foreign, int verb, int depth) {
    boolean isPointer = foreign.type().kind() == GoType.Kind.POINTER;
    if (isPointer && depth > 0) {
      pointer(foreign, verb);
      return;
    }
    if (isPointer) {
      layout.write("&");
    }
    if (layout.sharpV) {
      String name = foreign.type().name();
      layout.write(isPointer ? name.substring(1) : name);
    }
    layout.write("{");
    boolean first = true;
    for (Foreign.Field field : foreign.fields()) {
      if (!first) {
        layout.write(layout.sharpV ? ", " : " ");
      }
      first = false;
      if (layout.plusV || layout.sharpV) {
        layout.write(field.name());
        layout.write(":");
      }
      value(field.value(), verb, depth + 1);
    }
    layout.write("}");
  }

  private void integer(long number, boolean signed, Value value, int verb) {
    switch (verb) {
      case 'v' -> {
        if (layout.sharpV && !signed) {
          layout.hex(number, true);
        } else {
          layout.integer(number, 10, signed, verb, false);
        }
      }
      case 'd' -> layout.integer(number, 10, signed, verb, false);
      case 'b' -> layout.integer(number, 2, signed, verb, false);
      case 'o', 'O' -> layout.integer(number, 8, signed, verb, false);
      case 'x' -> layout.integer(number, 16, signed, verb, false);
      case 'X' -> layout.integer(number, 16, signed, verb, true);
      case 'c' -> layout.character(number);
      case 'q' -> layout.quotedCharacter(number);
      case 'U' -> layout.unicode(number);
      default -> badVerb(value, verb);
    }
  }

  private void real(double number, int bits, Value value, int verb) {
    switch (verb) {
      case 'v' -> layout.real(number, bits, 'g', -1);
      case 'b', 'g', 'G', 'x', 'X' -> layout.real(number, bits, (char) verb, -1);
      case 'f', 'e', 'E' -> layout.real(number, bits, (char) verb, 6);
      case 'F' -> layout.real(number, bits, 'f', 6);
      default -> badVerb(value, verb);
    }
  }

  private void complex(Value.Complex value, int verb) {
    if ("vbgGxXfFeE".indexOf(verb) < 0) {
      badVerb(value, verb);
      return;
    }
    boolean plus = layout.plus;
    layout.write("(");
    real(value.real(), 64, value, verb);
    layout.plus = true;
    real(value.imaginary(), 64, value, verb);
    layout.write("i)");
    layout.plus = plus;
  }

  private void string(String raw, Value value, int verb) {
    switch (verb) {
      case 'v' -> {
        if (layout.sharpV) {
          layout.quoted(raw);
        } else {
          layout.string(raw);
        }
      }
      case 's' -> layout.string(raw);
      case 'x' -> layout.hexString(raw, false);
      case 'X' -> layout.hexString(raw, true);
      case 'q' -> layout.quoted(raw);
      default -> badVerb(value, verb);
    }
  }

  private void pointer(Value value, int verb) {
    boolean nil =
        switch (value) {
          case Dict dict -> dict.isNil();
          case Slice slice -> slice.isNil();
          case Function f -> false;
          case Foreign foreign -> {
            if (foreign.type().kind() != GoType.Kind.POINTER) {
              badVerb(value, verb);
            }
            yield false;
          }
          default -> {
            badVerb(value, verb);
            yield false;
          }
        };
    boolean hasAddress =
        value instanceof Dict
            || value instanceof Slice
            || value instanceof Function
            || value.type().kind() == GoType.Kind.POINTER;
    if (!hasAddress) {
      return;
    }
    long address = nil ? 0 : ADDRESS;
    switch (verb) {
      case 'v' -> {
        if (layout.sharpV) {
          layout.write("(" + value.type().name() + ")(");
          layout.hex(address, true);
          layout.write(")");
        } else {
          layout.hex(address, !layout.sharp);
        }
      }
      case 'p' -> layout.hex(address, !layout.sharp);
      case 'b', 'o', 'd', 'x', 'X' -> integer(address, false, value, verb);
      default -> badVerb(value, verb);
    }
  }

  private void badVerb(Value value, int verb) {
    erroring = true;
    layout.write("%!");
    layout.rune(verb);
    layout.write("(");
    if (value instanceof Value.Nil) {
      layout.write(NIL);
    } else {
      layout.write(value.type().name());
      layout.write("=");
      operand(value, 'v');
    }
    layout.write(")");
    erroring = false;
  }
}
