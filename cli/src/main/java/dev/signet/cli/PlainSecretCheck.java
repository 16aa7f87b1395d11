package dev.signet.cli;

import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What must not be committed: Secrets whose values are neither sealed nor encrypted by SOPS, and
 * private keys. A finding names the place, never the value.
 */
final class PlainSecretCheck {

  /**
   * A reason to refuse a file.
   *
   * @param line counted from 1
   */
  record Finding(int line, String what) {}

  private static final Pattern ENCRYPTED = Pattern.compile("ENC\\[AES256_GCM,data:[^\\]]+\\]");

  /** In two parts, so that this file is not refused itself. */
  private static final List<String> PRIVATE_KEYS =
      List.of("AGE-SECRET-KEY" + "-1", "AGE-SECRET-KEY" + "-PQ-1", "PRIVATE KEY" + "-----");

  private PlainSecretCheck() {}

  static List<Finding> of(String name, byte[] content) {
    List<Finding> findings = new ArrayList<>();
    String text = new String(content, StandardCharsets.UTF_8);
    int number = 0;
    for (String line : text.lines().toList()) {
      number++;
      String found = line.strip();
      if (PRIVATE_KEYS.stream().anyMatch(key -> startsKey(found, key))) {
        findings.add(new Finding(number, "a private key"));
      }
    }
    String lower = name.toLowerCase(Locale.ROOT);
    boolean manifest = lower.endsWith(".yaml") || lower.endsWith(".yml") || lower.endsWith(".json");
    if (manifest && ManifestFiles.mention(content, "Secret")) {
      try {
        for (Document document :
            Documents.read(content, name, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS)) {
          look(document.tree(), document.line(), findings);
        }
      } catch (MalformedDocumentException e) {
        // A template of a chart, or a file that somebody else will complain about.
        return findings;
      }
    }
    return findings;
  }

  private static boolean startsKey(String line, String key) {
    return key.startsWith("AGE-")
        ? line.startsWith(key) && line.length() > 60
        : line.startsWith("-----BEGIN ") && line.endsWith(key);
  }

  private static void look(Map<String, @Nullable Object> tree, int line, List<Finding> findings) {
    if (tree.get("items") instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> map) {
          look(texts(map), line, findings);
        }
      }
    }
    boolean secret = "Secret".equals(tree.get("kind")) && "v1".equals(tree.get("apiVersion"));
    if (!secret) {
      return;
    }
    for (String field : List.of("data", "stringData")) {
      if (tree.get(field) instanceof Map<?, ?> values) {
        for (Map.Entry<?, ?> entry : values.entrySet()) {
          if (isPlain(entry.getValue())) {
            findings.add(
                new Finding(
                    line, "a Secret in plain: " + field + " " + entry.getKey() + called(tree)));
          }
        }
      }
    }
  }

  private static String called(Map<String, @Nullable Object> tree) {
    return tree.get("metadata") instanceof Map<?, ?> metadata
            && metadata.get("name") instanceof String name
        ? " of " + name
        : "";
  }

  private static boolean isPlain(@Nullable Object value) {
    return value != null
        && !value.equals("")
        && !(value instanceof String text && ENCRYPTED.matcher(text).matches());
  }

  private static Map<String, @Nullable Object> texts(Map<?, ?> map) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    map.forEach((key, value) -> tree.put(String.valueOf(key), value));
    return tree;
  }
}
