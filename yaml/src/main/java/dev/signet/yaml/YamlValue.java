package dev.signet.yaml;

import dev.signet.yaml.MalformedDocumentException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads one YAML text as {@code sigs.k8s.io/yaml.Unmarshal} does: the whole text goes to goyaml.v2,
 * which reads its first document and stops there. Unlike {@link Documents}, nothing is cut at
 * {@code ---} first, JSON is YAML, the text need not end in a line feed (a block scalar at its end
 * then has none either), and the value may be any: a mapping, a list, a scalar, or null, which an
 * empty text is too.
 */
public final class YamlValue {

  private YamlValue() {}

  /**
   * The value of the first document.
   *
   * @param source how messages call the input, usually the file name
   */
  public static @Nullable Object read(
      byte[] input, String source, ReadLimits limits, DuplicateKeys duplicates)
      throws MalformedDocumentException {
    if (input.length > limits.bytes()) {
      throw malformed(Budget.limit("more bytes", limits.bytes()), source);
    }
    int bad = Utf8.firstInvalid(input, 0, input.length);
    if (bad >= 0) {
      throw malformed(new Problem(Kind.ENCODING, "not utf-8 at byte " + bad), source);
    }
    String text = new String(input, StandardCharsets.UTF_8);
    if (text.startsWith("\uFEFF")) {
      text = text.substring(1);
    }
    try {
      Object value = YamlComposer.composeAny(text, new Budget(limits), duplicates);
      if (text.endsWith("\n") || (text.indexOf('|') < 0 && text.indexOf('>') < 0)) {
        return value;
      }
      return withoutLastBreak(value, text, limits, duplicates);
    } catch (Problem problem) {
      throw malformed(problem, source);
    }
  }

  /**
   * The parser gives a block scalar at the very end a line feed that is not in the text; Go's does
   * not. Which value that is, if any, shows when a character is added to the text: it comes out
   * followed by a line feed.
   */
  private static @Nullable Object withoutLastBreak(
      @Nullable Object value, String text, ReadLimits limits, DuplicateKeys duplicates) {
    char mark = '\uE000';
    while (text.indexOf(mark) >= 0 && mark < '\uF8FF') {
      mark++;
    }
    try {
      Object marked = YamlComposer.composeAny(text + mark, new Budget(limits), duplicates);
      return chopped(value, marked, mark + "\n");
    } catch (Problem problem) {
      // With the character it is no YAML, so there was no block scalar.
      return value;
    }
  }

  private static @Nullable Object chopped(
      @Nullable Object value, @Nullable Object marked, String end) {
    if (value instanceof String text && marked instanceof String other) {
      boolean last = other.endsWith(end) && text.endsWith("\n");
      return last ? text.substring(0, text.length() - 1) : text;
    }
    if (value instanceof List<?> list && marked instanceof List<?> other) {
      List<@Nullable Object> changed = new ArrayList<>(list);
      int last = list.size() - 1;
      if (last >= 0 && other.size() == list.size()) {
        changed.set(last, chopped(list.get(last), other.get(last), end));
      }
      return changed;
    }
    if (value instanceof Map<?, ?> map && marked instanceof Map<?, ?> other) {
      Map<String, @Nullable Object> changed = new LinkedHashMap<>();
      map.forEach(
          (key, element) -> changed.put((String) key, chopped(element, other.get(key), end)));
      return changed;
    }
    return value;
  }

  private static MalformedDocumentException malformed(Problem problem, String source) {
    return new MalformedDocumentException(
        problem.kind, source, problem.line + 1, problem.column + 1, problem.text);
  }
}
