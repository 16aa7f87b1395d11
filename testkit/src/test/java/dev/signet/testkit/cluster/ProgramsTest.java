package dev.signet.testkit.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the programs come from. Go is a script here that notes its calls. */
class ProgramsTest {

  private static final KubernetesVersion USUAL = new KubernetesVersion("1.34");
  private static final List<String> ALL =
      List.of(Programs.ETCD, Programs.API_SERVER, Programs.CONTROLLER_MANAGER);

  /** Prints a line a package for list, makes the program for build. */
  private static final String GO =
      """
      #!/bin/sh
      echo "$*" >>"$(dirname "$0")/calls"
      case "$*" in
        "list -m"*) echo v1.28.14 ;;
        "mod download"*) echo "{\\"GoMod\\": \\"$(dirname "$0")/its.mod\\"}" ;;
        list*) printf 'a\\nb\\n' ;;
        build*)
          while [ $# -gt 1 ]; do
            [ "$1" != -o ] || { printf '#!/bin/sh\\n' >"$2" && chmod +x "$2"; }
            shift
          done
          ;;
      esac
      """;

  @TempDir Path folder;
  private Path bin;
  private Path cache;
  private final Map<String, String> environment = new HashMap<>();

  @BeforeEach
  void machineWithoutAnything() throws IOException {
    bin = Files.createDirectory(folder.resolve("bin"));
    cache = folder.resolve("cache").resolve("signet").resolve("controlplane");
    environment.put("PATH", bin.toString());
    environment.put("XDG_CACHE_HOME", folder.resolve("cache").toString());
  }

  @Test
  void withoutProgramsAndWithoutGoThereIsNothing() {
    assertThatExceptionOfType(Programs.MissingException.class)
        .isThrownBy(() -> Programs.find(USUAL, environment))
        .withMessage("there is none and no go on the PATH to build it");
  }

  @Test
  void whatKubebuilderAssetsNamesIsTakenAsItIs() throws Exception {
    Path assets = Files.createDirectory(folder.resolve("assets"));
    for (String name : ALL) {
      script(assets, name, "#!/bin/sh\necho Kubernetes v1.11.0\n");
      script(bin, name, "#!/bin/sh\necho Kubernetes v1.34.9\n");
    }
    environment.put("KUBEBUILDER_ASSETS", assets.toString());

    assertThat(Programs.find(USUAL, environment)).isEqualTo(allIn(assets));
  }

  @Test
  void whatIsOnThePathIsTakenIfItIsThatVersion() throws Exception {
    Path other = Files.createDirectory(folder.resolve("other"));
    for (String name : ALL) {
      script(other, name, "#!/bin/sh\necho Kubernetes v1.3.40\n");
      script(bin, name, "#!/bin/sh\necho Kubernetes v1.34.9\n");
    }
    environment.put("PATH", other + File.pathSeparator + bin);

    Programs found = Programs.find(USUAL, environment);
    assertThat(found.apiServer()).isEqualTo(bin.resolve(Programs.API_SERVER));
    assertThat(found.controllerManager()).isEqualTo(bin.resolve(Programs.CONTROLLER_MANAGER));
    assertThat(found.etcd()).isEqualTo(other.resolve(Programs.ETCD));
  }

  @Test
  void whatIsNowhereIsBuiltOnceFromThePinnedModules() throws Exception {
    script(bin, "go", GO);

    Programs built = Programs.find(USUAL, environment);
    List<String> calls = calls();
    assertThat(calls)
        .filteredOn(call -> call.startsWith("build -tags=providerless -mod=readonly"))
        .hasSize(3);
    assertThat(List.of(built.etcd(), built.apiServer(), built.controllerManager()))
        .allMatch(Files::isExecutable)
        .allMatch(program -> program.startsWith(cache));
    assertThat(built.apiServer().resolveSibling("go.sum")).isNotEmptyFile();

    Files.delete(bin.resolve("go"));
    assertThat(Programs.find(USUAL, environment)).isEqualTo(built);
  }

  @Test
  void twoThatNeedItAtOnceBuildItOnce() throws Exception {
    script(bin, "go", GO);
    Callable<Programs> find = () -> Programs.find(USUAL, environment);

    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Programs>> found = threads.invokeAll(List.of(find, find));
      assertThat(found.get(0).get()).isEqualTo(found.get(1).get());
    }
    assertThat(calls()).filteredOn(call -> call.startsWith("build")).hasSize(3);
  }

  @Test
  void aBuildThatFailsSaysWhyAndLeavesNothing() throws Exception {
    script(bin, "go", "#!/bin/sh\necho 'go: the proxy cannot be reached' >&2\nexit 1\n");

    assertThatExceptionOfType(Programs.MissingException.class)
        .isThrownBy(() -> Programs.find(USUAL, environment))
        .withMessage("go list failed: go: the proxy cannot be reached");
    try (Stream<Path> left = Files.list(cache)) {
      assertThat(left).containsExactly(cache.resolve("lock"));
    }
  }

  @Test
  void whatAKilledBuildLeftIsRemovedByTheNext() throws Exception {
    script(bin, "go", GO);
    Path leftover = Files.createDirectories(cache.resolve("building-123").resolve("deep"));

    var _ = Programs.find(USUAL, environment);
    assertThat(leftover.getParent()).doesNotExist();
  }

  @Test
  void theModuleOfAnotherMinorIsDerivedFromItsOwn() throws Exception {
    script(bin, "go", GO);
    Files.writeString(
        bin.resolve("its.mod"),
        """
        module k8s.io/kubernetes

        go 1.21

        replace (
        	k8s.io/api => ./staging/src/k8s.io/api
        	k8s.io/mount-utils => ./staging/src/k8s.io/mount-utils
        	example.com/other => example.com/fork v1.0.0
        )
        """);

    Programs built = Programs.find(new KubernetesVersion("1.28"), environment);
    assertThat(built.apiServer().getParent()).isEqualTo(cache.resolve("1.28.14"));
    assertThat(calls())
        .filteredOn(call -> call.startsWith("build -tags=providerless -mod=mod"))
        .hasSize(2);
    assertThat(built.apiServer().resolveSibling("go.mod"))
        .content()
        .isEqualTo(
            """
            module signet.dev/testkit/kubernetes

            go 1.21

            require k8s.io/kubernetes v1.28.14

            replace k8s.io/api => k8s.io/api v0.28.14
            replace k8s.io/mount-utils => k8s.io/mount-utils v0.28.14
            """);

    Files.delete(bin.resolve("go"));
    assertThat(Programs.find(new KubernetesVersion("1.28"), environment)).isEqualTo(built);
  }

  @Test
  void aMinorThatTheProxyDoesNotListIsTakenFromItsFirstVersion() throws Exception {
    script(
        bin,
        "go",
        GO.replace(
            "\"list -m\"*) echo v1.28.14", "*@v1.39) exit 1 ;;\n  \"list -m\"*) echo v1.39.0"));
    Files.writeString(bin.resolve("its.mod"), "module k8s.io/kubernetes\n\ngo 1.21\n");

    Programs built = Programs.find(new KubernetesVersion("1.39"), environment);
    assertThat(built.apiServer().getParent()).isEqualTo(cache.resolve("1.39.0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1.3", "v1.34", "1.34.", "1.34.4-rc.1", "latest", "1.34/../x"})
  void whatIsNoVersionIsRefused(String asked) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new KubernetesVersion(asked))
        .withMessageContaining("is no version of Kubernetes");
  }

  private static Programs allIn(Path folder) {
    return new Programs(
        folder.resolve(Programs.ETCD),
        folder.resolve(Programs.API_SERVER),
        folder.resolve(Programs.CONTROLLER_MANAGER));
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(bin.resolve("calls"));
  }

  private static void script(Path folder, String name, String text) throws IOException {
    Path file = Files.writeString(folder.resolve(name), text);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
