package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.traffic.StoreGates;
import dev.signet.dialects.World;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** From where a store may be used, and what it may read. */
final class StoreAccessTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          []                                                           | true
          [{}]                                                         | false
          [{namespaces: [ns]}]                                         | true
          [{namespaces: [other]}]                                      | false
          [{namespaces: [other]}, {namespaces: [ns]}]                  | true
          [{namespaces: [other], namespaceRegexes: ['^n']}]            | true
          [{namespaceRegexes: ['s']}]                                  | true
          [{namespaceRegexes: ['^s$']}]                                | false
          [{namespaceSelector: {matchLabels: {team: blue}}}]           | true
          [{namespaceSelector: {matchLabels: {team: red}}}]            | false
          [{namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: ns}}}] | true
          [{namespaceSelector: {matchExpressions: [{key: team, operator: In, values: [red, blue]}]}}] | true
          [{namespaceSelector: {matchExpressions: [{key: team, operator: DoesNotExist}]}}] | false
          """)
  void aClusterStoreIsForTheNamespacesOfItsConditions(String conditions, boolean allowed)
      throws Exception {
    try (Stage stage = new Stage(folder)) {
      stage.manifest(
          "n", "{apiVersion: v1, kind: Namespace, metadata: {name: ns, labels: {team: blue}}}");
      stage.manifest(
          "store",
          "{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: store},"
              + " spec: {conditions: "
              + conditions
              + ", provider: {fake: {data: [{key: k, value: v}]}}}}");
      stage.externalSecret(
          "data: [{secretKey: k, remoteRef: {key: k}, sourceRef: {storeRef: {name: store, kind:"
              + " ClusterSecretStore}}}]");
      stage.run();
      assertThat(stage.world().values("ns", "es")).isEqualTo(allowed ? "{k=v}" : "none");
      if (!allowed) {
        assertThat(stage.world().events())
            .hasSize(1)
            .first()
            .asString()
            .contains(
                "using cluster store \"store\" is not allowed from namespace \"ns\": denied by"
                    + " spec.condition");
      }
    }
  }

  @Test
  void aStoreOfAnotherClassIsLeftToItsController() throws Exception {
    try (Stage stage = new Stage(folder)) {
      stage.manifest(
          "store",
          "{apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: store}, spec:"
              + " {controller: other, provider: {fake: {data: [{key: k, value: v}]}}}}");
      stage.externalSecret("data: [{secretKey: k, remoteRef: {key: k}}]").run();
      assertThat(stage.world().values("ns", "es")).isEqualTo("none");
      assertThat(stage.world().events()).isEmpty();
    }
  }

  @Test
  void whereClusterStoresAreLeftOutWhoeverUsesOneIsLeftAlone() throws Exception {
    try (Stage stage = new Stage(folder)) {
      stage.manifest(
          "store",
          "{apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: store},"
              + " spec: {provider: {fake: {data: [{key: k, value: v}]}}}}");
      stage.externalSecret(
          "data: [{secretKey: k, remoteRef: {key: k}, sourceRef: {storeRef: {name: store, kind:"
              + " ClusterSecretStore}}}]");
      Directory directory = stage.world().directory();
      Ref es = new Ref(ExternalSecret.KIND, "ns", "es");
      for (boolean clusterWide : List.of(false, true)) {
        Stores stores =
            new Stores(
                directory,
                AccountTokens.NONE,
                List.of(FakeStore.provider()),
                new StoreGates(Duration.ZERO, System::nanoTime),
                clusterWide);
        Fetching usual = Fetchings.of(directory);
        var _ =
            ExternalSecretController.whenDue(
                    directory,
                    directory,
                    new Fetching(stores, usual.generating(), usual.templates()),
                    World.CLOCK)
                .reconcile(es);
        assertThat(directory.secret("ns", "es").isPresent()).isEqualTo(clusterWide);
        assertThat(stage.world().events()).hasSize(clusterWide ? 1 : 0);
      }
    }
  }

  /** Who opens which kind of store for whom, what it names, and whose Secret it gets. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          SecretStore        | a | {name: s, key: k}               | in a
          SecretStore        | a | {name: s, key: k, namespace: a} | in a
          SecretStore        | a | {name: s, key: k, namespace: b} | ! namespace should either be empty or match the namespace of the SecretStore
          SecretStore        | - | {name: s, key: k}               | in a
          ClusterSecretStore | a | {name: s, key: k, namespace: b} | in b
          ClusterSecretStore | a | {name: s, key: k}               | in a
          ClusterSecretStore | - | {name: s, key: k}               | ! cluster scope requires namespace
          ClusterSecretStore | a | {name: s, key: gone}            | ! cannot find secret data for key: "gone"
          ClusterSecretStore | a | {name: gone, key: k}            | ! cannot get Kubernetes secret "gone"
          """)
  void aStoreReadsTheNamespaceThatItMay(String kind, String user, String selector, String expected)
      throws Exception {
    try (World world = new World(folder)) {
      world.secret("{metadata: {name: s, namespace: a}, stringData: {k: in a}}");
      world.secret("{metadata: {name: s, namespace: b}, stringData: {k: in b}}");
      world.manifest(
          "c",
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: s, namespace: a}, data: {k: in a}}");
      world.manifest(
          "d",
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: s, namespace: b}, data: {k: in b}}");
      Directory directory = world.directory();
      Ref store =
          kind.equals("SecretStore")
              ? new Ref(StoreRef.STORE, "a", "x")
              : new Ref(StoreRef.CLUSTER_STORE, "", "x");
      StoreReferences references =
          new StoreReferences(directory, AccountTokens.NONE, store, Optional.ofNullable(user));
      Fields fields = Fields.of(World.tree(selector), "auth");
      if (expected.startsWith("! ")) {
        assertThatThrownBy(() -> references.secret(fields))
            .isInstanceOfAny(MalformedObjectException.class, StoreException.class)
            .hasMessageContaining(expected.substring(2));
      } else {
        try (SecretBytes value = references.secret(fields)) {
          String text = value.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
          assertThat(text).isEqualTo(expected);
        }
        assertThat(references.read()).containsExactly(Ref.secret(expected.substring(3), "s"));
      }
      // A certificate of another namespace is as much a way out as a Secret.
      Fields bundle =
          Fields.of(World.tree(selector.replace("{name", "{type: ConfigMap, name")), "ca");
      if (expected.contains("namespace should") || expected.contains("cluster scope")) {
        assertThatThrownBy(() -> references.authority(bundle))
            .isInstanceOf(MalformedObjectException.class)
            .hasMessageContaining(expected.substring(2));
      } else if (!expected.startsWith("!")) {
        assertThat(new String(references.authority(bundle), StandardCharsets.UTF_8))
            .isEqualTo(expected);
      }
    }
  }
}
