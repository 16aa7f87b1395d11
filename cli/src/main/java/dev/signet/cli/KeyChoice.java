package dev.signet.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Private keys that a command is to open items with. */
final class KeyChoice {

  @Option(
      names = {"--keys", "--escrow"},
      paramLabel = "PATH",
      description = {
        "The private keys: PEM, key Secrets as YAML or JSON, copies in escrow (with --identity),"
            + " or",
        "a folder of Secrets and copies; repeatable."
      })
  List<String> paths = new ArrayList<>();

  @Mixin IdentityOptions identity = new IdentityOptions();

  boolean given() {
    return !paths.isEmpty();
  }

  /** Reads them; the caller closes them. */
  KeyFiles read(Surroundings surroundings) throws CommandFailure {
    KeyFiles files = identity.files(surroundings);
    try {
      for (String path : paths) {
        files.read(path);
      }
      return files;
    } catch (CommandFailure e) {
      files.close();
      throw e;
    }
  }
}
