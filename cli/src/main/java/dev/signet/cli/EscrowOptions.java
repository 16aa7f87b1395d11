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
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
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
          "Give each copy to this command, on its standard input; {} is its name. No shell reads"
              + " it.")
  Optional<String> store = Optional.empty();

  @Option(
      names = "--escrow-load",
      paramLabel = "COMMAND",
      description = "The command that prints a copy, to verify it; {} is its name.")
  Optional<String> load = Optional.empty();

  /** How messages call each of them. */
  private UnaryOperator<String> called = word -> "--escrow-" + word;

  /** For programs whose flags are somebody else's: {@code SIGNET_ESCROW_FOLDER} and so on. */
  static EscrowOptions ofEnvironment(Surroundings surroundings) {
    EscrowOptions options = new EscrowOptions();
    options.called = EscrowOptions::variable;
    options.recipients =
        surroundings
            .variable(variable("recipients"))
            .map(text -> List.of(text.strip().split("[\\s,]+", -1)))
            .orElse(List.of());
    options.recipientsFile = surroundings.variable(variable("recipients-file"));
    options.folder = surroundings.variable(variable("folder"));
    options.secret = surroundings.variable(variable("secret"));
    options.store = surroundings.variable(variable("store"));
    options.load = surroundings.variable(variable("load"));
    return options;
  }

  private static String variable(String word) {
    return "SIGNET_ESCROW_" + word.toUpperCase(Locale.ROOT).replace('-', '_');
  }

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

  private String plural() {
    return called.apply("").startsWith("--") ? "" : "s";
  }

  /** Nothing, when no target is given. */
  Optional<EscrowPlan> plan(Surroundings surroundings) throws CommandFailure {
    return plan(surroundings, recipients(surroundings));
  }

  Optional<EscrowPlan> plan(Surroundings surroundings, List<Recipient> readers)
      throws CommandFailure {
    if (store.isPresent() != load.isPresent()) {
      throw CommandFailure.usage(
          called.apply("store") + " and " + called.apply("load") + " need each other",
          "a copy counts once it was read back");
    }
    if (!hasTarget()) {
      if (given()) {
        throw CommandFailure.usage(
            "escrow needs a place",
            "name one with "
                + called.apply("folder")
                + ", "
                + called.apply("secret")
                + ", or "
                + called.apply("store")
                + " and "
                + called.apply("load"));
      }
      return Optional.empty();
    }
    if (readers.isEmpty()) {
      throw CommandFailure.usage(
          "escrow needs somebody who can open it",
          "name an age public key with " + called.apply("recipient" + plural()));
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
