package dev.signet.cli.sops;

import dev.signet.sops.Format;
import dev.signet.sops.Metadata;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import dev.signet.sops.Value.Branch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Editing in an editor of the user's. The plain text is in a {@link PrivateFolder} only. Text that
 * cannot be encrypted goes back to the editor. A file that does not exist starts with an example.
 */
final class Editing {

  private final Session session;
  private final Format from;
  private final Format to;

  private Editing(Session session, Format from, Format to) {
    this.session = session;
    this.from = from;
    this.to = to;
  }

  static int edit(Session session) throws SopsFailure {
    if (session.local().rest().isEmpty()) {
      throw new SopsFailure(SopsFailure.NO_FILE, "Error: no file specified");
    }
    FileCommands.warnOfMoreFiles(session);
    Path path = session.world().path(session.local().rest().getFirst());
    Format from = session.inputFormat(path.toString());
    Editing editing = new Editing(session, from, session.outputFormat(path.toString()));
    try (OpenKeys keys = session.openKeys();
        TreeFile file =
            Files.exists(path)
                ? TreeFile.open(session, FileAccess.read(path), from, keys)
                : example(session, path, from, keys)) {
      editing.edit(file.tree(), String.valueOf(path.getFileName()));
      FileAccess.write(session.world(), path, file.encrypted(editing.to));
      return 0;
    }
  }

  private static TreeFile example(Session session, Path path, Format from, OpenKeys keys)
      throws SopsFailure {
    Metadata metadata = session.newMetadata(path, from);
    try {
      return TreeFile.create(session, from.read(from.example()), metadata, keys);
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  private void edit(SopsTree tree, String name) throws SopsFailure {
    boolean withKeys = session.local().is(Flag.SHOW_MASTER_KEYS);
    byte[] original = withKeys ? TreeFile.text(tree, to) : FileCommands.dump(tree, to);
    try (PrivateFolder folder = PrivateFolder.create(session.world())) {
      Path file = folder.path().resolve(name);
      Files.write(file, original);
      while (true) {
        runEditor(file);
        byte[] edited = Files.readAllBytes(file);
        if (Arrays.equals(edited, original)) {
          throw new SopsFailure(SopsFailure.UNCHANGED, "File has not changed, exiting.");
        }
        try {
          take(edited, withKeys, tree);
          return;
        } catch (SopsException | SopsFailure e) {
          complain(String.valueOf(e.getMessage()));
        }
      }
    } catch (IOException e) {
      throw new SopsFailure(SopsFailure.OUTPUT, "Could not edit the file: " + FileAccess.reason(e));
    }
  }

  private void take(byte[] edited, boolean withKeys, SopsTree tree)
      throws SopsException, SopsFailure {
    if (withKeys) {
      SopsTree changed = from.readEncrypted(edited, session.world().random());
      tree.replaceBranches(changed.branches());
      tree.setMetadata(changed.metadata());
    } else {
      List<Branch> branches = from.read(edited);
      TreeFile.validate(branches, to);
      tree.replaceBranches(branches);
    }
    if (Versions.isNewer(Session.VERSION, tree.metadata().version())) {
      tree.setMetadata(tree.metadata().withVersion(Session.VERSION));
    }
  }

  private void complain(String why) throws SopsFailure, IOException {
    session
        .world()
        .err()
        .print(why + "\nPress enter to return to the editor, or Ctrl+C to exit.\n");
    session.world().err().flush();
    if (session.world().in().read() < 0) {
      throw SopsFailure.of("the edited text cannot be encrypted, and nobody is there to mend it");
    }
  }

  private void runEditor(Path file) throws SopsFailure {
    try {
      List<String> command = new ArrayList<>(editor());
      command.add(file.toString());
      int exit = Processes.interact(session.world(), command, session.world().environment());
      if (exit != 0) {
        throw new SopsFailure(SopsFailure.EDITOR, "Could not run editor: exit status " + exit);
      }
    } catch (IOException e) {
      throw new SopsFailure(SopsFailure.EDITOR, "Could not run editor: " + FileAccess.reason(e));
    }
  }

  private List<String> editor() throws IOException {
    for (String variable : List.of("SOPS_EDITOR", "EDITOR")) {
      String command = session.world().variable(variable).orElse("");
      if (!command.isEmpty()) {
        return Processes.words(command);
      }
    }
    for (String name : List.of("vim", "nano", "vi")) {
      for (String folder : session.world().variable("PATH").orElse("").split(":", -1)) {
        if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, name))) {
          return List.of(name);
        }
      }
    }
    throw new IOException(
        "no editor available: sops attempts to use the editor defined in the SOPS_EDITOR or EDITOR"
            + " environment variables, and if that's not set defaults to any of vim, nano, vi, but"
            + " none of them could be found");
  }
}
