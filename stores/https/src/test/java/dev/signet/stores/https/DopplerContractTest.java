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
import dev.signet.stores.contract.doubles.DopplerDouble;
import dev.signet.testkit.web.StrictServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What every store keeps, of Doppler with a token of its own. */
final class DopplerContractTest implements StoreContract {

  @Override
  public Backend backend() {
    return new Place();
  }

  private static final class Place implements Backend {
    private final DopplerDouble doppler = new DopplerDouble();
    private final StrictServer server = new StrictServer(doppler);
    private final Gate gate = new Gate(URI.create(server.url()));
    private final StoreProvider provider =
        DopplerStore.provider(
            new RestApi.Surroundings(
                ApiCalls.UNCOUNTED, uri -> StrictServer.route(gate.url(), uri), Map.of()),
            System::nanoTime);

    @Override
    public Set<Feature> features() {
      return EnumSet.of(
          Feature.EMPTY, Feature.FRAMED, Feature.FIND_NAMES, Feature.PUSH, Feature.PUSH_COMPARES);
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public SecretStore open() throws MalformedObjectException, StoreException {
      return new Given()
          .secret("me", "dopplerToken", DopplerDouble.TOKEN)
          .open(
              provider, "{project: p, config: dev, auth: {secretRef: {dopplerToken: {name: me}}}}");
    }

    @Override
    public boolean forValues(Gate.Asked asked) {
      return asked.path().contains("/v3/configs/");
    }

    @Override
    public boolean logsIn(Gate.Asked asked) {
      return asked.path().contains("/v3/auth/");
    }

    @Override
    public String put(String name, byte[] value) {
      doppler.secrets.put(name, new String(value, StandardCharsets.UTF_8));
      return "";
    }

    @Override
    public Optional<byte[]> stored(String name) {
      return Optional.ofNullable(doppler.secrets.get(name))
          .map(value -> value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Gate.Answer denied() {
      return new Gate.Answer(403, Map.of(), "{\"messages\": [\"no\"], \"success\": false}");
    }

    @Override
    public Gate.Answer throttled(int seconds) {
      return new Gate.Answer(429, Map.of("Retry-After", Integer.toString(seconds)), "{}");
    }

    @Override
    public void close() {
      gate.close();
      server.close();
      assertThat(server.complaints()).isEmpty();
    }
  }
}
