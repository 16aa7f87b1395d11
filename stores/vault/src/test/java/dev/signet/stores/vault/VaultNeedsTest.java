package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.re2j.Pattern;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import dev.signet.delivery.store.Writable.Remote;
import dev.signet.stores.contract.Given;
import dev.signet.stores.vault.Policy.Capability;
import dev.signet.stores.vault.Policy.Line;
import dev.signet.stores.vault.Policy.Rule;
import dev.signet.testkit.cluster.OnPostgres;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Postgres;
import dev.signet.testkit.cluster.Vault;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * On a real server: with the rules that are said to be needed all works, without any one of them,
 * and without any one capability, something does not.
 */
@OnVault
@OnPostgres
class VaultNeedsTest {

  private static final Remote WHOLE = new Remote("pushed/whole", "");
  private static final Remote ONE = new Remote("pushed/one", "field");

  private Vault vault;
  private String kv;
  private String approle;
  private String roleId;

  @BeforeEach
  void engines(Vault vault) throws IOException {
    this.vault = vault;
    kv = vault.mount("kv-v2");
    approle = vault.enable("approle");
    vault.write("auth/" + approle + "/role/me", "{\"token_policies\": [\"" + approle + "\"]}");
    roleId = vault.read("auth/" + approle + "/role/me/role-id").json().row("data").text("role_id");
  }

  private void data(String key, String json) throws IOException {
    vault.write(kv + "/data/" + key, "{\"data\": " + json + "}");
  }

  /** Version 1, where {@code leased} says that what is read is as if it had been made. */
  private String first(boolean leased) throws IOException {
    String path = (leased ? "leased-" : "first-") + kv;
    vault.write(
        "sys/mounts/" + path,
        "{\"type\": \"kv\", \"options\": {\"version\": \"1\", \"leased_passthrough\": \"%s\"}}"
            .formatted(leased));
    return path;
  }

  /** Who logs in, in a process of its own. */
  private final class Somebody implements AutoCloseable {
    final Vaults vaults = new Vaults(ApiCalls.UNCOUNTED);
    final Given given = new Given();

    Somebody() throws IOException {
      given.secret(
          "me",
          "secret-id",
          vault
              .write("auth/" + approle + "/role/me/secret-id", "{}")
              .json()
              .row("data")
              .text("secret_id"));
    }

    String provider() {
      return "server: '%s', auth: {appRole: {path: %s, roleId: %s, secretRef: {name: me, key: secret-id}}}"
          .formatted(vault.url(), approle, roleId);
    }

    SecretStore store(String mount, String version) throws Exception {
      return given.open(
          vaults.provider(),
          "{"
              + (mount.isEmpty() ? "" : "path: " + mount + ", ")
              + "version: "
              + version
              + ", "
              + provider()
              + "}");
    }

    SecretStore store() throws Exception {
      return store(kv, "v2");
    }

    Fields spec(String rest) {
      return Given.fields("{" + rest + ", provider: {" + provider() + "}}");
    }

    Generator.Sources sources() {
      return sources(Generator.Notes.NONE);
    }

    Generator.Sources sources(Generator.Notes notes) {
      return new Generator.Sources(
          (_, _) -> Given.bytes(""), given, Instant::now, new SecureRandom(), notes);
    }

    @Override
    public void close() {
      vaults.close();
    }
  }

  @FunctionalInterface
  private interface Doing {
    void by(Somebody somebody) throws Exception;
  }

  private void allow(List<Line> lines) throws IOException {
    vault.write(
        "sys/policies/acl/" + approle,
        GoJson.write(
            Map.of("policy", "# of a test\n" + Policy.hcl(lines)),
            GoJson.Layout.COMPACT,
            GoJson.Keys.AS_GIVEN));
  }

  /** Once with all of it, then without each part. */
  private void provesNeeded(List<Rule> rules, Doing doing) throws Exception {
    Policy policy = new Policy();
    policy.add(rules, "test");
    List<Line> lines = policy.lines();
    allow(lines);
    try (Somebody somebody = new Somebody()) {
      assertThatCode(() -> doing.by(somebody)).as(Policy.hcl(lines)).doesNotThrowAnyException();
    }
    for (int i = 0; i < lines.size(); i++) {
      for (Capability each : lines.get(i).capabilities()) {
        List<Line> fewer = new ArrayList<>(lines);
        Line line = fewer.remove(i);
        List<Capability> rest =
            line.capabilities().stream().filter(other -> other != each).toList();
        if (!rest.isEmpty()) {
          fewer.add(new Line(line.path(), rest, line.parameters(), line.by()));
        }
        allow(fewer);
        try (Somebody somebody = new Somebody()) {
          assertThat(catchThrowable(() -> doing.by(somebody)))
              .as("without %s on %s", each, line.path())
              .isNotNull();
        }
      }
    }
    allow(lines);
  }

  private static VaultNeeds needs(String mount, String version) throws Exception {
    return VaultNeeds.of(
        Given.fields(
            "{" + (mount.isEmpty() ? "" : "path: " + mount + ", ") + "version: " + version + "}"));
  }

  private VaultNeeds needs() throws Exception {
    return needs(kv, "v2");
  }

  private static String fetched(SecretStore store, RemoteRef ref) throws StoreException {
    return Given.text(store.fetch(ref));
  }

  @Test
  void readingIsOneRuleAndNothingElseIsRead() throws Exception {
    data("app/db", "{\"user\": \"ann\"}");
    data("app/other", "{\"user\": \"eve\"}");
    RemoteRef ref = new RemoteRef("app/db", "user", "");
    provesNeeded(needs().read(ref), by -> assertThat(fetched(by.store(), ref)).isEqualTo("ann"));
    RemoteRef old = new RemoteRef("app/db", "user", "1");
    provesNeeded(needs().read(old), by -> assertThat(fetched(by.store(), old)).isEqualTo("ann"));
    try (Somebody somebody = new Somebody()) {
      for (RemoteRef other :
          List.of(
              new RemoteRef("app/other", "", ""),
              new RemoteRef("app/db/more", "", ""),
              new RemoteRef("app/db", "", "", true))) {
        assertThatThrownBy(() -> fetched(somebody.store(), other))
            .isInstanceOfSatisfying(
                StoreException.class, e -> assertThat(e.problem()).isEqualTo(new Problem.Denied()));
      }
      assertThatThrownBy(
              () ->
                  somebody.store().writing().orElseThrow().push(WHOLE, Given.bytes("{}"), Map.of()))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void metadataAreOneRule() throws Exception {
    data("app/db", "{\"user\": \"ann\"}");
    RemoteRef ref = new RemoteRef("app/db", "", "", true);
    provesNeeded(
        needs().read(ref), by -> assertThat(fetched(by.store(), ref)).contains("current_version"));
  }

  @Test
  void withoutAPathAKeyNamesItsEngine() throws Exception {
    data("app/db", "{\"user\": \"ann\"}");
    RemoteRef ref = new RemoteRef(kv + "/app/db", "user", "");
    provesNeeded(
        needs("", "v2").read(ref),
        by -> assertThat(fetched(by.store("", "v2"), ref)).isEqualTo("ann"));
  }

  @Test
  void whatAnEngineMakesIsLookedForInBoth() throws Exception {
    String engine = first(/* leased= */ true);
    vault.write(engine + "/creds/app", "{\"user\": \"v-1\", \"ttl\": \"1h\"}");
    RemoteRef ref = new RemoteRef(engine + "/creds/app", "user", "");
    List<Rule> rules = needs().read(ref);
    assertThat(rules).hasSize(2);
    provesNeeded(rules, by -> assertThat(fetched(by.store(), ref)).isEqualTo("v-1"));
    provesNeeded(
        needs("", "v1").read(ref),
        by -> assertThat(fetched(by.store("", "v1"), ref)).isEqualTo("v-1"));
    // It is the KV engine's own.
    assertThat(needs().read(new RemoteRef(kv + "/creds/app", "", ""))).hasSize(1);
  }

  private static List<String> found(SecretStore store, Search search) throws StoreException {
    return List.copyOf(Given.texts(store.searching().orElseThrow().find(search)).keySet());
  }

  private static Search named(String path, String pattern) {
    return new Search(
        Optional.of(path).filter(it -> !it.isEmpty()),
        Optional.of(Pattern.compile(pattern)),
        Map.of());
  }

  @Test
  void aSearchListsBelowItsFolderAndReadsWhatItCanFind() throws Exception {
    for (String key : List.of("app/db-1", "app/more/db-2", "app/web", "db-3")) {
      data(key, "{\"v\": \"" + key + "\"}");
    }
    for (Map.Entry<Search, List<String>> each :
        Map.of(
                named("app", "db"), List.of("app/db-1", "app/more/db-2"),
                named("app", "^app/db-"), List.of("app/db-1"),
                named("app", "^app/db-1$"), List.of("app/db-1"),
                named("", "db-[23]$"), List.of("app/more/db-2", "db-3"))
            .entrySet()) {
      provesNeeded(
          needs().find(each.getKey()),
          by -> assertThat(found(by.store(), each.getKey())).isEqualTo(each.getValue()));
    }
    allow(lines(needs().find(named("app", "^app/db-"))));
    try (Somebody somebody = new Somebody()) {
      assertThatThrownBy(() -> fetched(somebody.store(), new RemoteRef("app/web", "", "")))
          .hasMessageContaining("permission denied");
      assertThatThrownBy(() -> found(somebody.store(), named("", "^db-3")))
          .hasMessageContaining("permission denied");
    }
  }

  private static List<Line> lines(List<Rule> rules) {
    Policy policy = new Policy();
    policy.add(rules, "test");
    return policy.lines();
  }

  @Test
  void aSearchByTagsReadsMetadataToo() throws Exception {
    data("app/db", "{\"v\": \"1\"}");
    data("app/web", "{\"v\": \"2\"}");
    vault.write(kv + "/metadata/app/db", "{\"custom_metadata\": {\"team\": \"a\"}}");
    Search search = new Search(Optional.of("app"), Optional.empty(), Map.of("team", "a"));
    provesNeeded(
        needs().find(search),
        by -> assertThat(found(by.store(), search)).containsExactly("app/db"));
  }

  /** Vault takes the rule of the key {@code app} for a list of {@code app/}. */
  @Test
  void aKeyThatIsAlsoAFolderIsReadAndListed() throws Exception {
    data("app", "{\"v\": \"1\"}");
    data("app/more/db", "{\"v\": \"2\"}");
    RemoteRef ref = new RemoteRef("app", "", "", true);
    Search search = named("app", "db");
    List<Rule> both = new ArrayList<>(needs().read(ref));
    both.addAll(needs().find(search));
    allow(
        both.stream()
            .map(
                each ->
                    new Line(
                        each.path(), List.copyOf(each.capabilities()), Map.of(), List.of("test")))
            .toList());
    try (Somebody somebody = new Somebody()) {
      assertThatThrownBy(() -> found(somebody.store(), search))
          .as("two policies beside each other")
          .hasMessageContaining("permission denied");
    }
    provesNeeded(
        both,
        by -> {
          assertThat(fetched(by.store(), ref)).contains("current_version");
          assertThat(found(by.store(), search)).containsExactly("app/more/db");
        });
  }

  @Test
  void anEngineOfTheFirstVersionIsReadAndSearched() throws Exception {
    String mount = first(/* leased= */ false);
    vault.write(mount + "/app/db", "{\"user\": \"ann\"}");
    vault.write(mount + "/app/dir/db", "{\"user\": \"eve\"}");
    vault.write(mount + "/app/web", "{\"user\": \"bob\"}");
    RemoteRef ref = new RemoteRef("app/db", "user", "");
    provesNeeded(
        needs(mount, "v1").read(ref),
        by -> assertThat(fetched(by.store(mount, "v1"), ref)).isEqualTo("ann"));
    Search search = named("app", "^app/d");
    provesNeeded(
        needs(mount, "v1").find(search),
        by ->
            assertThat(found(by.store(mount, "v1"), search))
                .containsExactly("app/db", "app/dir/db"));
  }

  private static void push(Writable writable, Remote remote, String value) throws StoreException {
    writable.push(remote, Given.bytes(value), Map.of());
  }

  private static List<Rule> both(VaultNeeds needs, boolean deletes) throws StoreException {
    List<Rule> rules = new ArrayList<>(needs.push(WHOLE.key(), deletes));
    rules.addAll(needs.push(ONE.key(), deletes));
    return rules;
  }

  @Test
  void aPushMarksWritesAndWritesAgain() throws Exception {
    provesNeeded(
        both(needs(), /* deletes= */ false),
        by -> {
          for (Remote each : List.of(WHOLE, ONE)) {
            vault.delete(kv + "/metadata/" + each.key());
            Writable writable = by.store().writing().orElseThrow();
            push(writable, each, "{\"a\": \"1\"}");
            push(writable, each, "{\"a\": \"2\"}");
            assertThat(writable.exists(each)).isTrue();
            // Somebody else's, and deleted: it is there and has no value.
            vault.delete(kv + "/metadata/" + each.key());
            data(each.key(), "{\"a\": \"theirs\"}");
            vault.delete(kv + "/data/" + each.key());
            push(writable, each, "{\"a\": \"3\"}");
          }
        });
    try (Somebody somebody = new Somebody()) {
      Writable writable = somebody.store().writing().orElseThrow();
      push(writable, WHOLE, "{\"a\": \"4\"}");
      assertThatThrownBy(() -> writable.delete(WHOLE)).hasMessageContaining("permission denied");
      assertThatThrownBy(() -> push(writable, new Remote("pushed/other", ""), "{}"))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void whatIsPushedIsDeletedWithItsMetadata() throws Exception {
    provesNeeded(
        both(needs(), /* deletes= */ true),
        by -> {
          for (Remote each : List.of(WHOLE, ONE)) {
            vault.delete(kv + "/metadata/" + each.key());
            Writable writable = by.store().writing().orElseThrow();
            push(writable, each, "{\"a\": \"1\"}");
            push(writable, each, "{\"a\": \"2\"}");
            vault.delete(kv + "/metadata/" + each.key());
            data(each.key(), "{\"a\": \"theirs\"}");
            vault.delete(kv + "/data/" + each.key());
            push(writable, each, "{\"a\": \"3\"}");
            writable.delete(each);
            assertThat(vault.read(kv + "/metadata/" + each.key()).status()).isEqualTo(404);
          }
        });
  }

  @Test
  void anEngineOfTheFirstVersionIsPushedTo() throws Exception {
    String mount = first(/* leased= */ false);
    provesNeeded(
        both(needs(mount, "v1"), /* deletes= */ true),
        by -> {
          for (Remote each : List.of(WHOLE, ONE)) {
            vault.delete(mount + "/" + each.key());
            Writable writable = by.store(mount, "v1").writing().orElseThrow();
            push(writable, each, "{\"a\": \"1\"}");
            push(writable, each, "{\"a\": \"2\"}");
            writable.delete(each);
            assertThat(vault.read(mount + "/" + each.key()).status()).isEqualTo(404);
          }
        });
  }

  @Test
  void keysThatNobodyKnowsAreAllOfTheEngine() throws Exception {
    provesNeeded(
        needs().pushAny(/* deletes= */ true),
        by -> {
          vault.delete(kv + "/metadata/any");
          Remote any = new Remote("any", "");
          Writable writable = by.store().writing().orElseThrow();
          push(writable, any, "{\"a\": \"1\"}");
          push(writable, any, "{\"a\": \"2\"}");
          vault.delete(kv + "/metadata/any");
          data("any", "{\"a\": \"theirs\"}");
          vault.delete(kv + "/data/any");
          push(writable, any, "{\"a\": \"3\"}");
          writable.delete(any);
        });
  }

  private static final String ME = "VaultDynamicSecret/ns/g";

  /** Makes something, goes on with it as another process, and takes it back. */
  private void lives(String rest) throws Exception {
    List<Rule> rules;
    try (Somebody somebody = new Somebody()) {
      rules = VaultNeeds.generator(somebody.spec(rest));
    }
    provesNeeded(rules, by -> lives(by, rest));
  }

  private void lives(Somebody by, String rest) throws Exception {
    Generator.Made made = by.vaults.generator().generate(ME, by.spec(rest), by.sources());
    made.values().close();
    try (Somebody next = new Somebody()) {
      Generator generator = next.vaults.generator();
      var state = made.lasting().orElseThrow().state();
      assertThat(generator.renew(ME, next.spec(rest), state, next.sources())).isPresent();
      generator.takeBack(ME, next.spec(rest), state, next.sources());
    }
  }

  /** What is noted before anything is asked for. */
  private static final class Asked implements Generator.Notes {
    private final List<Map<String, @Nullable Object>> states = new ArrayList<>();

    @Override
    public void asking(String on, Map<String, @Nullable Object> state) {
      states.add(state);
    }

    @Override
    public List<Map<String, @Nullable Object>> others() {
      return List.of();
    }
  }

  /** The same where it is killed before it can note what was made. */
  private void livesOrIsKilled(String rest) throws Exception {
    List<Rule> rules;
    try (Somebody somebody = new Somebody()) {
      rules = VaultNeeds.generator(somebody.spec(rest));
    }
    provesNeeded(
        rules,
        by -> {
          lives(by, rest);
          try (Somebody killed = new Somebody();
              Somebody next = new Somebody()) {
            Asked asked = new Asked();
            Generator.Made made =
                killed.vaults.generator().generate(ME, killed.spec(rest), killed.sources(asked));
            made.values().close();
            assertThat(asked.states).hasSize(1);
            next.vaults
                .generator()
                .takeBack(ME, next.spec(rest), asked.states.getFirst(), next.sources());
          }
        });
  }

  @Test
  void aLeaseIsRenewedAndRevokedAndNoOther(Postgres postgres) throws Exception {
    String engine = VaultGeneratorTest.database(vault, postgres, "1h", "24h");
    livesOrIsKilled("path: " + engine + "/creds/app");
    String leased = first(/* leased= */ true);
    vault.write(leased + "/creds/app", "{\"user\": \"v-2\", \"ttl\": \"1h\"}");
    String other = vault.read(leased + "/creds/app").json().text("lease_id");
    try (Somebody somebody = new Somebody()) {
      assertThatThrownBy(
              () ->
                  somebody
                      .vaults
                      .generator()
                      .takeBack(
                          ME,
                          somebody.spec("path: " + engine + "/creds/app"),
                          Map.of("lease", other),
                          somebody.sources()))
          .hasMessageContaining("permission denied");
    }
  }

  @Test
  void aTokenIsRenewedAndRevokedByItsAccessor() throws Exception {
    lives("path: auth/token/create, method: POST, resultType: Auth, parameters: {ttl: 30m}");
  }

  @Test
  void whatLeavesNothingIsOneRule() throws Exception {
    String transit = vault.mount("transit");
    vault.write(transit + "/keys/app", "{}");
    for (String rest :
        List.of(
            "path: " + transit + "/datakey/plaintext/app, method: POST",
            "path: " + transit + "/keys, method: LIST",
            "path: " + kv + "/data/app, method: GET",
            "path: " + kv + "/data/app, method: DELETE, allowEmptyResponse: true")) {
      data("app", "{\"v\": \"1\"}");
      List<Rule> rules;
      try (Somebody somebody = new Somebody()) {
        rules = VaultNeeds.generator(somebody.spec(rest));
      }
      assertThat(rules).as(rest).hasSize(1);
      provesNeeded(
          rules,
          by -> {
            Generator.Made made = by.vaults.generator().generate(ME, by.spec(rest), by.sources());
            made.values().close();
            assertThat(made.lasting()).isEmpty();
          });
    }
  }

  @Test
  void whatMeansMoreThanOnePathIsRefused() throws Exception {
    for (String key : List.of("a*", "a/+/b", "{{identity.entity.id}}/a", "../a", "a//b")) {
      assertThatThrownBy(() -> needs().read(new RemoteRef(key, "", "")))
          .as(key)
          .isInstanceOf(StoreException.class);
    }
    assertThatThrownBy(() -> needs("m", "v1").read(new RemoteRef("a", "", "", true)))
        .hasMessageContaining("version 1");
    assertThatThrownBy(() -> needs("", "v2").pushAny(false)).hasMessageContaining("no path");
  }
}
