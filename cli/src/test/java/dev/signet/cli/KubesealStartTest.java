package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sealing with a certificate at hand starts in a moment because little is loaded. */
class KubesealStartTest {

  private static final List<String> TOO_MUCH =
      List.of(
          " dev.signet.kube.",
          " dev.signet.operator.",
          " io.fabric8.",
          " com.fasterxml.jackson.databind.",
          " org.bouncycastle.",
          " picocli.",
          " java.net.http.",
          " org.slf4j.");

  @TempDir Path folder;

  @Test
  void withACertificateNoClientForClustersIsLoaded() throws Exception {
    KubesealHarness files = KubesealHarness.in(folder);
    for (String input : List.of("secret.yaml", "kubectl/002.json")) {
      String loaded = loaded(files, input);
      assertThat(loaded).contains(" dev.signet.cli.SealDocuments ");
      assertThat(TOO_MUCH).noneMatch(loaded::contains);
    }
  }

  /** The names of all classes that kubeseal loads to seal that file. */
  private String loaded(KubesealHarness files, String input)
      throws IOException, InterruptedException {
    Path log = folder.resolve("classes.log");
    Path out = folder.resolve("out");
    ProcessBuilder builder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xlog:class+load:file=" + log,
                "-Dsignet.program=kubeseal",
                "-Dsignet.tty=",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "--cert",
                "cert.pem",
                "-f",
                input)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.toFile());
    builder.environment().clear();
    builder.environment().put("KUBECONFIG", files.path("kubeconfig").toString());
    assertThat(builder.start().waitFor()).as(Files.readString(out)).isZero();
    assertThat(Files.readString(out)).contains("\"kind\": \"SealedSecret\"");
    return Files.readString(log);
  }
}
