package dev.signet.cli.sops;

import dev.signet.delivery.directory.FaultPoints;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** Everything the program may know of the world it runs in. */
public record SopsWorld(
    Map<String, String> environment,
    Path workingDirectory,
    InputStream in,
    PrintStream out,
    PrintStream err,
    Clock clock,
    SecureRandom random,
    FaultPoints faults) {

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  Path path(String text) {
    return workingDirectory.resolve(text).normalize();
  }

  void warn(String message) {
    err.print("[SOPS] warning: " + message + "\n");
  }
}
