package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.testkit.cluster.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Upstream's own kubeseal 0.40.0, where bench/run has built it. */
final class UpstreamKubeseal {

  private final Path program;
  private final Path folder;

  private UpstreamKubeseal(Path program, Path folder) {
    this.program = program;
    this.folder = folder;
  }

  /** Lets a test go on only where the program is. */
  static UpstreamKubeseal needed(Path folder) {
    return new UpstreamKubeseal(Peer.KUBESEAL.needed(), folder);
  }

  KubesealHarness.Result run(Path kubeconfig, String input, String... arguments)
      throws IOException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(List.of(arguments));
    Path in = Files.createTempFile(folder, "in", "");
    Path out = Files.createTempFile(folder, "out", "");
    Path err = Files.createTempFile(folder, "err", "");
    Files.writeString(in, input);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("SEALED_SECRETS_"));
    environment.put("KUBECONFIG", kubeconfig.toString());
    try {
      int exit = builder.start().waitFor();
      return new KubesealHarness.Result(
          exit, Files.readString(out, UTF_8), Files.readString(err, UTF_8));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }
}
