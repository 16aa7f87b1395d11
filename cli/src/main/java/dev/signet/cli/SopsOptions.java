package dev.signet.cli;

import dev.signet.cli.sops.MachineKeys;
import dev.signet.dialects.sopssecrets.ClusterKeys;
import dev.signet.dialects.sopssecrets.SopsSecretRules;
import dev.signet.operator.SopsSecretsSettings;
import java.util.Optional;
import picocli.CommandLine.Option;

/** What the operator does with SopsSecrets. */
final class SopsOptions {

  @Option(
      names = "--sops-secrets",
      description = {
        "Deliver SopsSecrets (isindir.github.com), in the place of sops-secrets-operator. Keys come",
        "from Secrets labelled signet.dev/sops-keys=true in their namespace, then those for all."
      })
  boolean enabled;

  @Option(
      names = "--sops-keys-secret",
      paramLabel = "NAME",
      description = {
        "A Secret in the namespace of the keys with keys for all namespaces, laid out as for Flux:",
        "*.agekey, *.asc. Keys of the environment (SOPS_AGE_KEY_FILE, ...) are for all, too."
      })
  Optional<String> keys = Optional.empty();

  @Option(
      names = "--sops-keys",
      paramLabel = "all|own",
      defaultValue = "all",
      description = {
        "own: nothing is opened with keys for all namespaces, so that nobody can have a file of",
        "another team opened; default ${DEFAULT-VALUE}, as upstream."
      })
  Reach reach = Reach.all;

  @Option(
      names = "--sops-require-mac",
      description = {
        "Deliver no SopsSecret whose MAC cannot be shown to fit; otherwise that is only told, as a",
        "cluster loses the order of fields, which the MAC covers."
      })
  boolean requireMac;

  @Option(
      names = "--sops-enforce-ownership",
      description = {
        "Take over Secrets of others where a SopsSecret does not say by spec.enforceOwnership."
      })
  boolean enforceOwnership;

  /** The values of {@code --sops-keys}. */
  enum Reach {
    all(ClusterKeys.Reach.ALL),
    own(ClusterKeys.Reach.OWN);

    private final ClusterKeys.Reach reach;

    Reach(ClusterKeys.Reach reach) {
      this.reach = reach;
    }
  }

  Optional<SopsSecretsSettings> settings(Surroundings surroundings) throws CommandFailure {
    if (!enabled) {
      if (keys.isPresent() || requireMac || enforceOwnership || reach == Reach.own) {
        throw CommandFailure.usage(
            "flags of SopsSecrets have no effect without --sops-secrets", "add --sops-secrets");
      }
      return Optional.empty();
    }
    return Optional.of(
        new SopsSecretsSettings(
            keys,
            reach.reach,
            new SopsSecretRules(
                requireMac ? SopsSecretRules.Mac.REQUIRED : SopsSecretRules.Mac.REPORTED,
                enforceOwnership),
            MachineKeys.of(surroundings.sops())));
  }
}
