package dev.signet.stores.vault;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.CallerIdentities;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.stores.https.Clients;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/**
 * All that one process has to do with Vault: its stores and its generator, over one pool of
 * connections and of logins. Closing it revokes the tokens on which nothing hangs that is still in
 * use; values that stay outside keep theirs, which run out in their time.
 */
public final class Vaults implements AutoCloseable {

  private static final Duration PATIENCE = Duration.ofSeconds(1);
  private static final int MOST_FLEETING = 10_000;

  private final Clients clients = new Clients();
  private final Session.Pool sessions;
  private final Duration patience;
  private final ApiCalls calls;
  private final CallerIdentities callers;

  /** What was asked for and left nothing behind, as PKI and transit. */
  private final Set<String> fleeting = ConcurrentHashMap.newKeySet();

  /**
   * @param calls told of every request
   */
  public Vaults(ApiCalls calls) {
    this(calls, CallerIdentities.NONE);
  }

  /**
   * @param calls told of every request
   * @param callers for logins as somebody of AWS
   */
  public Vaults(ApiCalls calls, CallerIdentities callers) {
    this(calls, callers, System::nanoTime, PATIENCE);
  }

  /**
   * The same by another clock.
   *
   * @param nanos a clock that only goes forward
   */
  Vaults(ApiCalls calls, LongSupplier nanos, Duration patience) {
    this(calls, CallerIdentities.NONE, nanos, patience);
  }

  private Vaults(ApiCalls calls, CallerIdentities callers, LongSupplier nanos, Duration patience) {
    this.calls = calls;
    this.callers = callers;
    this.sessions = new Session.Pool(nanos);
    this.patience = patience;
  }

  /** External Secrets' provider {@code vault}. */
  public StoreProvider provider() {
    return provider(
        "vault", StoreProvider.Capabilities.ReadWrite, VaultConfiguration::paths, VaultStore::new);
  }

  /** External Secrets' provider {@code openBao}. */
  public StoreProvider openBao() {
    return provider("openBao", StoreProvider.Capabilities.ReadOnly, BaoStore::paths, BaoStore::new);
  }

  @FunctionalInterface
  private interface Placing {
    KvPaths of(Fields configuration) throws MalformedObjectException;
  }

  @FunctionalInterface
  private interface Opening {
    SecretStore of(String identity, KvPaths paths, Optional<VaultServer> server);
  }

  private StoreProvider provider(
      String name, StoreProvider.Capabilities capabilities, Placing placing, Opening opening) {
    return new StoreProvider() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public Capabilities capabilities() {
        return capabilities;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        KvPaths paths = placing.of(configuration);
        if (references.clusterWide()
            && references.user().isEmpty()
            && VaultConfiguration.dependsOnUser(configuration)) {
          VaultConfiguration.passOver(configuration);
          return opening.of(identity, paths, Optional.empty());
        }
        return opening.of(
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
        new VaultConfiguration.Asking(identity, session, references, retries, calls, callers),
        configuration,
        clients,
        sessions,
        patience);
  }

  /** Whether what is asked for may stay outside, as far as is known. */
  boolean mayLast(String what) {
    return !fleeting.contains(what);
  }

  void lasts(String what, boolean lasts) {
    if (lasts) {
      fleeting.remove(what);
    } else if (fleeting.size() < MOST_FLEETING) {
      fleeting.add(what);
    }
  }

  @Override
  public void close() {
    sessions.close();
  }
}
