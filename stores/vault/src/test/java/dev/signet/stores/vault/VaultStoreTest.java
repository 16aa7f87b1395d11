package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.delivery.store.Writable.Remote;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.cluster.Identity;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The contract of a store, kept against a real server. */
@OnVault
final class VaultStoreTest {

  private static final String BY_TOKEN = "auth: {tokenSecretRef: {name: me, key: token}}";

  private final StoreProvider provider = new Vaults(ApiCalls.UNCOUNTED).provider();
  private Vault vault;
  private String kv;

  @BeforeEach
  void engine(Vault vault) throws IOException {
    this.vault = vault;
    this.kv = vault.mount("kv-v2");
    write(
        "app",
        "{\"user\": \"ann\", \"deep\": {\"z\": [1, \"<é>\"], \"a\": 12345678}, \"off\": false,"
            + " \"none\": null, \"dotted.name\": \"whole\", \"empty\": \"\", \"n\": 1.5}");
  }

  private void write(String key, String json) throws IOException {
    vault.write(kv + "/data/" + key, "{\"data\": " + json + "}");
  }

  private SecretStore open(String more) throws Exception {
    return new Given().secret("me", "token", Vault.ROOT).open(provider, "{" + more + "}");
  }

  private SecretStore open() throws Exception {
    return open("server: '%s', path: %s, %s".formatted(vault.url(), kv, BY_TOKEN));
  }

  private SecretStore first(String mount) throws Exception {
    return open("server: '%s', path: %s, version: v1, %s".formatted(vault.url(), mount, BY_TOKEN));
  }

  private String fetch(RemoteRef ref) throws Exception {
    return Given.text(open().fetch(ref));
  }

  private StoreException failure(RemoteRef ref) {
    return catchThrowableOfType(StoreException.class, () -> fetch(ref));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          user        | ann
          deep        | {"a":12345678,"z":[1,"\\u003cé\\u003e"]}
          deep.z.1    | <é>
          deep.z.#    | 2
          off         | false
          none        | ``
          empty       | ``
          n           | 1.5
          dotted.name | whole
          """)
  void aPropertyIsAFieldOrElseAPath(String property, String value) throws Exception {
    assertThat(fetch(new RemoteRef("app", property, ""))).isEqualTo(value);
  }

  @Test
  void allOfAKeyIsItsJsonAsGoWritesIt() throws Exception {
    assertThat(fetch(new RemoteRef("app", "", "")))
        .isEqualTo(
            "{\"deep\":{\"a\":12345678,\"z\":[1,\"\\u003cé\\u003e\"]},\"dotted.name\":\"whole\","
                + "\"empty\":\"\",\"n\":1.5,\"none\":null,\"off\":false,\"user\":\"ann\"}");
    assertThat(Given.texts(open().fetchMap(new RemoteRef("app", "deep", ""))))
        .isEqualTo(Map.of("a", "12345678", "z", "[1,\"\\u003cé\\u003e\"]"));
  }

  @Test
  void aKeyThatIsNotThereDoesNotExistAndAPropertyThatIsNotIsAnError() {
    assertThat(failure(new RemoteRef("nothing", "", "")).problem())
        .isEqualTo(new Problem.NotFound());
    StoreException property = failure(new RemoteRef("app", "pasword", ""));
    assertThat(property.problem()).isEqualTo(new Problem.Conflict());
    assertThat(property)
        .hasMessage("cannot find secret data for key: \"pasword\" in key app of SecretStore/ns/s");
  }

  @Test
  void aVersionIsPinnedAndADeletedOneDoesNotExist() throws Exception {
    write("app", "{\"user\": \"bob\"}");
    assertThat(fetch(new RemoteRef("app", "user", ""))).isEqualTo("bob");
    assertThat(fetch(new RemoteRef("app", "user", "1"))).isEqualTo("ann");
    assertThat(open().fetch(new RemoteRef("app", "user", "")).origin().version()).isEqualTo("2");
    assertThat(failure(new RemoteRef("app", "user", "9")).problem())
        .isEqualTo(new Problem.NotFound());
    assertThat(failure(new RemoteRef("app", "user", "latest")).problem())
        .isEqualTo(new Problem.Malformed());

    vault.delete(kv + "/data/app");
    assertThat(failure(new RemoteRef("app", "user", "")).problem())
        .isEqualTo(new Problem.NotFound());
    assertThat(fetch(new RemoteRef("app", "user", "1"))).isEqualTo("ann");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_536, 500_000})
  void valuesOfAnySizeComeAsTheyAre(int size) throws Exception {
    String value =
        "é\"\\<\u0001".repeat(size / 6 + 1).substring(0, Math.min(size, size / 6 * 5 + 1));
    try (SecretBytes bytes = Given.bytes(value)) {
      open().writing().orElseThrow().push(new Remote("big", "v"), bytes, Map.of());
    }
    assertThat(fetch(new RemoteRef("big", "v", ""))).isEqualTo(value);
  }

  @Test
  void metadataAreTheOnesOfTheEngineAndOnesOwn() throws Exception {
    vault.write(kv + "/metadata/app", "{\"custom_metadata\": {\"team\": \"blue\"}}");
    assertThat(fetch(new RemoteRef("app", "team", "", true))).isEqualTo("blue");
    assertThat(fetch(new RemoteRef("app", "current_version", "", true))).isEqualTo("1");
    assertThat(fetch(new RemoteRef("app", "", "", true)))
        .contains("\"delete_version_after\":\"0s\"", "\"team\":\"blue\"");
    assertThat(failure(new RemoteRef("nothing", "", "", true)).problem())
        .isEqualTo(new Problem.NotFound());
  }

  @Test
  void aSearchLooksIntoFoldersByNameOrByTags() throws Exception {
    write("team/a", "{\"k\": \"1\"}");
    write("team/deep/b", "{\"k\": \"2\"}");
    write("team/deep/gone", "{\"k\": \"3\"}");
    vault.delete(kv + "/data/team/deep/gone");
    vault.write(
        kv + "/metadata/team/deep/b", "{\"custom_metadata\": {\"x\": \"1\", \"y\": \"2\"}}");

    assertThat(found(Optional.of("team"), Optional.of(".*"), Map.of()))
        .isEqualTo(Map.of("team/a", "{\"k\":\"1\"}", "team/deep/b", "{\"k\":\"2\"}"));
    assertThat(found(Optional.empty(), Optional.of("deep/"), Map.of()))
        .containsOnlyKeys("team/deep/b");
    assertThat(found(Optional.empty(), Optional.empty(), Map.of("x", "1")))
        .containsOnlyKeys("team/deep/b");
    assertThat(found(Optional.empty(), Optional.empty(), Map.of("x", "2"))).isEmpty();
    assertThat(found(Optional.of("elsewhere"), Optional.of(".*"), Map.of())).isEmpty();
  }

  private Map<String, String> found(
      Optional<String> path, Optional<String> name, Map<String, String> tags) throws Exception {
    return Given.texts(
        open().searching().orElseThrow().find(new Search(path, name.map(Pattern::compile), tags)));
  }

  private void push(SecretStore store, String key, String property, String value) throws Exception {
    try (SecretBytes bytes = Given.bytes(value)) {
      store.writing().orElseThrow().push(new Remote(key, property), bytes, Map.of());
    }
  }

  private String version(String key) throws Exception {
    return open().fetch(new RemoteRef(key, "", "")).origin().version();
  }

  @Test
  void whatIsPushedIsMarkedAndNotWrittenTwice() throws Exception {
    push(open(), "own", "", "{\"b\": {\"y\": 1, \"x\": \"<\"}, \"a\": \"1\"}");
    assertThat(fetch(new RemoteRef("own", "", "")))
        .isEqualTo("{\"a\":\"1\",\"b\":{\"x\":\"\\u003c\",\"y\":1}}");
    assertThat(fetch(new RemoteRef("own", "managed-by", "", true))).isEqualTo("external-secrets");

    push(open(), "own", "", "{\"b\": {\"y\": 1, \"x\": \"<\"}, \"a\": \"1\"}");
    push(open(), "own", "a", "1");
    assertThat(version("own")).isEqualTo("1");

    push(open(), "own", "c", "new");
    assertThat(version("own")).isEqualTo("2");
    assertThat(fetch(new RemoteRef("own", "", "")))
        .isEqualTo("{\"a\":\"1\",\"b\":{\"x\":\"\\u003c\",\"y\":1},\"c\":\"new\"}");
    assertThatThrownBy(() -> push(open(), "own", "b", "x"))
        .hasMessage("error converting b to string: it is there and is no text");
    assertThatThrownBy(() -> push(open(), "own", "", "no json"))
        .hasMessageStartingWith("error unmarshalling incoming secret value: invalid JSON format");
  }

  @Test
  void whatOthersKeepThereIsLeft() throws Exception {
    assertThatThrownBy(() -> push(open(), "app", "user", "x"))
        .hasMessageStartingWith("secret not managed by external-secrets");
    Writable writable = open().writing().orElseThrow();
    writable.delete(new Remote("app", ""));
    assertThat(fetch(new RemoteRef("app", "user", ""))).isEqualTo("ann");
    // Metadata alone may be there before a value, and stay as they are.
    vault.write(kv + "/metadata/own", "{\"custom_metadata\": {\"team\": \"blue\"}}");
    push(open(), "own", "a", "1");
    assertThat(fetch(new RemoteRef("own", "team", "", true))).isEqualTo("blue");
    vault.write(kv + "/metadata/theirs", "{\"custom_metadata\": {\"managed-by\": \"them\"}}");
    assertThatThrownBy(() -> push(open(), "theirs", "a", "1"))
        .hasMessageStartingWith("secret not managed by external-secrets");
  }

  @Test
  void deletingTakesAFieldAndWithTheLastOneTheKey() throws Exception {
    push(open(), "own", "a", "1");
    push(open(), "own", "b", "2");
    Writable writable = open().writing().orElseThrow();
    assertThat(writable.exists(new Remote("own", "a"))).isTrue();
    assertThat(writable.exists(new Remote("own", "c"))).isFalse();
    assertThat(writable.exists(new Remote("nothing", ""))).isFalse();

    writable.delete(new Remote("own", "c"));
    writable.delete(new Remote("own", "a"));
    assertThat(fetch(new RemoteRef("own", "", ""))).isEqualTo("{\"b\":\"2\"}");
    writable.delete(new Remote("own", "b"));
    writable.delete(new Remote("own", "b"));
    assertThat(vault.read(kv + "/metadata/own").status()).isEqualTo(404);

    push(open(), "own", "b", "again");
    vault.delete(kv + "/data/own");
    push(open(), "own", "b", "after its last version was deleted");
    assertThat(version("own")).isEqualTo("2");
  }

  @Test
  void thoseWhoPushAtOnceLoseNothingOfEachOther() throws Exception {
    push(open(), "own", "first", "1");
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> all =
          IntStream.range(0, 4)
              .<Future<?>>mapToObj(
                  i ->
                      threads.submit(
                          () -> {
                            push(open(), "own", "k" + i, "v");
                            return true;
                          }))
              .toList();
      for (Future<?> each : all) {
        each.get();
      }
    }
    assertThat(Given.texts(open().fetchMap(new RemoteRef("own", "", ""))))
        .containsOnlyKeys("first", "k0", "k1", "k2", "k3");
  }

  @Test
  void theFirstVersionOfTheEngineKeepsTheMarkInTheValue() throws Exception {
    String mount = vault.mount("kv-v1");
    vault.write(mount + "/app", "{\"user\": \"ann\"}");
    SecretStore store = first(mount);
    assertThat(Given.text(store.fetch(new RemoteRef("app", "user", "")))).isEqualTo("ann");
    assertThat(Given.text(store.fetch(new RemoteRef(mount + "/app", "", ""))))
        .isEqualTo("{\"user\":\"ann\"}");
    assertThatThrownBy(() -> store.fetch(new RemoteRef("app", "user", "1")))
        .hasMessageContaining("keeps no versions");
    assertThatThrownBy(() -> store.fetch(new RemoteRef("app", "", "", true)))
        .hasMessageStartingWith("cannot perform metadata fetch operations with kv version v1");
    assertThatThrownBy(() -> push(store, "app", "user", "x"))
        .hasMessageStartingWith("secret not managed by external-secrets");

    push(store, "own", "a", "1");
    assertThat(Given.text(store.fetch(new RemoteRef("own", "custom_metadata", ""))))
        .isEqualTo("{\"managed-by\":\"external-secrets\"}");
    Search all = new Search(Optional.empty(), Optional.of(Pattern.compile(".")), Map.of());
    assertThat(Given.texts(store.searching().orElseThrow().find(all)))
        .containsOnlyKeys("app", "own");
    store.writing().orElseThrow().delete(new Remote("own", "a"));
    assertThat(vault.read(mount + "/own").status()).isEqualTo(404);
  }

  @Test
  void aLeaseOfARealEngineIsOneForAllWhoAsk() throws Exception {
    String mount = "database-" + kv;
    // An engine without a database: every read of it makes a lease.
    vault.write(
        "sys/mounts/" + mount,
        "{\"type\": \"kv\", \"options\": {\"version\": \"1\", \"leased_passthrough\": \"true\"}}");
    vault.write(
        mount + "/creds/app", "{\"username\": \"u\", \"password\": \"p\", \"ttl\": \"1h\"}");
    RemoteRef user = new RemoteRef(mount + "/creds/app", "username", "");
    RemoteRef password = new RemoteRef(mount + "/creds/app", "password", "");
    for (int i = 0; i < 3; i++) {
      SecretStore store = open();
      assertThat(Given.text(store.fetch(user))).isEqualTo("u");
      assertThat(Given.text(store.fetch(password))).isEqualTo("p");
    }
    String leases = vault.read("sys/leases/lookup/" + mount + "/creds/app?list=true").body();
    assertThat(leases.split("\"keys\"", -1)[1].split(",\"|\\]", -1)[0].split(",", -1)).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          path: %1$s                       | READY
          path: %1$s, version: v1          | : set version to v2
          path: transit-here               | transit-here/ in Vault is a transit engine
          path: ''                         | READY
          """)
  void validationSaysWhatIsWrongWithAnEngine(String engine, String result) throws Exception {
    if (vault.read("sys/mounts/transit-here").status() != 200) {
      vault.write("sys/mounts/transit-here", "{\"type\": \"transit\"}");
    }
    SecretStore store =
        open("server: '%s', %s, %s".formatted(vault.url(), engine.formatted(kv), BY_TOKEN));
    if (result.equals("READY")) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
    } else {
      assertThatThrownBy(store::validate).hasMessageContaining(result);
    }
  }

  @Test
  void aTransitEngineIsSaidToBeNoPlaceForValues() throws Exception {
    String transit = vault.mount("transit");
    SecretStore store =
        open("server: '%s', path: %s, %s".formatted(vault.url(), transit, BY_TOKEN));
    assertThatThrownBy(() -> store.fetch(new RemoteRef("app", "", "")))
        .hasMessage(
            "SecretStore/ns/s: "
                + transit
                + "/ in Vault is a transit engine: it encrypts and keeps no values, so there is"
                + " nothing to read or push. Set path to a KV engine; where values have to be under"
                + " an HSM, seal Vault with it, which covers all engines");
  }

  @Test
  void anEngineThatIsNotThereIsNoMissingValue() throws Exception {
    SecretStore store =
        open("server: '%s', path: nothing-here, %s".formatted(vault.url(), BY_TOKEN));
    StoreException failure =
        catchThrowableOfType(StoreException.class, () -> store.fetch(new RemoteRef("app", "", "")));
    assertThat(failure.problem()).isEqualTo(new Problem.Malformed());
    assertThat(failure).hasMessageEndingWith("there is no engine mounted there");
  }

  @Test
  void aTokenThatIsNoneIsSaidAtValidation() throws Exception {
    SecretStore store =
        new Given()
            .secret("me", "token", "nobody")
            .open(provider, "{server: '%s', path: %s, %s}".formatted(vault.url(), kv, BY_TOKEN));
    assertThatThrownBy(store::validate).hasMessageStartingWith("invalid vault credentials: ");
    StoreException failure =
        catchThrowableOfType(StoreException.class, () -> store.fetch(new RemoteRef("app", "", "")));
    assertThat(failure.problem()).isEqualTo(new Problem.Denied());
  }

  private void policy() throws IOException {
    vault.write(
        "sys/policies/acl/" + kv,
        "{\"policy\": \"path \\\"" + kv + "/data/app\\\" {capabilities = [\\\"read\\\"]}\"}");
  }

  private String read(Given given, String auth) throws Exception {
    SecretStore store =
        given.open(provider, "{server: '%s', path: %s, %s}".formatted(vault.url(), kv, auth));
    assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
    StoreException other =
        catchThrowableOfType(
            StoreException.class, () -> store.fetch(new RemoteRef("other", "", "")));
    assertThat(other.problem()).isEqualTo(new Problem.Denied());
    return Given.text(store.fetch(new RemoteRef("app", "user", "")));
  }

  @Test
  void anAppRoleReadsWhatItsPolicyLets() throws Exception {
    policy();
    String path = vault.enable("approle");
    vault.write("auth/" + path + "/role/r", "{\"token_policies\": [\"" + kv + "\"]}");
    String role = vault.read("auth/" + path + "/role/r/role-id").json().row("data").text("role_id");
    String secret =
        vault
            .write("auth/" + path + "/role/r/secret-id", "{}")
            .json()
            .row("data")
            .text("secret_id");
    Given given = new Given().secret("me", "id", secret);
    String auth = "auth: {appRole: {path: %s, roleId: %s, secretRef: {name: me, key: id}}}";
    assertThat(read(given, auth.formatted(path, role))).isEqualTo("ann");

    // Its token is revoked behind our back, as when Vault is restored from a backup.
    SecretStore store =
        given.open(
            provider,
            "{server: '%s', path: %s, %s}".formatted(vault.url(), kv, auth.formatted(path, role)));
    vault.write("sys/leases/revoke-prefix/auth/" + path, "{}");
    assertThat(Given.text(store.fetch(new RemoteRef("app", "user", "")))).isEqualTo("ann");

    Given wrong = new Given().secret("me", "id", "wrong");
    assertThatThrownBy(() -> read(wrong, auth.formatted(path, role)))
        .hasMessageContaining("invalid role or secret ID")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void aThousandObjectsShareOneLoginAsLongAsItsTokenCanBeRenewed() throws Exception {
    Vault.AppRole role =
        vault.appRole(
            "path \"" + kv + "/data/app\" {capabilities = [\"read\"]}", "\"token_ttl\": \"1h\"");
    String configuration =
        "{server: '%s', path: %s, auth: {appRole: {path: %s, roleId: %s, secretRef: {name: me, key: id}}}}"
            .formatted(vault.url(), kv, role.path(), role.id());
    Map<String, Integer> calls = new ConcurrentHashMap<>();
    AtomicLong nanos = new AtomicLong();
    try (Vaults vaults =
        new Vaults((_, call, _) -> calls.merge(call, 1, Integer::sum), nanos::get, Duration.ZERO)) {
      for (int lives = 0; lives < 3; lives++) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
          List<Future<String>> all =
              IntStream.range(0, 1000)
                  .mapToObj(
                      _ ->
                          threads.submit(
                              () -> {
                                try (SecretStore store =
                                    new Given()
                                        .secret("me", "id", role.secret())
                                        .open(vaults.provider(), configuration)) {
                                  return Given.text(store.fetch(new RemoteRef("app", "user", "")));
                                }
                              }))
                  .toList();
          for (Future<String> each : all) {
            assertThat(each.get()).isEqualTo("ann");
          }
        }
        nanos.addAndGet(Duration.ofMinutes(41).toNanos());
      }
      assertThat(calls).containsEntry("ReadSecretData", 3000).containsEntry("Login", 1);
      assertThat(vault.tokens(role.path())).as("that the server gave").isEqualTo(1);
    }
    assertThat(vault.tokens(role.path())).isZero();
  }

  @Test
  void aUserLogsInWithAPassword() throws Exception {
    policy();
    String path = vault.enable("userpass");
    vault.write(
        "auth/" + path + "/users/ann",
        "{\"password\": \"p\\\"w\", \"token_policies\": [\"" + kv + "\"]}");
    String auth =
        "auth: {userPass: {path: %s, username: ann, secretRef: {name: me, key: pw}}}"
            .formatted(path);
    assertThat(read(new Given().secret("me", "pw", "p\"w"), auth)).isEqualTo("ann");
    assertThatThrownBy(() -> read(new Given().secret("me", "pw", "other"), auth))
        .hasMessageContaining("invalid username or password");
  }

  @Test
  void aCertificateLogsInOverTls() throws Exception {
    policy();
    String path = vault.enable("cert");
    Identity client = vault.client("app");
    vault.write(
        "auth/" + path + "/certs/app",
        "{\"certificate\": \"%s\", \"token_policies\": [\"%s\"]}"
            .formatted(vault.authority().replace("\n", "\\n"), kv));
    Given given =
        new Given()
            .secret("me", "tls.crt", client.certificatePem())
            .secret("me", "tls.key", client.keyPem())
            .secret("ca", "ca.crt", vault.authority());
    String configuration =
        """
        {server: '%s', path: %s, caProvider: {type: Secret, name: ca, key: ca.crt},
         auth: {cert: {path: %s, vaultRole: app, clientCert: {name: me}, secretRef: {name: me}}}}
        """
            .formatted(vault.tlsUrl(), kv, path);
    SecretStore store = given.open(provider, configuration);
    assertThat(Given.text(store.fetch(new RemoteRef("app", "user", "")))).isEqualTo("ann");
  }

  @Test
  void aServerThatIsNotTrustedIsNotSentAToken() throws Exception {
    SecretStore store = open("server: '%s', path: %s, %s".formatted(vault.tlsUrl(), kv, BY_TOKEN));
    StoreException failure =
        catchThrowableOfType(StoreException.class, () -> store.fetch(new RemoteRef("app", "", "")));
    assertThat(failure.problem()).isEqualTo(new Problem.Unreachable());
    assertThat(failure).hasMessageContaining("whose certificate is not trusted");
  }
}
