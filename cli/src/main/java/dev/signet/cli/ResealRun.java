package dev.signet.cli;

import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.dialects.sealedsecrets.ResealedFile;
import dev.signet.dialects.sealedsecrets.ResealedFile.Sealed;
import dev.signet.dialects.sealedsecrets.Resealing;
import dev.signet.dialects.sealedsecrets.Resealing.Current;
import dev.signet.dialects.sealedsecrets.Resealing.Failed;
import dev.signet.dialects.sealedsecrets.Resealing.Result;
import dev.signet.dialects.sealedsecrets.Resealing.Stale;
import dev.signet.yaml.EditException;
import dev.signet.yaml.MalformedDocumentException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/** Reseals files, and says what became of each. */
final class ResealRun {

  private enum Status {
    /** All items are on the key already. */
    current,
    resealed,
    stale,
    /** A template of another tool. */
    skipped,
    failed
  }

  /**
   * A file with SealedSecrets.
   *
   * @param problem why the file as a whole was left as it is
   */
  private record Outcome(
      ManifestFiles.Found file, Status status, List<Sealed> objects, String problem) {

    long count(Class<? extends Result> kind) {
      return objects.stream()
          .flatMap(object -> object.items().values().stream())
          .filter(kind::isInstance)
          .count();
    }
  }

  private final Surroundings surroundings;
  private final KeyRing ring;
  private final Resealing resealing;
  private final String namespace;
  private final boolean dry;

  /**
   * Prepares a run.
   *
   * @param dry whether nothing is to be written
   */
  ResealRun(
      Surroundings surroundings, KeyRing ring, Resealing resealing, String namespace, boolean dry) {
    this.surroundings = surroundings;
    this.ring = ring;
    this.resealing = resealing;
    this.namespace = namespace;
    this.dry = dry;
  }

  /**
   * Does it.
   *
   * @param checks whether it is a failure that something is stale; asked when all files were read
   */
  int of(
      List<ManifestFiles.Found> files,
      Options.Output output,
      RsaPublicKey target,
      BooleanSupplier checks)
      throws CommandFailure {
    List<Outcome> outcomes =
        EachFile.of(surroundings, "resealing", files, this::reseal).stream()
            .flatMap(Optional::stream)
            .toList();
    output.print(surroundings, () -> print(outcomes, target), () -> tree(outcomes, target));
    long failed = outcomes.stream().filter(each -> each.status == Status.failed).count();
    if (failed > 0) {
      throw CommandFailure.withCode(
          ExitCode.NOT_DELIVERED,
          Count.of(failed, "file") + " of " + outcomes.size() + " left as they are");
    }
    long stale = outcomes.stream().filter(each -> each.status == Status.stale).count();
    if (stale > 0 && checks.getAsBoolean()) {
      throw CommandFailure.of(
          Count.of(stale, "file") + " not sealed with the newest key",
          "run the same without --check");
    }
    return ExitCode.OK;
  }

  /** Nothing for a file without SealedSecrets. */
  private Optional<Outcome> reseal(ManifestFiles.Found file) {
    try {
      byte[] before = Files.readAllBytes(file.path());
      if (!ManifestFiles.mention(before, "SealedSecret")) {
        return Optional.empty();
      }
      return reseal(file, before);
    } catch (IOException e) {
      String problem = "cannot read or write it: " + InputOutput.reason(e);
      return Optional.of(new Outcome(file, Status.failed, List.of(), problem));
    }
  }

  private Optional<Outcome> reseal(ManifestFiles.Found file, byte[] before) throws IOException {
    ResealedFile result;
    try {
      result = ResealedFile.of(before, file.name(), namespace, resealing);
    } catch (MalformedDocumentException e) {
      boolean template = ManifestFiles.isTemplate(before, e);
      return Optional.of(
          new Outcome(
              file,
              template ? Status.skipped : Status.failed,
              List.of(),
              (template ? "a template of another tool, not a manifest: " : "") + e.getMessage()));
    } catch (EditException e) {
      return Optional.of(new Outcome(file, Status.failed, List.of(), e.getMessage()));
    }
    if (result.objects().isEmpty()) {
      return Optional.empty();
    }
    if (result.failed() || !result.changed()) {
      Status status = result.failed() ? Status.failed : Status.current;
      return Optional.of(new Outcome(file, status, result.objects(), ""));
    }
    if (dry) {
      return Optional.of(new Outcome(file, Status.stale, result.objects(), ""));
    }
    if (!Arrays.equals(Files.readAllBytes(file.path()), before)) {
      String problem = "somebody else changed it meanwhile: run it again";
      return Optional.of(new Outcome(file, Status.failed, List.of(), problem));
    }
    AtomicFile.write(
        file.path(),
        result.content(),
        AtomicFile.Readers.AS_BEFORE,
        "reseal",
        surroundings.faults());
    return Optional.of(new Outcome(file, Status.resealed, result.objects(), ""));
  }

  private String nameOf(String fingerprint) {
    return ring.find(fingerprint)
        .map(SealingKey::name)
        .filter(name -> !name.isEmpty())
        .orElse(fingerprint);
  }

  private void print(List<Outcome> outcomes, RsaPublicKey target) {
    var out = surroundings.out();
    for (Outcome outcome : outcomes) {
      if (!outcome.problem.isEmpty()) {
        String what = outcome.status == Status.skipped ? "skipped" : "left as it is";
        out.println(outcome.file.name() + ": " + what + ": " + outcome.problem);
      }
      for (Sealed object : outcome.objects) {
        print(outcome, object);
      }
    }
    long items = outcomes.stream().mapToLong(each -> stale(each)).sum();
    long files = outcomes.stream().filter(each -> stale(each) > 0).count();
    long current = outcomes.stream().mapToLong(each -> each.count(Current.class)).sum();
    out.println(
        Count.of(items, "item")
            + " in "
            + Count.of(files, "file")
            + (dry ? " would be sealed with " : " sealed with ")
            + nameOf(target.fingerprint())
            + ", "
            + current
            + " there already");
  }

  private static long stale(Outcome outcome) {
    return outcome.status == Status.failed ? 0 : outcome.count(Stale.class);
  }

  private void print(Outcome outcome, Sealed object) {
    var out = surroundings.out();
    String place = outcome.file.name() + ":" + object.line() + ": " + object.name() + ": ";
    if (!object.problem().isEmpty()) {
      out.println(place + "left as it is: " + object.problem());
    }
    object
        .items()
        .forEach(
            (name, result) -> {
              switch (result) {
                case Current _ -> {}
                case Failed failed ->
                    out.println(place + name + ": left as it is: " + failed.reason());
                case Stale stale -> {
                  String what =
                      switch (outcome.status) {
                        case failed -> "left as it is, as another item of the file failed";
                        case stale -> "would be sealed anew";
                        case resealed, current, skipped -> "sealed anew";
                      };
                  String was = stale.key().map(key -> " (was on " + nameOf(key) + ")").orElse("");
                  out.println(place + name + ": " + what + was);
                }
              }
            });
  }

  private Map<String, Object> tree(List<Outcome> outcomes, RsaPublicKey target) {
    List<Object> files = new ArrayList<>();
    for (Outcome outcome : outcomes) {
      Map<String, Object> file = new LinkedHashMap<>();
      file.put("file", outcome.file.name());
      file.put("status", outcome.status.name());
      if (!outcome.problem.isEmpty()) {
        file.put("problem", outcome.problem);
      }
      file.put("objects", outcome.objects.stream().map(this::tree).toList());
      files.add(file);
    }
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("key", target.fingerprint());
    tree.put("files", files);
    return tree;
  }

  private Map<String, Object> tree(Sealed object) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("object", object.name());
    tree.put("line", (long) object.line());
    tree.put("scope", object.scope().text());
    if (!object.problem().isEmpty()) {
      tree.put("problem", object.problem());
    }
    List<Object> items = new ArrayList<>();
    object
        .items()
        .forEach(
            (name, result) -> {
              Map<String, Object> item = new LinkedHashMap<>();
              item.put("item", name);
              switch (result) {
                case Current _ -> item.put("status", "current");
                case Stale stale -> {
                  item.put("status", "stale");
                  stale.key().ifPresent(key -> item.put("key", key));
                }
                case Failed failed -> {
                  item.put("status", "failed");
                  item.put("problem", failed.reason());
                }
              }
              items.add(item);
            });
    tree.put("items", items);
    return tree;
  }
}
