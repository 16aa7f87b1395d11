package dev.signet.delivery.directory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ManifestsTest {

  @TempDir Path folder;

  private void write(String name, String content) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  private static String map(String name) {
    return "{apiVersion: v1, kind: ConfigMap, metadata: {name: " + name + "}}\n";
  }

  private Manifests read(String... sources) {
    return Manifests.read(Stream.of(sources).map(folder::resolve).toList(), "ns");
  }

  private static List<String> refs(Manifests manifests) {
    return manifests.all().stream().map(each -> each.object().ref().toString()).toList();
  }

  private List<String> failures(Manifests manifests) {
    return manifests.failures().stream()
        .map(each -> (each.where() + ": " + each.why()).replace(folder + "/", ""))
        .toList();
  }

  @Test
  void aFolderIsReadWithAllBelowIt() throws IOException {
    write("b.yml", map("b1") + "---\n---\n" + map("b2"));
    write("a/deep/z.YAML", map("z"));
    write("a.json", "{\"apiVersion\":\"v1\",\"kind\":\"ConfigMap\",\"metadata\":{\"name\":\"j\"}}");
    write("readme.md", map("no"));
    write(".hidden.yaml", map("no"));
    write(".git/x.yaml", map("no"));
    Manifests manifests = read("");
    assertThat(refs(manifests))
        .containsExactly("ConfigMap ns/b1", "ConfigMap ns/b2", "ConfigMap ns/j", "ConfigMap ns/z");
    assertThat(manifests.failures()).isEmpty();
    assertThat(manifests.otherDocuments()).isZero();
    Manifest second = manifests.all().stream().skip(1).findFirst().orElseThrow();
    assertThat(second.file()).isEqualTo(folder.resolve("b.yml"));
    assertThat(second.line()).isEqualTo(4);
    assertThat(second.where()).endsWith("b.yml:4");
  }

  @Test
  void aFileThatIsNamedIsReadWhateverItsName() throws IOException {
    write(".hidden", map("h"));
    write("dir.yaml/inner.yaml", map("i"));
    assertThat(refs(read(".hidden", "dir.yaml")))
        .containsExactly("ConfigMap ns/h", "ConfigMap ns/i");
  }

  @Test
  void whatIsNamedTwiceIsReadOnce() throws IOException {
    write("a.yaml", map("a"));
    Manifests manifests = read("", "a.yaml", "../" + folder.getFileName());
    assertThat(refs(manifests)).containsExactly("ConfigMap ns/a");
    assertThat(manifests.failures()).isEmpty();
  }

  @Test
  void linksToFilesAreFollowedAndLinksToFoldersOnlyWhenNamed() throws IOException {
    write("real/a.yaml", map("a"));
    Path app = Files.createDirectories(folder.resolve("app"));
    Files.createSymbolicLink(app.resolve("loop"), app);
    Files.createSymbolicLink(app.resolve("linked.yaml"), folder.resolve("real"));
    assertThat(refs(read("app"))).isEmpty();
    assertThat(read("app").failures()).isEmpty();
    Files.createSymbolicLink(app.resolve("b.yaml"), folder.resolve("real/a.yaml"));
    assertThat(refs(read("app"))).containsExactly("ConfigMap ns/a");
    Files.createSymbolicLink(folder.resolve("named"), folder.resolve("real"));
    assertThat(refs(read("named"))).containsExactly("ConfigMap ns/a");
    Files.createSymbolicLink(app.resolve("gone.yaml"), folder.resolve("gone"));
    assertThat(failures(read("app"))).containsExactly("app/gone.yaml: no such file or directory");
  }

  @Test
  void aPipeInAFolderIsNotWaitedFor() throws Exception {
    write("a.yaml", map("a"));
    Path pipe = folder.resolve("pipe.yaml");
    assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
    assertThat(refs(read(""))).containsExactly("ConfigMap ns/a");
  }

  @Test
  void aBrokenFileDoesNotHideTheOthers() throws IOException {
    write("a.yaml", map("a"));
    write("b.yaml", map("first") + "---\n{unclosed\n");
    write("c.yaml", map("c") + "---\n{apiVersion: v1, kind: Pod, metadata: {}}\n---\n" + map("d"));
    write("d.yaml", "a: 1\na: 2\n");
    Manifests manifests = read("", "missing.yaml");
    assertThat(refs(manifests))
        .containsExactly("ConfigMap ns/a", "ConfigMap ns/c", "ConfigMap ns/d");
    assertThat(failures(manifests)).hasSize(4);
    assertThat(failures(manifests).get(0)).startsWith("b.yaml: ");
    assertThat(failures(manifests).get(1)).isEqualTo("c.yaml:3: Pod: metadata.name is required");
    assertThat(failures(manifests).get(2)).startsWith("d.yaml: ");
    assertThat(failures(manifests).get(3)).isEqualTo("missing.yaml: no such file or directory");
  }

  @Test
  void whatIsNoObjectIsCounted() throws IOException {
    write("values.yaml", "replicas: 1\n");
    write("half.yaml", "kind: Pod\n");
    write("odd.yaml", "{apiVersion: 1, kind: Pod}");
    write(
        "kustomization.yaml",
        "{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization, resources: [a.yaml]}");
    write(
        "encryption.yaml",
        "{apiVersion: apiserver.config.k8s.io/v1, kind: EncryptionConfiguration}");
    write("empty.yaml", "# nothing\n");
    Manifests manifests = read("");
    assertThat(refs(manifests)).isEmpty();
    assertThat(manifests.failures()).isEmpty();
    assertThat(manifests.otherDocuments()).isEqualTo(5);
  }

  @Test
  void listsAreTakenApart() throws IOException {
    write(
        "list.yaml",
        "{apiVersion: v1, kind: List, items: ["
            + map("a").strip()
            + ", {apiVersion: v1, kind: ConfigMapList, items: ["
            + map("b").strip()
            + "]}, {other: 1}]}");
    write("empty.yaml", "{apiVersion: v1, kind: SecretList, items: []}");
    Manifests manifests = read("");
    assertThat(refs(manifests)).containsExactly("ConfigMap ns/a", "ConfigMap ns/b");
    assertThat(manifests.otherDocuments()).isEqualTo(1);
    assertThat(manifests.failures()).isEmpty();
  }

  @Test
  void theFirstOfTwoDescriptionsCounts() throws IOException {
    write("a.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x}, data: {k: first}}\n");
    write("b.yaml", map("x"));
    write("c.yaml", "{apiVersion: v1, kind: ConfigMap, metadata: {name: x, namespace: other}}");
    Manifests manifests = read("");
    assertThat(refs(manifests)).containsExactly("ConfigMap ns/x", "ConfigMap other/x");
    assertThat(manifests.all().iterator().next().object().tree()).containsKey("data");
    assertThat(manifests.failures()).hasSize(1);
    assertThat(manifests.failures().getFirst().why())
        .isEqualTo(
            "ConfigMap ns/x is described a second time, first in "
                + folder.resolve("a.yaml")
                + ":1");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {apiVersion: v1, kind: Namespace, metadata: {name: x}}                                                    | Namespace x
          {apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: x}}                       | ClusterSecretStore x
          {apiVersion: external-secrets.io/v1, kind: ClusterSecretStore, metadata: {name: x, namespace: ignored}}   | ClusterSecretStore x
          {apiVersion: external-secrets.io/v1, kind: SecretStore, metadata: {name: x, namespace: kept}}             | SecretStore kept/x
          {apiVersion: rbac.authorization.k8s.io/v1, kind: Role, metadata: {name: x}}                               | Role ns/x
          """)
  void clusterWideObjectsHaveNoNamespace(String yaml, String ref) throws IOException {
    write("x.yaml", yaml);
    assertThat(refs(read(""))).containsExactly(ref);
  }
}
