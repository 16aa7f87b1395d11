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
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one store may refer to. A SecretStore sees its own namespace only. A ClusterSecretStore
 * names the namespace of each reference; where it names none, the namespace of whoever uses it is
 * meant.
 */
final class StoreReferences implements References {

  private enum Bundle {
    Secret,
    ConfigMap
  }

  private static final GroupKind ACCOUNT = new GroupKind("", "ServiceAccount");

  private final Objects objects;
  private final AccountTokens tokens;
  private final Ref store;
  private final Optional<String> user;
  private final Optional<Retries> retries;
  private final Set<Ref> read = new HashSet<>();
  private boolean dependsOnUser;

  /**
   * @param user the namespace that the store is opened for, empty when it is for itself
   */
  StoreReferences(Objects objects, AccountTokens tokens, Ref store, Optional<String> user) {
    this(objects, tokens, store, user, Optional.empty());
  }

  /**
   * @param user the namespace that the store is opened for, empty when it is for itself
   */
  StoreReferences(
      Objects objects,
      AccountTokens tokens,
      Ref store,
      Optional<String> user,
      Optional<Retries> retries) {
    this.objects = objects;
    this.tokens = tokens;
    this.store = store;
    this.user = user;
    this.retries = retries;
  }

  /** The objects that were asked for so far, there or not. */
  Set<Ref> read() {
    return Set.copyOf(read);
  }

  /** Whether a reference so far meant the namespace of whoever uses the store. */
  boolean dependsOnUser() {
    return dependsOnUser;
  }

  /** The namespace that a reference of a store names; empty where it names none. */
  static String named(Fields selector, Ref store) throws MalformedObjectException {
    String named = selector.string("namespace").orElse("");
    if (store.kind().equals(StoreRef.CLUSTER_STORE)) {
      return named;
    }
    if (!named.isEmpty() && !named.equals(store.namespace())) {
      throw new MalformedObjectException(
          selector.path()
              + ": namespace should either be empty or match the namespace of the SecretStore for"
              + " a namespaced SecretStore");
    }
    return store.namespace();
  }

  private String namespace(Fields selector) throws MalformedObjectException {
    String named = named(selector, store);
    if (!named.isEmpty()) {
      return named;
    }
    dependsOnUser = true;
    return user.orElseThrow(
        () -> new MalformedObjectException(selector.path() + ": cluster scope requires namespace"));
  }

  @Override
  public SecretBytes secret(Fields selector) throws MalformedObjectException, StoreException {
    String namespace = namespace(selector);
    return secret(namespace, selector.requiredString("name"), selector.requiredString("key"));
  }

  private SecretBytes secret(String namespace, String name, String key) throws StoreException {
    Ref ref = Ref.secret(namespace, name);
    read.add(ref);
    try {
      Optional<Secret> found = objects.secret(namespace, name);
      if (found.isEmpty()) {
        throw missing("cannot get Kubernetes secret \"" + name + "\" of namespace " + namespace);
      }
      try (Secret secret = found.get()) {
        Optional<Item> item = secret.data().get(key);
        if (item.isEmpty()) {
          throw missing("cannot find secret data for key: \"" + key + "\" in " + ref);
        }
        return item.get().value().copy();
      }
    } catch (ObjectsException e) {
      throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Material secret(Fields selector, Label label)
      throws MalformedObjectException, StoreException {
    if (clusterWide() && selector.string("namespace").orElse("").isEmpty()) {
      throw new MalformedObjectException(
          "no namespace on ClusterScoped webhook secret " + selector.requiredString("name"));
    }
    String namespace = namespace(selector);
    String name = selector.requiredString("name");
    // Upstream's type has a key, which means nothing where all of them are read.
    selector.raw("key");
    Ref ref = Ref.secret(namespace, name);
    read.add(ref);
    try {
      Optional<Secret> found = objects.secret(namespace, name);
      if (found.isEmpty()) {
        throw missing("failed to get webhook secret " + ref.path() + ": it does not exist");
      }
      try (Secret secret = found.get()) {
        if (!label.value().equals(secret.metadata().labels().get(label.name()))) {
          throw new StoreException(
              new Problem.Denied(),
              ref
                  + " does not contain needed label '"
                  + label.name()
                  + ": "
                  + label.value()
                  + "'. Update secret label to use it here");
        }
        return secret.data().copy();
      }
    } catch (ObjectsException e) {
      throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public boolean clusterWide() {
    return store.kind().equals(StoreRef.CLUSTER_STORE);
  }

  @Override
  public Optional<String> user() {
    return user;
  }

  @Override
  public Optional<String> asUser() {
    dependsOnUser |= clusterWide();
    return user;
  }

  @Override
  public Optional<Retries> retries() {
    return retries;
  }

  private static StoreException missing(String message) {
    return new StoreException(new Problem.Unreachable(), message);
  }

  @Override
  public byte[] authority(Fields provider) throws MalformedObjectException, StoreException {
    provider.requiredString("type");
    Bundle type = Choices.of(provider, "type", Bundle.Secret);
    String namespace = namespace(provider);
    String name = provider.requiredString("name");
    String key = provider.string("key").filter(it -> !it.isEmpty()).orElse("ca.crt");
    return switch (type) {
      case Secret -> {
        try (SecretBytes value = secret(namespace, name, key)) {
          yield value.with(byte[]::clone);
        }
      }
      case ConfigMap -> {
        Ref ref = new Ref(Templates.CONFIG_MAP, namespace, name);
        read.add(ref);
        try {
          Optional<KubeObject> found = objects.get(ref);
          String text = found.isEmpty() ? null : found.get().fields().stringMap("data").get(key);
          if (text == null) {
            throw missing("there is no certificate under the key " + key + " of " + ref);
          }
          yield text.getBytes(StandardCharsets.UTF_8);
        } catch (ObjectsException e) {
          throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
        }
      }
    };
  }

  @Override
  public String accountToken(Fields selector) throws MalformedObjectException, StoreException {
    try {
      return tokens.token(
          namespace(selector), selector.requiredString("name"), selector.strings("audiences"));
    } catch (ObjectsException e) {
      throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Map<String, String> accountAnnotations(Fields selector)
      throws MalformedObjectException, StoreException {
    Ref ref = new Ref(ACCOUNT, namespace(selector), selector.requiredString("name"));
    try {
      return objects
          .get(ref)
          .orElseThrow(() -> missing("there is no " + ref))
          .metadata()
          .annotations();
    } catch (ObjectsException e) {
      throw new StoreException(e.problem(), String.valueOf(e.getMessage()));
    }
  }
}
