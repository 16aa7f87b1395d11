package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.sops.MasterKey;
import dev.signet.sops.Metadata;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Says who can open files that SOPS encrypted, and whether that is who .sops.yaml says. What a",
      "recipient who left could open, today and in the history of git; and all files made readable for",
      "those of the configuration at once."
    },
    footer = {
      "",
      "Examples:",
      "  signet recipients secrets/",
      "  signet recipients secrets/ --of age1...",
      "  signet recipients secrets/ --update --dry-run",
      "  signet recipients secrets/ --update",
      "",
      "Whoever could open a file once knows its values, and its data key: after --update run",
      "`sops rotate -i` on what --of names, and change the values themselves at their source.",
      "Exit code 1: some files are for others than .sops.yaml says, or could not be changed."
    })
final class RecipientsCommand implements Command {

  /** Revisions of a file that are looked at. */
  private static final int MOST = 1000;

  @Mixin Options options = new Options();

  @Mixin Options.Output output = new Options.Output();

  @Mixin ManifestFiles files = new ManifestFiles();

  @Option(
      names = "--of",
      paramLabel = "KEY",
      description =
          "Only what this key opens or once opened: an age recipient, a PGP fingerprint, an ARN …")
  Optional<String> of = Optional.empty();

  @Option(
      names = "--update",
      description = "Encrypt the data keys for those that .sops.yaml says, where others are there.")
  boolean update;

  @Option(names = "--dry-run", description = "With --update: change nothing.")
  boolean dryRun;

  /**
   * What is known of a file.
   *
   * @param once keys of earlier revisions that it is not for any more
   * @param missing keys that .sops.yaml says and the file lacks
   * @param surplus keys of the file that .sops.yaml does not say
   * @param opens whether a key of this machine opens it
   * @param problem why it could not be looked at or changed; empty otherwise
   */
  private record Row(
      String name,
      List<String> keys,
      List<String> once,
      List<String> missing,
      List<String> surplus,
      boolean opens,
      boolean changed,
      String problem) {

    boolean isGood() {
      return problem.isEmpty() && (changed || (missing.isEmpty() && surplus.isEmpty()));
    }

    String state() {
      if (!problem.isEmpty()) {
        return "failed";
      }
      if (changed) {
        return "updated";
      }
      return missing.isEmpty() && surplus.isEmpty() ? "as configured" : "differs";
    }
  }

  @Override
  public int run(Surroundings surroundings) throws CommandFailure {
    List<ManifestFiles.Found> found = files.find(surroundings, /* recursive= */ true);
    List<Row> rows = new ArrayList<>();
    ProgressBar bar = new ProgressBar(surroundings, update ? "updating" : "looking");
    try (SopsManifests sops = new SopsManifests(surroundings.sops())) {
      for (int i = 0; i < found.size(); i++) {
        row(surroundings, sops, found.get(i)).ifPresent(rows::add);
        bar.at(i + 1, found.size());
      }
    }
    bar.end();
    output.print(surroundings, () -> table(surroundings, rows), () -> tree(rows));
    surroundings.out().flush();
    for (Row row : rows) {
      if (!row.problem().isEmpty()) {
        Signet.error(surroundings, row.name() + ": " + row.problem(), "");
      }
    }
    boolean good = rows.stream().allMatch(Row::isGood) || of.isPresent();
    return good ? ExitCode.OK : ExitCode.FAILED;
  }

  private Optional<Row> row(Surroundings surroundings, SopsManifests sops, ManifestFiles.Found file)
      throws CommandFailure {
    byte[] content = InputOutput.read(surroundings, file.path().toString());
    Optional<Metadata> metadata = sops.metadata(content, file.path());
    if (metadata.isEmpty()) {
      return Optional.empty();
    }
    Set<String> now = names(metadata.get().groups());
    Set<String> once = new TreeSet<>();
    if (of.isPresent()) {
      once.addAll(earlier(surroundings, sops, file.path()));
      once.removeAll(now);
      if (!now.contains(of.get()) && !once.contains(of.get())) {
        return Optional.empty();
      }
    }
    List<String> missing = List.of();
    List<String> surplus = List.of();
    String problem = "";
    boolean changed = false;
    boolean opens = sops.whyNot(metadata.get()).isEmpty();
    try {
      Optional<List<List<MasterKey>>> wanted = sops.wanted(file.path());
      if (wanted.isPresent()) {
        Set<String> configured = names(wanted.get());
        missing = without(configured, now);
        surplus = without(now, configured);
        if (update && !(missing.isEmpty() && surplus.isEmpty())) {
          if (!dryRun) {
            byte[] text = sops.forKeys(content, file.path(), wanted.get());
            InputOutput.write(
                surroundings,
                Optional.of(file.path().toString()),
                text,
                AtomicFile.Readers.AS_BEFORE);
          }
          changed = !dryRun;
        }
      }
    } catch (SopsManifests.ClosedException e) {
      problem = e.getMessage().replaceAll("\\s+", " ");
    }
    return Optional.of(
        new Row(
            file.name(),
            List.copyOf(now),
            List.copyOf(once),
            missing,
            surplus,
            opens,
            changed,
            problem));
  }

  private static Set<String> names(List<List<MasterKey>> groups) {
    return groups.stream()
        .flatMap(List::stream)
        .map(MasterKey::name)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> without(Set<String> all, Set<String> others) {
    return all.stream().filter(key -> !others.contains(key)).toList();
  }

  /** The keys of all revisions that git has of a file, where it has any. */
  private static Set<String> earlier(Surroundings surroundings, SopsManifests sops, Path file)
      throws CommandFailure {
    Git git = new Git(surroundings, Objects.requireNonNull(file.getParent()));
    Git.Result revisions =
        git.run("log", "--all", "--format=%H", "-n", Integer.toString(MOST), "--", file.toString());
    Set<String> keys = new TreeSet<>();
    if (revisions.code() != 0) {
      return keys;
    }
    for (String revision : revisions.text().lines().toList()) {
      Git.Result content = git.run("show", revision + ":./" + file.getFileName());
      if (content.code() == 0) {
        sops.metadata(content.out(), file)
            .ifPresent(metadata -> keys.addAll(names(metadata.groups())));
      }
    }
    return keys;
  }

  private void table(Surroundings surroundings, List<Row> rows) {
    if (rows.isEmpty()) {
      surroundings
          .out()
          .println(
              of.isPresent()
                  ? "no file that this key opens or once opened"
                  : "no files that SOPS encrypted");
      return;
    }
    Table table = new Table("FILE", "STATE", "YOU", "KEYS");
    for (Row row : rows) {
      List<String> keys = new ArrayList<>();
      row.keys().forEach(key -> keys.add((row.surplus().contains(key) ? "-" : "") + shown(key)));
      row.missing().forEach(key -> keys.add("+" + shown(key)));
      row.once().forEach(key -> keys.add("once " + shown(key)));
      table.row(
          row.name(), row.state(), row.opens() ? "open it" : "cannot", String.join(", ", keys));
    }
    table.print(surroundings.out());
  }

  /** Post-quantum recipients are two thousand characters long. */
  private static String shown(String key) {
    return key.length() <= 70 ? key : key.substring(0, 67) + "...";
  }

  private static Object tree(List<Row> rows) {
    List<Object> list = new ArrayList<>();
    for (Row row : rows) {
      Map<String, Object> each = new LinkedHashMap<>();
      each.put("file", row.name());
      each.put("state", row.state());
      each.put("opens", row.opens());
      each.put("keys", row.keys());
      each.put("once", row.once());
      each.put("missing", row.missing());
      each.put("surplus", row.surplus());
      if (!row.problem().isEmpty()) {
        each.put("message", row.problem());
      }
      list.add(each);
    }
    return Map.of("files", list);
  }
}
