package dev.signet.cli;

import picocli.CommandLine;
import picocli.CommandLine.Mixin;

@CommandLine.Command(description = "Prints the version.")
final class VersionCommand implements Command {

  @Mixin Options options = new Options();

  @Override
  public int run(Surroundings surroundings) {
    surroundings.out().println("signet version: " + Version.text());
    return ExitCode.OK;
  }
}
