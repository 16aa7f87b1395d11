package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Makes the same ExternalSecret or PushSecret in many namespaces, and deletes it where it is no
 * longer wanted. What somebody else made under that name stays theirs. Of a namespace that goes
 * nothing is held back: no finalizer is put on it.
 */
public final class FanOutController implements Controller {

  private final FanOut.Of of;
  private final Objects objects;
  private final Evidence evidence;

  private FanOutController(FanOut.Of of, Objects objects, Evidence evidence) {
    this.of = of;
    this.objects = objects;
    this.evidence = evidence;
  }

  /** For ClusterExternalSecrets. */
  public static FanOutController externalSecrets(Objects objects, Evidence evidence) {
    return new FanOutController(FanOut.Of.EXTERNAL_SECRETS, objects, evidence);
  }

  /** For ClusterPushSecrets. */
  public static FanOutController pushSecrets(Objects objects, Evidence evidence) {
    return new FanOutController(FanOut.Of.PUSH_SECRETS, objects, evidence);
  }

  static FanOutController of(FanOut.Of of, Objects objects, Evidence evidence) {
    return new FanOutController(of, objects, evidence);
  }

  @Override
  public GroupKind kind() {
    return of.kind();
  }

  /** A namespace concerns all of them, an object of the kind that is made its owner. */
  @Override
  public List<Ref> concernedBy(Ref changed) throws ObjectsException {
    if (changed.kind().equals(NamespaceList.KIND)) {
      return objects.list(of.kind()).stream().map(KubeObject::ref).toList();
    }
    if (changed.kind().equals(of.child())) {
      return objects.list(of.kind()).stream()
          .filter(each -> provisioned(each).contains(changed.namespace()))
          .map(KubeObject::ref)
          .toList();
    }
    return List.of();
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      return new Outcome.Done();
    }
    KubeObject object = found.get();
    if (Finalizers.going(object)) {
      Finalizers.remove(objects, object, Finalizers.CLUSTER_EXTERNAL_SECRET);
      return new Outcome.Done();
    }
    try {
      return fanOut(object, FanOut.of(of, object));
    } catch (MalformedObjectException e) {
      evidence.event(Event.warning(ref, "InvalidSpec", e.getMessage()));
      report(object, object.ref().name(), Map.of("unknown", e.getMessage()), List.of());
      return new Outcome.Stalled("InvalidSpec", e.getMessage());
    }
  }

  private Outcome fanOut(KubeObject object, FanOut spec)
      throws ObjectsException, MalformedObjectException {
    Map<String, Map<String, String>> namespaces = NamespaceList.all(objects);
    Map<String, String> failed = new TreeMap<>();
    List<String> done = new ArrayList<>();
    String before = status(object, of.field + "Name");
    for (String namespace : provisioned(object)) {
      boolean renamed = !before.isEmpty() && !before.equals(spec.childName());
      Map<String, String> labels = namespaces.get(namespace);
      if (renamed || labels == null || !spec.wants(namespace, labels)) {
        delete(object, namespace, before.isEmpty() ? spec.childName() : before, failed);
      }
    }
    for (Map.Entry<String, Map<String, String>> each : namespaces.entrySet()) {
      if (spec.wants(each.getKey(), each.getValue()) && put(object, spec, each.getKey(), failed)) {
        done.add(each.getKey());
      }
    }
    report(object, spec.childName(), failed, done);
    return failed.isEmpty()
        ? new Outcome.After(spec.refreshInterval())
        : new Outcome.Retry("FanOutFailed", "one or more namespaces failed: " + failed.keySet());
  }

  /** Whether it is there as it should be. */
  private boolean put(KubeObject object, FanOut spec, String namespace, Map<String, String> failed)
      throws MalformedObjectException {
    Ref child = new Ref(of.child(), namespace, spec.childName());
    try {
      KubeObject wanted = KubeObject.of(spec.child(of, namespace), namespace);
      Optional<KubeObject> there = objects.get(child);
      if (there.isEmpty()) {
        objects.create(wanted);
        return true;
      }
      if (!ownedBy(there.get(), object)) {
        failed.put(namespace, of.words + " already exists in namespace");
        return false;
      }
      if (!same(there.get(), wanted)) {
        Metadata before = there.get().metadata();
        Metadata metadata =
            wanted
                .metadata()
                .with("uid", before.uid())
                .with("resourceVersion", before.resourceVersion())
                .with("finalizers", before.tree().get("finalizers"));
        objects.update(wanted.with("metadata", metadata.tree()));
      }
      return true;
    } catch (ObjectsException e) {
      failed.put(namespace, String.valueOf(e.getMessage()));
      return false;
    }
  }

  private static boolean ownedBy(KubeObject child, KubeObject owner)
      throws MalformedObjectException {
    String uid = owner.metadata().uid();
    return child
        .metadata()
        .controllerOwner()
        .filter(each -> uid.equals(each.get("uid")))
        .isPresent();
  }

  private static boolean same(KubeObject there, KubeObject wanted) throws MalformedObjectException {
    return there.metadata().labels().equals(wanted.metadata().labels())
        && there.metadata().annotations().equals(wanted.metadata().annotations())
        && java.util.Objects.equals(there.tree().get("spec"), wanted.tree().get("spec"));
  }

  private void delete(KubeObject object, String namespace, String name, Map<String, String> failed)
      throws MalformedObjectException {
    Ref child = new Ref(of.child(), namespace, name);
    try {
      Optional<KubeObject> there = objects.get(child);
      if (there.isPresent() && ownedBy(there.get(), object)) {
        objects.delete(child, there.get().metadata().uid());
      }
    } catch (ObjectsException e) {
      if (!(e.problem() instanceof Problem.NotFound)) {
        failed.put(namespace, String.valueOf(e.getMessage()));
      }
    }
  }

  private static List<String> provisioned(KubeObject object) {
    List<String> names = new ArrayList<>();
    if (object.tree().get("status") instanceof Map<?, ?> status
        && status.get("provisionedNamespaces") instanceof List<?> list) {
      list.forEach(each -> names.add(String.valueOf(each)));
    }
    return names;
  }

  private static String status(KubeObject object, String field) throws MalformedObjectException {
    Optional<Fields> status = object.fields().object("status");
    return status.isPresent() ? status.get().string(field).orElse("") : "";
  }

  private void report(
      KubeObject object, String childName, Map<String, String> failed, List<String> done)
      throws ObjectsException {
    Map<String, @Nullable Object> condition = new LinkedHashMap<>();
    condition.put("type", "Ready");
    condition.put("status", failed.isEmpty() ? "True" : "False");
    if (!failed.isEmpty()) {
      condition.put("message", "one or more namespaces failed");
    }
    Map<String, Object> status = new LinkedHashMap<>();
    status.put(of.field + "Name", childName);
    if (!failed.isEmpty()) {
      List<Object> failures = new ArrayList<>();
      failed.forEach(
          (namespace, reason) ->
              failures.add(new TreeMap<>(Map.of("namespace", namespace, "reason", reason))));
      status.put("failedNamespaces", failures);
    }
    if (!done.isEmpty()) {
      status.put("provisionedNamespaces", List.copyOf(new TreeSet<>(done)));
    }
    status.put("conditions", List.of(condition));
    objects.updateStatus(object.ref(), status);
  }
}
