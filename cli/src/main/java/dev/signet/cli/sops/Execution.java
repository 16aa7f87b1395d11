package dev.signet.cli.sops;

import dev.signet.sops.Format;
import dev.signet.sops.OpenKeys;
import dev.signet.sops.Plain;
import dev.signet.sops.Value;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Running a command with what a file holds. The program ends with the command's exit code. */
final class Execution {

  private Execution() {}

  private static List<String> fileAndCommand(Session session) throws SopsFailure {
    List<String> rest = session.local().rest();
    if (rest.size() != 2) {
      throw SopsFailure.of("error: missing file to decrypt");
    }
    return rest;
  }

  private static int shell(Session session, String command, Map<String, String> environment)
      throws SopsFailure {
    List<String> words = new ArrayList<>();
    Map<String, String> variables = new LinkedHashMap<>(environment);
    Optional<OtherUser> user = OtherUser.asked(session);
    if (user.isPresent()) {
      words.addAll(user.get().prefix());
      variables.putAll(user.get().variables());
    }
    words.addAll(List.of("/bin/sh", "-c", command));
    int exit;
    try {
      if (session.local().is(Flag.BACKGROUND)) {
        Processes.leave(session.world(), words, variables);
        return 0;
      }
      exit = Processes.interact(session.world(), words, variables);
    } catch (IOException e) {
      throw SopsFailure.of("cannot run the command: " + FileAccess.reason(e));
    }
    if (exit != 0) {
      throw new SopsFailure(exit, "exit status " + exit);
    }
    return 0;
  }

  static int withVariables(Session session) throws SopsFailure {
    if (session.local().is(Flag.BACKGROUND) && session.local().is(Flag.SAME_PROCESS)) {
      throw new SopsFailure(
          SopsFailure.CONFLICT, "Error: The --same-process flag cannot be used with --background");
    }
    List<String> rest = fileAndCommand(session);
    Path path = session.world().path(rest.getFirst());
    Map<String, String> environment = new LinkedHashMap<>();
    if (!session.local().is(Flag.PRISTINE)) {
      environment.putAll(session.world().environment());
    }
    try (OpenKeys keys = session.openKeys();
        TreeFile file =
            TreeFile.open(
                session, FileAccess.read(path), session.inputFormat(path.toString()), keys)) {
      for (Member member : file.tree().branches().getFirst().members()) {
        if (member instanceof Field field) {
          environment.put(field.key(), variable(field));
        }
      }
    }
    return shell(session, rest.get(1), environment);
  }

  private static String variable(Field field) throws SopsFailure {
    Value value = field.value();
    if (value.isComplex()) {
      throw SopsFailure.of("cannot use complex value in environment; offending key " + field.key());
    }
    if (field.key().contains("=")) {
      throw SopsFailure.of("cannot use keys with '=' in environment: " + field.key());
    }
    String text = Plain.text(value);
    if (text.indexOf('\0') >= 0 || field.key().indexOf('\0') >= 0 || field.key().isEmpty()) {
      throw SopsFailure.of("key " + field.key() + " cannot be an environment variable");
    }
    return text;
  }

  static int withFile(Session session) throws SopsFailure {
    List<String> rest = fileAndCommand(session);
    Path path = session.world().path(rest.getFirst());
    Format to = session.outputFormat(path.toString());
    byte[] content;
    try (OpenKeys keys = session.openKeys();
        TreeFile file =
            TreeFile.open(
                session, FileAccess.read(path), session.inputFormat(path.toString()), keys)) {
      content = FileCommands.dump(file.tree(), to);
    }
    String name = session.local().text(Flag.FILENAME);
    if (name.contains("/") || name.equals("..") || name.equals(".")) {
      throw SopsFailure.of("The provided filename is not a local path.");
    }
    try (PrivateFolder folder = PrivateFolder.create(session.world())) {
      Path file = folder.path().resolve(name.isEmpty() ? "tmp-file" : name);
      String command = rest.get(1).replace("{}", file.toString());
      Optional<OtherUser> user = OtherUser.asked(session);
      if (session.local().is(Flag.NO_FIFO)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.write(file, content);
        if (user.isPresent()) {
          user.get().takes(file);
          user.get().takes(folder.path());
        }
        return shell(session, command, session.world().environment());
      }
      return throughPipe(session, user, file, content, command);
    } catch (IOException e) {
      throw SopsFailure.of("cannot give the file to the command: " + FileAccess.reason(e));
    }
  }

  private static int throughPipe(
      Session session, Optional<OtherUser> user, Path pipe, byte[] content, String command)
      throws SopsFailure, IOException {
    Processes.Result made =
        Processes.run(
            session.world(), List.of("mkfifo", "-m", "600", pipe.toString()), new byte[0]);
    if (made.exit() != 0) {
      throw new IOException("mkfifo: " + made.err());
    }
    if (user.isPresent()) {
      user.get().takes(pipe);
      user.get().takes(Objects.requireNonNull(pipe.getParent()));
    }
    Thread writer =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    Files.write(pipe, content);
                  } catch (IOException nobodyReads) {
                    // The command knows what it has read.
                    return;
                  }
                });
    try {
      return shell(session, command, session.world().environment());
    } finally {
      release(writer, pipe);
    }
  }

  /** Lets a writer go that nobody listened to: for a pipe that is open both ways none waits. */
  private static void release(Thread writer, Path pipe) throws IOException {
    if (writer.isAlive()) {
      try (RandomAccessFile reader = new RandomAccessFile(pipe.toFile(), "rw")) {
        writer.interrupt();
        reader.getFD();
      }
    }
  }
}
