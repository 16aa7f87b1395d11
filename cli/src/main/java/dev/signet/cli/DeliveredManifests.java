package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifest;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Manifests with what their secret resources make in the place of those: the Secrets, and the
 * objects of other kinds that ExternalSecrets write to. The state of the project is read, for its
 * keys and for what was delivered before, and nothing is written.
 *
 * <p>What a cluster would have noted on the objects is left out: uids, owners, and the labels and
 * annotations by which a controller knows its own, since whoever applies them is the owner now.
 */
final class DeliveredManifests {

  private static final String NOTES = "reconcile.external-secrets.io/";
  private static final List<String> OF_SERVER =
      List.of("uid", "resourceVersion", "creationTimestamp", "generation", "ownerReferences");

  private final Surroundings surroundings;
  private final Project project;
  private final SopsManifests sops;

  DeliveredManifests(Surroundings surroundings, Project project, SopsManifests sops) {
    this.surroundings = surroundings;
    this.project = project;
    this.sops = sops;
  }

  /** The documents, in the order of their references; none if one resource is not delivered. */
  List<Map<String, @Nullable Object>> of(Manifests manifests) throws CommandFailure {
    try (State state = project.read()) {
      Directory directory =
          new Directory(state, manifests, surroundings.clock(), surroundings.random());
      ProgressBar bar = new ProgressBar(surroundings, "delivering");
      Map<Ref, Outcome> outcomes =
          Applying.print(surroundings, directory, project.root(), sops.keys(), bar::at);
      bar.end();
      refuse(manifests, outcomes);
      List<Map<String, @Nullable Object>> documents = new ArrayList<>();
      boolean pushing =
          manifests.all().stream().anyMatch(each -> isPush(each.object().ref().kind()));
      for (Manifest manifest : manifests.all()) {
        Ref ref = manifest.object().ref();
        boolean delivers = outcomes.containsKey(ref) || isGenerator(ref.kind());
        // Who pushes there needs stores and generators to stay.
        boolean source = ref.kind().kind().endsWith("SecretStore") || isGenerator(ref.kind());
        if (!delivers || (pushing && source)) {
          documents.add(new LinkedHashMap<>(manifest.object().tree()));
        }
      }
      documents.addAll(delivered(directory, outcomes));
      return documents;
    } catch (StateException e) {
      throw CommandFailure.because(e);
    }
  }

  private static boolean isPush(GroupKind kind) {
    return kind.group().equals("external-secrets.io") && kind.kind().endsWith("PushSecret");
  }

  private static boolean isGenerator(GroupKind kind) {
    return kind.group().equals("generators.external-secrets.io");
  }

  private void refuse(Manifests manifests, Map<Ref, Outcome> outcomes) throws CommandFailure {
    List<ApplyReport.Row> rows = new ArrayList<>();
    outcomes.forEach((ref, outcome) -> rows.add(ApplyReport.Row.of(ref, "", outcome)));
    rows.addAll(ApplyReport.locked(manifests));
    ApplyReport report = new ApplyReport(rows, manifests.failures(), Map.of());
    report.errors(surroundings);
    long failed = rows.stream().filter(row -> !row.delivered().orElse(true)).count();
    if (!report.good()) {
      throw CommandFailure.withCode(
          ExitCode.NOT_DELIVERED,
          "nothing was printed: "
              + (failed == 0 ? "not all manifests can be read" : failed + " not delivered"));
    }
  }

  private static List<Map<String, @Nullable Object>> delivered(
      Directory directory, Map<Ref, Outcome> outcomes) {
    TreeSet<Ref> targets = new TreeSet<>();
    for (Delivery each : directory.deliveries()) {
      if (outcomes.containsKey(each.resource())) {
        targets.add(each.target());
      }
    }
    List<Map<String, @Nullable Object>> documents = new ArrayList<>();
    for (KubeObject object : directory.made()) {
      if (targets.contains(object.ref())) {
        documents.add(clean(object.tree()));
      }
    }
    for (Ref target : targets) {
      Optional<Secret> secret = directory.secret(target.namespace(), target.name());
      if (target.kind().equals(GroupKind.SECRET) && secret.isPresent()) {
        try (Secret opened = secret.get()) {
          documents.add(clean(SecretManifest.write(opened)));
        }
      }
    }
    return documents;
  }

  private static Map<String, @Nullable Object> clean(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>(tree);
    Map<String, @Nullable Object> metadata = map(tree.get("metadata"));
    OF_SERVER.forEach(metadata::remove);
    for (String notes : List.of("labels", "annotations")) {
      Map<String, @Nullable Object> kept = map(metadata.get(notes));
      kept.keySet().removeIf(key -> key.startsWith(NOTES));
      if (kept.isEmpty()) {
        metadata.remove(notes);
      } else {
        metadata.put(notes, kept);
      }
    }
    copy.put("metadata", metadata);
    return copy;
  }

  private static Map<String, @Nullable Object> map(@Nullable Object tree) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    if (tree instanceof Map<?, ?> map) {
      map.forEach((key, value) -> copy.put(String.valueOf(key), value));
    }
    return copy;
  }
}
