package dev.signet.dialects.externalsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
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
import dev.signet.delivery.store.StoreException;
import dev.signet.dialects.externalsecrets.generators.Generator;
import dev.signet.dialects.externalsecrets.generators.Generators;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the generator that an object refers to and lets it make its values. A ClusterGenerator is
 * as if a generator of its kind stood in the namespace of who refers to it: Secrets that it names
 * are that namespace's.
 */
public final class Generating {

  private final Objects objects;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Map<String, Generator> generators = new LinkedHashMap<>();

  public Generating(
      Objects objects, List<Generator> generators, InstantSource clock, SecureRandom random) {
    this.objects = objects;
    this.clock = clock;
    this.random = random;
    generators.forEach(each -> this.generators.put(each.kind(), each));
  }

  /** Whether resources of that kind are read here; they deliver nothing by themselves. */
  public static boolean knows(GroupKind kind) {
    return kind.equals(GeneratorRef.CLUSTER_GENERATOR)
        || (kind.group().equals(GeneratorRef.GROUP) && Generators.has(kind.kind()));
  }

  /** The controller class that the generator names, empty when it names none. */
  String controllerClass(GeneratorRef ref, String namespace)
      throws ObjectsException, MalformedObjectException {
    Ref generator = ref.in(namespace);
    if (!generator.kind().equals(GeneratorRef.CLUSTER_GENERATOR)
        && !generators.containsKey(ref.kind())) {
      return "";
    }
    Optional<KubeObject> found = objects.get(generator);
    return found.isEmpty() ? "" : found.get().spec().string("controller").orElse("");
  }

  /** The values, made anew. The caller owns them. */
  Material generate(GeneratorRef ref, String namespace)
      throws StoreException, ObjectsException, MalformedObjectException {
    Ref generator = ref.in(namespace);
    boolean clusterWide = generator.kind().equals(GeneratorRef.CLUSTER_GENERATOR);
    if (!clusterWide && !generators.containsKey(ref.kind())) {
      throw unknown(ref.kind());
    }
    KubeObject object =
        objects
            .get(generator)
            .orElseThrow(
                () ->
                    new StoreException(
                        new Problem.Unreachable(),
                        "unable to get generator: " + generator + " does not exist"));
    String kind = clusterWide ? object.spec().requiredString("kind") : ref.kind();
    Generator known = generators.get(kind);
    if (known == null) {
      throw unknown(kind);
    }
    Fields spec = clusterWide ? virtual(object, kind) : object.spec();
    // The class is somebody else's question.
    spec.raw("controller");
    String identity = generator.kind().kind() + "/" + generator.path();
    Material made;
    try {
      made =
          known.generate(
              identity,
              spec,
              new Generator.Sources(
                  (name, key) -> value(namespace, name, key),
                  references(ref, namespace),
                  clock,
                  random));
    } catch (MalformedObjectException | StoreException e) {
      throw failed(identity, e instanceof StoreException s ? s.problem() : malformed(), e);
    }
    try {
      spec.refuseUnread();
      return made;
    } catch (MalformedObjectException e) {
      made.close();
      throw failed(identity, malformed(), e);
    }
  }

  /** As if it were a store of the namespace that the values are for. */
  private StoreReferences references(GeneratorRef ref, String namespace) {
    return new StoreReferences(
        objects,
        AccountTokens.NONE,
        new Ref(StoreRef.STORE, namespace, ref.name()),
        Optional.of(namespace));
  }

  private static Problem malformed() {
    return new Problem.Malformed();
  }

  private static StoreException failed(String identity, Problem problem, Exception e) {
    return new StoreException(
        problem, "error using generator: " + identity + ": " + e.getMessage());
  }

  private StoreException unknown(String kind) {
    return new StoreException(
        new Problem.Malformed(),
        "generators of kind "
            + kind
            + " are not in this version; it has "
            + String.join(", ", generators.keySet()));
  }

  private static Fields virtual(KubeObject object, String kind) throws MalformedObjectException {
    Fields generator = object.spec().requiredObject("generator");
    String field =
        kind.equals("UUID") || kind.equals("MFA") || kind.equals("SSHKey")
            ? kind.equals("SSHKey") ? "sshKeySpec" : kind.toLowerCase(Locale.ROOT) + "Spec"
            : Character.toLowerCase(kind.charAt(0)) + kind.substring(1) + "Spec";
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
