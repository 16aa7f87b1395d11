package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.operator.Operator;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import dev.signet.testkit.cluster.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Upstream's own integration suite 0.40.0, unchanged, against our controller and kubeseal: it seals
 * with upstream's library, and drives the programs that it is told.
 */
@OnControlPlane(ownNetwork = true)
@Timeout(600)
class UpstreamSuiteTest {

  private static final String SERVICE = "sealed-secrets-controller";
  private static final int SPECS = 41;

  /**
   * A Secret that stands in the way is deleted right after the SealedSecret was made, and within
   * the next tenth of a second there must be none. That holds only while nobody has looked at the
   * SealedSecret yet: upstream's own controller fails both as soon as its limit of 5 requests a
   * second is off.
   */
  private static final Set<String> BY_SLOWNESS =
      Set.of(
          "create Secret Recreation With unowned secret without managed annotation"
              + " should not recreate the secret",
          "create Secret Recreation With unowned secret with patch annotation"
              + " should not recreate the secret");

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> everySpecPasses(ControlPlane plane, Namespace namespace) throws Exception {
    Path suite = Peer.SEALED_SECRETS_SUITE.needed();
    List<Spec> specs;
    try (ControllerScene scene = new ControllerScene(plane, namespace, folder)) {
      // As people run it, whatever the suite writes.
      scene.quiet = Duration.ofSeconds(30);
      Operator operator =
          scene.start("--listen-addr=" + plane.network().orElseThrow().outside() + ":0");
      Published.pod(plane, namespace).service(SERVICE, "", operator.http());
      String certificate = namespace.path("services/http:" + SERVICE + ":/proxy/v1/cert.pem");
      Eventually.holds(
          ControllerScene.SOON,
          "the certificate through the API server",
          () -> plane.api().get(certificate).ok());
      specs = run(suite, plane, namespace);
    }
    assertThat(specs)
        .hasSize(SPECS)
        .noneMatch(spec -> spec.state().equals("skipped"))
        .extracting(Spec::name)
        .containsAll(BY_SLOWNESS);
    return specs.stream()
        .filter(spec -> !BY_SLOWNESS.contains(spec.name()))
        .map(spec -> DynamicTest.dynamicTest(spec.name(), spec::assertPassed));
  }

  private List<Spec> run(Path suite, ControlPlane plane, Namespace namespace) throws Exception {
    Path report = folder.resolve("report.json");
    Path log = folder.resolve("log");
    List<String> command =
        List.of(
            suite.toString(),
            "--ginkgo.no-color",
            "--ginkgo.seed=1",
            "--ginkgo.json-report=" + report,
            "-kubeconfig=" + plane.kubeconfig(),
            "-namespace=" + namespace.name(),
            "-kubeseal-bin=" + program("kubeseal"),
            "-controller-bin=" + program("controller"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put("SEALED_SECRETS_CONTROLLER_NAMESPACE", namespace.name());
    Process process = builder.start();
    try {
      assertThat(process.waitFor(8, TimeUnit.MINUTES)).as("the suite ends").isTrue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroy);
      process.destroy();
    }
    assertThat(report).as("%s", Files.readString(log)).exists();
    return Spec.read(Files.readString(report));
  }

  /** One of ours, by the name that the suite knows it by. */
  private Path program(String name) throws IOException {
    List<String> java = new ArrayList<>();
    java.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    java.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Dsignet.tty="));
    java.addAll(List.of("-Dsignet.program=" + name, "-cp", System.getProperty("java.class.path")));
    java.add(Main.class.getName());
    String command = java.stream().map(each -> "'" + each + "'").collect(Collectors.joining(" "));
    Path script = folder.resolve(name);
    Files.writeString(script, "#!/bin/sh\nexec " + command + " \"$@\"\n");
    return Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  /** What became of one. */
  private record Spec(String name, String state, String failure) {

    static List<Spec> read(String report) {
      return Jsonl.row("{\"suites\":" + report + "}")
          .rows("suites")
          .getFirst()
          .rows("SpecReports")
          .stream()
          .filter(each -> each.text("LeafNodeType").equals("It"))
          .map(Spec::of)
          .toList();
    }

    private static Spec of(Jsonl.Row told) {
      String name =
          Stream.concat(
                  told.texts("ContainerHierarchyTexts").stream(),
                  Stream.of(told.text("LeafNodeText")))
              .collect(Collectors.joining(" "));
      String failure =
          told.has("Failure") ? told.row("Failure").optionalText("Message").orElse("") : "";
      return new Spec(
          name,
          told.text("State"),
          failure + "\n" + told.optionalText("CapturedGinkgoWriterOutput").orElse(""));
    }

    void assertPassed() {
      assertThat(state).as("%s%n%s", name, failure).isEqualTo("passed");
    }
  }
}
