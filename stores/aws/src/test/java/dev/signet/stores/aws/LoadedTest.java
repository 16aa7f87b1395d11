package dev.signet.stores.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.store.ApiCalls;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A program that opens no store of AWS pays nothing for it. */
final class LoadedTest {

  /** What is run, in a JVM of its own. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      AwsStores aws = new AwsStores(Map.of(), ApiCalls.UNCOUNTED);
      if (!aws.provider().name().equals("aws")
          || !aws.registryTokens().kind().equals("ECRAuthorizationToken")
          || !aws.sessionTokens().kind().equals("STSSessionToken")) {
        throw new IllegalStateException();
      }
    }
  }

  @Test
  void namingTheProviderLoadsNothingOfTheSdk() throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xlog:class+load",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Program.class.getName()))
            .redirectErrorStream(true)
            .start();
    String loaded = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    assertThat(loaded).contains("dev.signet.stores.aws.AwsStores");
    assertThat(loaded.lines().filter(it -> it.contains("software.amazon"))).isEmpty();
  }
}
