package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.dialects.externalsecrets.GeneratorNotes;
import dev.signet.dialects.externalsecrets.generators.Generators;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A server of credentials is down for an hour, in virtual time. Its credentials are good for an
 * hour, so in the end there are some that have ended. Nothing that was delivered is touched, an
 * alert of the chart fires before the first one ends, and when the server is back all are good
 * again.
 */
class CredentialOutageTest {

  private static final Path ALERTS = Path.of("../deploy/chart/external-secrets/files/alerts.yaml");
  private static final Duration LIFE = Duration.ofHours(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration ALERTED_AFTER = Duration.ofMinutes(15);
  private static final int EACH = 10;

  private final InMemory objects = new InMemory();
  private final Server server = new Server();
  private final VirtualOperator operator =
      new VirtualOperator(
          objects,
          server,
          Duration.ofMinutes(1),
          Removals.Limit.NONE,
          Generators.with(server.generator()));

  /** Which of its users are good until when. */
  private final class Server implements StoreProvider {
    private final Map<String, Instant> users = new TreeMap<>();
    private String shared = "";
    private int made;
    private boolean down;

    private void orFail() throws StoreException {
      if (down) {
        throw new StoreException(new Problem.Unreachable(), "the server does not answer");
      }
    }

    private String user() {
      String user = "user-" + ++made;
      users.put(user, operator.time().plus(LIFE));
      return user;
    }

    private boolean good(String user) {
      Instant ends = users.get(user);
      return ends != null && ends.isAfter(operator.time());
    }

    private boolean renewed(String user) {
      return good(user) && users.put(user, operator.time().plus(LIFE)) != null;
    }

    @Override
    public String name() {
      return "fake";
    }

    /** Whose key {@code database} is one user for all who ask, renewed when it is read. */
    @Override
    public SecretStore open(String identity, Fields configuration, References references)
        throws MalformedObjectException {
      var _ = configuration.objects("data");
      return new SecretStore() {
        @Override
        public Item fetch(RemoteRef ref) throws StoreException {
          orFail();
          if (!ref.key().equals("database")) {
            return item("value of " + ref.key());
          }
          if (!renewed(shared)) {
            shared = user();
          }
          return item(shared);
        }

        @Override
        public Material fetchMap(RemoteRef ref) {
          throw new UnsupportedOperationException();
        }
      };
    }

    private static Item item(String text) {
      return new Item(
          SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8)), Origin.of("server", "user"));
    }

    Generator generator() {
      return new Generator() {
        @Override
        public String kind() {
          return "VaultDynamicSecret";
        }

        @Override
        public Made generate(String identity, Fields spec, Sources sources) throws StoreException {
          spec.raw("path");
          sources.notes().asking("token", Map.of("parent", "token"));
          orFail();
          String user = user();
          Material values = new Material();
          values.put("user", item(user));
          return new Made(values, Optional.of(new Lasting(Map.of("user", user), LIFE)));
        }

        @Override
        public Optional<Lasting> renew(
            String identity, Fields spec, Map<String, @Nullable Object> state, Sources sources)
            throws StoreException {
          orFail();
          return renewed(String.valueOf(state.get("user")))
              ? Optional.of(new Lasting(state, LIFE))
              : Optional.empty();
        }

        @Override
        public void takeBack(
            String identity, Fields spec, Map<String, @Nullable Object> state, Sources sources)
            throws StoreException {
          orFail();
          users.remove(String.valueOf(state.get("user")));
        }
      };
    }
  }

  private static String data(String name, String interval, String key) {
    return """
    {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
     "metadata": {"name": "%s", "namespace": "ns"},
     "spec": {"refreshInterval": "%s", "secretStoreRef": {"name": "store", "kind": "ClusterSecretStore"},
      "data": [{"secretKey": "user", "remoteRef": {"key": "%s"}}]}}
    """
        .formatted(name, interval, key);
  }

  private void set() {
    objects.apply(
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ClusterSecretStore", "metadata": {"name": "store"},
         "spec": {"provider": {"fake": {"data": []}}}}
        """);
    objects.apply(
        """
        {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "VaultDynamicSecret",
         "metadata": {"name": "db", "namespace": "ns"}, "spec": {"path": "database/creds/app"}}
        """);
    for (int i = 0; i < EACH; i++) {
      objects.apply(data("plain-" + i, "5m", "plain"));
      objects.apply(data("shared-" + i, "30m", "database"));
      objects.apply(
          """
          {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret",
           "metadata": {"name": "own-%d", "namespace": "ns"},
           "spec": {"refreshInterval": "1h",
            "dataFrom": [{"sourceRef": {"generatorRef": {"kind": "VaultDynamicSecret", "name": "db"}}}]}}
          """
              .formatted(i));
    }
  }

  private List<KubeObject> all() {
    return objects.list(new GroupKind("external-secrets.io", "ExternalSecret"));
  }

  private Map<String, String> delivered() {
    Map<String, String> users = new TreeMap<>();
    for (KubeObject each : all()) {
      users.put(
          each.ref().name(),
          objects
              .values(Ref.secret("ns", each.ref().name()))
              .map(values -> values.getOrDefault("user", ""))
              .orElse(""));
    }
    return users;
  }

  private Map<String, Integer> writes() {
    Map<String, Integer> writes = new TreeMap<>(objects.requests());
    writes.keySet().removeIf(what -> !what.matches("(create|update|delete) secrets"));
    return writes;
  }

  /** Whether it says that it is not ready. */
  private static boolean unready(KubeObject object) {
    return object.tree().get("status") instanceof Map<?, ?> status
        && status.get("conditions") instanceof List<?> conditions
        && conditions.stream()
            .anyMatch(
                each ->
                    each instanceof Map<?, ?> condition
                        && "Ready".equals(condition.get("type"))
                        && "False".equals(condition.get("status")));
  }

  /** The alerts of the chart, looked at once a minute. */
  private final class Alerts {
    private final Map<String, Duration> since = new HashMap<>();
    private final Set<String> firing = new HashSet<>();

    /** About whom something is said now. */
    void look() {
      firing.clear();
      for (KubeObject each : all()) {
        lasts("ExternalSecretNotReady", each.ref(), unready(each));
      }
      operator
          .gates()
          .states()
          .forEach((store, state) -> lasts("ExternalSecretStoreParked", store, state.parked()));
      Map<Ref, GeneratorNotes.Ending> endings = operator.notes().endings();
      endings.forEach(
          (owner, ending) -> {
            Duration left = Duration.between(operator.time(), ending.at());
            if (left.compareTo(ending.good().dividedBy(4)) < 0) {
              firing.add(owner.name());
            }
          });
    }

    private void lasts(String alert, Ref about, boolean is) {
      String key = alert + " " + about;
      if (!is) {
        since.remove(key);
        return;
      }
      Duration now = Duration.between(Instant.EPOCH, operator.time());
      since.putIfAbsent(key, now);
      if (now.minus(since.getOrDefault(key, now)).compareTo(ALERTED_AFTER) >= 0) {
        firing.add(about.name());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 9, 19, 29, 39, 41, 49, 59})
  void anAlertFiresBeforeACredentialEndsAndNothingIsTouched(int minutes) {
    set();
    operator.lead();
    operator.pass(Duration.ofHours(3).plusMinutes(minutes));
    Map<String, String> before = delivered();
    Map<String, Integer> writes = writes();
    assertThat(before.values()).doesNotContain("");
    Alerts alerts = new Alerts();
    alerts.look();
    assertThat(alerts.firing).isEmpty();

    server.down = true;
    Set<String> alerted = new HashSet<>();
    Set<String> ended = new HashSet<>();
    for (int minute = 0; minute < 60; minute++) {
      operator.pass(MINUTE);
      alerts.look();
      alerted.addAll(alerts.firing);
      before.forEach(
          (name, user) -> {
            if (!name.startsWith("plain") && !server.good(user) && ended.add(name)) {
              assertThat(alerted)
                  .as("%s has ended", name)
                  .containsAnyOf(name, name.startsWith("shared") ? "store" : name);
            }
          });
    }
    assertThat(delivered()).isEqualTo(before);
    assertThat(writes()).as("writes of Secrets").isEqualTo(writes);
    assertThat(ended).as("nobody could renew any of them").hasSize(2 * EACH);

    server.down = false;
    operator.pass(Duration.ofMinutes(30));
    alerts.look();
    assertThat(alerts.firing).isEmpty();
    delivered()
        .forEach(
            (name, user) ->
                assertThat(name.startsWith("plain") || server.good(user)).as(name).isTrue());
    assertThat(objects.violations()).isEmpty();
  }

  /** What is computed above is what the chart says. */
  @Test
  void theAlertsAreThoseOfTheChart() throws IOException {
    assertThat(Files.readString(ALERTS))
        .contains(
            """
              - alert: ExternalSecretNotReady
                expr: externalsecret_status_condition{condition="Ready",status="False"} == 1
                for: 15m
            """)
        .contains(
            """
              - alert: GeneratedValuesEnding
                expr: (signet_generated_values_end_seconds - time()) < signet_generated_values_life_seconds / 4
                labels: {severity: critical}
            """)
        .contains(
            """
              - alert: ExternalSecretStoreParked
                expr: signet_store_parked == 1
                for: 15m
            """);
  }
}
