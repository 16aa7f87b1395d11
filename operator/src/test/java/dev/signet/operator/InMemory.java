package dev.signet.operator;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Objects without a server: uids, versions and preconditions as one has them. Everything that is
 * asked is counted; what a cache would answer is not.
 */
final class InMemory implements Objects {

  private final Map<Ref, KubeObject> objects = new TreeMap<>();
  private final Map<Ref, Secret> secrets = new TreeMap<>();
  private final Map<String, Integer> requests = new TreeMap<>();
  private final List<String> violations = new ArrayList<>();
  private Consumer<Ref> changed = _ -> {};
  private int versions = 100;
  private int failing;

  void onChange(Consumer<Ref> told) {
    changed = told;
  }

  /** Requests by verb and what it is about, such as {@code update secrets}. */
  Map<String, Integer> requests() {
    return requests;
  }

  /** Writes that should not have been. */
  List<String> violations() {
    return violations;
  }

  /** The next requests fail. */
  void fail(int count) {
    failing = count;
  }

  private void count(String what) throws ObjectsException {
    requests.merge(what, 1, Integer::sum);
    if (failing > 0) {
      failing--;
      throw new ObjectsException(new Problem.Unreachable(), "the API server does not answer");
    }
  }

  private String version() {
    return Integer.toString(versions++);
  }

  /** As a user does it: made or replaced, and told to whoever watches. */
  void apply(String json) {
    try {
      Map<String, @Nullable Object> tree = tree(json);
      KubeObject given = KubeObject.of(tree, "");
      KubeObject before = objects.get(given.ref());
      Map<String, @Nullable Object> metadata = new LinkedHashMap<>(map(tree.get("metadata")));
      metadata.putIfAbsent("uid", "uid-" + given.ref().name() + "-" + version());
      metadata.putIfAbsent("generation", before == null ? 1L : generation(before) + 1);
      metadata.put("resourceVersion", version());
      KubeObject stored = given.with("metadata", metadata);
      if (before != null && before.tree().get("status") != null) {
        stored =
            stored.with("status", java.util.Objects.requireNonNull(before.tree().get("status")));
      }
      objects.put(given.ref(), stored);
      changed.accept(given.ref());
    } catch (MalformedObjectException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static long generation(KubeObject object) {
    return map(object.tree().get("metadata")).get("generation") instanceof Long it ? it : 1;
  }

  /** As a user does it. */
  void remove(Ref ref) {
    objects.remove(ref);
    Secret gone = secrets.remove(ref);
    if (gone != null) {
      gone.close();
    }
    changed.accept(ref);
  }

  /** As a user does it. */
  void applySecret(String json, Map<String, String> values) {
    try {
      Material data = new Material();
      values.forEach(
          (key, value) ->
              data.put(
                  key,
                  new Item(
                      SecretBytes.wrap(value.getBytes(StandardCharsets.UTF_8)),
                      Origin.of("test", key))));
      Metadata metadata = KubeObject.of(tree(json), "").metadata();
      Ref ref = Ref.secret(metadata.namespace(), metadata.name());
      secrets.put(
          ref,
          new Secret(
              metadata.with("uid", "uid-" + version()).with("resourceVersion", version()),
              "Opaque",
              Optional.empty(),
              data));
      changed.accept(ref);
    } catch (MalformedObjectException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Map<String, @Nullable Object> tree(String json) {
    try {
      return map(
          Documents.read(
                  json.getBytes(StandardCharsets.UTF_8),
                  "test",
                  ReadLimits.DEFAULT,
                  DuplicateKeys.REJECTED)
              .getFirst()
              .tree());
    } catch (MalformedDocumentException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Map<String, @Nullable Object> map(@Nullable Object value) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((key, each) -> copy.put((String) key, each));
    }
    return copy;
  }

  /** Key to value; empty when there is no such Secret. */
  Optional<Map<String, String>> values(Ref ref) {
    return Optional.ofNullable(secrets.get(ref))
        .map(
            secret -> {
              Map<String, String> values = new TreeMap<>();
              secret
                  .data()
                  .items()
                  .forEach(
                      (key, item) ->
                          values.put(
                              key,
                              item.value()
                                  .with(bytes -> new String(bytes, StandardCharsets.UTF_8))));
              return values;
            });
  }

  List<?> finalizers(String namespace) {
    KubeObject object = objects.get(new Ref(new GroupKind("", "Namespace"), "", namespace));
    return object != null
            && map(object.tree().get("metadata")).get("finalizers") instanceof List<?> list
        ? list
        : List.of();
  }

  /** Everything there is. */
  List<Ref> all() {
    List<Ref> all = new ArrayList<>(objects.keySet());
    all.addAll(secrets.keySet());
    return all;
  }

  @Override
  public Optional<KubeObject> get(Ref ref) {
    return Optional.ofNullable(objects.get(ref));
  }

  @Override
  public List<KubeObject> list(GroupKind kind) {
    return objects.values().stream().filter(each -> each.ref().kind().equals(kind)).toList();
  }

  @Override
  public void updateStatus(Ref ref, Map<String, Object> status) throws ObjectsException {
    KubeObject there = objects.get(ref);
    if (there == null) {
      throw new ObjectsException(new Problem.NotFound(), ref + " is gone");
    }
    if (!status.equals(there.tree().get("status"))) {
      count("update status");
      Map<String, @Nullable Object> metadata = map(there.tree().get("metadata"));
      metadata.put("resourceVersion", version());
      objects.put(ref, there.with("status", status).with("metadata", metadata));
    }
  }

  @Override
  public KubeObject create(KubeObject object) throws ObjectsException {
    count("create " + object.ref().kind().kind());
    if (objects.containsKey(object.ref())) {
      throw new ObjectsException(new Problem.Conflict(), object.ref() + " is there");
    }
    Map<String, @Nullable Object> metadata = map(object.tree().get("metadata"));
    metadata.put("uid", "uid-" + version());
    metadata.put("resourceVersion", version());
    KubeObject stored = object.with("metadata", metadata);
    objects.put(object.ref(), stored);
    changed.accept(object.ref());
    return stored;
  }

  @Override
  public void update(KubeObject object) throws ObjectsException {
    count("update " + object.ref().kind().kind());
    objects.put(object.ref(), object);
    changed.accept(object.ref());
  }

  @Override
  public void delete(Ref ref, String uid) throws ObjectsException {
    count("delete " + ref.kind().kind());
    KubeObject there = objects.get(ref);
    if (there != null) {
      Map<String, @Nullable Object> metadata = map(there.tree().get("metadata"));
      if (metadata.get("finalizers") instanceof List<?> some && !some.isEmpty()) {
        metadata.put("deletionTimestamp", "2026-01-02T03:04:05Z");
        objects.put(ref, there.with("metadata", metadata));
      } else {
        objects.remove(ref);
      }
      changed.accept(ref);
    }
  }

  @Override
  public void setFinalizers(KubeObject seen, List<String> finalizers) throws ObjectsException {
    count("patch finalizers");
    Map<String, @Nullable Object> metadata = map(seen.tree().get("metadata"));
    metadata.put("finalizers", finalizers);
    if (finalizers.isEmpty() && metadata.containsKey("deletionTimestamp")) {
      objects.remove(seen.ref());
      changed.accept(seen.ref());
    } else {
      objects.put(seen.ref(), seen.with("metadata", metadata));
    }
  }

  private static Secret copy(Secret secret) {
    return new Secret(secret.metadata(), secret.type(), secret.immutable(), secret.data().copy());
  }

  @Override
  public Optional<Secret> secret(String namespace, String name) throws ObjectsException {
    count("get secrets");
    return Optional.ofNullable(secrets.get(Ref.secret(namespace, name))).map(InMemory::copy);
  }

  @Override
  public List<Secret> secrets(String namespace, String label, String value)
      throws ObjectsException {
    count("list secrets");
    return secrets.values().stream()
        .filter(each -> each.metadata().namespace().equals(namespace))
        .filter(each -> value.equals(each.metadata().labels().get(label)))
        .map(InMemory::copy)
        .toList();
  }

  @Override
  public List<Metadata> secretMetadata(String namespace, String label, String value) {
    return secrets.values().stream()
        .map(Secret::metadata)
        .filter(each -> each.namespace().equals(namespace))
        .filter(each -> value.equals(each.labels().get(label)))
        .toList();
  }

  @Override
  public Optional<String> secretVersion(String namespace, String name) {
    return Optional.ofNullable(secrets.get(Ref.secret(namespace, name)))
        .map(secret -> secret.metadata().resourceVersion());
  }

  @Override
  public String create(Secret secret) throws ObjectsException {
    count("create secrets");
    if (secrets.containsKey(secret.ref())) {
      throw new ObjectsException(new Problem.Conflict(), secret.ref() + " exists");
    }
    return store(secret, "uid-" + version());
  }

  @Override
  public String update(Secret secret) throws ObjectsException {
    count("update secrets");
    Secret before = secrets.get(secret.ref());
    if (before == null
        || !before.metadata().uid().equals(secret.metadata().uid())
        || !before.metadata().resourceVersion().equals(secret.metadata().resourceVersion())) {
      throw new ObjectsException(new Problem.Conflict(), secret.ref() + " changed");
    }
    if (secret.sameAs(before)) {
      violations.add("a write of " + secret.ref() + " that changes nothing");
    }
    if (secret.data().isEmpty() && !before.data().isEmpty()) {
      violations.add(secret.ref() + " was emptied");
    }
    String version = store(secret, before.metadata().uid());
    before.close();
    return version;
  }

  private String store(Secret secret, String uid) {
    String version = version();
    secrets.put(
        secret.ref(),
        copy(
            secret.withMetadata(
                secret.metadata().with("uid", uid).with("resourceVersion", version))));
    changed.accept(secret.ref());
    return version;
  }

  @Override
  public void deleteSecret(String namespace, String name, String uid) throws ObjectsException {
    count("delete secrets");
    Secret gone = secrets.remove(Ref.secret(namespace, name));
    if (gone != null) {
      gone.close();
      changed.accept(Ref.secret(namespace, name));
    }
  }
}
