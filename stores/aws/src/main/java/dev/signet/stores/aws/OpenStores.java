package dev.signet.stores.aws;

import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.SecretStore;
import java.time.Duration;
import java.util.Map;
import java.util.function.LongSupplier;

/** What all stores of a process share: clients, logins, and turns. */
final class OpenStores {

  private final Clients clients;
  private final Session.Pool sessions;
  private final Turns turns = new Turns();
  private final ApiCalls counted;

  OpenStores(
      Map<String, String> environment, ApiCalls counted, LongSupplier nanos, Duration pause) {
    this.clients = new Clients(environment, pause);
    this.sessions = new Session.Pool(nanos);
    this.counted = counted;
  }

  /** The store closes its configuration. */
  SecretStore open(String identity, AwsConfiguration configuration, References references) {
    Session session = sessions.of(configuration.whose());
    RoleChain issuer = new RoleChain(clients, identity, configuration);
    return switch (configuration.service()) {
      case SecretsManager ->
          new SecretsManager(
              clients.secrets(configuration.region()),
              new Calls(SecretsManager.PROVIDER, identity, session, issuer, counted),
              configuration,
              references,
              turns);
      case ParameterStore ->
          new ParameterStore(
              clients.parameters(configuration.region()),
              new Calls(ParameterStore.PROVIDER, identity, session, issuer, counted),
              configuration,
              turns);
    };
  }
}
