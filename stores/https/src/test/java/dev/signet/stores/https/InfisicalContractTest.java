package dev.signet.stores.https;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.stores.contract.Backend;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.stores.contract.StoreContract;
import dev.signet.stores.contract.doubles.InfisicalDouble;
import dev.signet.testkit.web.StrictServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What every store keeps, of Infisical. */
final class InfisicalContractTest implements StoreContract {

  @Override
  public Backend backend() {
    return new Place();
  }

  private static final class Place implements Backend {
    private final InfisicalDouble infisical = new InfisicalDouble();
    private final StrictServer server = new StrictServer(infisical);
    private final Gate gate = new Gate(URI.create(server.url()));
    private final StoreProvider provider =
        InfisicalStore.provider(
            new RestApi.Surroundings(
                ApiCalls.UNCOUNTED, uri -> StrictServer.route(gate.url(), uri), Map.of()),
            System::nanoTime,
            Path.of("/"));

    @Override
    public Set<Feature> features() {
      return EnumSet.complementOf(EnumSet.of(Feature.BINARY, Feature.FIND_TAGS, Feature.OWNERSHIP));
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public SecretStore open() throws MalformedObjectException, StoreException {
      return new Given()
          .secret("me", "id", "id")
          .secret("me", "secret", "secret")
          .open(
              provider,
              """
              {auth: {universalAuthCredentials: {clientId: {name: me, key: id},
                                                 clientSecret: {name: me, key: secret}}},
               secretsScope: {environmentSlug: dev, projectSlug: my-project}}
              """);
    }

    @Override
    public boolean forValues(Gate.Asked asked) {
      return asked.path().contains("/v3/secrets/");
    }

    @Override
    public boolean logsIn(Gate.Asked asked) {
      return asked.path().contains("/v1/auth/");
    }

    @Override
    public String put(String name, byte[] value) {
      InfisicalDouble.Kept kept =
          infisical.secrets.computeIfAbsent("/ " + name, _ -> new InfisicalDouble.Kept());
      kept.versions.add(new String(value, StandardCharsets.UTF_8));
      return Integer.toString(kept.versions.size());
    }

    @Override
    public Optional<byte[]> stored(String name) {
      return Optional.ofNullable(infisical.secrets.get("/ " + name))
          .map(kept -> kept.versions.getLast().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Gate.Answer denied() {
      return new Gate.Answer(403, Map.of(), "{\"message\": \"You are not allowed\"}");
    }

    @Override
    public Gate.Answer throttled(int seconds) {
      return new Gate.Answer(
          429, Map.of("Retry-After", Integer.toString(seconds)), "{\"message\": \"Rate limit\"}");
    }

    @Override
    public void expire() {
      infisical.tokens.clear();
    }

    @Override
    public void close() {
      gate.close();
      server.close();
      assertThat(server.complaints()).isEmpty();
    }
  }
}
