package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.PublishedLimits;
import dev.signet.delivery.traffic.Limits;
import java.net.URI;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who shares what is fetched, and what annotations say of how a store may be asked. */
class StoreIdentityTest {

  private static String identity(
      String kind, Map<String, @Nullable Object> provider, String user, boolean followed)
      throws MalformedObjectException {
    boolean clusterWide = kind.equals("ClusterSecretStore");
    Map<String, @Nullable Object> metadata =
        clusterWide
            ? Map.of("name", "store", "uid", "u", "generation", 3L)
            : Map.of("name", "store", "namespace", "own", "uid", "u", "generation", 3L);
    return StoreIdentity.of(
        KubeObject.of(
            Map.of(
                "apiVersion",
                "external-secrets.io/v1",
                "kind",
                kind,
                "metadata",
                metadata,
                "spec",
                Map.of("provider", provider)),
            ""),
        Optional.of(user),
        followed);
  }

  @Test
  void whatAStoreOfTheClusterReadsAsItsUserIsNotSharedBetweenNamespaces() throws Exception {
    Map<String, @Nullable Object> plain = Map.of("fake", Map.of("data", List.of()));
    Map<String, @Nullable Object> whole =
        Map.of("x", Map.of("auth", Map.of("secretRef", Map.of("name", "s", "namespace", "n"))));
    Map<String, @Nullable Object> users =
        Map.of("x", Map.of("list", List.of(Map.of("secretRef", Map.of("name", "s", "key", "k")))));

    assertThat(identity("ClusterSecretStore", plain, "a", false))
        .isEqualTo("ClusterSecretStore/store@u/3")
        .isEqualTo(identity("ClusterSecretStore", plain, "b", false));
    assertThat(identity("ClusterSecretStore", whole, "a", false))
        .isEqualTo(identity("ClusterSecretStore", whole, "b", false));
    assertThat(identity("ClusterSecretStore", users, "a", false))
        .isEqualTo("ClusterSecretStore/store@u/3 for a");
    assertThat(identity("ClusterSecretStore", plain, "a", true))
        .as("a reference was followed to the user's namespace")
        .isEqualTo("ClusterSecretStore/store@u/3 for a");
    assertThat(identity("SecretStore", users, "own", false)).isEqualTo("SecretStore/own/store@u/3");
  }

  @ParameterizedTest
  @CsvSource({"20, 4, 20, 4", "0.5, 1, 0.5, 1", "0.05, 1000, 0.05, 1000", ", 8, Infinity, 8"})
  void annotationsSayHowAStoreMayBeAsked(
      @Nullable String rate, String concurrency, double perSecond, int atOnce) throws Exception {
    Limits limits =
        StoreLimits.of(
            rate == null
                ? Map.of(StoreLimits.CONCURRENCY, concurrency)
                : Map.of(StoreLimits.RATE, rate, StoreLimits.CONCURRENCY, concurrency),
            PublishedLimits.NONE);
    assertThat(limits.perSecond()).isEqualTo(perSecond);
    assertThat(limits.concurrency()).isEqualTo(atOnce);
    assertThat(StoreLimits.of(Map.of("else", "1"), PublishedLimits.NONE)).isEqualTo(Limits.DEFAULT);
  }

  @Test
  void withoutAnAnnotationAStoreBeginsWithWhatItsBackEndPublishes() throws Exception {
    PublishedLimits published =
        new PublishedLimits(
            List.of(
                new PublishedLimits.Rate(List.of("Read"), 40),
                new PublishedLimits.Rate(List.of("Write"), 3)),
            List.of(),
            URI.create("https://example.com/quotas"),
            LocalDate.of(2026, 11, 23));
    assertThat(StoreLimits.of(Map.of(), published).perSecond()).isEqualTo(40);
    assertThat(StoreLimits.of(Map.of(StoreLimits.RATE, "900"), published).perSecond())
        .isEqualTo(900);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "0.01", "1e3", "200000", "ten", "1.0000", "NaN"})
  void whatIsNoNumberIsRefusedByName(String text) {
    assertThatThrownBy(() -> StoreLimits.of(Map.of(StoreLimits.RATE, text), PublishedLimits.NONE))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(StoreLimits.RATE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "1.5", "1001", "ten"})
  void norIsWhatIsNoCount(String text) {
    assertThatThrownBy(
            () -> StoreLimits.of(Map.of(StoreLimits.CONCURRENCY, text), PublishedLimits.NONE))
        .isInstanceOf(MalformedObjectException.class)
        .hasMessageContaining(StoreLimits.CONCURRENCY);
  }
}
