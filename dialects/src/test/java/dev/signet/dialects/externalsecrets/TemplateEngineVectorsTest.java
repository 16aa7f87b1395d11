package dev.signet.dialects.externalsecrets;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.GoBase64;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Shape;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.dialects.World;
import dev.signet.dialects.externalsecrets.functions.ExternalSecretFunctions;
import dev.signet.template.Functions;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Jsonl.Row;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What External Secrets makes of templates: the whole object after, or the whole error. */
final class TemplateEngineVectorsTest {

  private static final Functions FUNCTIONS = functions();

  private static Functions functions() {
    try (SecretBytes key = SecretBytes.wrap("an installation's key".getBytes(UTF_8))) {
      return ExternalSecretFunctions.functions(key);
    }
  }

  static List<Row> rows() {
    return Jsonl.rows(TemplateEngineVectorsTest.class, "/templates/eso-execute.jsonl");
  }

  @Test
  void allVectorsAreThere() {
    assertThat(rows()).hasSize(127);
  }

  @ParameterizedTest
  @MethodSource("rows")
  void everyVectorGivesWhatExternalSecretsGave(Row row) throws Exception {
    String decoding = row.text("decodingStrategy");
    String scope = row.text("scope");
    if (decoding.equals("Nope") || scope.equals("Other")) {
      // Words that do not exist end when the object is read, before anything is rendered.
      assertThat(row.has("error")).isTrue();
      assertThatThrownBy(() -> read(scope, decoding))
          .isInstanceOf(MalformedObjectException.class)
          .hasMessageContaining(decoding.equals("Nope") ? "valuesDecodingStrategy" : "templateAs");
      return;
    }
    Map<String, @Nullable Object> object = new LinkedHashMap<>(row.row("object").fields());
    Map<String, @Nullable Object> result = null;
    String error = "";
    try (Material fetched = new Material()) {
      row.row("dataB64").fields().keySet().forEach(key -> put(fetched, row.row("dataB64"), key));
      TemplateEngine engine = new TemplateEngine(FUNCTIONS, World.SOURCES, fetched);
      result = execute(engine, row, object, scope, decoding);
    } catch (ShapeException e) {
      error = e.getMessage();
    }
    assertThat(error).isEqualTo(row.optionalText("error").orElse(""));
    if (row.has("error")) {
      return;
    }
    assertThat(compared(Objects.requireNonNull(result)))
        .isEqualTo(compared(row.row("result").fields()));
  }

  private static void read(String scope, String decoding) throws MalformedObjectException {
    TargetTemplate.of(
        Fields.of(
            World.tree(
                "template: {templateFrom: [{valuesDecodingStrategy: '"
                    + decoding
                    + "', configMap: {name: c, items: [{key: k, templateAs: "
                    + scope
                    + "}]}}]}"),
            "target"));
  }

  private static void put(Material material, Row data, String key) {
    material.put(key, new Item(SecretBytes.wrap(data.base64(key)), Origin.of("test", key)));
  }

  private static Map<String, @Nullable Object> execute(
      TemplateEngine engine,
      Row row,
      Map<String, @Nullable Object> object,
      String scope,
      String decoding)
      throws ShapeException {
    if (!"Secret".equals(object.get("kind"))) {
      RenderedTree tree = new RenderedTree(object);
      execute(engine, row, scope, decoding, tree);
      return tree.tree();
    }
    Row before = row.row("object");
    Material there = new Material();
    if (before.has("data")) {
      before.row("data").fields().keySet().forEach(key -> put(there, before.row("data"), key));
    }
    try (RenderedSecret secret = new RenderedSecret(there, "template")) {
      execute(engine, row, scope, decoding, secret);
      Map<String, Object> data = new TreeMap<>();
      secret
          .data()
          .items()
          .forEach((key, item) -> data.put(key, item.value().with(GoBase64.STD::encodeToString)));
      Map<String, @Nullable Object> metadata = new LinkedHashMap<>(before.row("metadata").fields());
      add(metadata, "labels", secret.labels());
      add(metadata, "annotations", secret.annotations());
      object.put("metadata", metadata);
      object.put("data", data);
      return object;
    }
  }

  private static void add(
      Map<String, @Nullable Object> metadata, String name, Map<String, String> more) {
    Map<Object, Object> all = new TreeMap<>();
    if (metadata.get(name) instanceof Map<?, ?> there) {
      all.putAll(there);
    }
    all.putAll(more);
    metadata.put(name, all);
  }

  private static void execute(
      TemplateEngine engine, Row row, String scope, String decoding, TemplateObject object)
      throws ShapeException {
    Shape.Decoding chosen =
        decoding.isEmpty() ? Shape.Decoding.None : Shape.Decoding.valueOf(decoding);
    Map<String, TemplateEngine.Text> texts = new LinkedHashMap<>();
    row.row("template")
        .fields()
        .forEach((key, text) -> texts.put(key, TemplateEngine.Text.of((String) text)));
    if (scope.equals("Values")) {
      engine.values(texts, row.text("target"), chosen, object);
    } else {
      for (TemplateEngine.Text text : texts.values()) {
        engine.keysAndValues(text, "x", row.text("target"), chosen, object);
      }
    }
  }

  /** Nothing and empty are the same in Secrets, and numbers are compared by value. */
  private static Map<String, String> compared(Map<String, @Nullable Object> tree) {
    Map<String, String> flat = new TreeMap<>();
    flatten("", tree, flat);
    if ("Secret".equals(tree.get("kind"))) {
      flat.remove(".metadata.labels");
      flat.remove(".metadata.annotations");
      flat.remove(".data");
    }
    return flat;
  }

  private static void flatten(String path, @Nullable Object node, Map<String, String> flat) {
    switch (node) {
      case null -> flat.put(path, path.startsWith(".data.") ? "" : "null");
      case Map<?, ?> map when map.isEmpty() -> flat.put(path, "{}");
      case Map<?, ?> map -> map.forEach((key, value) -> flatten(path + "." + key, value, flat));
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          flatten(path + "[" + i + "]", list.get(i), flat);
        }
      }
      default -> flat.put(path, node.toString());
    }
  }

  /** A template that is a Secret's shows none of itself. */
  @ParameterizedTest
  @MethodSource("secretTexts")
  void theErrorOfATemplateThatIsSecretDoesNotShowIt(String text) throws Exception {
    try (Material fetched = new Material();
        RenderedSecret secret = new RenderedSecret(new Material(), "template")) {
      TemplateEngine engine = new TemplateEngine(FUNCTIONS, World.SOURCES, fetched);
      TemplateEngine.Text hidden = new TemplateEngine.Text(text.getBytes(ISO_8859_1), true);
      assertThatThrownBy(
              () -> engine.values(Map.of("k", hidden), "Data", Shape.Decoding.None, secret))
          .isInstanceOf(ShapeException.class)
          .message()
          .contains("key k")
          .doesNotContain("hunter2");
      assertThatThrownBy(
              () -> engine.keysAndValues(hidden, "k", "Data", Shape.Decoding.None, secret))
          .isInstanceOf(ShapeException.class)
          .message()
          .contains("key k")
          .doesNotContain("hunter2");
    }
  }

  static List<String> secretTexts() {
    return List.of(
        "hunter2 {{ .hunter2 }}",
        "{{ hunter2 }}",
        "{{ fail \"hunter2\" }}",
        "{{ \"hunter2",
        "{{ index \"hunter2\" 99 }}");
  }

  @Test
  void anErrorOfAFunctionDoesNotShowTheValueThatItIsAbout() throws Exception {
    try (Material fetched = new Material();
        RenderedSecret secret = new RenderedSecret(new Material(), "template")) {
      fetched.put(
          "password",
          new Item(SecretBytes.wrap("hunter2".getBytes(UTF_8)), Origin.of("test", "password")));
      TemplateEngine engine = new TemplateEngine(FUNCTIONS, World.SOURCES, fetched);
      assertThatThrownBy(
              () ->
                  engine.values(
                      Map.of("k", TemplateEngine.Text.of("{{ fail .password }}")),
                      "Data",
                      Shape.Decoding.None,
                      secret))
          .message()
          .contains("fail")
          .doesNotContain("hunter2");
    }
  }
}
