package dev.signet.testkit.cluster;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Installs programs of Python from their published packages, each version once, into a virtual
 * environment in {@link BuildCache}. All packages are named with their versions in the resource
 * {@code requirements.txt} of the program: nothing else is resolved.
 */
final class PythonBuild {

  private static final String CHECK =
      "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 10))";

  private final Optional<Path> python;
  private final BuildCache cache;

  PythonBuild(Map<String, String> environment) {
    this.python = Programs.onPath("python3", environment).findFirst();
    this.cache = new BuildCache(Programs.cache(environment));
  }

  /** The Python of the environment that has it, which runs its modules wherever it is moved. */
  Path python(String name) throws Programs.MissingException {
    String requirements = requirements(name);
    Matcher version =
        Pattern.compile("^" + name + "==(\\S+)$", Pattern.MULTILINE).matcher(requirements);
    if (!version.find()) {
      throw new IllegalStateException("no version of " + name + " is pinned");
    }
    Path folder = cache.folder(name + "-" + version.group(1));
    if (!Files.isDirectory(folder)) {
      Path base =
          python.orElseThrow(
              () -> new Programs.MissingException("there is no python3 on the PATH to install it"));
      var _ = cache.locked(() -> installed(base, requirements, folder));
    }
    return folder.resolve("bin").resolve("python");
  }

  private Path installed(Path base, String requirements, Path folder)
      throws IOException, Programs.MissingException {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    Path work = cache.work();
    try {
      cache.say(folder.getFileName() + ": installing it");
      run(work, List.of(base.toString(), "-c", CHECK));
      run(work, List.of(base.toString(), "-m", "venv", work.toString()));
      Path list = Files.writeString(work.resolve("requirements.txt"), requirements);
      run(
          work,
          List.of(
              work.resolve("bin").resolve("python").toString(),
              "-m",
              "pip",
              "install",
              "--quiet",
              "--no-deps",
              "--disable-pip-version-check",
              "--requirement",
              list.toString()));
      return cache.publish(work, folder);
    } finally {
      BuildCache.removeTree(work);
    }
  }

  private static void run(Path work, List<String> command)
      throws IOException, Programs.MissingException {
    Path log = work.resolve("log");
    try {
      int code =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.to(log.toFile()))
              .start()
              .waitFor();
      if (code != 0) {
        String said = Files.readString(log, StandardCharsets.UTF_8).strip();
        throw new Programs.MissingException(
            "installing it failed: "
                + said.substring(said.lastIndexOf('\n') + 1).replaceAll("\\s+", " "));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while installing", e);
    }
  }

  private static String requirements(String name) {
    try (InputStream in = PythonBuild.class.getResourceAsStream(name + "/requirements.txt")) {
      if (in == null) {
        throw new FileNotFoundException("no requirements of " + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
