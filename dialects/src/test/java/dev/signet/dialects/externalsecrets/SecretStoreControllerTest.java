package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.FolderStore;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class SecretStoreControllerTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      textBlock =
          """
          SecretStore        | spec: {provider: {fake: {data: []}}, refreshInterval: 60} | True Valid: store validated | -
          ClusterSecretStore | spec: {provider: {fake: {data: []}}}  | True Valid: store validated | -
          SecretStore        | spec: {provider: {vault: {server: x}}} | False InvalidProviderConfig: unable to create client | provider vault is not in this version; it has fake, file
          SecretStore        | spec: {provider: {}}                  | False InvalidProviderConfig: unable to create client | spec.provider must name exactly one provider
          SecretStore        | spec: {provider: {fake: {}, file: {}}} | False InvalidProviderConfig: unable to create client | spec.provider must name exactly one provider
          SecretStore        | spec: {provider: {fake: {data: []}}, conditions: []} | True Valid: store validated | -
          SecretStore        | spec: {provider: {fake: {data: []}}, retrySettings: {maxRetries: 3, retryInterval: 2s}} | True Valid: store validated | -
          SecretStore        | spec: {provider: {fake: {data: []}}, retrySettings: {maxRetries: three}} | False InvalidProviderConfig: unable to create client | spec.retrySettings.maxRetries must be a whole number
          SecretStore        | spec: {provider: {fake: {data: [], validationResult: 1}}} | True ValidationUnknown: could not determine validation status | -
          SecretStore        | spec: {provider: {fake: {data: [], validationResult: 2}}} | False InvalidProviderConfig: unable to validate store | unable to validate
          ClusterSecretStore | spec: {provider: {fake: {data: []}}, conditions: [{namespaceRegexes: [a, '(']}]} | False InvalidProviderConfig: unable to create client | spec.conditions[0].namespaceRegexes[1] is not a regular expression of RE2: error parsing regexp: missing closing ): `(`
          SecretStore        | spec: {provider: {fake: {data: []}}, refreshInterval: soon} | False InvalidProviderConfig: unable to create client | invalid refreshInterval: soon
          SecretStore        | spec: {}                              | False InvalidProviderConfig: unable to create client | spec.provider is required
          SecretStore        | other: 1                              | False InvalidProviderConfig: unable to create client | spec is required
          SecretStore        | spec: {provider: {file: {path: gone}}} | False InvalidProviderConfig: unable to create client | SecretStore/ns/s cannot open its folder gone
          """)
  void aStoreSaysWhetherItCanBeOpened(String kind, String rest, String ready, String event)
      throws Exception {
    try (World world = new World(folder)) {
      world.manifest(
          "s",
          "{apiVersion: external-secrets.io/v1, kind: "
              + kind
              + ", metadata: {name: s}, "
              + rest
              + "}");
      Directory directory = world.directory();
      Stores stores =
          new Stores(directory, List.of(FakeStore.provider(), FolderStore.provider(folder)));
      boolean clusterWide = kind.equals("ClusterSecretStore");
      SecretStoreController controller =
          clusterWide
              ? SecretStoreController.clusterWide(directory, directory, stores, World.CLOCK)
              : SecretStoreController.namespaced(directory, directory, stores, World.CLOCK);
      Ref ref = new Ref(controller.kind(), clusterWide ? "" : "ns", "s");
      Outcome outcome = controller.reconcile(ref);
      Map<String, String> condition = world.condition(ref, "Ready");
      assertThat(
              condition.get("status")
                  + " "
                  + condition.get("reason")
                  + ": "
                  + condition.get("message"))
          .isEqualTo(ready);
      assertThat(outcome.delivered()).isEqualTo(event == null);
      if (event == null) {
        assertThat(world.events()).isEmpty();
      } else {
        assertThat(world.events()).containsExactly("Warning InvalidProviderConfig: " + event);
      }
    }
  }

  @Test
  void aStoreThatIsGoneIsDone() throws Exception {
    try (World world = new World(folder)) {
      Directory directory = world.directory();
      assertThat(
              SecretStoreController.namespaced(
                      directory, directory, new Stores(directory, List.of()), World.CLOCK)
                  .reconcile(new Ref(StoreRef.STORE, "ns", "s")))
          .isEqualTo(new Outcome.Done());
    }
  }
}
