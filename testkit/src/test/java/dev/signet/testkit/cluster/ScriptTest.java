package dev.signet.testkit.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code testkit/controlplane}, run as people run it. */
class ScriptTest {

  private static final List<String> SERVERS =
      List.of(Programs.ETCD, Programs.API_SERVER, Programs.CONTROLLER_MANAGER);

  @TempDir Path folder;

  private record Result(int code, String out, String err) {}

  @Test
  void whatIsUpStaysUpUntilItIsDownAndKeepsItsData() throws Exception {
    String kubectl = Needs.command("kubectl", "install kubectl and put it on the PATH").toString();
    var _ = Programs.needed(KubernetesVersion.ofThisRun());
    Path plane = folder.resolve("a plane");
    try {
      Result up = script("up", plane);
      assertThat(up.code()).as(up.err()).isZero();
      String kubeconfig = plane.resolve("kubeconfig").toString();
      assertThat(up.out()).isEqualTo(kubeconfig + "\n");
      List<ProcessHandle> servers = servers(plane);
      Result created = run(kubectl, "--kubeconfig", kubeconfig, "create", "namespace", "kept");
      assertThat(created.code()).as(created.err()).isZero();

      Result again = script("up", plane);
      assertThat(again.out()).isEqualTo(up.out());
      assertThat(again.err()).contains("it runs already");
      assertThat(servers(plane)).isEqualTo(servers);

      assertThat(script("down", plane).code()).isZero();
      assertThat(servers).noneMatch(ProcessHandle::isAlive);

      assertThat(script("up", plane).code()).isZero();
      Result kept = run(kubectl, "--kubeconfig", kubeconfig, "get", "namespace", "kept");
      assertThat(kept.code()).as(kept.err()).isZero();
    } finally {
      assertThat(script("down", plane).code()).isZero();
    }
  }

  @Test
  void downLeavesAProcessAloneThatOnlyHasTheNumber() throws Exception {
    Process other = new ProcessBuilder("sleep", "600").start();
    try {
      Files.writeString(folder.resolve("etcd.pid"), other.pid() + "\n");

      assertThat(script("down", folder).code()).isZero();
      assertThat(other.isAlive()).isTrue();
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void aFolderWithOtherThingsInItIsRefused() throws Exception {
    Files.writeString(folder.resolve("thesis.tex"), "");

    Result refused = script("up", folder);
    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err())
        .isEqualTo("control plane: " + folder + " is not empty: name a new folder\n");
    assertThat(refused.out()).isEmpty();
  }

  @Test
  void withoutACommandItSaysHowItIsUsed() throws Exception {
    Result usage = run(Path.of("controlplane").toAbsolutePath().toString());
    assertThat(usage.code()).isEqualTo(2);
    assertThat(usage.err()).startsWith("usage: testkit/controlplane up DIR");
  }

  private static List<ProcessHandle> servers(Path plane) {
    return SERVERS.stream()
        .map(name -> plane.resolve(name + ".pid"))
        .map(ScriptTest::processOf)
        .toList();
  }

  private static ProcessHandle processOf(Path file) {
    try {
      return ProcessHandle.of(Long.parseLong(Files.readString(file).strip())).orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException("no process id in " + file, e);
    }
  }

  private Result script(String command, Path plane) throws Exception {
    return run(Path.of("controlplane").toAbsolutePath().toString(), command, plane.toString());
  }

  private Result run(String... command) throws Exception {
    Path out = Files.createTempFile("script", ".out");
    Path err = Files.createTempFile("script", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().put("SIGNET_TESTKIT_CLASSPATH", System.getProperty("java.class.path"));
      builder.environment().put("SIGNET_KUBERNETES", KubernetesVersion.ofThisRun().asked());
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      builder.environment().put("HOME", System.getProperty("user.home"));
      int code = builder.start().waitFor();
      return new Result(code, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
