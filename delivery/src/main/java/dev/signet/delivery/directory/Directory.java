package dev.signet.delivery.directory;

import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.yaml.GoJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * The {@link Objects} of a directory: objects come from manifests, Secrets and statuses from the
 * state. It gives objects what an API server gives them and reconciling depends on: a uid, a
 * generation that rises with {@code spec}, resourceVersions as preconditions, immutability and the
 * size limit of Secrets. It does not check schemas, names, admission or permissions.
 */
public final class Directory implements Objects, Evidence {

  /** As the API server has it: the sum of the values of one Secret. */
  private static final int MAX_SECRET_SIZE = 1 << 20;

  private final State state;
  private final Manifests manifests;
  private final InstantSource clock;
  private final SecureRandom random;
  private long secretWrites;

  /** Objects that controllers made of others; they are made anew in each run. */
  private final Map<Ref, KubeObject> made = new TreeMap<>();

  /** The state stays the caller's, who saves and closes it. */
  public Directory(State state, Manifests manifests, InstantSource clock, SecureRandom random) {
    this.state = state;
    this.manifests = manifests;
    this.clock = clock;
    this.random = random;
    for (Manifest manifest : manifests.all()) {
      meet(manifest.object());
    }
  }

  private void meet(KubeObject object) {
    if (object.ref().kind().equals(GroupKind.SECRET)) {
      return;
    }
    String digest = digest(object.tree().get("spec"));
    State.Known known = state.objects.get(object.ref());
    if (known == null) {
      state.objects.put(object.ref(), new State.Known(newUid(), 1, digest, Map.of()));
    } else if (!known.digest().equals(digest)) {
      state.objects.put(
          object.ref(),
          new State.Known(known.uid(), known.generation() + 1, digest, known.status()));
    }
  }

  private static String digest(@org.jspecify.annotations.Nullable Object spec) {
    try {
      byte[] canonical =
          GoJson.write(spec, GoJson.Layout.COMPACT, GoJson.Keys.SORTED)
              .getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(canonical));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  private String newUid() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    bytes[6] = (byte) ((bytes[6] & 0x0f) | 0x40);
    bytes[8] = (byte) ((bytes[8] & 0x3f) | 0x80);
    java.nio.ByteBuffer halves = java.nio.ByteBuffer.wrap(bytes);
    return new UUID(halves.getLong(), halves.getLong()).toString();
  }

  @Override
  public synchronized Optional<KubeObject> get(Ref ref) {
    return Optional.ofNullable(manifests.byRef().get(ref))
        .filter(_ -> !ref.kind().equals(GroupKind.SECRET))
        .map(Manifest::object)
        .or(() -> Optional.ofNullable(made.get(ref)))
        .map(this::asServed);
  }

  @Override
  public synchronized List<KubeObject> list(GroupKind kind) {
    return Stream.concat(manifests.all().stream().map(Manifest::object), made.values().stream())
        .filter(object -> object.ref().kind().equals(kind) && !kind.equals(GroupKind.SECRET))
        .sorted(Comparator.comparing(KubeObject::ref))
        .map(this::asServed)
        .toList();
  }

  @Override
  public synchronized KubeObject create(KubeObject object) throws ObjectsException {
    if (get(object.ref()).isPresent()) {
      throw new ObjectsException(new Problem.Conflict(), object.ref() + " already exists");
    }
    meet(object);
    made.put(object.ref(), object);
    return get(object.ref()).orElse(object);
  }

  @Override
  public synchronized void update(KubeObject object) throws ObjectsException {
    if (!made.containsKey(object.ref())) {
      throw new ObjectsException(
          new Problem.Denied(), object.ref() + " stands in a manifest, which nothing here changes");
    }
    meet(object);
    made.put(object.ref(), object);
  }

  @Override
  public synchronized void delete(Ref ref, String uid) throws ObjectsException {
    if (made.remove(ref) == null) {
      throw new ObjectsException(
          new Problem.Denied(), ref + " stands in a manifest, which nothing here deletes");
    }
  }

  /** Nothing is deleted here, so nothing has to be held back. */
  @Override
  public void setFinalizers(KubeObject seen, List<String> finalizers) {}

  /** What controllers made of other objects in this run, but for Secrets; ordered by reference. */
  public synchronized List<KubeObject> made() {
    return List.copyOf(made.values());
  }

  /** Nobody checks here what there is. */
  @Override
  public boolean serves(String apiVersion, String kind) {
    return true;
  }

  /** The objects of a kind, read or made, ordered by reference. */
  synchronized List<Ref> refs(GroupKind kind) {
    return Stream.concat(
            manifests.all().stream().map(manifest -> manifest.object().ref()),
            made.keySet().stream())
        .filter(ref -> ref.kind().equals(kind))
        .toList();
  }

  private KubeObject asServed(KubeObject object) {
    State.Known known = java.util.Objects.requireNonNull(state.objects.get(object.ref()));
    Map<String, Object> metadata = new LinkedHashMap<>();
    if (object.tree().get("metadata") instanceof Map<?, ?> given) {
      given.forEach((key, value) -> metadata.put((String) key, value));
    }
    metadata.put("namespace", object.ref().namespace());
    metadata.put("uid", known.uid());
    metadata.put("generation", known.generation());
    return object.with("metadata", metadata).with("status", known.status());
  }

  @Override
  public synchronized void updateStatus(Ref ref, Map<String, Object> status)
      throws ObjectsException {
    State.Known known = state.objects.get(ref);
    if (known == null) {
      throw new ObjectsException(new Problem.NotFound(), ref + " does not exist");
    }
    state.objects.put(
        ref,
        new State.Known(
            known.uid(),
            known.generation(),
            known.digest(),
            Collections.unmodifiableMap(new LinkedHashMap<>(status))));
  }

  @Override
  public synchronized Optional<Secret> secret(String namespace, String name) {
    return Optional.ofNullable(state.secrets.get(Ref.secret(namespace, name))).map(Directory::copy);
  }

  @Override
  public synchronized List<Secret> secrets(String namespace, String label, String value) {
    return state.secrets.values().stream()
        .filter(secret -> secret.metadata().namespace().equals(namespace))
        .filter(secret -> value.equals(secret.metadata().labels().get(label)))
        .map(Directory::copy)
        .toList();
  }

  @Override
  public synchronized List<Metadata> secretMetadata(String namespace, String label, String value) {
    return state.secrets.values().stream()
        .map(Secret::metadata)
        .filter(metadata -> metadata.namespace().equals(namespace))
        .filter(metadata -> value.equals(metadata.labels().get(label)))
        .toList();
  }

  @Override
  public synchronized List<Metadata> ownedSecrets(String namespace, String uid) {
    return state.secrets.values().stream()
        .map(Secret::metadata)
        .filter(metadata -> metadata.namespace().equals(namespace) && metadata.isControlledBy(uid))
        .toList();
  }

  /** Every Secret's metadata, type and keys; the values are not there. */
  public synchronized List<SecretSummary> summaries() {
    return state.secrets.values().stream()
        .map(
            secret ->
                new SecretSummary(
                    secret.metadata(), secret.type(), List.copyOf(secret.data().items().keySet())))
        .toList();
  }

  /** A Secret without its values. */
  public record SecretSummary(Metadata metadata, String type, List<String> keys) {}

  private static Secret copy(Secret secret) {
    return new Secret(secret.metadata(), secret.type(), secret.immutable(), secret.data().copy());
  }

  @Override
  public synchronized Optional<String> secretVersion(String namespace, String name) {
    return Optional.ofNullable(state.secrets.get(Ref.secret(namespace, name)))
        .map(secret -> secret.metadata().resourceVersion());
  }

  @Override
  public synchronized String create(Secret secret) throws ObjectsException {
    if (state.secrets.containsKey(secret.ref())) {
      throw new ObjectsException(new Problem.Conflict(), secret.ref() + " already exists");
    }
    Metadata metadata =
        secret
            .metadata()
            .with("uid", newUid())
            .with("creationTimestamp", clock.instant().truncatedTo(ChronoUnit.SECONDS).toString());
    return store(secret.withMetadata(metadata));
  }

  @Override
  public synchronized String update(Secret secret) throws ObjectsException {
    Secret before = state.secrets.get(secret.ref());
    if (before == null) {
      throw new ObjectsException(new Problem.NotFound(), secret.ref() + " does not exist");
    }
    Metadata metadata = before.metadata();
    if (!metadata.uid().equals(secret.metadata().uid())
        || !metadata.resourceVersion().equals(secret.metadata().resourceVersion())) {
      throw new ObjectsException(
          new Problem.Conflict(), secret.ref() + " changed since it was read");
    }
    if (before.immutable().orElse(false)
        && (!secret.immutable().orElse(false) || !secret.data().sameValuesAs(before.data()))) {
      throw new ObjectsException(
          new Problem.Denied(),
          secret.ref() + " cannot change: field is immutable when `immutable` is set");
    }
    String version =
        store(
            secret.withMetadata(
                secret
                    .metadata()
                    .with("creationTimestamp", metadata.tree().get("creationTimestamp"))));
    before.close();
    return version;
  }

  private String store(Secret secret) throws ObjectsException {
    long size =
        secret.data().items().values().stream().mapToLong(item -> item.value().size()).sum();
    if (size > MAX_SECRET_SIZE) {
      throw new ObjectsException(
          new Problem.Denied(),
          secret.ref() + " is too large: a Secret holds at most 1048576 bytes of values");
    }
    String version = Long.toString(++state.version);
    secretWrites++;
    state.secrets.put(
        secret.ref(),
        copy(secret.withMetadata(secret.metadata().with("resourceVersion", version))));
    return version;
  }

  @Override
  public synchronized void deleteSecret(String namespace, String name, String uid)
      throws ObjectsException {
    Ref ref = Ref.secret(namespace, name);
    Secret before = state.secrets.get(ref);
    if (before == null || !before.metadata().uid().equals(uid)) {
      throw new ObjectsException(new Problem.Conflict(), ref + " is another one by now");
    }
    state.secrets.remove(ref);
    state.deliveries.keySet().removeIf(edge -> edge.target().equals(ref));
    secretWrites++;
    before.close();
  }

  @Override
  public synchronized void event(Event event) {
    State.Logged last = state.events.peekLast();
    long count = 1;
    if (last != null && last.event().equals(event)) {
      state.events.removeLast();
      count = last.count() + 1;
    }
    state.events.addLast(new State.Logged(event, clock.instant(), count));
    while (state.events.size() > State.EVENTS) {
      state.events.removeFirst();
    }
  }

  @Override
  public synchronized void delivered(Delivery delivery) {
    state.deliveries.put(new State.Edge(delivery.resource(), delivery.target()), delivery);
  }

  @Override
  public synchronized Optional<Delivery> delivery(Ref resource, Ref target) {
    return Optional.ofNullable(state.deliveries.get(new State.Edge(resource, target)));
  }

  /** Everything that was delivered, ordered by target. */
  public synchronized List<Delivery> deliveries() {
    return List.copyOf(state.deliveries.values());
  }

  public synchronized List<State.Logged> events() {
    return List.copyOf(state.events);
  }

  /** The statuses that are remembered, whether their manifests are read now or not. */
  public synchronized Map<Ref, Fields> statuses() throws MalformedObjectException {
    Map<Ref, Fields> result = new LinkedHashMap<>();
    state.objects.forEach((ref, known) -> result.put(ref, Fields.of(known.status(), "status")));
    return result;
  }

  /** The manifests that were read. */
  public Manifests manifests() {
    return manifests;
  }

  /**
   * Rises with every Secret written or deleted: what a pass watches to see that nothing moves any
   * more.
   */
  synchronized long secretWrites() {
    return secretWrites;
  }

  /** Remembers what was applied, for commands that look there again. */
  public synchronized void remember(List<String> sources) {
    state.sources.clear();
    state.sources.addAll(sources);
  }

  public synchronized List<String> remembered() {
    return new ArrayList<>(state.sources);
  }
}
