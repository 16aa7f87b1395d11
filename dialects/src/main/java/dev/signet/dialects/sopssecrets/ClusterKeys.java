package dev.signet.dialects.sopssecrets;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.sops.FluxKeys;
import dev.signet.sops.OpenKeys;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Keys in Secrets, in the layout of Flux ({@link FluxKeys}). Those of a namespace itself, which are
 * marked by a label, come first; then those that are for all namespaces: one Secret beside the
 * operator, and what the environment of the operator names.
 *
 * <p>Keys for all namespaces have a catch that upstream has too: who may create a SopsSecret in any
 * namespace can have everything opened that these keys open, a file of another team for instance.
 * With {@link Reach#OWN} there are none.
 */
public final class ClusterKeys implements DecryptionKeys {

  /** Marks the Secrets with keys for their namespace. */
  public static final String LABEL = "signet.dev/sops-keys";

  private static final String TRUE = "true";

  /** Whose keys open. */
  public enum Reach {
    /** Those of the namespace, then those for all. */
    ALL,
    /** Only those of the namespace. */
    OWN
  }

  private final Objects objects;
  private final Optional<Ref> shared;
  private final Reach reach;
  private final Machine machine;
  private final SecureRandom random;

  /**
   * @param shared the Secret with keys for all namespaces, if there is to be one
   */
  public ClusterKeys(
      Objects objects, Optional<Ref> shared, Reach reach, Machine machine, SecureRandom random) {
    this.objects = objects;
    this.shared = shared;
    this.reach = reach;
    this.machine = machine;
    this.random = random;
  }

  @Override
  public OpenKeys in(String namespace) throws ObjectsException {
    List<OpenKeys> all = new ArrayList<>();
    try {
      for (Metadata each : objects.secretMetadata(namespace, LABEL, TRUE)) {
        all.add(read(Ref.secret(namespace, each.name())));
      }
      if (reach == Reach.ALL) {
        if (shared.isPresent()) {
          all.add(read(shared.get()));
        }
        all.add(machine.keys());
      }
      if (all.isEmpty()) {
        String none = "namespace " + namespace + ", where no Secret is labelled " + LABEL + "=true";
        all.add(FluxKeys.read(none, Map.of(), random));
      }
      return OpenKeys.firstOf(all);
    } catch (ObjectsException e) {
      all.forEach(OpenKeys::close);
      throw e;
    }
  }

  private FluxKeys read(Ref ref) throws ObjectsException {
    Optional<Secret> found = objects.secret(ref.namespace(), ref.name());
    if (found.isEmpty()) {
      return FluxKeys.read(ref + ", which does not exist", Map.of(), random);
    }
    try (Secret secret = found.get()) {
      Map<String, SecretBytes> entries = new LinkedHashMap<>();
      secret.data().items().forEach((name, item) -> entries.put(name, item.value()));
      return FluxKeys.read(ref.toString(), entries, random);
    }
  }

  @Override
  public boolean concerns(Ref secret, String namespace) throws ObjectsException {
    if (!secret.kind().equals(GroupKind.SECRET)) {
      return false;
    }
    if (reach == Reach.ALL && shared.isPresent() && shared.get().equals(secret)) {
      return true;
    }
    return secret.namespace().equals(namespace)
        && objects.secretMetadata(namespace, LABEL, TRUE).stream()
            .anyMatch(each -> each.name().equals(secret.name()));
  }
}
