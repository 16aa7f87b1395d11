package dev.signet.operator;

import dev.signet.dialects.CustomResourceDefinitions;
import dev.signet.testkit.cluster.Api;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Postgres;
import dev.signet.testkit.cluster.Vault;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/**
 * An engine of Vault that makes users of a database, for the generator VaultDynamicSecret.
 *
 * @param mount its path; its users have that as their comment
 */
record DatabaseUsers(Vault vault, Postgres postgres, String mount) {

  static DatabaseUsers engine(Vault vault, Postgres postgres) throws IOException {
    String mount = vault.mount("database");
    vault.write(
        mount + "/config/pg",
        """
        {"plugin_name": "postgresql-database-plugin", "allowed_roles": "app",
         "connection_url": "postgresql://{{username}}:{{password}}@127.0.0.1:%d/%s?sslmode=disable",
         "username": "%s", "password": "%s"}
        """
            .formatted(postgres.port(), postgres.database(), Postgres.ADMIN, Postgres.PASSWORD));
    vault.write(
        mount + "/roles/app",
        """
        {"db_name": "pg", "default_ttl": "1h", "max_ttl": "24h",
         "creation_statements": ["CREATE ROLE \\"{{name}}\\" WITH LOGIN PASSWORD '{{password}}'", "COMMENT ON ROLE \\"{{name}}\\" IS '%s'"]}
        """
            .formatted(mount));
    return new DatabaseUsers(vault, postgres, mount);
  }

  /** Makes the cluster serve the kinds. */
  static void definitions(Stage stage) throws IOException {
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

  /** A generator of that name, which asks Vault so. */
  String generator(String name, String auth) {
    return """
        {"apiVersion": "generators.external-secrets.io/v1alpha1", "kind": "VaultDynamicSecret",
         "metadata": {"name": "%s"},
         "spec": {"path": "%s/creds/app", "provider": {"server": "%s", "auth": %s}}}
        """
        .formatted(name, mount, vault.url(), auth);
  }

  /** Who gets a user of his own. */
  static String delivery(String name, String generator) {
    return """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "%s"},
         "spec": {"refreshInterval": "1h",
          "dataFrom": [{"sourceRef": {"generatorRef": {"kind": "VaultDynamicSecret", "name": "%s"}}}]}}
        """
        .formatted(name, generator);
  }

  /** The leases that there are. */
  List<String> leases() throws IOException {
    Api.Response found = vault.read("sys/leases/lookup/" + mount + "/creds/app?list=true");
    return found.status() == 404 ? List.of() : found.orFail().json().row("data").texts("keys");
  }

  boolean renewed(String lease) throws IOException {
    return vault
        .write("sys/leases/lookup", "{\"lease_id\": \"" + mount + "/creds/app/" + lease + "\"}")
        .json()
        .row("data")
        .optionalText("last_renewal")
        .isPresent();
  }

  /** How many users the database has of it. */
  int users() throws IOException {
    return Integer.parseInt(
        postgres.query(
            "SELECT count(*) FROM pg_shdescription WHERE description = '" + mount + "'"));
  }
}
