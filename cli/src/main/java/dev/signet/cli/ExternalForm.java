package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.core.Item;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Secrets as ExternalSecrets, whose values are in a store. Stores are asked by the engine that
 * delivers in a directory: what is pushed and fetched is described by manifests of its own, under a
 * name that nothing else has, beside those of the stores and of the credentials that they need.
 */
final class ExternalForm {

  static final String GROUP = "external-secrets.io";

  private static final GroupKind PUSH_SECRET = new GroupKind(GROUP, "PushSecret");
  private static final GroupKind EXTERNAL_SECRET = new GroupKind(GROUP, "ExternalSecret");

  /** What stores are made of. */
  private static final Set<String> OF_STORES =
      Set.of(
          "SecretStore",
          "ClusterSecretStore",
          "Secret",
          "SealedSecret",
          "SopsSecret",
          "ConfigMap",
          "ServiceAccount",
          "Namespace");

  /** Notes of the controllers, which mean nothing to who owns the Secret now. */
  private static final String NOTES = "reconcile.external-secrets.io/";

  /**
   * Where values are.
   *
   * @param kind of the store
   * @param store its name
   * @param key the key of a Secret there, with names in braces; a value is its property, unless the
   *     key names the value itself
   */
  record Place(String kind, String store, String key) {

    /** {@code NAME}, or {@code KIND/NAME}. */
    static Place of(String store, String key) throws CommandFailure {
      int slash = store.indexOf('/');
      String kind = slash < 0 ? "SecretStore" : store.substring(0, slash);
      if (!Set.of("SecretStore", "ClusterSecretStore").contains(kind)) {
        throw CommandFailure.usage(
            "--store " + store + " is no store", "use NAME or ClusterSecretStore/NAME");
      }
      return new Place(kind, store.substring(slash + 1), key);
    }

    private Map<String, @Nullable Object> remote(Ref secret, String value, String keyName) {
      Map<String, @Nullable Object> remote = new LinkedHashMap<>();
      remote.put(
          keyName,
          key.replace("{namespace}", secret.namespace())
              .replace("{name}", secret.name())
              .replace("{key}", value));
      if (!key.contains("{key}")) {
        remote.put("property", value);
      }
      return remote;
    }
  }

  private final Surroundings surroundings;
  private final Project project;
  private final SopsManifests sops;
  private final List<Path> stores;
  private final String namespace;
  private final String unused;

  /**
   * @param stores where the manifests of stores are
   * @param namespace of objects that name none
   */
  ExternalForm(
      Surroundings surroundings,
      Project project,
      SopsManifests sops,
      List<Path> stores,
      String namespace) {
    this.surroundings = surroundings;
    this.project = project;
    this.sops = sops;
    this.stores = List.copyOf(stores);
    this.namespace = namespace;
    byte[] random = new byte[8];
    surroundings.random().nextBytes(random);
    this.unused = "convert-" + HexFormat.of().formatHex(random);
  }

  static boolean isOne(Map<String, @Nullable Object> tree) {
    return "ExternalSecret".equals(tree.get("kind"))
        && String.valueOf(tree.get("apiVersion")).startsWith(GROUP + "/");
  }

  /** The manifest that makes the same Secret of what is at that place. */
  Map<String, @Nullable Object> manifest(Map<String, @Nullable Object> secret, Place place)
      throws CommandFailure {
    Ref ref = ref(secret);
    List<Object> data = new ArrayList<>();
    for (String key : texts(secret)) {
      Map<String, @Nullable Object> datum = new LinkedHashMap<>();
      datum.put("secretKey", key);
      datum.put("remoteRef", place.remote(ref, key, "key"));
      data.add(datum);
    }
    Map<String, @Nullable Object> target = new LinkedHashMap<>();
    target.put("name", ref.name());
    if (secret.get("immutable") instanceof Boolean immutable) {
      target.put("immutable", immutable);
    }
    Map<String, @Nullable Object> metadata = map(secret.get("metadata"));
    Map<String, @Nullable Object> notes = new LinkedHashMap<>(metadata);
    notes.keySet().retainAll(Set.of("labels", "annotations"));
    Map<String, @Nullable Object> template = new LinkedHashMap<>();
    if (secret.get("type") instanceof String type) {
      template.put("type", type);
    }
    if (!notes.isEmpty()) {
      template.put("metadata", notes);
    }
    if (!template.isEmpty()) {
      target.put("template", template);
    }
    Map<String, @Nullable Object> spec = new LinkedHashMap<>();
    spec.put(
        "secretStoreRef", new LinkedHashMap<>(Map.of("name", place.store(), "kind", place.kind())));
    spec.put("target", target);
    spec.put("data", data);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", GROUP + "/v1");
    tree.put("kind", "ExternalSecret");
    tree.put("metadata", metadata);
    tree.put("spec", spec);
    return tree;
  }

  /** The keys of a Secret, all of whose values are texts: stores keep nothing else. */
  private static List<String> texts(Map<String, @Nullable Object> tree) throws CommandFailure {
    try (Secret secret = SecretManifest.read(tree, "the manifest")) {
      for (Map.Entry<String, Item> each : secret.data().items().entrySet()) {
        SecretBytes value = each.getValue().value();
        if (!value.with(ExternalForm::isText)) {
          throw CommandFailure.of(
              "the value of "
                  + each.getKey()
                  + " is no text, which a store would not keep as it is");
        }
      }
      return List.copyOf(new TreeMap<>(secret.data().items()).keySet());
    } catch (MalformedObjectException e) {
      throw CommandFailure.because(e);
    }
  }

  private static boolean isText(byte[] bytes) {
    try {
      Arrays.fill(StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).array(), '\0');
      return true;
    } catch (CharacterCodingException e) {
      return false;
    }
  }

  /** Writes the values of a Secret to that place; what is there already is left as it is. */
  void push(Map<String, @Nullable Object> secret, Place place) throws CommandFailure {
    Ref ref = ref(secret);
    List<Object> data = new ArrayList<>();
    for (String key : texts(secret)) {
      Map<String, @Nullable Object> match = new LinkedHashMap<>();
      match.put("secretKey", key);
      match.put("remoteRef", place.remote(ref, key, "remoteKey"));
      data.add(Map.of("match", match));
    }
    Map<String, @Nullable Object> spec = new LinkedHashMap<>();
    spec.put("updatePolicy", "IfNotExists");
    spec.put("secretStoreRefs", List.of(Map.of("name", place.store(), "kind", place.kind())));
    spec.put("selector", Map.of("secret", Map.of("name", unused)));
    spec.put("data", data);
    Map<String, @Nullable Object> push = new LinkedHashMap<>();
    push.put("apiVersion", GROUP + "/v1alpha1");
    push.put("kind", "PushSecret");
    push.put("metadata", unused(ref));
    push.put("spec", spec);
    Map<String, @Nullable Object> source = new LinkedHashMap<>(secret);
    source.put("metadata", unused(ref));
    Ref pushed = new Ref(PUSH_SECRET, ref.namespace(), unused);
    try (State state = project.read()) {
      Directory directory = directory(state, List.of(source, push));
      Outcome outcome =
          Applying.run(surroundings, directory, project.root(), sops.keys(), (_, _) -> {})
              .get(pushed);
      Optional<String> why = why(outcome);
      if (why.isPresent()) {
        throw CommandFailure.of(
            place.kind() + "/" + place.store() + " did not take the values: " + why.get());
      }
    } catch (StateException e) {
      throw CommandFailure.because(e);
    }
  }

  /**
   * The Secret that an ExternalSecret makes.
   *
   * @throws ConvertCommand.ClosedFailure when it is not made here, with the reason
   */
  Map<String, @Nullable Object> secret(Map<String, @Nullable Object> external)
      throws CommandFailure, ConvertCommand.ClosedFailure {
    Ref ref = ref(external);
    Map<String, @Nullable Object> spec = map(external.get("spec"));
    Map<String, @Nullable Object> target = map(spec.get("target"));
    Object policy = target.getOrDefault("creationPolicy", "Owner");
    if (!Set.of("Owner", "Orphan").contains(String.valueOf(policy))) {
      throw new ConvertCommand.ClosedFailure(
          ref + " makes no Secret of its own: its creationPolicy is " + policy);
    }
    String name = target.get("name") instanceof String named ? named : ref.name();
    target.put("name", unused);
    spec.put("target", target);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(external);
    Map<String, @Nullable Object> metadata = map(external.get("metadata"));
    metadata.put("name", unused);
    tree.put("metadata", metadata);
    tree.put("spec", spec);
    try (State state = project.read()) {
      Directory directory = directory(state, List.of(tree));
      Outcome outcome =
          Applying.print(surroundings, directory, project.root(), sops.keys(), (_, _) -> {})
              .get(new Ref(EXTERNAL_SECRET, ref.namespace(), unused));
      Optional<Secret> made = directory.secret(ref.namespace(), unused);
      if (why(outcome).isPresent() || made.isEmpty()) {
        throw new ConvertCommand.ClosedFailure(
            ref + " delivers nothing here: " + why(outcome).orElse("it makes no Secret"));
      }
      try (Secret secret = made.get()) {
        return named(SecretManifest.write(secret), name);
      }
    } catch (StateException e) {
      throw CommandFailure.because(e);
    }
  }

  private static Optional<String> why(@Nullable Outcome outcome) {
    return switch (outcome) {
      case null -> Optional.of("nobody delivers it");
      case Outcome.Done _, Outcome.After _ -> Optional.empty();
      case Outcome.Retry retry -> Optional.of(retry.message());
      case Outcome.Stalled stalled -> Optional.of(stalled.message());
    };
  }

  private Directory directory(State state, List<Map<String, @Nullable Object>> own) {
    StringBuilder text = new StringBuilder();
    for (Manifest each :
        Manifests.read(stores, namespace, new SopsFiles(sops, /* checking= */ true)).all()) {
      if (OF_STORES.contains(each.object().ref().kind().kind())) {
        text.append(ManifestFormat.YAML.document(map(each.object().tree())));
      }
    }
    for (Map<String, @Nullable Object> each : own) {
      text.append(ManifestFormat.YAML.document(each));
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
    try {
      Manifests manifests =
          Manifests.of(bytes, Path.of("convert.yaml"), namespace, Manifests.Opener.NONE);
      return new Directory(state, manifests, surroundings.clock(), surroundings.random());
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private Ref ref(Map<String, @Nullable Object> tree) throws CommandFailure {
    try {
      return KubeObject.of(tree, namespace).ref();
    } catch (MalformedObjectException e) {
      throw CommandFailure.because(e);
    }
  }

  private Map<String, @Nullable Object> unused(Ref ref) {
    return new LinkedHashMap<>(Map.of("name", unused, "namespace", ref.namespace()));
  }

  /** Without what a controller would go by. */
  private static Map<String, @Nullable Object> named(
      Map<String, @Nullable Object> secret, String name) {
    Map<String, @Nullable Object> metadata = map(secret.get("metadata"));
    metadata.keySet().retainAll(Set.of("name", "namespace", "labels", "annotations"));
    metadata.put("name", name);
    for (String notes : List.of("labels", "annotations")) {
      Map<String, @Nullable Object> kept = map(metadata.get(notes));
      kept.keySet().removeIf(key -> key.startsWith(NOTES));
      if (kept.isEmpty()) {
        metadata.remove(notes);
      } else {
        metadata.put(notes, kept);
      }
    }
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(secret);
    tree.put("metadata", metadata);
    return tree;
  }

  private static Map<String, @Nullable Object> map(@Nullable Object tree) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (tree instanceof Map<?, ?> map) {
      map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    }
    return copy;
  }
}
