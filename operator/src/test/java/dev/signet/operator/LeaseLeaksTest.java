package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.dialects.CustomResourceDefinitions;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.cluster.OnPostgres;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Postgres;
import dev.signet.testkit.cluster.Vault;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
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

  private static void definitions(Stage stage) throws IOException {
    for (Map<String, ?> definition : CustomResourceDefinitions.all()) {
      Api.Response made =
          stage
              .api()
              .post(
                  "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                  GoJson.write(definition, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN));
      if (made.status() != 409) {
        made.orFail();
      }
    }
    for (String kind : List.of("vaultdynamicsecrets", "generatorstates")) {
      Eventually.holds(
          Stage.SOON,
          kind + " to be served",
          () -> stage.api().get("/apis/generators.external-secrets.io/v1alpha1/" + kind).ok());
    }
  }

  private static String engine(Vault vault, Postgres postgres) throws IOException {
    String engine = vault.mount("database");
    vault.write(
        engine + "/config/pg",
        """
        {"plugin_name": "postgresql-database-plugin", "allowed_roles": "app",
         "connection_url": "postgresql://{{username}}:{{password}}@127.0.0.1:%d/%s?sslmode=disable",
         "username": "%s", "password": "%s"}
        """
            .formatted(postgres.port(), postgres.database(), Postgres.ADMIN, Postgres.PASSWORD));
    vault.write(
        engine + "/roles/app",
        """
        {"db_name": "pg", "default_ttl": "1h", "max_ttl": "24h",
         "creation_statements": ["CREATE ROLE \\"{{name}}\\" WITH LOGIN PASSWORD '{{password}}'", "COMMENT ON ROLE \\"{{name}}\\" IS '%s'"]}
        """
            .formatted(engine));
    return engine;
  }

  private static List<String> leases(Vault vault, String engine) throws IOException {
    Api.Response found = vault.read("sys/leases/lookup/" + engine + "/creds/app?list=true");
    return found.status() == 404 ? List.of() : found.orFail().json().row("data").texts("keys");
  }

  private static boolean renewed(Vault vault, String engine, String lease) throws IOException {
    return vault
        .write("sys/leases/lookup", "{\"lease_id\": \"" + engine + "/creds/app/" + lease + "\"}")
        .json()
        .row("data")
        .optionalText("last_renewal")
        .isPresent();
  }

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
      definitions(stage);
      String engine = engine(vault, postgres);
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
              """
              {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "VaultDynamicSecret",
               "metadata": {"name": "db"},
               "spec": {"path": "%s/creds/app",
                "provider": {"server": "%s", "auth": {"tokenSecretRef": {"name": "vault", "key": "token"}}}}}
              """
                  .formatted(engine, vault.url()))
          .orFail();
      for (int i = 0; i < DELIVERIES; i++) {
        stage.applyExternal(
            "externalsecrets",
            """
            {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "db-%d"},
             "spec": {"refreshInterval": "1h",
              "dataFrom": [{"sourceRef": {"generatorRef": {"kind": "VaultDynamicSecret", "name": "db"}}}]}}
            """
                .formatted(i));
      }
      Operator first = stage.start(stage.settings());
      Eventually.holds(LONG, "all to be delivered", () -> !users(stage).contains("none"));
      Set<String> delivered = users(stage);
      assertThat(delivered).as("one each").hasSize(DELIVERIES);
      assertThat(leases(vault, engine)).hasSize(DELIVERIES);
      Stage.stop(first);
      assertThat(leases(vault, engine)).as("in use").hasSize(DELIVERIES);

      Operator second = stage.start(stage.settings());
      for (String lease : leases(vault, engine)) {
        Eventually.holds(
            LONG, lease + " to be renewed by the next", () -> renewed(vault, engine, lease));
      }
      assertThat(users(stage)).isEqualTo(delivered);
      assertThat(leases(vault, engine)).hasSize(DELIVERIES);

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
          LONG.plus(Stage.COLLECTED), "no lease to be left", () -> leases(vault, engine).isEmpty());
      assertThat(
              postgres.query(
                  "SELECT count(*) FROM pg_shdescription WHERE description = '" + engine + "'"))
          .isEqualTo("0");
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
