package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.cluster.OnPostgres;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Postgres;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Users of a real database that a real Vault makes: as many as are delivered, and no more. */
@OnControlPlane
@OnVault
@OnPostgres
class LeaseLeaksTest {

  /** More of them in the profile {@code volume}. */
  private static final int DELIVERIES = Integer.getInteger("leases.deliveries", 30);

  private static final Duration LONG = Duration.ofSeconds(120 + DELIVERIES);

  private static Set<String> users(Stage stage) throws IOException {
    Set<String> users = new TreeSet<>();
    for (int i = 0; i < DELIVERIES; i++) {
      users.add(stage.values("db-" + i));
    }
    return users;
  }

  @Test
  void asManyLeasesAsDeliveriesAndNoneInTheEnd(
      ControlPlane plane, Namespace home, Vault vault, Postgres postgres) throws Exception {
    try (Stage stage = new Stage(plane, home)) {
      DatabaseUsers.definitions(stage);
      DatabaseUsers engine = DatabaseUsers.engine(vault, postgres);
      stage
          .api()
          .post(
              home.path("secrets"),
              "{\"metadata\": {\"name\": \"vault\"}, \"stringData\": {\"token\": \"%s\"}}"
                  .formatted(Vault.ROOT))
          .orFail();
      stage
          .api()
          .post(
              home.path("generators.external-secrets.io/v1alpha1", "vaultdynamicsecrets"),
              engine.generator(
                  "db", "{\"tokenSecretRef\": {\"name\": \"vault\", \"key\": \"token\"}}"))
          .orFail();
      for (int i = 0; i < DELIVERIES; i++) {
        stage.applyExternal("externalsecrets", DatabaseUsers.delivery("db-" + i, "db"));
      }
      Operator first = stage.start(stage.settings());
      Eventually.holds(LONG, "all to be delivered", () -> !users(stage).contains("none"));
      Set<String> delivered = users(stage);
      assertThat(delivered).as("one each").hasSize(DELIVERIES);
      assertThat(engine.leases()).hasSize(DELIVERIES);
      Stage.stop(first);
      assertThat(engine.leases()).as("in use").hasSize(DELIVERIES);

      Operator second = stage.start(stage.settings());
      for (String lease : engine.leases()) {
        Eventually.holds(LONG, lease + " to be renewed by the next", () -> engine.renewed(lease));
      }
      assertThat(users(stage)).isEqualTo(delivered);
      assertThat(engine.leases()).hasSize(DELIVERIES);

      // A refresh that it was told to make, without the values of the one before.
      stage
          .api()
          .patch(
              stage.externalPath("externalsecrets/db-0"),
              "application/merge-patch+json",
              "{\"metadata\": {\"annotations\": {\"force-sync\": \"1\"}}}")
          .orFail();
      Eventually.holds(LONG, "another user", () -> !delivered.contains(stage.values("db-0")));

      stage.api().delete(home.path("external-secrets.io/v1", "externalsecrets")).orFail();
      Eventually.holds(
          LONG.plus(Stage.COLLECTED), "no lease to be left", () -> engine.leases().isEmpty());
      assertThat(engine.users()).isZero();
      Eventually.holds(
          LONG,
          "no note to be left",
          () ->
              stage
                  .api()
                  .get(home.path("generators.external-secrets.io/v1alpha1", "generatorstates"))
                  .orFail()
                  .json()
                  .rows("items")
                  .isEmpty());
      Stage.stop(second);
    }
  }
}
