package dev.signet.cli.sops;

import dev.signet.sops.Format;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.SopsException;
import dev.signet.sops.TreePlace;
import dev.signet.sops.Value;
import dev.signet.sops.Value.Branch;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Commands that change one value of a file, in its first document. */
final class ValueCommands {

  private ValueCommands() {}

  private static TreePlace place(String text, String otherwise) throws SopsFailure {
    try {
      return TreePlace.parse(text);
    } catch (SopsException e) {
      throw new SopsFailure(SopsFailure.SET_FORMAT, otherwise);
    }
  }

  /** A number by itself is a float, as it always was. */
  private static Value value(byte[] json) throws SopsFailure {
    try {
      return switch (Value.ofJson(json)) {
        case Value.Int number -> new Value.Real(number.number());
        case Value.Sequence _ ->
            throw new SopsFailure(SopsFailure.SET_FORMAT, "Invalid --set value format");
        case Value other -> other;
      };
    } catch (SopsException e) {
      throw new SopsFailure(SopsFailure.SET_FORMAT, "Value for --set is not valid JSON");
    }
  }

  static int set(Session session) throws SopsFailure {
    Arguments arguments = session.local();
    List<String> rest = arguments.rest();
    boolean stdin = arguments.is(Flag.VALUE_STDIN);
    boolean file = arguments.is(Flag.VALUE_FILE);
    if (stdin && file) {
      throw SopsFailure.of("Error: cannot use both --value-file and --value-stdin");
    }
    if (rest.size() != (stdin ? 2 : 3)) {
      throw new SopsFailure(
          SopsFailure.NO_FILE,
          stdin
              ? "Error: file specified, or index and value are missing. Need precisely 2 positional"
                  + " arguments since --value-stdin is used."
              : "Error: no file specified, or index and value are missing. Need precisely 3"
                  + " positional arguments.");
    }
    TreePlace place = place(rest.get(1), "Invalid set index format");
    byte[] json;
    try {
      json =
          stdin
              ? session.world().in().readAllBytes()
              : file
                  ? FileAccess.read(session.world().path(rest.get(2)))
                  : rest.get(2).getBytes(StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw SopsFailure.of(FileAccess.reason(e));
    }
    return set(session, rest.getFirst(), place, value(json));
  }

  /** {@code --set '["key"] "value"'}. */
  static int setByFlag(Session session) throws SopsFailure {
    String set = session.global().text("set");
    int end = set.indexOf("] ");
    if (end < 0) {
      throw new SopsFailure(SopsFailure.SET_FORMAT, "Invalid --set format");
    }
    Value value = value(set.substring(end + 2).getBytes(StandardCharsets.UTF_8));
    TreePlace place = place(set.substring(0, end + 1), "Invalid --set format");
    return set(session, session.local().rest().getFirst(), place, value);
  }

  private static int set(Session session, String name, TreePlace place, Value value)
      throws SopsFailure {
    Path path = session.world().path(name);
    Format from = session.inputFormat(path.toString());
    Format to = session.outputFormat(path.toString());
    try (OpenKeys keys = session.openKeys();
        TreeFile file = TreeFile.open(session, FileAccess.read(path), from, keys)) {
      List<Branch> branches = file.tree().branches();
      boolean changed = place.set(branches.getFirst(), value);
      TreeFile.validate(branches, to);
      if (!changed && session.local().is(Flag.IDEMPOTENT)) {
        return 0;
      }
      FileAccess.write(session.world(), path, file.encrypted(to));
      return 0;
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }

  static int unset(Session session) throws SopsFailure {
    List<String> rest = session.local().rest();
    if (rest.size() != 2) {
      throw new SopsFailure(SopsFailure.NO_FILE, "Error: no file specified, or index is missing");
    }
    Path path = session.world().path(rest.getFirst());
    Format from = session.inputFormat(path.toString());
    Format to = session.outputFormat(path.toString());
    TreePlace place = place(rest.get(1), "Invalid unset index format");
    try (OpenKeys keys = session.openKeys();
        TreeFile file = TreeFile.open(session, FileAccess.read(path), from, keys)) {
      place.unset(file.tree().branches().getFirst());
      FileAccess.write(session.world(), path, file.encrypted(to));
      return 0;
    } catch (TreePlace.NotThereException e) {
      if (session.local().is(Flag.IDEMPOTENT)) {
        return 0;
      }
      throw SopsFailure.of(String.valueOf(e.getMessage()));
    } catch (SopsException e) {
      throw SopsFailure.of(e);
    }
  }
}
