package dev.signet.operator;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Objects whose writes pass a gate and are counted. */
final class CountedObjects implements Objects {

  /** Told of each write that succeeded. */
  @FunctionalInterface
  interface Writes {
    void wrote(String what, String verb);
  }

  /** Asked before each write, which is not sent when this throws. */
  @FunctionalInterface
  interface Gate {
    void orFail() throws ObjectsException;
  }

  private final Objects objects;
  private final Writes writes;
  private final Gate gate;
  private final RemovalGate removals;

  /** Asked before anything is deleted or emptied, which is not done when this throws. */
  @FunctionalInterface
  interface RemovalGate {
    void orFail(Ref ref) throws ObjectsException;
  }

  CountedObjects(Objects objects, Writes writes, RemovalGate removals) {
    this(objects, writes, () -> {}, removals);
  }

  CountedObjects(Objects objects, Writes writes, Gate gate) {
    this(objects, writes, gate, _ -> {});
  }

  private CountedObjects(Objects objects, Writes writes, Gate gate, RemovalGate removals) {
    this.removals = removals;
    this.objects = objects;
    this.writes = writes;
    this.gate = gate;
  }

  @Override
  public Optional<KubeObject> get(Ref ref) throws ObjectsException {
    return objects.get(ref);
  }

  @Override
  public Optional<String> knownVersion(Ref ref) {
    return objects.knownVersion(ref);
  }

  @Override
  public List<KubeObject> list(GroupKind kind) throws ObjectsException {
    return objects.list(kind);
  }

  @Override
  public boolean serves(String apiVersion, String kind) throws ObjectsException {
    return objects.serves(apiVersion, kind);
  }

  @Override
  public void updateStatus(Ref ref, Map<String, Object> status) throws ObjectsException {
    gate.orFail();
    Optional<KubeObject> before = objects.get(ref);
    objects.updateStatus(ref, status);
    if (before.isPresent()
        && !status.equals(before.get().tree().getOrDefault("status", Map.of()))) {
      writes.wrote("status", "update");
    }
  }

  @Override
  public KubeObject create(KubeObject object) throws ObjectsException {
    gate.orFail();
    KubeObject created = objects.create(object);
    writes.wrote("object", "create");
    return created;
  }

  @Override
  public void update(KubeObject object) throws ObjectsException {
    gate.orFail();
    objects.update(object);
    writes.wrote("object", "update");
  }

  @Override
  public void delete(Ref ref, String uid) throws ObjectsException {
    gate.orFail();
    removals.orFail(ref);
    objects.delete(ref, uid);
    writes.wrote("object", "delete");
  }

  @Override
  public void setFinalizers(KubeObject seen, List<String> finalizers) throws ObjectsException {
    gate.orFail();
    objects.setFinalizers(seen, finalizers);
    writes.wrote("object", "patch");
  }

  @Override
  public Optional<Secret> secret(String namespace, String name) throws ObjectsException {
    return objects.secret(namespace, name);
  }

  @Override
  public List<Secret> secrets(String namespace, String label, String value)
      throws ObjectsException {
    return objects.secrets(namespace, label, value);
  }

  @Override
  public List<Metadata> secretMetadata(String namespace, String label, String value)
      throws ObjectsException {
    return objects.secretMetadata(namespace, label, value);
  }

  @Override
  public List<Metadata> ownedSecrets(String namespace, String uid) throws ObjectsException {
    return objects.ownedSecrets(namespace, uid);
  }

  @Override
  public Optional<String> secretVersion(String namespace, String name) throws ObjectsException {
    return objects.secretVersion(namespace, name);
  }

  @Override
  public boolean seemsToLack(String namespace, String name) {
    return objects.seemsToLack(namespace, name);
  }

  @Override
  public String create(Secret secret) throws ObjectsException {
    return create(secret, "");
  }

  @Override
  public String update(Secret secret) throws ObjectsException {
    return update(secret, "");
  }

  @Override
  public String create(Secret secret, String writer) throws ObjectsException {
    gate.orFail();
    String version = objects.create(secret, writer);
    writes.wrote("secret", "create");
    return version;
  }

  @Override
  public String update(Secret secret, String writer) throws ObjectsException {
    gate.orFail();
    if (secret.data().isEmpty()) {
      removals.orFail(secret.ref());
    }
    String version = objects.update(secret, writer);
    writes.wrote("secret", "update");
    return version;
  }

  @Override
  public void deleteSecret(String namespace, String name, String uid) throws ObjectsException {
    gate.orFail();
    removals.orFail(Ref.secret(namespace, name));
    objects.deleteSecret(namespace, name, uid);
    writes.wrote("secret", "delete");
  }
}
