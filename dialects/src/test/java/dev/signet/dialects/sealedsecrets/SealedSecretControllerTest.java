package dev.signet.dialects.sealedsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.Item;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.OpeningKey;
import dev.signet.core.sealing.RawRsa;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.Security;
import java.security.interfaces.RSAPublicKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SealedSecretControllerTest {

  private static final KeyPair PAIR = pair();
  private static final RsaPublicKey PUBLIC = publicHalf(PAIR);
  private static final String NO_KEY = "no key could decrypt secret (k)";
  private static final String NOT_MANAGED =
      "Resource \"app\" already exists and is not managed by SealedSecret";
  private static final Ref REF = new Ref(SealedSecret.KIND, "ns", "app");

  private final AtomicInteger rsaOperations = new AtomicInteger();
  private final World world;
  private KeySource keys = () -> KeyRing.ofOpeningKeys(List.of(counting()));
  private DeliveryRules rules = DeliveryRules.KEEP;

  SealedSecretControllerTest(@TempDir Path folder) {
    world = new World(folder);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static RsaPublicKey publicHalf(KeyPair pair) {
    RSAPublicKey half = (RSAPublicKey) pair.getPublic();
    return new RsaPublicKey(half.getModulus(), half.getPublicExponent());
  }

  private OpeningKey counting() {
    RawRsa rsa = RawRsa.of(PAIR.getPrivate(), Security.getProvider("SunJCE"));
    return OpeningKey.of(
        PUBLIC,
        number -> {
          rsaOperations.incrementAndGet();
          return rsa.power(number);
        });
  }

  private static String seal(String value, Scope scope, String namespace, String name) {
    try (SecretBytes plain = SecretBytes.copyOf(value.getBytes(UTF_8))) {
      return new Sealer(PUBLIC, new SecureRandom())
          .sealToBase64(plain, scope.label(namespace, name));
    }
  }

  /** A SealedSecret ns/app whose item k is sealed strictly for that place. */
  private void sealed(String value) {
    sealed("", "k: " + seal(value, Scope.STRICT, "ns", "app"), "{}");
  }

  private void sealed(String metadata, String items, String template) {
    world.manifest(
        "sealed",
        "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: app"
            + metadata
            + "}, spec: {encryptedData: {"
            + items
            + "}, template: "
            + template
            + "}}");
  }

  private Outcome reconcile() throws Exception {
    return reconcile(REF);
  }

  private Outcome reconcile(Ref ref) throws Exception {
    Directory directory = world.directory();
    return new SealedSecretController(directory, directory, keys, World.SOURCES, rules)
        .reconcile(ref);
  }

  private String synced() throws Exception {
    Map<String, String> condition = world.condition(REF, "Synced");
    return condition.get("status") + " " + condition.getOrDefault("message", "");
  }

  private String delivered() throws Exception {
    Map<String, String> condition = world.condition(REF, "Delivered");
    return condition.get("status")
        + " "
        + condition.get("reason")
        + ": "
        + condition.get("message");
  }

  @Test
  void aSealedSecretBecomesASecret() throws Exception {
    sealed(
        "",
        "k: " + seal("v", Scope.STRICT, "ns", "app"),
        "{type: custom, metadata: {labels: {a: b}, annotations: {c: d}}}");
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    assertThat(world.values("ns", "app")).isEqualTo("{k=v}");
    assertThat(world.events())
        .containsExactly("Normal Unsealed: SealedSecret unsealed successfully");
    try (Secret secret = world.directory().secret("ns", "app").orElseThrow()) {
      assertThat(secret.type()).isEqualTo("custom");
      assertThat(secret.metadata().labels()).isEqualTo(Map.of("a", "b"));
      assertThat(secret.metadata().annotations()).isEqualTo(Map.of("c", "d"));
      assertThat(secret.metadata().controllerOwner().orElseThrow().toString())
          .startsWith("{apiVersion=bitnami.com/v1alpha1, kind=SealedSecret, name=app, uid=")
          .endsWith(", controller=true}");
    }
    // Upstream's condition has neither reason nor message when all is well.
    assertThat(world.condition(REF, "Synced"))
        .isEqualTo(
            Map.of(
                "type", "Synced",
                "status", "True",
                "lastUpdateTime", "2026-01-02T03:04:05Z",
                "lastTransitionTime", "2026-01-02T03:04:05Z"));
    assertThat(delivered()).matches("True Current: [0-9a-f]{64} 1");
    assertThat(world.directory().delivery(REF, Ref.secret("ns", "app"))).isPresent();
  }

  @Test
  void anUnchangedObjectCostsNoRsaAndNoWrite() throws Exception {
    sealed("v");
    reconcile();
    assertThat(rsaOperations).hasValue(1);
    String before = world.json("ns", "app").orElseThrow();
    world.events();
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    assertThat(rsaOperations).hasValue(1);
    assertThat(world.json("ns", "app")).contains(before);
    assertThat(world.events()).isEmpty();
    assertThat(synced()).isEqualTo("True ");
  }

  @Test
  void aChangedObjectOrSecretIsOpenedAgain() throws Exception {
    sealed("v");
    reconcile();
    sealed("w");
    reconcile();
    assertThat(world.values("ns", "app")).isEqualTo("{k=w}");
    assertThat(rsaOperations).hasValue(2);
    Directory directory = world.directory();
    try (Secret secret = directory.secret("ns", "app").orElseThrow()) {
      secret.data().remove("k");
      directory.update(secret);
    }
    reconcile();
    assertThat(world.values("ns", "app")).isEqualTo("{k=w}");
    try (Secret secret = world.directory().secret("ns", "app").orElseThrow()) {
      world.directory().deleteSecret("ns", "app", secret.metadata().uid());
    }
    reconcile();
    assertThat(world.values("ns", "app")).isEqualTo("{k=w}");
  }

  private void edit(String key, String value) throws Exception {
    Directory directory = world.directory();
    try (Secret secret = directory.secret("ns", "app").orElseThrow()) {
      secret
          .data()
          .put(
              key, new Item(SecretBytes.copyOf(value.getBytes(UTF_8)), Origin.of("somebody", key)));
      directory.update(secret);
    }
  }

  /**
   * The annotation, the rule of the process, what an edited Secret holds after the look of the same
   * process and after that of the next, and what the status says then.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          none    | EDITED  | v      | v      | True Current
          none    | DELETED | edited | v      | True Current
          none    | NOTHING | edited | v      | True Current
          enforce | EDITED  | v      | v      | True Current
          enforce | DELETED | v      | v      | True Current
          report  | EDITED  | edited | edited | False Edited
          report  | DELETED | edited | edited | False Edited
          report  | NOTHING | edited | edited | False Edited
          ignore  | EDITED  | edited | edited | True Current
          ignore  | DELETED | edited | edited | True Current
          Report  | EDITED  | v      | v      | True Current
          """)
  void editsOfOthersAreTreatedAsAsked(
      String asked,
      DeliveryRules.Restored restored,
      String afterwards,
      String restarted,
      String status)
      throws Exception {
    rules = new DeliveryRules(restored, true, true, false);
    String item = "k: " + seal("v", Scope.STRICT, "ns", "app");
    String annotations = ", annotations: {signet.dev/edits: " + asked + "}";
    sealed(asked.equals("none") ? "" : annotations, item, "{}");
    Directory directory = world.directory();
    var process = new SealedSecretController(directory, directory, keys, World.SOURCES, rules);
    process.reconcile(REF);
    world.events();
    edit("k", "edited");
    boolean noticed = !process.concernedBy(Ref.secret("ns", "app")).isEmpty();
    assertThat(noticed)
        .isEqualTo(
            restored == DeliveryRules.Restored.EDITED
                || asked.equals("enforce")
                || asked.equals("report"));

    process.reconcile(REF);

    assertThat(world.values("ns", "app")).isEqualTo("{k=" + afterwards + "}");
    reconcile();
    assertThat(world.values("ns", "app")).isEqualTo("{k=" + restarted + "}");
    assertThat(delivered()).startsWith(status + ": ");
    assertThat(synced()).isEqualTo("True ");
    assertThat(String.join("\n", world.events())).contains(expected(asked));
  }

  private static String expected(String asked) {
    return switch (asked) {
      case "report" ->
          "Warning SecretEdited: somebody else edited the Secret (keys k); it stays so because of"
              + " signet.dev/edits=report: enforce would undo it";
      case "Report" ->
          "Warning BadAnnotation: signet.dev/edits is not enforce, report or ignore: Report";
      default -> "";
    };
  }

  @Test
  void anEditThatIsToldIsToldOnceAndUndoneOnRequest() throws Exception {
    String item = "k: " + seal("v", Scope.STRICT, "ns", "app");
    sealed(", annotations: {signet.dev/edits: report}", item, "{}");
    reconcile();
    edit("k", "edited");
    edit("more", "x");
    reconcile();
    assertThat(delivered()).contains("(keys k, more)");
    int opened = rsaOperations.get();
    world.events();
    reconcile();
    assertThat(rsaOperations).hasValue(opened);
    assertThat(world.events()).isEmpty();

    sealed(", annotations: {signet.dev/edits: enforce}", item, "{}");
    reconcile();
    assertThat(world.values("ns", "app")).isEqualTo("{k=v}");
    assertThat(delivered()).startsWith("True Current: ");
    edit("k", "edited");

    sealed(", annotations: {signet.dev/edits: report}", item, "{}");
    reconcile();
    edit("k", "v");
    reconcile();
    assertThat(delivered()).startsWith("True Current: ");
    edit("k", "edited");
    reconcile();
    sealed(", annotations: {signet.dev/edits: ignore}", item, "{}");
    reconcile();
    assertThat(delivered()).startsWith("True Current: ");
    assertThat(world.values("ns", "app")).isEqualTo("{k=edited}");

    sealed(
        ", annotations: {signet.dev/edits: ignore}",
        "k: " + seal("w", Scope.STRICT, "ns", "app"),
        "{}");
    reconcile();
    assertThat(world.values("ns", "app")).isEqualTo("{k=w}");
    try (Secret secret = world.directory().secret("ns", "app").orElseThrow()) {
      world.directory().deleteSecret("ns", "app", secret.metadata().uid());
    }
    reconcile();
    assertThat(world.values("ns", "app")).isEqualTo("{k=w}");
  }

  /** The scope in the annotations, what the item was sealed for, and what is said when it fails. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          STRICT         | ns    | app   | -
          STRICT         | ns    | other | tried scope strict (name and namespace ns/app) with 1 key
          STRICT         | other | app   | tried scope strict (name and namespace ns/app) with 1 key
          NAMESPACE_WIDE | ns    | other | -
          NAMESPACE_WIDE | other | app   | tried scope namespace-wide (namespace ns) with 1 key
          CLUSTER_WIDE   | other | other | -
          """)
  void aMovedObjectOpensWhereItsScopeAllows(
      Scope scope, String namespace, String name, String tried) throws Exception {
    String annotations =
        ", annotations: "
            + ScopeAnnotations.write(Map.of(), scope)
                .toString()
                .replace("=", ": '")
                .replace("}", scope == Scope.STRICT ? "}" : "'}");
    sealed(annotations, "k: " + seal("v", scope, namespace, name), "{}");
    Outcome outcome = reconcile();
    if (tried == null) {
      assertThat(outcome).isEqualTo(new Outcome.Done());
      assertThat(world.values("ns", "app")).isEqualTo("{k=v}");
    } else {
      String advice =
          NO_KEY
              + ": "
              + tried
              + "; it was sealed for another name, namespace or scope, with another key, or"
              + " damaged";
      assertThat(outcome).isEqualTo(new Outcome.Stalled("NoKeyOpens", advice));
      assertThat(synced()).isEqualTo("False " + NO_KEY);
      assertThat(delivered()).isEqualTo("False NoKeyOpens: " + advice);
      assertThat(world.events())
          .containsExactly("Warning ErrUnsealFailed: Failed to unseal: " + NO_KEY);
      assertThat(world.values("ns", "app")).isEqualTo("none");
    }
  }

  @Test
  void aSealedItemWithAnotherScopeAnnotationDoesNotOpen() throws Exception {
    sealed(
        ", annotations: {sealedsecrets.bitnami.com/cluster-wide: 'true'}",
        "k: " + seal("v", Scope.STRICT, "ns", "app"),
        "{}");
    reconcile();
    assertThat(delivered()).contains("tried scope cluster-wide (no name) with 1 key");
  }

  /** What fails after a good delivery leaves the Secret as it was. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          k: AAAA                | {}                                | NoKeyOpens | no key could decrypt secret (k)
          k: '!'                 | {}                                | Unreadable | illegal base64 data at input byte 0 (k)
          k: ''                  | {}                                | NoKeyOpens | no key could decrypt secret (k)
          K                      | {data: {t: '{{ .k'}}              | TemplateFailed | template: t:1: unclosed action (t)
          K                      | {data: {t: '{{ fail .k }}'}}      | TemplateFailed | template: t:1:3: executing "t" at <fail .k>: error calling fail (t)
          K                      | {type: 1}                         | Malformed  | spec.template.type must be a string, not a whole number
          K                      | {metadata: {labels: {a: 1}}}      | Malformed  | spec.template.metadata.labels.a must be a string, not a whole number
          K                      | {data: {t: 1}}                    | Malformed  | spec.template.data.t must be a string
          """)
  void theLastGoodSecretSurvives(String items, String template, String reason, String message)
      throws Exception {
    String good = "k: " + seal("v", Scope.STRICT, "ns", "app");
    sealed("", good, "{}");
    reconcile();
    world.events();
    String before = world.json("ns", "app").orElseThrow();
    sealed("", items.equals("K") ? good : items, template);
    Outcome outcome = reconcile();
    assertThat(outcome).isInstanceOf(Outcome.Stalled.class);
    assertThat(((Outcome.Stalled) outcome).reason()).isEqualTo(reason);
    assertThat(world.json("ns", "app")).contains(before);
    assertThat(synced()).isEqualTo("False " + message);
    assertThat(world.events())
        .containsExactly("Warning ErrUnsealFailed: Failed to unseal: " + message);
    sealed("", good, "{}");
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    assertThat(synced()).isEqualTo("True ");
  }

  @Test
  void missingKeysAreNamedAndAKeyThatComesOpens() throws Exception {
    KeySource later = keys;
    keys = KeyRing::empty;
    sealed("v");
    String advice = NO_KEY + ": there is no sealing key; restore one with `signet keys import`";
    assertThat(reconcile()).isEqualTo(new Outcome.Stalled("NoKeys", advice));
    assertThat(delivered()).isEqualTo("False NoKeys: " + advice);
    keys = later;
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    assertThat(world.values("ns", "app")).isEqualTo("{k=v}");
    assertThat(delivered()).startsWith("True Current: ");
  }

  /** A Secret that is there already: what its annotations allow. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {a: b}                                           | {foreign=f}
          {sealedsecrets.bitnami.com/managed: 'TRUE'}      | {foreign=f}
          {sealedsecrets.bitnami.com/managed: 'true'}      | {k=v}
          {sealedsecrets.bitnami.com/patch: 'true'}        | {foreign=f, k=v}
          {sealedsecrets.bitnami.com/managed: 'true', sealedsecrets.bitnami.com/patch: 'true'} | {foreign=f, k=v}
          """)
  void aForeignSecretIsTouchedOnlyWhereItSaysSo(String annotations, String after) throws Exception {
    world.secret(
        "{metadata: {name: app, namespace: ns, labels: {foreign: l}, finalizers: [f/f],"
            + " annotations: "
            + annotations
            + "}, stringData: {foreign: f}, type: old}");
    sealed(
        "",
        "k: " + seal("v", Scope.STRICT, "ns", "app"),
        "{type: new, metadata: {labels: {mine: l}}}");
    Outcome outcome = reconcile();
    assertThat(world.values("ns", "app")).isEqualTo(after);
    if (after.equals("{foreign=f}")) {
      assertThat(((Outcome.Stalled) outcome).reason()).isEqualTo("NotManaged");
      assertThat(synced()).isEqualTo("False failed update: " + NOT_MANAGED);
      assertThat(delivered())
          .isEqualTo(
              "False NotManaged: "
                  + NOT_MANAGED
                  + "; annotate the Secret with sealedsecrets.bitnami.com/managed=true to let it be"
                  + " replaced, or delete it");
      assertThat(world.events()).containsExactly("Warning ErrUpdateFailed: " + NOT_MANAGED);
      return;
    }
    assertThat(outcome).isEqualTo(new Outcome.Done());
    try (Secret secret = world.directory().secret("ns", "app").orElseThrow()) {
      boolean patch = after.contains("foreign");
      boolean managed = annotations.contains("managed");
      assertThat(secret.type()).isEqualTo("new");
      assertThat(secret.metadata().labels().containsKey("foreign")).isEqualTo(patch);
      assertThat(secret.metadata().labels()).containsEntry("mine", "l");
      // Replacing drops the annotation that allowed it: the owner reference now does.
      assertThat(secret.metadata().annotations().isEmpty()).isEqualTo(!patch);
      assertThat(secret.metadata().controllerOwner().isPresent()).isEqualTo(managed);
      assertThat(secret.metadata().tree()).containsKey("finalizers");
    }
    sealed("w");
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    assertThat(world.values("ns", "app")).isEqualTo(after.replace("=v", "=w"));
  }

  @Test
  void templatesAreRenderedAndWhatIsRandomIsDrawnOnce() throws Exception {
    String template = "{data: {url: 'x://{{ .k }}@h', token: '{{ randAlphaNum 20 }}'}}";
    String sealed = "k: " + seal("v", Scope.STRICT, "ns", "app");
    sealed("", sealed, template);
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    String values = world.values("ns", "app");
    assertThat(values).matches("\\{k=v, token=[A-Za-z0-9]{20}, url=x://v@h}");
    int operations = rsaOperations.get();
    String before = world.json("ns", "app").orElseThrow();

    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    assertThat(world.json("ns", "app")).contains(before);
    assertThat(rsaOperations).hasValue(operations);

    sealed("", sealed, template.replace("@h", "@i"));
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    assertThat(world.values("ns", "app")).contains("url=x://v@i").isNotEqualTo(values);
  }

  @Test
  void withoutAnOwnerReferenceItStaysOurs() throws Exception {
    String template =
        "{metadata: {annotations: {sealedsecrets.bitnami.com/skip-set-owner-references: 'true'}}}";
    sealed("", "k: " + seal("v", Scope.STRICT, "ns", "app"), template);
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    try (Secret secret = world.directory().secret("ns", "app").orElseThrow()) {
      assertThat(secret.metadata().controllerOwner()).isEmpty();
    }
    // A failure in between must not make us forget that we wrote it.
    sealed("", "k: AAAA", template);
    assertThat(reconcile()).isInstanceOf(Outcome.Stalled.class);
    sealed("", "k: " + seal("w", Scope.STRICT, "ns", "app"), template);
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    assertThat(world.values("ns", "app")).isEqualTo("{k=w}");
  }

  @Test
  void anImmutableSecretIsSaidToBeOne() throws Exception {
    sealed("", "k: " + seal("v", Scope.STRICT, "ns", "app"), "{immutable: true}");
    assertThat(reconcile()).isEqualTo(new Outcome.Done());
    world.events();
    sealed("", "k: " + seal("w", Scope.STRICT, "ns", "app"), "{immutable: true}");
    assertThat(((Outcome.Stalled) reconcile()).reason()).isEqualTo("Refused");
    assertThat(world.values("ns", "app")).isEqualTo("{k=v}");
    assertThat(world.events())
        .containsExactly(
            "Warning ErrUpdateFailed: Error updating ns/app: the target Secret is immutable. Once a"
                + " Secret is marked as immutable, it is not possible to revert this change nor to"
                + " mutate the contents of the data field. You can only delete and recreate the"
                + " Secret.");
    assertThat(synced())
        .isEqualTo("False Secret ns/app cannot change: field is immutable when `immutable` is set");
  }

  @Test
  void allItemsThatFailAreNamed() throws Exception {
    sealed("", "a: AAAA, b: '!', c: AAAA, d: " + seal("v", Scope.STRICT, "ns", "app"), "{}");
    reconcile();
    assertThat(synced())
        .isEqualTo(
            "False no key could decrypt secret (a, c)\nillegal base64 data at input byte 0 (b)");
    assertThat(world.values("ns", "app")).isEqualTo("none");
  }

  /** What the field of 2017 holds, and what comes of it. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          SECRET | true  | {}       | True                                                              | {a=1, b=2}
          SECRET | false | {}       | False using deprecated 'data' field, use 'encryptedData' or flip the feature flag | none
          SECRET | true  | {k: AAA} | False cannot use the field 'encryptedData' and the deprecated field 'data' at the same time | none
          AAAA   | true  | {}       | False no key could decrypt secret                                 | none
          ''     | true  | {}       | False no key could decrypt secret                                 | none
          '!'    | true  | {}       | False illegal base64 data at input byte 0                         | none
          TEXT   | true  | {}       | False what was sealed in the deprecated field 'data' is no Secret | none
          LIST   | true  | {}       | False what was sealed in the deprecated field 'data' is no Secret | none
          """)
  void theFormOf2017IsAWholeSecret(
      String data, boolean accepted, String items, String synced, String values) throws Exception {
    rules = new DeliveryRules(DeliveryRules.Restored.EDITED, accepted, true, false);
    String blob =
        switch (data) {
          case "SECRET" ->
              seal(
                  """
                  {"apiVersion": "v1", "kind": "Secret", "type": "t", "data": {"a": "MQ==", "b": "Mg=="},
                   "metadata": {"name": "other", "namespace": "elsewhere", "labels": {"l": "v"}}}
                  """,
                  Scope.STRICT,
                  "ns",
                  "app");
          case "TEXT" -> seal("a secret text: it must not be shown", Scope.STRICT, "ns", "app");
          case "LIST" ->
              seal(
                  "{\"kind\": \"Secret\", \"apiVersion\": \"v1\", \"data\": [1]}",
                  Scope.STRICT,
                  "ns",
                  "app");
          default -> data;
        };
    world.manifest(
        "sealed",
        "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: app}, spec: {data: '"
            + blob
            + "', encryptedData: "
            + items
            + "}}");
    reconcile();
    assertThat(synced().strip()).isEqualTo(synced);
    assertThat(world.values("ns", "app")).isEqualTo(values);
    if (!values.equals("none")) {
      try (Secret secret = world.directory().secret("ns", "app").orElseThrow()) {
        assertThat(secret.type()).isEqualTo("t");
        assertThat(secret.metadata().labels()).containsExactlyEntriesOf(Map.of("l", "v"));
        assertThat(secret.metadata().controllerOwner()).isPresent();
      }
    }
  }

  @Test
  void timesMoveOnlyWithWhatTheySay() throws Exception {
    sealed("", "k: AAAA", "{}");
    reconcile();
    Map<String, String> first = world.condition(REF, "Synced");
    assertThat(first).containsEntry("lastTransitionTime", "2026-01-02T03:04:05Z");
    reconcile();
    assertThat(world.condition(REF, "Synced")).isEqualTo(first);
    assertThat(
            world
                .directory()
                .get(REF)
                .orElseThrow()
                .fields()
                .requiredObject("status")
                .raw("observedGeneration"))
        .isEqualTo(1L);
  }

  @Test
  void whatIsGoneIsDone() throws Exception {
    assertThat(reconcile(new Ref(SealedSecret.KIND, "ns", "gone"))).isEqualTo(new Outcome.Done());
  }
}
