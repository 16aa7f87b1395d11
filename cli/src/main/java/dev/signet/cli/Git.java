package dev.signet.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The program git, in the repository that a folder is in. */
final class Git {

  private final Surroundings surroundings;
  private final Path folder;

  Git(Surroundings surroundings) {
    this(surroundings, surroundings.workingDirectory());
  }

  Git(Surroundings surroundings, Path folder) {
    this.surroundings = surroundings;
    this.folder = folder;
  }

  /** What came of a call; not all that end with another code have failed. */
  static final class Result {
    private final int code;
    private final byte[] out;

    private Result(int code, byte[] out) {
      this.code = code;
      this.out = out;
    }

    int code() {
      return code;
    }

    byte[] out() {
      return out;
    }

    String text() {
      return new String(out, StandardCharsets.UTF_8).strip();
    }

    /** Names that end in a zero byte. */
    List<String> names() {
      String text = new String(out, StandardCharsets.UTF_8);
      return Arrays.stream(text.split("\0", -1)).filter(name -> !name.isEmpty()).toList();
    }
  }

  Result run(String... arguments) throws CommandFailure {
    List<String> command = new ArrayList<>(List.of("git"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(surroundings.environment());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (OutputStream _ = process.getOutputStream()) {
        process.getInputStream().transferTo(out);
      }
      return new Result(process.waitFor(), out.toByteArray());
    } catch (IOException e) {
      throw CommandFailure.of("cannot run git: " + InputOutput.reason(e), "install git");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.of("interrupted");
    }
  }

  /** The same, where any other code than 0 is a failure. */
  Result succeeded(String... arguments) throws CommandFailure {
    Result result = run(arguments);
    if (result.code() != 0) {
      throw CommandFailure.of(
          "git " + arguments[0] + " ended with status " + result.code(),
          "is " + folder + " in a repository?");
    }
    return result;
  }

  Path root() throws CommandFailure {
    return Path.of(succeeded("rev-parse", "--show-toplevel").text());
  }
}
