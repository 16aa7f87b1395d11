package dev.signet.stores.google;

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
import dev.signet.stores.contract.doubles.GoogleDouble;
import dev.signet.testkit.web.StrictServer;
import java.net.URI;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** What every store keeps, of Secret Manager, with a key of a service account. */
final class GoogleContractTest implements StoreContract {

  @Override
  public Backend backend() {
    return new Place();
  }

  private static final class Place implements Backend {
    private final GoogleDouble google = new GoogleDouble();
    private final StrictServer server = new StrictServer(google);
    private final Gate gate = new Gate(URI.create(server.url()));
    private final StoreProvider provider =
        GoogleStore.provider(
            ApiCalls.UNCOUNTED, System::nanoTime, uri -> StrictServer.route(gate.url(), uri));

    @Override
    public Set<Feature> features() {
      return EnumSet.allOf(Feature.class);
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public SecretStore open() throws MalformedObjectException, StoreException {
      return new Given()
          .secret("me", "key.json", google.keyFile())
          .open(
              provider,
              """
              {projectID: p, auth: {secretRef: {secretAccessKeySecretRef: {name: me, key: key.json}}}}
              """);
    }

    @Override
    public boolean forValues(Gate.Asked asked) {
      return asked.path().startsWith("/secretmanager");
    }

    @Override
    public boolean logsIn(Gate.Asked asked) {
      return asked.path().startsWith("/oauth2");
    }

    private GoogleDouble.Kept kept(String name) {
      return google.secrets.computeIfAbsent(
          "projects/p/secrets/" + name, _ -> new GoogleDouble.Kept());
    }

    @Override
    public String put(String name, byte[] value) {
      GoogleDouble.Kept kept = kept(name);
      kept.versions.add(value);
      return Integer.toString(kept.versions.size());
    }

    @Override
    public void tag(String name, Map<String, String> tags) {
      kept(name).labels.putAll(tags);
    }

    @Override
    public Optional<byte[]> stored(String name) {
      return Optional.ofNullable(google.secrets.get("projects/p/secrets/" + name))
          .filter(kept -> !kept.versions.isEmpty())
          .map(kept -> kept.versions.getLast());
    }

    @Override
    public OptionalInt limit() {
      return OptionalInt.of(65_536);
    }

    @Override
    public Gate.Answer denied() {
      return answer(403, "PERMISSION_DENIED", Map.of());
    }

    @Override
    public Gate.Answer throttled(int seconds) {
      return answer(429, "RESOURCE_EXHAUSTED", Map.of("Retry-After", Integer.toString(seconds)));
    }

    private static Gate.Answer answer(int code, String status, Map<String, String> headers) {
      return new Gate.Answer(
          code,
          headers,
          "{\"error\": {\"code\": %d, \"message\": \"m\", \"status\": \"%s\"}}"
              .formatted(code, status));
    }

    @Override
    public Optional<Gate.Answer> wrongClock() {
      return Optional.of(
          new Gate.Answer(
              400,
              Map.of("Content-Type", "application/json"),
              """
              {"error": "invalid_grant", "error_description": "Invalid JWT: Token must be a \
              short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp \
              values in the JWT claim."}"""));
    }

    @Override
    public void expire() {
      google.tokens.clear();
    }

    @Override
    public void close() {
      gate.close();
      server.close();
      assertThat(server.complaints()).isEmpty();
    }
  }
}
