package dev.signet.dialects.externalsecrets;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.Shape;
import dev.signet.delivery.ShapeException;
import dev.signet.dialects.externalsecrets.functions.YamlErrors;
import dev.signet.template.Floats;
import dev.signet.template.Functions;
import dev.signet.template.Limits;
import dev.signet.template.Options;
import dev.signet.template.Str;
import dev.signet.template.Template;
import dev.signet.template.TemplateException;
import dev.signet.template.Value;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import dev.signet.yaml.YamlValue;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' template engine v2: one object's templates over what was fetched for it.
 *
 * <ul>
 *   <li>The dot is a {@code map[string]string} of the values as bytes; a key that is missing is an
 *       error. Each text is a template of its own, named as its key, or as its whole text where it
 *       gives keys and values.
 *   <li>Keys and values are a YAML map, read as sigs.k8s.io/yaml reads it into a {@code
 *       map[string]string}: numbers and booleans become the text that Go prints of them.
 *   <li>Templates render in the order of their keys; upstream's order is random.
 * </ul>
 *
 * <p>Errors end up in events and must not show a value. An error is shown whole only where
 * rendering again with empty values ends with the same one, and of templates that are secret
 * themselves only the place of the error is shown. Each text may cost what {@link Limits#DEFAULT}
 * allows, all of one object together the same output again and twice the time.
 */
final class TemplateEngine {

  private static final int BYTES = 8 << 20;
  static final ReadLimits YAML_LIMITS = new ReadLimits(BYTES, 1, 256, 500_000, 100_000);
  private static final Limits LIMITS = Limits.DEFAULT;
  private static final Duration TIME = LIMITS.time().multipliedBy(2);
  private static final Options OPTIONS = Options.DEFAULT.missingKey(Options.MissingKey.ERROR);
  private static final String ILLEGAL_MAP = "could not unmarshal template to 'map[string][]byte': ";

  private final Functions functions;
  private final Template.Sources sources;
  private final Material fetched;
  private final long start = System.nanoTime();
  private long written;

  /**
   * @param fetched what the templates see; stays the caller's
   */
  TemplateEngine(Functions functions, Template.Sources sources, Material fetched) {
    this.functions = functions;
    this.sources = sources;
    this.fetched = fetched;
  }

  /** A template and how much of it errors may show. */
  static final class Text {
    private final byte[] text;
    private final boolean secret;

    /** The text must not be changed any more. */
    Text(byte[] text, boolean secret) {
      this.text = text;
      this.secret = secret;
    }

    static Text of(String text) {
      return new Text(text.getBytes(StandardCharsets.UTF_8), false);
    }
  }

  /** Renders each text into the value of its key. */
  void values(
      Map<String, Text> texts, String target, Shape.Decoding decoding, TemplateObject object)
      throws ShapeException {
    for (Map.Entry<String, Text> each : new TreeMap<>(texts).entrySet()) {
      byte[] value = decoded(each.getKey(), render(each.getKey(), each.getValue()), decoding);
      put(object, target, each.getKey(), value);
    }
  }

  /** Renders the text into a YAML map, of which each key becomes one. */
  void keysAndValues(
      Text text, String place, String target, Shape.Decoding decoding, TemplateObject object)
      throws ShapeException {
    byte[] yaml = render(text.secret ? place : Str.of(text.text).utf8(), text);
    try {
      switch (target.toLowerCase(Locale.ROOT)) {
        case "annotations", "labels", "data" -> {
          for (Map.Entry<String, byte[]> each : texts(yaml).entrySet()) {
            put(object, target, each.getKey(), decoded(each.getKey(), each.getValue(), decoding));
          }
        }
        default -> object.place(target, tree(yaml, "could not unmarshal template YAML: "));
      }
    } finally {
      Arrays.fill(yaml, (byte) 0);
    }
  }

  private static void put(TemplateObject object, String target, String key, byte[] value)
      throws ShapeException {
    try {
      object.put(target, key, value);
    } catch (ShapeException e) {
      throw new ShapeException("failed to apply to target: " + e.getMessage());
    }
  }

  private byte[] render(String name, Text text) throws ShapeException {
    String where = "unable to execute template at key " + name + ": ";
    if (System.nanoTime() - start > TIME.toNanos()) {
      throw new ShapeException(where + "limit exceeded: time of all templates (" + TIME + ")");
    }
    Template template;
    try {
      template = Template.parse(name, text.text, functions, OPTIONS);
    } catch (TemplateException e) {
      String why = text.secret ? place(e) : e.messageWithoutValues();
      throw new ShapeException(where + "unable to parse template at key " + name + ": " + why);
    }
    try {
      byte[] output = template.execute(data(/* empty= */ false), LIMITS, sources);
      written += output.length;
      if (written > LIMITS.output()) {
        throw new ShapeException(
            where + "limit exceeded: output of all templates (" + LIMITS.output() + " bytes)");
      }
      return output;
    } catch (TemplateException e) {
      String why = text.secret ? place(e) : shown(template, e);
      throw new ShapeException(where + "unable to execute template at key " + name + ": " + why);
    }
  }

  private static String place(TemplateException e) {
    return "line " + e.line() + " of a template that is secret itself";
  }

  private String shown(Template template, TemplateException failure) {
    if (failure.limit().isPresent()) {
      return failure.messageWithoutValues();
    }
    try {
      template.execute(data(/* empty= */ true), LIMITS, sources);
    } catch (TemplateException again) {
      if (Arrays.equals(again.bytes(), failure.bytes())) {
        return String.valueOf(again.getMessage());
      }
    }
    return failure.messageWithoutValues();
  }

  private Value data(boolean empty) {
    Map<String, byte[]> data = new TreeMap<>();
    for (Map.Entry<String, Item> entry : fetched.items().entrySet()) {
      data.put(entry.getKey(), empty ? new byte[0] : entry.getValue().value().with(byte[]::clone));
    }
    Value value = Value.stringMap(data);
    data.values().forEach(copy -> Arrays.fill(copy, (byte) 0));
    return value;
  }

  private static byte[] decoded(String key, byte[] value, Shape.Decoding decoding)
      throws ShapeException {
    try {
      return switch (decoding) {
        case None -> value;
        case Base64 -> GoBase64.STD.decode(value);
        case Base64URL -> GoBase64.URL.decode(value);
        case Auto -> {
          try {
            yield GoBase64.STD.decode(value);
          } catch (IllegalBase64Exception notStandard) {
            try {
              yield GoBase64.URL.decode(value);
            } catch (IllegalBase64Exception notUrl) {
              yield value;
            }
          }
        }
      };
    } catch (IllegalBase64Exception e) {
      throw new ShapeException(
          "failed to decode rendered template value for key " + key + ": " + e.getMessage());
    }
  }

  private static @Nullable Object tree(byte[] yaml, String where) throws ShapeException {
    try {
      return YamlValue.read(yaml, "template", YAML_LIMITS, DuplicateKeys.LAST_WINS);
    } catch (MalformedDocumentException e) {
      throw new ShapeException(
          where + YamlErrors.inGosWords(e, new String(yaml, StandardCharsets.ISO_8859_1)));
    }
  }

  /** The text as a {@code map[string]string}, by key. */
  private static Map<String, byte[]> texts(byte[] yaml) throws ShapeException {
    Object tree = tree(yaml, ILLEGAL_MAP);
    Map<String, byte[]> texts = new TreeMap<>();
    if (tree == null) {
      return texts;
    }
    if (!(tree instanceof Map<?, ?> map)) {
      throw wrongType(tree, "map[string]string");
    }
    for (Map.Entry<?, ?> each : new TreeMap<>(map).entrySet()) {
      texts.put((String) each.getKey(), text(each.getValue()).getBytes(StandardCharsets.UTF_8));
    }
    return texts;
  }

  private static String text(@Nullable Object value) throws ShapeException {
    return switch (value) {
      case null -> "";
      case String text -> text;
      case Boolean truth -> truth.toString();
      case Double number -> Floats.shortest(number);
      case Number number -> number.toString();
      default -> throw wrongType(value, "string");
    };
  }

  private static ShapeException wrongType(Object tree, String wanted) {
    String found =
        switch (tree) {
          case Map<?, ?> _ -> "object";
          case List<?> _ -> "array";
          case String _ -> "string";
          case Boolean _ -> "bool";
          default -> "number";
        };
    return new ShapeException(
        ILLEGAL_MAP
            + "error unmarshaling JSON: while decoding JSON: json: cannot unmarshal "
            + found
            + " into Go value of type "
            + wanted);
  }
}
