package dev.signet.remote;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;

/** What may be known of the machine and of who asks. */
public record Machine(Map<String, String> environment, Path workingDirectory, Clock clock) {

  public Machine {
    environment = Map.copyOf(environment);
  }

  /** An environment variable that is not empty. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
  }

  Optional<Path> file(String variable) {
    return variable(variable).map(workingDirectory::resolve);
  }

  /** A file of the user's. */
  Optional<Path> inHome(String name) {
    return file("HOME").map(home -> home.resolve(name));
  }
}
