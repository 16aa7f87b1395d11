package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.directory.Project;
import dev.signet.delivery.directory.StateException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TwoProcessesTest {

  private static final String NONE = "no such point";

  @TempDir Path folder;

  @Test
  void theSecondOneWaitsAndThenSaysWhoHoldsTheState() throws StateException, InterruptedException {
    Shell shell = new Shell(folder).withKey();
    shell.write("key.yaml", Shell.resource("key.yaml"));
    RealProcess patient;
    try (Project.Session _ =
        project(shell).begin("the first one (pid 1)", Duration.ofSeconds(10))) {
      RealProcess.start(shell, NONE, "keys", "import", "-f", "key.yaml", "--wait", "0")
          .await()
          .failed(1, "the state is in use by the first one (pid 1); waited 0 s");
      patient = RealProcess.start(shell, NONE, "keys", "import", "-f", "key.yaml", "--wait", "60");
      assertThat(patient.process().waitFor(200, TimeUnit.MILLISECONDS)).isFalse();
    }
    patient.await().succeeded();
  }

  @Test
  void nothingIsLostWhenManyWriteAtOnce() {
    Shell shell = new Shell(folder).withKey();
    int writers = 4;
    List<RealProcess> running = new ArrayList<>();
    for (int i = 0; i < writers; i++) {
      shell.write(
          i + "/secret.yaml",
          "apiVersion: v1\nkind: Secret\nmetadata: {name: s%d}\nstringData: {a: b}\n".formatted(i));
      running.add(
          RealProcess.start(shell, NONE, "apply", "-f", Integer.toString(i), "--wait", "60"));
    }
    running.forEach(process -> process.await().succeeded());
    String secrets = shell.signet("get", "secrets").succeeded().out();
    for (int i = 0; i < writers; i++) {
      assertThat(secrets).contains("s" + i);
    }
  }

  private static Project project(Shell shell) {
    return new Project(
        shell.directory().resolve(".signet"),
        shell.home().resolve(".config/signet/state.key"),
        new SecureRandom(),
        about -> {
          throw new StateException(about);
        },
        name -> {});
  }
}
