package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.FolderStore;
import dev.signet.dialects.World;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ExternalSecretControllerTest {

  private static final String STORE =
      """
      {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: store},
       spec: {provider: {fake: {data: [%s]}}}}
      """;
  private static final String VALUE = "{key: db, value: v}";

  @TempDir Path folder;
  private World world;

  ExternalSecretControllerTest(@TempDir Path manifests) {
    world = new World(manifests);
  }

  @BeforeEach
  void store() {
    store(VALUE);
  }

  @AfterEach
  void close() {
    world.close();
  }

  private void store(String data) {
    world.manifest("store", STORE.formatted(data));
  }

  private void externalSecret(String name, String metadata, String spec) {
    world.manifest(
        name,
        "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: "
            + name
            + metadata
            + "}, spec: {secretStoreRef: {name: store}, "
            + spec
            + "}}");
  }

  private void externalSecret(String target) {
    externalSecret("es", "", target + "data: [{secretKey: k, remoteRef: {key: db}}]");
  }

  private static Ref ref(String name) {
    return new Ref(ExternalSecret.KIND, "ns", name);
  }

  private Outcome reconcile(String name) throws Exception {
    Directory directory = world.directory();
    Fetching fetching = Fetchings.of(directory, FakeStore.provider(), FolderStore.provider(folder));
    return ExternalSecretController.whenAsked(directory, directory, fetching, World.CLOCK)
        .reconcile(ref(name));
  }

  private String ready(String name) throws Exception {
    Map<String, String> condition = world.condition(ref(name), "Ready");
    return condition.get("status")
        + " "
        + condition.get("reason")
        + ": "
        + condition.get("message");
  }

  /**
   * All policies: what is in the store (v or nothing), what the target was before, and what comes
   * of it. Events are joined by a slash.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          Owner         | Retain | v | none  | True SecretSynced: secret synced | Normal Created: secret created | {k=v}
          Orphan        | Retain | v | none  | True SecretSynced: secret synced | Normal Created: secret created | {k=v}
          Merge         | Retain | v | none  | True SecretMissing: secret will not be created due to CreationPolicy=Merge | - | none
          None          | Retain | v | none  | True SecretSynced: secret synced | - | none
          CreateOrMerge | Retain | v | none  | True SecretSynced: secret synced | Normal Created: secret created | {k=v}
          Owner         | Retain | v | there | True SecretSynced: secret synced | Normal Updated: secret updated | {k=v}
          Orphan        | Retain | v | there | True SecretSynced: secret synced | Normal Updated: secret updated | {k=v}
          Merge         | Retain | v | there | True SecretSynced: secret synced | Normal Updated: secret updated | {foreign=f, k=v}
          None          | Retain | v | there | True SecretSynced: secret synced | - | {foreign=f}
          CreateOrMerge | Retain | v | there | True SecretSynced: secret synced | Normal Updated: secret updated | {foreign=f, k=v}
          Owner         | Delete | v | none  | True SecretSynced: secret synced | Normal Created: secret created | {k=v}
          Orphan        | Merge  | v | none  | True SecretSynced: secret synced | Normal Created: secret created | {k=v}
          Owner         | Retain | - | there | False SecretSyncedError: could not get secret data from provider | Warning UpdateFailed: error processing spec.data[0] (key: db), err: SecretStore/ns/store has no key db | {foreign=f}
          Orphan        | Retain | - | there | False SecretSyncedError: could not get secret data from provider | Warning UpdateFailed: error processing spec.data[0] (key: db), err: SecretStore/ns/store has no key db | {foreign=f}
          Merge         | Retain | - | there | False SecretSyncedError: could not get secret data from provider | Warning UpdateFailed: error processing spec.data[0] (key: db), err: SecretStore/ns/store has no key db | {foreign=f}
          None          | Retain | - | there | False SecretSyncedError: could not get secret data from provider | Warning UpdateFailed: error processing spec.data[0] (key: db), err: SecretStore/ns/store has no key db | {foreign=f}
          CreateOrMerge | Retain | - | none  | False SecretSyncedError: could not get secret data from provider | Warning UpdateFailed: error processing spec.data[0] (key: db), err: SecretStore/ns/store has no key db | none
          Owner         | Delete | - | none  | True SecretDeleted: secret deleted due to DeletionPolicy=Delete | Normal MissingProviderSecret: secret does not exist at provider using spec.dataFrom[0] (key=db) | none
          Owner         | Delete | - | there | True SecretDeleted: secret deleted due to DeletionPolicy=Delete | Normal MissingProviderSecret: secret does not exist at provider using spec.dataFrom[0] (key=db) | {foreign=f}
          Orphan        | Delete | - | there | False SecretSyncedError: could not delete secret | Normal MissingProviderSecret: secret does not exist at provider using spec.dataFrom[0] (key=db) / Warning UpdateFailed: unable to delete secret es: creationPolicy=Orphan is not Owner | {foreign=f}
          Owner         | Merge  | - | none  | True SecretSynced: secret synced | Normal MissingProviderSecret: secret does not exist at provider using spec.dataFrom[0] (key=db) / Normal Created: secret created | {}
          Merge         | Merge  | - | none  | True SecretMissing: secret will not be created due to CreationPolicy=Merge | Normal MissingProviderSecret: secret does not exist at provider using spec.dataFrom[0] (key=db) | none
          Merge         | Merge  | - | there | True SecretSynced: secret synced | Normal MissingProviderSecret: secret does not exist at provider using spec.dataFrom[0] (key=db) / Normal Updated: secret updated | {foreign=f}
          CreateOrMerge | Merge  | - | there | True SecretSynced: secret synced | Normal MissingProviderSecret: secret does not exist at provider using spec.dataFrom[0] (key=db) / Normal Updated: secret updated | {foreign=f}
          Merge         | Delete | v | there | False InvalidSpec: deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner | Warning UpdateFailed: deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner | {foreign=f}
          None          | Delete | v | there | False InvalidSpec: deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner | Warning UpdateFailed: deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner | {foreign=f}
          CreateOrMerge | Delete | v | there | False InvalidSpec: deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner | Warning UpdateFailed: deletionPolicy=Delete must not be used when the controller doesn't own the secret. Please set creationPolicy=Owner | {foreign=f}
          None          | Merge  | v | there | False InvalidSpec: deletionPolicy=Merge must not be used with creationPolicy=None. There is no Secret to merge with | Warning UpdateFailed: deletionPolicy=Merge must not be used with creationPolicy=None. There is no Secret to merge with | {foreign=f}
          """)
  void everyPolicyDoesWhatItSays(
      String creation,
      String deletion,
      String value,
      String before,
      String ready,
      String events,
      String after)
      throws Exception {
    if (before.equals("there")) {
      world.secret("{metadata: {name: es, namespace: ns}, stringData: {foreign: f}}");
    }
    if (value == null) {
      store("");
    }
    externalSecret(
        "target: {creationPolicy: " + creation + ", deletionPolicy: " + deletion + "}, ");
    Outcome outcome = reconcile("es");
    assertThat(ready("es")).isEqualTo(ready);
    assertThat(String.join(" / ", world.events())).isEqualTo(events == null ? "" : events);
    assertThat(world.values("ns", "es")).isEqualTo(after);
    assertThat(outcome.delivered()).isEqualTo(ready.startsWith("True"));
  }

  @Test
  void anEmptyMapKeepsTheSecretUnlessThePolicySaysOtherwise() throws Exception {
    store("{key: map, value: '{}'}");
    externalSecret("es", "", "dataFrom: [{extract: {key: map}}]");
    assertThat(reconcile("es")).isEqualTo(new Outcome.After(Duration.ofHours(1)));
    assertThat(ready("es"))
        .isEqualTo("True SecretSynced: secret retained due to DeletionPolicy=Retain");
    assertThat(world.values("ns", "es")).isEqualTo("none");
    assertThat(world.events()).isEmpty();
  }

  @Test
  void whatTheStoreNoLongerHasIsDeletedWhereThePolicySaysSo() throws Exception {
    externalSecret("target: {deletionPolicy: Delete}, ");
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{k=v}");
    store("");
    world.events();
    reconcile("es");
    assertThat(ready("es"))
        .isEqualTo("True SecretDeleted: secret deleted due to DeletionPolicy=Delete");
    assertThat(world.events())
        .containsExactly(
            "Normal MissingProviderSecret: secret does not exist at provider using"
                + " spec.dataFrom[0] (key=db)",
            "Normal Deleted: secret deleted due to DeletionPolicy=Delete");
    assertThat(world.values("ns", "es")).isEqualTo("none");
  }

  @Test
  void mergedKeysGoWithTheirValueAndForeignOnesStay() throws Exception {
    world.secret("{metadata: {name: es, namespace: ns}, stringData: {foreign: f}}");
    store("{key: db, value: v}, {key: two, value: w}");
    externalSecret(
        "es",
        "",
        "target: {creationPolicy: Merge, deletionPolicy: Merge}, data: [{secretKey: k, remoteRef:"
            + " {key: db}}, {secretKey: l, remoteRef: {key: two}}]");
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{foreign=f, k=v, l=w}");
    store("{key: two, value: w}");
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{foreign=f, l=w}");
    externalSecret(
        "es", "", "target: {creationPolicy: Merge}, data: [{secretKey: m, remoteRef: {key: two}}]");
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{foreign=f, m=w}");
  }

  /** Texts that upstream's operator compares: they must be the same to the byte. */
  @Test
  void theSecretIsMarkedAsUpstreamMarksIt() throws Exception {
    store("{key: db, value: bar}");
    externalSecret(
        "my-es", ", namespace: default", "data: [{secretKey: foo, remoteRef: {key: db}}]");
    world.manifest(
        "store",
        STORE
            .formatted("{key: db, value: bar}")
            .replace("name: store", "name: store, namespace: default"));
    Directory directory = world.directory();
    ExternalSecretController.whenAsked(
            directory, directory, Fetchings.of(directory, FakeStore.provider()), World.CLOCK)
        .reconcile(new Ref(ExternalSecret.KIND, "default", "my-es"));
    try (Secret secret = world.directory().secret("default", "my-es").orElseThrow()) {
      Metadata metadata = secret.metadata();
      assertThat(metadata.labels())
          .containsExactly(
              Map.entry(
                  "reconcile.external-secrets.io/created-by",
                  "b8464376b5fe3535e690594280bfe59b60be2603cb6cbb6d6c8bcbb4"),
              Map.entry("reconcile.external-secrets.io/managed", "true"));
      assertThat(metadata.annotations())
          .containsExactly(
              Map.entry(
                  "reconcile.external-secrets.io/data-hash",
                  "f2a604b87eb0cf673761e8cfea850f901fe73a3d1b2f338802107f36"));
      Map<?, ?> owner = metadata.controllerOwner().orElseThrow();
      assertThat(owner.toString())
          .startsWith("{apiVersion=external-secrets.io/v1, kind=ExternalSecret, name=my-es, uid=")
          .endsWith("controller=true, blockOwnerDeletion=true}");
    }
    Fields status =
        world
            .directory()
            .get(new Ref(ExternalSecret.KIND, "default", "my-es"))
            .orElseThrow()
            .fields()
            .requiredObject("status");
    assertThat(status.requiredString("syncedResourceVersion"))
        .isEqualTo("1-f47fe3c0b255b6dd8047cdffa772587bb829efe7a1cb70febeda2eb2");
    assertThat(status.requiredString("refreshTime")).isEqualTo("2026-01-02T03:04:05Z");
    assertThat(status.requiredObject("binding").requiredString("name")).isEqualTo("my-es");
    assertThat(status.objects("conditions").getFirst().names())
        .containsExactly("type", "status", "reason", "message", "lastTransitionTime");
  }

  @Test
  void labelsAndAnnotationsAreCopiedAndForeignOnesStay() throws Exception {
    world.secret(
        """
        {metadata: {name: es, namespace: ns, labels: {foreign: l, reconcile.external-secrets.io/created-by: other},
         annotations: {foreign: a}, ownerReferences: [{kind: Pod, name: p, uid: u, apiVersion: v1}]},
         stringData: {foreign: f}, type: custom}
        """);
    externalSecret(
        "es",
        ", labels: {team: x}, annotations: {note: text}",
        "target: {creationPolicy: Merge}, data: [{secretKey: k, remoteRef: {key: db}}]");
    reconcile("es");
    try (Secret secret = world.directory().secret("ns", "es").orElseThrow()) {
      assertThat(secret.metadata().labels())
          .isEqualTo(
              Map.of("foreign", "l", "team", "x", "reconcile.external-secrets.io/managed", "true"));
      assertThat(secret.metadata().annotations())
          .containsEntry("foreign", "a")
          .containsEntry("note", "text")
          .hasSize(3);
      assertThat(secret.type()).isEqualTo("custom");
      assertThat(secret.metadata().controllerOwner()).isEmpty();
      assertThat(String.valueOf(secret.metadata().tree().get("ownerReferences")))
          .contains("name=p");
    }
    externalSecret("");
    reconcile("es");
    try (Secret secret = world.directory().secret("ns", "es").orElseThrow()) {
      assertThat((List<?>) secret.metadata().tree().get("ownerReferences")).hasSize(2);
    }
    externalSecret("target: {creationPolicy: Orphan}, ");
    reconcile("es");
    try (Secret secret = world.directory().secret("ns", "es").orElseThrow()) {
      assertThat((List<?>) secret.metadata().tree().get("ownerReferences")).hasSize(1);
      assertThat(secret.metadata().labels())
          .doesNotContainKey("reconcile.external-secrets.io/created-by");
    }
  }

  @ParameterizedTest
  @CsvSource({"Owner", "Merge", "Orphan", "CreateOrMerge"})
  void aSecretOfAnotherExternalSecretIsNotTouched(String policy) throws Exception {
    externalSecret(
        "first", "", "target: {name: shared}, data: [{secretKey: k, remoteRef: {key: db}}]");
    reconcile("first");
    world.events();
    String before = world.json("ns", "shared").orElseThrow();
    externalSecret(
        "second",
        "",
        "target: {name: shared, creationPolicy: "
            + policy
            + "}, data: [{secretKey: other, remoteRef: {key: db}}]");
    assertThat(reconcile("second")).isInstanceOf(Outcome.Stalled.class);
    assertThat(ready("second"))
        .isEqualTo("False SecretSyncedError: target is owned by another ExternalSecret");
    assertThat(world.events())
        .containsExactly(
            "Warning UpdateFailed: unable to mutate secret shared: secret is owned by another"
                + " ExternalSecret: first");
    assertThat(world.json("ns", "shared")).contains(before);
  }

  @Test
  void aSecretOfAnotherControllerIsNotTakenOver() throws Exception {
    String foreign =
        "{metadata: {name: es, namespace: ns, ownerReferences: [{kind: Certificate, name: c, uid:"
            + " u, controller: true}]}, stringData: {foreign: f}}";
    world.secret(foreign);
    externalSecret("");
    reconcile("es");
    assertThat(ready("es"))
        .isEqualTo("False SecretSyncedError: failed to take ownership of target secret");
    assertThat(world.values("ns", "es")).isEqualTo("{foreign=f}");
    externalSecret("target: {creationPolicy: Merge}, ");
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{foreign=f, k=v}");
  }

  @Test
  void aRenamedTargetLeavesNoSecretBehind() throws Exception {
    externalSecret("target: {name: old}, ");
    reconcile("es");
    world.events();
    store("{key: db, value: w}");
    reconcile("es");
    world.events();
    externalSecret("target: {name: new}, ");
    reconcile("es");
    assertThat(world.values("ns", "old")).isEqualTo("none");
    assertThat(world.values("ns", "new")).isEqualTo("{k=w}");
    assertThat(world.events())
        .containsExactly(
            "Normal Created: secret created",
            "Normal Deleted: secret deleted because it was orphaned");
    assertThat(world.directory().deliveries()).hasSize(1);
  }

  @Test
  void nothingIsWrittenWhenNothingChanged() throws Exception {
    externalSecret("");
    reconcile("es");
    String before = world.json("ns", "es").orElseThrow();
    world.events();
    assertThat(reconcile("es")).isEqualTo(new Outcome.After(Duration.ofHours(1)));
    assertThat(world.json("ns", "es")).contains(before);
    assertThat(world.events()).isEmpty();
    store("{key: db, value: w}");
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{k=w}");
    assertThat(world.events()).containsExactly("Normal Updated: secret updated");
  }

  /** Whatever goes wrong after a good delivery: the Secret stays as it was, byte for byte. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          -                          | data: [{secretKey: k, remoteRef: {key: db}}] | could not get SecretStore "store", it does not exist
          {key: other, value: v}     | data: [{secretKey: k, remoteRef: {key: db}}] | SecretStore/ns/store has no key db
          {key: db, value: '!'}      | data: [{secretKey: k, remoteRef: {key: db, decodingStrategy: Base64}}] | failure decoding key k
          {key: db, value: "a\\0b"}   | data: [{secretKey: k, remoteRef: {key: db, nullBytePolicy: Fail}}] | contains null bytes
          {key: db, value: v}        | data: [{secretKey: 'k/l', remoteRef: {key: db}}] | invalid secret key k/l
          {key: db, value: v}        | data: [{secretKey: k, remoteRef: {key: db, property: p}}] | property p does not exist in key db of SecretStore/ns/store
          {key: db, value: '{}'}     | data: [{secretKey: k, remoteRef: {key: db, property: p}}] | property p does not exist
          {key: db, value: v}        | data: [{secretKey: k, remoteRef: {key: db, version: v9}}] | in version v9
          {key: db, value: v}        | dataFrom: [{extract: {key: db}}] | error processing spec.dataFrom[0].extract, err: key db
          {key: db, value: '{"a/b":1,"a_b":2}'} | dataFrom: [{extract: {key: db}}] | secret name collision during conversion: a_b
          {key: db, value: '{"a":1,"ü":2}'} | dataFrom: [{extract: {key: db}}] | invalid secret key ü
          {key: db, value: w}        | data: [{secretKey: a, remoteRef: {key: db}}, {secretKey: k, remoteRef: {key: gone}}] | error processing spec.data[1] (key: gone)
          {key: db, value: w}        | target: {manifest: {}}, data: [{secretKey: k, remoteRef: {key: db}}] | spec.target.manifest
          {key: db, value: w}, {other: 1} | data: [{secretKey: k, remoteRef: {key: db}}] | SecretStore "store" is not ready: spec.provider.fake.data[1].key is required
          """)
  void theLastGoodSecretSurvives(String data, String spec, String message) throws Exception {
    externalSecret("");
    reconcile("es");
    world.events();
    String before = world.json("ns", "es").orElseThrow();
    if (data == null) {
      world.without("store");
    } else {
      store(data);
    }
    externalSecret("es", "", spec);
    Outcome outcome = reconcile("es");
    assertThat(world.json("ns", "es")).contains(before);
    assertThat(outcome.delivered()).isFalse();
    assertThat(ready("es")).startsWith("False ");
    assertThat(world.events()).hasSize(1).first().asString().contains(message);
    store(VALUE);
    externalSecret("");
    reconcile("es");
    assertThat(ready("es")).isEqualTo("True SecretSynced: secret synced");
    assertThat(world.json("ns", "es")).contains(before);
  }

  @Test
  void anImmutableTargetIsSaidToBeOne() throws Exception {
    world.secret("{metadata: {name: es, namespace: ns}, stringData: {k: old}, immutable: true}");
    externalSecret("");
    reconcile("es");
    assertThat(ready("es"))
        .isEqualTo("False SecretSyncedError: could not update secret, target is immutable");
    assertThat(world.values("ns", "es")).isEqualTo("{k=old}");
    assertThat(world.events()).hasSize(1).first().asString().startsWith("Warning UpdateFailed: ");
  }

  @Test
  void anImmutableExternalSecretFillsItsSecretOnce() throws Exception {
    externalSecret("target: {immutable: true}, ");
    reconcile("es");
    store("{key: db, value: w}");
    reconcile("es");
    assertThat(ready("es")).isEqualTo("True SecretSynced: secret synced");
    assertThat(world.values("ns", "es")).isEqualTo("{k=v}");
  }

  /**
   * What becomes of a Secret with v, when the store has w by now: its ExternalSecret is deleted and
   * made again, or it is deleted itself; two hours later in any case.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          CreatedOnce | Orphan        | false | nothing        | {k=v}
          CreatedOnce | Orphan        | false | ExternalSecret | {k=w}
          CreatedOnce | Orphan        | true  | ExternalSecret | {k=v}
          CreatedOnce | Orphan        | true  | Secret         | none
          CreatedOnce | Owner         | true  | Secret         | {k=w}
          CreatedOnce | CreateOrMerge | false | Secret         | {k=w}
          CreatedOnce | CreateOrMerge | true  | Secret         | {k=w}
          Periodic    | Orphan        | true  | nothing        | {k=v}
          Periodic    | Orphan        | true  | Secret         | {k=w}
          """)
  void aSecretOfAnotherTimeIsKeptOrMadeAnew(
      String refresh, String creation, boolean immutable, String deleted, String after)
      throws Exception {
    String spec =
        "refreshPolicy: %s, target: {creationPolicy: %s, immutable: %s}, data: [{secretKey: k, remoteRef: {key: db}}]"
            .formatted(refresh, creation, immutable);
    externalSecret("es", "", spec);
    assertThat(reconcileAt(Duration.ZERO)).isInstanceOf(Outcome.class);
    assertThat(world.values("ns", "es")).isEqualTo("{k=v}");
    try (Secret secret = world.directory().secret("ns", "es").orElseThrow()) {
      assertThat(secret.immutable().orElse(false)).isEqualTo(immutable);
      assertThat(secret.metadata().controllerOwner().isPresent())
          .isEqualTo(creation.equals("Owner"));
      if (deleted.equals("Secret")) {
        world.directory().deleteSecret("ns", "es", secret.metadata().uid());
      }
    }
    if (deleted.equals("ExternalSecret")) {
      world.directory().updateStatus(ref("es"), Map.of());
    }
    store("{key: db, value: w}");
    reconcileAt(Duration.ofHours(2));
    assertThat(world.values("ns", "es")).isEqualTo(after);
    assertThat(ready("es")).isEqualTo("True SecretSynced: secret synced");
  }

  private Outcome reconcileAt(Duration later) throws Exception {
    Directory directory = world.directory();
    return ExternalSecretController.whenDue(
            directory,
            directory,
            Fetchings.of(directory, FakeStore.provider()),
            InstantSource.fixed(World.CLOCK.instant().plus(later)),
            /* genericTargets= */ false)
        .reconcile(ref("es"));
  }

  /** What a ServiceBinding reads. */
  @ParameterizedTest
  @CsvSource({
    "Owner, es, es",
    "Owner, this-is-a-very-big-secret-name-that-wouldnt-be-generated-due-to-label-limits,"
        + " this-is-a-very-big-secret-name-that-wouldnt-be-generated-due-to-label-limits",
    "None, es, none"
  })
  void theStatusNamesTheSecretThatIsThere(String creation, String target, String bound)
      throws Exception {
    externalSecret("target: {name: " + target + ", creationPolicy: " + creation + "}, ");
    reconcile("es");
    Fields status =
        world.directory().get(ref("es")).orElseThrow().fields().requiredObject("status");
    assertThat(
            status.has("binding")
                ? status.requiredObject("binding").requiredString("name")
                : "none")
        .isEqualTo(bound);
    assertThat(world.values("ns", target)).isEqualTo(bound.equals("none") ? "none" : "{k=v}");
  }

  @Test
  void aSecretThatIsTooLargeIsRefused() throws Exception {
    store("{key: db, value: '" + "x".repeat((1 << 20) + 1) + "'}");
    externalSecret("");
    reconcile("es");
    assertThat(ready("es"))
        .isEqualTo(
            "False SecretSyncedError: could not update secret: Secret ns/es would hold more than"
                + " the 1 MiB that a cluster takes, in one key; split the value, or keep it"
                + " elsewhere: k");
    assertThat(world.values("ns", "es")).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          refreshPolicy: CreatedOnce                        | v | v
          refreshPolicy: OnChange                           | v | w
          refreshPolicy: Periodic, refreshInterval: 1h      | w | w
          refreshPolicy: Periodic, refreshInterval: '0'     | v | v
          refreshInterval: -1h                              | v | v
          """)
  void theRefreshPolicySaysWhenToAskAgain(String policy, String unchanged, String edited)
      throws Exception {
    externalSecret(policy + ", ");
    reconcile("es");
    store("{key: db, value: w}");
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{k=" + unchanged + "}");
    externalSecret(
        "es",
        ", labels: {edited: yes-it-is}",
        policy + ", data: [{secretKey: k, remoteRef: {key: db}}]");
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{k=" + edited + "}");
  }

  @Test
  void laterEntriesWinAndEachMayNameItsStore() throws Exception {
    Files.writeString(folder.resolve("file"), "from a file");
    store("{key: map, value: '{\"a\": \"map\", \"b\": 2, \"c/d\": true}'}, {key: db, value: v}");
    world.manifest(
        "cluster",
        "{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: files},"
            + " spec: {provider: {file: {path: '"
            + folder
            + "'}}}}");
    externalSecret(
        "es",
        "",
        """
        dataFrom: [{extract: {key: map}}],
        data: [{secretKey: a, remoteRef: {key: db}},
               {secretKey: f, remoteRef: {key: file}, sourceRef: {storeRef: {name: files, kind: ClusterSecretStore}}}]
        """);
    reconcile("es");
    assertThat(world.values("ns", "es")).isEqualTo("{a=v, b=2, c_d=true, f=from a file}");
    assertThat(world.directory().deliveries().getFirst().origins().get("f"))
        .hasToString("Origin[source=ClusterSecretStore/files, key=file, property=, version=]");
  }

  @Test
  void theTransitionTimeMovesWithTheStatusOnly() throws Exception {
    externalSecret("");
    reconcile("es");
    Map<String, String> first = world.condition(ref("es"), "Ready");
    reconcile("es");
    assertThat(world.condition(ref("es"), "Ready")).isEqualTo(first);
  }

  @Test
  void whatIsGoneIsDone() throws Exception {
    assertThat(reconcile("nothing")).isEqualTo(new Outcome.Done());
  }
}
