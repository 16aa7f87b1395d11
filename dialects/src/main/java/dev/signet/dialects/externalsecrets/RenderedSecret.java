package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.ShapeException;
import dev.signet.template.Str;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is to stand in a Secret: values, labels and annotations, and nothing else, whatever a
 * template names as its target. Closing it zeroes the values.
 */
final class RenderedSecret implements TemplateObject, AutoCloseable {

  private final Material data;
  private final Map<String, String> labels = new LinkedHashMap<>();
  private final Map<String, String> annotations = new LinkedHashMap<>();
  private final String origin;
  private String used = "";

  /**
   * @param data what is there before the templates; taken over
   * @param origin how the origins of rendered values name the templates
   */
  RenderedSecret(Material data, String origin) {
    this.data = data;
    this.origin = origin;
  }

  Material data() {
    return data;
  }

  Map<String, String> labels() {
    return labels;
  }

  Map<String, String> annotations() {
    return annotations;
  }

  @Override
  public void madeOf(String used) {
    this.used = used;
  }

  @Override
  public void put(String target, String key, byte[] value) throws ShapeException {
    switch (target.toLowerCase(Locale.ROOT)) {
      case "data" ->
          data.put(
              key,
              new Item(SecretBytes.wrap(value), Origin.of(origin, used.isEmpty() ? key : used)));
      case "labels" -> labels.put(key, Str.of(value).utf8());
      case "annotations" -> annotations.put(key, Str.of(value).utf8());
      default -> throw notOfSecrets(target);
    }
  }

  @Override
  public void place(String path, @Nullable Object tree) throws ShapeException {
    throw notOfSecrets(path);
  }

  private static ShapeException notOfSecrets(String target) {
    return new ShapeException("a template cannot write " + target + " of a Secret");
  }

  @Override
  public void close() {
    data.close();
  }
}
