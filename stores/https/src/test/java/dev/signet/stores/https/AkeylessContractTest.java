package dev.signet.stores.https;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Backend;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.stores.contract.StoreContract;
import dev.signet.stores.contract.doubles.AkeylessDouble;
import dev.signet.testkit.web.StrictServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What every store keeps, of Akeyless. */
final class AkeylessContractTest implements StoreContract {

  @Override
  public Backend backend() {
    return new Place();
  }

  private static final class Place implements Backend {
    private final AkeylessDouble akeyless = new AkeylessDouble();
    private final StrictServer server = new StrictServer(akeyless);
    private final Gate gate = new Gate(URI.create(server.url()));
    private final StoreProvider provider =
        AkeylessStore.provider(
            new RestApi.Surroundings(
                ApiCalls.UNCOUNTED, uri -> StrictServer.route(gate.url(), uri), Map.of()),
            System::nanoTime);

    @Override
    public Set<Feature> features() {
      return EnumSet.complementOf(
          EnumSet.of(Feature.BINARY, Feature.FIND_ALL_TAGS, Feature.OWNERSHIP));
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public SecretStore open() throws MalformedObjectException, StoreException {
      return new Given()
          .secret("me", "id", "p-1")
          .secret("me", "type", "api_key")
          .secret("me", "key", "secret")
          .open(
              provider,
              """
              {akeylessGWApiURL: "https://api.akeyless.io",
               authSecretRef: {secretRef: {accessID: {name: me, key: id},
                                           accessType: {name: me, key: type},
                                           accessTypeParam: {name: me, key: key}}}}
              """);
    }

    @Override
    public boolean forValues(Gate.Asked asked) {
      return !logsIn(asked);
    }

    @Override
    public boolean logsIn(Gate.Asked asked) {
      return asked.path().endsWith("/auth");
    }

    @Override
    public boolean writes(Gate.Asked asked) {
      return asked.path().matches(".*/(create-secret|update-secret-val|delete-item)");
    }

    @Override
    public RemoteRef ref(String name) {
      return new RemoteRef("/" + name, "", "");
    }

    @Override
    public Writable.Remote remote(String name) {
      return new Writable.Remote("/" + name, "");
    }

    @Override
    public String put(String name, byte[] value) {
      return Integer.toString(akeyless.put("/" + name, new String(value, StandardCharsets.UTF_8)));
    }

    /** Tags have no names there. */
    @Override
    public void tag(String name, Map<String, String> tags) {
      requireNonNull(akeyless.items.get("/" + name)).tags.addAll(tags.values());
    }

    @Override
    public Optional<byte[]> stored(String name) {
      return Optional.ofNullable(akeyless.items.get("/" + name))
          .map(kept -> kept.versions.getLast().getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public Gate.Answer denied() {
      return new Gate.Answer(403, Map.of(), "{\"error\": \"Forbidden\"}");
    }

    @Override
    public Gate.Answer throttled(int seconds) {
      return new Gate.Answer(
          429,
          Map.of("Retry-After", Integer.toString(seconds)),
          "{\"error\": \"too many requests\"}");
    }

    @Override
    public void expire() {
      akeyless.tokens.clear();
    }

    @Override
    public void close() {
      gate.close();
      server.close();
      assertThat(server.complaints()).isEmpty();
    }
  }
}
