package dev.signet.cli;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/** Ends a command with an error that is meant for people. */
final class CommandFailure extends Exception {

  private final int exitCode;
  private final transient Optional<String> hint;

  private CommandFailure(String message, Optional<String> hint, int exitCode) {
    super(message);
    this.hint = hint;
    this.exitCode = exitCode;
  }

  static CommandFailure of(String message) {
    return new CommandFailure(message, Optional.empty(), ExitCode.FAILED);
  }

  /** For a failure of a lower layer whose message is meant for people. */
  static CommandFailure because(Exception cause) {
    return of(String.valueOf(cause.getMessage()));
  }

  static CommandFailure of(String message, String hint) {
    return new CommandFailure(message, Optional.of(hint), ExitCode.FAILED);
  }

  static CommandFailure usage(String message, String hint) {
    return new CommandFailure(message, Optional.of(hint), ExitCode.USAGE);
  }

  static CommandFailure withCode(int exitCode, String message) {
    return new CommandFailure(message, Optional.empty(), exitCode);
  }

  Optional<String> hint() {
    return hint;
  }

  int exitCode() {
    return exitCode;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
