package dev.signet.stores.https;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Given;
import dev.signet.stores.contract.Guide;
import dev.signet.stores.contract.doubles.AkeylessDouble;
import dev.signet.stores.contract.doubles.DopplerDouble;
import dev.signet.stores.contract.doubles.InfisicalDouble;
import dev.signet.testkit.web.StrictServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Infisical and Doppler have besides what every store has, against doubles of both. */
final class LightStoresTest {

  private static final String SCOPE =
      "secretsScope: {environmentSlug: dev, projectSlug: my-project%s}";
  private static final String UNIVERSAL =
      "auth: {universalAuthCredentials: {clientId: {name: me, key: id},"
          + " clientSecret: {name: me, key: secret}}}, ";

  private final InfisicalDouble infisical = new InfisicalDouble();
  private final DopplerDouble doppler = new DopplerDouble();
  private final AkeylessDouble akeyless = new AkeylessDouble();
  private final StrictServer server =
      new StrictServer(
          request ->
              switch (request.host()) {
                case "api.doppler.com" -> doppler.to(request);
                case "api.akeyless.io" -> akeyless.to(request);
                default -> infisical.to(request);
              });
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final RestApi.Surroundings surroundings =
      new RestApi.Surroundings(
          (of, call, fine) -> calls.add(of + " " + call + " " + fine),
          uri -> StrictServer.route(server.url(), uri),
          Map.of());
  private final Given given =
      new Given()
          .secret("me", "id", "id")
          .secret("me", "secret", "secret")
          .secret("me", "dopplerToken", DopplerDouble.TOKEN);

  @TempDir private Path root;

  @AfterEach
  void nothingWasAskedThatIsNotInTheProtocol() {
    server.close();
    assertThat(server.complaints()).isEmpty();
  }

  private StoreProvider infisicals() {
    return InfisicalStore.provider(surroundings, System::nanoTime, root);
  }

  private SecretStore infisical(String scope) throws Exception {
    return given.open(infisicals(), "{" + UNIVERSAL + SCOPE.formatted(scope) + "}");
  }

  private SecretStore doppler(String rest) throws Exception {
    return given.open(
        DopplerStore.provider(surroundings, System::nanoTime),
        "{project: p, config: dev, auth: {secretRef: {dopplerToken: {name: me}}}" + rest + "}");
  }

  private void secret(String place, String... values) {
    InfisicalDouble.Kept kept = new InfisicalDouble.Kept();
    kept.versions.addAll(List.of(values));
    infisical.secrets.put(place, kept);
  }

  private static String fetch(SecretStore store, String key, String property)
      throws StoreException {
    return Given.text(store.fetch(new RemoteRef(key, property, "")));
  }

  private static StoreException failure(ThrowingCallable what) {
    StoreException thrown = catchThrowableOfType(StoreException.class, what);
    assertThat(thrown).isNotNull();
    return thrown;
  }

  private static void push(SecretStore store, String key, String property, String value)
      throws StoreException {
    try (SecretBytes bytes = Given.bytes(value)) {
      store.writing().orElseThrow().push(new Writable.Remote(key, property), bytes, Map.of());
    }
  }

  private static Search named(String path, String pattern) {
    return new Search(
        path.isEmpty() ? Optional.empty() : Optional.of(path),
        Optional.of(Pattern.compile(pattern)),
        Map.of());
  }

  @ParameterizedTest
  @CsvSource({"a, /base", "sub/a, /base/sub", "/a, /", "/top/sub/a, /top/sub"})
  void aKeyOfInfisicalIsBelowTheScopeUnlessItBeginsAtTheTop(String key, String folder)
      throws Exception {
    secret(folder + " a", "v");
    try (SecretStore store = infisical(", secretsPath: /base")) {
      assertThat(fetch(store, key, "")).isEqualTo("v");
      failure(() -> fetch(store, "../a", ""));
    }
  }

  @Test
  void aPropertyInInfisicalIsOfAnyType() throws Exception {
    secret("/ a", "{\"n\": 12345678901234567890, \"o\": {\"x\": [1, 2]}, \"s\": \"t\"}");
    try (SecretStore store = infisical("")) {
      assertThat(fetch(store, "a", "n")).isEqualTo("12345678901234567890");
      assertThat(fetch(store, "a", "o.x")).isEqualTo("[1, 2]");
      assertThat(fetch(store, "a", "s")).isEqualTo("t");
    }
    assertThat(calls)
        .containsExactly(
            "infisical MachineIdentityLoginViaUniversalAuth true",
            "infisical GetSecretByKeyV3 true",
            "infisical GetSecretByKeyV3 true",
            "infisical GetSecretByKeyV3 true");
  }

  @Test
  void whatIsImportedIsFoundUnlessItIsThere() throws Exception {
    secret("/ a", "own");
    secret("/sub b", "deep");
    infisical.imported.put("a", "imported");
    infisical.imported.put("c", "imported");
    try (SecretStore store = infisical(", recursive: true")) {
      assertThat(Given.texts(store.searching().orElseThrow().find(named("", "."))))
          .isEqualTo(Map.of("a", "own", "b", "deep", "c", "imported"));
      assertThat(Given.texts(store.searching().orElseThrow().find(named("/sub", "."))))
          .isEqualTo(Map.of("b", "deep"));
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
    }
  }

  @Test
  void onlyWhatWasPushedToInfisicalIsDeletedThere() throws Exception {
    secret("/ theirs", "{\"a\":1 , \"b\":\"x\"}");
    infisical.old = true;
    try (SecretStore store = infisical("")) {
      push(store, "theirs", "b", "y");
      assertThat(infisical.at("/ theirs").versions.getLast()).isEqualTo("{\"a\":1 , \"b\":\"y\"}");
      Writable writable = store.writing().orElseThrow();
      writable.delete(new Writable.Remote("theirs", "b"));
      writable.delete(new Writable.Remote("theirs", ""));
      assertThat(infisical.at("/ theirs").versions).hasSize(2);

      push(store, "own", "a", "1");
      push(store, "own", "b", "2");
      writable.delete(new Writable.Remote("own", "a"));
      assertThat(infisical.at("/ own").versions.getLast()).isEqualTo("{\"b\":\"2\"}");
      writable.delete(new Writable.Remote("own", "b"));
      assertThat(infisical.secrets).doesNotContainKey("/ own");
    }
  }

  @Test
  void infisicalIsLoggedInToInManyWays() throws Exception {
    infisical.logins.put("jwt-auth", Map.of("identityId", "id", "jwt", "secret"));
    infisical.logins.put(
        "ldap-auth", Map.of("identityId", "id", "username", "id", "password", "secret"));
    infisical.tokens.add("secret");
    secret("/ a", "v");
    for (String auth :
        List.of(
            "jwtAuthCredentials: {identityId: {name: me, key: id}, jwt: {name: me, key: secret}}",
            "ldapAuthCredentials: {identityId: {name: me, key: id}, ldapUsername: {name: me, key:"
                + " id}, ldapPassword: {name: me, key: secret}}",
            "tokenAuthCredentials: {accessToken: {name: me, key: secret}}")) {
      try (SecretStore store =
          given.open(infisicals(), "{auth: {" + auth + "}, " + SCOPE.formatted("") + "}")) {
        assertThat(fetch(store, "a", "")).isEqualTo("v");
      }
    }
    infisical.logins.put("universal-auth", Map.of("clientId", "other", "clientSecret", "x"));
    try (SecretStore store = infisical("")) {
      assertThat(failure(() -> fetch(store, "a", "")).problem()).isEqualTo(new Problem.Denied());
    }
  }

  @Test
  void theTokenOfThisProcessIsForStoresOfTheWholeClusterOnly() throws Exception {
    String configuration =
        "{auth: {kubernetesAuthCredentials: {identityId: {name: me, key: id, namespace: x}}}, "
            + SCOPE.formatted(", organizationSlug: acme")
            + "}";
    assertThatThrownBy(() -> given.open(infisicals(), configuration))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining("ClusterSecretStore");
    Path folder =
        Files.createDirectories(root.resolve("var/run/secrets/kubernetes.io/serviceaccount"));
    Files.writeString(folder.resolve("token"), "mounted\n");
    infisical.logins.put(
        "kubernetes-auth",
        Map.of("identityId", "id", "jwt", "mounted", "organizationSlug", "acme"));
    secret("/ a", "v");
    given.clusterWide("ns");
    try (SecretStore store = given.open(infisicals(), configuration)) {
      assertThat(fetch(store, "a", "")).isEqualTo("v");
    }
    given.secret("me", "path", "/var/run/secrets/../../../etc/passwd");
    assertThatThrownBy(
            () ->
                given.open(
                    infisicals(),
                    configuration.replace(
                        "namespace: x}}",
                        "namespace: x}, serviceAccountTokenPath: {name: me, key: path}}")))
        .hasMessageContaining("below /var/run/secrets");
  }

  @ParameterizedTest
  @CsvSource({
    "azureAuthCredentials",
    "gcpIamAuthCredentials",
    "ociAuthCredentials",
    "awsAuthCredentials"
  })
  void aWayToLogInThatIsNotKnownIsNamed(String method) {
    assertThatThrownBy(
            () ->
                given.open(
                    infisicals(), "{auth: {" + method + ": {}}, " + SCOPE.formatted("") + "}"))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(method);
  }

  @Test
  void aConfigOfDopplerCanBeOneFile() throws Exception {
    doppler.secrets.put("A", "1");
    try (SecretStore store = doppler(", format: env")) {
      assertThat(Given.texts(store.searching().orElseThrow().find(named("", "."))))
          .isEqualTo(Map.of("DOPPLER_SECRETS_FILE", "A=1\n"));
    }
    try (SecretStore store = doppler(", nameTransformer: camel")) {
      assertThat(Given.texts(store.searching().orElseThrow().find(named("", "."))))
          .isEqualTo(Map.of("a", "1"));
      assertThat(Given.texts(store.searching().orElseThrow().find(named("x", ".")))).isEmpty();
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
    }
    assertThatThrownBy(() -> doppler(", format: xml")).hasMessageContaining("format");
  }

  @Test
  void anIdentityOfDopplerTrustsAnAccount() throws Exception {
    doppler.secrets.put("A", "1");
    doppler.account = "kubernetes-token";
    given.account("app", "kubernetes-token");
    try (SecretStore store =
        given.open(
            DopplerStore.provider(surroundings, System::nanoTime),
            "{project: p, config: dev, auth: {oidcConfig: {identity: i-1, serviceAccountRef: {name:"
                + " app}, expirationSeconds: 600}}}")) {
      assertThat(fetch(store, "A", "")).isEqualTo("1");
      doppler.tokens.clear();
      assertThat(fetch(store, "A", "")).isEqualTo("1");
    }
    assertThat(given.audiences())
        .containsExactly(
            "https://api.doppler.com", "secretStore:ns:s",
            "https://api.doppler.com", "secretStore:ns:s");
  }

  @Test
  void aProjectOfDopplerThatIsNotThereIsNoSecretThatWasDeleted() throws Exception {
    server.once(
        r -> r.path().endsWith("/download"),
        StrictServer.Answer.json(404, "{\"messages\": [\"Could not find project\"]}"));
    try (SecretStore store = doppler("")) {
      assertThat(failure(() -> fetch(store, "A", "")).problem()).isEqualTo(new Problem.Malformed());
      assertThat(failure(() -> fetch(store, "A", "")).problem()).isEqualTo(new Problem.NotFound());
    }
  }

  @Test
  void theGuideIsTakenAtItsWord() throws Exception {
    given
        .secret("infisical", "id", "id")
        .secret("infisical", "secret", "secret")
        .secret("doppler", "dopplerToken", DopplerDouble.TOKEN)
        .secret("akeyless", "accessId", "p-1")
        .secret("akeyless", "accessType", "access_key")
        .secret("akeyless", "accessTypeParam", "secret");
    Map<String, StoreProvider> providers =
        Map.of(
            "infisical",
            infisicals(),
            "doppler",
            DopplerStore.provider(surroundings, System::nanoTime),
            "akeyless",
            AkeylessStore.provider(surroundings, System::nanoTime));
    Map<String, Fields> stores = Guide.stores("stores-light.md");
    assertThat(stores).hasSize(3);
    for (Map.Entry<String, Fields> each : stores.entrySet()) {
      try (SecretStore store =
          requireNonNull(providers.get(each.getKey())).open(Given.STORE, each.getValue(), given)) {
        assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
      }
    }
  }
}
