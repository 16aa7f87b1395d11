package dev.signet.cli;

import dev.signet.cli.sops.SopsManifests;
import dev.signet.delivery.directory.AtomicFile;
import dev.signet.dialects.sealedsecrets.VersionedFile;
import dev.signet.sops.Metadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@CommandLine.Command(
    description = {
      "Teaches git to compare and to merge SealedSecrets and files that SOPS encrypted, and refuses",
      "plain Secrets before they are committed."
    },
    footer = {
      "",
      "Actions:",
      "  setup [PATTERN…]   set up this repository: drivers in its configuration, patterns in",
      "                     .gitattributes, and with --hook a pre-commit hook",
      "  check [PATH…]      refuse Secrets whose values are neither sealed nor encrypted, and private",
      "                     keys; default: what is staged",
      "  textconv FILE      what `git diff` compares: keys as they are, values as keyed hashes, sealed",
      "                     items as marks of their ciphertexts",
      "  merge BASE OURS THEIRS PATH",
      "                     what `git merge` calls: merges values, not ciphertexts; OURS is replaced",
      "",
      "Examples:",
      "  signet git setup --hook 'secrets/*.yaml'",
      "  signet git check",
      "  signet git check deploy/",
      "",
      "Where both sides changed one value, ours stays, the file counts as conflicted, and the place is",
      "printed. Of a SealedSecret git compares and merges the items, for which no key is needed, and the",
      "rest as text. All other files are compared and merged as git does it itself."
    })
final class GitCommand implements Command {

  enum Action {
    setup,
    check,
    textconv,
    merge
  }

  private static final List<String> USUAL = List.of("*.yaml", "*.yml", "*.json", "*.env", "*.ini");

  @Mixin Options options = new Options();

  @Parameters(index = "0", paramLabel = "ACTION", description = "One of ${COMPLETION-CANDIDATES}.")
  Action action = Action.check;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "ARGUMENT",
      description = "See the actions below.")
  List<String> arguments = new ArrayList<>();

  @Option(names = "--hook", description = "setup: also make a pre-commit hook that runs the check.")
  boolean hook;

  @Option(
      names = "--show-values",
      description = "setup, textconv: values in plain instead of their hashes.")
  boolean showValues;

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    return switch (action) {
      case setup -> setUp(surroundings);
      case check -> check(surroundings);
      case textconv -> textconv(surroundings);
      case merge -> merge(surroundings);
    };
  }

  private int setUp(Surroundings surroundings) throws CommandFailure, IOException {
    Git git = new Git(surroundings);
    Path root = git.root();
    String values = showValues ? " --show-values" : "";
    git.succeeded("config", "diff.signet.textconv", "signet git textconv" + values);
    git.succeeded("config", "diff.signet.cachetextconv", "false");
    git.succeeded("config", "merge.signet.name", "values of encrypted files");
    git.succeeded("config", "merge.signet.driver", "signet git merge %O %A %B %P");
    Path attributes = root.resolve(".gitattributes");
    String before = Files.exists(attributes) ? Files.readString(attributes) : "";
    StringBuilder after = new StringBuilder(before);
    if (!before.isEmpty() && !before.endsWith("\n")) {
      after.append('\n');
    }
    int added = 0;
    for (String pattern : arguments.isEmpty() ? USUAL : arguments) {
      String line = pattern + " diff=signet merge=signet";
      if (before.lines().noneMatch(line::equals)) {
        after.append(line).append('\n');
        added++;
      }
    }
    if (added > 0) {
      AtomicFile.write(
          attributes,
          after.toString().getBytes(StandardCharsets.UTF_8),
          AtomicFile.Readers.AS_USUAL,
          "attributes",
          surroundings.faults());
    }
    surroundings
        .out()
        .println("git compares and merges by `signet git`; added: " + Count.of(added, "pattern"));
    if (hook) {
      addHook(surroundings, git, root);
    }
    return ExitCode.OK;
  }

  private static void addHook(Surroundings surroundings, Git git, Path root)
      throws CommandFailure, IOException {
    Path hooks = root.resolve(git.succeeded("rev-parse", "--git-path", "hooks").text());
    Path file = hooks.resolve("pre-commit");
    if (Files.exists(file)) {
      if (Files.readString(file).contains("signet git check")) {
        return;
      }
      throw CommandFailure.of(
          file + " is there already", "add the line `signet git check || exit 1` to it");
    }
    Files.createDirectories(hooks);
    Files.writeString(file, "#!/bin/sh\nexec signet git check\n");
    if (file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    surroundings.out().println("every commit is checked by " + root.relativize(file));
  }

  private int check(Surroundings surroundings) throws CommandFailure {
    int findings = arguments.isEmpty() ? checkStaged(surroundings) : checkFiles(surroundings);
    if (findings > 0) {
      throw CommandFailure.of(
          findings + (findings == 1 ? " secret is" : " secrets are") + " in plain",
          "seal them with `signet seal`, or encrypt them with `sops encrypt -i`");
    }
    return ExitCode.OK;
  }

  private int checkStaged(Surroundings surroundings) throws CommandFailure {
    Git git = new Git(surroundings);
    List<String> names =
        new Git(surroundings, git.root())
            .succeeded("diff", "--cached", "--name-only", "--diff-filter=ACMR", "-z")
            .names();
    int findings = 0;
    for (String name : names) {
      // A submodule has no content here.
      Git.Result content = git.run("show", ":" + name);
      if (content.code() == 0) {
        findings += report(surroundings, name, content.out());
      }
    }
    return findings;
  }

  private int checkFiles(Surroundings surroundings) throws CommandFailure {
    ManifestFiles files = new ManifestFiles();
    files.places.addAll(arguments);
    files.include.add("*");
    int findings = 0;
    for (ManifestFiles.Found file : files.find(surroundings, /* recursive= */ true)) {
      findings +=
          report(surroundings, file.name(), InputOutput.read(surroundings, file.path().toString()));
    }
    return findings;
  }

  private static int report(Surroundings surroundings, String name, byte[] content) {
    List<PlainSecretCheck.Finding> findings = PlainSecretCheck.of(name, content);
    findings.forEach(
        finding -> surroundings.out().println(name + ":" + finding.line() + ": " + finding.what()));
    return findings.size();
  }

  private Path argument(Surroundings surroundings, int index, String what) throws CommandFailure {
    if (arguments.size() <= index) {
      throw CommandFailure.usage(what + " is missing", "see `signet git --help`");
    }
    return surroundings.path(arguments.get(index));
  }

  private int textconv(Surroundings surroundings) throws CommandFailure {
    Path file = argument(surroundings, 0, "the file");
    byte[] content = InputOutput.read(surroundings, file.toString());
    byte[] shown = content;
    try (SopsManifests sops = new SopsManifests(surroundings.sops())) {
      Optional<Metadata> metadata = sops.metadata(content, file);
      if (metadata.isPresent()) {
        shown = showValues ? sops.decrypt(content, file) : sops.masked(content, file);
      } else if (ManifestFiles.mention(content, "SealedSecret")) {
        shown = VersionedFile.shown(content, file.toString()).orElse(content);
      }
    } catch (SopsManifests.ClosedException closed) {
      // Without a key there is still something to compare.
      shown = content;
    }
    InputOutput.write(surroundings, Optional.empty(), shown, AtomicFile.Readers.OWNER);
    return ExitCode.OK;
  }

  private int merge(Surroundings surroundings) throws CommandFailure {
    Path base = argument(surroundings, 0, "the base");
    Path ours = argument(surroundings, 1, "ours");
    Path theirs = argument(surroundings, 2, "theirs");
    Path path = argument(surroundings, 3, "the path");
    byte[] mine = InputOutput.read(surroundings, ours.toString());
    byte[] before = InputOutput.read(surroundings, base.toString());
    byte[] other = InputOutput.read(surroundings, theirs.toString());
    try (SopsManifests sops = new SopsManifests(surroundings.sops())) {
      boolean encrypted =
          sops.metadata(before, path).isPresent()
              && sops.metadata(mine, path).isPresent()
              && sops.metadata(other, path).isPresent();
      if (!encrypted) {
        return mergeItems(surroundings, before, mine, other);
      }
      SopsManifests.Merged merged = sops.merge(before, mine, other, path);
      InputOutput.write(
          surroundings, Optional.of(ours.toString()), merged.text(), AtomicFile.Readers.AS_BEFORE);
      if (merged.conflicts().isEmpty()) {
        return ExitCode.OK;
      }
      throw CommandFailure.of(
          arguments.get(3)
              + ": both sides changed "
              + String.join(", ", merged.conflicts())
              + "; ours was kept",
          "put in what is right with `sops edit`, then `git add` the file");
    } catch (SopsManifests.ClosedException e) {
      throw CommandFailure.of(
          arguments.get(3) + " cannot be merged: " + e.getMessage().replaceAll("\\s+", " "),
          "ours was kept");
    }
  }

  /** What SOPS did not encrypt: SealedSecrets by their items, and the rest of it as text. */
  private int mergeItems(Surroundings surroundings, byte[] base, byte[] ours, byte[] theirs)
      throws CommandFailure {
    Optional<VersionedFile.Merged> items =
        ManifestFiles.mention(ours, "SealedSecret")
            ? VersionedFile.merge(base, ours, theirs, arguments.get(3))
            : Optional.empty();
    if (items.isPresent()) {
      write(surroundings, 0, items.get().base());
      write(surroundings, 1, items.get().ours());
      write(surroundings, 2, items.get().theirs());
    }
    int code =
        new Git(surroundings)
            .run(
                "merge-file",
                "-L",
                "ours",
                "-L",
                "base",
                "-L",
                "theirs",
                surroundings.path(arguments.get(1)).toString(),
                surroundings.path(arguments.get(0)).toString(),
                surroundings.path(arguments.get(2)).toString())
            .code();
    List<String> conflicts = items.map(VersionedFile.Merged::conflicts).orElse(List.of());
    if (!conflicts.isEmpty()) {
      throw CommandFailure.of(
          arguments.get(3)
              + ": both sides sealed "
              + String.join(", ", conflicts)
              + " anew; ours was kept",
          "where that is right, `git add` the file; else seal the item again");
    }
    return code;
  }

  private void write(Surroundings surroundings, int argument, byte[] text) throws CommandFailure {
    InputOutput.write(
        surroundings,
        Optional.of(surroundings.path(arguments.get(argument)).toString()),
        text,
        AtomicFile.Readers.AS_BEFORE);
  }
}
