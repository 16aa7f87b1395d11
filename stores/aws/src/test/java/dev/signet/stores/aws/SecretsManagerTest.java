package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Gate;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@OnMoto
final class SecretsManagerTest {

  private SecretsPlace place;
  private SecretStore store;

  @BeforeEach
  void open(Moto moto) throws Exception {
    place = new SecretsPlace(moto);
    store = place.open();
  }

  @AfterEach
  void close() {
    store.close();
    place.close();
  }

  private void put(String name, String value) throws IOException {
    place.put(name, value.getBytes(UTF_8));
  }

  private String text(RemoteRef ref) throws StoreException {
    return Given.text(store.fetch(ref));
  }

  private List<String> calls() {
    return place.gate().asked().stream().map(AwsPlace::target).filter(it -> !it.isEmpty()).toList();
  }

  private static Map<String, @Nullable Object> metadata(Map<String, @Nullable Object> spec) {
    return Map.of(
        "apiVersion",
        "kubernetes.external-secrets.io/v1alpha1",
        "kind",
        "PushSecretMetadata",
        "spec",
        spec);
  }

  private void push(String key, String property, String value, Map<String, @Nullable Object> spec)
      throws StoreException {
    try (SecretBytes bytes = Given.bytes(value)) {
      store
          .writing()
          .orElseThrow()
          .push(
              new Writable.Remote(key, property),
              bytes,
              spec.isEmpty() ? Map.of() : metadata(spec));
    }
  }

  private Jsonl.Row described(String key) throws IOException {
    return place.call("secretsmanager.DescribeSecret", Map.of("SecretId", key));
  }

  private Map<String, String> tags(String key) throws IOException {
    Map<String, String> tags = new TreeMap<>();
    described(key).rows("Tags").forEach(tag -> tags.put(tag.text("Key"), tag.text("Value")));
    return tags;
  }

  @Test
  void aVersionIsAStageOrItsId() throws Exception {
    String first = place.put("app", "first".getBytes(UTF_8));
    String second = place.put("app", "second".getBytes(UTF_8));
    assertThat(text(new RemoteRef("app", "", "AWSCURRENT"))).isEqualTo("second");
    assertThat(text(new RemoteRef("app", "", "AWSPREVIOUS"))).isEqualTo("first");
    assertThat(text(new RemoteRef("app", "", first))).isEqualTo("first");
    assertThat(text(new RemoteRef("app", "", second))).isEqualTo("second");
  }

  @ParameterizedTest
  @CsvSource({
    "user, app",
    "a.b, literal",
    "deep.list.1, two",
    "deep.n, 12345678901234567890",
    "none, ''"
  })
  void aPropertyIsAFieldOfThatNameElseAPath(String property, String value) throws Exception {
    put(
        "app",
        """
        {"user": "app", "a.b": "literal", "a": {"b": "path"}, "none": null,
         "deep": {"list": ["one", "two"], "n": 12345678901234567890}}
        """);
    assertThat(text(new RemoteRef("app", property, ""))).isEqualTo(value);
  }

  @Test
  void aKeyIsANameOrAnArnAndTagsAreItsMetadata() throws Exception {
    put("team/app", "{\"user\": \"app\", \"n\": 1.50}");
    place.tag("team/app", Map.of("team", "a&b", "env", "prod"));
    String arn = described("team/app").text("ARN");
    assertThat(text(new RemoteRef(arn, "user", ""))).isEqualTo("app");
    assertThat(Given.texts(store.fetchMap(new RemoteRef("team/app", "", ""))))
        .isEqualTo(Map.of("user", "app", "n", "1.50"));
    assertThat(text(new RemoteRef("team/app", "", "", true)))
        .isEqualTo("{\"env\":\"prod\",\"team\":\"a\\u0026b\"}");
    assertThat(text(new RemoteRef("team/app", "env", "", true))).isEqualTo("prod");
  }

  @Test
  void whatIsMarkedForDeletionDoesNotExist() throws Exception {
    put("app", "value");
    var _ = place.call("secretsmanager.DeleteSecret", Map.of("SecretId", "app"));
    StoreException failure =
        catchThrowableOfType(StoreException.class, () -> text(new RemoteRef("app", "", "")));
    assertThat(failure.problem()).isEqualTo(new Problem.NotFound());
    assertThat(failure).hasMessageContaining("Secret does not exist");
  }

  private Map<String, String> found(String path, String name, Map<String, String> tags)
      throws StoreException {
    return Given.texts(
        store
            .searching()
            .orElseThrow()
            .find(
                new Search(
                    Optional.of(path).filter(it -> !it.isEmpty()),
                    Optional.of(name).filter(it -> !it.isEmpty()).map(Pattern::compile),
                    tags)));
  }

  @Test
  void twentyFindsAreReadByOneCall() throws Exception {
    for (int i = 0; i < 45; i++) {
      put("app/" + i, "v" + i);
    }
    put("other/app/1", "other");
    assertThat(found("app/", "[0-9]", Map.of())).hasSize(45).containsEntry("app/7", "v7");
    assertThat(calls())
        .containsExactly(
            "ListSecrets", "BatchGetSecretValue", "BatchGetSecretValue", "BatchGetSecretValue");
  }

  @Test
  void whoMayNotReadTwentyAtOnceReadsOneByOne() throws Exception {
    put("app/1", "one");
    put("app/2", "two");
    place.gate().answer(it -> AwsPlace.target(it).equals("BatchGetSecretValue"), place.denied());
    assertThat(found("app/", "[0-9]", Map.of())).isEqualTo(Map.of("app/1", "one", "app/2", "two"));
  }

  @Test
  void tagsAreComparedInPairsAndWithNames() throws Exception {
    put("app/both", "both");
    put("app/crossed", "crossed");
    place.tag("app/both", Map.of("a", "1", "b", "2"));
    place.tag("app/crossed", Map.of("a", "2", "b", "1"));
    assertThat(found("", "", Map.of("a", "1", "b", "2"))).isEqualTo(Map.of("app/both", "both"));
    assertThat(found("", "crossed", Map.of("a", "2"))).isEqualTo(Map.of("app/crossed", "crossed"));
    assertThat(found("", "crossed", Map.of("a", "1"))).isEmpty();
  }

  @Test
  void aPushCreatesWhatUpstreamCreates() throws Exception {
    push("app", "", "value", Map.of());
    Jsonl.Row row = described("app");
    assertThat(row.text("Description")).isEqualTo("secret 'managed-by:external-secrets'");
    assertThat(tags("app")).isEqualTo(Map.of("managed-by", "external-secrets"));
    assertThat(place.call("secretsmanager.GetSecretValue", Map.of("SecretId", "app")))
        .satisfies(it -> assertThat(it.has("SecretBinary")).isTrue())
        .satisfies(
            it ->
                assertThat(it.text("VersionId")).isEqualTo("00000000-0000-0000-0000-000000000001"));
    assertThat(calls()).containsExactly("DescribeSecret", "CreateSecret");
  }

  @Test
  void metadataSayHowItIsWritten() throws Exception {
    Map<String, @Nullable Object> spec =
        Map.of(
            "secretPushFormat",
            "string",
            "description",
            "ours",
            "tags",
            Map.of("team", "a"),
            "replicationLocations",
            List.of("eu-west-1"));
    push("app", "", "value", spec);
    assertThat(
            place
                .call("secretsmanager.GetSecretValue", Map.of("SecretId", "app"))
                .text("SecretString"))
        .isEqualTo("value");
    assertThat(described("app").text("Description")).isEqualTo("ours");
    assertThat(tags("app")).isEqualTo(Map.of("managed-by", "external-secrets", "team", "a"));
    assertThat(described("app").rows("ReplicationStatus"))
        .extracting(it -> it.text("Region"))
        .containsExactly("eu-west-1");

    place.tag("app", Map.of("theirs", "x"));
    push(
        "app",
        "",
        "value",
        Map.of("tags", Map.of("team", "b"), "replicationLocations", List.of("eu-west-2")));
    assertThat(tags("app")).isEqualTo(Map.of("managed-by", "external-secrets", "team", "b"));
    assertThat(described("app").rows("ReplicationStatus"))
        .extracting(it -> it.text("Region"))
        .containsExactly("eu-west-2");
    assertThat(calls()).doesNotContain("PutSecretValue");

    place.tag("app", Map.of("theirs", "x"));
    push("app", "", "value", Map.of());
    assertThat(tags("app")).as("without tags in metadata those of others stay").hasSize(3);
  }

  @Test
  void aPolicyIsWrittenWhenItIsAnother() throws Exception {
    String policy =
        """
        {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Principal": "*",
         "Action": "secretsmanager:DeleteSecret", "Resource": "*"}]}
        """;
    try (SecretStore withPolicy = place.open(new Given().secret("policies", "app", policy))) {
      Map<String, @Nullable Object> spec =
          Map.of(
              "resourcePolicy",
              Map.of(
                  "blockPublicPolicy",
                  true,
                  "policySourceRef",
                  Map.of("kind", "ConfigMap", "name", "policies", "key", "app")));
      for (int i = 0; i < 2; i++) {
        try (SecretBytes value = Given.bytes("value")) {
          withPolicy
              .writing()
              .orElseThrow()
              .push(new Writable.Remote("app", ""), value, metadata(spec));
        }
      }
    }
    assertThat(
            place
                .call("secretsmanager.GetResourcePolicy", Map.of("SecretId", "app"))
                .text("ResourcePolicy"))
        .contains("secretsmanager:DeleteSecret");
    assertThat(calls().stream().filter("PutResourcePolicy"::equals)).hasSize(1);
  }

  @Test
  void aSecretWithoutAValueGetsOne() throws Exception {
    var _ =
        place.call(
            "secretsmanager.CreateSecret",
            Map.of(
                "Name", "app", "Tags", AwsPlace.pairs(Map.of("managed-by", "external-secrets"))));
    push("app", "", "value", Map.of());
    assertThat(place.stored("app"))
        .hasValueSatisfying(it -> assertThat(it).isEqualTo("value".getBytes(UTF_8)));
  }

  @Test
  void aPropertyIsDeletedAloneWhileOthersAreLeft() throws Exception {
    push("app", "a.b", "1", Map.of());
    push("app", "c", "2", Map.of());
    Writable writable = store.writing().orElseThrow();
    assertThat(writable.exists(new Writable.Remote("app", "a.b"))).isTrue();
    assertThat(writable.exists(new Writable.Remote("app", "a.x"))).isFalse();
    writable.delete(new Writable.Remote("app", "c"));
    assertThat(place.stored("app"))
        .hasValueSatisfying(it -> assertThat(it).asString().isEqualTo("{\"a\":{\"b\":\"1\"}}"));
    writable.delete(new Writable.Remote("app", "a"));
    assertThat(place.stored("app")).isEmpty();
  }

  @Test
  void whatIsPushedIntoMustBeJson() throws Exception {
    push("app", "", "text", Map.of());
    assertThat(
            catchThrowableOfType(StoreException.class, () -> push("app", "user", "app", Map.of())))
        .hasMessageContaining("JSON");
  }

  @Test
  void aRecoveryWindowIsAskedForAndRespected() throws Exception {
    try (SecretStore slow = place.open("secretsManager: {recoveryWindowInDays: 9}", new Given())) {
      push("app", "", "value", Map.of());
      slow.writing().orElseThrow().delete(new Writable.Remote("app", ""));
      Gate.Asked delete = place.gate().asked().getLast();
      assertThat(delete.body()).contains("\"RecoveryWindowInDays\":9");
      // It is deleted already, as far as anybody can see.
      slow.writing().orElseThrow().delete(new Writable.Remote("app", ""));
      assertThat(calls().stream().filter("DeleteSecret"::equals)).hasSize(1);
      assertThat(
              catchThrowableOfType(StoreException.class, () -> push("app", "", "again", Map.of())))
          .hasMessageContaining("marked for deletion");
    }
  }

  @Test
  void aPrefixStandsBeforeEachKey() throws Exception {
    put("team/app", "value");
    List<String> counted = new ArrayList<>();
    try (SecretStore prefixed =
        place.counting(
            "prefix: team/",
            (provider, call, succeeded) -> counted.add(provider + " " + call + " " + succeeded))) {
      assertThat(Given.text(prefixed.fetch(new RemoteRef("app", "", "")))).isEqualTo("value");
      assertThat(
              catchThrowableOfType(
                  StoreException.class, () -> prefixed.fetch(new RemoteRef("nothing", "", ""))))
          .hasMessageContaining("team/nothing");
    }
    assertThat(counted)
        .containsExactly(
            "AWS/SecretsManager GetSecretValue true", "AWS/SecretsManager GetSecretValue false");
  }
}
