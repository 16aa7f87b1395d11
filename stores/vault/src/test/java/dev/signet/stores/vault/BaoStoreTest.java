package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.cluster.OnVault;
import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code openBao} does less than {@code vault}, by a server that both could be for. */
@OnVault
final class BaoStoreTest {

  private static final String TOKEN = "auth: {tokenSecretRef: {name: me, key: token}}";

  private final StoreProvider provider = new Vaults(ApiCalls.UNCOUNTED).openBao();
  private Vault vault;
  private String kv;

  @BeforeEach
  void set(Vault givenVault) throws IOException {
    vault = givenVault;
    kv = vault.mount("kv-v2");
    write("app", "{\"user\": \"ann\", \"deep\": {\"a\": 1}, \"a.b\": \"dotted\"}");
    write("team/x", "{\"k\": \"1\"}");
    write("team/deep/y", "{\"k\": \"2\"}");
  }

  private void write(String key, String json) throws IOException {
    vault.write(kv + "/data/" + key, "{\"data\": " + json + "}");
  }

  private SecretStore open(String more) throws Exception {
    return new Given()
        .secret("me", "token", Vault.ROOT)
        .open(provider, "{server: '%s', %s}".formatted(vault.url(), more));
  }

  private SecretStore open() throws Exception {
    return open("path: " + kv + ", " + TOKEN);
  }

  private static StoreException failure(SecretStore store, RemoteRef ref) {
    return catchThrowableOfType(StoreException.class, () -> Given.text(store.fetch(ref)));
  }

  @Test
  void aPropertyIsAFieldAndAKeyIsAPathBelowTheEngine() throws Exception {
    SecretStore store = open();
    assertThat(Given.text(store.fetch(new RemoteRef("app", "user", "")))).isEqualTo("ann");
    assertThat(Given.text(store.fetch(new RemoteRef("app", "a.b", "")))).isEqualTo("dotted");
    assertThat(Given.texts(store.fetchMap(new RemoteRef("app", "", ""))))
        .isEqualTo(Map.of("user", "ann", "deep", "{\"a\":1}", "a.b", "dotted"));
    assertThat(failure(store, new RemoteRef("app", "deep.a", "")))
        .hasMessage("cannot find secret data for key: \"deep.a\" in key app of SecretStore/ns/s");
    for (String key : new String[] {"nothing", kv + "/app", "data/app"}) {
      StoreException missing = failure(store, new RemoteRef(key, "", ""));
      assertThat(missing).hasMessageStartingWith("secret not found: key " + key);
      assertThat(missing.problem()).as("no deletion policy acts").isEqualTo(new Problem.Conflict());
    }
    assertThat(store.writing()).isEmpty();
    assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
  }

  @Test
  void aVersionIsANumberAndOfTheSecondVersionOnly() throws Exception {
    write("app", "{\"user\": \"bob\"}");
    assertThat(Given.text(open().fetch(new RemoteRef("app", "user", "1")))).isEqualTo("ann");
    assertThat(failure(open(), new RemoteRef("app", "user", "v1")))
        .hasMessageStartingWith("invalid Ref.Version");
    String first = vault.mount("kv-v1");
    vault.write(first + "/app", "{\"user\": \"eve\"}");
    SecretStore store = open("version: v1, path: " + first + ", " + TOKEN);
    assertThat(Given.text(store.fetch(new RemoteRef("app", "user", "")))).isEqualTo("eve");
    assertThat(failure(store, new RemoteRef("app", "user", "1")))
        .hasMessageStartingWith("OpenBao KVv1 secrets do not support versioning (use KVv2)");
  }

  @Test
  void aSearchLooksAtOneFolderByName() throws Exception {
    Search all = new Search(Optional.of("team"), Optional.of(Pattern.compile(".")), Map.of());
    assertThat(Given.texts(open().searching().orElseThrow().find(all)))
        .isEqualTo(Map.of("x", "{\"k\":\"1\"}"));
    Search tags = new Search(Optional.empty(), Optional.empty(), Map.of("a", "b"));
    assertThatThrownBy(() -> open().searching().orElseThrow().find(tags))
        .hasMessageStartingWith("tag based search is not implemented");
  }

  @Test
  void withoutAPathTheEngineIsKv() throws Exception {
    if (vault.read("sys/mounts/kv").status() != 200) {
      vault.write("sys/mounts/kv", "{\"type\": \"kv\"}");
    }
    vault.write("kv/app", "{\"user\": \"kim\"}");
    SecretStore store = open("version: v1, " + TOKEN);
    assertThat(Given.text(store.fetch(new RemoteRef("app", "user", "")))).isEqualTo("kim");
    assertThatThrownBy(() -> open(TOKEN).validate()).hasMessageContaining("set version to v1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          auth: {kubernetes: {role: r}}                             | exactly one of appRole, tokenSecretRef, userPass
          auth: {}                                                  | exactly one of
          auth: {appRole: {}, userPass: {}}                         | exactly one of
          caBundle: YQ==, caProvider: {type: Secret}                | at most one is allowed
          readYourWrites: true                                      | is no field of openBao
          """)
  void whatVaultHasBesidesIsRefused(String more, String why) {
    assertThatThrownBy(() -> open(more))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(why);
  }
}
