package dev.signet.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Needs;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whose RSA a process uses, each in a JVM of its own. Whatever is wrong with the provider or the
 * place, commands end well.
 */
class FastRsaTest {

  private static final String LIBRARY = "libamazonCorrettoCryptoProvider.so";
  private static final String CLASS_PATH = System.getProperty("java.class.path", "");

  /** Where it is to unpack its library; the JVM's own folder would do, but the JVM says a word. */
  private static final String UNWRITABLE =
      "-Dcom.amazon.corretto.crypto.provider.tmpdir=/dev/null/none";

  /** Where ELF says for which machine a file is. */
  private static final int MACHINE = 18;

  private static final int X86_64 = 0x3e;
  private static final int AARCH64 = 0xb7;

  private final Path folder;

  FastRsaTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeEach
  void onlyWhereThereIsOne() {
    boolean glibc =
        Stream.of("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")
            .anyMatch(loader -> Files.exists(Path.of(loader)));
    Needs.that(
        glibc, "a machine that the Amazon Corretto Crypto Provider is for", "use Linux with glibc");
  }

  private record Ran(int code, String out, String err) {}

  private Ran run(String classPath, List<String> options, String... args) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-Dsignet.tty="));
    command.addAll(options);
    command.addAll(List.of("-Dsignet.program=signet", "-cp", classPath, Main.class.getName()));
    command.addAll(List.of(args));
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectOutput(out.toFile())
            .redirectError(err.toFile());
    builder.environment().put("XDG_CONFIG_HOME", folder.resolve("home").toString());
    try {
      int code = builder.start().waitFor();
      return new Ran(code, Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What the second line says after {@code rsa: }. */
  private String rsa(String classPath, String... options) {
    Ran ran = run(classPath, List.of(options), "version", "--rsa");
    assertThat(ran.code()).as("%s", ran).isZero();
    assertThat(ran.err()).isEmpty();
    List<String> lines = ran.out().lines().toList();
    assertThat(lines).hasSize(2);
    assertThat(lines.getFirst()).isEqualTo("signet version: " + Version.text());
    assertThat(lines.getLast()).startsWith("rsa: ");
    return lines.getLast().substring("rsa: ".length());
  }

  private static String withoutProvider() {
    return Arrays.stream(CLASS_PATH.split(File.pathSeparator))
        .filter(entry -> !entry.contains("AmazonCorrettoCryptoProvider"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static byte[] library() throws IOException {
    try (InputStream library =
        FastRsa.class.getResourceAsStream("/com/amazon/corretto/crypto/provider/" + LIBRARY)) {
      return requireNonNull(library).readAllBytes();
    }
  }

  @Test
  void itIsFoundAndLeavesNothingBehind() throws IOException {
    Path temporary = Files.createDirectory(folder.resolve("temporary"));
    assertThat(rsa(CLASS_PATH, "-Djava.io.tmpdir=" + temporary))
        .startsWith("AmazonCorrettoCryptoProvider ");
    assertThat(temporary).isEmptyDirectory();
  }

  @Test
  void asAFileItNeedsNoPlaceToWrite() throws IOException {
    Path libraries = Files.createDirectory(folder.resolve("libraries"));
    Files.write(libraries.resolve(LIBRARY), library());
    assertThat(rsa(CLASS_PATH, UNWRITABLE, "-Djava.library.path=" + libraries))
        .startsWith("AmazonCorrettoCryptoProvider ");
  }

  @Test
  void withoutAPlaceToWriteOrAFileItIsTheJdks() {
    assertThat(rsa(CLASS_PATH, UNWRITABLE)).startsWith("the JDK's: ");
  }

  @Test
  void aLibraryForAnotherMachineMakesItTheJdks() throws IOException {
    Path libraries = Files.createDirectory(folder.resolve("libraries"));
    byte[] library = library();
    library[MACHINE] ^= (byte) (X86_64 ^ AARCH64);
    Files.write(libraries.resolve(LIBRARY), library);
    assertThat(rsa(CLASS_PATH, "-Djava.library.path=" + libraries))
        .startsWith("the JDK's: ")
        .contains(LIBRARY);
  }

  @Test
  void withoutTheProviderItIsTheJdks() {
    assertThat(rsa(withoutProvider()))
        .isEqualTo("the JDK's: the Amazon Corretto Crypto Provider is not installed");
  }

  @Test
  void itCanBeTurnedOff() {
    assertThat(rsa(CLASS_PATH, "-Dsignet.rsa=jdk")).isEqualTo("the JDK's: -Dsignet.rsa=jdk is set");
  }

  @Test
  void manyDocumentsOpenTheSameWithItWithoutItAndWhereItFails() throws IOException {
    StringBuilder secrets = new StringBuilder();
    for (int i = 0; i < 40; i++) {
      secrets.append(
          """
          ---
          apiVersion: v1
          kind: Secret
          metadata: {name: app-%d, namespace: default}
          stringData: {a: value %d}
          """
              .formatted(i, i));
    }
    Files.write(folder.resolve("secrets.yaml"), secrets.toString().getBytes(UTF_8));
    // Without C2 it takes long to find primes.
    assertThat(run(CLASS_PATH, List.of("-XX:TieredStopAtLevel=4"), "keys", "new").code()).isZero();
    Ran sealed = run(CLASS_PATH, List.of(), "seal", "-f", "secrets.yaml", "-w", "sealed.yaml");
    assertThat(sealed.code()).as("%s", sealed).isZero();

    Ran with = run(CLASS_PATH, List.of(), "unseal", "-f", "sealed.yaml");

    assertThat(with.code()).as("%s", with).isZero();
    assertThat(with.out().lines().filter(line -> line.startsWith("  name: app-"))).hasSize(40);
    assertThat(run(withoutProvider(), List.of(), "unseal", "-f", "sealed.yaml")).isEqualTo(with);
    assertThat(run(CLASS_PATH, List.of(UNWRITABLE), "unseal", "-f", "sealed.yaml")).isEqualTo(with);
  }
}
