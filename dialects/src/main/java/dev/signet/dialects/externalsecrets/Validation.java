package dev.signet.dialects.externalsecrets;

import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What can be said of an object before it is stored: the rules that the controllers go by, in the
 * same code, so that nothing is weaker where nobody asks here.
 *
 * <p>What breaks a rule is refused. What this version merely does not understand is let through
 * with a warning: the object may be for another controller, and the status will say it too.
 */
public final class Validation {

  /** What is said of one object. */
  public record Verdict(Optional<String> refusal, List<String> warnings) {

    private static final Verdict FINE = new Verdict(Optional.empty(), List.of());

    private static Verdict refused(MalformedObjectException why) {
      return new Verdict(Optional.of(String.valueOf(why.getMessage())), List.of());
    }

    private static Verdict warned(String why) {
      return new Verdict(Optional.empty(), List.of(why));
    }
  }

  /** Reads an object, and fails where it breaks a rule. */
  @FunctionalInterface
  private interface Reading {
    /**
     * @param strict whether what is not understood breaks a rule
     */
    void read(boolean strict) throws MalformedObjectException;
  }

  private final Map<String, StoreProvider> providers = new TreeMap<>();

  /**
   * @param providers those that stores of this program may have; they are shown configurations, and
   *     asked for nothing
   */
  public Validation(List<StoreProvider> providers) {
    providers.forEach(each -> this.providers.put(each.name(), each));
  }

  /** Whether an object may be stored. A kind that has no rules may. */
  public Verdict of(KubeObject object) {
    if (!object.ref().kind().group().equals(ExternalSecret.GROUP)) {
      return Verdict.FINE;
    }
    return switch (object.ref().kind().kind()) {
      case "ExternalSecret" ->
          withMisspelt(object, verdict(strict -> ExternalSecret.of(object, strict)));
      case "PushSecret" -> verdict(strict -> PushSecret.of(object, strict));
      case "SecretStore", "ClusterSecretStore" -> store(object);
      case "ClusterExternalSecret" ->
          verdict(strict -> fanOut(FanOut.Of.EXTERNAL_SECRETS, object, strict));
      case "ClusterPushSecret" -> verdict(strict -> fanOut(FanOut.Of.PUSH_SECRETS, object, strict));
      default -> Verdict.FINE;
    };
  }

  private static Verdict verdict(Reading reading) {
    try {
      reading.read(/* strict= */ false);
    } catch (MalformedObjectException e) {
      return Verdict.refused(e);
    }
    try {
      reading.read(/* strict= */ true);
      return Verdict.FINE;
    } catch (MalformedObjectException e) {
      return Verdict.warned(String.valueOf(e.getMessage()));
    }
  }

  /** An annotation of ours that means nothing is let through: a later version may know it. */
  private static Verdict withMisspelt(KubeObject object, Verdict verdict) {
    try {
      Set<String> unknown = Leniency.unknown(object.metadata().annotations());
      if (!unknown.isEmpty() && verdict.refusal().isEmpty()) {
        List<String> warnings = new ArrayList<>(verdict.warnings());
        unknown.forEach(each -> warnings.add("annotation " + each + " means nothing here"));
        return new Verdict(Optional.empty(), warnings);
      }
    } catch (MalformedObjectException e) {
      // The verdict says it.
    }
    return verdict;
  }

  /** The object, and what it would make of it. */
  private static void fanOut(FanOut.Of of, KubeObject object, boolean strict)
      throws MalformedObjectException {
    FanOut whole = FanOut.of(of, object, strict);
    Map<String, @Nullable Object> tree = whole.child(of, "validation");
    KubeObject child = KubeObject.of(tree, "");
    try {
      switch (of) {
        case EXTERNAL_SECRETS -> ExternalSecret.of(child, strict);
        case PUSH_SECRETS -> PushSecret.of(child, strict);
      }
    } catch (MalformedObjectException e) {
      throw new MalformedObjectException("spec." + of.field + "Spec: " + e.getMessage());
    }
  }

  private Verdict store(KubeObject store) {
    try {
      ExternalSecret.requireVersion(store);
      Fields spec = store.fields().requiredObject("spec");
      StoreConditions.of(spec);
      Stores.refreshInterval(spec);
      Fields provider = spec.requiredObject("provider");
      String name = Stores.providerName(provider);
      StoreProvider known = providers.get(name);
      if (known == null) {
        return Verdict.warned(
            "provider "
                + name
                + " is not in this version; it has "
                + String.join(", ", providers.keySet()));
      }
      return Stores.managed(store)
          ? verdict(
              strict -> {
                Fields configuration = provider.requiredObject(name);
                look(known, strict ? configuration : configuration.lenient(), store.ref());
              })
          : Verdict.FINE;
    } catch (MalformedObjectException e) {
      return Verdict.refused(e);
    }
  }

  /**
   * By opening it: the provider's own rules are in there. As soon as it asks for a value, enough.
   */
  private static void look(StoreProvider provider, Fields configuration, Ref store)
      throws MalformedObjectException {
    try {
      provider
          .open(store.kind().kind() + "/" + store.path(), configuration, new Unread(store))
          .close();
    } catch (StoreException e) {
      // What a reference holds, or whether a server is there, is a matter of the time of use.
    }
  }

  /** References that are checked for where they may point, and not followed. */
  private record Unread(Ref store) implements References {

    private StoreException enough(Fields selector) throws MalformedObjectException {
      StoreReferences.named(selector, store);
      selector.requiredString("name");
      return new StoreException(new Problem.Unreachable(), selector.path() + " is not looked at");
    }

    @Override
    public SecretBytes secret(Fields selector) throws MalformedObjectException, StoreException {
      throw enough(selector);
    }

    @Override
    public Material secret(Fields selector, Label label)
        throws MalformedObjectException, StoreException {
      throw enough(selector);
    }

    @Override
    public byte[] authority(Fields provider) throws MalformedObjectException, StoreException {
      throw enough(provider);
    }

    @Override
    public String accountToken(Fields selector) throws MalformedObjectException, StoreException {
      throw enough(selector);
    }

    @Override
    public Map<String, String> accountAnnotations(Fields selector)
        throws MalformedObjectException, StoreException {
      throw enough(selector);
    }

    @Override
    public boolean clusterWide() {
      return store.kind().equals(StoreRef.CLUSTER_STORE);
    }

    @Override
    public Optional<String> user() {
      return Optional.of(clusterWide() ? "namespace-of-a-user" : store.namespace());
    }
  }
}
