package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.ANY_SLICE;
import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.INT;
import static dev.signet.template.sprig.Args.integer;
import static dev.signet.template.sprig.Registry.fixed;
import static dev.signet.template.sprig.Registry.variadic;

import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Meter;
import dev.signet.template.Slice;
import dev.signet.template.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lists. Results are lists of their own; the must variants fail in the same way, since the others
 * panic and templates make errors of panics.
 */
final class Lists {
  private static final GoType CHUNKS = GoType.sliceOf(ANY_SLICE);

  private Lists() {}

  @FunctionalInterface
  private interface OfElements {
    Value apply(Meter meter, Slice list, Value[] arguments) throws GoError;
  }

  static @Nullable Function find(String name) {
    return switch (name) {
      case "list", "tuple" -> variadic(ANY_SLICE, Lists::list, ANY);
      case "append", "push", "mustAppend", "mustPush" ->
          elements("Cannot push on type %s", 0, (m, l, a) -> append(l, a[1]), ANY, ANY);
      case "prepend", "mustPrepend" ->
          elements("Cannot prepend on type %s", 0, (m, l, a) -> prepend(l, a[1]), ANY, ANY);
      case "first", "mustFirst" -> fixed(ANY, (c, a) -> end(c, a[0], "first", false), ANY);
      case "last", "mustLast" -> fixed(ANY, (c, a) -> end(c, a[0], "last", true), ANY);
      case "rest", "mustRest" ->
          elements("Cannot find rest on type %s", 0, (m, l, a) -> part(l, 1, l.size()), ANY);
      case "initial", "mustInitial" ->
          elements("Cannot find initial on type %s", 0, (m, l, a) -> part(l, 0, l.size() - 1), ANY);
      case "reverse", "mustReverse" ->
          elements("Cannot find reverse on type %s", 0, (m, l, a) -> reverse(l), ANY);
      case "compact", "mustCompact" ->
          elements("Cannot compact on type %s", 0, (m, l, a) -> compact(l), ANY);
      case "uniq", "mustUniq" ->
          elements("Cannot find uniq on type %s", 0, (m, l, a) -> uniq(m, l), ANY);
      case "without", "mustWithout" -> variadic(ANY_SLICE, Lists::without, ANY, ANY);
      case "has", "mustHas" -> fixed(BOOL, Lists::has, ANY, ANY);
      case "slice", "mustSlice" -> variadic(ANY, Lists::slice, ANY, ANY);
      case "concat" -> variadic(ANY, Lists::concat, ANY);
      case "chunk", "mustChunk" -> fixed(CHUNKS, Lists::chunk, INT, ANY);
      default -> null;
    };
  }

  private static Function elements(
      String refusal, int index, OfElements body, GoType... parameters) {
    return fixed(
        ANY_SLICE,
        (call, arguments) -> {
          Slice list = list(call, arguments[index], refusal);
          return body.apply(call.meter(), list, arguments);
        },
        parameters);
  }

  /** The argument as a list, charged for a copy of it. */
  private static Slice list(Call call, Value value, String refusal) throws GoError {
    if (value instanceof Value.Nil) {
      throw Args.nilPointer();
    }
    if (!(value instanceof Slice slice)) {
      throw new GoError(refusal.replace("%s", value.type().kind().goName()));
    }
    call.meter().elements(slice.size() + 1L);
    return slice;
  }

  private static Value list(Call call, Value[] arguments) {
    call.meter().elements(arguments.length);
    return arguments.length == 0
        ? Slice.wrap(ANY_SLICE, arguments)
        : Slice.wrap(ANY_SLICE, arguments.clone());
  }

  private static Value append(Slice list, Value value) {
    Value[] elements = Arrays.copyOf(list.toArray(), list.size() + 1);
    elements[list.size()] = value;
    return Slice.wrap(ANY_SLICE, elements);
  }

  private static Value prepend(Slice list, Value value) {
    Value[] elements = new Value[list.size() + 1];
    elements[0] = value;
    System.arraycopy(list.toArray(), 0, elements, 1, list.size());
    return Slice.wrap(ANY_SLICE, elements);
  }

  private static Value end(Call call, Value value, String name, boolean last) throws GoError {
    Slice list = list(call, value, "Cannot find " + name + " on type %s");
    return list.size() == 0 ? Value.NIL : list.get(last ? list.size() - 1 : 0);
  }

  /** Nil where the list is empty. */
  private static Value part(Slice list, int from, int to) {
    return list.size() == 0
        ? Slice.nil(ANY_SLICE)
        : Slice.wrap(ANY_SLICE, Arrays.copyOfRange(list.toArray(), from, to));
  }

  private static Value reverse(Slice list) {
    return Slice.of(ANY_SLICE, list.elements().reversed());
  }

  private static Value compact(Slice list) {
    return Slice.of(ANY_SLICE, list.elements().stream().filter(e -> !Defaults.isEmpty(e)).toList());
  }

  private static Value uniq(Meter meter, Slice list) {
    List<Value> kept = new ArrayList<>();
    for (Value element : list.elements()) {
      if (!contains(meter, kept, element)) {
        kept.add(element);
      }
    }
    return Slice.of(ANY_SLICE, kept);
  }

  private static boolean contains(Meter meter, List<Value> list, Value wanted) {
    for (Value element : list) {
      if (Equality.deepEqual(meter, wanted, element)) {
        return true;
      }
    }
    return false;
  }

  private static Value without(Call call, Value[] arguments) throws GoError {
    Slice list = list(call, arguments[0], "Cannot find without on type %s");
    List<Value> omitted = Args.from(arguments, 1);
    List<Value> kept = new ArrayList<>();
    for (Value element : list.elements()) {
      if (!contains(call.meter(), omitted, element)) {
        kept.add(element);
      }
    }
    return Slice.of(ANY_SLICE, kept);
  }

  private static Value has(Call call, Value[] arguments) throws GoError {
    if (arguments[1] instanceof Value.Nil) {
      return Value.of(false);
    }
    Slice list = list(call, arguments[1], "Cannot find has on type %s");
    return Value.of(contains(call.meter(), list.elements(), arguments[0]));
  }

  private static Value slice(Call call, Value[] arguments) throws GoError {
    Slice list = list(call, arguments[0], "list should be type of slice or array but %s");
    if (list.size() == 0) {
      return Value.NIL;
    }
    long start = arguments.length > 1 ? Cast.toInt(arguments[1]) : 0;
    long end = arguments.length > 2 ? Cast.toInt(arguments[2]) : list.size();
    if (start < 0 || end < start || end > Integer.MAX_VALUE || !list.canReach((int) end)) {
      throw new GoError("reflect.Value.Slice: slice index out of bounds");
    }
    return list.window((int) start, (int) end);
  }

  private static Value concat(Call call, Value[] arguments) throws GoError {
    List<Value> all = new ArrayList<>();
    for (Value argument : arguments) {
      all.addAll(list(call, argument, "Cannot concat type %s as list").elements());
    }
    return all.isEmpty() ? Slice.nil(ANY_SLICE) : Slice.of(ANY_SLICE, all);
  }

  private static Value chunk(Call call, Value[] arguments) throws GoError {
    long size = integer(arguments[0]);
    Slice list = list(call, arguments[1], "Cannot chunk type %s");
    long count = Cast.toLong(Math.floor((double) (list.size() - 1) / size) + 1);
    if (count < 0 || count > (1L << 40)) {
      throw new GoError("runtime error: makeslice: len out of range");
    }
    call.meter().elements(count);
    List<Value> chunks = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      long length = size;
      if (i == count - 1) {
        length = Cast.toLong(Math.floor((double) list.size() % size));
        length = length == 0 ? size : length;
      }
      if (length < 0 || length > (1L << 44)) {
        throw new GoError("runtime error: makeslice: len out of range");
      }
      call.meter().elements(length);
      List<Value> elements = new ArrayList<>();
      for (long j = 0; j < length; j++) {
        long at = i * size + j;
        if (at >= list.size()) {
          throw new GoError("reflect: slice index out of range");
        }
        elements.add(list.get((int) at));
      }
      chunks.add(Slice.of(ANY_SLICE, elements));
    }
    return Slice.of(CHUNKS, chunks);
  }
}
