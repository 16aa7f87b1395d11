package dev.signet.stores.https;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Backend;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.stores.contract.StoreContract;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeEach;

/**
 * What every store keeps, of the Secrets of a namespace on a real API server: a value is under the
 * key {@code value} of a Secret of its name.
 */
@OnControlPlane
final class KubernetesContractTest implements StoreContract {

  private ControlPlane plane;
  private Api api;
  private Namespace namespace;
  private String token;

  @BeforeEach
  void reader(ControlPlane plane, Api api, Namespace namespace) throws Exception {
    this.plane = plane;
    this.api = api;
    this.namespace = namespace;
    api.post(namespace.path("serviceaccounts"), "{\"metadata\": {\"name\": \"store\"}}").orFail();
    api.post(
            namespace.path("rbac.authorization.k8s.io/v1", "rolebindings"),
            """
            {"metadata": {"name": "store"},
             "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "admin"},
             "subjects": [{"kind": "ServiceAccount", "name": "store", "namespace": "%s"}]}
            """
                .formatted(namespace.name()))
        .orFail();
    token = plane.token(namespace.name(), "store");
    Eventually.holds(
        Duration.ofSeconds(60),
        "the role",
        () -> plane.api(token).get(namespace.path("secrets")).ok());
  }

  @Override
  public Backend backend() {
    return new Place();
  }

  private final class Place implements Backend {
    private final Gate gate =
        new Gate(
            plane.url(),
            HttpClient.newBuilder().sslContext(Identity.anonymousTls(plane.authority())));
    private final StoreProvider provider = KubernetesStore.provider();

    /**
     * An API server keeps no older versions. Whose a Secret is it does not say, and a token is what
     * the store is given.
     */
    @Override
    public Set<Feature> features() {
      return EnumSet.complementOf(EnumSet.of(Feature.VERSIONS, Feature.OWNERSHIP, Feature.LOGIN));
    }

    @Override
    public Gate gate() {
      return gate;
    }

    private SecretStore open(String url) throws MalformedObjectException, StoreException {
      return new Given()
          .secret("me", "token", token)
          .open(
              provider,
              "{remoteNamespace: %s, server: {url: '%s'}, auth: {token: {bearerToken: {name: me, key: token}}}}"
                  .formatted(namespace.name(), url));
    }

    @Override
    public SecretStore open() throws MalformedObjectException, StoreException {
      return open(gate.url());
    }

    @Override
    public Optional<SecretStore> untrusted() throws MalformedObjectException, StoreException {
      return Optional.of(open(plane.url().toString()));
    }

    @Override
    public boolean forValues(Gate.Asked asked) {
      return asked.path().contains("/secrets");
    }

    @Override
    public boolean writes(Gate.Asked asked) {
      return !asked.method().equals("GET");
    }

    @Override
    public RemoteRef ref(String name) {
      return new RemoteRef(name, "value", "");
    }

    @Override
    public Writable.Remote remote(String name) {
      return new Writable.Remote(name, "value");
    }

    private String path(String name) {
      return namespace.path("secrets") + "/" + name;
    }

    @Override
    public String put(String name, byte[] value) throws IOException {
      String json =
          "{\"metadata\": {\"name\": \"%s\"}, \"data\": {\"value\": \"%s\"}}"
              .formatted(name, Base64.getEncoder().encodeToString(value));
      Api.Response made = api.post(namespace.path("secrets"), json);
      Api.Response there = made.status() == 409 ? api.put(path(name), json) : made;
      return there.orFail().json().row("metadata").text("resourceVersion");
    }

    @Override
    public void put(Map<String, byte[]> values) throws IOException {
      try (var threads = Executors.newFixedThreadPool(8)) {
        List<Future<String>> all = new ArrayList<>();
        values.forEach((name, value) -> all.add(threads.submit(() -> put(name, value))));
        for (Future<String> each : all) {
          assertThat(each.get()).isNotEmpty();
        }
      } catch (InterruptedException | ExecutionException e) {
        throw new IOException(e);
      }
    }

    @Override
    public void tag(String name, Map<String, String> tags) throws IOException {
      StringBuilder labels = new StringBuilder();
      tags.forEach(
          (key, value) ->
              labels
                  .append(labels.isEmpty() ? "" : ", ")
                  .append("\"%s\": \"%s\"".formatted(key, value)));
      api.patch(
              path(name),
              "application/merge-patch+json",
              "{\"metadata\": {\"labels\": {%s}}}".formatted(labels))
          .orFail();
    }

    @Override
    public Optional<byte[]> stored(String name) throws IOException {
      Api.Response there = api.get(path(name));
      return there.status() == 404
          ? Optional.empty()
          : Optional.of(
              Base64.getDecoder().decode(there.orFail().json().row("data").text("value")));
    }

    /** Of all values of a Secret together. */
    @Override
    public OptionalInt limit() {
      return OptionalInt.of(1 << 20);
    }

    /** Three pages of 500. */
    @Override
    public int many() {
      return 1_010;
    }

    @Override
    public Gate.Answer denied() {
      return new Gate.Answer(
          403,
          Map.of("Content-Type", "application/json"),
          "{\"kind\": \"Status\", \"status\": \"Failure\", \"reason\": \"Forbidden\", \"code\": 403}");
    }

    @Override
    public Gate.Answer throttled(int seconds) {
      return new Gate.Answer(
          429,
          Map.of("Retry-After", Integer.toString(seconds)),
          "{\"kind\": \"Status\", \"status\": \"Failure\", \"reason\": \"TooManyRequests\", \"code\": 429}");
    }

    @Override
    public void close() {
      gate.close();
    }
  }
}
