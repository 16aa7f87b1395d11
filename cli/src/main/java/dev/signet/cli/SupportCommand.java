package dev.signet.cli;

import dev.signet.delivery.directory.AtomicFile;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.operator.SupportBundle;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@CommandLine.Command(
    description = {
      "Writes a zip file that helps others to help: versions, names, conditions, events,",
      "and the operator's log and metrics. No Secret, no ciphertext, no specification."
    },
    footer = {
      "",
      "Examples:",
      "  signet support -w support.zip --operator-namespace signet",
      "",
      "Names of objects and namespaces are in it. What could not be read is named, too."
    })
final class SupportCommand implements Command {

  @Mixin Options options = new Options();

  @Option(
      names = {"-w", "--write"},
      paramLabel = "FILE",
      defaultValue = "signet-support.zip",
      description = "Where it goes; default ${DEFAULT-VALUE}.")
  String write = "";

  @Mixin ClusterOptions cluster = new ClusterOptions();

  @Option(
      names = "--operator-namespace",
      paramLabel = "NAME",
      defaultValue = SealingKeys.NAMESPACE,
      description = "Where the operator and the sealing keys are; default ${DEFAULT-VALUE}.")
  String namespace = "";

  @Option(
      names = "--operator-label",
      paramLabel = "NAME=VALUE",
      defaultValue = "app.kubernetes.io/name=signet",
      description = "The label of its pods; default ${DEFAULT-VALUE}.")
  String label = "";

  @Option(
      names = "--operator-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Where they serve metrics; default ${DEFAULT-VALUE}.")
  int port;

  @Override
  public int run(Surroundings surroundings) throws CommandFailure, IOException {
    int equals = label.indexOf('=');
    if (equals <= 0) {
      throw CommandFailure.usage("--operator-label " + label + " is no label", "use NAME=VALUE");
    }
    SupportBundle.Source source =
        new SupportBundle.Source(
            Version.text(),
            namespace,
            label.substring(0, equals),
            label.substring(equals + 1),
            port,
            namespace);
    ByteArrayOutputStream bundle = new ByteArrayOutputStream();
    List<String> unread =
        SupportBundle.write(
            bundle, cluster.connection(surroundings), source, surroundings.clock().instant());
    InputOutput.write(
        surroundings, Optional.of(write), bundle.toByteArray(), AtomicFile.Readers.OWNER);
    for (String each : unread) {
      surroundings.err().println("not in it: " + each);
    }
    surroundings.out().println("wrote " + write);
    return ExitCode.OK;
  }
}
