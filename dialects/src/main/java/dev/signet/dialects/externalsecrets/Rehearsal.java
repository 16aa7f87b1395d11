package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Objects as they are, on which every write succeeds and none is done: which objects would be made,
 * changed or deleted is noted. For controllers that write no Secrets; statuses and finalizers are
 * not noted.
 */
final class Rehearsal implements Objects {

  private final Objects objects;
  private final List<String> written = new ArrayList<>();

  Rehearsal(Objects objects) {
    this.objects = objects;
  }

  /** What would have been written, in order: {@code create ExternalSecret/team/db}. */
  List<String> written() {
    return List.copyOf(written);
  }

  @Override
  public Optional<KubeObject> get(Ref ref) throws ObjectsException {
    return objects.get(ref);
  }

  @Override
  public List<KubeObject> list(GroupKind kind) throws ObjectsException {
    return objects.list(kind);
  }

  @Override
  public KubeObject create(KubeObject object) {
    written.add("create " + object.ref());
    return object;
  }

  @Override
  public void update(KubeObject object) {
    written.add("change " + object.ref());
  }

  @Override
  public void delete(Ref ref, String uid) {
    written.add("delete " + ref);
  }

  @Override
  public void updateStatus(Ref ref, Map<String, Object> status) {}

  @Override
  public void setFinalizers(KubeObject seen, List<String> finalizers) {}

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
  public Optional<String> secretVersion(String namespace, String name) throws ObjectsException {
    return objects.secretVersion(namespace, name);
  }

  @Override
  public String create(Secret secret) throws ObjectsException {
    throw notRehearsed(secret.ref());
  }

  @Override
  public String update(Secret secret) throws ObjectsException {
    throw notRehearsed(secret.ref());
  }

  @Override
  public void deleteSecret(String namespace, String name, String uid) throws ObjectsException {
    throw notRehearsed(Ref.secret(namespace, name));
  }

  private static ObjectsException notRehearsed(Ref secret) {
    return new ObjectsException(new Problem.Denied(), secret + " is not written in a rehearsal");
  }
}
