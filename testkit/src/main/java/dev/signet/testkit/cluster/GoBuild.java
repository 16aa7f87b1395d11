package dev.signet.testkit.cluster;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Builds the programs of a control plane, and peers, from their published Go modules, each version
 * once.
 *
 * <p>The cache holds a folder a version: {@code 1.34.4} with both programs of Kubernetes, {@code
 * etcd-3.6.16} with etcd, {@code helm-3.22.0} with helm, {@code sealed-secrets-kubeseal-0.40.0},
 * and in each the go.mod and go.sum it was built from. {@link BuildCache} says how they get there.
 *
 * <p>For the usual minor version and the oldest one go.mod and go.sum are resources, so what is
 * built is pinned by hash. For others go.mod is derived: Kubernetes replaces the modules of its own
 * repository by folders, and those are published with its minor and patch numbers, 1.28.14 as
 * v0.28.14; Go's checksum database vouches for them.
 */
final class GoBuild {

  private static final String KUBERNETES = "k8s.io/kubernetes";
  private static final String ETCD_MODULE = "go.etcd.io/etcd/server/v3";
  private static final List<String> KUBERNETES_PROGRAMS =
      List.of(Programs.API_SERVER, Programs.CONTROLLER_MANAGER);
  private static final Pattern STAGED =
      Pattern.compile("^\\s*(\\S+) => \\./staging/src/\\S+$", Pattern.MULTILINE);
  private static final Pattern LANGUAGE = Pattern.compile("^go (\\S+)$", Pattern.MULTILINE);

  /** Old versions have clouds built in, whose modules are no longer published. */
  static final String TAGS = "-tags=providerless";

  private static final List<String> BUILD = List.of("build", TAGS);

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(5);
  private static final int LAST_LINES = 20;

  private final Path cache;
  private final Optional<Path> go;
  private final BuildCache builds;

  GoBuild(Path cache, Optional<Path> go) {
    this.cache = cache;
    this.go = go;
    this.builds = new BuildCache(cache);
  }

  /** The folder with kube-apiserver and kube-controller-manager. */
  Path kubernetes(KubernetesVersion asked) throws Programs.MissingException {
    Optional<String> pinned = pinned("kubernetes-" + asked.minor(), KUBERNETES);
    Optional<String> known = asked.exact().or(() -> pinned).or(() -> newestInCache(asked.minor()));
    if (known.isPresent() && Files.isDirectory(cache.resolve(known.get()))) {
      return cache.resolve(known.get());
    }
    return locked(
        () -> {
          String version = known.isPresent() ? known.get() : newestPublished(asked.minor());
          Path folder = cache.resolve(version);
          if (Files.isDirectory(folder)) {
            return folder;
          }
          Path module = Files.createTempDirectory(cache, "building-");
          try {
            boolean isPinned = pinned.equals(Optional.of(version));
            if (isPinned) {
              copyPinned("kubernetes-" + asked.minor(), module);
            } else {
              Files.writeString(module.resolve("go.mod"), derivedModule(version));
            }
            for (String program : KUBERNETES_PROGRAMS) {
              compile(
                  module,
                  isPinned ? "-mod=readonly" : "-mod=mod",
                  program,
                  version,
                  KUBERNETES + "/cmd/" + program,
                  versionFlags(version),
                  BUILD);
            }
            return builds.publish(module, folder);
          } finally {
            BuildCache.removeTree(module);
          }
        });
  }

  Path etcd() throws Programs.MissingException {
    return pinnedProgram(Programs.ETCD, ETCD_MODULE, Programs.ETCD, ETCD_MODULE, BUILD);
  }

  /** The program itself. */
  Path peer(Peer peer) throws Programs.MissingException {
    return pinnedProgram(peer.pinned, peer.module, peer.program, peer.main(), peer.compile());
  }

  /** A program of a pinned module, which may have several: each is in a folder of its own. */
  private Path pinnedProgram(
      String name, String module, String program, String main, List<String> go)
      throws Programs.MissingException {
    String version =
        pinned(name, module)
            .orElseThrow(() -> new IllegalStateException("no version of " + name + " is pinned"));
    Path folder =
        cache.resolve((name.equals(program) ? name : name + "-" + program) + "-" + version);
    if (Files.isDirectory(folder)) {
      return folder.resolve(program);
    }
    return locked(
            () -> {
              if (Files.isDirectory(folder)) {
                return folder;
              }
              Path work = Files.createTempDirectory(cache, "building-");
              try {
                copyPinned(name, work);
                compile(work, "-mod=readonly", program, version, main, "-s -w", go);
                return builds.publish(work, folder);
              } finally {
                BuildCache.removeTree(work);
              }
            })
        .resolve(program);
  }

  /** A go.mod for a version that is not pinned; {@code go} completes it while it builds. */
  String derivedModule(String version) throws IOException, Programs.MissingException {
    Path empty = Files.createTempDirectory(cache, "building-");
    try {
      String download =
          run(empty, List.of("mod", "download", "-json", KUBERNETES + "@v" + version));
      Matcher file = Pattern.compile("\"GoMod\": \"(.+)\"").matcher(download);
      if (!file.find()) {
        throw new Programs.MissingException("Go did not say where " + KUBERNETES + " is");
      }
      return derivedModule(version, Files.readString(Path.of(file.group(1))));
    } finally {
      BuildCache.removeTree(empty);
    }
  }

  /** The go.mod that builds the programs of that version, whose own go.mod is given. */
  static String derivedModule(String version, String itsModule) {
    Matcher language = LANGUAGE.matcher(itsModule);
    StringBuilder module = new StringBuilder("module signet.dev/testkit/kubernetes\n\n");
    module.append("go ").append(language.find() ? language.group(1) : "1.21").append("\n\n");
    module.append("require ").append(KUBERNETES).append(" v").append(version).append("\n\n");
    String staged = "v0" + version.substring(version.indexOf('.'));
    STAGED
        .matcher(itsModule)
        .results()
        .map(match -> match.group(1))
        .distinct()
        .forEach(name -> module.append("replace %s => %s %s\n".formatted(name, name, staged)));
    return module.toString();
  }

  /**
   * The newest patch version of a minor one that the module proxy lists. It may list none of a
   * minor that it has: then the first one.
   */
  private String newestPublished(String minor) throws IOException, Programs.MissingException {
    try {
      return published(minor);
    } catch (Programs.MissingException notListed) {
      return published(minor + ".0");
    }
  }

  private String published(String query) throws IOException, Programs.MissingException {
    Path empty = Files.createTempDirectory(cache, "building-");
    try {
      return run(empty, List.of("list", "-m", "-f", "{{.Version}}", KUBERNETES + "@v" + query))
          .strip()
          .substring(1);
    } finally {
      BuildCache.removeTree(empty);
    }
  }

  private Optional<String> newestInCache(String minor) {
    if (!Files.isDirectory(cache)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(cache)) {
      return folders
          .map(folder -> folder.getFileName().toString())
          .filter(name -> name.matches(Pattern.quote(minor) + "\\.[0-9]+"))
          .max(Comparator.comparingInt(GoBuild::patch));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + cache, e);
    }
  }

  private static int patch(String version) {
    return Integer.parseInt(version.substring(version.lastIndexOf('.') + 1));
  }

  /** Without these flags the programs call themselves v0.0.0-master. */
  private static String versionFlags(String version) {
    StringBuilder flags = new StringBuilder("-s -w");
    String minor = version.split("\\.", -1)[1];
    for (String place : List.of("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")) {
      flags.append(" -X ").append(place).append(".gitVersion=v").append(version);
      flags.append(" -X ").append(place).append(".gitMajor=1");
      flags.append(" -X ").append(place).append(".gitMinor=").append(minor);
    }
    return flags.toString();
  }

  private void compile(
      Path module,
      String mode,
      String program,
      String version,
      String path,
      String flags,
      List<String> go)
      throws IOException, Programs.MissingException {
    say(program + " " + version + ": fetching its modules");
    int packages =
        (int) run(module, List.of("list", mode, go.getLast(), "-deps", path)).lines().count();
    List<String> command = new ArrayList<>(go);
    command.addAll(
        List.of(
            mode, "-v", "-trimpath", "-buildvcs=false", "-ldflags", flags, "-o", program, path));
    run(module, command, new Progress(program + " " + version + ": compiling", packages));
  }

  private String run(Path folder, List<String> arguments)
      throws IOException, Programs.MissingException {
    return run(folder, arguments, new Progress("fetching modules", 0));
  }

  private String run(Path folder, List<String> arguments, Progress shown)
      throws IOException, Programs.MissingException {
    Path program =
        go.orElseThrow(
            () -> new Programs.MissingException("there is no go on the PATH to build it"));
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    Path output = Files.createTempFile(cache, "building-", ".out");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).directory(folder.toFile()).redirectOutput(output.toFile());
      builder.environment().put("CGO_ENABLED", "0");
      builder.environment().put("GOWORK", "off");
      Process process = builder.start();
      Thread stop = new Thread(() -> end(process));
      Runtime.getRuntime().addShutdownHook(stop);
      Deque<String> last = new ArrayDeque<>();
      try (BufferedReader lines = process.errorReader()) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          shown.line(line);
          last.addLast(line);
          if (last.size() > LAST_LINES) {
            last.removeFirst();
          }
        }
      }
      int code = process.waitFor();
      Runtime.getRuntime().removeShutdownHook(stop);
      if (code != 0) {
        last.forEach(this::say);
        // With -json it says on standard output what went wrong.
        String said = last.isEmpty() ? Files.readString(output) : last.getLast();
        throw new Programs.MissingException(
            "go " + arguments.getFirst() + " failed: " + said.strip().replaceAll("\\s+", " "));
      }
      return Files.readString(output);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while building", e);
    } finally {
      Files.deleteIfExists(output);
    }
  }

  private static void end(Process process) {
    process.descendants().forEach(ProcessHandle::destroy);
    process.destroy();
  }

  private void say(String line) {
    builds.say(line);
  }

  /** Go names each package that it compiles and each module that it fetches: one line each. */
  private final class Progress {

    private final String what;
    private final int packages;
    private final long began = System.nanoTime();
    private long said = began;
    private int compiled;
    private int fetched;

    Progress(String what, int packages) {
      this.what = what;
      this.packages = packages;
    }

    void line(String line) {
      if (line.startsWith("go: downloading ")) {
        fetched++;
      } else {
        compiled++;
      }
      long now = System.nanoTime();
      if (now - said > BETWEEN_LINES.toNanos()) {
        said = now;
        String done =
            packages == 0
                ? fetched + " modules fetched"
                : compiled + " of at most " + packages + " packages";
        say(what + ": " + done + ", " + Duration.ofNanos(now - began).toSeconds() + " s");
      }
    }
  }

  private Path locked(BuildCache.Step step) throws Programs.MissingException {
    if (go.isEmpty()) {
      throw new Programs.MissingException("there is none and no go on the PATH to build it");
    }
    return builds.locked(step);
  }

  /** The version of a module that the pinned go.mod of that name requires, if there is one. */
  private static Optional<String> pinned(String name, String module) {
    try (InputStream in = GoBuild.class.getResourceAsStream(name + "/go.mod")) {
      if (in == null) {
        return Optional.empty();
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      Matcher version =
          Pattern.compile("^require " + Pattern.quote(module) + " v(\\S+)$", Pattern.MULTILINE)
              .matcher(text);
      return version.find() ? Optional.of(version.group(1)) : Optional.empty();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the go.mod of " + name, e);
    }
  }

  private static void copyPinned(String name, Path folder) throws IOException {
    for (String file : List.of("go.mod", "go.sum")) {
      try (InputStream in = GoBuild.class.getResourceAsStream(name + "/" + file)) {
        if (in == null) {
          throw new FileNotFoundException("no " + file + " of " + name);
        }
        Files.copy(in, folder.resolve(file));
      }
    }
  }
}
