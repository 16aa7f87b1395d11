package dev.signet.deploy;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Needs;
import dev.signet.yaml.GoJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A container under runc, with the restrictions that the chart's pod has: the image's user, a root
 * that cannot be written, no capabilities, no way to new privileges, the memory limit of the chart.
 * It shares the network of this machine, so that it reaches servers on loopback.
 */
final class Container implements AutoCloseable {

  private static final long MEMORY = 256L << 20;

  private final Path runc;
  private final Path bundle;
  private final String id;
  private final Process process;

  private Container(Path runc, Path bundle, String id, Process process) {
    this.runc = runc;
    this.bundle = bundle;
    this.id = id;
    this.process = process;
  }

  static Path needed() throws IOException {
    Path runc = Needs.command("runc", "apt-get install runc");
    Needs.that(
        Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0),
        "the rights to start a container",
        "run the tests as root");
    return runc;
  }

  /**
   * Starts it as the image says.
   *
   * @param mounts folders of this machine, by where they are to be in the container; not writable
   * @param environment beside what the image sets
   */
  static Container start(
      Image image,
      Path bundle,
      Map<String, Path> mounts,
      List<String> environment,
      List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(image.config().row("config").texts("Entrypoint"));
    command.addAll(arguments);
    return run(image, bundle, mounts, environment, command);
  }

  /** Starts that command, found on the image's PATH, as when a pod says {@code command}. */
  static Container run(
      Image image,
      Path bundle,
      Map<String, Path> mounts,
      List<String> environment,
      List<String> args)
      throws IOException {
    Path runc = needed();
    String id = "signet-test-" + ProcessHandle.current().pid() + "-" + bundle.getFileName();
    Files.createDirectories(bundle);
    Files.writeString(
        bundle.resolve("config.json"),
        GoJson.write(
            configuration(image, id, mounts, environment, args),
            GoJson.Layout.INDENTED,
            GoJson.Keys.AS_GIVEN));
    List<String> command = runc(runc, bundle);
    command.addAll(List.of("run", "--bundle", bundle.toString(), id));
    Process process =
        new ProcessBuilder(command)
            .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
            .redirectOutput(bundle.resolve("stdout").toFile())
            .redirectError(bundle.resolve("stderr").toFile())
            .start();
    return new Container(runc, bundle, id, process);
  }

  String out() throws IOException {
    return Files.readString(bundle.resolve("stdout"), StandardCharsets.UTF_8);
  }

  String err() throws IOException {
    return Files.readString(bundle.resolve("stderr"), StandardCharsets.UTF_8);
  }

  /** Its exit status; it has a minute. */
  int await() throws IOException {
    try {
      if (!process.waitFor(1, TimeUnit.MINUTES)) {
        throw new IOException("the container did not end: " + out() + err());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** What kubelet does first when a pod ends. */
  void terminate() throws IOException {
    control("kill", id, "TERM").orFail();
  }

  /** The process of the program, as this machine numbers it. */
  long pid() throws IOException {
    return Jsonl.row(control("state", id).orFail().out()).integer("pid");
  }

  @Override
  public void close() throws IOException {
    var _ = control("delete", "--force", id);
    process.destroyForcibly();
  }

  private Ran control(String... arguments) throws IOException {
    List<String> command = runc(runc, bundle);
    command.addAll(List.of(arguments));
    return Ran.in(bundle, Map.of(), command);
  }

  private static List<String> runc(Path runc, Path bundle) {
    return new ArrayList<>(List.of(runc.toString(), "--root", bundle.resolve("state").toString()));
  }

  private static Map<String, Object> configuration(
      Image image, String id, Map<String, Path> mounts, List<String> environment, List<String> args)
      throws IOException {
    Jsonl.Row run = image.config().row("config");
    String[] user = run.text("User").split(":", 2);
    List<String> none = List.of();
    List<Object> allMounts = new ArrayList<>();
    allMounts.add(mount("/proc", "proc", "proc", "nosuid", "noexec", "nodev"));
    allMounts.add(mount("/dev", "tmpfs", "tmpfs", "nosuid", "mode=755", "size=64k"));
    allMounts.add(mount("/sys", "sysfs", "sysfs", "nosuid", "noexec", "nodev", "ro"));
    allMounts.add(mount("/sys/fs/cgroup", "cgroup", "cgroup", "nosuid", "noexec", "nodev", "ro"));
    allMounts.add(
        mount("/tmp", "tmpfs", "tmpfs", "nosuid", "noexec", "nodev", "mode=1777", "size=16m"));
    mounts.forEach(
        (to, from) -> allMounts.add(mount(to, "bind", from.toString(), "rbind", "ro", "nosuid")));
    return Map.of(
        "ociVersion",
        "1.0.2",
        "root",
        Map.of("path", image.root().toString(), "readonly", true),
        "hostname",
        "signet",
        "process",
        Map.of(
            "terminal", false,
            "user", Map.of("uid", Integer.parseInt(user[0]), "gid", Integer.parseInt(user[1])),
            "cwd", run.text("WorkingDir"),
            "env", Stream.concat(run.texts("Env").stream(), environment.stream()).toList(),
            "args", args,
            "noNewPrivileges", true,
            "capabilities",
                Map.of(
                    "bounding", none,
                    "effective", none,
                    "permitted", none,
                    "inheritable", none,
                    "ambient", none)),
        "mounts",
        allMounts,
        "linux",
        Map.of(
            "cgroupsPath", "/" + id,
            "resources", Map.of("memory", Map.of("limit", MEMORY)),
            "namespaces",
                Stream.of("pid", "ipc", "uts", "mount", "cgroup")
                    .map(type -> Map.of("type", type))
                    .toList(),
            "maskedPaths", List.of("/proc/kcore", "/proc/keys", "/sys/firmware"),
            "readonlyPaths", List.of("/proc/sys", "/proc/sysrq-trigger", "/proc/bus")));
  }

  private static Map<String, Object> mount(String to, String type, String from, String... options) {
    return Map.of("destination", to, "type", type, "source", from, "options", List.of(options));
  }
}
