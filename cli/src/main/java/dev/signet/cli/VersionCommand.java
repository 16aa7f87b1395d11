package dev.signet.cli;

import java.security.Provider;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(description = "Prints the version.")
final class VersionCommand implements Command {

  @Mixin Options options = new Options();

  @Option(
      names = "--rsa",
      description = "Also say whose RSA opens where much is opened, and why if it is the JDK's.")
  boolean rsa;

  @Override
  public int run(Surroundings surroundings) {
    surroundings.out().println("signet version: " + Version.text());
    if (rsa) {
      FastRsa.load(why -> surroundings.out().println("rsa: the JDK's: " + why))
          .map(Provider::getInfo)
          .ifPresent(info -> surroundings.out().println("rsa: " + info));
    }
    return ExitCode.OK;
  }
}
