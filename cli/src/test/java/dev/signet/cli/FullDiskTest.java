package dev.signet.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file system of 256 KiB that is full, and the device that always is. */
class FullDiskTest {

  @TempDir Path folder;
  private Path disk = Path.of("");

  @BeforeEach
  void aSmallDisk() throws IOException, InterruptedException {
    disk = Files.createDirectory(folder.resolve("disk"));
    Needs.that(
        mount("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()),
        "the right to mount a tmpfs",
        "run the tests as root, or in a user namespace: unshare -rm ./mvnw verify");
  }

  @AfterEach
  void unmount() throws IOException, InterruptedException {
    mount("umount", disk.toString());
  }

  private static boolean mount(String... command) throws IOException, InterruptedException {
    try {
      return new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException noSuchCommand) {
      return false;
    }
  }

  @Test
  void theStateStaysAsItWas() throws IOException {
    Shell shell =
        new Shell(folder).set("SIGNET_STATE", disk.resolve(".signet").toString()).withKey();
    byte[] before = Files.readAllBytes(disk.resolve(".signet/state"));
    fill();
    shell.write(
        "secret.yaml",
        "apiVersion: v1\nkind: Secret\nmetadata: {name: big}\nstringData: {a: "
            + "x".repeat(100_000)
            + "}\n");

    shell
        .signet("apply", "-f", "secret.yaml")
        .failed(1, "No space left on device; the state before this command is unchanged");

    assertThat(Files.readAllBytes(disk.resolve(".signet/state"))).isEqualTo(before);
    try (var files = Files.list(disk.resolve(".signet"))) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder("state", "lock", ".gitignore");
    }
    Files.delete(disk.resolve("filling"));
    shell.signet("apply", "-f", "secret.yaml").succeeded();
  }

  @Test
  void aFileStaysAsItWas() throws IOException {
    Shell shell = new Shell(folder).withKey();
    Path target = Files.writeString(disk.resolve("sealed.yaml"), "the old content\n");
    fill();
    shell
        .run("signet", SealAndUnsealTest.SECRET, "seal", "-w", target.toString())
        .failed(1, "No space left on device; the file is as it was before");
    assertThat(target).hasContent("the old content\n");
  }

  @Test
  void anOutputThatCannotBeWrittenIsAnError() throws IOException, InterruptedException {
    Needs.that(Files.exists(Path.of("/dev/full")), "/dev/full", "run the tests on Linux");
    Shell shell = new Shell(folder).withKey();
    shell.write("secret.yaml", SealAndUnsealTest.SECRET);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Dsignet.tty=",
            "-cp",
            System.getProperty("java.class.path"),
            "dev.signet.cli.Main",
            "seal",
            "-f",
            "secret.yaml");
    builder.environment().clear();
    builder.environment().putAll(shell.environment());
    Path err = folder.resolve("err");
    int code =
        builder
            .directory(shell.directory().toFile())
            .redirectOutput(Path.of("/dev/full").toFile())
            .redirectError(err.toFile())
            .start()
            .waitFor();
    assertThat(code).isEqualTo(1);
    assertThat(err).content().startsWith("error: cannot write to standard output");
  }

  private void fill() throws IOException {
    byte[] page = new byte[4096];
    Arrays.fill(page, (byte) 'x');
    try (var out = Files.newOutputStream(disk.resolve("filling"))) {
      for (int i = 0; i < 1000; i++) {
        out.write(page);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
      return;
    }
    throw new IllegalStateException("the disk is larger than it should be");
  }
}
