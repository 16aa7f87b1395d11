package dev.signet.stores.https;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Given;
import dev.signet.stores.contract.doubles.AkeylessDouble;
import dev.signet.testkit.web.StrictServer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What Akeyless has besides what every store has, against a double of it. */
final class AkeylessStoreTest {

  private static final String KEY =
      "authSecretRef: {secretRef: {accessID: {name: me, key: id}, accessType: {name: me, key:"
          + " type}, accessTypeParam: {name: me, key: key}}}";

  private final AkeylessDouble akeyless = new AkeylessDouble();
  private final StrictServer server = new StrictServer(akeyless);
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final StoreProvider provider =
      AkeylessStore.provider(
          new RestApi.Surroundings(
              (of, call, fine) -> calls.add(of + " " + call + " " + fine),
              uri -> StrictServer.route(server.url(), uri),
              Map.of()),
          System::nanoTime);
  private final Given given =
      new Given()
          .secret("me", "id", "p-1")
          .secret("me", "type", "access_key\n")
          .secret("me", "key", "secret");

  @AfterEach
  void nothingWasAskedThatIsNotInTheProtocol() {
    server.close();
    assertThat(server.complaints()).isEmpty();
  }

  private SecretStore store(String rest) throws Exception {
    return given.open(provider, "{" + KEY + rest + "}");
  }

  private static String fetch(SecretStore store, String key, String property)
      throws StoreException {
    return Given.text(store.fetch(new RemoteRef(key, property, "")));
  }

  private AkeylessDouble.Kept kept(String name) {
    return requireNonNull(akeyless.items.get(name));
  }

  private static Map<String, String> found(SecretStore store, Search search) throws Exception {
    return Given.texts(store.searching().orElseThrow().find(search));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "DYNAMIC_SECRET | {\"user\": \"u\", \"id\": 7, \"a\": \"<&>\"} |"
            + " {\"a\":\"\\u003c\\u0026\\u003e\",\"id\":7,\"user\":\"u\"}",
        "ROTATED_SECRET | {\"value\": {\"payload\": \"p <\"}} | p <",
        "ROTATED_SECRET | {\"value\": {\"target_value\": {\"b\": 1.0, \"a\": 2}}} |"
            + " {\"a\":2,\"b\":1}",
        "ROTATED_SECRET | {\"value\": {\"username\": \"u\", \"password\": \"p\"}} |"
            + " {\"password\":\"p\",\"username\":\"u\"}",
        "ROTATED_SECRET | {\"b\": null, \"a\": true} | {\"a\":true,\"b\":null}",
        "CERTIFICATE | {\"private_key_pem\": \"K\", \"certificate_pem\": \"C\", \"more\": 1} |"
            + " {\"certificate_pem\":\"C\",\"private_key_pem\":\"K\"}",
      })
  void whatIsNoStaticSecretIsReadAsUpstreamReadsIt(String type, String answer, String value)
      throws Exception {
    akeyless.items.put("/it", new AkeylessDouble.Kept(type));
    akeyless.answers.put("/it", answer);
    try (SecretStore store = store("")) {
      assertThat(fetch(store, "/it", "")).isEqualTo(value);
    }
  }

  @Test
  void aPropertyIsANameBeforeItIsAPath() throws Exception {
    akeyless.put("/a", "{\"a.b\": \"name\", \"a\": {\"b\": \"path\", \"c\": [1]}}");
    try (SecretStore store = store("")) {
      assertThat(fetch(store, "/a", "a.b")).isEqualTo("name");
      assertThat(fetch(store, "/a", "a.c.0")).isEqualTo("1");
      assertThat(Given.texts(store.fetchMap(new RemoteRef("/a", "a", ""))))
          .isEqualTo(Map.of("b", "path", "c", "[1]"));
    }
    assertThat(calls)
        .containsExactly(
            "AKEYLESSLESS/SecretsManager Auth true",
            "AKEYLESSLESS/SecretsManager DescribeItem true",
            "AKEYLESSLESS/SecretsManager GetSecretValue true",
            "AKEYLESSLESS/SecretsManager DescribeItem true",
            "AKEYLESSLESS/SecretsManager GetSecretValue true",
            "AKEYLESSLESS/SecretsManager DescribeItem true",
            "AKEYLESSLESS/SecretsManager GetSecretValue true");
  }

  @Test
  void namesAreLookedForBelowAPathAndTagsByTheirValues() throws Exception {
    akeyless.put("/team/db", "1");
    akeyless.put("/team/web", "2");
    akeyless.put("/other/team/db", "3");
    akeyless.items.put("/team/db-cert", new AkeylessDouble.Kept("CERTIFICATE"));
    kept("/team/web").tags.add("blue");
    kept("/other/team/db").tags.add("green");
    try (SecretStore store = store("")) {
      assertThat(
              found(
                  store,
                  new Search(
                      Optional.of("team"), Optional.of(Pattern.compile("db")), Map.of("x", "y"))))
          .isEqualTo(Map.of("/team/db", "1"));
      Map<String, String> tags = new TreeMap<>(Map.of("colour", "blue", "other", "green"));
      assertThat(found(store, new Search(Optional.empty(), Optional.empty(), tags)))
          .isEqualTo(Map.of("/team/web", "2", "/other/team/db", "3"));
      assertThat(found(store, new Search(Optional.of("/team/"), Optional.empty(), tags)))
          .isEqualTo(Map.of("/team/web", "2"));
      assertThatThrownBy(
              () -> found(store, new Search(Optional.of("/team"), Optional.empty(), Map.of())))
          .hasMessageContaining("by name or by tags");
    }
  }

  private static void push(SecretStore store, String key, String property, String of, String... all)
      throws Exception {
    try (Material whole = new Material();
        SecretBytes value = Given.bytes(of.isEmpty() ? "whole" : "value of " + of)) {
      for (String each : all) {
        whole.put(each, new Item(Given.bytes("value of " + each), Origin.of("s", each)));
      }
      store
          .writing()
          .orElseThrow()
          .push(
              new Writable.Remote(key, property),
              value,
              new Writable.Source(of, whole, "Opaque", Map.of(), Map.of()),
              Map.of());
    }
  }

  @Test
  void whatASecretPushesIsMembersOfOneObject() throws Exception {
    akeyless.put("/theirs", "{\"n\":1 , \"a\":\"x\"}");
    akeyless.put("/text", "no JSON");
    try (SecretStore store = store("")) {
      push(store, "/own", "", "", "tls.key", "a");
      assertThat(kept("/own").versions)
          .containsExactly("{\"a\":\"value of a\",\"tls.key\":\"value of tls.key\"}");
      assertThat(kept("/own").tags).containsExactly("k8s-external-secrets");
      push(store, "/own", "", "", "tls.key", "a");
      assertThat(kept("/own").versions).hasSize(1);
      push(store, "/own", "p.q", "a", "a");
      push(store, "/one", "", "a", "a", "b");
      assertThat(kept("/one").versions).containsExactly("{\"a\":\"value of a\"}");
      push(store, "/theirs", "", "", "a");
      assertThat(kept("/theirs").versions.getLast()).isEqualTo("{\"n\":1 , \"a\":\"value of a\"}");
      assertThatThrownBy(() -> push(store, "/text", "", "", "a"))
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("/text");

      Writable writable = store.writing().orElseThrow();
      assertThat(writable.exists(new Writable.Remote("/own", "p.q"))).isTrue();
      assertThat(writable.exists(new Writable.Remote("/own", "q"))).isFalse();
      for (String each : List.of("p.q", "a", "absent")) {
        writable.delete(new Writable.Remote("/own", each));
      }
      assertThat(kept("/own").versions.getLast()).isEqualTo("{\"tls.key\":\"value of tls.key\"}");
      writable.delete(new Writable.Remote("/own", "tls.key"));
      writable.delete(new Writable.Remote("/theirs", ""));
      assertThat(akeyless.items).doesNotContainKey("/own").containsKey("/theirs");
    }
  }

  @Test
  void whatIsNoStaticSecretIsNotWritten() throws Exception {
    akeyless.items.put("/it", new AkeylessDouble.Kept("ROTATED_SECRET"));
    akeyless.items.put("/key", new AkeylessDouble.Kept("CLASSIC_KEY"));
    try (SecretStore store = store("")) {
      assertThatThrownBy(() -> push(store, "/it", "", "", "a"))
          .hasMessageContaining("no static secret");
      assertThatThrownBy(() -> fetch(store, "/key", "")).hasMessageContaining("CLASSIC_KEY");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://api.akeyless.io, /auth, 0",
    "https://gateway.test:8080/v2, /v2/auth, 0",
    "https://gateway.test:8080, /v2/auth, 1",
    "https://old.test, /auth, 1"
  })
  void aGatewayIsAskedBelowItsVersion(String url, String path, int asked) throws Exception {
    akeyless.put("/a", "v");
    for (int i = 0; i < 2; i++) {
      try (SecretStore store = store(", akeylessGWApiURL: \"" + url + "\"")) {
        assertThat(fetch(store, "/a", "")).isEqualTo("v");
        assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
      }
    }
    assertThat(server.count(r -> r.path().equals(path))).isEqualTo(1);
    assertThat(server.count(r -> r.path().equals("/"))).isEqualTo(asked);
  }

  @Test
  void aCacheIsPassedByAndAUniversalTokenHasItsOwnName() throws Exception {
    akeyless.put("/a", "v");
    akeyless.begins = "u-";
    akeyless.ignoreCache = true;
    try (SecretStore store = store(", ignoreCache: true")) {
      assertThat(Given.text(store.fetch(new RemoteRef("/a", "", "1")))).isEqualTo("v");
    }
  }

  @Test
  void anAccountOfKubernetesLogsIn() throws Exception {
    akeyless.put("/a", "v");
    akeyless.login =
        Map.of(
            "access-id",
            "p-2",
            "access-type",
            "k8s",
            "k8s-auth-config-name",
            "cluster",
            "k8s-service-account-token",
            Base64.getEncoder().encodeToString("jwt".getBytes(StandardCharsets.UTF_8)));
    given.account("app", "jwt").secret("sa", "token", "jwt\n");
    String auth = "{authSecretRef: {kubernetesAuth: {accessID: p-2, k8sConfName: cluster%s}}}";
    for (String who : List.of("serviceAccountRef: {name: app}", "secretRef: {name: sa}")) {
      try (SecretStore store = given.open(provider, auth.formatted(", " + who))) {
        assertThat(fetch(store, "/a", "")).isEqualTo("v");
      }
    }
    assertThatThrownBy(() -> given.open(provider, auth.formatted("")))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining("neither serviceAccountRef nor secretRef");
    given.clusterWide("");
    try (SecretStore store =
        given.open(provider, auth.formatted(", serviceAccountRef: {name: app}"))) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.UNKNOWN);
      assertThatThrownBy(() -> fetch(store, "/a", "")).hasMessageContaining("namespace");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"aws_iam", "azure_ad", "gcp", "k8s", "password"})
  void aWayToLogInThatIsNotKnownIsSaid(String type) {
    given.secret("me", "type", type);
    assertThatThrownBy(() -> store(""))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining("secretRef.accessType");
  }

  @Test
  void credentialsOfAStoreOfTheWholeClusterHaveTheirNamespace() {
    given.clusterWide("ns");
    assertThatThrownBy(() -> store("")).hasMessageContaining("cluster scope requires namespace");
  }

  @Test
  void aKeyThatIsRefusedIsDenied() throws Exception {
    given.secret("me", "key", "wrong");
    try (SecretStore store = store("")) {
      StoreException thrown = catchThrowableOfType(StoreException.class, store::validate);
      assertThat(thrown.problem()).isEqualTo(new Problem.Denied());
    }
  }
}
