package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.kube.Inspection;
import dev.signet.kube.Resource;
import dev.signet.kube.ServerSideApply;
import dev.signet.kube.ServerSideApply.Applied;
import dev.signet.kube.ServerSideApply.Conflict;
import dev.signet.operator.Kinds;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Brings manifests to a cluster, what others need first: namespaces, definitions of kinds, rights,
 * Secrets, stores, then what is delivered, then the rest. An object that is refused does not keep
 * the others from being applied, as in a directory; a server that cannot be reached does.
 */
final class ClusterApply {

  private static final Duration KIND_IS_SERVED = Duration.ofSeconds(20);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private static final GroupKind NAMESPACE = new GroupKind("", "Namespace");
  private static final GroupKind DEFINITION =
      new GroupKind("apiextensions.k8s.io", "CustomResourceDefinition");

  private static final Set<String> STORES_AND_GENERATORS =
      Stream.concat(
              Stream.of("SecretStore", "ClusterSecretStore"),
              Kinds.GENERATORS.stream().map(each -> each.kind().kind()))
          .collect(Collectors.toUnmodifiableSet());

  /** Before everything that is not named here. */
  private static final List<Set<String>> ORDER =
      List.of(
          Set.of("Namespace"),
          Set.of("CustomResourceDefinition"),
          Set.of("ServiceAccount", "Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
          Set.of("Secret", "ConfigMap"),
          STORES_AND_GENERATORS,
          Set.of(
              "SealedSecret",
              "ExternalSecret",
              "ClusterExternalSecret",
              "PushSecret",
              "ClusterPushSecret"));

  private final Inspection inspection;
  private final ServerSideApply apply;
  private final boolean dryRun;
  private final String namespace;
  private final Map<String, Resource> resources = new HashMap<>();
  private final Set<String> newNamespaces = new HashSet<>();
  private final Set<GroupKind> newKinds = new HashSet<>();

  /**
   * @param namespace of objects that name none
   */
  ClusterApply(Inspection inspection, ServerSideApply apply, boolean dryRun, String namespace) {
    this.inspection = inspection;
    this.apply = apply;
    this.dryRun = dryRun;
    this.namespace = namespace;
  }

  /** What became of each, in the order in which they were applied. */
  Map<Ref, ApplyReport.Row> run(Collection<Manifest> manifests) throws CommandFailure {
    List<Manifest> ordered = new ArrayList<>(manifests);
    ordered.sort(
        Comparator.comparingInt((Manifest manifest) -> rank(manifest.object().ref()))
            .thenComparing(manifest -> manifest.object().ref()));
    Map<Ref, ApplyReport.Row> rows = new LinkedHashMap<>();
    try {
      // Whether there is a cluster, and one that knows the user, before anything is written.
      var _ = inspection.find("v1", "Namespace");
      for (Manifest manifest : ordered) {
        ApplyReport.Row row = one(manifest);
        rows.put(row.ref(), row);
      }
    } catch (ObjectsException e) {
      throw rows.isEmpty()
          ? CommandFailure.because(e)
          : CommandFailure.of(
              e.getMessage(),
              rows.size()
                  + " of "
                  + ordered.size()
                  + " objects were applied before; apply all of them again");
    }
    return rows;
  }

  private static int rank(Ref ref) {
    for (int i = 0; i < ORDER.size(); i++) {
      if (ORDER.get(i).contains(ref.kind().kind())) {
        return i;
      }
    }
    return ORDER.size();
  }

  /** Throws only what concerns all objects. */
  private ApplyReport.Row one(Manifest manifest) throws ObjectsException {
    KubeObject object = manifest.object();
    String file = manifest.where();
    try {
      Optional<Resource> resource = resource(object);
      if (resource.isEmpty()) {
        return unknown(object.ref(), file, object.apiVersion());
      }
      KubeObject placed = placed(object, resource.get());
      return row(placed, file, apply(placed, resource.get(), file));
    } catch (MalformedObjectException e) {
      return ApplyReport.Row.failed(object.ref(), file, "refused", "Malformed", e.getMessage());
    } catch (ObjectsException e) {
      return switch (e.problem()) {
        case Problem.Unreachable _, Problem.Throttled _ -> throw e;
        case Problem.NotFound _ when newNamespaces.contains(object.ref().namespace()) ->
            ApplyReport.Row.done(object.ref(), file, "not tried: its namespace would be new");
        case Problem.NotFound _,
            Problem.Denied _,
            Problem.Refused _,
            Problem.Conflict _,
            Problem.Malformed _ ->
            ApplyReport.Row.failed(object.ref(), file, "refused", "Refused", e.getMessage());
      };
    }
  }

  private Optional<Resource> resource(KubeObject object) throws ObjectsException {
    String kind = object.ref().kind().kind();
    String id = object.apiVersion() + "/" + kind;
    Resource known = resources.get(id);
    if (known != null) {
      return Optional.of(known);
    }
    boolean waits = newKinds.contains(object.ref().kind()) && !dryRun;
    long end = System.nanoTime() + (waits ? KIND_IS_SERVED.toNanos() : 0);
    Optional<Resource> found = inspection.find(object.apiVersion(), kind);
    while (found.isEmpty() && System.nanoTime() < end && pause()) {
      found = inspection.find(object.apiVersion(), kind);
    }
    found.ifPresent(resource -> resources.put(id, resource));
    return found;
  }

  private static boolean pause() {
    try {
      Thread.sleep(PAUSE);
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  private ApplyReport.Row unknown(Ref ref, String file, String apiVersion) {
    if (dryRun && newKinds.contains(ref.kind())) {
      return ApplyReport.Row.done(ref, file, "not tried: its kind would be new");
    }
    boolean ours =
        Stream.of(Kinds.ALL, Kinds.FURTHER, Kinds.GENERATORS)
            .flatMap(List::stream)
            .anyMatch(each -> each.kind().equals(ref.kind()));
    return ApplyReport.Row.failed(
        ref,
        file,
        "refused",
        "UnknownKind",
        "the cluster knows no "
            + ref.kind().kind()
            + " in "
            + apiVersion
            + (ours
                ? "; install it: signet crds | kubectl apply --server-side -f -"
                : "; install its CustomResourceDefinition first"));
  }

  /** Where the server has it: whether a kind has namespaces is for the server to say. */
  private KubeObject placed(KubeObject object, Resource resource) {
    Ref ref = object.ref();
    String where =
        !resource.namespaced() ? "" : ref.namespace().isEmpty() ? namespace : ref.namespace();
    return new KubeObject(
        new Ref(ref.kind(), where, ref.name()), object.apiVersion(), object.tree());
  }

  private Applied apply(KubeObject object, Resource resource, String file)
      throws ObjectsException, MalformedObjectException {
    if (!object.ref().kind().equals(GroupKind.SECRET)) {
      return apply.object(resource, object);
    }
    if (object.tree().containsKey("sops")) {
      throw new MalformedObjectException(
          "it is encrypted with SOPS, which this version does not open yet");
    }
    try (Secret secret = SecretManifest.read(object.tree(), "manifest " + file)) {
      return apply.secret(
          secret.withMetadata(secret.metadata().with("namespace", object.ref().namespace())));
    }
  }

  private ApplyReport.Row row(KubeObject object, String file, Applied applied) {
    Ref ref = object.ref();
    return switch (applied) {
      case Applied.Done(boolean created) -> {
        noteNew(object);
        yield ApplyReport.Row.done(
            ref, file, (created ? "created" : "applied") + (dryRun ? " (dry run)" : ""));
      }
      case Applied.Conflicting(List<Conflict> conflicts) ->
          ApplyReport.Row.failed(
              ref,
              file,
              "refused",
              "Conflict",
              conflicts.stream()
                      .map(each -> each.field() + " is managed by " + each.manager())
                      .collect(Collectors.joining("; "))
                  + "; take the fields over with --force-conflicts, or leave them out of the"
                  + " manifest");
    };
  }

  private void noteNew(KubeObject object) {
    if (object.ref().kind().equals(NAMESPACE) && dryRun) {
      newNamespaces.add(object.ref().name());
    }
    if (object.ref().kind().equals(DEFINITION)) {
      Map<?, ?> spec = ClusterInventory.map(object.tree().get("spec"));
      newKinds.add(
          new GroupKind(
              ClusterInventory.text(spec.get("group")),
              ClusterInventory.text(ClusterInventory.map(spec.get("names")).get("kind"))));
    }
  }
}
