package dev.signet.cli;

import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.KeyRing;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.directory.Manifests;
import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.State;
import dev.signet.delivery.directory.StateException;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import java.nio.file.Path;
import java.util.Optional;

/** Finds the project that a command works in, by its options and environment. */
final class Projects {

  private Projects() {}

  static Project of(Surroundings surroundings, Options.State options) {
    return of(surroundings, options.place);
  }

  static Project of(Surroundings surroundings, Options.StateFolder options) {
    Path folder =
        options
            .folder
            .or(() -> surroundings.variable("SIGNET_STATE"))
            .map(surroundings::path)
            .orElseGet(() -> Project.locate(surroundings.workingDirectory()));
    return at(surroundings, folder);
  }

  /** The project with that {@code .signet} folder. */
  static Project at(Surroundings surroundings, Path folder) {
    Path key =
        surroundings
            .variable("SIGNET_STATE_KEY")
            .map(surroundings::path)
            .orElseGet(() -> surroundings.configuration().resolve("state.key"));
    return new Project(
        folder,
        key,
        surroundings.random(),
        about -> passphrase(surroundings, about),
        surroundings.faults());
  }

  /** A directory without manifests: for commands that look at what is remembered. */
  static Directory remembered(Surroundings surroundings, State state) {
    return new Directory(state, Manifests.none(), surroundings.clock(), surroundings.random());
  }

  static SealingKeys keys(Surroundings surroundings, Directory directory) {
    return new SealingKeys(directory, directory, surroundings.clock(), surroundings.random());
  }

  /** The keys in the state of a project, without taking it for writing. */
  static KeyRing ring(Surroundings surroundings, Options.State options) throws CommandFailure {
    try (State state = of(surroundings, options).read()) {
      return keys(surroundings, remembered(surroundings, state)).ring().using(FastRsa.ofCommand());
    } catch (StateException | ObjectsException e) {
      throw CommandFailure.because(e);
    }
  }

  /** From the file that SIGNET_PASSPHRASE_FILE names, or from the terminal. */
  private static SecretBytes passphrase(Surroundings surroundings, String about)
      throws StateException {
    Optional<String> file = surroundings.variable("SIGNET_PASSPHRASE_FILE");
    try {
      return file.isPresent()
          ? Passphrases.fromFile(surroundings, file.get())
          : Passphrases.ask(about, "SIGNET_PASSPHRASE_FILE");
    } catch (CommandFailure e) {
      throw new StateException(e.getMessage());
    }
  }
}
