package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.Call;
import dev.signet.template.Dict;
import dev.signet.template.Foreign;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Meter;
import dev.signet.template.Printer;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import dev.signet.template.sprig.Sprig;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoYaml;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.MalformedDocumentException.Kind;
import dev.signet.yaml.ReadLimits;
import dev.signet.yaml.YamlValue;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@code toYaml} and {@code fromYaml} with the meaning of sigs.k8s.io/yaml 1.6: YAML 1.1 by way of
 * JSON, so numbers are float64 and keys are strings. {@code toYaml} gives nothing for what JSON
 * cannot hold; {@code fromYaml} puts its error under the key {@code Error} of an otherwise empty
 * map. Only the first document of a text is read.
 */
final class Yaml {
  private static final int BYTES = 8 << 20;
  private static final ReadLimits LIMITS = new ReadLimits(BYTES, 1, 256, 500_000, 100_000);
  private static final Function PARSE_JSON =
      Objects.requireNonNull(Sprig.functions().find("mustFromJson"));

  private Yaml() {}

  /** The text without the line feed at its end; empty where the value has no JSON. */
  static String write(Call call, Value value) {
    Object tree;
    try {
      tree = tree(call, value, 0);
    } catch (Unsupported e) {
      return "";
    }
    String text = GoYaml.write(tree);
    call.meter().memory(text.length() * 2L);
    String raw = Str.utf8(text).raw();
    return raw.endsWith("\n") ? raw.substring(0, raw.length() - 1) : raw;
  }

  /** A value that JSON does not know. */
  private static final class Unsupported extends Exception {
    private static final long serialVersionUID = 1;

    Unsupported() {
      super(null, null, false, false);
    }
  }

  private static @Nullable Object tree(Call call, Value value, int depth) throws Unsupported {
    Meter meter = call.meter();
    meter.depth(depth);
    meter.elements(1);
    return switch (value) {
      case Value.Nil n -> null;
      case Value.Bool(boolean b) -> b;
      case Value.Int(GoType type, long number) ->
          number < 0 && type.kind().goName().startsWith("u")
              ? new BigInteger(Long.toUnsignedString(number))
              : (Object) number;
      case Value.Real(GoType type, double number) -> {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
          throw new Unsupported();
        }
        yield number;
      }
      case Str text -> {
        // Indentation can repeat what a line costs, at every depth.
        meter.memory(text.raw().length() * 2L + lines(text.raw()) * 2L * depth);
        yield text.utf8();
      }
      case Slice slice -> list(call, slice, depth);
      case Dict dict -> map(call, dict, depth);
      case Foreign foreign -> foreign(call, foreign, depth);
      default -> throw new Unsupported();
    };
  }

  private static long lines(String raw) {
    return raw.chars().filter(c -> c == '\n').count() + raw.length() / 80;
  }

  private static @Nullable Object list(Call call, Slice slice, int depth) throws Unsupported {
    if (slice.isNil()) {
      return null;
    }
    if (slice.type().name().equals("[]uint8")) {
      byte[] bytes = new Str(Printer.printf(call.meter(), "%s", List.of(slice))).bytes();
      return Base64.getEncoder().encodeToString(bytes);
    }
    List<@Nullable Object> list = new ArrayList<>();
    for (Value element : slice.elements()) {
      call.meter().memory(2L * depth);
      list.add(tree(call, element, depth + 1));
    }
    return list;
  }

  private static @Nullable Object map(Call call, Dict dict, int depth) throws Unsupported {
    if (dict.isNil()) {
      return null;
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (Map.Entry<String, Value> entry : dict.entries()) {
      call.meter().memory(2L * depth + 2L * entry.getKey().length());
      map.put(new Str(entry.getKey()).utf8(), tree(call, entry.getValue(), depth + 1));
    }
    return map;
  }

  private static @Nullable Object foreign(Call call, Foreign foreign, int depth)
      throws Unsupported {
    String json = foreign.json();
    if (json != null) {
      try {
        return tree(call, PARSE_JSON.body().call(call, new Value[] {new Str(json)}), depth);
      } catch (GoError e) {
        throw new Unsupported();
      }
    }
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    for (Foreign.Field field : foreign.fields()) {
      if (Character.isUpperCase(field.name().charAt(0))) {
        map.put(field.name(), tree(call, field.value(), depth + 1));
      }
    }
    return map;
  }

  static Value read(Call call, String raw) throws GoError {
    call.meter().steps(raw.length() / 4);
    call.meter().memory(raw.length() * 8L);
    Dict result = Dict.empty(GoType.ANY_MAP);
    try {
      Object tree = YamlValue.read(new Str(raw).bytes(), "yaml", LIMITS, DuplicateKeys.LAST_WINS);
      if (tree == null) {
        return result;
      }
      if (tree instanceof Map<?, ?>) {
        return value(call.meter(), tree, 0);
      }
      result.put("Error", new Str(YamlErrors.notAnObject(tree)));
    } catch (MalformedDocumentException e) {
      if (e.kind() == Kind.LIMIT) {
        throw new GoError(Str.utf8("yaml: " + e.problem()).raw());
      }
      result.put("Error", new Str(Str.utf8(YamlErrors.inGosWords(e, raw)).raw()));
    }
    return result;
  }

  private static Value value(Meter meter, @Nullable Object tree, int depth) throws GoError {
    meter.depth(depth);
    meter.elements(1);
    return switch (tree) {
      case null -> Value.NIL;
      case Boolean bool -> Value.of((boolean) bool);
      case String text -> {
        meter.memory(text.length() * 2L);
        yield Str.utf8(text);
      }
      case Number number -> Value.of(number.doubleValue());
      case List<?> list -> {
        List<Value> elements = new ArrayList<>();
        for (Object element : list) {
          elements.add(value(meter, element, depth + 1));
        }
        yield Slice.of(GoType.ANY_SLICE, elements);
      }
      case Map<?, ?> map -> {
        Dict dict = Dict.empty(GoType.ANY_MAP);
        for (Map.Entry<?, ?> entry : map.entrySet()) {
          String key = Str.utf8((String) entry.getKey()).raw();
          meter.memory(key.length());
          dict.put(key, value(meter, entry.getValue(), depth + 1));
        }
        yield dict;
      }
      default -> throw new GoError("yaml: a tree cannot hold a " + tree.getClass().getName());
    };
  }
}
