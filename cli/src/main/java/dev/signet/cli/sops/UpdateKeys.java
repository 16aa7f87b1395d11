package dev.signet.cli.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.Format;
import dev.signet.sops.KeyGroups;
import dev.signet.sops.MasterKey;
import dev.signet.sops.Metadata;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.SopsConfig;
import dev.signet.sops.SopsException;
import dev.signet.sops.SopsTree;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes the keys of files those that the configuration asks for. The data key stays, and with it
 * every value; it is encrypted for all keys anew.
 */
final class UpdateKeys {

  private UpdateKeys() {}

  static int run(Session session) throws SopsFailure {
    if (session.configFile().isEmpty()) {
      throw SopsFailure.of("config file not found");
    }
    List<String> files = session.local().rest();
    if (files.isEmpty()) {
      throw new SopsFailure(SopsFailure.NO_FILE, "Error: no file specified");
    }
    int failed = 0;
    for (String file : files) {
      try {
        update(session, session.world().path(file));
      } catch (SopsFailure e) {
        if (files.size() == 1) {
          throw e;
        }
        failed++;
        session.world().err().print(file + ": " + e.getMessage() + "\n");
      }
    }
    if (failed > 0) {
      throw SopsFailure.of("failed updating " + failed + " key(s)");
    }
    return 0;
  }

  private static void say(Session session, String message) {
    session.world().err().print(message + "\n");
    session.world().err().flush();
  }

  private static void update(Session session, Path path) throws SopsFailure {
    if (Files.isDirectory(path)) {
      throw SopsFailure.of("can't operate on a directory");
    }
    byte[] text = FileAccess.read(path);
    Format format = session.inputFormat(path.toString());
    say(session, "Syncing keys for file " + path);
    SopsTree tree;
    try {
      tree = format.readEncrypted(text, session.world().random());
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
    Optional<SopsConfig.Rule> rule = session.rule(path);
    if (rule.isEmpty()) {
      throw SopsFailure.of(
          "The config file "
              + session.configFile().orElseThrow()
              + " does not contain any creation rule");
    }
    Metadata before = tree.metadata();
    List<List<MasterKey>> groups;
    try (OpenKeys keys = session.openKeys()) {
      groups = KeyGroups.complete(rule.get().groups(), keys);
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
    int threshold = Math.min(before.threshold(), groups.size());
    String changes = changes(before.groups(), groups);
    if (changes.isEmpty() && threshold == before.threshold()) {
      say(session, "File " + path + " already up to date");
      return;
    }
    PrintStream out = session.world().out();
    out.print("The following changes will be made to the file's groups:\n");
    if (threshold != before.threshold()) {
      out.print(threshold > 0 ? "+++ shamir_threshold: " + threshold + "\n" : "");
      out.print(before.threshold() > 0 ? "--- shamir_threshold: " + before.threshold() + "\n" : "");
    } else if (threshold > 0) {
      out.print("shamir_threshold: " + threshold + "\n");
    }
    out.print(listed(before.groups(), groups));
    if (!session.local().is(Flag.YES) && !YesOrNo.answer(session.world(), "Is this okay? (y/n):")) {
      say(session, "File " + path + " left unchanged");
      return;
    }
    try (OpenKeys keys = session.openKeys();
        SecretBytes dataKey = KeyGroups.open(before, keys, session.order())) {
      tree.setMetadata(
          KeyGroups.wrap(
              before.withGroups(groups, threshold), dataKey, keys, session.world().random()));
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
    FileAccess.write(session.world(), path, TreeFile.text(tree, format));
    say(session, "File " + path + " synced with new keys");
  }

  private static List<MasterKey> group(List<List<MasterKey>> groups, int index) {
    return index < groups.size() ? groups.get(index) : List.of();
  }

  private static Set<String> names(List<MasterKey> keys) {
    return keys.stream().map(MasterKey::name).collect(Collectors.toSet());
  }

  /** Lines that say what is added and removed, if anything is. */
  private static String changes(List<List<MasterKey>> before, List<List<MasterKey>> after) {
    return listed(before, after)
        .lines()
        .filter(line -> line.startsWith("+++") || line.startsWith("---"))
        .collect(Collectors.joining("\n"));
  }

  static String listed(List<List<MasterKey>> before, List<List<MasterKey>> after) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < Math.max(before.size(), after.size()); i++) {
      Set<String> ours = names(group(before, i));
      Set<String> theirs = names(group(after, i));
      text.append("Group ").append(i + 1).append('\n');
      for (MasterKey key : group(after, i)) {
        text.append(ours.contains(key.name()) ? "    " : "+++ ").append(key.name()).append('\n');
      }
      for (MasterKey key : group(before, i)) {
        if (!theirs.contains(key.name())) {
          text.append("--- ").append(key.name()).append('\n');
        }
      }
    }
    return text.toString();
  }
}
