package dev.signet.cli.sops;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.Peer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Random documents: what ours writes is what upstream's sops writes, and each opens the other's.
 */
class SopsDifferentialTest {

  private static final String IDENTITY =
      "AGE-SECRET-KEY-1T2W9HQVYYU4DFWNZ862X3MKU8U9FL06EEZHWCDGMHHKV3TU98MQS9NMM9T";
  private static final String RECIPIENT =
      "age12ulzhlzus3g93vt7pgeue9r27q9grsw96z59m3jfgxyyefwkv3rsjyne45";

  private static final Pattern LEAF =
      Pattern.compile("data:[A-Za-z0-9+/=]*,iv:[A-Za-z0-9+/=]+,tag:[A-Za-z0-9+/=]+,");
  private static final Pattern WRAPPED =
      Pattern.compile("(?s)-----BEGIN AGE.*?-----END AGE ENCRYPTED FILE-----");
  private static final Pattern TIME = Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");

  private static final List<List<String>> SELECTORS =
      List.of(
          List.of(),
          List.of("--encrypted-regex", "^k0_1$"),
          List.of("--unencrypted-suffix", "_1"),
          List.of("--unencrypted-regex", ".*"));

  /** 50, and 1,000 with {@code -Pvolume}. */
  private static final int DOCUMENTS = Integer.getInteger("sops.documents", 50);

  @Test
  void randomDocumentsComeOutAsUpstreamsDo(@TempDir Path folder) throws Exception {
    compare(folder, 0, DOCUMENTS);
  }

  private static void compare(Path folder, int from, int to) throws Exception {
    Path upstream = Peer.SOPS.needed();
    SopsHarness ours = new SopsHarness(folder).variable("SOPS_AGE_KEY", IDENTITY);
    for (int seed = from; seed < to; seed++) {
      String plain = RandomYaml.of(seed * 7919L);
      ours.file("plain.yaml", plain);
      List<String> arguments = new ArrayList<>(List.of("encrypt", "--age", RECIPIENT));
      arguments.addAll(SELECTORS.get(seed % SELECTORS.size()));
      arguments.add("plain.yaml");
      SopsHarness.Result mine = ours.run(arguments);
      SopsHarness.Result theirs = run(upstream, folder, ours.environment(), arguments);
      String about = "seed " + seed + " with " + arguments + "\n" + plain;
      assertThat(mine.exit()).as(about + mine.err()).isEqualTo(theirs.exit());
      assertThat(masked(mine.out())).as(about).isEqualTo(masked(theirs.out()));
      if (mine.exit() != 0) {
        continue;
      }
      ours.file("mine.yaml", mine.bytes()).file("theirs.yaml", theirs.bytes());
      List<String> decryptMine = List.of("decrypt", "mine.yaml");
      List<String> decryptTheirs = List.of("decrypt", "theirs.yaml");
      String expected = masked(run(upstream, folder, ours.environment(), decryptTheirs).out());
      assertThat(masked(run(upstream, folder, ours.environment(), decryptMine).out()))
          .as("upstream opens ours, " + about)
          .isEqualTo(expected);
      assertThat(masked(ours.run(decryptTheirs).out()))
          .as("ours opens upstream's, " + about)
          .isEqualTo(expected);
      assertThat(masked(ours.run(decryptMine).out())).as(about).isEqualTo(expected);
    }
  }

  private static SopsHarness.Result run(
      Path program, Path folder, Map<String, String> environment, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Path errors = folder.resolve("upstream.err");
    builder.redirectError(errors.toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    byte[] out = process.getInputStream().readAllBytes();
    return new SopsHarness.Result(process.waitFor(), out, Files.readString(errors, UTF_8));
  }

  private static String masked(String text) {
    String masked = LEAF.matcher(text).replaceAll("<leaf>");
    masked = WRAPPED.matcher(masked).replaceAll("<wrapped>");
    return TIME.matcher(masked).replaceAll("<time>");
  }
}
