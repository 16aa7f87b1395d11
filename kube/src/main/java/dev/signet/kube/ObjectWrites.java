package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.kube.Failures.Asked;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writing objects other than Secrets, one request each. */
final class ObjectWrites {

  private static final String JSON = "application/json";

  private final Api api;
  private final String fieldManager;

  /**
   * @param fieldManager empty for the one that the server makes up
   */
  ObjectWrites(Api api, String fieldManager) {
    this.api = api;
    this.fieldManager = fieldManager;
  }

  void create(Resource resource, KubeObject object, boolean carriesValues) throws ObjectsException {
    Ref ref = object.ref();
    String path = resource.path(version(object), ref.namespace()) + manager();
    var _ =
        api.ask(
            asked("create", ref, resource, "", carriesValues),
            new Api.Request("POST", path, JSON, Json.write(object.tree())));
  }

  void update(Resource resource, KubeObject object, boolean carriesValues) throws ObjectsException {
    var _ =
        api.ask(
            asked("update", object.ref(), resource, "", carriesValues),
            new Api.Request(
                "PUT",
                path(resource, object) + manager(),
                JSON,
                Json.write(withoutWriters(object.tree()))));
  }

  /** What the server made of it. */
  Map<String, @Nullable Object> putStatus(
      Resource resource, KubeObject object, Map<String, Object> status) throws ObjectsException {
    Asked asked = asked("update", object.ref(), resource, "/status");
    byte[] answer =
        api.ask(
            asked,
            new Api.Request(
                "PUT",
                path(resource, object) + "/status" + manager(),
                JSON,
                Json.write(withoutWriters(object.with("status", status).tree()))));
    return Answers.tree(asked, answer);
  }

  void delete(Resource resource, String version, Ref ref, String uid) throws ObjectsException {
    Map<String, Object> options =
        Map.of("kind", "DeleteOptions", "apiVersion", "v1", "preconditions", Map.of("uid", uid));
    var _ =
        api.ask(
            asked("delete", ref, resource, ""),
            new Api.Request(
                "DELETE",
                resource.path(version, ref.namespace()) + "/" + ref.name(),
                JSON,
                Json.write(options)));
  }

  /** By a patch: what the cache left out of the object must not be lost. */
  void setFinalizers(Resource resource, KubeObject seen, List<String> finalizers)
      throws ObjectsException {
    Map<String, Object> patch =
        Map.of(
            "metadata", Map.of("resourceVersion", resourceVersion(seen), "finalizers", finalizers));
    var _ =
        api.ask(
            asked("patch", seen.ref(), resource, ""),
            new Api.Request(
                "PATCH",
                path(resource, seen) + manager(),
                JSON,
                Json.write(patch),
                "application/merge-patch+json"));
  }

  private static String path(Resource resource, KubeObject object) {
    Ref ref = object.ref();
    return resource.path(version(object), ref.namespace()) + "/" + ref.name();
  }

  private static String version(KubeObject object) {
    return object.apiVersion().substring(object.apiVersion().indexOf('/') + 1);
  }

  static String resourceVersion(KubeObject object) {
    return object.tree().get("metadata") instanceof Map<?, ?> metadata
            && metadata.get("resourceVersion") instanceof String version
        ? version
        : "";
  }

  private String manager() {
    return fieldManager.isEmpty()
        ? ""
        : "?fieldManager=" + URLEncoder.encode(fieldManager, StandardCharsets.UTF_8);
  }

  /** Who wrote what is the server's to say. */
  private static Map<String, @Nullable Object> withoutWriters(Map<String, @Nullable Object> tree) {
    if (!(tree.get("metadata") instanceof Map<?, ?> given)) {
      return tree;
    }
    Map<Object, Object> metadata = new LinkedHashMap<>(given);
    metadata.remove("managedFields");
    Map<String, @Nullable Object> result = new LinkedHashMap<>(tree);
    result.put("metadata", metadata);
    return result;
  }

  static Asked asked(String verb, Ref ref, Resource resource, String subresource) {
    return asked(verb, ref, resource, subresource, /* carriesValues= */ false);
  }

  private static Asked asked(
      String verb, Ref ref, Resource resource, String subresource, boolean carriesValues) {
    return new Asked(
        verb,
        subresource.isEmpty() ? ref.toString() : "the status of " + ref,
        resource.plural() + subresource,
        ref.kind().group(),
        ref.namespace(),
        carriesValues);
  }
}
