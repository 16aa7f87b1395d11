package dev.signet.kube;

import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretJsonTest {

  private static Secret read(String json) throws IOException {
    return SecretJson.read(json.getBytes(UTF_8));
  }

  private static byte[] value(Secret secret, String key) {
    return secret.data().get(key).orElseThrow().value().with(byte[]::clone);
  }

  @Test
  void aSecretAsTheApiServerWritesIt() throws IOException {
    try (Secret secret =
        read(
            """
            {"kind":"Secret","apiVersion":"v1","metadata":{"name":"db","namespace":"team",
            "uid":"u-1","resourceVersion":"7","labels":{"a":"b"},
            "managedFields":[{"manager":"x"}]},
            "data":{"password":"aHVudGVyMg==","empty":""},"immutable":true,"type":"Opaque"}
            """)) {
      assertThat(secret.metadata().tree())
          .isEqualTo(
              Map.of(
                  "name",
                  "db",
                  "namespace",
                  "team",
                  "uid",
                  "u-1",
                  "resourceVersion",
                  "7",
                  "labels",
                  Map.of("a", "b"),
                  "managedFields",
                  List.of(Map.of("manager", "x"))));
      assertThat(value(secret, "password")).isEqualTo("hunter2".getBytes(UTF_8));
      assertThat(value(secret, "empty")).isEmpty();
      assertThat(secret.immutable()).contains(true);
      assertThat(secret.type()).isEqualTo("Opaque");
      assertThat(secret.data().get("password").orElseThrow().origin())
          .isEqualTo(Origin.of("Secret/team/db", "password"));
    }
  }

  @Test
  void whatMayBeAbsentOrNullIs() throws IOException {
    try (Secret secret =
        read("{\"metadata\":{\"name\":\"a\"},\"data\":{\"k\":null},\"immutable\":null}")) {
      assertThat(secret.immutable()).isEmpty();
      assertThat(secret.type()).isEmpty();
      assertThat(value(secret, "k")).isEmpty();
    }
    try (Secret secret = read("{\"data\":null,\"metadata\":{\"name\":\"a\"}}")) {
      assertThat(secret.data().isEmpty()).isTrue();
    }
  }

  @Test
  void escapesWithinValuesAreResolved() throws IOException {
    String escaped = "{\"data\":{\"k\":\"\\u002b\\/8=\",\"l\":\"YWI\\r\\n=\"},\"metadata\":{}}";
    try (Secret secret = read(escaped)) {
      assertThat(value(secret, "k")).isEqualTo(Base64.getDecoder().decode("+/8="));
      assertThat(value(secret, "l")).isEqualTo("ab".getBytes(UTF_8));
    }
  }

  @Test
  void aKeyThatComesTwiceIsTheLastOne() throws IOException {
    try (Secret secret = read("{\"data\":{\"k\":\"YQ==\",\"k\":\"Yg==\"},\"metadata\":{}}")) {
      assertThat(value(secret, "k")).isEqualTo("b".getBytes(UTF_8));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[]",
        "",
        "{\"data\":{\"k\":\"c2VjcmV0\"",
        "{\"data\":{\"k\":\"c2VjcmV0!\"},\"metadata\":{}}",
        "{\"data\":{\"k\":\"c2VjcmV\\u00e9\"},\"metadata\":{}}",
        "{\"data\":{\"k\":\"c2VjcmV\\u00\"},\"metadata\":{}}",
        "{\"data\":{\"k\":\"c2VjcmV\\t\"},\"metadata\":{}}",
        "{\"data\":{\"k\":12345},\"metadata\":{}}",
        "{\"data\":{\"k\":[\"c2VjcmV0\"]},\"metadata\":{}}",
        "{\"data\":{\"k\":\"c2VjcmV0\"},\"metadata\":{\"labels\":[1]}}",
      })
  void whatIsNoSecretIsRefusedWithoutQuotingIt(String json) {
    assertThatIOException()
        .isThrownBy(() -> read(json))
        .satisfies(
            e -> {
              if (!(e instanceof com.fasterxml.jackson.core.JsonProcessingException)) {
                assertThat(e).message().doesNotContain("c2VjcmV", "12345");
              }
            });
  }

  @Test
  void otherEncodingsAreRefused() {
    byte[] utf16 = "{\"data\":{\"k\":\"YQ==\"},\"metadata\":{}}".getBytes(UTF_16BE);
    assertThatIOException().isThrownBy(() -> SecretJson.read(utf16)).withMessage("not utf-8");
  }

  @Test
  void aListHasPages() throws IOException {
    SecretJson.Page page =
        SecretJson.readList(
            """
            {"kind":"SecretList","metadata":{"continue":"next","resourceVersion":"9"},
            "items":[{"metadata":{"name":"a"},"data":{"k":"YQ=="}},{"metadata":{"name":"b"}}]}
            """
                .getBytes(UTF_8));
    assertThat(page.next()).isEqualTo("next");
    assertThat(page.secrets()).hasSize(2);
    assertThat(value(page.secrets().get(0), "k")).isEqualTo("a".getBytes(UTF_8));
    page.secrets().forEach(Secret::close);
    SecretJson.Page none = SecretJson.readList("{\"metadata\":{},\"items\":null}".getBytes(UTF_8));
    assertThat(none.secrets()).isEmpty();
    assertThat(none.next()).isEmpty();
  }

  @Test
  void aWriteHasPreconditionsOrNone() throws IOException {
    Material data = new Material();
    data.put("k", new Item(SecretBytes.wrap(new byte[] {-1, 0, 62}), Origin.of("t", "k")));
    Metadata metadata =
        Metadata.named("team", "db")
            .with("uid", "u-1")
            .with("resourceVersion", "7")
            .with("creationTimestamp", "2026-01-01T00:00:00Z")
            .with("generation", 3L);
    try (Secret secret = new Secret(metadata, "Opaque", Optional.of(false), data)) {
      assertThat(new String(SecretJson.write(secret, true), UTF_8))
          .isEqualTo(
              "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"db\","
                  + "\"namespace\":\"team\",\"uid\":\"u-1\",\"resourceVersion\":\"7\"},"
                  + "\"immutable\":false,\"data\":{\"k\":\"/wA+\"},\"type\":\"Opaque\"}");
      assertThat(new String(SecretJson.write(secret, false), UTF_8))
          .contains("\"metadata\":{\"name\":\"db\",\"namespace\":\"team\"}");
    }
  }

  @Property(tries = 100)
  void whatIsWrittenIsRead(@ForAll List<byte[]> values, @ForAll String name) throws IOException {
    Material data = new Material();
    for (int i = 0; i < values.size(); i++) {
      data.put("k" + i, new Item(SecretBytes.copyOf(values.get(i)), Origin.of("t", "k")));
    }
    String wellFormed = new String(name.getBytes(UTF_8), UTF_8);
    Metadata metadata = Metadata.named("ns", "x").with("labels", Map.of("l", wellFormed));
    try (Secret secret = new Secret(metadata, "t", Optional.empty(), data);
        Secret read = SecretJson.read(SecretJson.write(secret, false))) {
      assertThat(read.sameAs(secret)).isTrue();
      assertThat(read.data().items().keySet()).isEqualTo(secret.data().items().keySet());
    }
  }

  @FuzzTest
  void anythingIsReadOrRefused(byte[] body) {
    try (Secret secret = SecretJson.read(body)) {
      secret.data().items().values().forEach(item -> item.value().size());
    } catch (IOException e) {
      // Refused.
    }
    try {
      SecretJson.readList(body).secrets().forEach(Secret::close);
    } catch (IOException e) {
      // Refused.
    }
  }
}
