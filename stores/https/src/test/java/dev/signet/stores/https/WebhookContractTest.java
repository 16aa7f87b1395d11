package dev.signet.stores.https;

import com.sun.net.httpserver.HttpExchange;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.stores.contract.Backend;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.stores.contract.StoreContract;
import dev.signet.template.Template;
import dev.signet.template.sprig.Sprig;
import java.io.IOException;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What every store keeps, of an endpoint that gives, takes and forgets what is below {@code /v/}.
 */
final class WebhookContractTest implements StoreContract {

  @Override
  public Backend backend() {
    return new Place();
  }

  private static final class Place implements Backend {
    private final Map<String, byte[]> values = new ConcurrentHashMap<>();
    private final WebServer server = new WebServer().answers(this::answer);
    private final Gate gate = new Gate(URI.create(server.url()));
    private final StoreProvider provider =
        WebhookStore.provider(
            new Rendering(
                Sprig::functions,
                new Template.Sources(InstantSource.system(), ZoneOffset.UTC, new SecureRandom())));

    private void answer(HttpExchange exchange) throws IOException {
      String name = exchange.getRequestURI().getPath().replaceFirst("^/v/", "");
      byte[] value =
          switch (exchange.getRequestMethod()) {
            case "GET" -> values.get(name);
            case "POST" -> {
              values.put(name, exchange.getRequestBody().readAllBytes());
              yield new byte[0];
            }
            default -> values.remove(name);
          };
      exchange.sendResponseHeaders(
          value == null ? 404 : 200, value == null || value.length == 0 ? -1 : value.length);
      if (value != null) {
        exchange.getResponseBody().write(value);
      }
      exchange.close();
    }

    /**
     * An endpoint of anybody tells no versions, and has no way to list names. What it answers can
     * mean anything: it is as long as it is, is not compared with, and belongs to nobody.
     */
    @Override
    public Set<Feature> features() {
      return EnumSet.of(Feature.BINARY, Feature.EMPTY, Feature.PUSH);
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public SecretStore open() throws MalformedObjectException, StoreException {
      return new Given()
          .open(
              provider,
              """
              {url: '%s/v/{{ with .remoteRef.remoteKey }}{{ . }}{{ else }}{{ .remoteRef.key }}{{ end }}',
               result: {jsonPath: '{{ with .remoteRef.property }}$.{{ . }}{{ end }}'}}
              """
                  .formatted(gate.url()));
    }

    @Override
    public boolean forValues(Gate.Asked asked) {
      return true;
    }

    @Override
    public boolean writes(Gate.Asked asked) {
      return !asked.method().equals("GET");
    }

    @Override
    public String put(String name, byte[] value) {
      values.put(name, value);
      return "";
    }

    @Override
    public Optional<byte[]> stored(String name) {
      return Optional.ofNullable(values.get(name));
    }

    @Override
    public Gate.Answer denied() {
      return new Gate.Answer(403, Map.of(), "no");
    }

    @Override
    public Gate.Answer throttled(int seconds) {
      return new Gate.Answer(429, Map.of("Retry-After", Integer.toString(seconds)), "later");
    }

    @Override
    public void close() {
      gate.close();
      server.close();
    }
  }
}
