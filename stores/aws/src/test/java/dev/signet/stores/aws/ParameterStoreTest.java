package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

@OnMoto
final class ParameterStoreTest {

  private ParametersPlace place;
  private SecretStore store;

  @BeforeEach
  void open(Moto moto) throws Exception {
    place = new ParametersPlace(moto);
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

  private Map<String, String> tags(String name) throws IOException {
    Map<String, String> tags = new TreeMap<>();
    place
        .call(
            "AmazonSSM.ListTagsForResource",
            Map.of("ResourceType", "Parameter", "ResourceId", name))
        .rows("TagList")
        .forEach(tag -> tags.put(tag.text("Key"), tag.text("Value")));
    return tags;
  }

  private Jsonl.Row described(String name) throws IOException {
    return place
        .call(
            "AmazonSSM.DescribeParameters",
            Map.of(
                "ParameterFilters",
                List.of(Map.of("Key", "Name", "Option", "Equals", "Values", List.of(name)))))
        .rows("Parameters")
        .getFirst();
  }

  private void push(String name, String value, Map<String, @Nullable Object> spec)
      throws StoreException {
    try (SecretBytes bytes = Given.bytes(value)) {
      store
          .writing()
          .orElseThrow()
          .push(
              new Writable.Remote(name, ""),
              bytes,
              spec.isEmpty()
                  ? Map.of()
                  : Map.of(
                      "apiVersion",
                      "kubernetes.external-secrets.io/v1alpha1",
                      "kind",
                      "PushSecretMetadata",
                      "spec",
                      spec));
    }
  }

  @Test
  void aVersionIsANumberOrALabel() throws Exception {
    put("/app/db", "first");
    put("/app/db", "second");
    var _ =
        place.call(
            "AmazonSSM.LabelParameterVersion",
            Map.of("Name", "/app/db", "ParameterVersion", 1, "Labels", List.of("stable")));
    assertThat(text(new RemoteRef("/app/db", "", "1"))).isEqualTo("first");
    assertThat(text(new RemoteRef("/app/db", "", "stable"))).isEqualTo("first");
    assertThat(text(new RemoteRef("/app/db", "", ""))).isEqualTo("second");
  }

  @Test
  void propertiesMapsAndTagsAreRead() throws Exception {
    put("/app", "{\"user\": \"app\", \"a.b\": \"literal\", \"a\": {\"b\": \"path\"}}");
    place.tag("/app", Map.of("team", "a"));
    assertThat(text(new RemoteRef("/app", "a.b", ""))).isEqualTo("literal");
    assertThat(Given.texts(store.fetchMap(new RemoteRef("/app", "", ""))))
        .isEqualTo(Map.of("user", "app", "a.b", "literal", "a", "{\"b\": \"path\"}"));
    assertThat(text(new RemoteRef("/app", "", "", true))).isEqualTo("{\"team\":\"a\"}");
    assertThat(
            catchThrowableOfType(
                    StoreException.class, () -> text(new RemoteRef("/nothing", "", "", true)))
                .problem())
        .isEqualTo(new Problem.NotFound());
  }

  @Test
  void aSearchByNameReadsValuesWithEachPage() throws Exception {
    for (int i = 0; i < 25; i++) {
      put("/app/" + i, "v" + i);
    }
    put("/other/1", "other");
    assertThat(found("/app", "1", Map.of())).hasSize(12).containsEntry("/app/21", "v21");
    assertThat(calls()).hasSize(3).containsOnly("GetParametersByPath");
  }

  @Test
  void whoMayNotReadByPathListsAndReadsTen() throws Exception {
    for (int i = 0; i < 15; i++) {
      put("/app/" + i, "v" + i);
    }
    place.gate().answer(it -> AwsPlace.target(it).equals("GetParametersByPath"), place.denied());
    assertThat(found("/app", "[0-9]", Map.of())).hasSize(15).containsEntry("/app/14", "v14");
    assertThat(calls()).startsWith("GetParametersByPath", "DescribeParameters");
    assertThat(calls().stream().filter("GetParameters"::equals)).hasSize(2);
    assertThat(calls()).doesNotContain("GetParameter");
    place.gate().answer(it -> AwsPlace.target(it).equals("GetParameters"), place.denied());
    assertThat(found("/app", "[0-9]", Map.of())).hasSize(15);
  }

  @Test
  void tagsAndNamesAreBothAskedFor() throws Exception {
    put("/app/one", "one");
    put("/app/two", "two");
    put("/else/one", "else");
    for (String name : List.of("/app/one", "/app/two", "/else/one")) {
      place.tag(name, Map.of("team", "a"));
    }
    assertThat(found("/app", "", Map.of("team", "a"))).hasSize(2);
    assertThat(found("", "one$", Map.of("team", "a")))
        .isEqualTo(Map.of("/app/one", "one", "/else/one", "else"));
    assertThat(found("", "", Map.of("team", "b"))).isEmpty();
  }

  @Test
  void aPushCreatesWhatUpstreamCreates() throws Exception {
    push("/app", "value", Map.of());
    assertThat(tags("/app")).isEqualTo(Map.of("managed-by", "external-secrets"));
    assertThat(described("/app").text("Type")).isEqualTo("String");
    assertThat(described("/app").text("Description"))
        .isEqualTo("secret 'managed-by:external-secrets'");
    assertThat(calls()).containsExactly("GetParameter", "PutParameter");
  }

  @Test
  void metadataSayHowItIsWritten() throws Exception {
    push(
        "/app",
        "value",
        Map.of(
            "secretType",
            "SecureString",
            "kmsKeyID",
            "alias/own",
            "description",
            "ours",
            "tier",
            Map.of("type", "Advanced"),
            "tags",
            Map.of("team", "a")));
    assertThat(described("/app").text("Type")).isEqualTo("SecureString");
    assertThat(described("/app").text("KeyId")).isEqualTo("alias/own");
    assertThat(described("/app").text("Tier")).isEqualTo("Advanced");
    assertThat(described("/app").text("Description")).isEqualTo("ours");
    assertThat(tags("/app")).isEqualTo(Map.of("managed-by", "external-secrets", "team", "a"));
    push("/app", "value", Map.of("tags", Map.of("team", "b")));
    assertThat(tags("/app")).as("also where the value is the same").containsEntry("team", "b");
    assertThat(calls().stream().filter("PutParameter"::equals)).hasSize(1);
    push("/app", "value", Map.of("secretType", "String"));
    assertThat(described("/app").text("Type")).isEqualTo("String");
  }

  @Test
  void aWholeSecretIsWrittenWithItsValuesInBase64() throws Exception {
    Material whole = new Material();
    whole.put("a", new Item(Given.bytes("1"), Origin.of("s", "a")));
    try (whole;
        SecretBytes plain = Given.bytes("{\"a\":\"1\"}")) {
      Writable.Source source = new Writable.Source("", whole, "Opaque", Map.of(), Map.of());
      Writable writable = store.writing().orElseThrow();
      writable.push(new Writable.Remote("/app", ""), plain, source, Map.of());
      assertThat(text(new RemoteRef("/app", "", ""))).isEqualTo("{\"a\":\"MQ==\"}");
      writable.push(
          new Writable.Remote("/app", ""),
          plain,
          source,
          Map.of(
              "apiVersion",
              "kubernetes.external-secrets.io/v1alpha1",
              "kind",
              "PushSecretMetadata",
              "spec",
              Map.of("encodeAsDecoded", true)));
      assertThat(text(new RemoteRef("/app", "", ""))).isEqualTo("{\"a\":\"1\"}");
    }
  }

  @Test
  void metadataThatAreNotUnderstoodAreRefused() throws Exception {
    assertThat(
            catchThrowableOfType(
                StoreException.class, () -> push("/app", "v", Map.of("kmsKeyId", "x"))))
        .hasMessageContaining("kmsKeyId");
    assertThat(
            catchThrowableOfType(
                StoreException.class,
                () -> push("/app", "v", Map.of("tags", Map.of("managed-by", "me")))))
        .hasMessageContaining("managed-by");
    assertThat(place.stored("/app")).isEmpty();
  }
}
