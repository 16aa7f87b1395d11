package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How a cluster is chosen, and what is said when it cannot be reached. */
class ClusterChoiceTest {

  private static final String KUBECONFIG =
      """
      apiVersion: v1
      kind: Config
      current-context: nowhere
      clusters: [{name: nowhere, cluster: {server: "https://127.0.0.1:1"}}]
      users: [{name: nobody, user: {token: none}}]
      contexts: [{name: nowhere, context: {cluster: nowhere, user: nobody}}]
      """;

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          apply -f app --dry-run                     | 2 | --dry-run is for clusters
          apply -f app --force-conflicts             | 2 | --force-conflicts is for clusters
          apply -f app --cluster --state s           | 2 | --state is for directories
          apply -f app --cluster --wait=soon         | 2 | --wait soon is no duration
          apply -f app --cluster --wait=-5           | 2 | --wait -5 is no duration
          apply -f none --cluster                    | 1 | cannot read none: no such file or directory
          apply -f app --context other               | 1 | has no context "other"; it has nowhere
          apply -f app --kubeconfig none             | 1 | none
          get secrets --cluster --state s            | 2 | --state is for directories
          get secrets -A -n a                        | 2 | -n and -A exclude each other
          get secret --cluster                       | 2 | no Secret was named
          get secrets --context other                | 1 | has no context "other"; it has nowhere
          explain db --cluster -f app                | 2 | -f is for directories
          explain db --cluster --state s             | 2 | --state is for directories
          explain a/b/c --cluster                    | 2 | does not name a Secret
          """)
  void whatCannotBeMeantIsRefused(String arguments, int code, String message) {
    Shell.Result result = shell().signet(arguments.split(" "));

    assertThat(result.err()).contains("error: ").contains(message);
    assertThat(result.code()).isEqualTo(code);
  }

  @ParameterizedTest
  @CsvSource({
    "apply -f app --cluster",
    "get secrets --cluster",
    "get events --context nowhere",
    "get resources --kubeconfig kubeconfig",
  })
  void aServerThatDoesNotAnswerIsNamed(String arguments) {
    Shell.Result result = shell().signet(arguments.split(" "));

    assertThat(result.err())
        .startsWith("cluster: nowhere at https://127.0.0.1:1\nerror: ")
        .contains("cannot reach https://127.0.0.1:1", "check the address");
    assertThat(result.code()).isEqualTo(1);
  }

  @Test
  void withoutAKubeconfigItIsSaidHowToNameOne() {
    Shell.Result result = new Shell(folder).signet("get", "secrets", "--cluster");
    result.failed(1, "no cluster: neither --kubeconfig nor KUBECONFIG is given");
    assertThat(result.err()).contains("--context");
  }

  /** The kubeconfig of this shell leads nowhere, so a look at it would fail. */
  @Test
  void aKubeconfigAloneChoosesNoCluster() {
    Shell shell = shell().withKey();
    shell.write("app/sealed.yaml", shell.run("signet", SealAndUnsealTest.SECRET, "seal").out());
    shell.signet("apply", "-f", "app").succeeded();
    assertThat(shell.signet("get", "secrets").succeeded().out()).contains("db");
    assertThat(shell.signet("get", "secrets", "-n", "other").succeeded().err())
        .contains("no delivered Secret in namespace other");
    assertThat(shell.signet("explain", "production/db").succeeded().err()).isEmpty();
  }

  private Shell shell() {
    Shell shell = new Shell(folder);
    shell.write("app/empty.yaml", "");
    shell.write("kubeconfig", KUBECONFIG);
    return shell.set("KUBECONFIG", shell.directory().resolve("kubeconfig").toString());
  }
}
