package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Secret;
import dev.signet.kube.Failures.Asked;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Brings objects to what manifests say by server-side apply: the server merges, remembers which
 * fields are this manager's, and takes away those that a manifest no longer has. Fields that a kind
 * does not know are refused.
 */
public final class ServerSideApply {

  private static final Pattern MANAGER = Pattern.compile("conflict with \"([^\"]*)\"");

  /** What a manifest that does not fit its kind is answered with, as if the server had failed. */
  private static final Pattern UNTYPED =
      Pattern.compile("failed to create typed patch object \\([^)]*\\): (.*)", Pattern.DOTALL);

  /** How such an answer quotes what stands there instead. */
  private static final Pattern QUOTED = Pattern.compile(", got [^\\n]*");

  private static final List<String> OF_THE_SERVER =
      List.of(
          "managedFields", "uid", "resourceVersion", "generation", "creationTimestamp", "selfLink");

  /** What became of an object. */
  public sealed interface Applied {

    /**
     * It is as the manifest says.
     *
     * @param created whether there was none before
     */
    record Done(boolean created) implements Applied {}

    /** Others manage fields of it, to other values; nothing was written. */
    record Conflicting(List<Conflict> conflicts) implements Applied {
      public Conflicting {
        conflicts = List.copyOf(conflicts);
      }
    }
  }

  /** A field, such as {@code .data.password}, and who manages it. */
  public record Conflict(String field, String manager) {}

  private final Api api;
  private final SecretBodies bodies;
  private final String query;

  ServerSideApply(Api api, SecretBodies bodies, String manager, boolean force, boolean dryRun) {
    this.api = api;
    this.bodies = bodies;
    this.query =
        "?fieldManager="
            + URLEncoder.encode(manager, StandardCharsets.UTF_8)
            + "&fieldValidation=Strict&force="
            + force
            + (dryRun ? "&dryRun=All" : "");
  }

  /** Any object but a Secret; its reference says which namespace it is to be in. */
  public Applied object(Resource resource, KubeObject object) throws ObjectsException {
    String version = resource.versions().getFirst();
    String namespace = object.ref().namespace();
    Asked asked =
        new Asked(
            "apply",
            object.ref().toString(),
            resource.plural(),
            resource.kind().group(),
            namespace,
            /* carriesValues= */ false);
    Api.Answer answer =
        api.send(
            asked,
            Api.Request.apply(
                resource.path(version, namespace) + "/" + object.ref().name() + query,
                "application/json",
                Json.write(sent(object))));
    return result(asked, answer);
  }

  /** The values go as bytes, and no answer is kept. */
  public Applied secret(Secret secret) throws ObjectsException {
    Asked asked = SecretBodies.applied(secret.metadata().namespace(), secret.metadata().name());
    return result(asked, bodies.apply(secret, query));
  }

  /** Without what only a server says. */
  private static Map<String, @Nullable Object> sent(KubeObject object) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(object.tree());
    tree.remove("status");
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    if (tree.get("metadata") instanceof Map<?, ?> given) {
      given.forEach((name, value) -> metadata.put((String) name, value));
    }
    OF_THE_SERVER.forEach(metadata::remove);
    metadata.remove("namespace");
    if (!object.ref().namespace().isEmpty()) {
      metadata.put("namespace", object.ref().namespace());
    }
    tree.put("metadata", metadata);
    return tree;
  }

  private static Applied result(Asked asked, Api.Answer answer) throws ObjectsException {
    switch (answer.code()) {
      case 200 -> {
        return new Applied.Done(/* created= */ false);
      }
      case 201 -> {
        return new Applied.Done(/* created= */ true);
      }
      case 409 -> {
        List<Conflict> conflicts = conflicts(answer.body());
        if (!conflicts.isEmpty()) {
          return new Applied.Conflicting(conflicts);
        }
      }
      case 500 -> {
        Matcher untyped = UNTYPED.matcher(message(answer.body()));
        if (untyped.find()) {
          throw new ObjectsException(
              new Problem.Denied(),
              "cannot " + asked + ": " + QUOTED.matcher(untyped.group(1)).replaceAll("").strip());
        }
      }
      default -> {}
    }
    throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
  }

  private static String message(byte[] status) {
    try {
      return Json.read(status).get("message") instanceof String text ? text : "";
    } catch (IOException e) {
      // A proxy's page, not a Status: the caller reports the code.
      return "";
    }
  }

  private static List<Conflict> conflicts(byte[] status) {
    List<Conflict> conflicts = new ArrayList<>();
    try {
      if (Json.read(status).get("details") instanceof Map<?, ?> details
          && details.get("causes") instanceof List<?> causes) {
        for (Object each : causes) {
          if (each instanceof Map<?, ?> cause
              && "FieldManagerConflict".equals(cause.get("reason"))) {
            Matcher manager = MANAGER.matcher(String.valueOf(cause.get("message")));
            conflicts.add(
                new Conflict(
                    String.valueOf(cause.get("field")),
                    manager.find() ? manager.group(1) : "somebody else"));
          }
        }
      }
    } catch (IOException e) {
      // A proxy's page, not a Status: the caller reports the code.
      return List.of();
    }
    return conflicts;
  }
}
