package dev.signet.cli.sops;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Starting other programs. */
final class Processes {

  private Processes() {}

  private static ProcessBuilder builder(SopsWorld world, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.directory(world.workingDirectory().toFile());
    Map<String, String> environment = builder.environment();
    environment.clear();
    environment.putAll(world.environment());
    return builder;
  }

  /** What a command line prints that is run without a shell, with one more variable. */
  static byte[] output(SopsWorld world, String line, String variable, String value)
      throws IOException {
    List<String> words = words(line);
    if (words.isEmpty()) {
      throw new IOException("failed to parse command: it is empty");
    }
    ProcessBuilder builder = builder(world, words);
    builder.environment().put(variable, value);
    Result result = run(builder, new byte[0]);
    if (result.exit() != 0) {
      throw new IOException(
          "failed to execute command " + words.getFirst() + ": exit status " + result.exit());
    }
    return result.out();
  }

  /** What came of a program. */
  static final class Result {
    private final int exit;
    private final byte[] out;
    private final String err;

    Result(int exit, byte[] out, String err) {
      this.exit = exit;
      this.out = out;
      this.err = err;
    }

    int exit() {
      return exit;
    }

    /** What it printed, which the caller may zero. */
    byte[] out() {
      return out;
    }

    String err() {
      return err;
    }
  }

  static Result run(SopsWorld world, List<String> command, byte[] input) throws IOException {
    return run(builder(world, command), input);
  }

  private static Result run(ProcessBuilder builder, byte[] input) throws IOException {
    Process process = builder.start();
    try {
      Thread feeding =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (OutputStream to = process.getOutputStream()) {
                      to.write(input);
                    } catch (IOException gone) {
                      // Its exit code tells.
                      return;
                    }
                  });
      List<byte[]> errors = new ArrayList<>();
      Thread complaining =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      errors.add(process.getErrorStream().readAllBytes());
                    } catch (IOException gone) {
                      // Its exit code tells.
                      return;
                    }
                  });
      byte[] out = process.getInputStream().readAllBytes();
      feeding.join();
      complaining.join();
      String err = errors.isEmpty() ? "" : new String(errors.getFirst(), StandardCharsets.UTF_8);
      return new Result(process.waitFor(), out, err.strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } finally {
      process.destroy();
    }
  }

  /** Runs a program on this one's streams and returns its exit code. */
  static int interact(SopsWorld world, List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = builder(world, command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.inheritIO();
    world.out().flush();
    world.err().flush();
    try {
      return builder.start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** Starts a program that outlives this one, with nothing to read and nobody to listen. */
  static void leave(SopsWorld world, List<String> command, Map<String, String> environment)
      throws IOException {
    ProcessBuilder builder = builder(world, command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    builder.redirectInput(Path.of("/dev/null").toFile());
    builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.start();
  }

  /** The words of a command line as a shell splits them, without anything that it expands. */
  static List<String> words(String line) throws IOException {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean inWord = false;
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote != 0) {
        if (c == quote) {
          quote = 0;
        } else if (c == '\\' && quote == '"' && i + 1 < line.length()) {
          word.append(line.charAt(++i));
        } else {
          word.append(c);
        }
      } else if (c == '\'' || c == '"') {
        quote = c;
        inWord = true;
      } else if (c == '\\' && i + 1 < line.length()) {
        word.append(line.charAt(++i));
        inWord = true;
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r') {
        if (inWord) {
          words.add(word.toString());
          word.setLength(0);
          inWord = false;
        }
      } else {
        word.append(c);
        inWord = true;
      }
    }
    if (quote != 0) {
      throw new IOException("a quote is not closed in " + line);
    }
    if (inWord) {
      words.add(word.toString());
    }
    return words;
  }
}
