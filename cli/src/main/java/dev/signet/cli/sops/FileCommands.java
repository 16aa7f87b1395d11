package dev.signet.cli.sops;

import dev.signet.sops.Format;
import dev.signet.sops.KeyGroups;
import dev.signet.sops.MasterKey;
import dev.signet.sops.Metadata;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import dev.signet.sops.TreePlace;
import dev.signet.sops.Value;
import dev.signet.sops.Value.Branch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Commands that make one whole file of another. */
final class FileCommands {

  private FileCommands() {}

  /**
   * Where the input is and what it is called.
   *
   * @param file nothing for standard input
   * @param name the path by which formats and rules are found
   */
  private record Input(Optional<Path> file, Path name) {

    byte[] read(Session session) throws SopsFailure {
      if (file.isPresent()) {
        return FileAccess.read(file.get());
      }
      try {
        return session.world().in().readAllBytes();
      } catch (IOException e) {
        throw new SopsFailure(
            SopsFailure.INPUT, "Error reading from stdin: " + FileAccess.reason(e));
      }
    }
  }

  private static Input input(Session session, boolean nameNeeded) throws SopsFailure {
    Arguments arguments = session.local();
    boolean stdin = arguments.rest().isEmpty();
    String override = arguments.text(Flag.FILENAME_OVERRIDE);
    if (stdin && arguments.is(Flag.IN_PLACE)) {
      throw new SopsFailure(
          SopsFailure.CONFLICT, "Error: cannot use --in-place when reading from stdin");
    }
    if (stdin && nameNeeded && override.isEmpty()) {
      throw new SopsFailure(
          SopsFailure.CONFLICT, "Error: must specify --filename-override when reading from stdin");
    }
    refuseTwoOutputs(arguments);
    warnOfMoreFiles(session);
    Optional<Path> file =
        stdin ? Optional.empty() : Optional.of(session.world().path(arguments.rest().getFirst()));
    if (file.isPresent() && !Files.exists(file.get())) {
      throw new SopsFailure(
          SopsFailure.NO_FILE, "Error: cannot operate on non-existent file \"" + file.get() + "\"");
    }
    Path name = override.isEmpty() ? file.orElse(Path.of("")) : session.world().path(override);
    return new Input(file, name);
  }

  private static void refuseTwoOutputs(Arguments arguments) throws SopsFailure {
    if (arguments.is(Flag.IN_PLACE) && !arguments.text(Flag.OUTPUT).isEmpty()) {
      throw new SopsFailure(
          SopsFailure.CONFLICT, "Error: cannot operate on both --output and --in-place");
    }
  }

  static void warnOfMoreFiles(Session session) {
    if (session.local().rest().size() > 1) {
      session
          .world()
          .warn(
              "More than one positional argument provided. Only the first one will be used! Flags"
                  + " must be provided before the first positional argument.");
    }
  }

  private static int output(Session session, Optional<Path> file, byte[] content)
      throws SopsFailure {
    Arguments arguments = session.local();
    String output = arguments.text(Flag.OUTPUT);
    if (arguments.is(Flag.IN_PLACE) && file.isPresent()) {
      FileAccess.write(session.world(), file.get(), content);
    } else if (!output.isEmpty()) {
      FileAccess.write(session.world(), session.world().path(output), content);
    } else {
      session.world().out().write(content, 0, content.length);
    }
    return 0;
  }

  static int encrypt(Session session) throws SopsFailure {
    Input input = input(session, true);
    String name = input.name().toString();
    Format from = session.inputFormat(name);
    Format to = session.outputFormat(name);
    Metadata metadata = session.newMetadata(input.name(), from);
    List<Branch> branches;
    try {
      branches = from.read(input.read(session));
    } catch (SopsException e) {
      throw new SopsFailure(SopsFailure.INPUT, "Error unmarshalling file: " + e.getMessage());
    }
    TreeFile.validate(branches, to);
    try (OpenKeys keys = session.openKeys();
        TreeFile file = TreeFile.create(session, branches, metadata, keys)) {
      return output(session, input.file(), file.encrypted(to));
    }
  }

  static int decrypt(Session session) throws SopsFailure {
    Input input = input(session, false);
    String name = input.name().toString();
    Format from = session.inputFormat(name);
    Format to = session.outputFormat(name);
    Optional<TreePlace> place = extracted(session);
    try (OpenKeys keys = session.openKeys();
        TreeFile file = TreeFile.open(session, input.read(session), from, keys)) {
      byte[] content =
          place.isPresent() ? extract(file.tree(), place.get(), to) : dump(file.tree(), to);
      return output(session, input.file(), content);
    }
  }

  /** What is to be shown alone; empty for all. */
  private static Optional<TreePlace> extracted(Session session) throws SopsFailure {
    String asked = session.local().text(Flag.EXTRACT);
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(TreePlace.parse(asked)).filter(place -> !place.isRoot());
    } catch (SopsException e) {
      throw new SopsFailure(
          SopsFailure.TREE_PATH, "error parsing --extract path: " + e.getMessage());
    }
  }

  static byte[] dump(SopsTree tree, Format format) throws SopsFailure {
    try {
      return format.write(tree.branches());
    } catch (SopsException e) {
      throw new SopsFailure(SopsFailure.DUMP, "Error dumping file: " + e.getMessage());
    }
  }

  private static byte[] extract(SopsTree tree, TreePlace place, Format format) throws SopsFailure {
    Value value;
    try {
      value = place.find(tree.branches().getFirst());
    } catch (SopsException e) {
      throw SopsFailure.of("error truncating tree: " + e.getMessage());
    }
    return switch (value) {
      case Branch branch -> {
        tree.branches().set(0, branch);
        yield dump(tree, format);
      }
      case Value.Text text -> text.text().getBytes(StandardCharsets.UTF_8);
      case Value.Raw raw -> raw.bytes();
      default -> {
        try {
          yield format.writeValue(value);
        } catch (SopsException e) {
          throw new SopsFailure(SopsFailure.DUMP, "Error dumping tree: " + e.getMessage());
        }
      }
    };
  }

  static int rotate(Session session) throws SopsFailure {
    if (session.local().rest().isEmpty()) {
      throw new SopsFailure(SopsFailure.NO_FILE, "Error: no file specified");
    }
    List<MasterKey> added = session.keys("add-");
    List<MasterKey> removed = session.keys("rm-");
    Path file = session.world().path(session.local().rest().getFirst());
    if (!Files.exists(file) && (!added.isEmpty() || !removed.isEmpty())) {
      throw new SopsFailure(
          SopsFailure.KEYS_OF_NO_FILE,
          "Error: cannot add or remove keys on non-existent file \""
              + file
              + "\", use the `edit` subcommand instead.");
    }
    Input input = input(session, false);
    String name = input.name().toString();
    Format from = session.inputFormat(name);
    Format to = session.outputFormat(name);
    try (OpenKeys keys = session.openKeys();
        TreeFile opened = TreeFile.open(session, input.read(session), from, keys)) {
      Metadata metadata = opened.tree().metadata();
      Set<String> gone = new HashSet<>();
      for (MasterKey key : complete(removed, keys)) {
        gone.add(key.name());
      }
      List<List<MasterKey>> groups = new ArrayList<>();
      for (List<MasterKey> group : metadata.groups()) {
        List<MasterKey> changed = new ArrayList<>(group);
        if (groups.isEmpty()) {
          changed.addAll(complete(added, keys));
        }
        changed.removeIf(key -> gone.contains(key.name()));
        groups.add(changed);
      }
      opened.tree().setMetadata(metadata.withGroups(groups, metadata.threshold()));
      try (TreeFile rekeyed = opened.rekeyed(keys)) {
        return output(session, input.file(), rekeyed.encrypted(to));
      }
    }
  }

  private static List<MasterKey> complete(List<MasterKey> keys, OpenKeys by) throws SopsFailure {
    try {
      return KeyGroups.complete(List.of(keys), by).getFirst();
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  static int status(Session session) throws SopsFailure {
    if (session.local().rest().isEmpty()) {
      throw new SopsFailure(SopsFailure.NO_FILE, "Error: no file specified");
    }
    String name = session.local().rest().getFirst();
    byte[] text = FileAccess.read(session.world().path(name));
    boolean encrypted;
    try {
      Metadata metadata =
          session.inputFormat(name).readEncrypted(text, session.world().random()).metadata();
      encrypted = !metadata.version().isEmpty() && !metadata.mac().isEmpty();
    } catch (SopsException e) {
      if (!e.getMessage().equals("sops metadata not found")) {
        throw SopsFailure.of(
            "cannot check file status: cannot load encrypted file: " + e.getMessage());
      }
      encrypted = false;
    }
    session.world().out().print("{\"encrypted\":" + encrypted + "}\n");
    return 0;
  }
}
