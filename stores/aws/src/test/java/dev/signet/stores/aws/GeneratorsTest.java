package dev.signet.stores.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import java.net.URI;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnMoto
final class GeneratorsTest {

  private static final String AUTH =
      """
      region: eu-central-1
      auth:
        secretRef:
          accessKeyIDSecretRef: {name: me, key: id}
          secretAccessKeySecretRef: {name: me, key: key}
      """;

  private Gate gate;
  private AwsStores aws;

  @BeforeEach
  void start(Moto moto) throws Exception {
    moto.reset();
    gate = new Gate(URI.create(moto.url()));
    aws = AwsPlace.stores(gate.url(), ApiCalls.UNCOUNTED);
  }

  @AfterEach
  void close() {
    gate.close();
  }

  private static Map<String, String> made(Generator generator, String configuration)
      throws Exception {
    Given given = new Given().secret("me", "id", "AKIAME").secret("me", "key", "k");
    Fields spec = Given.fields(configuration);
    Generator.Made made =
        generator.generate(
            "G/ns/g",
            spec,
            new Generator.Sources(
                (_, _) -> {
                  throw new StoreException(new Problem.NotFound(), "none");
                },
                given,
                InstantSource.system(),
                new SecureRandom()));
    spec.refuseUnread();
    assertThat(made.lasting()).isEmpty();
    return Given.texts(made.values());
  }

  @Test
  void aTokenOfARegistryIsANameAndAPassword() throws Exception {
    assertThat(made(aws.registryTokens(), AUTH))
        .isEqualTo(
            Map.of(
                "username",
                "AWS",
                "password",
                "123456789012-auth-token",
                "proxy_endpoint",
                "https://123456789012.dkr.ecr.eu-central-1.amazonaws.com",
                "expires_at",
                "1420070400"));
    assertThat(gate.asked().getLast().header("authorization"))
        .contains("Credential=AKIAME/", "/eu-central-1/ecr/aws4_request");
    var _ = made(aws.registryTokens(), AUTH + "role: arn:aws:iam::123456789012:role/r\n");
    assertThat(gate.asked().getLast().header("x-amz-security-token")).isNotEmpty();
  }

  @Test
  void whatARegistryDeniesIsSaid() {
    gate.answer(
        it -> AwsPlace.target(it).equals("GetAuthorizationToken"),
        AwsPlace.error(
            "com.amazon#AccessDeniedException",
            "User: u is not authorized to perform: ecr:GetAuthorizationToken on resource: *",
            Map.of()));
    assertThatThrownBy(() -> made(aws.registryTokens(), AUTH))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("who asks may not ecr:GetAuthorizationToken on *")
        .hasMessageContaining("G/ns/g");
  }

  @Test
  void aSessionHasKeysOfItsOwn() throws Exception {
    Map<String, String> made =
        made(
            aws.sessionTokens(),
            AUTH
                + "requestParameters: {sessionDuration: 900, serialNumber: device, tokenCode: '1'}\n");
    assertThat(made)
        .containsOnlyKeys("access_key_id", "secret_access_key", "session_token", "expiration");
    assertThat(made.get("expiration")).matches("[0-9]{10}");
    assertThat(gate.asked().getLast().body())
        .contains("DurationSeconds=900", "SerialNumber=device", "TokenCode=1");
    assertThatThrownBy(
            () ->
                made(
                    aws.sessionTokens(),
                    "region: eu-central-1\nauth: {jwt: {serviceAccountRef: {name: a}}}"))
        .hasMessageContaining("jwt auth cannot be used");
  }
}
