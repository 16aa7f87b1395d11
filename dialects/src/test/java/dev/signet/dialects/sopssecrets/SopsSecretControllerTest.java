package dev.signet.dialects.sopssecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.core.age.X25519Identity;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.World;
import dev.signet.sops.OpenKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SopsSecretControllerTest {

  private static final Ref OBJECT = new Ref(SopsSecret.KIND, "ns", "app");

  private static final String HEAD =
      """
      apiVersion: isindir.github.com/v1alpha3
      kind: SopsSecret
      metadata:
        name: app
        namespace: ns
      spec:
      """;

  private static final String TWO =
      HEAD
          + """
            secretTemplates:
              - name: db
                labels:
                  tier: back
                annotations:
                  note: mine
                type: example.com/db
                stringData:
                  user: app
                data:
                  pass: czNjcmV0AP8=
              - name: token
                stringData:
                  token: t0ken
          """;

  private static final String ONE =
      HEAD
          + """
            secretTemplates:
              - name: db
                stringData:
                  user: other
          """;

  @TempDir Path folder;
  private World world;
  private final X25519Identity identity = Encrypting.identity();
  private SopsSecretRules rules = SopsSecretRules.UPSTREAM;
  private DecryptionKeys keys = _ -> Encrypting.keys(identity);
  private Optional<SopsSecretController> running = Optional.empty();

  @BeforeEach
  void open() {
    world = new World(folder);
  }

  @AfterEach
  void close() {
    world.close();
    identity.close();
  }

  /** As a process that has just begun. */
  private Outcome reconcile() throws Exception {
    Directory directory = world.directory();
    SopsSecretController controller =
        new SopsSecretController(directory, directory, keys, rules, World.CLOCK, Encrypting.RANDOM);
    running = Optional.of(controller);
    return controller.reconcile(OBJECT);
  }

  private void apply(String yaml) {
    world.manifest("app", Encrypting.encrypted(yaml, identity));
  }

  private String message() throws Exception {
    KubeObject object = world.directory().get(OBJECT).orElseThrow();
    return object.fields().requiredObject("status").requiredString("message");
  }

  @Test
  void whatIsDescribedIsDelivered() throws Exception {
    apply(TWO);

    assertThat(reconcile()).isEqualTo(new Outcome.Done());

    assertThat(world.values("ns", "token")).isEqualTo("{token=t0ken}");
    assertThat(world.json("ns", "db").orElseThrow())
        .contains("\"pass\":\"czNjcmV0AP8=\"", "\"user\":\"YXBw\"", "\"type\":\"example.com/db\"")
        .contains("\"labels\":{\"tier\":\"back\"}", "\"annotations\":{\"note\":\"mine\"}")
        .contains("\"controller\":true", "\"kind\":\"SopsSecret\"", "\"name\":\"app\"");
    assertThat(message()).isEqualTo("Healthy");
    assertThat(world.condition(OBJECT, "Ready")).containsEntry("status", "True");
    assertThat(world.events())
        .containsExactly("Normal Delivered: 2 Secrets were written, 0 removed");
  }

  @Test
  void nothingIsWrittenAgainWithoutAReason() throws Exception {
    apply(TWO);
    assertThat(reconcile().delivered()).isTrue();
    String before = world.json("ns", "db").orElseThrow();

    assertThat(reconcile().delivered()).isTrue();

    assertThat(world.json("ns", "db")).contains(before);
    assertThat(world.events()).hasSize(1);
  }

  @Test
  void whatIsNoLongerDescribedGoesOnceAllElseIsThere() throws Exception {
    apply(TWO);
    assertThat(reconcile().delivered()).isTrue();
    apply(ONE);

    assertThat(reconcile().delivered()).isTrue();

    assertThat(world.values("ns", "token")).isEqualTo("none");
    assertThat(world.values("ns", "db")).isEqualTo("{user=other}");
  }

  @Test
  void anOldNameStaysUntilTheNewOneCouldBeWritten() throws Exception {
    apply(ONE);
    assertThat(reconcile().delivered()).isTrue();
    world.secret(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: renamed, namespace: ns}
        stringData: {a: b}
        """);
    apply(ONE.replace("name: db", "name: renamed"));

    assertThat(reconcile()).isInstanceOf(Outcome.Stalled.class);

    assertThat(message()).isEqualTo("Child secret is not owned by controller error");
    assertThat(world.values("ns", "db")).isEqualTo("{user=other}");
    assertThat(world.values("ns", "renamed")).isEqualTo("{a=b}");
    assertThat(running.orElseThrow().concernedBy(Ref.secret("ns", "renamed")))
        .containsExactly(OBJECT);
    assertThat(running.orElseThrow().concernedBy(Ref.secret("ns", "db"))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          annotations: {x: z}                   |                         | false | {a=b}
          annotations: {sopssecret/managed: "true"} |                     | false | {user=other}
          annotations: {sopssecret/managed: "yes"}  |                     | false | {a=b}
          annotations: {}                       | enforceOwnership: true  | false | {user=other}
          annotations: {}                       | enforceOwnership: false | true  | {a=b}
          annotations: {}                       |                         | true  | {user=other}
          """)
  void secretsOfOthersAreTakenOverOnlyWhereThatIsSaid(
      String metadata, String spec, boolean usual, String values) throws Exception {
    rules = new SopsSecretRules(SopsSecretRules.Mac.REPORTED, usual);
    world.secret(
        """
        apiVersion: v1
        kind: Secret
        metadata:
          name: db
          namespace: ns
          ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: x, uid: y, controller: true}]
          %s
        stringData: {a: b}
        """
            .formatted(metadata));
    apply(spec == null ? ONE : ONE.replace("spec:\n", "spec:\n  " + spec + "\n"));

    assertThat(reconcile().delivered()).isEqualTo(!values.equals("{a=b}"));

    assertThat(world.values("ns", "db")).isEqualTo(values);
    assertThat(world.json("ns", "db").orElseThrow())
        .contains(values.equals("{a=b}") ? "\"kind\":\"ConfigMap\"" : "\"kind\":\"SopsSecret\"");
  }

  @Test
  void oneThatIsInTheWayDoesNotKeepTheOthersBack() throws Exception {
    world.secret(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: db, namespace: ns}
        stringData: {a: b}
        """);
    apply(TWO);

    assertThat(reconcile().delivered()).isFalse();

    assertThat(world.values("ns", "db")).isEqualTo("{a=b}");
    assertThat(world.values("ns", "token")).isEqualTo("{token=t0ken}");
  }

  @Test
  void suspendedItIsLeftAlone() throws Exception {
    apply(TWO.replace("spec:\n", "spec:\n  suspend: true\n"));

    assertThat(reconcile()).isEqualTo(new Outcome.Done());

    assertThat(message()).isEqualTo("Reconciliation is suspended");
    assertThat(world.values("ns", "db")).isEqualTo("none");
  }

  /** The last good Secret stays in every one of these. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          not encrypted        | Malformed | it has no field sops
          number               | Malformed | spec.secretTemplates[0].stringData.user is a number; put it in quotes
          base64               | Malformed | spec.secretTemplates[0].data.user is not Base64
          tampered             | Malformed | Could not decrypt value
          other key            | NoKey     | Recovery failed because no master key was able to decrypt the file
          """)
  void whatStaysClosedChangesNothing(String how, String reason, String message) throws Exception {
    apply(ONE);
    assertThat(reconcile().delivered()).isTrue();
    String good = world.json("ns", "db").orElseThrow();
    X25519Identity other = Encrypting.identity();
    String changed =
        switch (how) {
          case "not encrypted" -> ONE;
          case "number" -> Encrypting.encrypted(ONE.replace("user: other", "user: 5432"), identity);
          case "base64" ->
              Encrypting.encrypted(
                  ONE.replace("stringData:", "data:").replace("user: other", "user: '?'"),
                  identity);
          case "tampered" -> Encrypting.encrypted(ONE, identity).replace("stringData:", "data:");
          default -> Encrypting.encrypted(ONE, other);
        };
    world.manifest("app", changed);
    var _ = world.events();

    Outcome outcome = reconcile();

    assertThat(outcome)
        .isInstanceOf(how.equals("other key") ? Outcome.Retry.class : Outcome.Stalled.class);
    assertThat(message()).isEqualTo("Decryption error");
    assertThat(world.condition(OBJECT, "Ready").get("message")).contains(message);
    assertThat(world.events().getFirst()).startsWith("Warning " + reason + ": ");
    assertThat(world.json("ns", "db")).contains(good);
  }

  @Test
  void aSecretWithAKeyIsTakenUpByWhatWaitsForIt() throws Exception {
    keys = clusterKeys(Optional.of(Ref.secret("system", "sops-keys")), ClusterKeys.Reach.ALL);
    apply(ONE);
    assertThat(reconcile()).isInstanceOf(Outcome.Retry.class);
    assertThat(world.condition(OBJECT, "Ready").get("message"))
        .contains("Secret system/sops-keys, which does not exist");
    assertThat(running.orElseThrow().concernedBy(Ref.secret("system", "other"))).isEmpty();
    assertThat(running.orElseThrow().concernedBy(Ref.secret("system", "sops-keys")))
        .containsExactly(OBJECT);

    keySecret("system", "sops-keys", "");

    assertThat(reconcile().delivered()).isTrue();
    assertThat(running.orElseThrow().concernedBy(Ref.secret("system", "sops-keys"))).isEmpty();
  }

  /** Or whoever may create a SopsSecret somewhere could have everything opened. */
  @ParameterizedTest
  @CsvSource({
    "ns,     OWN, true",
    "system, OWN, false",
    "other,  OWN, false",
    "ns,     ALL, true",
    "system, ALL, true",
    "other,  ALL, false"
  })
  void keysOpenWhereTheyAreMeantTo(String namespace, ClusterKeys.Reach reach, boolean opens)
      throws Exception {
    keys = clusterKeys(Optional.of(Ref.secret("system", "sops-keys")), reach);
    apply(ONE);
    keySecret(
        namespace,
        "sops-keys",
        namespace.equals("system") ? "" : ", labels: {signet.dev/sops-keys: \"true\"}");

    assertThat(reconcile().delivered()).isEqualTo(opens);
  }

  private DecryptionKeys clusterKeys(Optional<Ref> shared, ClusterKeys.Reach reach) {
    return new DecryptionKeys() {
      private ClusterKeys now() {
        return new ClusterKeys(
            world.directory(), shared, reach, Encrypting.NOTHING, Encrypting.RANDOM);
      }

      @Override
      public OpenKeys in(String namespace) throws dev.signet.delivery.ObjectsException {
        return now().in(namespace);
      }

      @Override
      public boolean concerns(Ref secret, String namespace)
          throws dev.signet.delivery.ObjectsException {
        return now().concerns(secret, namespace);
      }
    };
  }

  private void keySecret(String namespace, String name, String labels) throws Exception {
    world.secret(
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: %s, namespace: %s%s}
        stringData:
          old.agekey: this is no key
          new.agekey: |
            # made for a test
            %s
          sops.vault-token: of no use here
        """
            .formatted(name, namespace, labels, Encrypting.text(identity)));
  }

  /** The fields come sorted, as an API server gives them back. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          whole       | False | True
          unsorted    | False | Unknown
          unsorted    | True  | Unknown
          labelled    | False | True
          labelled    | True  | True
          exchanged   | False | Unknown
          exchanged   | True  | Unknown
          """)
  void theMacIsComparedAsFarAsTheOrderIsKnown(String how, boolean onlyEncrypted, String verified)
      throws Exception {
    String yaml =
        how.equals("unsorted")
            ? TWO.replaceFirst("( +)user: app\n", "$1z: one\n$1user: app\n")
            : TWO;
    Map<String, Object> tree =
        Sorting.sorted(World.tree(Encrypting.encrypted(yaml, identity, onlyEncrypted)));
    if (how.equals("labelled")) {
      Sorting.label(tree);
    }
    if (how.equals("exchanged")) {
      Sorting.exchangeNames(tree);
    }
    world.manifest("app", Sorting.written(tree));

    assertThat(reconcile().delivered()).isTrue();

    assertThat(world.condition(OBJECT, "Verified")).containsEntry("status", verified);
    List<String> events = new ArrayList<>(world.events());
    events.removeIf(event -> !event.contains("MACUnverified"));
    assertThat(events).hasSize(verified.equals("True") ? 0 : 1);

    rules = new SopsSecretRules(SopsSecretRules.Mac.REQUIRED, false);
    assertThat(reconcile().delivered()).isEqualTo(verified.equals("True"));
  }
}
