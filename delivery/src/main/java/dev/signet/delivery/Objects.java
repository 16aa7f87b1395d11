package dev.signet.delivery;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where objects live. Secrets have methods of their own, so that their values travel as secret
 * bytes and never as part of a tree. Implementations are safe for use by many threads.
 */
public interface Objects {

  /**
   * Any object but a Secret, with {@code metadata.uid}, {@code generation} and {@code status} as
   * they are now.
   */
  Optional<KubeObject> get(Ref ref) throws ObjectsException;

  /**
   * The resourceVersion of an object as far as it costs no request: empty when there is none, and
   * when that is not known here.
   */
  default Optional<String> knownVersion(Ref ref) {
    return Optional.empty();
  }

  /** All objects of a kind, ordered by reference. */
  List<KubeObject> list(GroupKind kind) throws ObjectsException;

  /**
   * Whether objects of that kind, which this program need not know, can be read and written here in
   * that version, within namespaces. To be asked before any other method is called for such a kind.
   */
  default boolean serves(String apiVersion, String kind) throws ObjectsException {
    return false;
  }

  /** Replaces {@code status}; does nothing when it is that already. */
  void updateStatus(Ref ref, Map<String, Object> status) throws ObjectsException;

  /**
   * Creates an object of another kind than Secret, and returns it as it is then.
   *
   * @throws ObjectsException {@link Problem.Conflict} when one of that name exists
   */
  default KubeObject create(KubeObject object) throws ObjectsException {
    throw notHere(object.ref());
  }

  /**
   * Replaces an object of another kind than Secret, but for its status. The uid and resourceVersion
   * in its metadata are preconditions.
   *
   * @throws ObjectsException {@link Problem.Conflict} when it changed meanwhile
   */
  default void update(KubeObject object) throws ObjectsException {
    throw notHere(object.ref());
  }

  /** Deletes the object with that uid; another one of the same name stays. */
  default void delete(Ref ref, String uid) throws ObjectsException {
    throw notHere(ref);
  }

  /** Replaces {@code metadata.finalizers} of the object as it was read. */
  default void setFinalizers(KubeObject seen, List<String> finalizers) throws ObjectsException {
    throw notHere(seen.ref());
  }

  private static ObjectsException notHere(Ref ref) {
    return new ObjectsException(new Problem.Denied(), ref + " cannot be written here");
  }

  /** A Secret with its values; the caller closes it. */
  Optional<Secret> secret(String namespace, String name) throws ObjectsException;

  /**
   * The Secrets of a namespace that carry that label with that value, ordered by name; the caller
   * closes them.
   */
  List<Secret> secrets(String namespace, String label, String value) throws ObjectsException;

  /**
   * The metadata of the Secrets of a namespace that carry that label with that value, ordered by
   * name; no value is read.
   */
  List<Metadata> secretMetadata(String namespace, String label, String value)
      throws ObjectsException;

  /**
   * The metadata of the Secrets of a namespace whose controller is the object with that uid,
   * ordered by name; no value is read.
   */
  default List<Metadata> ownedSecrets(String namespace, String uid) throws ObjectsException {
    throw new ObjectsException(
        new Problem.Denied(), "Secrets of " + namespace + " cannot be listed by owner here");
  }

  /** The resourceVersion of a Secret without reading its values, empty when there is none. */
  Optional<String> secretVersion(String namespace, String name) throws ObjectsException;

  /**
   * Whether there seems to be no such Secret, as far as that can be told without a request. Who
   * acts on it has to bear that there is one: what is remembered may be late.
   */
  default boolean seemsToLack(String namespace, String name) {
    return false;
  }

  /**
   * Creates a Secret and returns its resourceVersion. The caller still owns {@code secret}.
   *
   * @throws ObjectsException {@link Problem.Conflict} when one of that name exists
   */
  String create(Secret secret) throws ObjectsException;

  /**
   * The same, noted under that name as who wrote which field, where such notes are kept.
   *
   * @param writer a field manager, empty for the usual one
   */
  default String create(Secret secret, String writer) throws ObjectsException {
    return create(secret);
  }

  /** As {@link #update(Secret)}, noted as with {@link #create(Secret, String)}. */
  default String update(Secret secret, String writer) throws ObjectsException {
    return update(secret);
  }

  /**
   * Replaces a Secret and returns its new resourceVersion. The uid and resourceVersion in its
   * metadata are preconditions. The caller still owns {@code secret}.
   *
   * @throws ObjectsException {@link Problem.Conflict} when it changed meanwhile
   */
  String update(Secret secret) throws ObjectsException;

  /** Deletes the Secret with that uid; another one of the same name stays. */
  void deleteSecret(String namespace, String name, String uid) throws ObjectsException;
}
