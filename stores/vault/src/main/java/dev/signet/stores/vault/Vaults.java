package dev.signet.stores.vault;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.stores.https.Clients;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * All that one process has to do with Vault: its stores and its generator, over one pool of
 * connections and of logins. Closing it revokes the tokens on which nothing hangs that is still in
 * use; values that stay outside keep theirs, which run out in their time.
 */
public final class Vaults implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(1);

  private final Clients clients = new Clients();
  private final Session.Pool sessions;
  private final Duration patience;
  private final ApiCalls calls;

  /**
   * @param calls told of every request
   */
  public Vaults(ApiCalls calls) {
    this(calls, System::nanoTime, PATIENCE);
  }

  /**
   * The same by another clock.
   *
   * @param nanos a clock that only goes forward
   */
  Vaults(ApiCalls calls, LongSupplier nanos, Duration patience) {
    this.calls = calls;
    this.sessions = new Session.Pool(nanos);
    this.patience = patience;
  }

  /** External Secrets' provider {@code vault}. */
  public StoreProvider provider() {
    return new StoreProvider() {
      @Override
      public String name() {
        return "vault";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        KvPaths paths = VaultConfiguration.paths(configuration);
        if (references.clusterWide()
            && references.user().isEmpty()
            && VaultConfiguration.dependsOnUser(configuration)) {
          VaultConfiguration.passOver(configuration);
          return new VaultStore(identity, paths, Optional.empty());
        }
        return new VaultStore(
            identity,
            paths,
            Optional.of(
                server(identity, identity, configuration, references, references.retries())));
      }

      @Override
      public void gone(String identity) {
        sessions.gone(identity);
      }
    };
  }

  /** External Secrets' generator {@code VaultDynamicSecret}. */
  public Generator generator() {
    return new VaultGenerator(this);
  }

  /**
   * @param identity how messages name who asks
   * @param session whose logins these are
   */
  VaultServer server(
      String identity,
      String session,
      Fields configuration,
      References references,
      Optional<Retries> retries)
      throws MalformedObjectException, StoreException {
    return VaultConfiguration.server(
        new VaultConfiguration.Asking(identity, session, references, retries, calls),
        configuration,
        clients,
        sessions,
        patience);
  }

  @Override
  public void close() {
    sessions.close();
  }
}
