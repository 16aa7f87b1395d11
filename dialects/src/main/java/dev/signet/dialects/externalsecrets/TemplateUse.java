package dev.signet.dialects.externalsecrets;

import dev.signet.core.Origin;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Which fetched values a template is made of, for people: those whose names stand in its text.
 * Without running it that is all that can be told; a name that stands there for another reason is
 * one too many.
 */
final class TemplateUse {

  private TemplateUse() {}

  /** {@code over user from SecretStore/ns/store, db property name}; empty when it uses none. */
  static String of(String text, Map<String, Origin> fetched) {
    String used =
        new TreeMap<>(fetched)
            .entrySet().stream()
                .filter(each -> !each.getKey().isEmpty() && text.contains(each.getKey()))
                .map(each -> each.getKey() + " from " + place(each.getValue()))
                .collect(Collectors.joining("; "));
    return used.isEmpty() ? "" : "over " + used;
  }

  private static String place(Origin origin) {
    return origin.source()
        + (origin.key().isEmpty() ? "" : ", " + origin.key())
        + (origin.property().isEmpty() ? "" : " property " + origin.property())
        + (origin.version().isEmpty() ? "" : " version " + origin.version());
  }
}
