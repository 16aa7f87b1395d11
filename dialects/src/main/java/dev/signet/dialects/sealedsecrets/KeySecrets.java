package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.KeyOrder;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.Apply;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Secret;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Secrets in which sealing keys live, those that are no longer used included: what people do
 * with them by hand. No key is ever overwritten or deleted here.
 */
public final class KeySecrets {

  /**
   * The label of keys that open nothing any more, by custom; upstream passes over any but active.
   */
  public static final String COMPROMISED = "compromised";

  /**
   * One of them.
   *
   * @param state its label
   * @param annotations of the Secret
   */
  public record Stored(SealingKey key, String state, Map<String, String> annotations) {

    public boolean active() {
      return state.equals(SealingKeys.ACTIVE);
    }
  }

  /**
   * Where a key that was brought in is.
   *
   * @param added whether it was not there before
   */
  public record Placed(String name, boolean added) {}

  private final Objects objects;
  private final String namespace;

  public KeySecrets(Objects objects, String namespace) {
    this.objects = objects;
    this.namespace = namespace;
  }

  /** All that can be read, the newest first; the caller closes the keys. */
  public List<Stored> all() throws ObjectsException {
    List<Stored> found = new ArrayList<>();
    for (String state : List.of(SealingKeys.ACTIVE, COMPROMISED)) {
      for (Secret secret : objects.secrets(namespace, SealingKeys.LABEL, state)) {
        try (secret) {
          stored(secret, state).ifPresent(found::add);
        }
      }
    }
    found.sort(
        (a, b) -> b.key().certificate().notBefore().compareTo(a.key().certificate().notBefore()));
    return found;
  }

  /** Nothing for what holds no key: the controller reports it, and here it is of no use. */
  private static Optional<Stored> stored(Secret secret, String state) {
    try {
      return Optional.of(
          new Stored(SealingKeys.read(secret), state, secret.metadata().annotations()));
    } catch (MalformedKeyException e) {
      return Optional.empty();
    }
  }

  /** A ring of those. */
  public static KeyRing ring(List<Stored> keys) {
    return KeyRing.of(keys.stream().map(Stored::key).toList(), KeyOrder.CERTIFICATE_NOT_BEFORE);
  }

  /** Gives a key Secret another label. */
  public void relabel(String name, String state) throws ObjectsException {
    var applied =
        new Apply(objects)
            .secret(
                namespace,
                name,
                existing ->
                    existing.isEmpty()
                        ? new Apply.Decision.Refuse("NotFound", "there is no such Secret")
                        : new Apply.Decision.Write(labelled(existing.get(), state)));
    if (applied instanceof Apply.Applied.Refused(String _, String message)) {
      throw new ObjectsException(
          new Problem.NotFound(), "cannot relabel " + namespace + "/" + name + ": " + message);
    }
  }

  private static Secret labelled(Secret secret, String state) {
    Map<String, String> labels = new LinkedHashMap<>(secret.metadata().labels());
    labels.put(SealingKeys.LABEL, state);
    return new Secret(
        secret.metadata().with("labels", labels),
        secret.type(),
        secret.immutable(),
        secret.data().copy());
  }

  /**
   * Brings a key in, unless it is there already. When its name is taken by another key it gets a
   * name of its own.
   *
   * @param backup of a key Secret; the caller still owns it
   */
  public Placed add(Secret backup, String state) throws ObjectsException, MalformedKeyException {
    try (SealingKey key = SealingKeys.read(backup)) {
      List<Stored> there = all();
      try {
        Optional<Stored> same =
            there.stream().filter(each -> each.key().id().equals(key.id())).findFirst();
        if (same.isPresent()) {
          return new Placed(same.get().key().name(), /* added= */ false);
        }
      } finally {
        there.forEach(each -> each.key().close());
      }
      String name = backup.metadata().name();
      if (objects.secretVersion(namespace, name).isPresent()) {
        name += "-" + Fingerprints.shortened(key);
      }
      objects.create(placed(backup, name, state));
      return new Placed(name, /* added= */ true);
    }
  }

  private Secret placed(Secret backup, String name, String state) {
    Map<String, String> labels = new LinkedHashMap<>(backup.metadata().labels());
    labels.put(SealingKeys.LABEL, state);
    Map<String, String> annotations = new LinkedHashMap<>(backup.metadata().annotations());
    annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    return new Secret(
        backup
            .metadata()
            .with("name", name)
            .with("namespace", namespace)
            .with("labels", labels)
            .with("annotations", annotations)
            .with("ownerReferences", null)
            .with("managedFields", null)
            .with("uid", null)
            .with("creationTimestamp", null)
            .with("resourceVersion", null),
        "kubernetes.io/tls",
        backup.immutable(),
        backup.data());
  }
}
