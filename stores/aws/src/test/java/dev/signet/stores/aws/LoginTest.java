package dev.signet.stores.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who asks, and how a store becomes that. */
@OnMoto
final class LoginTest {

  private static final String KEYS =
      """
      service: SecretsManager
      region: eu-central-1
      auth:
        secretRef:
          accessKeyIDSecretRef: {name: me, key: id}
          secretAccessKeySecretRef: {name: me, key: key}
      """;
  private static final String ACCOUNT =
      """
      service: SecretsManager
      region: eu-central-1
      auth: {jwt: {serviceAccountRef: {name: app, audiences: [more]}}}
      """;

  private Gate gate;
  private StoreProvider provider;

  @BeforeEach
  void start(Moto moto) throws Exception {
    moto.reset();
    var _ =
        moto.call(
            "secretsmanager.CreateSecret",
            "{\"Name\": \"app\", \"SecretString\": \"value\", \"ClientRequestToken\":"
                + " \"00000000-0000-0000-0000-000000000001\"}");
    gate = new Gate(URI.create(moto.url()));
    provider = AwsPlace.provider(gate.url(), ApiCalls.UNCOUNTED);
  }

  @AfterEach
  void close() {
    gate.close();
  }

  private static Given keys() {
    return new Given().secret("me", "id", "AKIAME").secret("me", "key", "k");
  }

  private String fetched(Given given, String configuration) throws Exception {
    try (SecretStore store = given.open(provider, configuration)) {
      return Given.text(store.fetch(new RemoteRef("app", "", "")));
    }
  }

  /** The bodies of what was sent to STS. */
  private List<String> logins() {
    return gate.asked().stream()
        .filter(it -> it.body().contains("Action=AssumeRole"))
        .map(it -> URLDecoder.decode(it.body(), StandardCharsets.UTF_8))
        .toList();
  }

  @Test
  void keysNeedNoLogin() throws Exception {
    assertThat(fetched(keys(), KEYS)).isEqualTo("value");
    assertThat(gate.asked()).hasSize(1);
    assertThat(AwsPlace.keyId(gate.asked().getFirst())).isEqualTo("AKIAME");
    assertThat(gate.asked().getFirst().header("x-amz-security-token")).isEmpty();
  }

  @Test
  void aSessionTokenGoesWithItsKeys() throws Exception {
    String configuration =
        KEYS.replace("secretRef:", "secretRef:\n    sessionTokenSecretRef: {name: me, key: token}");
    assertThat(fetched(keys().secret("me", "token", "tok"), configuration)).isEqualTo("value");
    assertThat(gate.asked().getFirst().header("x-amz-security-token")).isEqualTo("tok");
  }

  @Test
  void rolesAreTakenOneAfterTheOtherAndTheLastHasTheTags() throws Exception {
    String configuration =
        KEYS
            + """
            additionalRoles: ["arn:aws:iam::123456789012:role/one", "arn:aws:iam::123456789012:role/two"]
            role: arn:aws:iam::123456789012:role/last
            externalID: shared
            sessionTags: [{key: team, value: a}]
            transitiveTagKeys: [team]
            """;
    assertThat(fetched(keys(), configuration)).isEqualTo("value");
    assertThat(fetched(keys(), configuration)).isEqualTo("value");
    assertThat(logins()).as("one login for all who ask as the same").hasSize(3);
    assertThat(logins().get(0)).contains("role/one").doesNotContain("ExternalId", "team");
    assertThat(logins().get(1)).contains("role/two").doesNotContain("ExternalId", "team");
    assertThat(logins().get(2))
        .contains("role/last", "ExternalId=shared", "Tags.member.1.Key=team")
        .contains("TransitiveTagKeys.member.1=team");
    assertThat(AwsPlace.keyId(gate.asked().get(0))).isEqualTo("AKIAME");
    assertThat(AwsPlace.keyId(gate.asked().get(1))).isNotEqualTo("AKIAME");
  }

  @ParameterizedTest
  @CsvSource({
    "Simple, esoNamespace esoStoreKind esoStoreName",
    "Custom, esoNamespace esoStoreKind esoStoreName team"
  })
  void sessionsCarryWhoseTheyAre(String policy, String keys) throws Exception {
    String configuration =
        KEYS
            + """
            role: arn:aws:iam::123456789012:role/last
            sessionTagsPolicy: %s
            customSessionTags: {team: a}
            sessionTags: [{key: passed, value: over}]
            """
                .formatted(policy);
    assertThat(fetched(keys(), configuration)).isEqualTo("value");
    int number = 1;
    for (String key : keys.split(" ", -1)) {
      assertThat(logins().getFirst()).contains("Tags.member." + number++ + ".Key=" + key);
    }
    assertThat(logins().getFirst())
        .contains("Value=ns", "Value=SecretStore", "Value=s")
        .doesNotContain("passed");
  }

  @Test
  void aServiceAccountTakesTheRoleThatItIsBoundTo() throws Exception {
    Given given =
        new Given()
            .account("app", "jwt-of-app")
            .annotated(
                "app",
                Map.of("eks.amazonaws.com/role-arn", "arn:aws:iam::123456789012:role/bound"));
    assertThat(fetched(given, ACCOUNT)).isEqualTo("value");
    assertThat(given.audiences()).containsExactly("sts.amazonaws.com", "more");
    assertThat(logins().getFirst())
        .contains("Action=AssumeRoleWithWebIdentity", "role/bound", "WebIdentityToken=jwt-of-app")
        .contains("RoleSessionName=external-secrets-provider-aws");
    assertThat(fetched(given, ACCOUNT)).isEqualTo("value");
    assertThat(given.audiences()).as("nor is the cluster asked again").hasSize(2);
  }

  @Test
  void aServiceAccountWithoutARoleIsNamed() throws Exception {
    try (SecretStore store = new Given().account("app", "jwt").open(provider, ACCOUNT)) {
      assertThat(catchThrowableOfType(StoreException.class, store::validate))
          .hasMessageContaining("an IAM role must be associated with service account app");
    }
  }

  @Test
  void whatIsDeniedToARoleIsNotTriedAtOnce() throws Exception {
    gate.answer(
        it -> it.body().contains("Action=AssumeRole"),
        new Gate.Answer(
            403,
            Map.of(),
            """
            <ErrorResponse><Error><Code>AccessDenied</Code><Message>User: arn:aws:iam::1:user/me is
            not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::1:role/x</Message>
            </Error></ErrorResponse>
            """));
    String configuration = KEYS + "role: arn:aws:iam::123456789012:role/last\n";
    for (int i = 0; i < 3; i++) {
      try (SecretStore store = keys().open(provider, configuration)) {
        StoreException failure = catchThrowableOfType(StoreException.class, store::validate);
        assertThat(failure.problem()).isEqualTo(new Problem.Denied());
        assertThat(failure).hasMessageContaining("role/last").hasMessageContaining("AccessDenied");
      }
    }
    assertThat(logins()).hasSize(1);
  }

  @Test
  void aStoreOfTheClusterIsSomebodyElseForEachUser() throws Exception {
    try (SecretStore store = keys().clusterWide("").open(provider, KEYS)) {
      assertThat(store.validate()).isEqualTo(SecretStore.Validity.UNKNOWN);
    }
    String configuration = KEYS + "role: arn:aws:iam::123456789012:role/last\n";
    assertThat(fetched(keys().clusterWide("a"), configuration)).isEqualTo("value");
    assertThat(fetched(keys().clusterWide("b"), configuration)).isEqualTo("value");
    assertThat(logins()).hasSize(2);
    assertThat(gate.count(it -> it.header("x-amz-target").isEmpty())).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource({
    "region: eu-central-1, region: evil.example.com/, region not found",
    "service: SecretsManager, service: Else, unknown AWS Provider Service: Else",
    "service: SecretsManager, service: CertificateManager, CertificateManager is not in this version",
    "name: me, naem: me, is required",
    "region: eu-central-1, 'region: eu-central-1\nregoin: x', regoin",
    "region: eu-central-1, 'region: eu-central-1\nsessionTagsPolicy: Some', must be one of",
    "region: eu-central-1, 'region: eu-central-1\ncustomSessionTags: {esoNamespace: x}', reserved",
    "region: eu-central-1, 'region: eu-central-1\nsecretsManager: {recoveryWindowInDays: 6}', between 7 and 30",
    "region: eu-central-1, 'region: eu-central-1\nsecretsManager: {recoveryWindowInDays: 8, forceDeleteWithoutRecovery: true}', conflicts",
  })
  void whatIsNotUnderstoodIsRefused(String from, String to, String message) {
    assertThatThrownBy(() -> keys().open(provider, KEYS.replaceFirst(from, to)).close())
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(message);
    assertThat(gate.asked()).isEmpty();
  }

  @Test
  void aStoreSaysHowOftenItIsAskedAgain() throws Exception {
    gate.answer(it -> true, new Gate.Answer(503, Map.of(), "{}"));
    for (int attempts : new int[] {1, 5}) {
      int before = gate.asked().size();
      Retries retries = new Retries(attempts, Optional.of(Duration.ofMillis(1)));
      try (SecretStore store = keys().retrying(retries).open(provider, KEYS)) {
        assertThat(
                catchThrowableOfType(
                        StoreException.class, () -> store.fetch(new RemoteRef("app", "", "")))
                    .problem())
            .isEqualTo(new Problem.Unreachable());
      }
      assertThat(gate.asked()).hasSize(before + attempts);
    }
  }

  @Test
  void anEmptyKeyIsNobody() {
    assertThatThrownBy(() -> keys().secret("me", "key", "").open(provider, KEYS).close())
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("empty");
  }
}
