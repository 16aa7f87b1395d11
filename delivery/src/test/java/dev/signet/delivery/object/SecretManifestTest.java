package dev.signet.delivery.object;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Trees;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecretManifestTest {

  private static Secret read(String yaml) throws MalformedObjectException {
    return SecretManifest.read(Trees.of(yaml), "test.yaml");
  }

  private static Map<String, String> values(Secret secret) {
    Map<String, String> values = new TreeMap<>();
    secret
        .data()
        .items()
        .forEach((key, item) -> values.put(key, item.value().with(b -> new String(b, UTF_8))));
    return values;
  }

  @Test
  void textWinsOverBase64() throws MalformedObjectException {
    try (Secret secret =
        read(
            """
            apiVersion: v1
            kind: Secret
            metadata: {name: s, namespace: ns}
            type: Opaque
            immutable: true
            data: {a: YQ==, both: YQ==, empty: '', none: null, wrapped: "YW\\nI="}
            stringData: {both: text, c: 'ü', nothing: null}
            """)) {
      assertThat(values(secret))
          .isEqualTo(
              new TreeMap<>(
                  Map.of(
                      "a", "a", "both", "text", "c", "ü", "empty", "", "none", "", "nothing", "",
                      "wrapped", "ab")));
      assertThat(secret.type()).isEqualTo("Opaque");
      assertThat(secret.immutable()).contains(true);
      assertThat(secret.ref()).isEqualTo(Ref.secret("ns", "s"));
      assertThat(secret.data().get("a").map(Item::origin)).contains(Origin.of("test.yaml", "a"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {data: {ok: YQ==, pass: 'hunter2!'}}   | data.pass is not Base64: illegal base64 data at input byte 7
          {data: {pass: hunter}}                 | data.pass is not Base64: illegal base64 data at input byte 4
          {data: {pass: 12345}}                  | data.pass must be a string, not a whole number
          {stringData: {pass: true}}             | stringData.pass must be a string, not a boolean
          {data: [hunter2]}                      | data must be an object, not a list
          {type: 1}                              | type must be a string, not a whole number
          {immutable: hunter2}                   | immutable must be true or false, not a string
          {metadata: hunter2}                    | metadata must be an object, not a string
          """)
  void aBrokenFieldIsNamedAndItsValueIsNot(String yaml, String message) {
    assertThatThrownBy(() -> read(yaml))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessage(message)
        .hasMessageNotContaining("hunter");
  }

  @Test
  void whatIsWrittenReadsBackInTheOrderOfGo() throws MalformedObjectException {
    try (Secret secret =
            read(
                """
                kind: Secret
                metadata: {name: s, namespace: ns, labels: {a: b}}
                type: kubernetes.io/tls
                immutable: false
                data: {z: AAH/gA==, a: ''}
                """);
        Secret again = SecretManifest.read(SecretManifest.write(secret), "again")) {
      assertThat(SecretManifest.write(secret).keySet())
          .containsExactly("kind", "apiVersion", "metadata", "immutable", "data", "type");
      assertThat(SecretManifest.write(secret).get("data")).hasToString("{a=, z=AAH/gA==}");
      assertThat(again.sameAs(secret)).isTrue();
      assertThat(again.immutable()).contains(false);
    }
  }

  @Test
  void aSecretWithNothingInItHasNoEmptyFields() throws MalformedObjectException {
    try (Secret secret = read("metadata: {name: s}")) {
      assertThat(SecretManifest.write(secret).keySet())
          .containsExactly("kind", "apiVersion", "metadata");
    }
  }

  @Test
  void printingASecretShowsNoValue() throws MalformedObjectException {
    try (Secret secret = read("{metadata: {name: s}, stringData: {pass: hunter2}}")) {
      assertThat(secret.toString()).contains("pass").doesNotContain("hunter2");
    }
  }

  private static Secret secret(
      Metadata metadata, String type, Optional<Boolean> immutable, String value) {
    Material data = new Material();
    data.put("k", new Item(SecretBytes.copyOf(value.getBytes(UTF_8)), Origin.of("a", "b")));
    return new Secret(metadata, type, immutable, data);
  }

  @Test
  void theServersOwnMetadataIsNoDifference() {
    Metadata plain = Metadata.named("ns", "s").with("labels", Map.of("a", "b"));
    try (Secret secret = secret(plain, "", Optional.empty(), "v")) {
      for (Secret same :
          List.of(
              secret(
                  plain.with("uid", "u").with("resourceVersion", "9"), "", Optional.empty(), "v"),
              secret(
                  plain.with("creationTimestamp", "t").with("generation", 1L),
                  "",
                  Optional.empty(),
                  "v"),
              secret(plain, "Opaque", Optional.empty(), "v"),
              secret(plain, "", Optional.of(false), "v"))) {
        assertThat(secret.sameAs(same)).isTrue();
        assertThat(same.sameAs(secret)).isTrue();
      }
      for (Secret other :
          List.of(
              secret(plain.with("labels", Map.of("a", "c")), "", Optional.empty(), "v"),
              secret(plain.with("annotations", Map.of("a", "c")), "", Optional.empty(), "v"),
              secret(plain.with("finalizers", List.of("f")), "", Optional.empty(), "v"),
              secret(
                  plain.with("ownerReferences", List.of(Map.of("uid", "u"))),
                  "",
                  Optional.empty(),
                  "v"),
              secret(plain.with("name", "t"), "", Optional.empty(), "v"),
              secret(plain, "kubernetes.io/tls", Optional.empty(), "v"),
              secret(plain, "", Optional.of(true), "v"),
              secret(plain, "", Optional.empty(), "w"),
              secret(plain, "", Optional.empty(), ""))) {
        assertThat(secret.sameAs(other)).isFalse();
        assertThat(other.sameAs(secret)).isFalse();
      }
    }
  }
}
