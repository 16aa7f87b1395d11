package dev.signet.cli;

import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.template.GoType;
import dev.signet.template.Options.MissingKey;
import dev.signet.template.Value;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The data of a template, from a document: a mapping, or a Secret, whose values are then opened. A
 * whole number is a Go {@code int} ({@code uint64} where that is too small), any other a {@code
 * float64}.
 */
final class TemplateInput {

  private static final int UNSIGNED_BITS = 64;

  private TemplateInput() {}

  /** The data in a file; none where no file is given. */
  static Value data(Surroundings surroundings, Optional<String> file, FunctionSet functions)
      throws CommandFailure {
    Map<String, @Nullable Object> tree =
        file.isPresent() ? tree(surroundings, file.get()) : Map.of();
    String source = file.map(TemplateInput::source).orElse("");
    if ("Secret".equals(tree.get("kind")) && "v1".equals(tree.get("apiVersion"))) {
      try (Secret secret = SecretManifest.read(tree, source)) {
        Map<String, byte[]> values = new LinkedHashMap<>();
        secret
            .data()
            .items()
            .forEach((key, item) -> values.put(key, item.value().with(byte[]::clone)));
        return Value.stringMap(values);
      } catch (MalformedObjectException e) {
        throw CommandFailure.of(source + ": " + e.getMessage());
      }
    }
    return functions.stringsOnly() ? strings(tree, source, functions) : any(tree, false);
  }

  /** How messages name a file. */
  static String source(String file) {
    return file.equals("-") ? "standard input" : file;
  }

  private static Map<String, @Nullable Object> tree(Surroundings surroundings, String file)
      throws CommandFailure {
    byte[] input = InputOutput.read(surroundings, file);
    try {
      List<Document> documents =
          Documents.read(input, source(file), ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
      if (documents.size() > 1) {
        throw CommandFailure.of(source(file) + " holds several documents; give one");
      }
      return documents.isEmpty() ? Map.of() : documents.getFirst().tree();
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    }
  }

  private static Value strings(
      Map<String, @Nullable Object> tree, String source, FunctionSet functions)
      throws CommandFailure {
    Map<String, byte[]> values = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> entry : tree.entrySet()) {
      if (!(Documents.coerced(entry.getValue()) instanceof String text)) {
        throw CommandFailure.of(
            source + ": " + entry.getKey() + " must be a string",
            "templates of " + functions + " see texts only; --functions sprig takes any data");
      }
      values.put(entry.getKey(), text.getBytes(StandardCharsets.UTF_8));
    }
    return Value.stringMap(values);
  }

  /**
   * A value of any type.
   *
   * @param bytes whether <code>{"$b64": "…"}</code> means these bytes as a string
   */
  static Value any(@Nullable Object value, boolean bytes) {
    return switch (value) {
      case null -> Value.NIL;
      case Boolean truth -> Value.of((boolean) truth);
      case Long number -> Value.of((long) number);
      case BigInteger number when number.signum() > 0 && number.bitLength() <= UNSIGNED_BITS ->
          new Value.Int(GoType.UINT64, number.longValue());
      case Number number -> Value.of(number.doubleValue());
      case List<?> list -> {
        List<Value> elements = new ArrayList<>(list.size());
        list.forEach(element -> elements.add(any(element, bytes)));
        yield Value.list(elements);
      }
      case Map<?, ?> map when bytes && map.size() == 1 && map.get("$b64") instanceof String text ->
          Value.of(Base64.getDecoder().decode(text));
      case Map<?, ?> map -> {
        Map<String, Value> entries = new LinkedHashMap<>();
        map.forEach((key, element) -> entries.put((String) key, any(element, bytes)));
        yield Value.map(entries);
      }
      default -> Value.of(value.toString());
    };
  }

  static MissingKey missingKey(String text) throws CommandFailure {
    return switch (text) {
      case "default" -> MissingKey.DEFAULT;
      case "zero" -> MissingKey.ZERO;
      case "error" -> MissingKey.ERROR;
      default ->
          throw CommandFailure.usage(
              "unknown missingkey " + text, "use one of default, zero, error");
    };
  }
}
