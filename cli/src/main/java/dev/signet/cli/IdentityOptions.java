package dev.signet.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What opens encrypted copies of keys. */
final class IdentityOptions {

  @Option(
      names = "--identity",
      paramLabel = "FILE",
      description = "An age identity file that opens encrypted copies of keys; repeatable.")
  List<String> identities = new ArrayList<>();

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "The passphrase that encrypts or opens copies of keys, instead of age keys.")
  Optional<String> passphraseFile = Optional.empty();

  /** Nothing is read yet. */
  KeyFiles files(Surroundings surroundings) {
    return new KeyFiles(surroundings, identities, passphraseFile);
  }
}
