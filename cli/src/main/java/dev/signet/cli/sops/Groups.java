package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.Format;
import dev.signet.sops.KeyGroups;
import dev.signet.sops.MasterKey;
import dev.signet.sops.Metadata;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Adding and taking away key groups. The data key stays; it is split and encrypted anew. */
final class Groups {

  private Groups() {}

  static int add(Session session) throws SopsFailure {
    if (!session.local().rest().isEmpty()) {
      throw SopsFailure.of("error: no positional arguments allowed");
    }
    List<MasterKey> group = session.keys("");
    if (group.isEmpty()) {
      throw SopsFailure.of("error: the group has no key; name one with --age or --pgp");
    }
    return change(
        session,
        groups -> {
          groups.add(group);
          return groups;
        });
  }

  static int delete(Session session) throws SopsFailure {
    if (session.local().rest().size() != 1) {
      throw SopsFailure.of("error: exactly one positional argument (index) required");
    }
    String index = session.local().rest().getFirst();
    return change(
        session,
        groups -> {
          if (!index.matches("[0-9]{1,9}") || Integer.parseInt(index) >= groups.size()) {
            throw SopsFailure.of(
                "there is no group "
                    + index
                    + ": the file has "
                    + groups.size()
                    + ", counted from 0");
          }
          groups.remove(Integer.parseInt(index));
          return groups;
        });
  }

  @FunctionalInterface
  private interface Change {
    List<List<MasterKey>> of(List<List<MasterKey>> groups) throws SopsFailure;
  }

  private static int change(Session session, Change change) throws SopsFailure {
    String name = session.local().text(Flag.GROUP_FILE);
    if (name.isEmpty()) {
      throw new SopsFailure(SopsFailure.NO_FILE, "Error: no file specified");
    }
    Path path = session.world().path(name);
    Format from = session.inputFormat(path.toString());
    Format to = session.outputFormat(path.toString());
    SopsTree tree = TreeFile.read(session, FileAccess.read(path), from);
    Metadata before = tree.metadata();
    int asked = session.local().number(Flag.THRESHOLD.name());
    int threshold = asked == 0 ? before.threshold() : asked;
    List<List<MasterKey>> groups = change.of(new ArrayList<>(before.groups()));
    if (groups.size() < threshold) {
      throw SopsFailure.of(
          "removing this key group will make the Shamir threshold impossible to satisfy: Shamir"
              + " threshold is "
              + threshold
              + ", but we only have "
              + groups.size()
              + " key groups");
    }
    try (OpenKeys keys = session.openKeys();
        SecretBytes dataKey = KeyGroups.open(before, keys, session.order())) {
      tree.setMetadata(
          KeyGroups.wrap(
              before.withGroups(groups, threshold), dataKey, keys, session.world().random()));
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
    byte[] text = TreeFile.text(tree, to);
    if (session.local().is(Flag.IN_PLACE)) {
      FileAccess.write(session.world(), path, text);
    } else {
      session.world().out().write(text, 0, text.length);
    }
    return 0;
  }
}
