package dev.signet.cli;

import dev.signet.testkit.cluster.Vault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;

/** Bash with the real program {@code vault}, as root of a server. */
final class VaultCommands {

  private final Path folder;
  private final Path bin;
  private final Vault vault;

  VaultCommands(Path folder, Vault vault) throws IOException {
    this.folder = Files.createDirectories(folder.resolve("commands"));
    this.bin = Files.createDirectories(this.folder.resolve("bin"));
    this.vault = vault;
    program("vault", "exec '" + Vault.program() + "' \"$@\"");
  }

  /** Puts a script on its PATH, before all others. */
  VaultCommands program(String name, String script) throws IOException {
    Path file = Files.writeString(bin.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return this;
  }

  /** In that folder, with those variables besides. */
  Shell.Result run(Path directory, String script, Map<String, String> variables) {
    try {
      Path out = folder.resolve("out");
      Path err = folder.resolve("err");
      ProcessBuilder builder =
          new ProcessBuilder("bash", "-c", script)
              .directory(directory.toFile())
              .redirectInput(Path.of("/dev/null").toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile());
      Map<String, String> environment = builder.environment();
      environment.put("PATH", bin + ":" + environment.get("PATH"));
      environment.put("HOME", folder.toString());
      environment.put("VAULT_TOKEN", Vault.ROOT);
      environment.put("VAULT_ADDR", vault.url());
      environment.putAll(variables);
      int code = builder.start().waitFor();
      return new Shell.Result(code, Files.readString(out), Files.readString(err));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
