package dev.signet.dialects.externalsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Optional keys, default values, stores to fall back to, and what is said of single keys. */
final class LeniencyTest {

  private static final String CANARY = "c4nary-v4lue";
  private static final Ref ES = new Ref(ExternalSecret.KIND, "ns", "es");

  private final World world;
  private final AtomicInteger calls = new AtomicInteger();

  LeniencyTest(@TempDir Path folder) {
    world = new World(folder);
    world.manifest(
        "moody",
        """
        {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: moody}, spec: {provider: {moody: {}}}}
        """);
    world.manifest(
        "backup",
        """
        {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: backup}, spec: {provider: {fake: {data: [
        {key: NotFound, value: b}, {key: Denied, value: b}, {key: Throttled, value: b}, {key: Unreachable, value: b},
        {key: Malformed, value: b}, {key: good, value: b}]}}}}
        """);
    world.manifest(
        "central",
        """
        {apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: central},
         spec: {conditions: [{namespaces: [elsewhere]}], provider: {fake: {data: [{key: Unreachable, value: c}]}}}}
        """);
    world.manifest("namespace", "{apiVersion: v1, kind: Namespace, metadata: {name: ns}}");
  }

  @AfterEach
  void close() {
    world.close();
  }

  /** Fails as the key is called, and gives the canary for any other. */
  private final class Moody implements StoreProvider {

    @Override
    public String name() {
      return "moody";
    }

    @Override
    public SecretStore open(String identity, Fields configuration, References references) {
      return new SecretStore() {
        @Override
        public Item fetch(RemoteRef ref) throws StoreException {
          calls.incrementAndGet();
          Optional<Problem> problem =
              switch (ref.key()) {
                case "NotFound" -> Optional.of(new Problem.NotFound());
                case "Denied" -> Optional.of(new Problem.Denied());
                case "Throttled" -> Optional.of(new Problem.Throttled(Duration.ofSeconds(7)));
                case "Unreachable" -> Optional.of(new Problem.Unreachable());
                case "Malformed" -> Optional.of(new Problem.Malformed());
                default -> Optional.empty();
              };
          if (problem.isPresent()) {
            throw new StoreException(problem.get(), identity + " gives no key " + ref.key());
          }
          return new Item(
              SecretBytes.copyOf(CANARY.getBytes(UTF_8)), Origin.of(identity, ref.key()));
        }

        @Override
        public Material fetchMap(RemoteRef ref) throws StoreException {
          Material material = new Material();
          material.put("field", fetch(ref));
          return material;
        }
      };
    }
  }

  private void externalSecret(String annotations, String spec) {
    world.manifest(
        "es",
        "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: es, annotations: {"
            + annotations
            + "}}, spec: {secretStoreRef: {name: moody}, "
            + spec
            + "}}");
  }

  private static String data(String... keys) {
    StringBuilder data = new StringBuilder("data: [");
    for (String key : keys) {
      data.append(
          "{secretKey: %s, remoteRef: {key: %s}},".formatted(key.toLowerCase(Locale.ROOT), key));
    }
    return data.append("]").toString();
  }

  private ExternalSecretController controller(Objects objects, Directory directory) {
    return ExternalSecretController.whenAsked(
        objects,
        directory,
        Fetchings.of(directory, FakeStore.provider(), new Moody()),
        World.CLOCK);
  }

  private Outcome reconcile() throws ObjectsException {
    Directory directory = world.directory();
    return controller(directory, directory).reconcile(ES);
  }

  private String ready() throws Exception {
    Map<String, String> ready = world.condition(ES, "Ready");
    return ready.get("status") + " " + ready.get("reason") + ": " + ready.get("message");
  }

  private String keys() throws Exception {
    Map<String, String> keys = world.condition(ES, "signet.dev/Keys");
    return keys.isEmpty()
        ? "nothing"
        : keys.get("status") + " " + keys.get("reason") + "\n" + keys.get("message");
  }

  /** For each problem: what comes of an optional key, of one with a default, and of fallbacks. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          NotFound    | {}             | {notfound=d}    | fails           | {notfound=b}
          Denied      | fails          | fails           | {denied=b}      | {denied=b}
          Throttled   | fails          | fails           | {throttled=b}   | {throttled=b}
          Unreachable | fails          | fails           | {unreachable=b} | {unreachable=b}
          Malformed   | fails          | fails           | fails           | fails
          """)
  void onlyWhatDoesNotExistIsForgivenAndOnlyAStoreThatCannotTellIsStoodInFor(
      String problem, String optional, String defaulted, String fallback, String onMissing)
      throws Exception {
    String key = problem.toLowerCase(Locale.ROOT);
    Map<String, String> expected = new LinkedHashMap<>();
    expected.put("signet.dev/optional-keys: " + key, optional);
    expected.put("signet.dev/default-values: '" + key + ": d'", defaulted);
    expected.put("signet.dev/fallback-stores: backup", fallback);
    expected.put(
        "signet.dev/fallback-stores: SecretStore/backup, signet.dev/fallback-on-missing: 'true'",
        onMissing);
    for (Map.Entry<String, String> each : expected.entrySet()) {
      // A key that exists, so that something is delivered in any case.
      externalSecret(each.getKey(), data("good", problem));
      Outcome outcome = reconcile();
      if (each.getValue().equals("fails")) {
        assertThat(outcome.delivered()).as(each.getKey()).isFalse();
        assertThat(ready())
            .isEqualTo("False SecretSyncedError: could not get secret data from provider");
        assertThat(keys()).startsWith("False KeysFailed\n" + key + ": " + problem + " in ");
      } else {
        assertThat(outcome.delivered()).as(each.getKey()).isTrue();
        assertThat(world.values("ns", "es"))
            .isEqualTo(
                each.getValue()
                    .replace("{", "{good=" + CANARY + (each.getValue().equals("{}") ? "" : ", "))
                    .replace("{good=" + CANARY + ", denied=b}", "{denied=b, good=" + CANARY + "}"));
        assertThat(ready()).isEqualTo("True SecretSynced: secret synced");
        assertThat(keys()).startsWith("True KeysSubstituted\n" + key + ": ");
      }
      assertThat(keys()).doesNotContain(CANARY);
    }
  }

  @Test
  void withoutAnnotationsTheFirstFailureIsToldAsEverAndTheOthersInAConditionOfTheirOwn()
      throws Exception {
    externalSecret("", data("good", "Denied", "Unreachable", "Throttled", "NotFound"));
    assertThat(reconcile())
        .isEqualTo(
            new Outcome.Retry(
                "SecretSyncedError",
                "error processing spec.data[1] (key: Denied), err: SecretStore/ns/moody gives no key"
                    + " Denied"));
    assertThat(world.events())
        .containsExactly(
            "Warning UpdateFailed: error processing spec.data[1] (key: Denied), err:"
                + " SecretStore/ns/moody gives no key Denied");
    assertThat(ready())
        .isEqualTo("False SecretSyncedError: could not get secret data from provider");
    assertThat(keys())
        .isEqualTo(
            """
            False KeysFailed
            denied: Denied in SecretStore/moody: SecretStore/ns/moody gives no key Denied
            unreachable: Unreachable in SecretStore/moody: SecretStore/ns/moody gives no key Unreachable
            throttled: Unreachable in SecretStore/moody: not asked again: SecretStore/ns/moody gives no key Unreachable
            notfound: Unreachable in SecretStore/moody: not asked again: SecretStore/ns/moody gives no key Unreachable\
            """);
    assertThat(calls).as("the store is left alone once it does not answer").hasValue(3);
  }

  @Test
  void whatIsWellAgainSaysNothing() throws Exception {
    externalSecret("", data("Denied"));
    var _ = reconcile();
    assertThat(keys()).startsWith("False");
    externalSecret("", data("good"));
    assertThat(reconcile().delivered()).isTrue();
    assertThat(keys()).isEqualTo("nothing");
  }

  @Test
  void whatIsSaidIsBoundedInLengthAndSoIsWhatIsAskedForIt() throws Exception {
    StringBuilder data = new StringBuilder("data: [");
    for (int i = 0; i < 200; i++) {
      data.append("{secretKey: key-%d, remoteRef: {key: Denied}},".formatted(i));
    }
    externalSecret("", data.append("]").toString());
    var _ = reconcile();
    assertThat(keys().length()).isLessThan(4200);
    assertThat(keys()).matches("(?s).*\nand [0-9]+ more");
    assertThat(calls).hasValue(21);
  }

  @Test
  void itIsSaidWhereAValueReallyIsFromAndWhy() throws Exception {
    externalSecret(
        "signet.dev/fallback-stores: backup, signet.dev/optional-keys: notfound",
        data("Unreachable"));
    assertThat(reconcile().delivered()).isFalse();
    assertThat(ready())
        .isEqualTo(
            "False InvalidSpec: annotation signet.dev/optional-keys names notfound, and the keys of"
                + " spec are [unreachable]");

    externalSecret("signet.dev/fallback-stores: backup", data("Unreachable"));
    assertThat(reconcile().delivered()).isTrue();
    assertThat(keys())
        .isEqualTo(
            """
            True KeysSubstituted
            unreachable: from SecretStore/backup, Unreachable in SecretStore/moody: SecretStore/ns/moody gives no key Unreachable\
            """);
    try (Secret secret = world.directory().secret("ns", "es").orElseThrow()) {
      assertThat(secret.data().get("unreachable").orElseThrow().origin().source())
          .isEqualTo("SecretStore/ns/backup");
    }
    KubeObject object = world.directory().get(ES).orElseThrow();
    assertThat(ExternalSecretReport.notes(object)).containsOnlyKeys("unreachable");
    assertThat(ExternalSecretReport.substituted(object)).contains(true);
    assertThat(ExternalSecretReport.declared(object).stores())
        .containsExactly(
            new Ref(StoreRef.STORE, "ns", "moody"), new Ref(StoreRef.STORE, "ns", "backup"));
  }

  @Test
  void aStoreThatDidNotAnswerIsNotAskedForTheRestOfTheKeys() throws Exception {
    externalSecret("signet.dev/fallback-stores: backup", data("Unreachable", "good"));
    assertThat(reconcile().delivered()).isTrue();
    assertThat(world.values("ns", "es")).isEqualTo("{good=b, unreachable=b}");
    assertThat(calls).hasValue(1);
    assertThat(keys()).contains("good: from SecretStore/backup, ", "not asked again: ");
  }

  @Test
  void aStoreToFallBackToFollowsTheRulesOfAnyOther() throws Exception {
    externalSecret("signet.dev/fallback-stores: ClusterSecretStore/central", data("Unreachable"));
    assertThat(reconcile().delivered()).isFalse();
    assertThat(keys()).contains("is not allowed from namespace \"ns\": denied by spec.condition");
    assertThat(world.values("ns", "es")).isEqualTo("none");
  }

  @Test
  void whatAnUnreachableStoreHoldsIsNotKnownWhateverTheNextOneSays() throws Exception {
    world.manifest(
        "empty",
        """
        {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: empty}, spec: {provider: {fake: {data: []}}}}
        """);
    externalSecret(
        "signet.dev/fallback-stores: empty, signet.dev/optional-keys: unreachable",
        data("Unreachable"));
    assertThat(reconcile())
        .isInstanceOfSatisfying(
            Outcome.Retry.class,
            retry ->
                assertThat(retry.message())
                    .contains("Unreachable in SecretStore/moody")
                    .contains("NotFound in SecretStore/empty"));
    assertThat(world.values("ns", "es")).isEqualTo("none");
  }

  @Test
  void anEntryWithAStoreOfItsOwnHasNoneToFallBackTo() throws Exception {
    world.manifest(
        "other",
        """
        {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: other}, spec: {provider: {moody: {}}}}
        """);
    externalSecret(
        "signet.dev/fallback-stores: backup",
        "data: [{secretKey: k, remoteRef: {key: Unreachable}, sourceRef: {storeRef: {name: other}}}]");
    assertThat(reconcile().delivered()).isFalse();
  }

  @Test
  void entriesOfManyKeysMayBeLeftOutAndDefaultsFillWhatTheyDoNotBring() throws Exception {
    externalSecret(
        "signet.dev/optional-keys: 'dataFrom[0]', signet.dev/default-values: 'field: d\n\nother: \"3\"'",
        "dataFrom: [{extract: {key: NotFound}}]");
    assertThat(reconcile().delivered()).isTrue();
    assertThat(world.values("ns", "es")).isEqualTo("{field=d, other=3}");
    assertThat(keys()).contains("dataFrom[0]: left out, NotFound in SecretStore/moody");

    externalSecret("signet.dev/default-values: 'field: d'", "dataFrom: [{extract: {key: good}}]");
    assertThat(reconcile().delivered()).isTrue();
    assertThat(world.values("ns", "es")).isEqualTo("{field=" + CANARY + "}");
    assertThat(keys()).isEqualTo("nothing");
  }

  @Test
  void aDefaultIsThereForTemplates() throws Exception {
    externalSecret(
        "signet.dev/default-values: 'notfound: d'",
        "target: {template: {data: {out: '<{{ .notfound }}>'}}}, " + data("NotFound"));
    assertThat(reconcile().delivered()).isTrue();
    assertThat(world.values("ns", "es")).isEqualTo("{out=<d>}");
  }

  @Test
  void theAnnotationsStayOnTheObject() throws Exception {
    externalSecret("team: blue, signet.dev/default-values: 'notfound: d'", data("NotFound"));
    assertThat(reconcile().delivered()).isTrue();
    assertThat(world.json("ns", "es").orElseThrow())
        .contains("\"team\":\"blue\"")
        .doesNotContain("signet.dev");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          signet.dev/optional-keys: ''                       | signet.dev/optional-keys is empty; take it away, or name something
          signet.dev/optional-keys: 'good, nothing'          | signet.dev/optional-keys names nothing, and the keys of spec are [good]
          signet.dev/optional-keys: 'dataFrom[0]'            | signet.dev/optional-keys names dataFrom[0], and the keys of spec are [good]
          signet.dev/default-values: 'bad: d'                | signet.dev/default-values names bad, and the keys of spec are [good]
          signet.dev/default-values: 'good: 3'               | signet.dev/default-values has no text for good; put it in quotes
          signet.dev/default-values: 's3cret'                | signet.dev/default-values must be one YAML map of keys to texts, such as "log-level: info"
          signet.dev/default-values: '{good: s3cret, '       | signet.dev/default-values must be one YAML map of keys to texts, such as "log-level: info"
          signet.dev/default-values: '{}'                    | signet.dev/default-values is empty; take it away, or name something
          signet.dev/fallback-stores: 'Vault/x'              | signet.dev/fallback-stores names Vault/x; it takes SecretStore/NAME and ClusterSecretStore/NAME
          signet.dev/fallback-stores: 'Not_A_Name'           | signet.dev/fallback-stores names Not_A_Name; it takes SecretStore/NAME and ClusterSecretStore/NAME
          signet.dev/fallback-stores: 'moody'                | signet.dev/fallback-stores names SecretStore/moody, which is asked first anyway
          signet.dev/fallback-stores: 'b SecretStore/b'      | signet.dev/fallback-stores names SecretStore/b twice
          signet.dev/fallback-stores: ','                    | signet.dev/fallback-stores is empty; take it away, or name something
          signet.dev/fallback-stores: 'a b c d e f g h i'    | signet.dev/fallback-stores names more than 8 stores
          signet.dev/fallback-on-missing: 'true'             | signet.dev/fallback-on-missing says when to ask other stores, but no signet.dev/fallback-stores are named
          'signet.dev/fallback-stores: b, signet.dev/fallback-on-missing: yes please' | signet.dev/fallback-on-missing must be "true" or "false"
          """,
      quoteCharacter = '~')
  void whatCannotBeReadIsSaidAndNothingIsDelivered(String annotation, String message)
      throws Exception {
    externalSecret(annotation.replaceAll("^'(signet.*please)'$", "$1"), data("good"));
    assertThat(reconcile()).isInstanceOf(Outcome.Stalled.class);
    assertThat(ready()).isEqualTo("False InvalidSpec: annotation " + message);
    assertThat(ready()).doesNotContain("s3cret");
    assertThat(world.values("ns", "es")).isEqualTo("none");
    KubeObject object = world.directory().get(ES).orElseThrow();
    assertThat(new Validation(List.of()).of(object).refusal()).contains("annotation " + message);
  }

  @Test
  void anAnnotationThatMeansNothingIsLetThroughWithAWarning() throws Exception {
    externalSecret("signet.dev/optional-key: good, team: blue", data("good"));
    assertThat(reconcile().delivered()).isTrue();
    Validation.Verdict verdict =
        new Validation(List.of()).of(world.directory().get(ES).orElseThrow());
    assertThat(verdict.refusal()).isEmpty();
    assertThat(verdict.warnings())
        .containsExactly("annotation signet.dev/optional-key means nothing here");
  }

  @Test
  void whoHasAStoreToFallBackToDoesNotWaitForTheFirst() throws Exception {
    Directory directory = world.directory();
    externalSecret("", data("good"));
    ExternalSecretController plain = controller(world.directory(), directory);
    var _ = plain.concernedBy(ES);
    assertThat(plain.asks(ES)).contains(new Ref(StoreRef.STORE, "ns", "moody"));

    externalSecret("signet.dev/fallback-stores: backup", data("good"));
    ExternalSecretController lenient = controller(world.directory(), directory);
    var _ = lenient.concernedBy(ES);
    assertThat(lenient.asks(ES)).isEmpty();
    assertThat(lenient.concernedBy(new Ref(StoreRef.STORE, "ns", "backup"))).contains(ES);
  }
}
