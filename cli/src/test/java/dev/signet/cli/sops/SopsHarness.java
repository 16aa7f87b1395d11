package dev.signet.cli.sops;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.delivery.directory.FaultPoints;
import dev.signet.testkit.cluster.Peer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
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

/** Runs sops in this process, in a folder of its own, with a world of its own. */
final class SopsHarness {

  static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

  private final Path folder;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private byte[] in = new byte[0];

  SopsHarness(Path folder) {
    this.folder = folder;
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("PATH", System.getenv().getOrDefault("PATH", ""));
  }

  /** What came of a run. */
  static final class Result {
    private final int exit;
    private final byte[] bytes;
    private final String err;

    Result(int exit, byte[] bytes, String err) {
      this.exit = exit;
      this.bytes = bytes;
      this.err = err;
    }

    int exit() {
      return exit;
    }

    byte[] bytes() {
      return bytes;
    }

    String err() {
      return err;
    }

    String out() {
      return new String(bytes, UTF_8);
    }
  }

  SopsHarness variable(String name, String value) {
    environment.put(name, value);
    return this;
  }

  Map<String, String> environment() {
    return environment;
  }

  SopsHarness input(String text) {
    in = text.getBytes(UTF_8);
    return this;
  }

  SopsHarness file(String name, byte[] content) {
    try {
      Files.write(folder.resolve(name), content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return this;
  }

  SopsHarness file(String name, String content) {
    return file(name, content.getBytes(UTF_8));
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

  /** All files in the folder itself, with their content in ISO 8859-1. */
  Map<String, String> files() {
    Map<String, String> files = new TreeMap<>();
    try (Stream<Path> all = Files.list(folder)) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        files.put(
            String.valueOf(file.getFileName()),
            new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Upstream's program with the same arguments, in the same world. */
  Result upstream(String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(Peer.SOPS.needed().toString());
    builder.directory(folder.toFile()).command().addAll(List.of(arguments));
    builder.environment().clear();
    builder.environment().putAll(environment);
    Path err = Files.createTempFile("upstream", ".err");
    Process process = builder.redirectError(err.toFile()).start();
    process.getOutputStream().write(in);
    process.getOutputStream().close();
    byte[] out = process.getInputStream().readAllBytes();
    int exit = process.waitFor();
    String said = Files.readString(err);
    Files.delete(err);
    return new Result(exit, out, said);
  }

  Result run(List<String> arguments) {
    return run(arguments.toArray(String[]::new));
  }

  Result run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream errors = new PrintStream(err, true, UTF_8);
    PrintStream printed = new PrintStream(out, false, UTF_8);
    int exit =
        SopsProgram.run(
            arguments,
            new SopsWorld(
                environment,
                folder,
                new ByteArrayInputStream(in),
                printed,
                errors,
                Clock.fixed(NOW, ZoneOffset.UTC),
                new SecureRandom(),
                FaultPoints.NONE));
    printed.flush();
    return new Result(exit, out.toByteArray(), err.toString(UTF_8));
  }
}
