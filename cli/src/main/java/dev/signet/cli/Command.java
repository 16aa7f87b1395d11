package dev.signet.cli;

import java.io.IOException;

/** A command of {@code signet}: picocli fills its options, then it runs. */
interface Command {

  /** Does it, and returns the exit code. */
  int run(Surroundings surroundings) throws CommandFailure, IOException;
}
