package dev.signet.dialects.sealedsecrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.signet.core.sealing.Hint;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.World;
import dev.signet.testkit.Jsonl;
import dev.signet.yaml.Document;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Opening objects that upstream sealed, against what upstream makes of them. */
class UnsealingTest {

  static List<Jsonl.Row> opened() {
    return rows(row -> !row.has("sealError") && !row.has("unsealError"));
  }

  static List<Jsonl.Row> refused() {
    return rows(row -> row.has("unsealError"));
  }

  private static List<Jsonl.Row> rows(java.util.function.Predicate<Jsonl.Row> which) {
    return UpstreamObjects.all().stream().filter(which).toList();
  }

  @ParameterizedTest
  @MethodSource("opened")
  void opensToWhatUpstreamMakesOfIt(Jsonl.Row row) throws Exception {
    List<Map<String, @Nullable Object>> secrets = new ArrayList<>();
    for (Document document : UpstreamObjects.documents(row.text("sealed"))) {
      try (Secret secret = unseal(row, document)) {
        secrets.add(comparable(SecretManifest.write(secret)));
      }
    }
    List<Jsonl.Row> expected =
        row.has("unsealedList") ? row.rows("unsealedList") : List.of(row.row("unsealed"));
    assertThat(secrets).isEqualTo(expected.stream().map(one -> comparable(one.fields())).toList());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesWithUpstreamsErrors(Jsonl.Row row) throws Exception {
    Document document = UpstreamObjects.documents(row.text("sealed")).getFirst();
    String message =
        assertThatThrownBy(() -> unseal(row, document))
            .isInstanceOf(UnsealException.class)
            .asInstanceOf(type(UnsealException.class))
            .actual()
            .getMessage();
    assertThat(UpstreamObjects.errors(message))
        .isEqualTo(UpstreamObjects.errors(row.text("unsealError")));
    if (row.has("validateError")) {
      assertThat(UpstreamObjects.errors(message))
          .isEqualTo(UpstreamObjects.errors(row.text("validateError")));
    }
    if (!row.has("errorOrderVaries")) {
      assertThat(message).isEqualTo(row.text("unsealError"));
    }
  }

  @Test
  void theVectorsHoldTemplates() {
    assertThat(
            UpstreamObjects.all().stream()
                .filter(row -> row.text("kind").startsWith("template.data:")))
        .hasSize(18);
  }

  @SuppressWarnings("MustBeClosed")
  private static Secret unseal(Jsonl.Row row, Document document)
      throws UnsealException, MalformedObjectException {
    SealedSecret sealed = SealedSecret.of(KubeObject.of(document.tree(), ""));
    return new Unsealing(UpstreamObjects.ring(row.texts("keyRing")), World.SOURCES)
        .unseal(sealed, Hint.NONE);
  }

  /** Without kind and apiVersion, which the vectors leave out; no data is empty data. */
  private static Map<String, @Nullable Object> comparable(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>(tree);
    result.remove("kind");
    result.remove("apiVersion");
    Map<String, Object> data = new LinkedHashMap<>();
    if (result.remove("data") instanceof Map<?, ?> values) {
      values.forEach((key, value) -> data.put((String) key, value == null ? "" : value));
    }
    result.put("data", data);
    return result;
  }
}
