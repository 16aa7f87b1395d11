package dev.signet.template.select;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Fuzz targets: whatever the selector and the document, a result or a {@link SelectorException}
 * comes out. An input is a selector, a line feed, and a document.
 */
class SelectorFuzzTest {
  private static final SelectorLimits SMALL = new SelectorLimits(200, 2_000_000, 1_000_000);

  @FuzzTest
  void gjson(byte[] input) {
    ignoringErrors(() -> gjson(selector(input), document(input)));
  }

  @FuzzTest
  void jsonPath(byte[] input) {
    ignoringErrors(() -> jsonPath(selector(input), document(input)));
  }

  @FuzzTest
  void jmesPath(byte[] input) {
    ignoringErrors(() -> jmesPath(selector(input), document(input)));
  }

  @FuzzTest
  void documents(byte[] input) {
    ignoringErrors(() -> Json.parse(input, SMALL).encode(SMALL));
  }

  static void everything(String selector, byte[] document) {
    ignoringErrors(() -> gjson(selector, document));
    ignoringErrors(() -> jsonPath(selector, document));
    ignoringErrors(() -> jsonPath("{" + selector + "}", document));
    ignoringErrors(() -> jmesPath(selector, document));
  }

  private interface Call {
    void run() throws SelectorException;
  }

  private static void ignoringErrors(Call call) {
    try {
      call.run();
    } catch (SelectorException _) {
      // The one exception that may come out.
    }
  }

  private static void gjson(String selector, byte[] document) throws SelectorException {
    GjsonResult result = Gjson.get(document, selector, SMALL);
    if (!result.exists() && !result.string().isEmpty()) {
      throw new IllegalStateException("nothing has a text");
    }
    result.asLong();
    result.asDouble();
    result.asBoolean();
    result.members(SMALL);
  }

  private static void jsonPath(String selector, byte[] document) throws SelectorException {
    KubeJsonPath path = KubeJsonPath.parse(selector, SMALL);
    Json json = Json.parse(document, SMALL);
    path.print(json, true);
    path.print(json, false);
  }

  private static void jmesPath(String selector, byte[] document) throws SelectorException {
    JmesPath path = JmesPath.parse(selector, SMALL);
    path.search(Json.parse(document, SMALL)).encode(SMALL);
  }

  private static int separator(byte[] input) {
    int i = 0;
    while (i < input.length && input[i] != '\n') {
      i++;
    }
    return i;
  }

  private static String selector(byte[] input) {
    return new String(input, 0, separator(input), StandardCharsets.UTF_8);
  }

  private static byte[] document(byte[] input) {
    int from = Math.min(separator(input) + 1, input.length);
    return Arrays.copyOfRange(input, from, input.length);
  }
}
