package dev.signet.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Jsonl;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ImageTest {

  private final Path folder;
  private final Image image;

  ImageTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.image = Image.needed(folder);
  }

  @Test
  void everyBlobHasTheHashAndSizeThatItIsNamedBy() throws Exception {
    Jsonl.Row index = image.index();
    Jsonl.Row manifest = image.manifest();
    List<Jsonl.Row> descriptors = new ArrayList<>(manifest.rows("layers"));
    descriptors.add(manifest.row("config"));
    descriptors.addAll(index.rows("manifests"));

    assertThat(descriptors).hasSize(5);
    for (Jsonl.Row descriptor : descriptors) {
      Path blob = image.blob(descriptor);
      assertThat(Files.size(blob)).isEqualTo(descriptor.integer("size"));
      assertThat("sha256:" + sha256(Files.newInputStream(blob)))
          .isEqualTo(descriptor.text("digest"));
    }
    List<String> plain = new ArrayList<>();
    for (Jsonl.Row layer : manifest.rows("layers")) {
      plain.add("sha256:" + sha256(new GZIPInputStream(Files.newInputStream(image.blob(layer)))));
    }
    assertThat(plain).isEqualTo(image.config().row("rootfs").texts("diff_ids"));
  }

  @Test
  void dockersOlderIndexNamesTheSameFiles() throws IOException {
    String list = Files.readString(image.layout().resolve("manifest.json"));
    Jsonl.Row entry = Jsonl.row(list.substring(1, list.length() - 1));

    assertThat(image.layout().resolve(entry.text("Config")))
        .isEqualTo(image.blob(image.manifest().row("config")));
    assertThat(entry.texts("Layers").stream().map(image.layout()::resolve))
        .isEqualTo(image.manifest().rows("layers").stream().map(image::blob).toList());
  }

  @Test
  void itSaysWhatIsInItAndUnderWhichLicences() throws IOException {
    Jsonl.Row labels = image.config().row("config").row("Labels");
    Ran installed =
        Ran.in(folder, Map.of(), List.of("apt-cache", "show", "--no-all-versions", "libc6"));

    assertThat(labels.text("org.opencontainers.image.version"))
        .isEqualTo(System.getProperty("signet.version"));
    assertThat(labels.text("org.opencontainers.image.licenses"))
        .contains("Apache-2.0", "GPL-2.0-only WITH Classpath-exception-2.0", "LGPL-2.1-or-later");
    String[] libc = labels.text("dev.signet.debian.libc6").split(" sha256:", 2);
    assertThat(installed.orFail().out())
        .contains("\nVersion: " + libc[0] + "\n", "\nSHA256: " + libc[1] + "\n");
    assertThat(image.root().resolve("usr/share/doc/libc6/copyright")).isNotEmptyFile();
    assertThat(image.root().resolve("opt/signet/LICENSE")).isNotEmptyFile();
    assertThat(image.root().resolve("opt/signet/THIRD-PARTY.md")).isNotEmptyFile();
    assertThat(Files.readString(image.root().resolve("var/lib/dpkg/status.d/libc6")))
        .contains("Package: libc6\n", "Version: " + libc[0] + "\n");
  }

  @Test
  void nothingInItBelongsToItsUserHasPrivilegesOrIsAShell() throws IOException {
    List<String> lines = new ArrayList<>();
    for (Jsonl.Row layer : image.manifest().rows("layers")) {
      Image.tar(folder, "-tvzf", image.blob(layer).toString(), "--numeric-owner", "--full-time")
          .lines()
          .forEach(lines::add);
    }

    assertThat(lines).hasSizeGreaterThan(50);
    assertThat(lines)
        .allMatch(
            line ->
                line.matches(
                    "(drwxr-xr-x|drwxrwxrwt|-rwxr-xr-x|-rw-r--r--) 0/0 +[0-9]+"
                        + " 2026-01-01 00:00:00 .*"));
    assertThat(lines).filteredOn(line -> line.startsWith("drwxrwxrwt")).hasSize(1);
    assertThat(lines).noneMatch(line -> line.matches(".*/(sh|bash|dash|busybox|apt|dpkg)$"));
    assertThat(image.config().row("config").text("User")).isEqualTo("65532:65532");
  }

  @Test
  void itHoldsOnlyTheLibrariesThatSomethingInItAsksFor() throws IOException {
    try (Stream<Path> files = Files.walk(image.root().resolve("lib"))) {
      assertThat(files.filter(Files::isRegularFile).map(file -> file.getFileName().toString()))
          .contains("libc.so.6", "libm.so.6")
          .hasSizeLessThan(10);
    }
  }

  @Test
  void theProgramStartsWithoutRightsFromItsStartUpCache() throws IOException {
    Path bundle = folder.resolve("version");
    try (Container container =
        Container.start(image, bundle, Map.of(), List.of(), List.of("--version"))) {
      int status = container.await();

      assertThat(container.err()).isEmpty();
      assertThat(status).isZero();
      assertThat(container.out())
          .isEqualTo("signet version: v" + System.getProperty("signet.version") + "\n");
    }
    assertThat(image.root().resolve("opt/signet/signet.aot")).isNotEmptyFile();
    assertThat(Files.readAllLines(image.root().resolve("opt/signet/jvm.args")))
        .contains("-XX:AOTCache=/opt/signet/signet.aot");
  }

  /** Its root cannot be written, and from the one folder that can nothing is executed. */
  @Test
  void theFastRsaIsLoadedFromWhereItLies() throws IOException {
    assertThat(image.root().resolve("opt/signet/runtime/lib/libamazonCorrettoCryptoProvider.so"))
        .isNotEmptyFile();
    try (Container container =
        Container.run(
            image,
            folder.resolve("rsa"),
            Map.of(),
            List.of(),
            List.of("signet", "version", "--rsa"))) {
      int status = container.await();

      assertThat(container.err()).isEmpty();
      assertThat(status).isZero();
      assertThat(container.out()).contains("\nrsa: AmazonCorrettoCryptoProvider 2.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"signet", "kubeseal", "controller"})
  void theProgramIsThereUnderEachOfItsNamesThoughThereIsNoShell(String name) throws IOException {
    try (Container container =
        Container.run(
            image, folder.resolve(name), Map.of(), List.of(), List.of(name, "--version"))) {
      int status = container.await();

      assertThat(container.err()).isEmpty();
      assertThat(status).isZero();
      assertThat(container.out())
          .isEqualTo(name + " version: v" + System.getProperty("signet.version") + "\n");
    }
  }

  private static String sha256(InputStream in) throws IOException, NoSuchAlgorithmException {
    MessageDigest hash = MessageDigest.getInstance("SHA-256");
    try (DigestInputStream digesting = new DigestInputStream(in, hash)) {
      digesting.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return HexFormat.of().formatHex(hash.digest());
  }
}
