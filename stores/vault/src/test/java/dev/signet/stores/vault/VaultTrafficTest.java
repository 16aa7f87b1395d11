package dev.signet.stores.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.Item;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Given;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What goes over the wire, and how often, with a server that does as it is told. */
final class VaultTrafficTest {

  private static final String MARK = "MARKED-VALUE";
  private static final String VALUE =
      "{\"data\":{\"data\":{\"k\":\"" + MARK + "\"},\"metadata\":{\"version\":3}}}";
  private static final String APP_ROLE =
      "appRole: {roleId: r, secretRef: {name: me, key: secret-id}}";
  private static final String LOGIN = "PUT auth/approle/login";
  private static final String READ = "GET m/data/app";
  private static final String SELF = "GET auth/token/lookup-self";
  private static final RemoteRef APP = new RemoteRef("app", "k", "");

  private final AtomicLong nanos = new AtomicLong();
  private final ToldServer server = new ToldServer();
  private final StoreProvider provider =
      new Vaults(ApiCalls.UNCOUNTED, nanos::get, Duration.ZERO).provider();

  @AfterEach
  void end() {
    server.close();
  }

  private String configuration(String more) {
    return "{server: '%s', path: m, %s}".formatted(server.url(), more);
  }

  private SecretStore open(String more) throws Exception {
    return new Given()
        .secret("me", "secret-id", "id")
        .secret("me", "token", " root\n")
        .secret("me", "password", "pw\"\\")
        .account("app", "account.token")
        .open(provider, configuration(more));
  }

  private SecretStore open() throws Exception {
    return open("auth: {" + APP_ROLE + "}");
  }

  private static String token(String name, int seconds) {
    return "{\"auth\":{\"client_token\":\"%s\",\"lease_duration\":%d,\"renewable\":true}}"
        .formatted(name, seconds);
  }

  private ToldServer withToken(int seconds) {
    AtomicInteger number = new AtomicInteger();
    return server.on(
        LOGIN,
        (exchange, _) ->
            ToldServer.reply(exchange, 200, token("t" + number.incrementAndGet(), seconds)));
  }

  private String fetch(SecretStore store) throws Exception {
    return Given.text(store.fetch(APP));
  }

  @Test
  void aThousandObjectsLogInOnce() throws Exception {
    withToken(3600).on(READ, 200, VALUE);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> all =
          IntStream.range(0, 1000)
              .mapToObj(
                  _ ->
                      threads.submit(
                          () -> {
                            try (SecretStore store = open()) {
                              return fetch(store);
                            }
                          }))
              .toList();
      for (Future<String> each : all) {
        assertThat(each.get()).isEqualTo(MARK);
      }
    }
    assertThat(server.count(LOGIN)).isEqualTo(1);
    assertThat(server.count(READ)).isEqualTo(1000);
    assertThat(server.asked()).hasSize(1001);
  }

  @Test
  void anotherCredentialAnotherNamespaceOrAnotherStoreIsAnotherIdentity() throws Exception {
    withToken(3600).on(READ, 200, VALUE);
    fetch(open());
    fetch(open("namespace: team, auth: {" + APP_ROLE + "}"));
    fetch(
        new Given()
            .secret("me", "secret-id", "changed")
            .open(provider, configuration("auth: {" + APP_ROLE + "}")));
    fetch(
        provider.open(
            "SecretStore/other/s",
            Given.fields(configuration("auth: {" + APP_ROLE + "}")),
            new Given().secret("me", "secret-id", "id")));
    assertThat(server.count(LOGIN)).isEqualTo(4);
  }

  @Test
  void whoUsesAClusterWideStoreIsSomebodyOfHisOwn() throws Exception {
    withToken(3600).on(READ, 200, VALUE);
    Given one = new Given().secret("me", "secret-id", "id").clusterWide("one");
    Given two = new Given().secret("me", "secret-id", "id").clusterWide("two");
    fetch(one.open(provider, configuration("auth: {" + APP_ROLE + "}")));
    fetch(two.open(provider, configuration("auth: {" + APP_ROLE + "}")));
    assertThat(server.count(LOGIN)).isEqualTo(2);

    Fields looked = Given.fields(configuration("auth: {" + APP_ROLE + "}, tls: {a: 1}"));
    assertThat(
            provider.open("ClusterSecretStore/s", looked, new Given().clusterWide("")).validate())
        .isEqualTo(SecretStore.Validity.UNKNOWN);
    assertThat(looked.unread()).isEmpty();
  }

  @Test
  void aTokenIsRenewedAndNotFetchedAnew() throws Exception {
    withToken(3600).on(READ, 200, VALUE);
    server.on("PUT auth/token/renew-self", 200, token("t1", 3600));
    fetch(open());
    nanos.addAndGet(Duration.ofMinutes(41).toNanos());
    fetch(open());
    fetch(open());
    assertThat(server.asked())
        .containsExactly(LOGIN, READ, "PUT auth/token/renew-self", READ, READ);
  }

  @Test
  void aTokenThatTheServerForgotIsReplacedByOneLogin() throws Exception {
    withToken(3600)
        .on(
            READ,
            (exchange, asked) -> {
              boolean known = asked.token().equals("t2");
              ToldServer.reply(
                  exchange, known ? 200 : 403, known ? VALUE : "{\"errors\":[\"bad token\"]}");
            })
        .on(SELF, 403, "{\"errors\":[\"bad token\"]}");
    assertThat(fetch(open())).isEqualTo(MARK);
    assertThat(server.asked()).containsExactly(LOGIN, READ, SELF, LOGIN, READ);
  }

  @Test
  void whatAPolicyDeniesIsNotALoginForEachObject() throws Exception {
    withToken(3600).on(READ, 403, "{\"errors\":[\"1 error occurred:\\n\\t* permission denied\"]}");
    server.on(SELF, 200, "{\"data\":{}}");
    for (int i = 0; i < 5; i++) {
      StoreException denied = catchThrowableOfType(StoreException.class, () -> fetch(open()));
      assertThat(denied.problem()).isEqualTo(new Problem.Denied());
      assertThat(denied)
          .hasMessage(
              "cannot read secret data from Vault: key app: SecretStore/ns/s answered 403 (who asks"
                  + " may not): permission denied");
    }
    assertThat(server.count(LOGIN)).isEqualTo(1);
  }

  @Test
  void credentialsThatAreRefusedAreNotTriedForEachObject() throws Exception {
    server.on(LOGIN, 400, "{\"errors\":[\"invalid role or secret ID\"]}");
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> fetch(open()))
          .hasMessage(
              "cannot log in to Vault at auth/approle/login: SecretStore/ns/s answered 400: invalid"
                  + " role or secret ID");
    }
    assertThat(server.asked()).containsExactly(LOGIN);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          tokenSecretRef: {name: me, key: token}                                             | '' | ''
          appRole: {roleId: r, secretRef: {name: me, key: secret-id}}                        | PUT auth/approle/login | {"role_id":"r","secret_id":"id"}
          appRole: {path: /ar/, roleRef: {name: me, key: token}, secretRef: {name: me, key: secret-id}} | PUT auth/ar/login | {"role_id":"root","secret_id":"id"}
          kubernetes: {mountPath: k8s/a, role: r, serviceAccountRef: {name: app}}            | PUT auth/k8s/a/login | {"jwt":"account.token","role":"r"}
          kubernetes: {role: r, secretRef: {name: me}}                                       | PUT auth/kubernetes/login | {"jwt":"root","role":"r"}
          jwt: {role: r, secretRef: {name: me, key: token}}                                  | PUT auth/jwt/login | {"jwt":"root","role":"r"}
          jwt: {path: oidc, kubernetesServiceAccountToken: {serviceAccountRef: {name: app}}} | PUT auth/oidc/login | {"jwt":"account.token"}
          ldap: {username: ann, secretRef: {name: me, key: password}}                        | PUT auth/ldap/login/ann | {"password":"pw\\"\\\\"}
          userPass: {path: up, username: a b, secretRef: {name: me, key: password}}          | PUT auth/up/login/a%20b | {"password":"pw\\"\\\\"}
          """)
  void eachMethodLogsInAsUpstream(String auth, String login, String body) throws Exception {
    server.on(READ, 200, VALUE);
    if (!login.isEmpty()) {
      server.on(login, 200, token("root", 60));
    }
    assertThat(fetch(open("namespace: team, auth: {namespace: people, " + auth + "}")))
        .isEqualTo(MARK);
    if (!login.isEmpty()) {
      ToldServer.Asked asked = server.requests().getFirst();
      assertThat(asked.what()).isEqualTo(login);
      assertThat(asked.body()).isEqualTo(body);
      assertThat(asked.namespace()).isEqualTo("people");
    }
    ToldServer.Asked read = server.requests().getLast();
    assertThat(read.what()).isEqualTo(READ);
    assertThat(read.token()).isEqualTo("root");
    assertThat(read.namespace()).isEqualTo("team");
  }

  @Test
  void tokensOfAccountsAreForVaultUnlessSaidOtherwise() throws Exception {
    server.on(READ, 200, VALUE).on("PUT auth/jwt/login", 200, token("t", 60));
    Given given = new Given().account("app", "account.token");
    fetch(
        given.open(
            provider,
            configuration(
                "auth: {jwt: {kubernetesServiceAccountToken: {serviceAccountRef: {name: app,"
                    + " audiences: [more]}}}}")));
    assertThat(given.audiences()).containsExactly("vault", "more");
  }

  @Test
  void withoutAuthNoTokenIsSent() throws Exception {
    server.on(READ, 200, VALUE);
    assertThat(fetch(open("headers: {X-Own: mine}"))).isEqualTo(MARK);
    assertThat(server.requests().getFirst().all())
        .doesNotContainKey("X-vault-token")
        .containsEntry("X-own", "mine")
        .containsEntry("X-vault-request", "true");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          200 | not json                                           | Unreachable
          200 | {"data":{"data":{"k":"MARKED-VALUE"               | Unreachable
          200 | {"data":["MARKED-VALUE"]}                          | Malformed
          404 | {"errors":[]}                                      | NotFound
          404 | {"data":{"data":null,"metadata":{"version":3}}}    | NotFound
          404 | {"errors":["no handler for route MARKED-VALUE"]}   | Malformed
          400 | {"errors":["MARKED-VALUE"]}                        | Malformed
          500 | {"errors":["MARKED-VALUE"]}                        | Unreachable
          502 | MARKED-VALUE                                       | Unreachable
          503 | {"errors":["Vault is sealed"]}                     | Unreachable
          """)
  void everyAnswerHasItsMeaningAndNoneIsRepeated(int code, String body, String problem)
      throws Exception {
    withToken(3600).on(READ, code, body);
    StoreException failure = catchThrowableOfType(StoreException.class, () -> fetch(open()));
    assertThat(failure.problem().getClass().getSimpleName()).isEqualTo(problem);
    assertThat(failure).hasMessageNotContaining(MARK);
  }

  @Test
  void aThrottledCallSaysWhenItMayComeBack() throws Exception {
    withToken(3600)
        .on(
            READ,
            (exchange, _) -> {
              exchange.getResponseHeaders().add("Retry-After", "17");
              ToldServer.reply(exchange, 429, "{\"errors\":[]}");
            });
    StoreException failure = catchThrowableOfType(StoreException.class, () -> fetch(open()));
    assertThat(failure.problem()).isEqualTo(new Problem.Throttled(Duration.ofSeconds(17)));
  }

  @Test
  void aCallThatIsInterruptedEnds() throws Exception {
    CountDownLatch reached = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    withToken(3600)
        .on(
            READ,
            (_, _) -> {
              reached.countDown();
              try {
                never.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<String> fetching = threads.submit(() -> fetch(open()));
      reached.await();
      threads.shutdownNow();
      assertThatThrownBy(fetching::get)
          .isInstanceOf(ExecutionException.class)
          .cause()
          .hasMessageContaining("was not waited for");
    } finally {
      never.countDown();
    }
  }

  @Test
  void aStandbyMayPointToTheActiveServer() throws Exception {
    try (ToldServer active = new ToldServer()) {
      active.on(READ, 200, VALUE);
      withToken(3600)
          .on(
              READ,
              (exchange, _) -> {
                exchange.getResponseHeaders().add("Location", active.url() + "/v1/m/data/app");
                ToldServer.reply(exchange, 307, "");
              });
      assertThat(fetch(open())).isEqualTo(MARK);
      assertThat(active.requests().getFirst().token()).isEqualTo("t1");
    }
  }

  @Test
  void whatWasWrittenIsReadWhichEverServerAnswers() throws Exception {
    AtomicInteger number = new AtomicInteger();
    withToken(3600)
        .on(
            READ,
            (exchange, _) -> {
              exchange.getResponseHeaders().add("X-Vault-Index", "state-" + number.get());
              boolean late = number.incrementAndGet() == 2;
              ToldServer.reply(exchange, late ? 412 : 200, late ? "{\"errors\":[]}" : VALUE);
            });
    SecretStore store =
        open("readYourWrites: true, forwardInconsistent: true, auth: {" + APP_ROLE + "}");
    fetch(store);
    assertThat(fetch(store)).isEqualTo(MARK);
    assertThat(server.asked()).containsExactly(LOGIN, READ, READ, READ);
    assertThat(server.requests().get(2).all())
        .containsEntry("X-vault-index", "state-0")
        .containsEntry("X-vault-inconsistent", "forward-active-node");
  }

  private void engine() {
    AtomicInteger number = new AtomicInteger();
    server.on(
        "GET database/creds/app",
        (exchange, _) -> {
          int it = number.incrementAndGet();
          ToldServer.reply(
              exchange,
              200,
              """
              {"lease_id":"database/creds/app/%d","renewable":true,"lease_duration":3600,
               "data":{"username":"u%d","password":"p%d"}}
              """
                  .formatted(it, it, it));
        });
    server.on("PUT sys/leases/renew", 200, "{\"lease_id\":\"l\",\"lease_duration\":3600}");
  }

  private static RemoteRef creds(String property) {
    return new RemoteRef("database/creds/app", property, "");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          path: m                | 1
          version: v1, path: ''  | 0
          path: ''               | 1
          """)
  void whatAnEngineMakesIsOneLeaseForUserAndPassword(String where, int inVain) throws Exception {
    withToken(3600);
    engine();
    // As a file of a KV store says it; a KV engine has nothing under that key.
    Given given = new Given().secret("me", "secret-id", "id");
    for (int i = 0; i < 3; i++) {
      SecretStore store =
          given.open(
              provider, "{server: '%s', %s, auth: {%s}}".formatted(server.url(), where, APP_ROLE));
      assertThat(Given.text(store.fetch(creds("username")))).isEqualTo("u1");
      assertThat(Given.text(store.fetch(creds("password")))).isEqualTo("p1");
      assertThat(Given.texts(store.fetchMap(creds(""))))
          .isEqualTo(Map.of("username", "u1", "password", "p1"));
      nanos.addAndGet(Duration.ofMinutes(5).toNanos());
      server.on("PUT auth/token/renew-self", 200, token("t1", 3600));
    }
    assertThat(server.count("GET database/creds/app")).isEqualTo(1);
    assertThat(server.count("PUT sys/leases/renew")).isEqualTo(2);
    assertThat(server.asked()).hasSize(1 + inVain + 1 + 2);
  }

  @Test
  void whereNoEngineMakesItTheKvEngineIsToBlame() throws Exception {
    withToken(3600).on("GET database/creds/app", 404, "{\"errors\":[\"no handler for route\"]}");
    assertThatThrownBy(() -> open().fetch(creds("username")))
        .hasMessage("Secret does not exist: key database/creds/app of SecretStore/ns/s");
  }

  @Test
  void anAnswerOfAnotherKindOfEngineIsExplained() throws Exception {
    withToken(3600)
        .on(READ, 404, "{\"errors\":[\"1 error occurred:\\n\\t* unsupported path\\n\\n\"]}")
        .on(
            "GET sys/internal/ui/mounts/m/data/app",
            200,
            "{\"data\":{\"type\":\"transit\",\"path\":\"m/\",\"options\":null}}");
    assertThatThrownBy(() -> fetch(open()))
        .hasMessageStartingWith("SecretStore/ns/s: m/ in Vault is a transit engine");
  }

  @Test
  void aValueIsNotKeptAfterItWasClosed() throws Exception {
    withToken(3600).on(READ, 200, VALUE);
    Item item = open().fetch(APP);
    item.value().close();
    assertThatThrownBy(item.value()::size).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          server: ftp://x                                            | server is no address
          server: 'https://user:pw@x'                                | server is no address
          server: https://x, version: v3                             | version must be one of v1, v2
          server: https://x, version: v1, checkAndSet: {required: true} | checkAndSet is not supported with Vault KV version v1
          server: https://x, auth: {}                                | no valid auth method specified
          server: https://x, auth: {iam: {}}                         | auth.iam.vaultRole
          server: https://x, auth: {iam: {vaultRole: r}}             | to be somebody to AWS, which is not in here
          server: https://x, auth: {gcp: {role: r}}                  | auth.gcp is not in this version
          server: https://x, auth: {appRole: {secretRef: {name: me, key: id}}} | needs roleId or roleRef
          server: https://x, auth: {jwt: {}}                         | needs secretRef or kubernetesServiceAccountToken
          server: https://x, tls: {certSecretRef: {name: me}}        | needs both certSecretRef and keySecretRef
          server: https://x, caBundle: bm8=                          | names certificates that are no PEM
          server: https://x, unknown: 1                              | does not understand spec.provider.it.unknown
          """)
  void aConfigurationThatIsNotUnderstoodIsRefused(String configuration, String message) {
    assertThatThrownBy(() -> new Given().open(provider, "{" + configuration + "}"))
        .hasMessageContaining(message);
  }

  @Test
  void aSearchNeedsSomethingToLookFor() throws Exception {
    var search = open().searching().orElseThrow();
    assertThatThrownBy(() -> search.find(new Search(Optional.empty(), Optional.empty(), Map.of())))
        .hasMessageStartingWith("unexpected find operator");
    var first = open("version: v1").searching().orElseThrow();
    assertThatThrownBy(
            () -> first.find(new Search(Optional.empty(), Optional.empty(), Map.of("a", "b"))))
        .hasMessageStartingWith("cannot perform find by tag operations with kv version v1");
  }

  @Test
  void aPushOfWhatIsNoTextIsRefused() throws Exception {
    withToken(3600);
    var writable = open().writing().orElseThrow();
    try (SecretBytes binary = SecretBytes.wrap(new byte[] {(byte) 0xff, 0})) {
      assertThatThrownBy(() -> writable.push(new Writable.Remote("app", "k"), binary, Map.of()))
          .hasMessageContaining("is not text");
    }
  }
}
