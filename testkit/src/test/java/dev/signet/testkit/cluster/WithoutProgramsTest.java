package dev.signet.testkit.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.BufferedReader;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;

/** A run of tests, in a JVM of its own, on a machine that has none of the programs and no Go. */
class WithoutProgramsTest {

  @TempDir Path folder;

  @Test
  void eachTestIsSkippedAndTheRunSaysWhatWouldEnableIt() throws Exception {
    assertThat(run("allow"))
        .containsExactly(
            "2 skipped:",
            "  2 x needs a control plane of Kubernetes 1.34, but there is none and no go on the"
                + " PATH to build it: set KUBEBUILDER_ASSETS to a folder with kube-apiserver, etcd"
                + " and kube-controller-manager, or install Go and be online once",
            "0 failed");
  }

  @Test
  void whereSkipsAreFailuresEachTestFails() throws Exception {
    assertThat(run("fail")).containsExactly("2 failed");
  }

  private List<String> run(String skips) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dsignet.skips=" + skips,
            "-cp",
            System.getProperty("java.class.path"),
            Run.class.getName());
    builder.environment().clear();
    builder.environment().put("PATH", folder.toString());
    builder.environment().put("XDG_CACHE_HOME", folder.toString());
    Process process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader output = process.inputReader(UTF_8)) {
      return output.lines().toList();
    }
  }

  /** Run by {@link Run} only: Surefire leaves nested classes out. */
  @OnControlPlane
  static class SomeTests {

    @Test
    void one(Api api) {
      assertThat(api).isNotNull();
    }

    @Test
    void two(Namespace namespace) {
      assertThat(namespace).isNotNull();
    }
  }

  static final class Run {

    private Run() {}

    public static void main(String[] args) {
      SummaryGeneratingListener summary = new SummaryGeneratingListener();
      LauncherFactory.create()
          .execute(
              LauncherDiscoveryRequestBuilder.request()
                  .selectors(selectClass(SomeTests.class))
                  .build(),
              summary);
      System.out.println(summary.getSummary().getTestsFailedCount() + " failed");
    }
  }
}
