package dev.signet.dialects.sealedsecrets.escrow;

import dev.signet.core.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Commands of the user's: one gets the encrypted copy on its standard input, the other prints it. A
 * word {@code {}} is the name of the copy; so is the variable {@code SIGNET_ESCROW_NAME}. No shell
 * reads them.
 *
 * @param store the words of the first
 * @param load the words of the second
 * @param limit how long each may take
 */
public record CommandTarget(List<String> store, List<String> load, Duration limit)
    implements EscrowTarget {

  private static final int MAX_OUTPUT = 1 << 20;
  private static final int MAX_SAID = 200;

  public CommandTarget {
    store = List.copyOf(store);
    load = List.copyOf(load);
  }

  /** Splits them at white space. */
  public static CommandTarget of(String store, String load, Duration limit) {
    return new CommandTarget(words(store), words(load), limit);
  }

  private static List<String> words(String command) {
    return Arrays.stream(command.split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  @Override
  public String id() {
    return "command";
  }

  @Override
  public void store(String name, byte[] file) throws EscrowException {
    Ended ended = run(store, name, file);
    if (ended.code() != 0) {
      throw new EscrowException(
          "the escrow command "
              + store.getFirst()
              + " ended with exit code "
              + ended.code()
              + ended.said());
    }
  }

  @Override
  public Optional<byte[]> load(String name) throws EscrowException {
    Ended ended = run(load, name, new byte[0]);
    return ended.code() == 0 && ended.printed().size() > 0
        ? Optional.of(ended.printed().with(byte[]::clone))
        : Optional.empty();
  }

  private record Ended(int code, SecretBytes printed, String said) {

    /** With the first line of what it said of its failure. */
    static Ended of(int code, byte[] out, byte[] err) {
      String line = new String(err, StandardCharsets.UTF_8).strip().lines().findFirst().orElse("");
      return new Ended(
          code,
          SecretBytes.wrap(out),
          line.isEmpty() ? "" : ": " + line.substring(0, Math.min(MAX_SAID, line.length())));
    }
  }

  private Ended run(List<String> command, String name, byte[] input) throws EscrowException {
    List<String> words = new ArrayList<>(command);
    words.replaceAll(word -> word.replace("{}", name));
    ProcessBuilder builder = new ProcessBuilder(words);
    builder.environment().put("SIGNET_ESCROW_NAME", name);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new EscrowException("cannot run the escrow command " + command.getFirst());
    }
    try {
      Output out = new Output(process.getInputStream());
      Output err = new Output(process.getErrorStream());
      Thread writer = Thread.ofVirtual().start(() -> write(process, input));
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new EscrowException(
            "the escrow command "
                + command.getFirst()
                + " took longer than "
                + limit.toSeconds()
                + " s");
      }
      writer.join();
      return Ended.of(process.exitValue(), out.bytes(), err.bytes());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EscrowException("interrupted while the escrow command ran");
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  private static void write(Process process, byte[] input) {
    try (OutputStream in = process.getOutputStream()) {
      in.write(input);
    } catch (IOException notRead) {
      // It ended without reading all: its exit code, and what is read back, tell the rest.
      return;
    }
  }

  /** What a process prints, read while it runs. */
  private static final class Output {
    private final Thread reader;
    private byte[] bytes = new byte[0];

    Output(InputStream in) {
      reader =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try (in) {
                      bytes = in.readNBytes(MAX_OUTPUT);
                    } catch (IOException e) {
                      bytes = new byte[0];
                    }
                  });
    }

    byte[] bytes() throws InterruptedException {
      reader.join();
      return bytes;
    }
  }
}
