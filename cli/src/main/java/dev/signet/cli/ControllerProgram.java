package dev.signet.cli;

import java.util.List;

/**
 * The program {@code controller}. Only its version is here: the controller itself needs a cluster,
 * which this version does not reach.
 */
final class ControllerProgram {

  private ControllerProgram() {}

  static int run(String[] args, Surroundings surroundings) {
    if (List.of(args).contains("--version")) {
      surroundings.out().println("controller version: " + Version.text());
      return ExitCode.OK;
    }
    surroundings
        .err()
        .println(
            "error: this version of Signet has no controller for clusters yet; keep running upstream's, or use `signet"
                + " apply` without a cluster");
    return ExitCode.FAILED;
  }
}
