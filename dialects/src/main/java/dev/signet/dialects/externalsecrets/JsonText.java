package dev.signet.dialects.externalsecrets;

import dev.signet.core.SecretBytes;
import dev.signet.yaml.GoJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Secret values as one JSON object of texts, as External Secrets pushes a whole Secret. */
final class JsonText {

  private JsonText() {}

  /** The values become texts on the way; what is made of them here is not kept. */
  static SecretBytes object(Map<String, SecretBytes> values) {
    Map<String, Object> texts = new TreeMap<>();
    values.forEach(
        (key, value) ->
            texts.put(key, value.with(bytes -> new String(bytes, StandardCharsets.UTF_8))));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      GoJson.write(texts, GoJson.Layout.COMPACT, GoJson.Keys.SORTED, out);
    } catch (IOException e) {
      throw new AssertionError("writing to memory cannot fail", e);
    }
    return SecretBytes.wrap(out.toByteArray());
  }
}
