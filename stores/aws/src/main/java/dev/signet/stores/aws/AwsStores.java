package dev.signet.stores.aws;

import dev.signet.core.Material;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.CallerIdentities;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.LookedAt;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code aws} provider, Secrets Manager and Parameter Store, and the generators
 * that are AWS's. This class names no type of the SDK, so that a program that opens no such store
 * loads none of it.
 */
public final class AwsStores {

  private static final Duration PAUSE = Duration.ofMillis(100);

  private final Map<String, String> environment;
  private final ApiCalls calls;
  private final LongSupplier nanos;
  private final Duration pause;
  private @Nullable OpenStores opened;

  /**
   * @param environment where upstream's variables may say where services are, such as {@code
   *     AWS_SECRETSMANAGER_ENDPOINT}
   */
  public AwsStores(Map<String, String> environment, ApiCalls calls) {
    this(environment, calls, System::nanoTime, PAUSE);
  }

  /**
   * The same by another clock.
   *
   * @param nanos a clock that only goes forward
   * @param pause before a call is sent again
   */
  AwsStores(Map<String, String> environment, ApiCalls calls, LongSupplier nanos, Duration pause) {
    this.environment = Map.copyOf(environment);
    this.calls = calls;
    this.nanos = nanos;
    this.pause = pause;
  }

  private synchronized OpenStores stores() {
    if (opened == null) {
      opened = new OpenStores(environment, calls, nanos, pause);
    }
    return opened;
  }

  /** For those who believe AWS, such as Vault. */
  public CallerIdentities callers() {
    return (identity, configuration, references) ->
        stores().caller(identity, configuration, references);
  }

  /** {@code ECRAuthorizationToken}. */
  public Generator registryTokens() {
    return generator(
        "ECRAuthorizationToken",
        (identity, spec, from) -> stores().registryToken(identity, spec, from));
  }

  /** {@code STSSessionToken}. */
  public Generator sessionTokens() {
    return generator(
        "STSSessionToken", (identity, spec, from) -> stores().sessionToken(identity, spec, from));
  }

  @FunctionalInterface
  private interface Making {
    Material of(String identity, Fields spec, References references)
        throws MalformedObjectException, StoreException;
  }

  private static Generator generator(String kind, Making making) {
    return new Generator() {
      @Override
      public String kind() {
        return kind;
      }

      @Override
      public Made generate(String identity, Fields spec, Sources sources)
          throws MalformedObjectException, StoreException {
        return Made.of(making.of(identity, spec, sources.references()));
      }
    };
  }

  public StoreProvider provider() {
    return new StoreProvider() {
      @Override
      public String name() {
        return "aws";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        if (references.clusterWide()
            && references.user().isEmpty()
            && AwsConfiguration.dependsOnUser(configuration)) {
          AwsConfiguration.Service service = AwsConfiguration.service(configuration);
          var _ = Who.region(configuration);
          AwsConfiguration.passOver(configuration);
          return new LookedAt(identity, AwsLimits.of(service));
        }
        return stores()
            .open(identity, AwsConfiguration.of(identity, configuration, references), references);
      }
    };
  }
}
