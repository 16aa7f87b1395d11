import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

static final String HOME = "opt/signet";
static final String MACHINE = "x86_64-linux-gnu";
static final String INTERPRETER = "ld-linux-x86-64.so.2";
static final String USER = "65532";
static final String MAIN = "dev.signet.cli.Main";

/** The names by which the program is started. */
static final List<String> NAMES = List.of("signet", "kubeseal", "controller", "sops");

/** The exit status where the distribution's packages cannot be had. */
static final int UNAVAILABLE = 69;

/** Where the C library comes from. A library that the runtime asks for and that is in none of these fails the build. */
static final List<String> PACKAGES = List.of("libc6");

/**
 * The heap may take a quarter of the container's memory limit (by the first option up to about 500 MB, by the second one
 * beyond); the rest of this JVM needs about 110 MiB. The serial collector lets the old generation grow to its end before it
 * collects it, so that end is what the heap takes; with a young generation of 16 MB little garbage gets that far. What the
 * compilers have used goes back to the system every ten seconds.
 *
 * The start-up cache brings profiles by which the JVM would compile at once what only the start needs: it waits three times
 * as long, which saves a third of the start's CPU time, and more than 10 MB.
 *
 * No memory image of this process, nothing on disk: no heap dump, no core file, no debugger, no performance counters, no
 * error file.
 */
static final List<String> JVM = List.of(
    "-XX:+UseSerialGC", "-XX:MinRAMPercentage=25", "-XX:MaxRAMPercentage=25", "-Xmn16m", "-XX:TrimNativeHeapInterval=10000",
    "-XX:+UseCompactObjectHeaders", "-XX:+UseStringDeduplication", "-XX:CompileThresholdScaling=3", "-XX:+ExitOnOutOfMemoryError", "-XX:-UsePerfData",
    "-XX:-HeapDumpOnOutOfMemoryError", "-XX:-CreateCoredumpOnCrash", "-XX:+ErrorFileToStderr", "-XX:+DisableAttachMechanism",
    "-Xlog:disable", "-Xlog:all=warning,aot*=off:stderr", "--enable-native-access=ALL-UNNAMED",
    "-Dstdout.encoding=UTF-8", "-Dstderr.encoding=UTF-8", "-Dsignet.program=signet", "-Dsignet.tty=");

/**
 * Makes a container image for amd64 without a container engine and without a base image, on a Debian or Ubuntu. Arguments:
 *
 *   version  time of every entry  repository root  class path  target folder
 *
 * It is target/signet-VERSION-linux-amd64.tar, an OCI layout; target/signet-VERSION-linux-amd64.id names what it was
 * made from, and an image of the same inputs is kept. What is in it, a layer each:
 *
 *   1. a runtime made by jlink, and from the distribution's packages the libraries that the runtime's files name
 *      (found by following DT_NEEDED, so nothing else: no shell, no package manager); their licences; the packages' descriptions in
 *      /var/lib/dpkg/status.d, where scanners look; a user that is not root; /tmp, the one folder that may be written;
 *      jpackage's launcher under each of the program's names, because charts ask for "controller" and there is no shell
 *   2. the program's jars, /opt/signet/jvm.args, and what the launchers in /opt/signet/bin start
 *   3. a start-up cache made with exactly these options and jars, by an operator that delivers made-up Secrets
 *
 * It runs with a read-only root and without capabilities. Two builds from the same inputs give the same bytes, layer 3
 * excepted (the JVM writes addresses and hash codes of its own into it).
 */
void main(String[] args) throws Exception {
  String version = args[0];
  Instant time = Instant.parse(args[1]);
  Path root = Path.of(args[2]);
  List<Path> jars = Stream.of(args[3].split(":")).map(Path::of).filter(Files::isRegularFile).toList();
  Path target = Files.createDirectories(Path.of(args[4]));
  if (!System.getProperty("os.arch").equals("amd64") || !System.getProperty("os.name").equals("Linux")) {
    throw new IOException("this image is made on Linux on amd64 only; for others there is the profile jib");
  }
  List<DebianPackage> packages = new ArrayList<>();
  try {
    for (String name : PACKAGES) {
      packages.add(DebianPackage.fetch(name, cache()));
    }
  } catch (IOException e) {
    System.err.println("error: no C library for the image: " + e.getMessage());
    System.exit(UNAVAILABLE);
  }
  SortedMap<String, byte[]> program = Layout.program(root, jars);
  program.put("jvm.args", jvmArguments(jars).getBytes(StandardCharsets.UTF_8));
  for (String each : NAMES) {
    program.put("lib/app/" + each + ".cfg", launcherConfiguration(each, jars).getBytes(StandardCharsets.UTF_8));
  }

  String name = "signet-" + version + "-linux-amd64";
  Path archive = target.resolve(name + ".tar");
  Path idFile = target.resolve(name + ".id");
  String id = id(root, program, packages);
  if (Files.exists(archive) && Files.exists(idFile) && Files.readString(idFile).strip().equals(id)) {
    System.out.println("up to date: " + archive);
    return;
  }
  Path staging = Files.createTempDirectory(target, ".staging-");
  try {
    OciImage image = new OciImage(staging.resolve("image"), time);
    Path base = Files.createDirectories(staging.resolve("base"));
    base(base, packages, jars, staging.resolve("packages"));
    image.layer(base, "jlink, and packages of " + distribution().get("PRETTY_NAME"));
    Path application = staging.resolve("program");
    Layout.write(program, application.resolve(HOME));
    image.layer(application, "the program");
    Path started = staging.resolve("start");
    trainForStart(base, application.resolve(HOME), started.resolve(HOME), program.keySet(), time);
    image.layer(started, "a start-up cache for it");
    Path unfinished = staging.resolve("archive");
    image.finish("localhost/signet:" + version, run(version, packages), unfinished);
    Files.deleteIfExists(idFile);
    Files.move(unfinished, archive, StandardCopyOption.ATOMIC_MOVE);
    Files.writeString(idFile, id + "\n");
    System.out.println("made " + archive);
  } finally {
    Layout.delete(staging);
  }
}

Path cache() throws IOException {
  String caches = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
  Path folder = caches.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(caches);
  return Files.createDirectories(folder.resolve("signet/debian"));
}

/** Everything the image depends on: this program too. */
String id(Path root, Map<String, byte[]> program, List<DebianPackage> packages) throws IOException {
  SortedMap<String, byte[]> inputs = new TreeMap<>(program);
  for (Path source : Layout.files(root.resolve("build"))) {
    inputs.put("build/" + source.getFileName(), Files.readAllBytes(source));
  }
  return Layout.id(Runtime.version() + "\n" + packages.stream().map(DebianPackage::sha256).toList(), inputs);
}

String classPath(List<Path> jars) {
  return Library.classPath(jars).stream().map(jar -> "/" + HOME + "/lib/" + jar.getFileName()).collect(Collectors.joining(":"));
}

/** What the launcher of that name reads: the same options, or the start-up cache would be refused. */
String launcherConfiguration(String name, List<Path> jars) {
  List<String> lines = new ArrayList<>(List.of(
      "[Application]", "app.runtime=/" + HOME + "/runtime", "app.classpath=" + classPath(jars), "app.mainclass=" + MAIN,
      "[JavaOptions]"));
  JVM.forEach(option -> lines.add("java-options=" + option));
  lines.addAll(List.of("java-options=-XX:AOTCache=/" + HOME + "/signet.aot", "java-options=-Dsignet.program=" + name));
  return String.join("\n", lines) + "\n";
}

String jvmArguments(List<Path> jars) {
  List<String> lines = new ArrayList<>(JVM);
  lines.addAll(List.of("-XX:AOTCache=/" + HOME + "/signet.aot", "-cp", classPath(jars)));
  return String.join("\n", lines) + "\n";
}

Map<String, Object> run(String version, List<DebianPackage> packages) {
  Map<String, Object> labels = OciImage.ordered(
      "org.opencontainers.image.title", "signet",
      "org.opencontainers.image.version", version,
      "org.opencontainers.image.licenses",
      "Apache-2.0 AND GPL-2.0-only WITH Classpath-exception-2.0 AND LGPL-2.1-or-later AND ISC AND OpenSSL",
      "dev.signet.java", System.getProperty("java.vendor.version") + " " + Runtime.version());
  packages.forEach(p -> labels.put("dev.signet.debian." + p.name(), p.version() + " sha256:" + p.sha256()));
  return OciImage.ordered(
      "User", USER + ":" + USER,
      "Env", List.of("PATH=/" + HOME + "/bin:/" + HOME + "/runtime/bin", "HOME=/tmp"),
      "Entrypoint", List.of("/" + HOME + "/runtime/bin/java", "@/" + HOME + "/jvm.args", MAIN),
      "Cmd", List.of("operator"),
      "WorkingDir", "/",
      "Labels", labels);
}

void base(Path base, List<DebianPackage> packages, List<Path> jars, Path extracted) throws Exception {
  Files.createDirectories(base.resolve(HOME));
  Layout.runtime(jars, base.resolve(HOME + "/runtime"));
  launchers(base.resolve(HOME), Files.createDirectories(extracted.resolveSibling("jpackage")));
  libraries(base, packages, extracted);
  Map<String, String> distribution = distribution();
  Map<String, String> texts = Map.of(
      "etc/passwd", "root:x:0:0:root:/root:/sbin/nologin\nsignet:x:" + USER + ":" + USER + ":signet:/tmp:/sbin/nologin\n",
      "etc/group", "root:x:0:\nsignet:x:" + USER + ":\n",
      "etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n",
      "etc/os-release", Stream.of("PRETTY_NAME", "NAME", "VERSION_ID", "VERSION_CODENAME", "ID")
          .filter(distribution::containsKey)
          .map(key -> key + "=\"" + distribution.get(key) + "\"\n").collect(Collectors.joining()));
  for (Map.Entry<String, String> text : texts.entrySet()) {
    Files.createDirectories(base.resolve(text.getKey()).getParent());
    Files.writeString(base.resolve(text.getKey()), text.getValue());
  }
  // Container runtimes mount over these, which they cannot create in a read-only root.
  for (String folder : List.of("dev", "proc", "sys")) {
    Files.createDirectory(base.resolve(folder));
  }
  Files.setPosixFilePermissions(
      Files.createDirectory(base.resolve("tmp")), PosixFilePermissions.fromString("rwxrwxrwx"));
}

/** Programs that start the JVM with what stands in a file of their name, which jpackage has ready for any application. */
void launchers(Path home, Path work) throws Exception {
  Path input = Files.createDirectory(work.resolve("input"));
  Files.writeString(input.resolve("none.jar"), "");
  Path java = Path.of(System.getProperty("java.home"));
  Process jpackage = new ProcessBuilder(
      java.resolve("bin/jpackage").toString(), "--type", "app-image", "--name", "signet", "--input", input.toString(),
      "--main-jar", "none.jar", "--main-class", MAIN, "--runtime-image", home.resolve("runtime").toString(),
      "--dest", work.resolve("output").toString()).redirectErrorStream(true).start();
  String said = new String(jpackage.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
  if (jpackage.waitFor() != 0) {
    throw new IOException("jpackage failed: " + said.strip());
  }
  Path made = work.resolve("output/signet");
  Files.createDirectories(home.resolve("bin"));
  for (String name : NAMES) {
    Files.copy(made.resolve("bin/signet"), home.resolve("bin").resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
  }
  Files.copy(
      made.resolve("lib/libapplauncher.so"), Files.createDirectories(home.resolve("lib")).resolve("libapplauncher.so"),
      StandardCopyOption.COPY_ATTRIBUTES);
}

/** Copies what the runtime's files need, what that needs in turn, and the papers of the packages it came from. */
void libraries(Path base, List<DebianPackage> packages, Path extracted) throws Exception {
  Set<String> there = new TreeSet<>();
  Deque<Path> unread = new ArrayDeque<>(Layout.files(base));
  unread.forEach(file -> there.add(file.getFileName().toString()));
  Set<DebianPackage> used = new java.util.LinkedHashSet<>();
  while (!unread.isEmpty()) {
    Path file = unread.remove();
    for (String library : Elf.needs(file)) {
      if (there.add(library)) {
        DebianPackage source = null;
        for (DebianPackage candidate : packages) {
          Path folder = extracted.resolve(candidate.name());
          if (!Files.exists(folder)) {
            candidate.extractTo(Files.createDirectories(folder));
          }
          for (String place : List.of("lib", "usr/lib")) {
            Path found = folder.resolve(place).resolve(MACHINE).resolve(library);
            if (source == null && Files.exists(found)) {
              source = candidate;
              String to = library.equals(INTERPRETER) ? "lib64" : "lib/" + MACHINE;
              Path copy = Files.createDirectories(base.resolve(to)).resolve(library);
              Files.copy(found, copy, StandardCopyOption.COPY_ATTRIBUTES);
              unread.add(copy);
            }
          }
        }
        if (source == null) {
          throw new IOException(file.getFileName() + " needs " + library + ", which is in none of " + PACKAGES);
        }
        used.add(source);
      }
    }
  }
  for (DebianPackage source : used) {
    Path papers = Files.createDirectories(base.resolve("usr/share/doc/" + source.name())).resolve("copyright");
    Files.copy(extracted.resolve(source.name()).resolve("usr/share/doc/" + source.name() + "/copyright"), papers);
    Path status = Files.createDirectories(base.resolve("var/lib/dpkg/status.d")).resolve(source.name());
    Files.writeString(status, source.control());
  }
}

Map<String, String> distribution() throws IOException {
  Map<String, String> fields = new TreeMap<>();
  for (String line : Files.readAllLines(Path.of("/etc/os-release"))) {
    int equals = line.indexOf('=');
    if (equals > 0) {
      fields.put(line.substring(0, equals), line.substring(equals + 1).replace("\"", ""));
    }
  }
  return fields;
}

/**
 * Runs the operator in its layout until it has delivered something, and keeps what the JVM learned. A JVM may refuse a
 * cache whose jars have another time than they had in training, so they get the time of the image before.
 */
void trainForStart(Path base, Path home, Path out, Set<String> files, Instant time) throws Exception {
  for (String file : files) {
    Files.setLastModifiedTime(home.resolve(file), FileTime.from(time));
  }
  Path work = Files.createDirectories(base.getParent().resolve("training"));
  Path output = work.resolve("output");
  Path made = Files.createDirectories(out).resolve("signet.aot");
  String classPath = Files.readAllLines(home.resolve("jvm.args")).getLast()
      .replace("/" + HOME + "/lib/", home.resolve("lib") + "/");
  List<String> java = new ArrayList<>(List.of(base.resolve(HOME + "/runtime/bin/java").toString()));
  java.addAll(JVM);
  List<String> program = List.of("-cp", classPath, MAIN);
  try (StubCluster cluster = new StubCluster(work)) {
    cluster.seal(Stream.of(java, program).flatMap(List::stream).toList());
    List<String> command = new ArrayList<>(java);
    command.add("-XX:AOTCacheOutput=" + made);
    command.addAll(program);
    command.addAll(List.of(
        "operator", "--kubeconfig", cluster.kubeconfig().toString(), "--http=127.0.0.1:0", "--key-namespace=default",
        "--make-key=false"));
    ProcessBuilder training = new ProcessBuilder(command).directory(work.toFile()).redirectErrorStream(true)
        .redirectOutput(output.toFile());
    training.environment().put("HOME", work.toString());
    Process operator = training.start();
    boolean delivered = cluster.awaitDelivery();
    operator.destroy();
    // The cache is made on the way out.
    if (!operator.waitFor(5, TimeUnit.MINUTES) || operator.exitValue() != 0 || !delivered || !Files.exists(made)) {
      operator.destroyForcibly();
      throw new IOException("training for the start-up cache failed: " + Files.readString(output));
    }
  }
}
