package dev.signet.operator.shadow;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.operator.shadow.Difference.Kind;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Objects that answer a write as an API server would, preconditions and immutable fields included,
 * and do nothing but note what it would have changed.
 */
final class ShadowObjects implements Objects {

  private final Objects objects;

  ShadowObjects(Objects objects) {
    this.objects = objects;
  }

  @Override
  public Optional<KubeObject> get(Ref ref) throws ObjectsException {
    Optional<KubeObject> object = objects.get(ref);
    Look.read(ref, object.map(ShadowObjects::version).orElse(""));
    return object;
  }

  private static String version(KubeObject object) {
    return object.tree().get("metadata") instanceof Map<?, ?> metadata
        ? String.valueOf(metadata.get("resourceVersion"))
        : "";
  }

  @Override
  public List<KubeObject> list(GroupKind kind) throws ObjectsException {
    return objects.list(kind);
  }

  @Override
  public void updateStatus(Ref ref, Map<String, Object> status) throws ObjectsException {
    KubeObject object =
        objects
            .get(ref)
            .orElseThrow(
                () -> new ObjectsException(new Problem.NotFound(), ref + " does not exist"));
    Map<?, ?> there =
        object.tree().get("status") instanceof Map<?, ?> map ? map : Map.<String, Object>of();
    Look.found(StatusComparison.between(there, status));
  }

  @Override
  public Optional<Secret> secret(String namespace, String name) throws ObjectsException {
    Optional<Secret> secret = objects.secret(namespace, name);
    Look.read(
        Ref.secret(namespace, name),
        secret.map(each -> each.metadata().resourceVersion()).orElse(""));
    return secret;
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
  public String create(Secret secret) {
    Look.found(List.of(new Difference(Kind.SECRET_MISSING, secret.ref().path())));
    return "";
  }

  @Override
  public String update(Secret secret) throws ObjectsException {
    Ref ref = secret.ref();
    try (Secret there =
        objects
            .secret(ref.namespace(), ref.name())
            .orElseThrow(
                () -> new ObjectsException(new Problem.NotFound(), ref + " does not exist"))) {
      String version = there.metadata().resourceVersion();
      if (!version.equals(secret.metadata().resourceVersion())
          || !there.metadata().uid().equals(secret.metadata().uid())) {
        throw new ObjectsException(new Problem.Conflict(), ref + " changed meanwhile");
      }
      Optional<String> refusal = SecretComparison.refusal(there, secret);
      if (refusal.isPresent()) {
        throw new ObjectsException(
            new Problem.Denied(), "cannot update " + ref + ": " + refusal.get());
      }
      Look.found(SecretComparison.between(there, secret));
      return version;
    }
  }

  /** What went with its SealedSecret is nothing that could be compared any more. */
  @Override
  public void deleteSecret(String namespace, String name, String uid) {}
}
