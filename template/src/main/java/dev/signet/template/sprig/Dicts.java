package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.ANY_MAP;
import static dev.signet.template.GoType.ANY_SLICE;
import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.GoType.STRING_SLICE;
import static dev.signet.template.sprig.Args.dict;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;
import static dev.signet.template.sprig.Registry.variadic;

import dev.signet.template.Call;
import dev.signet.template.Dict;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Meter;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Dictionaries. {@code set}, {@code unset} and the merges change the one they are given. */
final class Dicts {
  private Dicts() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "dict" -> variadic(ANY_MAP, Dicts::create, ANY);
      case "get" -> fixed(ANY, Dicts::get, ANY_MAP, STRING);
      case "set" -> fixed(ANY_MAP, Dicts::set, ANY_MAP, STRING, ANY);
      case "unset" -> fixed(ANY_MAP, Dicts::unset, ANY_MAP, STRING);
      case "hasKey" ->
          fixed(BOOL, (c, a) -> Value.of(dict(a[0]).has(string(a[1]))), ANY_MAP, STRING);
      case "pluck" -> variadic(ANY_SLICE, Dicts::pluck, STRING, ANY_MAP);
      case "keys" -> variadic(STRING_SLICE, Dicts::keys, ANY_MAP);
      case "values" -> fixed(ANY_SLICE, Dicts::values, ANY_MAP);
      case "pick" -> variadic(ANY_MAP, Dicts::pick, ANY_MAP, STRING);
      case "omit" -> variadic(ANY_MAP, Dicts::omit, ANY_MAP, STRING);
      case "merge", "mustMerge" ->
          variadic(ANY, (c, a) -> Merge.merge(c.meter(), a, false), ANY_MAP, ANY_MAP);
      case "mergeOverwrite", "mustMergeOverwrite" ->
          variadic(ANY, (c, a) -> Merge.merge(c.meter(), a, true), ANY_MAP, ANY_MAP);
      case "dig" -> variadic(ANY, Dicts::dig, ANY);
      case "deepCopy", "mustDeepCopy" -> fixed(ANY, Dicts::deepCopy, ANY);
      default -> null;
    };
  }

  private static Value create(Call call, Value[] arguments) {
    call.meter().elements(arguments.length);
    Dict dict = Dict.empty(ANY_MAP);
    for (int i = 0; i < arguments.length; i += 2) {
      Value value = i + 1 < arguments.length ? arguments[i + 1] : Str.EMPTY;
      dict.put(Args.text(call.meter(), arguments[i]), value);
    }
    return dict;
  }

  private static Value get(Call call, Value[] arguments) {
    Value found = dict(arguments[0]).get(string(arguments[1]));
    return found == null ? Str.EMPTY : found;
  }

  private static Value set(Call call, Value[] arguments) throws GoError {
    Dict dict = dict(arguments[0]);
    if (dict.isNil()) {
      throw new GoError("assignment to entry in nil map");
    }
    call.meter().elements(1);
    dict.put(string(arguments[1]), arguments[2]);
    return dict;
  }

  private static Value unset(Call call, Value[] arguments) {
    Dict dict = dict(arguments[0]);
    dict.remove(string(arguments[1]));
    return dict;
  }

  private static Value pluck(Call call, Value[] arguments) {
    List<Value> found = new ArrayList<>();
    for (Value argument : Args.from(arguments, 1)) {
      Value value = dict(argument).get(string(arguments[0]));
      if (value != null) {
        found.add(value);
      }
    }
    return Slice.of(ANY_SLICE, found);
  }

  private static Value keys(Call call, Value[] arguments) {
    List<String> keys = new ArrayList<>();
    for (Value argument : arguments) {
      call.meter().elements(dict(argument).size());
      keys.addAll(dict(argument).keys());
    }
    return Slice.strings(keys);
  }

  private static Value values(Call call, Value[] arguments) {
    Dict dict = dict(arguments[0]);
    call.meter().elements(dict.size());
    return Slice.of(ANY_SLICE, dict.entries().stream().map(Map.Entry::getValue).toList());
  }

  private static Value pick(Call call, Value[] arguments) {
    Dict picked = Dict.empty(ANY_MAP);
    call.meter().elements(arguments.length);
    for (Value argument : Args.from(arguments, 1)) {
      Value value = dict(arguments[0]).get(string(argument));
      if (value != null) {
        picked.put(string(argument), value);
      }
    }
    return picked;
  }

  private static Value omit(Call call, Value[] arguments) {
    Set<String> omitted = new HashSet<>();
    for (Value argument : Args.from(arguments, 1)) {
      omitted.add(string(argument));
    }
    Dict dict = dict(arguments[0]);
    call.meter().elements(dict.size());
    Dict kept = Dict.empty(ANY_MAP);
    for (Map.Entry<String, Value> entry : dict.entries()) {
      if (!omitted.contains(entry.getKey())) {
        kept.put(entry.getKey(), entry.getValue());
      }
    }
    return kept;
  }

  private static Value dig(Call call, Value[] arguments) throws GoError {
    if (arguments.length < 3) {
      throw new GoError("dig needs at least three arguments");
    }
    Value current = arguments[arguments.length - 1];
    if (!isAnyMap(current)) {
      throw notA(current, ANY_MAP.name());
    }
    int depth = arguments.length - 2;
    for (int i = 0; i < depth; i++) {
      if (!(arguments[i] instanceof Str)) {
        throw notA(arguments[i], STRING.name());
      }
    }
    for (int i = 0; i < depth; i++) {
      if (!isAnyMap(current)) {
        throw notA(current, ANY_MAP.name());
      }
      Value found = dict(current).get(string(arguments[i]));
      if (found == null) {
        return arguments[depth];
      }
      current = found;
    }
    return current;
  }

  private static boolean isAnyMap(Value value) {
    return value instanceof Dict dict && dict.type().equals(ANY_MAP);
  }

  /** Go's panic when an interface holds another type. */
  private static GoError notA(Value value, String type) {
    String held = value instanceof Value.Nil ? "nil" : value.type().name();
    return new GoError("interface conversion: interface {} is " + held + ", not " + type);
  }

  private static Value deepCopy(Call call, Value[] arguments) throws GoError {
    if (arguments[0] instanceof Value.Nil) {
      throw new GoError("reflect: call of reflect.Value.Type on zero Value");
    }
    return deepCopy(call.meter(), arguments[0], 0);
  }

  private static Value deepCopy(Meter meter, Value value, int depth) {
    meter.depth(depth);
    meter.steps(1);
    return switch (value) {
      case Slice slice -> {
        if (slice.isNil()) {
          yield slice;
        }
        meter.elements(slice.size());
        Value[] copy = slice.toArray();
        for (int i = 0; i < copy.length; i++) {
          copy[i] = deepCopy(meter, copy[i], depth + 1);
        }
        yield Slice.wrap(slice.type(), copy);
      }
      case Dict dict -> {
        meter.elements(dict.size());
        if (dict.isNil()) {
          yield dict;
        }
        Dict copy = Dict.empty(dict.type());
        for (Map.Entry<String, Value> entry : dict.entries()) {
          copy.put(entry.getKey(), deepCopy(meter, entry.getValue(), depth + 1));
        }
        yield copy;
      }
      // The library that copies for Sprig leaves out unexported fields, which are all of these.
      case Version version -> new Version(0, 0, 0, "", "", "", version.pointer());
      default -> value;
    };
  }
}
