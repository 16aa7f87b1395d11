package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Which namespace a kubeconfig means, and what is said of one that means none: upstream's words.
 */
class KubesealKubeconfigTest {

  private static final String GOOD =
      """
      apiVersion: v1
      kind: Config
      clusters: [{name: c, cluster: {server: "http://127.0.0.1:1"}}]
      users: [{name: u, user: {token: t}}]
      contexts:
      - {name: x, context: {cluster: c, user: u, namespace: team}}
      - {name: 5, context: {cluster: c, user: u}}
      current-context: x
      """;

  @TempDir Path folder;
  private KubesealHarness kubeseal;

  @BeforeEach
  void files() throws IOException {
    kubeseal = KubesealHarness.in(folder).variable("SEALED_SECRETS_CERT", "cert.pem");
    write("good", GOOD);
    write("other", GOOD.replace("namespace: team", "namespace: second"));
    write("nocurrent", GOOD.replace("current-context: x", ""));
    write("bad", "foo: [\n");
    write("unlike", "a: b\n");
    write("empty", "");
    write("nocluster", GOOD.replace("cluster: c,", "cluster: zz,"));
    write("nouser", GOOD.replace("user: u", "user: zz"));
    write("gone", GOOD.replace("current-context: x", "current-context: gone"));
  }

  private void write(String name, String content) throws IOException {
    Files.writeString(folder.resolve(name), content);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --kubeconfig good             | team
          --kubeconfig good --context 5 | default
          --kubeconfig nouser           | team
          --kubeconfig good --user nope | team
          -n mine                       | mine
          --namespace ns/mine           | mine
          --kubeconfig bad -n mine      | mine
          --server http://x             | default
          """)
  void theNamespaceForWhatDoesNotSayIt(String arguments, String namespace) {
    assertThat(seal(arguments).out()).contains("\"namespace\": \"" + namespace + "\"");
  }

  @Test
  void ofSeveralFilesTheFirstThatSaysSomethingWins() {
    kubeseal.variable("KUBECONFIG", "missing:other:good");
    assertThat(seal("").out()).contains("\"namespace\": \"second\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
                                           | invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable
          --kubeconfig nocurrent           | invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable
          --kubeconfig unlike              | invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable
          --kubeconfig empty               | invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable
          --kubeconfig nocluster           | invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable
          --kubeconfig gone                | invalid configuration: [context was not found for specified context: gone, cluster has no server defined]
          --kubeconfig missing             | stat missing: no such file or directory
          --kubeconfig good --context nope | invalid configuration: [context was not found for specified context: nope, cluster has no server defined]
          --kubeconfig good --cluster nope | invalid configuration: no server found for cluster "nope"
          """)
  void whereThereIsNone(String arguments, String raw) {
    String given = arguments == null ? "" : arguments;
    assertThat(seal(given).err()).isEqualTo("error: secret must declare a namespace\n");
    assertThat(run(given, "--raw", "--name", "a").err()).isEqualTo("error: " + raw + "\n");
    assertThat(run(given, "--raw", "--scope", "cluster-wide").exit()).isZero();
    assertThat(kubeseal.inputFile("minimal.yaml").run(split(given)).exit()).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --kubeconfig good --context nope | context "nope" does not exist
          --kubeconfig good --cluster nope | cluster "nope" does not exist
          --kubeconfig good --user nope    | auth info "nope" does not exist
          --kubeconfig good --as-group g   | invalid configuration: requesting uid, groups or user-extra for u without impersonating a user
          --kubeconfig good --as-uid 7     | invalid configuration: requesting uid, groups or user-extra for u without impersonating a user
          --kubeconfig missing             | stat missing: no such file or directory
                                           | invalid configuration: no configuration has been provided, try setting KUBERNETES_MASTER environment variable
          """)
  void whatIsMissingToConnect(String arguments, String text) {
    kubeseal.variable("SEALED_SECRETS_CERT", "");
    for (String mode : new String[] {"--fetch-cert", "--validate", "--re-encrypt"}) {
      assertThat(run(arguments == null ? "" : arguments, mode).err())
          .isEqualTo("error: " + text + "\n");
    }
  }

  @Test
  void aMalformedFileIsNamed() {
    assertThat(run("--kubeconfig bad", "--raw", "--name", "a").err())
        .startsWith("error: error loading config file \"bad\": ");
  }

  private KubesealHarness.Result seal(String arguments) {
    return kubeseal.input("metadata: {name: a}\nstringData: {k: v}\n").run(split(arguments));
  }

  private KubesealHarness.Result run(String arguments, String... more) {
    String all = (arguments + " " + String.join(" ", more)).strip();
    return kubeseal.input("x").run(split(all));
  }

  private static String[] split(String arguments) {
    return arguments.isEmpty() ? new String[0] : arguments.split(" ");
  }
}
