package dev.signet.operator;

import dev.signet.delivery.object.Ref;
import dev.signet.dialects.sealedsecrets.DeliveryRules;
import dev.signet.kube.Cluster;
import dev.signet.kube.Namespaces;
import dev.signet.kube.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Which kinds are watched where; one thread asks after the other. */
final class Watched {

  private static final String ALL = "";

  private final Cluster cluster;
  private final Settings settings;
  private final Consumer<Ref> changed;
  private boolean keysWatched;

  Watched(Cluster cluster, Settings settings, Consumer<Ref> changed) {
    this.cluster = cluster;
    this.settings = settings;
    this.changed = changed;
  }

  /** Begins to watch there, in addition to where it does already. */
  void in(Namespaces namespaces) {
    String selector = settings.area().labelSelector();
    watch(List.of(Kinds.SEALED_SECRETS), namespaces, selector);
    if (settings.dialects().externalSecrets()) {
      watch(List.of(Kinds.EXTERNAL_SECRETS, Kinds.PUSH_SECRETS), namespaces, selector);
      watch(Kinds.STORES, namespaces, ALL);
      watch(List.of(Kinds.GENERATOR_STATES), namespaces, ALL);
      watch(Kinds.SOURCES, namespaces, ALL);
      if (settings.dialects().genericTargets()) {
        cluster.follow(namespaces, "reconcile.external-secrets.io/managed=true", changed);
      }
      if (namespaces.names().isEmpty()) {
        // To fan out takes the whole cluster.
        watch(Kinds.FANNED_OUT, namespaces, ALL);
      }
    }
    if (settings.dialects().sopsSecrets().isPresent()) {
      watch(List.of(Kinds.SOPS_SECRETS), namespaces, selector);
    }
    secrets(namespaces);
  }

  private void watch(List<Resource> resources, Namespaces namespaces, String labelSelector) {
    List<Resource> wanted =
        resources.stream().filter(each -> settings.dialects().has(each.kind().kind())).toList();
    if (!wanted.isEmpty()) {
      cluster.watch(wanted, namespaces, labelSelector, changed);
    }
  }

  /** Those that are delivered, if anything is to follow from a change of them, and the keys. */
  private void secrets(Namespaces namespaces) {
    SealedSecretsSettings sealed = settings.dialects().sealedSecrets();
    boolean delivered =
        settings.dialects().externalSecrets()
            || settings.dialects().sopsSecrets().isPresent()
            || sealed.delivery().restored() != DeliveryRules.Restored.NOTHING;
    List<String> names = new ArrayList<>(delivered ? namespaces.names() : List.of());
    boolean all = delivered && names.isEmpty();
    if (!all && !keysWatched) {
      names.add(sealed.keys().namespace());
    }
    keysWatched = true;
    if (all || !names.isEmpty()) {
      cluster.watch(
          List.of(Resource.SECRETS), all ? Namespaces.all() : Namespaces.of(names), ALL, changed);
    }
  }
}
