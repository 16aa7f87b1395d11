package dev.signet.dialects.sealedsecrets;

import dev.signet.core.Item;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes a SealedSecret of a Secret, as kubeseal does.
 *
 * @param scope replaces what the Secret's annotations say, when given
 * @param name replaces the Secret's name, when given
 * @param namespace where a Secret goes that does not say it
 * @param namespaceChosen whether a person chose that namespace, so that another one in the Secret
 *     is a mistake
 * @param allowEmpty whether a Secret without values may be sealed
 */
public record Sealing(
    Optional<Scope> scope,
    Optional<String> name,
    Optional<String> namespace,
    boolean namespaceChosen,
    boolean allowEmpty) {

  /** The same with another namespace for a Secret that does not say it. */
  public Sealing inNamespace(Optional<String> other) {
    return new Sealing(scope, name, other, namespaceChosen, allowEmpty);
  }

  /** Leaves the Secret, and closing it, to the caller. */
  public SealedSecret seal(Secret secret, Sealer sealer) throws SealException {
    if (secret.data().isEmpty() && !allowEmpty) {
      throw new SealException(
          "secret.data is empty in input Secret, assuming this is an error and aborting. To work with"
              + " empty data, --allow-empty-data can be used");
    }
    Metadata metadata = named(secret.metadata());
    if (scope.isPresent()) {
      metadata =
          metadata.with("annotations", ScopeAnnotations.write(metadata.annotations(), scope.get()));
    }
    Scope effective = ScopeAnnotations.read(metadata.annotations());
    metadata = placed(metadata, effective);
    byte[] label = effective.label(metadata.namespace(), metadata.name());
    Map<String, String> encrypted = new TreeMap<>();
    for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
      encrypted.put(entry.getKey(), sealer.sealToBase64(entry.getValue().value(), label));
    }
    Metadata own =
        Metadata.named(metadata.namespace(), metadata.name())
            .with("annotations", ScopeAnnotations.write(Map.of(), effective));
    SealedSecret.Template template =
        new SealedSecret.Template(
            forTemplate(metadata), secret.type(), secret.immutable(), Map.of());
    return new SealedSecret(own, encrypted, template, Optional.empty());
  }

  private Metadata named(Metadata metadata) throws SealException {
    Metadata named = name.isPresent() ? metadata.with("name", name.get()) : metadata;
    if (named.name().isEmpty()) {
      throw new SealException("missing metadata.name in input Secret");
    }
    return named;
  }

  private Metadata placed(Metadata metadata, Scope effective) throws SealException {
    if (effective == Scope.CLUSTER_WIDE) {
      return metadata;
    }
    String own = metadata.namespace();
    if (namespaceChosen && !own.isEmpty() && !own.equals(namespace.orElse(""))) {
      throw new SealException(
          "namespace mismatch: input secret is in namespace \""
              + own
              + "\" but \""
              + namespace.orElse("")
              + "\" was specified");
    }
    String place = own.isEmpty() ? namespace.orElse("") : own;
    if (place.isEmpty()) {
      throw new SealException("secret must declare a namespace");
    }
    return metadata.with("namespace", place);
  }

  /**
   * What the server adds goes, and so do the annotations in which tools keep a copy of the whole
   * plain Secret.
   */
  private static Metadata forTemplate(Metadata metadata) {
    Map<String, String> annotations = new LinkedHashMap<>(metadata.annotations());
    annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    annotations.remove("kubecfg.ksonnet.io/last-applied-configuration");
    return metadata
        .with("selfLink", null)
        .with("uid", null)
        .with("resourceVersion", null)
        .with("generation", null)
        .with("creationTimestamp", null)
        .with("deletionTimestamp", null)
        .with("deletionGracePeriodSeconds", null)
        .with("ownerReferences", null)
        .with("annotations", annotations);
  }
}
