package dev.signet.dialects.sopssecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a SopsSecret says in plain.
 *
 * @param suspended whether it is to be left alone
 * @param enforceOwnership whether Secrets of others are taken over; empty when it does not say
 */
public record SopsSecret(Metadata metadata, boolean suspended, Optional<Boolean> enforceOwnership) {

  public static final GroupKind KIND = new GroupKind("isindir.github.com", "SopsSecret");
  public static final String API_VERSION = "isindir.github.com/v1alpha3";

  /** On a Secret that is there already: {@code "true"} lets it be taken over. */
  public static final String MANAGED = "sopssecret/managed";

  static SopsSecret of(KubeObject object) throws MalformedObjectException {
    if (!object.apiVersion().equals(API_VERSION)) {
      throw new MalformedObjectException(
          "apiVersion " + object.apiVersion() + " is not " + API_VERSION);
    }
    Fields spec = object.spec();
    return new SopsSecret(
        object.metadata().with("namespace", object.ref().namespace()),
        spec.bool("suspend").orElse(false),
        spec.bool("enforceOwnership"));
  }

  /** What a Secret that it owns says of that. */
  List<Map<String, Object>> owner() {
    Map<String, Object> owner = new LinkedHashMap<>();
    owner.put("apiVersion", API_VERSION);
    owner.put("kind", KIND.kind());
    owner.put("name", metadata.name());
    owner.put("uid", metadata.uid());
    owner.put("controller", true);
    owner.put("blockOwnerDeletion", true);
    return List.of(owner);
  }
}
