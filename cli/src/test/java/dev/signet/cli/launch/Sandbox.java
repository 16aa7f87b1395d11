package dev.signet.cli.launch;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A folder in which scripts run as on a machine of its own: the PATH holds the few tools they may
 * use and no Java, and the only JDKs are those that a test makes.
 */
final class Sandbox {

  /** What the scripts may use besides the shell; `rm` and the like serve the stubs of the tests. */
  private static final List<String> TOOLS =
      List.of(
          "sh", "cat", "cp", "dirname", "find", "mkdir", "mktemp", "mv", "readlink", "rm", "tail");

  /** Where Java would be: says what it was called with, then what came on its standard input. */
  static final String JAVA_THAT_TELLS =
      """
      #!/bin/sh
      echo "java $0"
      for argument; do
        printf '<%s>\\n' "$argument"
      done
      cat
      exit ${STUB_STATUS:-0}
      """;

  private final Instant now = Instant.now();
  private final Path folder;
  private final Map<String, String> environment = new LinkedHashMap<>();

  Sandbox(Path folder) {
    this.folder = real(folder);
    for (String tool : TOOLS) {
      executable("tools/" + tool, "#!/bin/sh\nexec " + onPath(tool) + " \"$@\"\n");
    }
    environment.put("PATH", path("tools").toString());
    environment.put("HOME", path("home").toString());
    environment.put("SIGNET_JDK_PLACES", path("jdks") + "/*");
  }

  record Ran(int status, String out, String err) {

    List<String> lines() {
      return out.lines().toList();
    }
  }

  static Path repository() {
    Path here = Path.of("").toAbsolutePath();
    return Files.exists(here.resolve("mvnw")) ? here : here.resolve("..").normalize();
  }

  Path path(String relative) {
    return folder.resolve(relative);
  }

  Sandbox with(String variable, Object value) {
    environment.put(variable, value.toString());
    return this;
  }

  Path write(String relative, String content) {
    try {
      Path file = path(relative);
      Files.createDirectories(file.getParent());
      return Files.writeString(file, content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path executable(String relative, String content) {
    Path file = write(relative, content);
    file.toFile().setExecutable(true);
    return file;
  }

  Path copy(Path from, String relative) {
    try {
      Path to = path(relative);
      Files.createDirectories(to.getParent());
      return Files.copy(
          from, to, StandardCopyOption.COPY_ATTRIBUTES, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path link(String relative, Path to) {
    try {
      Path link = path(relative);
      Files.createDirectories(link.getParent());
      return Files.createSymbolicLink(link, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets when the file was last changed, as seen from the start of the test. */
  void changed(Path file, Duration ago) {
    try {
      Files.setLastModifiedTime(file, FileTime.from(now.minus(ago)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A JDK of that version whose `java` tells what it was called with. */
  Path jdk(String relative, String version) {
    return jdk(relative, version, JAVA_THAT_TELLS);
  }

  Path jdk(String relative, String version, String java) {
    write(
        relative + "/release",
        """
        IMPLEMENTOR="Somebody"
        JAVA_RUNTIME_VERSION="%s+9-test"
        JAVA_VERSION="%s"
        MODULES="java.base"
        """
            .formatted(version, version));
    executable(relative + "/bin/java", java);
    return path(relative);
  }

  Ran run(Path in, String input, List<String> command) {
    try {
      Path err = Files.createTempFile(folder, "err", "");
      Path stdin = Files.writeString(Files.createTempFile(folder, "in", ""), input);
      ProcessBuilder builder =
          new ProcessBuilder(command)
              .directory(in.toFile())
              .redirectInput(stdin.toFile())
              .redirectError(err.toFile());
      builder.environment().clear();
      builder.environment().putAll(environment);
      Process process = builder.start();
      String out = new String(process.getInputStream().readAllBytes(), UTF_8);
      return new Ran(process.waitFor(), out, Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException("interrupted while a script ran", e);
    }
  }

  Ran run(Path command, String... arguments) {
    return run(
        folder, "", Stream.concat(Stream.of(command.toString()), Stream.of(arguments)).toList());
  }

  private static Path onPath(String tool) {
    return Stream.of(System.getenv("PATH").split(":"))
        .map(folder -> Path.of(folder, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  private static Path real(Path folder) {
    try {
      return folder.toRealPath();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
