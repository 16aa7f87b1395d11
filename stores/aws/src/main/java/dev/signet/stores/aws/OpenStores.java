package dev.signet.stores.aws;

import dev.signet.core.Material;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.CallerIdentities;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Turns;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    Session session = sessions.of(configuration.who().key());
    RoleChain issuer = new RoleChain(clients, identity, configuration.who());
    Retries retries = references.retries().orElse(Clients.USUAL);
    return switch (configuration.service()) {
      case SecretsManager ->
          new SecretsManagerStore(
              clients.secrets(configuration.who().region(), retries),
              new Calls(SecretsManagerStore.PROVIDER, identity, session, issuer, counted),
              configuration,
              references,
              turns);
      case ParameterStore ->
          new ParameterStore(
              clients.parameters(configuration.who().region(), retries),
              new Calls(ParameterStore.PROVIDER, identity, session, issuer, counted),
              configuration,
              turns);
    };
  }

  Material registryToken(String identity, Fields spec, References references)
      throws MalformedObjectException, StoreException {
    boolean open = spec.string("scope").orElse("").equals("public");
    try (Who who = generator(identity, spec, references)) {
      Tokens tokens = tokens(identity, who);
      return open ? tokens.ofPublicRegistry() : tokens.ofRegistry();
    }
  }

  Material sessionToken(String identity, Fields spec, References references)
      throws MalformedObjectException, StoreException {
    Optional<Fields> auth = spec.object("auth");
    if (auth.isPresent() && auth.get().has("jwt")) {
      throw new MalformedObjectException(
          "jwt auth cannot be used for STS Session Token generation");
    }
    Tokens.Asked asked = Tokens.Asked.of(spec.object("requestParameters"));
    try (Who who = generator(identity, spec, references)) {
      return tokens(identity, who).ofSession(asked);
    }
  }

  CallerIdentities.Caller caller(String identity, Fields configuration, References references)
      throws MalformedObjectException, StoreException {
    Who who = CallerIdentity.who(identity, configuration, references);
    return new CallerIdentity(
        who,
        new Calls(
            "AWS",
            identity,
            sessions.of("caller " + who.key()),
            new RoleChain(clients, identity, who, "external-secrets-provider-vault"),
            ApiCalls.UNCOUNTED));
  }

  private static Who generator(String identity, Fields spec, References references)
      throws MalformedObjectException, StoreException {
    String role = spec.string("role").orElse("");
    return Who.of(
        identity,
        spec,
        List.of(),
        role.isEmpty()
            ? Optional.empty()
            : Optional.of(new Who.Role(role, "", Map.of(), List.of())),
        "",
        references);
  }

  private Tokens tokens(String identity, Who who) {
    return new Tokens(
        clients,
        who.region(),
        new Calls(
            "AWS",
            identity,
            sessions.of(who.key()),
            new RoleChain(clients, identity, who),
            ApiCalls.UNCOUNTED));
  }
}
