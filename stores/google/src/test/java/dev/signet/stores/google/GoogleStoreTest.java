package dev.signet.stores.google;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
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
import dev.signet.stores.contract.Guide;
import dev.signet.stores.contract.doubles.GoogleDouble;
import dev.signet.testkit.web.StrictServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Secret Manager has besides what every store has, against a double of Google's. */
final class GoogleStoreTest {

  private static final String KEY =
      "auth: {secretRef: {secretAccessKeySecretRef: {name: me, key: key.json}}}";
  private static final String EUROPE = "projects/p/locations/europe-west3/secrets/";

  private final GoogleDouble google = new GoogleDouble();
  private final StrictServer server = new StrictServer(google);
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private final AtomicLong clock = new AtomicLong();
  private final StoreProvider provider =
      GoogleStore.provider(
          (of, call, fine) -> calls.add(of + " " + call + " " + fine),
          clock::get,
          uri -> StrictServer.route(server.url(), uri));
  private final Given given = new Given().secret("me", "key.json", google.keyFile());

  @AfterEach
  void nothingWasAskedThatIsNotInTheProtocol() {
    server.close();
    assertThat(server.complaints()).isEmpty();
  }

  private SecretStore open(String rest) throws Exception {
    return given.open(provider, "{projectID: p, " + rest + "}");
  }

  private GoogleDouble.Kept kept(String path, String... values) {
    GoogleDouble.Kept kept = new GoogleDouble.Kept();
    for (String value : values) {
      kept.versions.add(value.getBytes(UTF_8));
    }
    google.secrets.put(path, kept);
    return kept;
  }

  private static String fetch(SecretStore store, String key, String property, String version)
      throws StoreException {
    return Given.text(store.fetch(new RemoteRef(key, property, version)));
  }

  private static StoreException failure(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
    StoreException thrown = catchThrowableOfType(StoreException.class, what);
    assertThat(thrown).isNotNull();
    return thrown;
  }

  private void push(SecretStore store, String key, String property, String value, String metadata)
      throws Exception {
    Map<String, @Nullable Object> tree = new java.util.TreeMap<>();
    if (!metadata.isEmpty()) {
      tree.put("apiVersion", "kubernetes.external-secrets.io/v1alpha1");
      tree.put("kind", "PushSecretMetadata");
      tree.put("spec", Given.fields("{spec: " + metadata + "}").raw("spec"));
    }
    try (SecretBytes bytes = Given.bytes(value)) {
      store.writing().orElseThrow().push(new Writable.Remote(key, property), bytes, tree);
    }
  }

  private String latest(String path) {
    return new String(google.at(path).versions.getLast(), UTF_8);
  }

  @Test
  void callsAreCountedByUpstreamsNames() throws Exception {
    kept("projects/p/secrets/db", "v");
    try (SecretStore store = open(KEY)) {
      assertThat(fetch(store, "db", "", "")).isEqualTo("v");
      failure(() -> fetch(store, "nothing", "", ""));
    }
    assertThat(calls)
        .containsExactly(
            "GCP/SecretManager AccessSecretVersion true",
            "GCP/SecretManager AccessSecretVersion false");
  }

  @Test
  void aTokenIsRenewedBeforeItsLifeIsOver() throws Exception {
    kept("projects/p/secrets/db", "v");
    try (SecretStore store = open(KEY)) {
      fetch(store, "db", "", "");
      clock.addAndGet(Duration.ofMinutes(40).toNanos());
      fetch(store, "db", "", "");
      assertThat(server.count(r -> r.host().startsWith("oauth2"))).isEqualTo(1);
      clock.addAndGet(Duration.ofMinutes(10).toNanos());
      fetch(store, "db", "", "");
      assertThat(server.count(r -> r.host().startsWith("oauth2"))).isEqualTo(2);
    }
  }

  @Test
  void credentialsThatAreRefusedAreLeftAloneForAWhile() throws Exception {
    for (int i = 0; i < 2; i++) {
      server.once(
          r -> r.host().startsWith("oauth2"),
          StrictServer.Answer.json(400, "{\"error\": \"invalid_grant\"}"));
    }
    try (SecretStore store = open(KEY)) {
      StoreException refused = failure(store::validate);
      assertThat(refused.problem()).isEqualTo(new Problem.Denied());
      assertThat(refused).hasMessageContaining("400").hasMessageNotContaining("invalid_grant");
      failure(store::validate);
      assertThat(server.requests()).hasSize(1);
      clock.addAndGet(Duration.ofSeconds(11).toNanos());
      failure(store::validate);
      assertThat(server.requests()).hasSize(2);
    }
  }

  @Test
  void aLocationHasAServerOfItsOwn() throws Exception {
    kept(EUROPE + "db", "v");
    kept("projects/p/secrets/db", "elsewhere").labels.put("a", "1");
    google.at(EUROPE + "db").labels.put("a", "1");
    try (SecretStore store = open("location: europe-west3, " + KEY)) {
      assertThat(fetch(store, "db", "", "")).isEqualTo("v");
      push(store, "fresh", "", "pushed", "");
      assertThat(latest(EUROPE + "fresh")).isEqualTo("pushed");
      Search byTag = new Search(Optional.empty(), Optional.empty(), Map.of("a", "1"));
      assertThat(Given.texts(store.searching().orElseThrow().find(byTag)))
          .isEqualTo(Map.of("db", "v"));
    }
  }

  @Test
  void whatIsNotEnabledIsPassedOverOnlyWhenTheStoreSaysSo() throws Exception {
    kept("projects/p/secrets/db", "one", "two", "three").states.put(3, "DISABLED");
    try (SecretStore store = open(KEY)) {
      assertThat(failure(() -> fetch(store, "db", "", "")))
          .hasMessageContaining("destroyed or disabled")
          .extracting(StoreException::problem)
          .isNotEqualTo(new Problem.NotFound());
    }
    try (SecretStore store = open("secretVersionSelectionPolicy: LatestOrFetch, " + KEY)) {
      assertThat(fetch(store, "db", "", "")).isEqualTo("two");
      failure(() -> fetch(store, "db", "", "3"));
      assertThat(store.writing().orElseThrow().exists(new Writable.Remote("db", ""))).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a.b | literal",
        "a.c | path",
        "list.1 | y",
        "n | 12345678901234567890",
        "nothing | ''"
      })
  void aPropertyIsANameWithDotsBeforeItIsAPath(String property, String value) throws Exception {
    kept(
        "projects/p/secrets/db",
        """
        {"a.b": "literal", "a": {"b": "not this", "c": "path"}, "list": ["x", "y"],
         "n": 12345678901234567890, "nothing": null}""");
    try (SecretStore store = open(KEY)) {
      assertThat(fetch(store, "db", property, "")).isEqualTo(value);
    }
  }

  @Test
  void metadataAreLabelsAndAnnotations() throws Exception {
    GoogleDouble.Kept kept = kept("projects/p/secrets/db", "v");
    kept.labels.put("team", "a");
    kept.annotations.put("note.x", "n");
    try (SecretStore store = open(KEY)) {
      for (Map.Entry<String, String> each :
          Map.of(
                  "", "{\"annotations\":{\"note.x\":\"n\"},\"labels\":{\"team\":\"a\"}}",
                  "labels", "{\"team\":\"a\"}",
                  "labels.team", "a",
                  "annotations.note.x", "n")
              .entrySet()) {
        assertThat(
                Given.text(
                    store.fetch(new RemoteRef("db", each.getKey(), "", /* metadata= */ true))))
            .isEqualTo(each.getValue());
      }
      assertThat(Given.texts(store.fetchMap(new RemoteRef("db", "labels", "", true))))
          .isEqualTo(Map.of("team", "a"));
      failure(() -> store.fetch(new RemoteRef("db", "labels.none", "", true)));
      failure(() -> store.fetch(new RemoteRef("db", "other", "", true)));
      assertThat(failure(() -> store.fetch(new RemoteRef("none", "", "", true))).problem())
          .isEqualTo(new Problem.NotFound());
    }
  }

  @Test
  void aPathIsWhatNamesBeginWith() throws Exception {
    kept("projects/p/secrets/app-a", "1");
    kept("projects/p/secrets/my-app-b", "2");
    kept("projects/p/secrets/app-empty");
    try (SecretStore store = open(KEY)) {
      Search search = new Search(Optional.of("app"), Optional.of(Pattern.compile(".*")), Map.of());
      assertThat(Given.texts(store.searching().orElseThrow().find(search)))
          .isEqualTo(Map.of("app-a", "1"));
      assertThat(server.requests())
          .anySatisfy(r -> assertThat(r.query()).containsEntry("filter", "name:app"));
      failure(
          () ->
              store
                  .searching()
                  .orElseThrow()
                  .find(new Search(Optional.of("a b:c"), search.name(), Map.of())));
    }
  }

  @Test
  void aPushSaysHowTheSecretIsMadeAndWhatItIsLabelled() throws Exception {
    String metadata =
        """
        {labels: {team: a}, annotations: {note: text}, topics: [projects/p/topics/t],
         cmekKeyName: k, replicationLocations: [us-east1, us-west1]}""";
    try (SecretStore store = open(KEY)) {
      push(store, "own", "", "v", metadata);
      GoogleDouble.Kept kept = google.at("projects/p/secrets/own");
      assertThat(kept.labels).isEqualTo(Map.of("managed-by", "external-secrets", "team", "a"));
      assertThat(kept.annotations).isEqualTo(Map.of("note", "text"));
      assertThat(kept.topics).containsExactly("projects/p/topics/t");
      assertThat(kept.replication.toString())
          .contains("us-east1", "us-west1", "customerManagedEncryption", "kmsKeyName");
      int before = server.requests().size();
      push(store, "own", "", "v", metadata);
      assertThat(server.requests().subList(before, server.requests().size()))
          .allSatisfy(r -> assertThat(r.method()).isEqualTo("GET"));

      kept.labels.put("theirs", "x");
      push(store, "own", "", "v", "{labels: {team: b}, mergePolicy: Merge}");
      assertThat(kept.labels).containsEntry("theirs", "x").containsEntry("team", "b");
      push(store, "own", "", "v", "");
      assertThat(kept.labels).containsEntry("theirs", "x").containsEntry("team", "b");
      push(store, "own", "", "v", "{labels: {team: c}}");
      assertThat(kept.labels).isEqualTo(Map.of("managed-by", "external-secrets", "team", "c"));
      assertThat(kept.versions).hasSize(1);
    }
  }

  @Test
  void aPropertyOfWhatOthersMadeIsWrittenAndTheSecretStaysTheirs() throws Exception {
    GoogleDouble.Kept kept = kept("projects/p/secrets/theirs", "{ \"a\":1.0,\"b\" : \"x\" }");
    try (SecretStore store = open(KEY)) {
      push(store, "theirs", "b", "y", "");
      push(store, "theirs", "c.d", "z", "");
      assertThat(latest("projects/p/secrets/theirs"))
          .isEqualTo("{ \"a\":1.0,\"b\" : \"y\" ,\"c\":{\"d\":\"z\"}}");
      assertThat(kept.labels).isEmpty();
      push(store, "theirs", "b", "y", "");
      assertThat(kept.versions).hasSize(3);
      store.writing().orElseThrow().delete(new Writable.Remote("theirs", "b"));
      store.writing().orElseThrow().delete(new Writable.Remote("theirs", ""));
      assertThat(kept.versions).hasSize(3);
      assertThat(google.secrets).containsKey("projects/p/secrets/theirs");
      failure(() -> push(store, "theirs", "a.b", "no", ""));
      failure(() -> push(store, "theirs", "b", "y", "{labels: {team: a}}"));
    }
  }

  @Test
  void theLastPropertyThatIsTakenAwayTakesTheSecretAlong() throws Exception {
    try (SecretStore store = open(KEY)) {
      push(store, "own", "a", "1", "");
      push(store, "own", "b", "2", "");
      Writable writable = store.writing().orElseThrow();
      writable.delete(new Writable.Remote("own", "a"));
      assertThat(latest("projects/p/secrets/own")).isEqualTo("{\"b\":\"2\"}");
      assertThat(writable.exists(new Writable.Remote("own", "a"))).isFalse();
      writable.delete(new Writable.Remote("own", "a"));
      writable.delete(new Writable.Remote("own", "b"));
      assertThat(google.secrets).isEmpty();
    }
  }

  @Test
  void anAccountOfTheClusterActsAsTheOneItNames() throws Exception {
    kept("projects/p/secrets/db", "v");
    given
        .account("app", google.subject)
        .annotated("app", Map.of("iam.gke.io/gcp-service-account", GoogleDouble.ACCOUNT));
    String auth =
        "auth: {workloadIdentity: {serviceAccountRef: {name: app, audiences: [more]},"
            + " clusterProjectID: cp, clusterLocation: europe-west3, clusterName: main}}";
    try (SecretStore store = open(auth)) {
      assertThat(fetch(store, "db", "", "")).isEqualTo("v");
    }
    assertThat(given.audiences()).containsExactly("cp.svc.id.goog", "more");
    assertThat(server.requests().getLast().header("Authorization")).startsWith("Bearer acting-");
    assertThat(calls)
        .contains(
            "GCP/SecretManager GenerateServiceAccountToken true",
            "GCP/SecretManager GenerateIDBindToken true",
            "GCP/SecretManager GenerateAccessToken true");
  }

  @Test
  void anAccountThatNamesNoneIsItself() throws Exception {
    kept("projects/p/secrets/db", "v");
    given.account("app", google.subject);
    google.machine.put("project/project-id", "cp");
    google.machine.put("instance/attributes/cluster-location", "europe-west3");
    google.machine.put("instance/attributes/cluster-name", "main");
    String auth = "{auth: {workloadIdentity: {serviceAccountRef: {name: app}}}}";
    google.secrets.put("projects/cp/secrets/none", new GoogleDouble.Kept());
    try (SecretStore store = given.open(provider, auth)) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
    }
    assertThat(google.tokens).anySatisfy(token -> assertThat(token).startsWith("bound-"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | federated-",
        "gcpServiceAccountEmail: reader@p.iam.gserviceaccount.com | acting-"
      })
  void anAccountIsTrustedByAPool(String more, String token) throws Exception {
    kept("projects/p/secrets/db", "v");
    given.account("app", google.subject);
    String auth =
        "auth: {workloadIdentityFederation: {serviceAccountRef: {name: app}, audience: '"
            + GoogleDouble.POOL
            + "'"
            + (more.isEmpty() ? "" : ", " + more)
            + "}}";
    try (SecretStore store = open(auth)) {
      assertThat(fetch(store, "db", "", "")).isEqualTo("v");
    }
    assertThat(given.audiences()).containsOnly(GoogleDouble.POOL);
    assertThat(server.requests().getLast().header("Authorization")).startsWith("Bearer " + token);
  }

  @Test
  void keysOfAmazonAreTrustedByAPool() throws Exception {
    kept("projects/p/secrets/db", "v");
    given
        .secret("aws", "aws_access_key_id", "AKIA")
        .secret("aws", "aws_secret_access_key", "secret")
        .secret("aws", "aws_session_token", "session");
    String auth =
        "auth: {workloadIdentityFederation: {awsSecurityCredentials: {region: eu-central-1,"
            + " awsCredentialsSecretRef: {name: aws}}, audience: '"
            + GoogleDouble.POOL
            + "'}}";
    try (SecretStore store = open(auth)) {
      assertThat(fetch(store, "db", "", "")).isEqualTo("v");
    }
  }

  @Test
  void aFileOfCredentialsSaysWhereTheTokenIs() throws Exception {
    kept("projects/p/secrets/db", "v");
    java.nio.file.Path token = java.nio.file.Files.createTempFile("signet", "token");
    try {
      java.nio.file.Files.writeString(token, google.subject);
      try (SecretStore store = open(file("\"file\": \"" + token + "\"", ""))) {
        assertThat(fetch(store, "db", "", "")).isEqualTo("v");
      }
    } finally {
      java.nio.file.Files.delete(token);
    }
  }

  private String file(String source, String rest) {
    given.secret(
        "external",
        "config.json",
        """
        {"type": "external_account", "audience": "%s",
         "subject_token_type": "urn:ietf:params:oauth:token-type:jwt", %s
         "token_url": "https://sts.googleapis.com/v1/token", "credential_source": {%s}}"""
            .formatted(GoogleDouble.POOL, rest, source));
    return "auth: {workloadIdentityFederation: {credConfig: {name: external, key: config.json}}}";
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"executable\": {\"command\": \"id\"} | `` | executable",
        "\"file\": \"/var/run/secrets/kubernetes.io/serviceaccount/token\" | `` | this process",
        "\"file\": \"/var/run/x/../secrets/kubernetes.io/serviceaccount/token\" | `` | this process",
        "\"url\": \"https://example.com\" | `` | externalTokenEndpoint",
        "\"environment_id\": \"aws1\", \"url\": \"http://10.0.0.1/x\" | `` | url has to match",
        "`` | `` | has to name",
        "\"file\": \"/t\" | \"token_info_url\": \"https://a.b/\", | token_info_url",
        "\"file\": \"/t\" | \"service_account_impersonation_url\": \"https://evil/\", | imperson"
      })
  void aFileOfCredentialsCannotLeadElsewhere(String source, String rest, String why) {
    String auth = file(source, rest);
    assertThatThrownBy(() -> open(auth))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(why);
  }

  @Test
  void withoutAuthItIsWhatTheMachineIs() throws Exception {
    kept("projects/p/secrets/db", "v");
    google.machine.put("project/project-id", "p");
    org.junit.jupiter.api.Assumptions.assumeTrue(
        System.getenv("GOOGLE_APPLICATION_CREDENTIALS") == null);
    try (SecretStore store = given.open(provider, "{location: ''}")) {
      assertThat(server.requests()).isEmpty();
      assertThat(fetch(store, "db", "", "")).isEqualTo("v");
    }
    assertThat(server.requests().getLast().header("Authorization")).startsWith("Bearer machine-");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{auth: {secretRef: {secretAccessKeySecretRef: {name: me, key: key.json}}}} | projectID",
        "{projectID: a/b} | projectID",
        "{projectID: p, location: 'x.evil.com/'} | location",
        "{projectID: p, secretVersionSelectionPolicy: Any} | LatestOrFetch",
        "{projectID: p, auth: {workloadIdentityFederation: {audience: a}}} | exactly one",
        "{projectID: p, unknown: 1} | unknown",
      })
  void aConfigurationIsUnderstoodWhole(String configuration, String why) {
    assertThatThrownBy(() -> given.open(provider, configuration))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(why);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aStoreOfTheClusterThatIsOnlyLookedAtCannotBeTold() throws Exception {
    try (SecretStore store =
        new Given().clusterWide("").open(provider, "{projectID: p, " + KEY + "}")) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.UNKNOWN);
      assertThat(store.writing()).isEmpty();
    }
  }

  @Test
  void aStoreOfTheClusterAsksAsItsUserWhereItNamesNoNamespace() throws Exception {
    for (String user : List.of("one", "two")) {
      Given cluster = new Given().secret("me", "key.json", google.keyFile()).clusterWide(user);
      for (String namespace : List.of(", namespace: fixed", "")) {
        try (SecretStore store =
            cluster.open(
                provider,
                "{projectID: p, "
                    + KEY.replace("key: key.json", "key: key.json" + namespace)
                    + "}")) {
          assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
        }
      }
    }
    assertThat(server.count(r -> r.host().startsWith("oauth2"))).isEqualTo(3);
  }

  @Test
  void aKeyThatIsNoNameOfASecretIsNotSent() throws Exception {
    try (SecretStore store = open(KEY)) {
      for (String key : List.of("a/b", "..", "a:access", "a b", "", "x".repeat(256))) {
        assertThat(failure(() -> fetch(store, key, "", "")).problem())
            .isEqualTo(new Problem.Malformed());
      }
      assertThat(failure(() -> fetch(store, "a", "", "../1")).problem())
          .isEqualTo(new Problem.Malformed());
      assertThat(server.count(r -> r.host().startsWith("secretmanager"))).isZero();
    }
  }

  @Test
  void aPayloadThatWasDamagedIsNoValue() throws Exception {
    kept("projects/p/secrets/db", "v");
    server.once(
        r -> r.path().endsWith(":access"),
        StrictServer.Answer.json(
            200,
            "{\"name\": \"projects/1/secrets/db/versions/1\", \"payload\": {\"data\": \"dg==\","
                + " \"dataCrc32c\": \"1\"}}"));
    try (SecretStore store = open(KEY)) {
      assertThat(failure(() -> fetch(store, "db", "", "")).problem())
          .isEqualTo(new Problem.Unreachable());
      assertThat(fetch(store, "db", "", "")).isEqualTo("v");
    }
  }

  @Test
  void pushesOfOneProcessToOneSecretLoseNothing() throws Exception {
    try (SecretStore store = open(KEY);
        var threads = java.util.concurrent.Executors.newVirtualThreadPerTaskExecutor()) {
      List<java.util.concurrent.Future<?>> all = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String name = "n" + i;
        all.add(
            threads.submit(
                () -> {
                  push(store, "own", name, "v", "");
                  return true;
                }));
      }
      for (var each : all) {
        each.get();
      }
      assertThat(Given.texts(store.fetchMap(new RemoteRef("own", "", "")))).hasSize(20);
    }
  }

  @Test
  void theGuideIsTakenAtItsWord() throws Exception {
    google.cluster = "my-project";
    given
        .account("app", google.subject)
        .annotated("app", Map.of("iam.gke.io/gcp-service-account", GoogleDouble.ACCOUNT));
    try (SecretStore store =
        provider.open(
            Given.STORE, requireNonNull(Guide.stores("stores-google.md").get("gcpsm")), given)) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.READY);
    }
  }
}
