package dev.signet.cli;

import dev.signet.cli.sops.SopsWorld;
import dev.signet.delivery.directory.FaultPoints;
import dev.signet.template.Template;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/**
 * Everything a command may know of the world it runs in, so that a test can give it another one.
 *
 * @param terminal whether standard error is a terminal
 * @param outTerminal whether standard output is one
 * @param inTerminal whether standard input is one
 */
record Surroundings(
    Map<String, String> environment,
    Path workingDirectory,
    InputStream in,
    PrintStream out,
    PrintStream err,
    boolean inTerminal,
    boolean outTerminal,
    boolean terminal,
    Clock clock,
    SecureRandom random,
    FaultPoints faults) {

  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  /** What templates draw on. The zone is the clock's: UTC, unless a test says otherwise. */
  Template.Sources templateSources() {
    return new Template.Sources(clock, clock.getZone(), random);
  }

  /** The same world, as what reads and writes SOPS files knows it. */
  SopsWorld sops() {
    return new SopsWorld(environment, workingDirectory, in, out, err, clock, random, faults);
  }

  /** The path that a user's text means. */
  Path path(String text) {
    return workingDirectory.resolve(text);
  }

  /** The user's configuration folder for Signet, by the custom of the system. */
  Path configuration() {
    Optional<String> xdg = variable("XDG_CONFIG_HOME");
    if (xdg.isPresent()) {
      return Path.of(xdg.get()).resolve("signet");
    }
    Optional<String> roaming = variable("APPDATA");
    if (roaming.isPresent()) {
      return Path.of(roaming.get()).resolve("signet");
    }
    return Path.of(variable("HOME").or(() -> variable("USERPROFILE")).orElse("."))
        .resolve(".config")
        .resolve("signet");
  }
}
