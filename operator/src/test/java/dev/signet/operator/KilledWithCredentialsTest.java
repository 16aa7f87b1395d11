package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ApiRequest;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Fault;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.FaultRule;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.cluster.OnPostgres;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Postgres;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The operator is killed with SIGKILL while it makes users of a database, each time at another
 * point. Whoever comes after it keeps what was delivered, and ends all else.
 */
@OnControlPlane
@OnVault
@OnPostgres
class KilledWithCredentialsTest {

  private static final String STATES = "generatorstates";

  @TempDir Path folder;

  private ControlPlane plane;
  private Namespace home;
  private Stage stage;
  private FaultProxy proxy;
  private DatabaseUsers engine;
  private Path kubeconfig;

  @BeforeEach
  void set(
      ControlPlane givenPlane,
      Namespace givenHome,
      FaultProxy givenProxy,
      Vault vault,
      Postgres postgres)
      throws IOException {
    plane = givenPlane;
    home = givenHome;
    stage = new Stage(plane, home);
    proxy = givenProxy;
    kubeconfig = folder.resolve("kubeconfig");
    Files.writeString(kubeconfig, plane.kubeconfig(proxy.url(), plane.admin()));
    DatabaseUsers.definitions(stage);
    engine = DatabaseUsers.engine(vault, postgres);
    Vault.AppRole role =
        vault.appRole(
            "path \"%s/creds/app\" {capabilities = [\"read\"]} ".formatted(engine.mount())
                + update("sys/leases/revoke")
                + update("auth/token/renew-accessor")
                + update("auth/token/revoke-accessor"),
            "\"token_ttl\": \"1h\"");
    stage
        .api()
        .post(
            home.path("secrets"),
            "{\"metadata\": {\"name\": \"vault\"}, \"stringData\": {\"id\": \"%s\"}}"
                .formatted(role.secret()))
        .orFail();
    stage
        .api()
        .post(
            home.path("generators.external-secrets.io/v1alpha1", "vaultdynamicsecrets"),
            engine.generator(
                "db",
                """
                {"appRole": {"path": "%s", "roleId": "%s", "secretRef": {"name": "vault", "key": "id"}}}
                """
                    .formatted(role.path(), role.id())))
        .orFail();
  }

  private static String update(String path) {
    return "path \"" + path + "\" {capabilities = [\"update\"]} ";
  }

  @AfterEach
  void close() throws IOException {
    stage.close();
  }

  /** Kills an operator as soon as it does something, which the API server never sees. */
  private void killAt(String delivery, Predicate<ApiRequest> point) throws IOException {
    try (Child child =
        Child.start(kubeconfig, home, "killed-at-" + delivery, folder).awaitLeading()) {
      settled();
      FaultRule rule = proxy.when(point, Fault.delay(Duration.ofHours(1)));
      stage.applyExternal("externalsecrets", DatabaseUsers.delivery(delivery, "db"));
      Eventually.holds(Flight.LONG, delivery + " to get there", () -> rule.hits() > 0);
      child.kill();
      rule.end();
    }
  }

  /** All that there was is delivered, and nothing is left of what others made before. */
  private void settled() {
    Eventually.holds(
        Flight.LONG,
        "a user for each delivery",
        () -> {
          List<Jsonl.Row> notes = notes();
          for (Jsonl.Row note : notes) {
            hurry(note);
          }
          return undelivered().isEmpty()
              && notes.size() == deliveries().size()
              && engine.leases().size() == notes.size();
        });
  }

  private List<Jsonl.Row> notes() throws IOException {
    return stage
        .api()
        .get(home.path("generators.external-secrets.io/v1alpha1", STATES))
        .orFail()
        .json()
        .rows("items");
  }

  /** What was replaced is let go now rather than in two minutes. */
  private void hurry(Jsonl.Row note) throws IOException {
    if (note.row("spec").has("garbageCollectionDeadline")) {
      Api.Response patched =
          stage
              .api()
              .patch(
                  home.path(
                      "generators.external-secrets.io/v1alpha1",
                      STATES + "/" + note.row("metadata").text("name")),
                  "application/merge-patch+json",
                  "{\"spec\": {\"garbageCollectionDeadline\": \"2026-01-02T03:04:05Z\"}}");
      assertThat(patched.status()).isIn(200, 404);
    }
  }

  private List<Jsonl.Row> deliveries() throws IOException {
    return stage
        .api()
        .get(home.path("external-secrets.io/v1", "externalsecrets"))
        .orFail()
        .json()
        .rows("items");
  }

  private Set<String> undelivered() throws IOException {
    Set<String> names = new TreeSet<>();
    for (Jsonl.Row each : deliveries()) {
      boolean ready =
          each.has("status")
              && each.row("status").rows("conditions").stream()
                  .anyMatch(
                      it -> it.text("type").equals("Ready") && it.text("status").equals("True"));
      if (!ready || stage.values(each.row("metadata").text("name")).equals("none")) {
        names.add(each.row("metadata").text("name"));
      }
    }
    return names;
  }

  @Test
  void whoComesAfterKeepsOrEndsWhatAKilledOperatorLeft() throws IOException {
    killAt("asked", request -> request.is("update", STATES));
    assertThat(engine.leases()).as("an answer that nobody noted").hasSize(1);
    assertThat(notes()).as("that it was asked for").hasSize(1);

    killAt("noted", request -> request.is("create", "secrets"));
    assertThat(stage.values("noted")).isEqualTo("none");
    assertThat(engine.leases()).as("one was delivered, one was not").hasSize(2);

    killAt(
        "delivered",
        request ->
            request.resource().equals("externalsecrets") && request.subresource().equals("status"));
    String delivered = stage.values("delivered");
    assertThat(delivered).isNotEqualTo("none");
    assertThat(engine.leases()).hasSize(3);

    Operator last = stage.start(stage.settings());
    settled();
    Set<String> values = new TreeSet<>();
    for (String name : List.of("asked", "noted", "delivered")) {
      values.add(stage.values(name));
    }
    assertThat(values).as("each has one of his own").hasSize(3).doesNotContain("none");
    assertThat(engine.users()).as("users of the database").isEqualTo(3);
    assertThat(
            Stage.metric(
                last,
                "signet_generated_values_life_seconds{kind=\"ExternalSecret\",name=\"delivered\",namespace=\"%s\"}"
                    .formatted(home.name())))
        .as("an hour, less what renewing rounds off")
        .matches("(3600|35[0-9]{2})[.]0");
    Stage.stop(last);

    List<String> leases = engine.leases();
    assertThat(leases).as("an orderly end leaves what is in use").hasSize(3);
    Operator next = stage.start(stage.settings());
    for (String lease : leases) {
      Eventually.holds(
          Flight.LONG, lease + " to be renewed by the next", () -> engine.renewed(lease));
    }
    assertThat(engine.leases()).containsExactlyInAnyOrderElementsOf(leases);
    stage.api().delete(home.path("external-secrets.io/v1", "externalsecrets")).orFail();
    Eventually.holds(
        Flight.LONG.plus(Stage.COLLECTED), "no user to be left", () -> engine.users() == 0);
    Stage.stop(next);
  }
}
