package dev.signet.stores.aws;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code aws} provider: Secrets Manager and Parameter Store. This class names no
 * type of the SDK, so that a program that opens no such store loads none of it.
 */
public final class AwsStores {

  private static final Duration PAUSE = Duration.ofMillis(100);

  private AwsStores() {}

  /**
   * @param environment where upstream's variables may say where services are, such as {@code
   *     AWS_SECRETSMANAGER_ENDPOINT}
   */
  public static StoreProvider provider(Map<String, String> environment, ApiCalls calls) {
    return provider(environment, calls, System::nanoTime, PAUSE);
  }

  /**
   * The same by another clock.
   *
   * @param nanos a clock that only goes forward
   * @param pause before a call is sent again
   */
  static StoreProvider provider(
      Map<String, String> environment, ApiCalls calls, LongSupplier nanos, Duration pause) {
    return new StoreProvider() {
      private @Nullable OpenStores opened;

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
          var _ = AwsConfiguration.service(configuration);
          var _ = AwsConfiguration.region(configuration);
          AwsConfiguration.passOver(configuration);
          return new AsUser(identity);
        }
        return stores()
            .open(identity, AwsConfiguration.of(identity, configuration, references), references);
      }

      private synchronized OpenStores stores() {
        if (opened == null) {
          opened = new OpenStores(environment, calls, nanos, pause);
        }
        return opened;
      }
    };
  }

  /** One that is somebody else for each who uses it, and is only looked at. */
  private record AsUser(String identity) implements SecretStore {

    @Override
    public Item fetch(RemoteRef ref) throws StoreException {
      throw unasked();
    }

    @Override
    public Material fetchMap(RemoteRef ref) throws StoreException {
      throw unasked();
    }

    private StoreException unasked() {
      return new StoreException(
          new Problem.Malformed(), identity + " is asked as the namespace of its user");
    }

    @Override
    public Validity validate() {
      return Validity.UNKNOWN;
    }
  }
}
