package dev.signet.dialects.sealedsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingKey;
import dev.signet.dialects.sealedsecrets.SentSecrets.Rotation;
import dev.signet.yaml.GoJson;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentSecretsTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SealingKey OLD = key();
  private static final SealingKey NEW = key();
  private static final KeyRing RING =
      KeyRing.empty().with(OLD, Instant.EPOCH).with(NEW, Instant.EPOCH.plusSeconds(1));
  private static final SentSecrets KEEP = new SentSecrets(Rotation.KEEP, true, 100);
  private static final SentSecrets UPSTREAM = new SentSecrets(Rotation.UPSTREAM, true, 100);

  private static SealingKey key() {
    return SealingKey.generate("", 2048, Duration.ofDays(1), "", Clock.systemUTC(), RANDOM);
  }

  private static String sealed(SealingKey key, String value, String label) {
    try (SecretBytes bytes = SecretBytes.copyOf(value.getBytes(UTF_8))) {
      return new Sealer(key.certificate().publicKey(), RANDOM)
          .sealToBase64(bytes, label.getBytes(UTF_8));
    }
  }

  private static byte[] object(String metadata, String spec) {
    return ("{\"apiVersion\":\"bitnami.com/v1alpha1\",\"kind\":\"SealedSecret\",\"metadata\":"
            + metadata
            + ",\"spec\":"
            + spec
            + "}")
        .getBytes(UTF_8);
  }

  private static byte[] items(String... items) {
    return object(
        "{\"name\":\"n\",\"namespace\":\"ns\"}",
        "{\"encryptedData\":{" + String.join(",", items) + "}}");
  }

  private static Map<String, @Nullable Object> rotated(SentSecrets sent, byte[] body)
      throws RefusedBodyException {
    byte[] reply = sent.rotate(body, RING, RANDOM);
    return UpstreamObjects.documents(new String(reply, UTF_8)).getFirst().tree();
  }

  private static String json(@Nullable Object tree) {
    return GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN);
  }

  private static Map<?, ?> map(@Nullable Object tree, String... path) {
    Object at = tree;
    for (String field : path) {
      at = ((Map<?, ?>) java.util.Objects.requireNonNull(at)).get(field);
    }
    return (Map<?, ?>) java.util.Objects.requireNonNull(at);
  }

  @Test
  void whatOpensIsVerified() throws Exception {
    byte[] good =
        items(
            "\"a\":\"" + sealed(OLD, "x", "ns/n") + "\"",
            "\"b\":\"" + sealed(NEW, "", "ns/n") + "\"");
    assertThat(KEEP.opens(good, RING)).isTrue();
    assertThat(KEEP.opens(items(), RING)).isTrue();
    assertThat(KEEP.opens(items(), KeyRing.empty())).isTrue();
    assertThat(KEEP.opens(good, KeyRing.empty())).isFalse();
  }

  @Test
  void yamlIsReadToo() throws Exception {
    String yaml =
        """
        apiVersion: bitnami.com/v1alpha1
        kind: SealedSecret
        metadata: {name: "n", namespace: ns}
        spec: {encryptedData: {a: %s}}
        """
            .formatted(sealed(OLD, "x", "ns/n"));
    assertThat(KEEP.opens(yaml.getBytes(UTF_8), RING)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"!", "AgA=", "'',", "AAAA", "null"})
  void everyWayNotToOpenIsTheSame(String bad) throws Exception {
    String item = bad.equals("null") ? "null" : "\"" + bad + "\"";
    byte[] body = items("\"a\":\"" + sealed(NEW, "x", "ns/n") + "\"", "\"b\":" + item);
    assertNotOpened(body);
  }

  @ParameterizedTest
  @ValueSource(strings = {"other/n", "ns/other", "ns", ""})
  void anotherNameNamespaceOrScopeDoesNotOpen(String label) throws Exception {
    assertNotOpened(items("\"a\":\"" + sealed(NEW, "x", label) + "\""));
  }

  @Test
  void aKeyThatIsGoneDoesNotOpen() throws Exception {
    assertNotOpened(items("\"a\":\"" + sealed(key(), "x", "ns/n") + "\""));
  }

  private static void assertNotOpened(byte[] body) throws RefusedBodyException {
    assertThat(KEEP.opens(body, RING)).isFalse();
    assertThatThrownBy(() -> KEEP.rotate(body, RING, RANDOM))
        .isInstanceOf(RefusedBodyException.class)
        .hasMessage("not every item opens")
        .hasNoCause()
        .hasNoSuppressedExceptions();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{}",
        "{\"kind\":\"SealedSecret\"}",
        "{\"apiVersion\":\"v1\",\"kind\":\"Secret\"}",
        "{\"apiVersion\":\"bitnami.com/v1\",\"kind\":\"SealedSecret\"}",
        "{\"apiVersion\":\"bitnami.com/v1alpha1\",\"kind\":\"SealedSecretList\"}",
        "{\"apiVersion\":\"bitnami.com/v1alpha1\",\"kind\":\"SealedSecret\",\"metadata\":[]}",
        "{\"apiVersion\":\"bitnami.com/v1alpha1\",\"kind\":\"SealedSecret\"}"
            + "{\"apiVersion\":\"bitnami.com/v1alpha1\",\"kind\":\"SealedSecret\"}"
      })
  void whatIsNoSingleSealedSecretIsRefused(String body) {
    assertThatThrownBy(() -> KEEP.opens(body.getBytes(UTF_8), RING))
        .asInstanceOf(type(RefusedBodyException.class))
        .returns(RefusedBodyException.Reason.MALFORMED, RefusedBodyException::reason);
  }

  @Test
  void itemsOnTheNewestKeyStayAndOthersMoveToIt() throws Exception {
    String old = sealed(OLD, "x", "ns/n");
    String current = sealed(NEW, "y", "ns/n");
    Map<?, ?> items =
        map(
            rotated(KEEP, items("\"a\":\"" + old + "\"", "\"b\":\"" + current + "\"")),
            "spec",
            "encryptedData");
    assertThat(items.get("b")).isEqualTo(current);
    assertThat(items.get("a")).isNotEqualTo(old);
    KeyRing newest = KeyRing.empty().with(NEW, Instant.EPOCH);
    byte[] again = items("\"a\":\"" + items.get("a") + "\"");
    assertThat(KEEP.opens(again, newest)).isTrue();
  }

  @Test
  void rotatingTwiceChangesNothingMore() throws Exception {
    byte[] body = items("\"a\":\"" + sealed(OLD, "x", "ns/n") + "\"");
    byte[] once = KEEP.rotate(body, RING, RANDOM);
    String sent =
        "{\"apiVersion\":\"bitnami.com/v1alpha1\",\"kind\":\"SealedSecret\","
            + new String(once, UTF_8).substring(1);
    assertThat(KEEP.rotate(sent.getBytes(UTF_8), RING, RANDOM)).isEqualTo(once);
  }

  /** A live object: what the server added goes, what people wrote stays, templates as they are. */
  @Test
  void keepsWhatPeopleWrote() throws Exception {
    String item = sealed(NEW, "x", "ns/n");
    byte[] body =
        object(
            """
            {"name":"n","namespace":"ns","uid":"u","resourceVersion":"7","generation":3,
             "creationTimestamp":"2026-01-01T00:00:00Z","labels":{"l":"1"},
             "annotations":{"a":"1","kubectl.kubernetes.io/last-applied-configuration":"{}"},
             "managedFields":[{"manager":"m"}]}""",
            """
            {"template":{"type":"T","immutable":true,
              "metadata":{"labels":{"t":"2"},"annotations":{"sealedsecrets.bitnami.com/managed":"true",
                "sealedsecrets.bitnami.com/cluster-wide":"true"}},
              "data":{"conf":"{{ fail .a }}","gone":null}},
             "encryptedData":{"a":"%s"}}"""
                .formatted(item));
    assertThat(json(rotated(KEEP, body)))
        .isEqualTo(
            "{\"metadata\":{\"name\":\"n\",\"namespace\":\"ns\",\"labels\":{\"l\":\"1\"},"
                + "\"annotations\":{\"a\":\"1\"}},\"spec\":{\"template\":{\"metadata\":{"
                + "\"labels\":{\"t\":\"2\"},"
                + "\"annotations\":{\"sealedsecrets.bitnami.com/managed\":\"true\"}},"
                + "\"type\":\"T\",\"immutable\":true,"
                + "\"data\":{\"conf\":\"{{ fail .a }}\",\"gone\":null}},"
                + "\"encryptedData\":{\"a\":\""
                + item
                + "\"}}}");
  }

  @Test
  void asUpstreamTheObjectsMetadataReplacesTheTemplates() throws Exception {
    String item = sealed(NEW, "x", "ns/n");
    byte[] body =
        object(
            "{\"name\":\"n\",\"namespace\":\"ns\",\"uid\":\"u\",\"labels\":{\"l\":\"1\"}}",
            "{\"template\":{\"type\":\"T\",\"metadata\":{\"labels\":{\"t\":\"2\"}},\"data\":{\"c\":\"d\"}},"
                + "\"encryptedData\":{\"a\":\""
                + item
                + "\"}}");
    Map<String, @Nullable Object> reply = rotated(UPSTREAM, body);
    assertThat(json(reply.get("metadata"))).isEqualTo("{\"name\":\"n\",\"namespace\":\"ns\"}");
    assertThat(json(map(reply, "spec", "template")))
        .isEqualTo(
            "{\"metadata\":{\"name\":\"n\",\"namespace\":\"ns\",\"uid\":\"u\","
                + "\"labels\":{\"l\":\"1\"}},\"type\":\"T\"}");
    assertThat(map(reply, "spec", "encryptedData").get("a")).isNotEqualTo(item);
  }

  @Test
  void aDeprecatedBlobBecomesItems() throws Exception {
    String blob =
        sealed(
            OLD,
            "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"name\":\"other\",\"annotations\":"
                + "{\"sealedsecrets.bitnami.com/cluster-wide\":\"true\"}},"
                + "\"data\":{\"a\":\"eA==\"},\"type\":\"T\"}",
            "ns/n");
    byte[] body = object("{\"name\":\"n\",\"namespace\":\"ns\"}", "{\"data\":\"" + blob + "\"}");
    assertThat(KEEP.opens(body, RING)).isTrue();
    Map<String, @Nullable Object> reply = rotated(KEEP, body);
    assertThat(json(map(reply, "spec", "template")))
        .isEqualTo("{\"metadata\":{\"name\":\"n\",\"namespace\":\"ns\"},\"type\":\"T\"}");
    String item = (String) map(reply, "spec", "encryptedData").get("a");
    assertThat(KEEP.opens(items("\"a\":\"" + item + "\""), RING)).isTrue();

    SentSecrets without = new SentSecrets(Rotation.KEEP, false, 100);
    assertThat(without.opens(body, RING)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"no Secret", "{\"kind\":\"Secret\"}", "{}{}"})
  void whatIsInABlobIsNotSaid(String inside) throws Exception {
    byte[] body =
        object(
            "{\"name\":\"n\",\"namespace\":\"ns\"}",
            "{\"data\":\"" + sealed(NEW, inside, "ns/n") + "\"}");
    assertThatThrownBy(() -> KEEP.rotate(body, RING, RANDOM))
        .isInstanceOf(RefusedBodyException.class)
        .hasMessage("not every item opens");
  }

  @Test
  void aBlobBesideItemsIsRefused() throws Exception {
    byte[] body =
        object(
            "{\"name\":\"n\",\"namespace\":\"ns\"}",
            "{\"data\":\"\",\"encryptedData\":{\"a\":\"" + sealed(NEW, "x", "ns/n") + "\"}}");
    assertNotOpened(body);
  }

  @Test
  void withoutAKeyNothingIsRotated() {
    assertThatThrownBy(() -> KEEP.rotate(items(), KeyRing.empty(), RANDOM))
        .asInstanceOf(type(RefusedBodyException.class))
        .returns(RefusedBodyException.Reason.NO_KEY, RefusedBodyException::reason);
  }

  @Test
  void moreThanTheBudgetIsRefused() {
    SentSecrets poor = new SentSecrets(Rotation.KEEP, true, 2);
    String item = sealed(NEW, "x", "ns/n");
    byte[] three =
        items("\"a\":\"" + item + "\"", "\"b\":\"" + item + "\"", "\"c\":\"" + item + "\"");
    assertThatThrownBy(() -> poor.opens(three, RING))
        .asInstanceOf(type(RefusedBodyException.class))
        .returns(RefusedBodyException.Reason.EXPENSIVE, RefusedBodyException::reason);
  }

  @ParameterizedTest
  @EnumSource(Rotation.class)
  void withoutANamespaceOnlyClusterWideIsRotated(Rotation rotation) throws Exception {
    SentSecrets sent = new SentSecrets(rotation, true, 100);
    byte[] strict = object("{\"name\":\"n\"}", "{}");
    assertThatThrownBy(() -> sent.rotate(strict, RING, RANDOM))
        .isInstanceOf(RefusedBodyException.class)
        .hasMessage("secret must declare a namespace");
    byte[] wide =
        object(
            "{\"name\":\"n\",\"annotations\":{\"sealedsecrets.bitnami.com/cluster-wide\":\"true\"}}",
            "{\"encryptedData\":{\"a\":\"" + sealed(OLD, "x", "") + "\"}}");
    assertThat(map(rotated(sent, wide), "spec", "encryptedData")).hasSize(1);
  }

  @Provide
  Arbitrary<Map<String, String>> annotations() {
    return Arbitraries.maps(
        Arbitraries.of(ScopeAnnotations.CLUSTER_WIDE, ScopeAnnotations.NAMESPACE_WIDE, "other"),
        Arbitraries.of("true", "false", "TRUE", ""));
  }

  /** The rule of CVE-2026-22728, whatever the template and a blob say. */
  @Property(tries = 150)
  void rotatingNeverWidensTheScope(
      @ForAll("annotations") Map<String, String> own,
      @ForAll("annotations") Map<String, String> template,
      @ForAll("annotations") Map<String, String> inside,
      @ForAll Rotation rotation,
      @ForAll boolean blob)
      throws Exception {
    Scope scope = ScopeAnnotations.read(own);
    String label = new String(scope.label("ns", "n"), UTF_8);
    String secret =
        "{\"kind\":\"Secret\",\"apiVersion\":\"v1\",\"metadata\":{\"annotations\":"
            + json(inside)
            + "},\"data\":{\"a\":\"eA==\"}}";
    String content =
        blob
            ? "\"data\":\"" + sealed(OLD, secret, label) + "\""
            : "\"encryptedData\":{\"a\":\"" + sealed(OLD, "x", label) + "\"}";
    byte[] body =
        object(
            "{\"name\":\"n\",\"namespace\":\"ns\",\"annotations\":" + json(own) + "}",
            "{\"template\":{\"metadata\":{\"annotations\":"
                + json(template)
                + "}},"
                + content
                + "}");

    Map<String, @Nullable Object> reply =
        rotated(new SentSecrets(rotation, /* acceptDeprecated= */ true, 100), body);

    assertThat(scopeOf(map(reply, "metadata"))).isEqualTo(scope);
    assertThat(scopeOf(map(reply, "spec", "template", "metadata"))).isEqualTo(scope);
    String item = (String) map(reply, "spec", "encryptedData").get("a");
    for (Scope each : Scope.values()) {
      byte[] asked =
          object(
              "{\"name\":\"n\",\"namespace\":\"ns\",\"annotations\":"
                  + json(ScopeAnnotations.write(Map.of(), each))
                  + "}",
              "{\"encryptedData\":{\"a\":\"" + item + "\"}}");
      assertThat(KEEP.opens(asked, RING)).isEqualTo(each == scope);
    }
  }

  private static Scope scopeOf(Map<?, ?> metadata) {
    java.util.TreeMap<String, String> annotations = new java.util.TreeMap<>();
    if (metadata.get("annotations") instanceof Map<?, ?> map) {
      map.forEach((key, value) -> annotations.put((String) key, (String) value));
    }
    return ScopeAnnotations.read(annotations);
  }

  @Test
  void theBoundsAreChecked() {
    assertThatThrownBy(() -> new SentSecrets(Rotation.KEEP, true, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
