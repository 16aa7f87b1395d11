package dev.signet.dialects.externalsecrets;

import dev.signet.core.Material;
import dev.signet.template.Floats;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' object hash: SHA3-224 in lower-case hex over what Go's {@code %+v} prints of
 * the value. Its operator finds its own objects by these texts, so they are the same to the byte.
 */
final class GoHash {

  private final MessageDigest digest;

  private GoHash() {
    try {
      digest = MessageDigest.getInstance("SHA3-224");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA3-224", e);
    }
  }

  static String ofText(String text) {
    return new GoHash().add(text).finish();
  }

  /**
   * Of {@code map[string][]byte}: {@code map[k:[98 97] l:[]]}. The digits go to the digest one by
   * one, not into a text.
   */
  static String ofData(Material data) {
    GoHash hash = new GoHash().add("map[");
    String separator = "";
    for (String key : bytewise(data.items().keySet())) {
      hash.add(separator).add(key).add(":[");
      data.get(key)
          .orElseThrow()
          .value()
          .with(
              bytes -> {
                for (int i = 0; i < bytes.length; i++) {
                  hash.add(i == 0 ? "" : " ").addDecimal(bytes[i] & 0xff);
                }
                return bytes.length;
              });
      hash.add("]");
      separator = " ";
    }
    return hash.add("]").finish();
  }

  /** Of a struct with both maps: {@code {annotations:map[a:b] labels:map[]}}. */
  static String ofMetadata(Map<String, String> annotations, Map<String, String> labels) {
    return ofText("{annotations:" + map(annotations) + " labels:" + map(labels) + "}");
  }

  /** Of a tree as JSON gives it: {@code map[k:[1 a] l:map[] m:<nil>]}. */
  static String ofTree(@Nullable Object tree) {
    GoHash hash = new GoHash();
    hash.addTree(tree);
    return hash.finish();
  }

  private void addTree(@Nullable Object tree) {
    switch (tree) {
      case null -> add("<nil>");
      case Map<?, ?> map -> {
        add("map[");
        String separator = "";
        for (String key : bytewise(map.keySet().stream().map(String::valueOf).toList())) {
          add(separator).add(key).add(":");
          addTree(map.get(key));
          separator = " ";
        }
        add("]");
      }
      case List<?> list -> {
        add("[");
        String separator = "";
        for (Object each : list) {
          add(separator);
          addTree(each);
          separator = " ";
        }
        add("]");
      }
      case Double number -> add(Floats.shortest(number));
      default -> add(tree.toString());
    }
  }

  private static String map(Map<String, String> map) {
    StringBuilder text = new StringBuilder("map[");
    for (String key : bytewise(map.keySet())) {
      text.append(text.length() == 4 ? "" : " ").append(key).append(':').append(map.get(key));
    }
    return text.append(']').toString();
  }

  /** Go sorts strings by their UTF-8 bytes, which is the order of code points, not of chars. */
  private static Iterable<String> bytewise(Iterable<String> keys) {
    TreeSet<String> sorted =
        new TreeSet<>(
            (a, b) ->
                java.util.Arrays.compareUnsigned(
                    a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8)));
    keys.forEach(sorted::add);
    return sorted;
  }

  private GoHash add(String text) {
    digest.update(text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  private GoHash addDecimal(int value) {
    if (value >= 100) {
      digest.update((byte) ('0' + value / 100));
    }
    if (value >= 10) {
      digest.update((byte) ('0' + value / 10 % 10));
    }
    digest.update((byte) ('0' + value % 10));
    return this;
  }

  private String finish() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
