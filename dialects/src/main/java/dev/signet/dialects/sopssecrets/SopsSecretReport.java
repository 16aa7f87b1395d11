package dev.signet.dialects.sopssecrets;

import dev.signet.core.Origin;
import dev.signet.delivery.Declared;
import dev.signet.delivery.Standing;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What SopsSecrets and the Secrets made of them tell those who may open neither; upstream may be
 * who delivers.
 */
public final class SopsSecretReport {

  private SopsSecretReport() {}

  /** The SopsSecret that a Secret is made of. */
  public static Optional<Ref> maker(Metadata secret) {
    if (secret.tree().get("ownerReferences") instanceof List<?> owners) {
      for (Object each : owners) {
        if (each instanceof Map<?, ?> owner
            && SopsSecret.KIND.kind().equals(owner.get("kind"))
            && text(owner.get("apiVersion")).startsWith(SopsSecret.KIND.group() + "/")) {
          return Optional.of(new Ref(SopsSecret.KIND, secret.namespace(), text(owner.get("name"))));
        }
      }
    }
    return Optional.empty();
  }

  /** Names may be encrypted, so only a Secret that is there tells what made it. */
  public static Declared declared(KubeObject object, Ref secret) {
    String source = "ciphertext in SopsSecret/" + object.ref().path();
    return new Declared(
        object.ref(),
        secret,
        Map.of(),
        List.of(Origin.of(source, "spec.secretTemplates")),
        List.of(),
        text(condition(object).get("lastTransitionTime")));
  }

  /** By the condition where there is one; upstream writes a message only. */
  public static Standing standing(KubeObject object) {
    Map<?, ?> ready = condition(object);
    if (!ready.isEmpty()) {
      Object generation = map(object.tree().get("metadata")).get("generation");
      if (generation != null && !generation.equals(ready.get("observedGeneration"))) {
        return new Standing.Unseen();
      }
      return "True".equals(ready.get("status"))
          ? new Standing.Delivered(text(ready.get("message")))
          : new Standing.Failing(text(ready.get("reason")), text(ready.get("message")));
    }
    String message = text(map(object.tree().get("status")).get("message"));
    if (message.isEmpty()) {
      return new Standing.Unseen();
    }
    return message.equals(SopsSecretStatus.Message.HEALTHY.text())
        ? new Standing.Delivered(message)
        : new Standing.Failing("Unhealthy", message);
  }

  private static Map<?, ?> condition(KubeObject object) {
    return SopsSecretStatus.before(object, SopsSecretStatus.READY).orElse(Map.of());
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
