package dev.signet.cli;

import dev.signet.core.Origin;
import dev.signet.delivery.Consumer;
import dev.signet.delivery.Consumers;
import dev.signet.delivery.Declared;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Standing;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.externalsecrets.ExternalSecretReport;
import dev.signet.dialects.sealedsecrets.SealedSecretReport;
import dev.signet.kube.Diagnostics;
import dev.signet.kube.Inspection;
import dev.signet.kube.Resource;
import dev.signet.operator.Kinds;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Gathers the path of one Secret from the objects around it. What may not be read is noted and
 * passed over: half of a path, and the word that it is half, helps more than none.
 */
final class ClusterLineage {

  private static final List<Resource> USERS =
      List.of(
          resource("apps", "v1", "Deployment", "deployments"),
          resource("apps", "v1", "StatefulSet", "statefulsets"),
          resource("apps", "v1", "DaemonSet", "daemonsets"),
          resource("apps", "v1", "ReplicaSet", "replicasets"),
          resource("batch", "v1", "CronJob", "cronjobs"),
          resource("batch", "v1", "Job", "jobs"),
          Diagnostics.PODS,
          resource("", "v1", "ServiceAccount", "serviceaccounts"),
          resource("networking.k8s.io", "v1", "Ingress", "ingresses"));

  private final Inspection inspection;
  private final Ref secret;
  private final Map<Declared, Lineage.By> sources = new LinkedHashMap<>();
  private final Map<String, String> notes = new LinkedHashMap<>();
  private final List<Consumer> consumers = new ArrayList<>();
  private final List<String> unseen = new ArrayList<>();

  private ClusterLineage(Inspection inspection, Ref secret) {
    this.inspection = inspection;
    this.secret = secret;
  }

  private static Resource resource(String group, String version, String kind, String plural) {
    return new Resource(new GroupKind(group, kind), List.of(version), plural, true);
  }

  /** The resources whose target the Secret is, there or not. */
  static ClusterLineage sources(Inspection inspection, Ref secret) {
    ClusterLineage lineage = new ClusterLineage(inspection, secret);
    lineage.attempt(lineage::sealed);
    lineage.attempt(lineage::external);
    return lineage;
  }

  private interface Reading {
    void run() throws ObjectsException;
  }

  private void attempt(Reading reading) {
    try {
      reading.run();
    } catch (ObjectsException e) {
      unseen.add(e.getMessage());
    }
  }

  private void sealed() throws ObjectsException {
    Optional<KubeObject> found =
        inspection.get(Kinds.SEALED_SECRETS, secret.namespace(), secret.name());
    if (found.isPresent()) {
      KubeObject object = found.get();
      try {
        add(SealedSecretReport.declared(object), SealedSecretReport.standing(object), List.of());
      } catch (MalformedObjectException e) {
        unseen.add("cannot read " + object.ref() + ": " + e.getMessage());
      }
    }
  }

  private void external() throws ObjectsException {
    for (KubeObject object : inspection.list(Kinds.EXTERNAL_SECRETS, secret.namespace())) {
      Declared declared = ExternalSecretReport.declared(object);
      if (declared.target().equals(secret)) {
        List<Lineage.By> stores = new ArrayList<>();
        declared.stores().forEach(store -> attempt(() -> stores.add(store(store))));
        add(declared, ExternalSecretReport.standing(object), stores);
        notes.putAll(ExternalSecretReport.notes(object));
      }
    }
  }

  private Lineage.By store(Ref ref) throws ObjectsException {
    Resource resource =
        ref.namespace().isEmpty() ? Kinds.CLUSTER_SECRET_STORES : Kinds.SECRET_STORES;
    Optional<KubeObject> found = inspection.get(resource, ref.namespace(), ref.name());
    Map<String, Object> facts = new LinkedHashMap<>();
    if (found.isEmpty()) {
      facts.put("state", "missing");
      return new Lineage.By(ref, "it does not exist", facts, List.of());
    }
    String provider = ExternalSecretReport.provider(found.get());
    Standing standing = ExternalSecretReport.standing(found.get());
    facts.put("provider", provider);
    facts.putAll(facts(standing));
    return new Lineage.By(ref, provider + ", " + note(standing, "ready"), facts, List.of());
  }

  private void add(Declared declared, Standing standing, List<Lineage.By> stores) {
    Map<String, Object> facts = facts(standing);
    String at = "";
    if (!declared.at().isEmpty()) {
      facts.put("at", declared.at());
      at = ", last " + declared.at();
    }
    sources.put(
        declared,
        new Lineage.By(declared.resource(), note(standing, "delivered") + at, facts, stores));
  }

  private static String note(Standing standing, String good) {
    return switch (standing) {
      case Standing.Unseen _ -> "no operator has reported on it as it is now";
      case Standing.Delivered _ -> good;
      case Standing.Failing(String reason, String message) ->
          "failing: " + reason + ": " + message.replace('\n', ' ');
    };
  }

  private static Map<String, Object> facts(Standing standing) {
    Map<String, Object> facts = new LinkedHashMap<>();
    switch (standing) {
      case Standing.Unseen _ -> facts.put("state", "unseen");
      case Standing.Delivered _ -> facts.put("state", "delivered");
      case Standing.Failing(String reason, String message) -> {
        facts.put("state", "failing");
        facts.put("reason", reason);
        facts.put("message", message);
      }
    }
    return facts;
  }

  /** Those that are made by another one that is listed too are passed over. */
  void findConsumers() {
    Set<String> makers = new LinkedHashSet<>();
    for (Resource resource : USERS) {
      attempt(
          () -> {
            for (KubeObject object : inspection.list(resource, secret.namespace())) {
              if (!isMadeBy(object, makers)) {
                Consumers.of(object).stream()
                    .filter(consumer -> consumer.secret().equals(secret))
                    .forEach(consumers::add);
              }
            }
            // Only kinds that could be listed stand for what they make.
            makers.add(resource.kind().kind());
          });
    }
  }

  private static boolean isMadeBy(KubeObject object, Set<String> makers) {
    for (Object each :
        ClusterInventory.list(
            ClusterInventory.map(object.tree().get("metadata")).get("ownerReferences"))) {
      Map<?, ?> owner = ClusterInventory.map(each);
      if (Boolean.TRUE.equals(owner.get("controller"))
          && makers.contains(ClusterInventory.text(owner.get("kind")))) {
        return true;
      }
    }
    return false;
  }

  Set<Declared> declared() {
    return sources.keySet();
  }

  List<String> unseen() {
    return unseen;
  }

  void unseen(String why) {
    unseen.add(why);
  }

  /** Where a key comes from, as far as the resources name it or could bring it. */
  Lineage.Key key(String name) {
    List<Origin> from = new ArrayList<>();
    List<Lineage.By> by = new ArrayList<>();
    sources.forEach(
        (declared, source) -> {
          Origin named = declared.origins().get(name);
          if (named != null) {
            from.add(named);
            by.add(source);
          } else if (!declared.rest().isEmpty()) {
            from.addAll(declared.rest());
            by.add(source);
          }
        });
    return new Lineage.Key(name, from, by, Lineage.of(notes, name));
  }

  /**
   * @param keys those of the Secret; those that the resources name come to them
   */
  Lineage with(List<String> keys, String about) {
    Set<String> all = new LinkedHashSet<>(keys);
    sources.keySet().forEach(declared -> all.addAll(declared.origins().keySet()));
    return new Lineage(
        secret,
        about,
        all.stream().map(this::key).toList(),
        consumers,
        _ -> Map.of(),
        "nothing in its namespace" + (unseen.isEmpty() ? "" : " that could be seen"),
        Lineage.others(notes, all),
        unseen);
  }
}
