package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.signet.delivery.directory.FaultPoints;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Runs kubeseal in this process, in a folder that holds the test files, with a world of its own.
 */
final class KubesealHarness {

  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final Path folder;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private InputStream in = InputStream.nullInputStream();
  private Instant now = NOW;
  private String terminals = "";

  private KubesealHarness(Path folder) {
    this.folder = folder;
  }

  /** What came of a run. */
  record Result(int exit, String out, String err) {}

  static KubesealHarness in(Path folder) {
    Path files = testFiles();
    try (Stream<Path> all = Files.walk(files)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        Path copy = folder.resolve(files.relativize(file).toString());
        Files.createDirectories(copy.getParent());
        Files.copy(file, copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new KubesealHarness(folder);
  }

  private static Path testFiles() {
    try {
      return Path.of(requireNonNull(KubesealHarness.class.getResource("kubeseal/files")).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  KubesealHarness input(String text) {
    return input(new ByteArrayInputStream(text.getBytes(UTF_8)));
  }

  KubesealHarness input(InputStream stream) {
    in = stream;
    return this;
  }

  KubesealHarness inputFile(String name) {
    return input(read(name));
  }

  KubesealHarness variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  KubesealHarness at(Instant time) {
    now = time;
    return this;
  }

  /** Which streams are terminals: any of the letters i, o and e. */
  KubesealHarness terminals(String letters) {
    terminals = letters;
    return this;
  }

  Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Result result = run(out, arguments);
    return new Result(result.exit(), out.toString(UTF_8), result.err());
  }

  Result run(List<String> arguments) {
    return run(arguments.toArray(String[]::new));
  }

  /** With another standard output, of which the result says nothing. */
  Result run(OutputStream out, String... arguments) {
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exit =
        Main.run(
            "kubeseal",
            arguments,
            new Surroundings(
                environment,
                folder,
                in,
                new PrintStream(out, false, UTF_8),
                new PrintStream(err, false, UTF_8),
                terminals.contains("i"),
                terminals.contains("o"),
                terminals.contains("e"),
                Clock.fixed(now, ZoneOffset.UTC),
                new SecureRandom(),
                FaultPoints.NONE));
    return new Result(exit, "", err.toString(UTF_8));
  }

  Path path(String name) {
    return folder.resolve(name);
  }

  String read(String name) {
    try {
      return Files.readString(path(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All files in the folder itself, with their content. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      all.filter(Files::isRegularFile)
          .forEach(file -> files.put(file.getFileName().toString(), read(file.toString())));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }
}
