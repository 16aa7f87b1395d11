package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.StoreException;
import dev.signet.dialects.externalsecrets.generators.Generators;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Finds the generator that an object refers to and lets it make its values. A ClusterGenerator is
 * as if a generator of its kind stood in the namespace of who refers to it: Secrets that it names
 * are that namespace's.
 */
public final class Generating {

  private static final String SPEC = "spec";

  private final Objects objects;
  private final AccountTokens tokens;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Generators generators;
  private final Optional<GeneratorNotes> notes;

  /** One that remembers nothing: what stays outside is left to run out. */
  public Generating(
      Objects objects,
      AccountTokens tokens,
      Generators generators,
      InstantSource clock,
      SecureRandom random) {
    this(objects, tokens, generators, Optional.empty(), clock, random);
  }

  /**
   * @param tokens for generators that log in as service accounts
   * @param notes of what stays outside
   */
  public Generating(
      Objects objects,
      AccountTokens tokens,
      Generators generators,
      Optional<GeneratorNotes> notes,
      InstantSource clock,
      SecureRandom random) {
    this.objects = objects;
    this.notes = notes;
    this.tokens = tokens;
    this.generators = generators;
    this.clock = clock;
    this.random = random;
  }

  /** Whether resources of that kind are read here; they deliver nothing by themselves. */
  public boolean knows(GroupKind kind) {
    return kind.equals(GeneratorRef.CLUSTER_GENERATOR)
        || (kind.group().equals(GeneratorRef.GROUP) && has(kind.kind()));
  }

  /** Whether there is a generator of that kind. */
  boolean has(String kind) {
    return generators.of(kind).isPresent();
  }

  /** The controller class that the generator names, empty when it names none. */
  String controllerClass(GeneratorRef ref, String namespace)
      throws ObjectsException, MalformedObjectException {
    Ref generator = ref.in(namespace);
    if (!generator.kind().equals(GeneratorRef.CLUSTER_GENERATOR) && !has(ref.kind())) {
      return "";
    }
    Optional<KubeObject> found = objects.get(generator);
    return found.isEmpty() ? "" : found.get().spec().string("controller").orElse("");
  }

  /**
   * A generator as it was at one moment.
   *
   * @param resource as notes keep it; of a ClusterGenerator as if it stood in the namespace
   * @param namespace of who asks: Secrets that the generator names are that namespace's
   */
  record Snapshot(
      Generator generator,
      String identity,
      String name,
      Fields spec,
      Map<String, @Nullable Object> resource,
      String namespace) {}

  /** What is made for one delivery. */
  Round round(KubeObject owner) {
    return new Round(this, notes, owner);
  }

  Optional<GeneratorNotes> notes() {
    return notes;
  }

  /** Whether the owner has values that end soon, so that others have to be made. */
  boolean lacks(Ref owner) {
    return notes.isPresent() && notes.get().lacks(owner);
  }

  /** Of which kind of owner one is to be looked at because something changed. */
  List<Ref> concerned(Ref changed, GroupKind owners) {
    return changed.kind().equals(GeneratorNotes.KIND)
        ? notes
            .flatMap(it -> it.concerned(changed))
            .filter(owner -> owner.kind().equals(owners))
            .map(List::of)
            .orElse(List.of())
        : List.of();
  }

  /** The values, made anew. The caller owns them. */
  Generator.Made generate(Snapshot now, Generator.Notes asking) throws StoreException {
    Generator.Made made =
        explained(
            now, () -> now.generator().generate(now.identity(), now.spec(), sources(now, asking)));
    try {
      now.spec().refuseUnread();
      return made;
    } catch (MalformedObjectException e) {
      made.values().close();
      if (made.lasting().isPresent()) {
        takeBack(now, made.lasting().get().state());
      }
      throw failed(now, malformed(), e);
    }
  }

  Snapshot snapshot(GeneratorRef ref, String namespace)
      throws StoreException, ObjectsException, MalformedObjectException {
    Ref named = ref.in(namespace);
    boolean clusterWide = named.kind().equals(GeneratorRef.CLUSTER_GENERATOR);
    if (!clusterWide) {
      of(ref.kind());
    }
    KubeObject object =
        objects
            .get(named)
            .orElseThrow(
                () ->
                    new StoreException(
                        new Problem.Unreachable(),
                        "unable to get generator: " + named + " does not exist"));
    String kind = clusterWide ? object.spec().requiredString("kind") : ref.kind();
    Generator generator = of(kind);
    Fields spec = clusterWide ? virtual(object, kind) : object.spec();
    // The class is somebody else's question.
    spec.raw("controller");
    Map<String, @Nullable Object> resource = new LinkedHashMap<>();
    resource.put("apiVersion", object.apiVersion());
    resource.put("kind", kind);
    resource.put("metadata", Map.of("name", ref.name(), "namespace", namespace));
    resource.put(
        SPEC,
        clusterWide
            ? object.spec().requiredObject("generator").raw(field(kind))
            : object.tree().get(SPEC));
    return new Snapshot(
        generator, named.kind().kind() + "/" + named.path(), ref.name(), spec, resource, namespace);
  }

  private Generator of(String kind) throws StoreException {
    return generators
        .of(kind)
        .orElseThrow(
            () ->
                new StoreException(
                    new Problem.Malformed(),
                    "generators of kind "
                        + kind
                        + " are not in this version; it has "
                        + generators));
  }

  /** Takes back what a generator made, by the note that was made of it. */
  void takeBack(KubeObject note) throws StoreException, MalformedObjectException {
    takeBack(noted(note), state(note));
  }

  void takeBack(Snapshot then, Map<String, @Nullable Object> state) throws StoreException {
    var _ =
        explained(
            then,
            () -> {
              then.generator()
                  .takeBack(then.identity(), then.spec(), state, sources(then, others(then)));
              return true;
            });
  }

  /** Makes what a generator made stay good for longer; empty when that is not possible. */
  Optional<Generator.Lasting> renew(KubeObject note)
      throws StoreException, MalformedObjectException {
    Snapshot then = noted(note);
    Map<String, @Nullable Object> state = state(note);
    return explained(
        then,
        () ->
            then.generator()
                .renew(then.identity(), then.spec(), state, sources(then, Generator.Notes.NONE)));
  }

  private Snapshot noted(KubeObject note) throws StoreException, MalformedObjectException {
    Fields resource = note.spec().requiredObject("resource");
    String kind = resource.requiredString("kind");
    Optional<Fields> metadata = resource.object("metadata");
    String name = metadata.isPresent() ? metadata.get().string("name").orElse("") : "";
    Fields spec = resource.object(SPEC).orElse(Fields.of(Map.of(), SPEC));
    spec.raw("controller");
    String namespace = note.ref().namespace();
    String identity = kind + "/" + namespace + "/" + (name.isEmpty() ? note.ref().name() : name);
    return new Snapshot(of(kind), identity, name, spec, Map.of(), namespace);
  }

  static Map<String, @Nullable Object> state(KubeObject note) throws MalformedObjectException {
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    if (note.spec().raw("state") instanceof Map<?, ?> there) {
      there.forEach((name, value) -> state.put(String.valueOf(name), value));
    }
    return state;
  }

  @FunctionalInterface
  private interface Asking<T> {
    T run() throws StoreException, MalformedObjectException;
  }

  private static <T> T explained(Snapshot generator, Asking<T> asking) throws StoreException {
    try {
      return asking.run();
    } catch (MalformedObjectException e) {
      throw failed(generator, malformed(), e);
    } catch (StoreException e) {
      throw failed(generator, e.problem(), e);
    }
  }

  /** As if it were a store of the namespace that the values are for. */
  private Generator.Sources sources(Snapshot generator, Generator.Notes notes) {
    return new Generator.Sources(
        (name, key) -> value(generator.namespace(), name, key),
        new StoreReferences(
            objects,
            tokens,
            new Ref(StoreRef.STORE, generator.namespace(), generator.name()),
            Optional.of(generator.namespace())),
        clock,
        random,
        notes);
  }

  /** What generators of the same kind made for the namespace. */
  private Generator.Notes others(Snapshot generator) {
    return new Generator.Notes() {
      @Override
      public void asking(String on, Map<String, @Nullable Object> state) {}

      @Override
      public List<Map<String, @Nullable Object>> others() throws StoreException {
        List<Map<String, @Nullable Object>> states = new ArrayList<>();
        try {
          for (KubeObject note : objects.list(GeneratorNotes.KIND)) {
            if (note.ref().namespace().equals(generator.namespace())
                && !GeneratorNotes.unanswered(note)
                && note.spec()
                    .requiredObject("resource")
                    .requiredString("kind")
                    .equals(generator.generator().kind())) {
              states.add(state(note));
            }
          }
        } catch (ObjectsException e) {
          throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
        } catch (MalformedObjectException e) {
          throw failed(generator, malformed(), e);
        }
        return states;
      }
    };
  }

  private static Problem malformed() {
    return new Problem.Malformed();
  }

  private static StoreException failed(Snapshot generator, Problem problem, Exception e) {
    return new StoreException(
        problem, "error using generator: " + generator.identity() + ": " + e.getMessage());
  }

  static Fields virtual(KubeObject object, String kind) throws MalformedObjectException {
    Fields generator = object.spec().requiredObject("generator");
    String field = field(kind);
    if (generator.names().size() != 1 || !generator.has(field)) {
      throw new MalformedObjectException(
          "invalid ClusterGenerator: when kind is "
              + kind
              + ", spec.generator."
              + field
              + " must be set, and nothing else");
    }
    return generator.requiredObject(field);
  }

  /** Which field of a ClusterGenerator has the spec of that kind. */
  private static String field(String kind) {
    return switch (kind) {
      case "UUID",
          "MFA",
          "SSHKey",
          "ACRAccessToken",
          "ECRAuthorizationToken",
          "GCRAccessToken",
          "STSSessionToken" -> {
        int capitals = kind.equals("UUID") || kind.equals("MFA") ? kind.length() : 3;
        yield kind.substring(0, capitals).toLowerCase(Locale.ROOT)
            + kind.substring(capitals)
            + "Spec";
      }
      default -> Character.toLowerCase(kind.charAt(0)) + kind.substring(1) + "Spec";
    };
  }

  private SecretBytes value(String namespace, String name, String key) throws StoreException {
    try {
      Optional<Secret> found = objects.secret(namespace, name);
      if (found.isEmpty()) {
        throw new StoreException(
            new Problem.Unreachable(), Ref.secret(namespace, name) + " does not exist");
      }
      try (Secret secret = found.get()) {
        Optional<Item> item = secret.data().get(key);
        return item.orElseThrow(
                () ->
                    new StoreException(
                        new Problem.Unreachable(),
                        Ref.secret(namespace, name) + " has no key " + key))
            .value()
            .copy();
      }
    } catch (ObjectsException e) {
      throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
    }
  }
}
