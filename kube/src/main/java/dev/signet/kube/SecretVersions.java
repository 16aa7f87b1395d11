package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Metadata;
import dev.signet.kube.Failures.Asked;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which Secrets there are, without their values: from the cache where it is, else by requests. */
final class SecretVersions {

  private final Api api;
  private final Answers answers;
  private final Watchings watchings;

  SecretVersions(Api api, Answers answers, Watchings watchings) {
    this.api = api;
    this.answers = answers;
    this.watchings = watchings;
  }

  private Optional<CachedSecrets> cache(String namespace) {
    return watchings
        .knowing(GroupKind.SECRET, namespace)
        .map(each -> (CachedSecrets) each.store(namespace));
  }

  boolean remembers(String namespace) {
    return cache(namespace).isPresent();
  }

  List<Metadata> labelled(String namespace, String label, String value) throws ObjectsException {
    Optional<CachedSecrets> cache = cache(namespace);
    if (cache.isPresent()) {
      return cache.get().labelled(namespace, label, value);
    }
    String selector = URLEncoder.encode(label + "=" + value, StandardCharsets.UTF_8);
    return listed(namespace, "&labelSelector=" + selector);
  }

  List<Metadata> owned(String namespace, String uid) throws ObjectsException {
    Optional<CachedSecrets> cache = cache(namespace);
    return cache.isPresent()
        ? cache.get().owned(namespace, uid)
        : listed(namespace, "").stream().filter(each -> each.isControlledBy(uid)).toList();
  }

  private List<Metadata> listed(String namespace, String selector) throws ObjectsException {
    Asked asked = asked("list", "Secrets of namespace " + namespace, namespace);
    String path = Resource.SECRETS.path("v1", namespace) + "?limit=" + Answers.PAGE + selector;
    List<Metadata> found = new ArrayList<>();
    for (Map<String, @Nullable Object> item : answers.metadata(asked, path)) {
      found.add(Answers.metadata(asked, item, Set.of()));
    }
    found.sort(Comparator.comparing(Metadata::name));
    return found;
  }

  Optional<String> version(String namespace, String name) throws ObjectsException {
    Optional<CachedSecrets> cache = cache(namespace);
    if (cache.isPresent()) {
      return cache.get().newest(namespace, name).map(Metadata::resourceVersion);
    }
    Asked asked = asked("get", "Secret " + namespace + "/" + name, namespace);
    String path = Resource.SECRETS.path("v1", namespace) + "/" + name;
    Api.Answer answer = api.send(asked, new Api.Request("GET", path, Traffic.METADATA, null));
    return switch (answer.code()) {
      case 200 ->
          Optional.of(
              Answers.metadata(asked, Answers.tree(asked, answer.body()), Set.of())
                  .resourceVersion());
      case 404 -> Optional.empty();
      default -> throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
    };
  }

  boolean seemToLack(String namespace, String name) {
    return cache(namespace).filter(it -> it.newest(namespace, name).isEmpty()).isPresent();
  }

  private static Asked asked(String verb, String what, String namespace) {
    return new Asked(verb, what, "secrets", "", namespace, /* carriesValues= */ false);
  }
}
