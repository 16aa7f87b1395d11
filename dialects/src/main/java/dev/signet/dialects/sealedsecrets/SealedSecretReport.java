package dev.signet.dialects.sealedsecrets;

import dev.signet.core.Origin;
import dev.signet.delivery.Declared;
import dev.signet.delivery.Standing;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What SealedSecrets and the Secrets made of them tell those who may open neither. Upstream's
 * controller writes the same fields, but for the condition {@code Delivered}.
 */
public final class SealedSecretReport {

  /** The annotations of Secrets that say something here. */
  public static final Set<String> ANNOTATIONS = Set.of(Existing.MANAGED, Existing.PATCH);

  private SealedSecretReport() {}

  /** The SealedSecret that a Secret is made of, by its owner or by its annotations. */
  public static Optional<Ref> maker(Metadata secret) {
    if (secret.tree().get("ownerReferences") instanceof List<?> owners) {
      for (Object each : owners) {
        if (each instanceof Map<?, ?> owner
            && SealedSecret.KIND.kind().equals(owner.get("kind"))
            && text(owner.get("apiVersion")).startsWith(SealedSecret.KIND.group() + "/")) {
          return Optional.of(ref(secret.namespace(), text(owner.get("name"))));
        }
      }
    }
    boolean annotated =
        ANNOTATIONS.stream().anyMatch(name -> "true".equals(secret.annotations().get(name)));
    return annotated ? Optional.of(ref(secret.namespace(), secret.name())) : Optional.empty();
  }

  public static Ref ref(String namespace, String name) {
    return new Ref(SealedSecret.KIND, namespace, name);
  }

  public static Declared declared(KubeObject object) throws MalformedObjectException {
    SealedSecret sealed = SealedSecret.of(object);
    String here = "SealedSecret/" + object.ref().path();
    Map<String, Origin> origins = new LinkedHashMap<>();
    sealed
        .encryptedData()
        .keySet()
        .forEach(key -> origins.put(key, Origin.of("ciphertext in " + here, key)));
    sealed
        .template()
        .data()
        .forEach(
            (key, text) -> {
              if (text.isPresent()) {
                origins.put(key, Origin.of(Unsealing.TEXTS + " of " + here, key));
              } else {
                origins.remove(key);
              }
            });
    return new Declared(
        object.ref(),
        Ref.secret(object.ref().namespace(), object.ref().name()),
        origins,
        List.of(),
        List.of(),
        text(condition(object, "Synced").get("lastUpdateTime")));
  }

  public static Standing standing(KubeObject object) {
    Map<?, ?> status = map(object.tree().get("status"));
    Map<?, ?> synced = condition(object, "Synced");
    long observed = status.get("observedGeneration") instanceof Long number ? number : 0;
    boolean current =
        map(object.tree().get("metadata")).get("generation") instanceof Long generation
            && observed >= generation;
    if (synced.isEmpty() || !current) {
      return new Standing.Unseen();
    }
    Map<?, ?> delivered = condition(object, "Delivered");
    boolean edited = SealedSecretStatus.isEdited(text(delivered.get("reason")));
    if (!edited && "True".equals(synced.get("status"))) {
      return new Standing.Delivered(text(synced.get("message")));
    }
    String advice = text(delivered.get("message"));
    String reason = text(delivered.get("reason"));
    return new Standing.Failing(
        reason.isEmpty() ? "Unsynced" : reason,
        advice.isEmpty() ? text(synced.get("message")) : advice);
  }

  private static Map<?, ?> condition(KubeObject object, String type) {
    if (map(object.tree().get("status")).get("conditions") instanceof List<?> conditions) {
      for (Object each : conditions) {
        if (type.equals(map(each).get("type"))) {
          return map(each);
        }
      }
    }
    return Map.of();
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
