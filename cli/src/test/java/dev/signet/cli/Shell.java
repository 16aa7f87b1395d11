package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.directory.FaultPoints;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** A working directory, a home and a clock of its own, in which programs are run in process. */
final class Shell {

  /** What a program printed and ended with. */
  record Result(int code, String out, String err) {

    Result succeeded() {
      assertThat(code).as("exit code, with stderr: %s", err).isZero();
      return this;
    }

    /** One line on standard error (and perhaps a hint below it) that holds this text. */
    Result failed(int expected, String message) {
      assertThat(code)
          .as("exit code, with stdout: %s and stderr: %s", out, err)
          .isEqualTo(expected);
      assertThat(err).startsWith("error: ").contains(message);
      assertThat(err.lines().count()).as("lines of: %s", err).isLessThanOrEqualTo(2);
      assertThat(err).doesNotContain("Exception").doesNotContain("\tat ");
      return this;
    }
  }

  static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");

  private final Path home;
  private final Path directory;
  private final Map<String, String> environment = new TreeMap<>();
  private Clock clock = Clock.fixed(NOW, ZoneOffset.UTC);

  Shell(Path folder) {
    home = folder.resolve("home");
    directory = folder.resolve("work");
    try {
      Files.createDirectories(home);
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    environment.put("HOME", home.toString());
    environment.put("PATH", Objects.requireNonNullElse(System.getenv("PATH"), ""));
  }

  Shell set(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  Shell at(Instant time) {
    clock = Clock.fixed(time, ZoneOffset.UTC);
    return this;
  }

  Path directory() {
    return directory;
  }

  Path home() {
    return home;
  }

  Map<String, String> environment() {
    return environment;
  }

  Path write(String name, String content) {
    try {
      Path file = directory.resolve(name);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String read(String name) {
    try {
      return Files.readString(directory.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static String resource(String name) {
    try (InputStream in = Objects.requireNonNull(Shell.class.getResourceAsStream(name), name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A project whose only sealing key is the committed test key: making one takes seconds. */
  Shell withKey() {
    run("signet", resource("key.yaml"), "keys", "import").succeeded();
    return this;
  }

  /** A Secret of namespace production with items item0, item1 …, sealed with {@code keys/…}. */
  String seal(String certificate, String name, String scope, String... values) {
    StringBuilder secret = new StringBuilder();
    secret.append("apiVersion: v1\nkind: Secret\nmetadata:\n  name: ").append(name);
    secret.append("\n  namespace: production\nstringData:\n");
    for (int i = 0; i < values.length; i++) {
      secret.append("  item").append(i).append(": '").append(values[i]).append("'\n");
    }
    return run(
            "signet", secret.toString(), "seal", "--cert", "keys/" + certificate, "--scope", scope)
        .succeeded()
        .out();
  }

  Result signet(String... args) {
    return run("signet", "", args);
  }

  Result run(String program, String input, String... args) {
    return run(program, input.getBytes(StandardCharsets.UTF_8), args);
  }

  Result run(String program, byte[] input, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    PrintStream printOut = new PrintStream(out, false, StandardCharsets.UTF_8);
    PrintStream printErr = new PrintStream(err, false, StandardCharsets.UTF_8);
    int code =
        Main.run(
            program,
            args,
            new Surroundings(
                environment,
                directory,
                new ByteArrayInputStream(input),
                printOut,
                printErr,
                false,
                false,
                false,
                clock,
                new SecureRandom(),
                FaultPoints.NONE));
    printOut.flush();
    printErr.flush();
    return new Result(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
