package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.GoDuration;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.PublishedLimits;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.traffic.GuardedStore;
import dev.signet.delivery.traffic.StoreGate;
import dev.signet.delivery.traffic.StoreGates;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Opens the stores that SecretStore and ClusterSecretStore describe, each by the provider its
 * {@code spec.provider} names, for those who may use it.
 */
public final class Stores {

  /** The controller class of this program, as upstream's flag {@code --controller-class}. */
  static final String CLASS = "default";

  private final Objects objects;
  private final AccountTokens tokens;
  private final StoreGates gates;
  private final boolean clusterWide;
  private final Map<String, StoreProvider> providers = new LinkedHashMap<>();

  /** What each store was seen to read when it was opened. */
  private final Named reads = new Named();

  /** Without tokens of service accounts. */
  public Stores(Objects objects, List<StoreProvider> providers) {
    this(objects, AccountTokens.NONE, providers);
  }

  /** What is fetched is shared by those who ask at once. */
  public Stores(Objects objects, AccountTokens tokens, List<StoreProvider> providers) {
    this(objects, tokens, providers, new StoreGates(Duration.ZERO, System::nanoTime));
  }

  /**
   * @param gates what calls to stores pass
   */
  public Stores(
      Objects objects, AccountTokens tokens, List<StoreProvider> providers, StoreGates gates) {
    this(objects, tokens, providers, gates, /* clusterWide= */ true);
  }

  /**
   * @param gates what calls to stores pass
   * @param clusterWide whether ClusterSecretStores are this program's; where they are not, an
   *     ExternalSecret that uses one is left alone
   */
  public Stores(
      Objects objects,
      AccountTokens tokens,
      List<StoreProvider> providers,
      StoreGates gates,
      boolean clusterWide) {
    this.objects = objects;
    this.tokens = tokens;
    this.gates = gates;
    this.clusterWide = clusterWide;
    providers.forEach(provider -> this.providers.put(provider.name(), provider));
  }

  /** The stores that read that object when they were opened last. */
  List<Ref> reading(Ref object) {
    return reads.by(object);
  }

  /** A store or something that it reads was changed: what failed may work now. */
  void repaired(Ref store) {
    gates.repaired(store);
  }

  /** A store is gone. */
  void gone(Ref store) {
    gates.gone(store);
    providers.values().forEach(provider -> provider.gone(identity(store)));
  }

  /** Whether it is for this controller; one that does not exist is. */
  boolean managed(Ref ref) throws ObjectsException, MalformedObjectException {
    if (!clusterWide && ref.kind().equals(StoreRef.CLUSTER_STORE)) {
      return false;
    }
    Optional<KubeObject> store = objects.get(ref);
    return store.isEmpty() || managed(store.get());
  }

  static boolean managed(KubeObject store) throws MalformedObjectException {
    String wanted = store.spec().string("controller").orElse("");
    return wanted.isEmpty() || wanted.equals(CLASS);
  }

  /**
   * Opens it for an object of that namespace. The caller closes the store.
   *
   * @throws StoreException {@link Problem.Denied} when the store does not let that namespace use it
   */
  SecretStore open(Ref ref, String namespace) throws StoreException, ObjectsException {
    return open(ref, namespace, OptionalLong.empty());
  }

  /** The same for an object that is being reconciled. */
  SecretStore openFor(Ref resource, Ref ref) throws StoreException, ObjectsException {
    return open(ref, resource.namespace(), gates.wished(resource));
  }

  private SecretStore open(Ref ref, String namespace, OptionalLong since)
      throws StoreException, ObjectsException {
    Optional<KubeObject> store = objects.get(ref);
    if (store.isEmpty()) {
      throw new StoreException(
          new Problem.Unreachable(),
          "could not get " + ref.kind().kind() + " \"" + ref.name() + "\", it does not exist");
    }
    try {
      if (!managed(store.get())) {
        throw new StoreException(new Problem.Malformed(), "can not reference unmanaged store");
      }
      StoreConditions conditions = StoreConditions.of(store.get().spec());
      if (ref.kind().equals(StoreRef.CLUSTER_STORE)
          && !conditions.entries().isEmpty()
          && !conditions.allow(namespace, NamespaceList.labels(objects, namespace))) {
        throw new StoreException(
            new Problem.Denied(),
            "using cluster store \""
                + ref.name()
                + "\" is not allowed from namespace \""
                + namespace
                + "\": denied by spec.condition");
      }
      return open(store.get(), Optional.of(namespace), since);
    } catch (MalformedObjectException e) {
      throw new StoreException(
          new Problem.Malformed(),
          ref.kind().kind() + " \"" + ref.name() + "\" is not ready: " + e.getMessage());
    }
  }

  /** Opens it for itself, to see whether it can be. */
  SecretStore open(KubeObject store) throws MalformedObjectException, StoreException {
    return open(store, Optional.empty(), OptionalLong.empty());
  }

  StoreProvider.Capabilities capabilities(KubeObject store) throws MalformedObjectException {
    return provider(store.spec().requiredObject("provider")).capabilities();
  }

  private SecretStore open(KubeObject store, Optional<String> user, OptionalLong since)
      throws MalformedObjectException, StoreException {
    StoreGate gate = gates.gate(store.ref());
    var _ = StoreLimits.of(store.metadata().annotations(), PublishedLimits.NONE);
    ExternalSecret.requireVersion(store);
    Fields spec = store.fields().requiredObject("spec");
    Fields provider = spec.requiredObject("provider");
    StoreProvider known = provider(provider);
    Fields configuration = provider.requiredObject(known.name());
    StoreReferences references =
        new StoreReferences(objects, tokens, store.ref(), user, Retries.of(spec));
    if (user.isPresent()) {
      gate.orParked();
    }
    SecretStore opened;
    try {
      opened = known.open(identity(store.ref()), configuration, references);
    } catch (StoreException e) {
      gate.unopened(e.problem());
      throw e;
    } finally {
      reads.note(store.ref(), references.read());
    }
    try {
      spec.raw("controller");
      refreshInterval(spec);
      StoreConditions.of(spec);
      spec.refuseUnread();
      gate.limit(StoreLimits.of(store.metadata().annotations(), opened.limits()));
      return new GuardedStore(
          opened,
          gate,
          gates.flights(),
          StoreIdentity.of(store, user, references.dependsOnUser()),
          since);
    } catch (MalformedObjectException e) {
      opened.close();
      throw e;
    }
  }

  private static String identity(Ref store) {
    return store.kind().kind() + "/" + store.path();
  }

  private StoreProvider provider(Fields provider) throws MalformedObjectException {
    String name = providerName(provider);
    StoreProvider known = providers.get(name);
    if (known == null) {
      throw new MalformedObjectException(
          "provider "
              + name
              + " is not in this version; it has "
              + String.join(", ", providers.keySet()));
    }
    return known;
  }

  /** The name of the one provider in {@code spec.provider}. */
  static String providerName(Fields provider) throws MalformedObjectException {
    List<String> names = provider.names();
    if (names.size() != 1) {
      throw new MalformedObjectException("spec.provider must name exactly one provider");
    }
    return names.getFirst();
  }

  /** Seconds, or a duration; empty or zero for the usual one. */
  static Optional<Duration> refreshInterval(Fields spec) throws MalformedObjectException {
    return switch (spec.raw("refreshInterval")) {
      case null -> Optional.empty();
      case Long seconds when seconds >= 0 ->
          Optional.of(Duration.ofSeconds(seconds)).filter(it -> it.isPositive());
      case String text when text.matches("[0-9]{1,9}") ->
          Optional.of(Duration.ofSeconds(Long.parseLong(text))).filter(it -> it.isPositive());
      case String text -> {
        Optional<Duration> parsed =
            text.isEmpty() ? Optional.of(Duration.ZERO) : GoDuration.parse(text);
        if (parsed.isEmpty() || parsed.get().isNegative()) {
          throw new MalformedObjectException("invalid refreshInterval: " + text);
        }
        yield parsed.filter(it -> it.isPositive());
      }
      default -> throw new MalformedObjectException("invalid refreshInterval: not a duration");
    };
  }
}
