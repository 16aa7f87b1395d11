package dev.signet.dialects.sealedsecrets;

import dev.signet.delivery.object.KubeObject;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What becomes of changes that others make to a Secret that is delivered. The annotation {@value
 * #ANNOTATION} of a SealedSecret says it for its own; without it the process says it for all.
 */
enum Edits {
  /** They are undone at once. */
  ENFORCE,
  /** They are told and stay, until the SealedSecret itself changes. */
  REPORT,
  /** They stay, until the SealedSecret itself changes. */
  IGNORE,
  /** As upstream: they stay until the SealedSecret changes or another process starts. */
  UPSTREAM;

  static final String ANNOTATION = "signet.dev/edits";

  /** What holds for that object. */
  static Edits of(KubeObject object, DeliveryRules rules) {
    return asked(object)
        .flatMap(Edits::named)
        .orElse(rules.restored() == DeliveryRules.Restored.EDITED ? ENFORCE : UPSTREAM);
  }

  /** What the annotation says that is none of its values. */
  static Optional<String> misspelt(KubeObject object) {
    return asked(object).filter(value -> named(value).isEmpty());
  }

  private static Optional<String> asked(KubeObject object) {
    return object.tree().get("metadata") instanceof Map<?, ?> metadata
            && metadata.get("annotations") instanceof Map<?, ?> annotations
            && annotations.get(ANNOTATION) instanceof String value
        ? Optional.of(value)
        : Optional.empty();
  }

  private static Optional<Edits> named(String value) {
    return Stream.of(ENFORCE, REPORT, IGNORE)
        .filter(each -> each.name().toLowerCase(Locale.ROOT).equals(value))
        .findFirst();
  }
}
