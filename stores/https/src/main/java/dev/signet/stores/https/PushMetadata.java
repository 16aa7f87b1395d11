package dev.signet.stores.https;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a push says besides, for the {@code kubernetes} provider: {@code PushSecretMetadata} of
 * {@code kubernetes.external-secrets.io/v1alpha1}.
 *
 * @param replacesSource whether its labels and annotations take the place of those of the Secret
 *     that is pushed, instead of coming on top
 * @param target what becomes of labels and annotations that are there
 */
record PushMetadata(
    boolean replacesSource,
    Target target,
    Map<String, String> labels,
    Map<String, String> annotations,
    String remoteNamespace) {

  enum Target {
    Merge,
    Replace,
    Ignore
  }

  private static final String API_VERSION = "kubernetes.external-secrets.io/v1alpha1";
  private static final String KIND = "PushSecretMetadata";

  static PushMetadata of(Map<String, @Nullable Object> metadata) throws MalformedObjectException {
    if (metadata.isEmpty()) {
      return new PushMetadata(false, Target.Merge, Map.of(), Map.of(), "");
    }
    Fields fields = Fields.of(metadata, "metadata");
    if (!fields.string("apiVersion").orElse("").equals(API_VERSION)
        || !fields.string("kind").orElse("").equals(KIND)) {
      throw new MalformedObjectException("metadata must be a " + KIND + " of " + API_VERSION);
    }
    Fields spec = fields.object("spec").orElse(Fields.of(Map.of(), "metadata.spec"));
    String source = choice(spec, "sourceMergePolicy", List.of("Merge", "Replace"));
    String target = choice(spec, "targetMergePolicy", List.of("Merge", "Replace", "Ignore"));
    PushMetadata read =
        new PushMetadata(
            source.equals("Replace"),
            Target.valueOf(target),
            spec.stringMap("labels"),
            spec.stringMap("annotations"),
            spec.string("remoteNamespace").orElse(""));
    fields.refuseUnread();
    return read;
  }

  private static String choice(Fields spec, String name, List<String> words)
      throws MalformedObjectException {
    String given = spec.string(name).orElse("");
    if (given.isEmpty()) {
      return words.getFirst();
    }
    if (!words.contains(given)) {
      throw new MalformedObjectException(spec.path() + "." + name + " must be one of " + words);
    }
    return given;
  }

  /**
   * Labels or annotations as they are to be.
   *
   * @param there those of the Secret that is pushed to
   * @param source those of the Secret that is pushed
   * @param own those of this
   */
  Map<String, String> merged(
      Map<String, String> there, Map<String, String> source, Map<String, String> own) {
    Map<String, String> pushed = new TreeMap<>(replacesSource ? Map.of() : source);
    pushed.putAll(own);
    return switch (target) {
      case Ignore -> there;
      case Replace -> pushed;
      case Merge -> {
        Map<String, String> merged = new TreeMap<>(there);
        merged.putAll(pushed);
        yield merged;
      }
    };
  }
}
