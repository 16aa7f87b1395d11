package dev.signet.stores.aws;

import dev.signet.delivery.store.PublishedLimits;
import dev.signet.delivery.store.PublishedLimits.Rate;
import dev.signet.delivery.store.PublishedLimits.Size;
import java.net.URI;
import java.time.LocalDate;
import java.util.List;

/** What AWS publishes, of one account in one region. */
final class AwsLimits {

  static final long LARGEST_SECRET = 65_536;
  static final long LARGEST_PARAMETER = 4096;
  static final long LARGEST_ADVANCED = 8192;

  static final PublishedLimits SECRETS_MANAGER =
      new PublishedLimits(
          List.of(
              new Rate(List.of("DescribeSecret", "GetSecretValue"), 10_000),
              new Rate(List.of("BatchGetSecretValue"), 100),
              new Rate(List.of("ListSecrets"), 100),
              new Rate(
                  List.of(
                      "PutSecretValue", "RemoveRegionsFromReplication", "ReplicateSecretToRegions"),
                  50),
              new Rate(List.of("GetResourcePolicy", "PutResourcePolicy"), 50)),
          List.of(new Size("a secret value", LARGEST_SECRET)),
          URI.create(
              "https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html"),
          LocalDate.of(2026, 11, 23));

  /** Without higher throughput, which an account pays for. */
  static final PublishedLimits PARAMETER_STORE =
      new PublishedLimits(
          List.of(new Rate(List.of("GetParameter", "GetParameters", "GetParametersByPath"), 40)),
          List.of(
              new Size("a parameter of tier Standard", LARGEST_PARAMETER),
              new Size("a parameter of tier Advanced", LARGEST_ADVANCED)),
          URI.create("https://docs.aws.amazon.com/general/latest/gr/ssm.html"),
          LocalDate.of(2026, 11, 23));

  private AwsLimits() {}

  static PublishedLimits of(AwsConfiguration.Service service) {
    return switch (service) {
      case SecretsManager -> SECRETS_MANAGER;
      case ParameterStore -> PARAMETER_STORE;
    };
  }
}
