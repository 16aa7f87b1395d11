package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.kube.Failures.Asked;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads what is in a cluster now, for somebody who asks once: live, by namespace, with the rights
 * that there are. Of Secrets it sees metadata only; the names of their keys stand in there too, as
 * the fields that somebody manages.
 */
public final class Inspection {

  private final Api api;
  private final Answers answers;
  private final Discovery discovery;
  private final Map<GroupKind, Optional<String>> versions = new ConcurrentHashMap<>();

  Inspection(Api api, Discovery discovery) {
    this.api = api;
    this.answers = new Answers(api);
    this.discovery = discovery;
  }

  /** The resource of a kind in that version of its group, empty when it is not served. */
  public Optional<Resource> find(String apiVersion, String kind) throws ObjectsException {
    return discovery.find(apiVersion, kind);
  }

  /** Whether one of its versions is served. */
  public boolean serves(Resource resource) throws ObjectsException {
    return version(resource).isPresent();
  }

  private Optional<String> version(Resource resource) throws ObjectsException {
    Optional<String> known = versions.get(resource.kind());
    if (known == null) {
      known = discovery.served(resource);
      versions.put(resource.kind(), known);
    }
    return known;
  }

  /**
   * The objects of a namespace, or of all if it is empty, ordered by reference; none when the kind
   * is not served.
   */
  public List<KubeObject> list(Resource resource, String namespace) throws ObjectsException {
    Optional<String> version = version(resource);
    if (version.isEmpty()) {
      return List.of();
    }
    Asked asked = listing(resource, namespace);
    List<KubeObject> found = new ArrayList<>();
    for (Map<String, @Nullable Object> tree :
        answers.items(asked, resource.path(version.get(), namespace) + "?limit=" + Answers.PAGE)) {
      tree.putIfAbsent("apiVersion", resource.root(version.get()).replaceFirst("^/apis?/", ""));
      tree.putIfAbsent("kind", resource.kind().kind());
      found.add(Answers.object(asked, tree));
    }
    found.sort(Comparator.comparing(KubeObject::ref));
    return found;
  }

  /** One object; empty when it does not exist, or its kind is not served. */
  public Optional<KubeObject> get(Resource resource, String namespace, String name)
      throws ObjectsException {
    Optional<String> version = version(resource);
    if (version.isEmpty()) {
      return Optional.empty();
    }
    String path = namespace.isEmpty() ? name : namespace + "/" + name;
    Asked asked =
        new Asked(
            "get",
            resource.kind().kind() + " " + path,
            resource.plural(),
            resource.kind().group(),
            namespace,
            /* carriesValues= */ false);
    Api.Answer answer =
        api.send(asked, Api.Request.get(resource.path(version.get(), namespace) + "/" + name));
    return switch (answer.code()) {
      case 200 -> Optional.of(Answers.object(asked, answer.body()));
      case 404 -> Optional.empty();
      default -> throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
    };
  }

  /**
   * The Secrets of a namespace, or of all if it is empty.
   *
   * @param annotations those that are wanted
   */
  public List<SecretOutline> secrets(String namespace, Set<String> annotations)
      throws ObjectsException {
    Asked asked = listing(Resource.SECRETS, namespace);
    List<SecretOutline> found = new ArrayList<>();
    for (Map<String, @Nullable Object> item :
        answers.metadata(
            asked, Resource.SECRETS.path("v1", namespace) + "?limit=" + Answers.PAGE)) {
      found.add(outline(asked, item, annotations));
    }
    found.sort(Comparator.comparing(each -> key(each)));
    return found;
  }

  private static String key(SecretOutline outline) {
    return Stub.key(outline.metadata().namespace(), outline.metadata().name());
  }

  public Optional<SecretOutline> secret(String namespace, String name, Set<String> annotations)
      throws ObjectsException {
    Asked asked =
        new Asked(
            "get",
            "Secret " + namespace + "/" + name,
            "secrets",
            "",
            namespace,
            /* carriesValues= */ false);
    Api.Answer answer =
        api.send(
            asked,
            new Api.Request(
                "GET",
                Resource.SECRETS.path("v1", namespace) + "/" + name,
                Traffic.METADATA,
                /* body= */ null));
    return switch (answer.code()) {
      case 200 -> Optional.of(outline(asked, Answers.tree(asked, answer.body()), annotations));
      case 404 -> Optional.empty();
      default -> throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
    };
  }

  private static Asked listing(Resource resource, String namespace) {
    return new Asked(
        "list",
        resource.plural()
            + (namespace.isEmpty() || !resource.namespaced() ? "" : " of namespace " + namespace),
        resource.plural(),
        resource.kind().group(),
        resource.namespaced() ? namespace : "",
        /* carriesValues= */ false);
  }

  private static SecretOutline outline(
      Asked asked, Map<String, @Nullable Object> object, Set<String> annotations)
      throws ObjectsException {
    return new SecretOutline(Answers.metadata(asked, object, annotations), keys(object));
  }

  /** Of {@code managedFields}: {@code fieldsV1: {f:data: {.: {}, f:password: {}}}}. */
  private static List<String> keys(Map<String, @Nullable Object> object) {
    Set<String> keys = new TreeSet<>();
    if (object.get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("managedFields") instanceof List<?> managers) {
      for (Object manager : managers) {
        if (manager instanceof Map<?, ?> entry
            && entry.get("fieldsV1") instanceof Map<?, ?> fields
            && fields.get("f:data") instanceof Map<?, ?> data) {
          data.keySet().stream()
              .map(String::valueOf)
              .filter(name -> name.startsWith("f:"))
              .forEach(name -> keys.add(name.substring(2)));
        }
      }
    }
    return List.copyOf(keys);
  }
}
