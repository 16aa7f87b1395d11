package dev.signet.cli;

/**
 * What {@code signet} ends with; {@code signet run} ends with the code of the command that it ran.
 */
final class ExitCode {

  static final int OK = 0;

  /** Something failed; the last line on standard error says what. */
  static final int FAILED = 1;

  /** The command line was not understood. */
  static final int USAGE = 2;

  /** The command did its work, but some resources were not delivered. */
  static final int NOT_DELIVERED = 3;

  /** The command that {@code signet run} was to start is not executable. */
  static final int NOT_EXECUTABLE = 126;

  /** The command that {@code signet run} was to start does not exist. */
  static final int NOT_FOUND = 127;

  private ExitCode() {}
}
