package dev.signet.stores.vault;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Backend;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.stores.contract.StoreContract;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store keeps, of a KV engine of version 2, by a real server, as an AppRole. */
@OnVault
final class VaultContractTest implements StoreContract {

  private Vault vault;

  @BeforeEach
  void stand(Vault vault) {
    this.vault = vault;
  }

  @Override
  public Backend backend() throws IOException {
    return new Place(vault);
  }

  /** Values stand under {@code value}, the members of those that are JSON objects beside it. */
  private static final class Place implements Backend {

    private static final String PROPERTY = "value";

    /** What a push of one character has around it. */
    private static final int AROUND =
        "{\"data\":{\"value\":\"\"},\"options\":{\"cas\":0}}".length();

    private final Vault vault;
    private final String kv;
    private final Vault.AppRole role;
    private final Gate gate;
    private final Vaults vaults = new Vaults(ApiCalls.UNCOUNTED);
    private final StoreProvider provider = vaults.provider();

    Place(Vault vault) throws IOException {
      this.vault = vault;
      kv = vault.mount("kv-v2");
      role =
          vault.appRole(
              "path \""
                  + kv
                  + "/*\" {capabilities = [\"create\", \"read\", \"update\", \"delete\","
                  + " \"list\"]}",
              "\"token_ttl\": \"1h\"");
      gate = new Gate(URI.create(vault.narrowUrl()));
    }

    @Override
    public Set<Feature> features() {
      return EnumSet.complementOf(EnumSet.of(Feature.BINARY));
    }

    @Override
    public Gate gate() {
      return gate;
    }

    @Override
    public SecretStore open() throws MalformedObjectException, StoreException {
      return open(gate.url());
    }

    private SecretStore open(String url) throws MalformedObjectException, StoreException {
      return new Given()
          .secret("me", "id", role.secret())
          .open(
              provider,
              "{server: '%s', path: %s, auth: {appRole: {path: %s, roleId: %s, secretRef: {name: me, key: id}}}}"
                  .formatted(url, kv, role.path(), role.id()));
    }

    @Override
    public Optional<SecretStore> untrusted() throws MalformedObjectException, StoreException {
      return Optional.of(open(vault.tlsUrl()));
    }

    @Override
    public boolean forValues(Gate.Asked asked) {
      return asked.path().startsWith("/v1/" + kv + "/");
    }

    @Override
    public boolean logsIn(Gate.Asked asked) {
      return asked.path().endsWith("/login");
    }

    @Override
    public boolean writes(Gate.Asked asked) {
      return forValues(asked) && !asked.method().equals("GET");
    }

    @Override
    public RemoteRef ref(String name) {
      return new RemoteRef(name, PROPERTY, "");
    }

    @Override
    public RemoteRef property(String name, String property) {
      return new RemoteRef(name, property, "");
    }

    @Override
    public Writable.Remote remote(String name) {
      return new Writable.Remote(name, PROPERTY);
    }

    private static String body(byte[] value) {
      String text = new String(value, UTF_8);
      Map<String, @Nullable Object> data = new LinkedHashMap<>();
      data.putAll(JsonTree.object(value).orElse(Map.of()));
      data.put(PROPERTY, text);
      try (SecretBytes json = JsonText.of(Map.of("data", data))) {
        return json.with(bytes -> new String(bytes, UTF_8));
      }
    }

    private String put(Api root, String name, byte[] value) throws IOException {
      Jsonl.Row written =
          root.put("/v1/" + kv + "/data/" + name, body(value)).orFail().json().row("data");
      return Integer.toString(written.integer("version"));
    }

    @Override
    public String put(String name, byte[] value) throws IOException {
      try (Api root = vault.as(Vault.ROOT)) {
        return put(root, name, value);
      }
    }

    @Override
    public void put(Map<String, byte[]> values) throws IOException {
      try (Api root = vault.as(Vault.ROOT);
          var threads = Executors.newFixedThreadPool(8)) {
        for (Future<String> each :
            values.entrySet().stream()
                .map(it -> threads.submit(() -> put(root, it.getKey(), it.getValue())))
                .toList()) {
          each.get();
        }
      } catch (InterruptedException | ExecutionException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void tag(String name, Map<String, String> tags) throws IOException {
      String json =
          tags.entrySet().stream()
              .map(each -> "\"" + each.getKey() + "\": \"" + each.getValue() + "\"")
              .collect(Collectors.joining(", "));
      vault.write(kv + "/metadata/" + name, "{\"custom_metadata\": {" + json + "}}");
    }

    @Override
    public Optional<byte[]> stored(String name) throws IOException {
      Api.Response found = vault.read(kv + "/data/" + name);
      return found.status() == 404
          ? Optional.empty()
          : Optional.of(
              found.orFail().json().row("data").row("data").text(PROPERTY).getBytes(UTF_8));
    }

    /** The server refuses a request that is larger. */
    @Override
    public OptionalInt limit() {
      return OptionalInt.of(Vault.NARROW - AROUND);
    }

    @Override
    public Gate.Answer denied() {
      return answer(403, "1 error occurred:\\n\\t* permission denied\\n\\n", Map.of());
    }

    @Override
    public Gate.Answer throttled(int seconds) {
      return answer(
          429,
          "request path \\\"" + kv + "/data/app\\\": rate limit quota exceeded",
          Map.of("Retry-After", Integer.toString(seconds)));
    }

    private static Gate.Answer answer(int status, String error, Map<String, String> headers) {
      return new Gate.Answer(status, headers, "{\"errors\":[\"" + error + "\"]}");
    }

    /** To a login with a token of somebody whose clock runs ahead. */
    @Override
    public Optional<Gate.Answer> wrongClock() {
      return Optional.of(
          answer(
              400,
              "error validating token: invalid not before (nbf) claim: token not yet valid",
              Map.of()));
    }

    @Override
    public void expire() throws IOException {
      vault.write("sys/leases/revoke-prefix/auth/" + role.path(), "{}");
    }

    @Override
    public void close() {
      gate.close();
      vaults.close();
    }
  }

  /** A limit of the server itself, and what it says then. */
  @Test
  void aQuotaOfTheServerSaysWhenItMayComeBack() throws Exception {
    vault.write("sys/quotas/config", "{\"enable_rate_limit_response_headers\": true}");
    try (Place place = new Place(vault);
        SecretStore store = place.open()) {
      var _ = place.put("app", "v".getBytes(UTF_8));
      Given.text(store.fetch(place.ref("app")));
      vault.write(
          "sys/quotas/rate-limit/" + place.kv,
          "{\"path\": \"" + place.kv + "/\", \"rate\": 1, \"interval\": \"1h\"}");
      Given.text(store.fetch(place.ref("app")));
      StoreException throttled =
          catchThrowableOfType(
              StoreException.class, () -> Given.text(store.fetch(place.ref("app"))));
      assertThat(throttled.problem())
          .isInstanceOfSatisfying(
              Problem.Throttled.class,
              it -> assertThat(it.retryAfter()).isGreaterThan(Duration.ofMinutes(1)));
      vault.delete("sys/quotas/rate-limit/" + place.kv);
    }
  }
}
