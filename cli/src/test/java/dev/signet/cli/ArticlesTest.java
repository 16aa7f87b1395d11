package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The manifests that people find when they read about secrets, run as printed, with values sealed
 * for the test's key.
 */
class ArticlesTest {

  @TempDir Path folder;
  private Shell shell = new Shell(Path.of(""));

  @BeforeEach
  void aProjectWithAKey() {
    shell = new Shell(folder).withKey();
  }

  /**
   * Writes an article's manifest with each {@code @key@} replaced by that value, sealed for
   * namespace and name.
   */
  private void write(String article, String namespace, String name, Map<String, String> values) {
    String manifest = Shell.resource("articles/" + article);
    for (Map.Entry<String, String> entry : values.entrySet()) {
      String secret =
          "metadata: {name: %s, namespace: %s}\nstringData: {v: %s}\n"
              .formatted(name, namespace, entry.getValue());
      String sealed = shell.run("signet", secret, "seal").succeeded().out();
      manifest =
          manifest.replace(
              "@" + entry.getKey() + "@",
              sealed.replaceAll("(?s).*\\n    v: ([^\\n]*)\\n.*", "$1"));
    }
    shell.write("app/" + article, manifest);
  }

  private String value(String secret, String key) {
    return shell.signet("get", "secret", secret, "--reveal", key).succeeded().out();
  }

  @Test
  void theSealedSecretOfTheFirstIsDeliveredToThePodOfTheFourth() {
    write(
        "000-sealed-secret.yaml",
        "production",
        "db-credentials",
        Map.of("username", "postgres", "password", "s3cr3t-value"));
    write("003-pod.yaml", "", "", Map.of());
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(value("production/db-credentials", "password")).isEqualTo("s3cr3t-value");
    assertThat(shell.signet("explain", "production/db-credentials").succeeded().out())
        .contains("used  Pod production/app: env DB_USERNAME of container app")
        .contains("used  Pod production/app: env DB_PASSWORD of container app");
  }

  @Test
  void thePlainSecretOfTheFirstIsDeliveredAndCalledPlain() {
    write("000-native-secret.yaml", "", "", Map.of());
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(value("production/db-credentials", "password")).isEqualTo("s3cr3t-value");
    assertThat(shell.signet("get", "events").out()).contains("encoded, not encrypted");
  }

  @Test
  void theSealedSecretWithoutNamespaceOfTheThirdIsInTheDefaultOne() {
    write("002-sealed-secret.yaml", "default", "db-password", Map.of("password", "s3cret"));
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(value("db-password", "password")).isEqualTo("s3cret");
  }

  @Test
  void theScopeAnnotationOfTheFifthSaysFalseAndMeansStrict() {
    write(
        "004-checkout.yaml",
        "production",
        "checkout-secrets",
        Map.of("PAYMENT_API_KEY", "sk_live_xxx", "STRIPE_WEBHOOK_SECRET", "whsec_xxx"));
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(value("production/checkout-secrets", "PAYMENT_API_KEY")).isEqualTo("sk_live_xxx");
    assertThat(shell.signet("explain", "production/checkout-secrets").succeeded().out())
        .contains("used  Deployment production/checkout-service: envFrom of container checkout");
  }

  private static List<Jsonl.Row> externalSecrets() {
    try {
      return Documents.read(
              Shell.resource("articles/external-secrets.yaml").getBytes(UTF_8),
              "external-secrets.yaml",
              ReadLimits.DEFAULT,
              DuplicateKeys.REJECTED)
          .stream()
          .map(document -> new Jsonl.Row(document.tree()))
          .toList();
    } catch (MalformedDocumentException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void everyArticleThatHasAnExternalSecretIsOnTheList() {
    assertThat(externalSecrets().stream().map(row -> row.text("article")))
        .containsExactly("000", "001", "002", "003", "003", "004");
    assertThat(externalSecrets())
        .filteredOn(row -> row.has("except"))
        .as("the one that reads dynamic credentials twice")
        .extracting(row -> row.text("article"))
        .containsExactly("004");
  }

  @ParameterizedTest
  @MethodSource("externalSecrets")
  void anExternalSecretIsDeliveredAsPrinted(Jsonl.Row row) throws MalformedDocumentException {
    Jsonl.Row printed =
        new Jsonl.Row(
            Documents.read(
                    row.text("manifest").getBytes(UTF_8),
                    "manifest",
                    ReadLimits.DEFAULT,
                    DuplicateKeys.REJECTED)
                .getFirst()
                .tree());
    String namespace = printed.row("metadata").optionalText("namespace").orElse("default");
    String name = printed.row("metadata").text("name");
    Jsonl.Row store = printed.row("spec").row("secretStoreRef");
    shell.write("app/external-secret.yaml", row.text("manifest"));
    shell.write(
        "app/store.yaml",
        """
        apiVersion: external-secrets.io/v1beta1
        kind: %s
        metadata: {name: %s%s}
        spec: {provider: {fake: {data: [{key: %s, value: '%s'}]}}}
        """
            .formatted(
                store.text("kind"),
                store.text("name"),
                store.text("kind").equals("SecretStore") ? ", namespace: " + namespace : "",
                row.row("store").text("key"),
                row.row("store").text("value")));

    shell.signet("apply", "-f", "app").succeeded();

    row.row("values")
        .fields()
        .forEach(
            (key, value) ->
                assertThat(value(namespace + "/" + name, key)).as(key).isEqualTo(value));
    assertThat(shell.signet("get", "secret", namespace + "/" + name).succeeded().out().lines())
        .as("keys, below a heading")
        .hasSize(row.row("values").fields().size() + 1);
    assertThat(shell.signet("get", "resources").succeeded().out().replaceAll(" +", " "))
        .contains("ExternalSecret " + namespace + "/" + name + " Ready True SecretSynced");
  }

  @Test
  void aStoreThatLogsInAsAServiceAccountSaysThatThereIsNone() {
    write("000-external-secret.yaml", "", "", Map.of());
    Shell.Result result = shell.signet("apply", "-f", "app");
    assertThat(result.code()).isEqualTo(3);
    assertThat(result.err())
        .contains(
            "ClusterSecretStore vault-backend: there are no tokens of service accounts here, not of"
                + " external-secrets/external-secrets")
        .contains("ExternalSecret production/db-credentials: error processing spec.data[0]");
  }
}
