package dev.signet.delivery.store;

import dev.signet.core.SecretBytes;
import dev.signet.yaml.GoJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Secret values as one JSON object of texts, as External Secrets pushes and reads a whole Secret.
 */
public final class JsonText {

  private JsonText() {}

  /** The values become texts on the way; what is made of them here is not kept. */
  public static SecretBytes object(Map<String, SecretBytes> values) {
    Map<String, Object> texts = new TreeMap<>();
    values.forEach(
        (key, value) ->
            texts.put(key, value.with(bytes -> new String(bytes, StandardCharsets.UTF_8))));
    return of(texts);
  }

  /** A tree as one JSON text: keys sorted, no spaces, {@code < > &} as they are. */
  public static SecretBytes of(@Nullable Object tree) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.SORTED, out);
    } catch (IOException e) {
      throw new AssertionError("writing to memory cannot fail", e);
    }
    byte[] escaped = out.toByteArray();
    try {
      return SecretBytes.wrap(withoutEscapes(escaped));
    } finally {
      Arrays.fill(escaped, (byte) 0);
    }
  }

  /** Go's encoder writes {@code <} as an escape unless it is told not to, as upstream tells it. */
  private static byte[] withoutEscapes(byte[] json) {
    byte[] plain = new byte[json.length];
    int to = 0;
    for (int from = 0; from < json.length; from++) {
      plain[to] = json[from];
      if (json[from] == '\\') {
        int code = code(json, from);
        if (code != 0) {
          plain[to] = (byte) code;
          from += 5;
        } else {
          plain[++to] = json[++from];
        }
      }
      to++;
    }
    byte[] result = Arrays.copyOf(plain, to);
    Arrays.fill(plain, (byte) 0);
    return result;
  }

  /** The character of an escape that need not be one, else 0. */
  private static int code(byte[] json, int at) {
    for (int code : new int[] {'<', '>', '&'}) {
      byte[] escape = ("\\u00" + Integer.toHexString(code)).getBytes(StandardCharsets.US_ASCII);
      if (at + escape.length <= json.length
          && Arrays.equals(json, at, at + escape.length, escape, 0, escape.length)) {
        return code;
      }
    }
    return 0;
  }
}
