package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.OnPostgres;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Postgres;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What Vault's engines make, in a real Vault over a real PostgreSQL. */
@OnVault
@OnPostgres
class VaultGeneratorTest {

  private static final String ME = "VaultDynamicSecret/ns/g";

  private final Map<String, Integer> calls = new ConcurrentHashMap<>();
  private final ApiCalls counted = (_, call, _) -> calls.merge(call, 1, Integer::sum);
  private final Given given = new Given().secret("me", "token", Vault.ROOT);
  private Instant now = Instant.parse("2026-01-02T03:04:05Z");

  private Generator.Sources sources() {
    return sources(Generator.Notes.NONE);
  }

  private Generator.Sources sources(Generator.Notes notes) {
    return new Generator.Sources(
        (_, _) -> Given.bytes(""), given, () -> now, new SecureRandom(), notes);
  }

  private static Fields spec(Vault vault, String rest) {
    return spec(vault, "tokenSecretRef: {name: me, key: token}", rest);
  }

  private static Fields spec(Vault vault, String auth, String rest) {
    return Given.fields(
        "{" + rest + ", provider: {server: '" + vault.url() + "', auth: {" + auth + "}}}");
  }

  /** A database engine whose role makes users of a new database. */
  static String database(Vault vault, Postgres postgres, String ttl, String most) throws Exception {
    String engine = vault.mount("database");
    vault.write(
        engine + "/config/pg",
        """
        {"plugin_name": "postgresql-database-plugin", "allowed_roles": "*",
         "connection_url": "postgresql://{{username}}:{{password}}@127.0.0.1:%d/%s?sslmode=disable",
         "username": "%s", "password": "%s"}
        """
            .formatted(postgres.port(), postgres.database(), Postgres.ADMIN, Postgres.PASSWORD));
    vault.write(
        engine + "/roles/app",
        """
        {"db_name": "pg", "default_ttl": "%s", "max_ttl": "%s",
         "creation_statements": ["CREATE ROLE \\"{{name}}\\" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'"]}
        """
            .formatted(ttl, most));
    return engine;
  }

  private static boolean there(Postgres postgres, String user) throws IOException {
    return postgres
        .query("SELECT count(*) FROM pg_roles WHERE rolname = '" + user + "'")
        .equals("1");
  }

  @Test
  void aUserOfADatabaseIsMadeRenewedAndTakenBack(Vault vault, Postgres postgres) throws Exception {
    String engine = database(vault, postgres, "1h", "24h");
    Generator generator = new Vaults(counted).generator();
    Fields spec = spec(vault, "path: " + engine + "/creds/app, retrySettings: {maxRetries: 2}");
    Generator.Made made = generator.generate(ME, spec, sources());
    spec.refuseUnread();
    Map<String, String> values = Given.texts(made.values());
    assertThat(values).containsOnlyKeys("username", "password");
    String user = values.getOrDefault("username", "");
    assertThat(postgres.query(user, values.getOrDefault("password", ""), "postgres", "SELECT 1"))
        .isEqualTo("1");

    Generator.Lasting lasting = made.lasting().orElseThrow();
    assertThat(lasting.good()).isEqualTo(Duration.ofHours(1));
    assertThat(lasting.state())
        .containsOnlyKeys("lease", "renewable", "parent", "life", "ends")
        .containsEntry("ends", "2026-01-02T04:04:05Z")
        .doesNotContainValue(values.get("password"));
    now = now.plusSeconds(60);
    Generator.Lasting renewed = generator.renew(ME, spec, lasting.state(), sources()).orElseThrow();
    assertThat(renewed.good()).isEqualTo(Duration.ofHours(1));
    assertThat(renewed.state()).containsEntry("ends", "2026-01-02T04:05:05Z");

    generator.takeBack(ME, spec, lasting.state(), sources());
    assertThat(there(postgres, user)).isFalse();
    assertThat(generator.renew(ME, spec, lasting.state(), sources())).isEmpty();
    generator.takeBack(ME, spec, lasting.state(), sources());
    assertThat(calls).containsEntry("ReadSecretData", 1).containsKey("LookupSelf");
  }

  @Test
  void whatCannotBeRenewedForLongIsToBeReplaced(Vault vault, Postgres postgres) throws Exception {
    String engine = database(vault, postgres, "1h", "1h");
    Generator generator = new Vaults(counted).generator();
    Fields spec = spec(vault, "path: " + engine + "/creds/app");
    Generator.Made made = generator.generate(ME, spec, sources());
    made.values().close();
    Map<String, @Nullable Object> state = new TreeMap<>(made.lasting().orElseThrow().state());
    // As if it had been given three times as much.
    state.put("life", 10800L);
    assertThat(generator.renew(ME, spec, state, sources())).isEmpty();
    generator.takeBack(ME, spec, state, sources());
  }

  /** Another process logs in as another token, and what hangs on the first ends with that. */
  @Test
  void asWhoComesAfter(Vault vault, Postgres postgres) throws Exception {
    String engine = database(vault, postgres, "30m", "24h");
    String auth = vault.enable("approle");
    String policy =
        "path \\\""
            + engine
            + "/creds/app\\\" {capabilities = [\\\"read\\\"]}"
            + " path \\\"sys/leases/revoke\\\" {capabilities = [\\\"update\\\"]}";
    vault.write("sys/policies/acl/" + engine, "{\"policy\": \"" + policy + "\"}");
    vault.write(
        "auth/" + auth + "/role/app",
        "{\"token_policies\": [\"" + engine + "\"], \"token_ttl\": \"1h\"}");
    given.secret(
        "me",
        "role",
        vault.read("auth/" + auth + "/role/app/role-id").json().row("data").text("role_id"));
    given.secret(
        "me",
        "secret",
        vault
            .write("auth/" + auth + "/role/app/secret-id", "{}")
            .json()
            .row("data")
            .text("secret_id"));
    String login =
        "appRole: {path: %s, roleRef: {name: me, key: role}, secretRef: {name: me, key: secret}}"
            .formatted(auth);
    Fields spec = spec(vault, login, "path: " + engine + "/creds/app");
    Generator.Made made;
    try (Vaults first = new Vaults(counted)) {
      made = first.generator().generate(ME, spec, sources());
    }
    String user = Given.texts(made.values()).getOrDefault("username", "");
    Map<String, @Nullable Object> state = made.lasting().orElseThrow().state();
    assertThat(there(postgres, user)).as("an orderly end revokes nothing in use").isTrue();
    assertThat(calls).doesNotContainKey("RevokeSelf");

    Generator second = new Vaults(counted).generator();
    assertThat(second.renew(ME, spec, state, sources())).as("nobody may renew its token").isEmpty();
    String more =
        policy + " path \\\"auth/token/renew-accessor\\\" {capabilities = [\\\"update\\\"]}";
    vault.write("sys/policies/acl/" + engine, "{\"policy\": \"" + more + "\"}");
    assertThat(second.renew(ME, spec, state, sources()).orElseThrow().good())
        .isEqualTo(Duration.ofMinutes(30));
    second.takeBack(ME, spec, state, sources());
    assertThat(there(postgres, user)).isFalse();
  }

  @Test
  void tokensOfStoresAreRevokedAtTheEndAndWithTheStore(Vault vault) throws Exception {
    String kv = vault.mount("kv-v2");
    vault.write(kv + "/data/a", "{\"data\": {\"k\": \"v\"}}");
    String auth = vault.enable("userpass");
    vault.write(
        "sys/policies/acl/" + kv,
        "{\"policy\": \"path \\\"" + kv + "/*\\\" {capabilities = [\\\"read\\\"]}\"}");
    vault.write(
        "auth/" + auth + "/users/me",
        "{\"password\": \"pw\", \"token_policies\": [\"" + kv + "\"]}");
    given.secret("me", "password", "pw");
    String store =
        "{server: '%s', path: %s, auth: {userPass: {path: %s, username: me, secretRef: {name: me, key: password}}}}"
            .formatted(vault.url(), kv, auth);
    try (Vaults vaults = new Vaults(counted)) {
      for (int i = 0; i < 2; i++) {
        try (SecretStore open = given.open(vaults.provider(), store)) {
          Given.text(open.fetch(new dev.signet.delivery.store.RemoteRef("a", "k", "")));
        }
        if (i == 0) {
          vaults.provider().gone("SecretStore/ns/another");
          assertThat(calls).doesNotContainKey("RevokeSelf");
          vaults.provider().gone("SecretStore/ns/s");
          assertThat(calls).containsEntry("RevokeSelf", 1);
        }
      }
    }
    assertThat(calls).containsEntry("Login", 2).containsEntry("RevokeSelf", 2);
  }

  /** Killed between the answer and its note: the lease ends with the token that asked for it. */
  @Test
  void whatNobodyCouldNoteEndsWithWhatWasNotedBefore(Vault vault, Postgres postgres)
      throws Exception {
    String engine = database(vault, postgres, "30m", "24h");
    Vault.AppRole role =
        vault.appRole(
            "path \"%s/creds/app\" {capabilities = [\"read\"]}".formatted(engine)
                + " path \"auth/token/revoke-accessor\" {capabilities = [\"update\"]}",
            "\"token_ttl\": \"1h\"");
    given.secret("me", "secret", role.secret());
    Fields spec =
        spec(
            vault,
            "appRole: {path: %s, roleId: %s, secretRef: {name: me, key: secret}}"
                .formatted(role.path(), role.id()),
            "path: " + engine + "/creds/app");
    Noted noted = new Noted();
    Generator first = new Vaults(counted).generator();
    Generator.Made made = first.generate(ME, spec, sources(noted));
    String user = Given.texts(made.values()).getOrDefault("username", "");
    assertThat(noted.asked).hasSize(1);
    Map<String, @Nullable Object> asked = noted.asked.getFirst();
    assertThat(asked).containsOnlyKeys("parent", "ends");
    assertThat(asked.get("parent")).isEqualTo(made.lasting().orElseThrow().state().get("parent"));
    assertThatThrownBy(() -> first.takeBack(ME, spec, asked, sources(noted)))
        .as("its own")
        .hasMessageContaining("still used");

    Generator next = new Vaults(counted).generator();
    noted.others.add(made.lasting().orElseThrow().state());
    assertThatThrownBy(() -> next.takeBack(ME, spec, asked, sources(noted)))
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.problem()).isEqualTo(new Problem.Conflict()));
    assertThat(there(postgres, user)).isTrue();
    noted.others.clear();
    next.takeBack(ME, spec, asked, sources(noted));
    Eventually.holds(Duration.ofSeconds(30), "the user to be gone", () -> !there(postgres, user));
    next.takeBack(ME, spec, asked, sources(noted));
  }

  @Test
  void whatLastsNotOrIsAskedWithAGivenTokenIsNotNotedBefore(Vault vault) throws Exception {
    String transit = vault.mount("transit");
    vault.write(transit + "/keys/k", "{}");
    Vault.AppRole role =
        vault.appRole(
            "path \"%s/*\" {capabilities = [\"read\", \"list\"]}".formatted(transit),
            "\"token_ttl\": \"1h\"");
    given.secret("me", "secret", role.secret());
    String login =
        "appRole: {path: %s, roleId: %s, secretRef: {name: me, key: secret}}"
            .formatted(role.path(), role.id());
    Generator generator = new Vaults(counted).generator();
    Noted noted = new Noted();
    for (int i = 0; i < 3; i++) {
      Fields spec = spec(vault, login, "path: " + transit + "/keys, method: LIST");
      generator.generate(ME, spec, sources(noted)).values().close();
    }
    assertThat(noted.asked).as("the first time nobody knows").hasSize(1);
    generator
        .generate(ME, spec(vault, "path: " + transit + "/keys, method: LIST"), sources(noted))
        .values()
        .close();
    assertThat(noted.asked).hasSize(1);
  }

  private static final class Noted implements Generator.Notes {
    final List<Map<String, @Nullable Object>> asked = new ArrayList<>();
    final List<Map<String, @Nullable Object>> others = new ArrayList<>();

    @Override
    public void asking(String on, Map<String, @Nullable Object> state) {
      asked.add(state);
    }

    @Override
    public List<Map<String, @Nullable Object>> others() {
      return others;
    }
  }

  private Map<String, String> values(Vault vault, String rest) throws Exception {
    Fields spec = spec(vault, rest);
    Generator.Made made = new Vaults(counted).generator().generate(ME, spec, sources());
    spec.refuseUnread();
    assertThat(made.lasting().map(it -> it.state().containsKey("lease")))
        .isNotEqualTo(Optional.of(true));
    return Given.texts(made.values());
  }

  @Test
  void whatHasNoLeaseIsMadeAnewEachTime(Vault vault) throws Exception {
    String transit = vault.mount("transit");
    vault.write(transit + "/keys/k", "{}");
    assertThat(
            values(
                vault,
                "path: " + transit + "/encrypt/k, method: POST, parameters: {plaintext: c2VjcmV0}"))
        .containsOnlyKeys("ciphertext", "key_version")
        .containsEntry("key_version", "1");
    assertThat(values(vault, "path: " + transit + "/keys, method: LIST"))
        .isEqualTo(Map.of("keys", "[\"k\"]"));
    String pki = vault.mount("pki");
    vault.write(pki + "/root/generate/internal", "{\"common_name\": \"root\", \"ttl\": \"1h\"}");
    vault.write(pki + "/roles/web", "{\"allow_any_name\": true, \"max_ttl\": \"30m\"}");
    Map<String, String> issued =
        values(
            vault,
            "path: " + pki + "/issue/web, method: PUT, parameters: {common_name: a.example.com}");
    assertThat(issued.get("certificate")).startsWith("-----BEGIN CERTIFICATE-----");
    assertThat(issued.get("private_key")).contains("PRIVATE KEY-----");
    assertThat(issued.get("ca_chain")).startsWith("[\"-----BEGIN");
  }

  @Test
  void aTokenIsTheResultAndLasts(Vault vault) throws Exception {
    Generator generator = new Vaults(counted).generator();
    Fields spec =
        spec(
            vault,
            "path: auth/token/create-orphan, method: POST, resultType: Auth,"
                + " parameters: {policies: [default], ttl: 30m}");
    Generator.Made made = generator.generate(ME, spec, sources());
    Map<String, String> values = Given.texts(made.values());
    assertThat(values)
        .containsKeys("client_token", "accessor", "policies", "mfa_requirement")
        .doesNotContainKeys("token_type", "num_uses")
        .containsEntry("lease_duration", "1800");
    Generator.Lasting lasting = made.lasting().orElseThrow();
    assertThat(lasting.state()).doesNotContainValue(values.get("client_token"));
    try (var self = vault.as(values.getOrDefault("client_token", ""))) {
      assertThat(self.get("/v1/auth/token/lookup-self").ok()).isTrue();
      assertThat(generator.renew(ME, spec, lasting.state(), sources())).isPresent();
      generator.takeBack(ME, spec, lasting.state(), sources());
      assertThat(self.get("/v1/auth/token/lookup-self").ok()).isFalse();
    }
    generator.takeBack(ME, spec, lasting.state(), sources());
  }

  @Test
  void theWholeAnswer(Vault vault) throws Exception {
    String kv = vault.mount("kv");
    vault.write(kv + "/a", "{\"b\": \"c\"}");
    assertThat(values(vault, "path: " + kv + "/a, resultType: Raw"))
        .containsEntry("data", "{\"b\":\"c\"}")
        .containsEntry("renewable", "false")
        .containsEntry("warnings", "")
        .doesNotContainKeys("auth", "wrap_info");
  }

  @Test
  void whatIsEmptyAndWhatIsWrong(Vault vault) throws Exception {
    String kv = vault.mount("kv");
    assertThat(values(vault, "path: " + kv + "/none, allowEmptyResponse: true")).isEmpty();
    for (List<String> row :
        List.of(
            List.of("path: " + kv + "/none", "empty response from Vault"),
            List.of("method: GET", "no Vault path to query"),
            List.of("path: a, resultType: All", "resultType must be one of"),
            List.of("path: a/../b", "is no path in Vault"))) {
      assertThatThrownBy(() -> values(vault, row.get(0))).hasMessageContaining(row.get(1));
    }
    assertThatThrownBy(
            () ->
                new Vaults(counted).generator().generate(ME, Given.fields("{path: a}"), sources()))
        .hasMessage("no Vault provider config in spec");
  }

  /** Of whom nobody can log in as any more, what has run out is let go, and nothing else. */
  @Test
  void whatHasRunOutNeedsNobodyToTakeItBack() throws Exception {
    Generator generator = new Vaults(counted).generator();
    Fields spec =
        Given.fields(
            "{path: a, provider: {server: 'http://127.0.0.1:1', auth: {tokenSecretRef: {name: gone,"
                + " key: k}}}}");
    Map<String, @Nullable Object> state = new TreeMap<>(Map.of("lease", "l"));
    state.put("ends", "2026-01-02T03:04:06Z");
    assertThatThrownBy(() -> generator.takeBack(ME, spec, state, sources()))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.problem()).isInstanceOf(Problem.Unreachable.class));
    now = now.plusSeconds(2);
    generator.takeBack(ME, spec, state, sources());
  }
}
