package dev.signet.dialects.sealedsecrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.Item;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.NoKeyException;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.testkit.Jsonl;
import dev.signet.yaml.Document;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.GoYaml;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sealing against the objects that upstream's kubeseal made of the same input. */
class SealingTest {

  private static final Pattern CIPHERTEXT = Pattern.compile("A[gQ][A-P][A-Za-z0-9+/]{300,}=*");

  static List<Jsonl.Row> sealed() {
    return UpstreamObjects.all().stream().filter(row -> !row.has("sealError")).toList();
  }

  static List<Jsonl.Row> printedAsSealed() {
    return sealed().stream().filter(row -> !row.has("editedAfterSealing")).toList();
  }

  static List<Jsonl.Row> refused() {
    return UpstreamObjects.all().stream().filter(row -> row.has("sealError")).toList();
  }

  @ParameterizedTest
  @MethodSource("printedAsSealed")
  void printsWhatUpstreamPrintsButForTheCiphertexts(Jsonl.Row row) throws Exception {
    StringBuilder text = new StringBuilder();
    for (Document document : UpstreamObjects.documents(row.text("input"))) {
      try (Secret secret = secret(row, document)) {
        Map<String, @Nullable Object> tree = sealing(row).seal(secret, sealer(row)).write();
        text.append(
            row.text("outputFormat").equals("yaml")
                ? "---\n" + GoYaml.write(tree)
                : GoJson.write(tree, GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN) + "\n");
      }
    }
    assertThat(masked(text.toString())).isEqualTo(masked(row.text("sealed")));
  }

  @ParameterizedTest
  @MethodSource("sealed")
  void eachValueOpensToWhatWasSealedUnderTheLabelOfItsScope(Jsonl.Row row) throws Exception {
    KeyRing ring = UpstreamObjects.ring(List.of(row.text("sealedWithKey")));
    for (Document document : UpstreamObjects.documents(row.text("input"))) {
      try (Secret secret = secret(row, document)) {
        SealedSecret sealed = sealing(row).seal(secret, sealer(row));
        byte[] label =
            sealed.scope().label(sealed.metadata().namespace(), sealed.metadata().name());
        assertThat(sealed.encryptedData().keySet()).isEqualTo(secret.data().items().keySet());
        for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
          assertThat(
                  opens(ring, sealed.encryptedData().get(entry.getKey()), label, entry.getValue()))
              .as(entry.getKey())
              .isTrue();
        }
      }
    }
  }

  private static boolean opens(
      KeyRing ring, @Nullable String ciphertext, byte[] label, Item expected)
      throws IllegalBase64Exception, NoKeyException {
    byte[] bytes = GoBase64.STD.decode(String.valueOf(ciphertext));
    try (var value = ring.open(bytes, label, Hint.NONE).value()) {
      return value.matches(expected.value());
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesInUpstreamsWords(Jsonl.Row row) throws Exception {
    Document document = UpstreamObjects.documents(row.text("input")).getFirst();
    try (Secret secret = secret(row, document)) {
      assertThatThrownBy(() -> sealing(row).seal(secret, sealer(row)))
          .isInstanceOf(SealException.class)
          .hasMessage(row.text("sealError"));
    }
  }

  /** The namespace that replaces the input's is for merging into a file, which is not here yet. */
  private static Secret secret(Jsonl.Row row, Document document) throws MalformedObjectException {
    Secret secret = SecretManifest.read(document.tree(), "vector");
    return row.has("overrideNamespace")
        ? secret.withMetadata(secret.metadata().with("namespace", row.text("overrideNamespace")))
        : secret;
  }

  private static Sealing sealing(Jsonl.Row row) {
    Scope scope = Scope.parse(row.text("scopeFlag")).orElseThrow();
    return new Sealing(
        scope == Scope.STRICT ? Optional.empty() : Optional.of(scope),
        row.optionalText("overrideName"),
        row.optionalText("clientNamespace"),
        /* namespaceChosen= */ false,
        row.flag("allowEmptyData"));
  }

  private static Sealer sealer(Jsonl.Row row) {
    return new Sealer(
        UpstreamObjects.certificate(row.text("sealedWithKey")).publicKey(), new SecureRandom());
  }

  private static String masked(String text) {
    return CIPHERTEXT.matcher(text).replaceAll("<sealed>");
  }
}
