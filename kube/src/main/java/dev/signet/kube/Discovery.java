package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which version of a kind the API server serves. */
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

  private boolean isServed(Resource resource, String version) throws ObjectsException {
    var asked =
        new Failures.Asked(
            "get",
            "the kinds of " + resource.root(version),
            "",
            "",
            "",
            /* carriesValues= */ false);
    Api.Answer answer = api.send(asked, Api.Request.get(resource.root(version)));
    if (answer.code() == 404) {
      return false;
    }
    if (answer.code() != 200) {
      throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
    }
    try {
      Map<String, @Nullable Object> list = Json.read(answer.body());
      return list.get("resources") instanceof List<?> resources
          && resources.stream()
              .anyMatch(
                  each ->
                      each instanceof Map<?, ?> row && resource.plural().equals(row.get("name")));
    } catch (IOException e) {
      throw new ObjectsException(
          new Problem.Malformed(), "cannot " + asked + ": the answer cannot be read");
    }
  }
}
