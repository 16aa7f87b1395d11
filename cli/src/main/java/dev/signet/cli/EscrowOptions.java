package dev.signet.cli;

import dev.signet.core.age.AgeKeyException;
import dev.signet.core.age.Recipient;
import dev.signet.dialects.sealedsecrets.escrow.CommandTarget;
import dev.signet.dialects.sealedsecrets.escrow.EscrowPlan;
import dev.signet.dialects.sealedsecrets.escrow.EscrowTarget;
import dev.signet.dialects.sealedsecrets.escrow.FolderTarget;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where encrypted copies of keys go, and who can open them. */
final class EscrowOptions {

  private static final Duration COMMAND = Duration.ofMinutes(1);

  @Option(
      names = "--escrow-recipient",
      paramLabel = "AGE1...",
      description = "An age public key that opens the copies; repeatable.")
  List<String> recipients = new ArrayList<>();

  @Option(
      names = "--escrow-recipients-file",
      paramLabel = "FILE",
      description = "A file with such keys, one a line.")
  Optional<String> recipientsFile = Optional.empty();

  @Option(
      names = "--escrow-folder",
      paramLabel = "FOLDER",
      description = "Keep a copy of each key in this folder.")
  Optional<String> folder = Optional.empty();

  @Option(
      names = "--escrow-secret",
      paramLabel = "NAMESPACE",
      description = "Keep a copy of each key in a Secret of this namespace.")
  Optional<String> secret = Optional.empty();

  @Option(
      names = "--escrow-store",
      paramLabel = "COMMAND",
      description =
          "Give each copy to this command, on its standard input; {} is its name. No shell reads it.")
  Optional<String> store = Optional.empty();

  @Option(
      names = "--escrow-load",
      paramLabel = "COMMAND",
      description = "The command that prints a copy, to verify it; {} is its name.")
  Optional<String> load = Optional.empty();

  /** Whether any of them is given. */
  boolean given() {
    return hasRecipients()
        || folder.isPresent()
        || secret.isPresent()
        || store.isPresent()
        || load.isPresent();
  }

  boolean hasRecipients() {
    return !recipients.isEmpty() || recipientsFile.isPresent();
  }

  boolean hasTarget() {
    return folder.isPresent() || secret.isPresent() || store.isPresent();
  }

  /** The keys that open what is encrypted. */
  List<Recipient> recipients(Surroundings surroundings) throws CommandFailure {
    List<Recipient> all = new ArrayList<>();
    try {
      for (String each : recipients) {
        all.add(Recipient.parse(each));
      }
      if (recipientsFile.isPresent()) {
        byte[] content = InputOutput.read(surroundings, recipientsFile.get());
        all.addAll(Recipient.parseFile(new String(content, StandardCharsets.UTF_8)));
      }
    } catch (AgeKeyException e) {
      throw CommandFailure.usage(
          e.getMessage(), "give age1... as `age-keygen` prints it after \"public key:\"");
    }
    return all;
  }

  /** Nothing, when no target is given. */
  Optional<EscrowPlan> plan(Surroundings surroundings) throws CommandFailure {
    return plan(surroundings, recipients(surroundings));
  }

  Optional<EscrowPlan> plan(Surroundings surroundings, List<Recipient> readers)
      throws CommandFailure {
    if (store.isPresent() != load.isPresent()) {
      throw CommandFailure.usage(
          "--escrow-store and --escrow-load need each other",
          "a copy counts once it was read back");
    }
    if (!hasTarget()) {
      if (given()) {
        throw CommandFailure.usage(
            "escrow needs a place",
            "name one with --escrow-folder, --escrow-secret, or --escrow-store and --escrow-load");
      }
      return Optional.empty();
    }
    if (readers.isEmpty()) {
      throw CommandFailure.usage(
          "escrow needs somebody who can open it",
          "name an age public key with --escrow-recipient");
    }
    List<EscrowTarget> targets = new ArrayList<>();
    folder.ifPresent(
        name -> targets.add(new FolderTarget(surroundings.path(name), surroundings.faults())));
    if (store.isPresent() && load.isPresent()) {
      targets.add(CommandTarget.of(store.get(), load.get(), COMMAND));
    }
    return Optional.of(new EscrowPlan(readers, targets, secret));
  }
}
