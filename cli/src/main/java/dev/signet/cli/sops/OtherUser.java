package dev.signet.cli.sops;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The user as whom a command is to run. The change is made by {@code setpriv}, which only root may
 * do; passwords are not asked for.
 */
record OtherUser(String name, String uid, String gid, String home) {

  /** The one that the flag names. */
  static Optional<OtherUser> asked(Session session) throws SopsFailure {
    String name = session.local().text(Flag.USER);
    if (name.isEmpty()) {
      return Optional.empty();
    }
    try {
      Processes.Result entry =
          Processes.run(session.world(), List.of("getent", "passwd", "--", name), new byte[0]);
      String[] fields = new String(entry.out(), StandardCharsets.UTF_8).strip().split(":", -1);
      if (entry.exit() != 0 || fields.length < 6) {
        throw SopsFailure.of("user: unknown user " + name);
      }
      return Optional.of(new OtherUser(fields[0], fields[2], fields[3], fields[5]));
    } catch (IOException e) {
      throw SopsFailure.of("cannot look up the user " + name + ": " + FileAccess.reason(e));
    }
  }

  /** What starts another program as that user. */
  List<String> prefix() {
    return List.of("setpriv", "--reuid", uid, "--regid", gid, "--init-groups", "--");
  }

  Map<String, String> variables() {
    return Map.of("HOME", home, "USER", name, "LOGNAME", name);
  }

  /** Gives a file to that user. */
  void takes(Path file) throws IOException {
    Files.setOwner(
        file, file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(name));
  }
}
