package dev.signet.cli;

import dev.signet.kube.Leadership;
import dev.signet.operator.Settings;
import dev.signet.template.GoDuration;
import dev.signet.template.GoError;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the Lease of the operator is if not beside the keys, and its times. */
final class LeaseOptions {

  @Option(
      names = "--lease-namespace",
      paramLabel = "NAME",
      description = "Another namespace for the Lease.")
  Optional<String> namespace = Optional.empty();

  @Option(
      names = "--lease-duration",
      paramLabel = "DURATION",
      defaultValue = "15s",
      description = "After what silence another takes the Lease; default ${DEFAULT-VALUE}.")
  String duration = "";

  @Option(
      names = "--lease-renew-deadline",
      paramLabel = "DURATION",
      defaultValue = "10s",
      description = "How long a leader believes in a renewal; default ${DEFAULT-VALUE}.")
  String renew = "";

  @Option(
      names = "--lease-retry-period",
      paramLabel = "DURATION",
      defaultValue = "2s",
      description = "The pause between two looks at the Lease; default ${DEFAULT-VALUE}.")
  String retry = "";

  /**
   * The election, as these options and the two that are older say.
   *
   * @throws IllegalArgumentException when the times do not fit together
   */
  Settings.Election election(String keyNamespace, String name) {
    return new Settings.Election(
        namespace.orElse(keyNamespace),
        name,
        new Leadership.Terms(
            duration("--lease-duration", duration),
            duration("--lease-renew-deadline", renew),
            duration("--lease-retry-period", retry)));
  }

  private static Duration duration(String option, String text) {
    try {
      return Duration.ofNanos(GoDuration.parse(text));
    } catch (GoError e) {
      throw new IllegalArgumentException(
          option + " " + text + " is no duration such as 15s or 1m30s", e);
    }
  }
}
