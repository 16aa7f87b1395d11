package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What the API server serves. */
final class Discovery {

  private final Api api;

  Discovery(Api api) {
    this.api = api;
  }

  /** The first of the resource's versions that is served, empty when none is. */
  Optional<String> served(Resource resource) throws ObjectsException {
    if (resource.kind().group().isEmpty()) {
      return Optional.of(resource.versions().getFirst());
    }
    for (String version : resource.versions()) {
      if (isServed(resource, version)) {
        return Optional.of(version);
      }
    }
    return Optional.empty();
  }

  /** The resource of a kind in that version of its group, empty when it is not served. */
  Optional<Resource> find(String apiVersion, String kind) throws ObjectsException {
    String version = apiVersion.substring(apiVersion.indexOf('/') + 1);
    GroupKind wanted = GroupKind.of(apiVersion, kind);
    Resource root = new Resource(wanted, List.of(version), "", /* namespaced= */ false);
    return resources(root.root(version)).stream()
        .filter(row -> kind.equals(row.get("kind")))
        .filter(row -> row.get("name") instanceof String plural && !plural.contains("/"))
        .map(
            row ->
                new Resource(
                    wanted,
                    List.of(version),
                    String.valueOf(row.get("name")),
                    Boolean.TRUE.equals(row.get("namespaced"))))
        .findFirst();
  }

  private boolean isServed(Resource resource, String version) throws ObjectsException {
    return resources(resource.root(version)).stream()
        .anyMatch(row -> resource.plural().equals(row.get("name")));
  }

  /** What there is in a version of a group, subresources too; nothing when it is not served. */
  private List<? extends Map<?, ?>> resources(String root) throws ObjectsException {
    var asked =
        new Failures.Asked("get", "the kinds of " + root, "", "", "", /* carriesValues= */ false);
    Api.Answer answer = api.send(asked, Api.Request.get(root));
    if (answer.code() == 404) {
      return List.of();
    }
    if (answer.code() != 200) {
      throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
    }
    return Answers.tree(asked, answer.body()).get("resources") instanceof List<?> resources
        ? resources.stream()
            .filter(each -> each instanceof Map<?, ?>)
            .<Map<?, ?>>map(each -> (Map<?, ?>) each)
            .toList()
        : List.of();
  }
}
