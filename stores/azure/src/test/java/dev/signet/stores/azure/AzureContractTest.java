package dev.signet.stores.azure;

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
import dev.signet.stores.contract.doubles.AzureDouble;
import dev.signet.testkit.web.StrictServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;

/** What every store keeps, of secrets in Key Vault, with an application and its secret. */
final class AzureContractTest implements StoreContract {

  @Override
  public Backend backend() {
    return new Place();
  }

  private static final class Place implements Backend {
    private final AzureDouble azure = new AzureDouble();
    private final StrictServer server = new StrictServer(azure);
    private final Gate gate = new Gate(URI.create(server.url()));
    private final StoreProvider provider =
        AzureStore.provider(
            ApiCalls.UNCOUNTED,
            new AzureStore.Surroundings(
                System::nanoTime,
                Duration.ofMillis(1),
                uri -> StrictServer.route(gate.url(), uri),
                Map.of()));

    @Override
    public Set<Feature> features() {
      return EnumSet.complementOf(EnumSet.of(Feature.BINARY, Feature.PUSH_PROPERTY));
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public SecretStore open() throws MalformedObjectException, StoreException {
      return new Given()
          .secret("me", "id", AzureDouble.CLIENT)
          .secret("me", "secret", AzureDouble.SECRET)
          .open(
              provider,
              """
              {vaultUrl: 'https://v.vault.azure.net', tenantId: %s,
               authSecretRef: {clientId: {name: me, key: id}, clientSecret: {name: me, key: secret}}}
              """
                  .formatted(AzureDouble.TENANT));
    }

    @Override
    public boolean forValues(Gate.Asked asked) {
      return asked.path().startsWith("/" + AzureDouble.HOST);
    }

    @Override
    public boolean logsIn(Gate.Asked asked) {
      return asked.path().startsWith("/login");
    }

    @Override
    public String put(String name, byte[] value) {
      return azure.put(
          "secrets/" + name,
          new TreeMap<>(Map.of("value", new String(value, StandardCharsets.UTF_8))),
          Map.of(),
          null);
    }

    @Override
    public void tag(String name, Map<String, String> tags) {
      azure.at("secrets/" + name).newest().put("tags", new TreeMap<>(tags));
    }

    @Override
    public Optional<byte[]> stored(String name) {
      return Optional.ofNullable(azure.there.get("secrets/" + name))
          .map(kept -> String.valueOf(kept.newest().get("value")).getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public OptionalInt limit() {
      return OptionalInt.of(25 * 1024);
    }

    @Override
    public int many() {
      return 1_000;
    }

    @Override
    public Gate.Answer denied() {
      return answer(403, "Forbidden", Map.of());
    }

    @Override
    public Gate.Answer throttled(int seconds) {
      return answer(429, "Throttled", Map.of("Retry-After", Integer.toString(seconds)));
    }

    private static Gate.Answer answer(int code, String name, Map<String, String> headers) {
      return new Gate.Answer(
          code, headers, "{\"error\": {\"code\": \"%s\", \"message\": \"m\"}}".formatted(name));
    }

    @Override
    public Optional<Gate.Answer> wrongClock() {
      return Optional.of(
          new Gate.Answer(
              401,
              Map.of("Content-Type", "application/json"),
              """
              {"error": "invalid_client", "error_description": "AADSTS700024: Client assertion is \
              not within its valid time range.", "error_codes": [700024]}"""));
    }

    @Override
    public void expire() {
      azure.tokens.clear();
    }

    @Override
    public void close() {
      gate.close();
      server.close();
      assertThat(server.complaints()).isEmpty();
    }
  }
}
