import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/**
 * Lays out what is shipped. Run by the Maven profile `dist` with these arguments:
 *
 *   image|archives  version  time of every entry  repository root  class path  own jar  target folder
 *
 * On Maven's class path the module that this runs in is its folder of classes: its own jar goes there instead.
 *
 * A layout is: bin (launchers), lib (jars and classpath.id), libexec (find-jdk, train-aot, its sample input),
 * LICENSE, README.md; in the Linux archive also runtime (made by jlink) and aot (start-up caches).
 *
 * `image` makes target/image/ID for ./signet, with caches for the JDK that runs this; the file target/image/built
 * then names it. `archives` makes target/dist/signet-VERSION.zip and, on Linux, the tar.gz with a runtime.
 *
 * ID is a hash over the path and content of every file of the layout, launchers and their JVM flags included. It
 * is the first line of lib/classpath.id, the names of the jars in order follow. Everything is built in a staging
 * folder and moved into place in one step, so nobody ever starts half of it. Archives hold sorted entries with
 * one time and modes 755 or 644: the same jars and JDK give the same bytes, start-up caches excepted (the JVM
 * writes addresses and hash codes of its own into them).
 */
void main(String[] args) throws Exception {
  String what = args[0];
  String version = args[1];
  Instant time = Instant.parse(args[2]);
  Path root = Path.of(args[3]);
  List<Path> jars = Stream.of(args[4].split(System.getProperty("path.separator"))).map(Path::of)
      .map(entry -> Files.isDirectory(entry) ? Path.of(args[5]) : entry).toList();
  Path target = Path.of(args[6]);

  SortedMap<String, byte[]> layout = layout(root, jars);
  switch (what) {
    case "image" -> image(layout, target.resolve("image"));
    case "archives" -> archives(layout, jars, version, time, target.resolve("dist"));
    default -> throw new IllegalArgumentException("image or archives, not " + what);
  }
}

SortedMap<String, byte[]> layout(Path root, List<Path> jars) throws Exception {
  SortedMap<String, byte[]> layout = new TreeMap<>();
  Path dist = root.resolve("cli/src/dist");
  for (String program : List.of("signet", "kubeseal", "controller")) {
    layout.put("bin/" + program, Files.readAllBytes(dist.resolve("bin/signet")));
    layout.put("bin/" + program + ".cmd", Files.readAllBytes(dist.resolve("bin/signet.cmd")));
  }
  layout.put("libexec/find-jdk", Files.readAllBytes(root.resolve(".mvn/find-jdk")));
  layout.put("libexec/train-aot", Files.readAllBytes(dist.resolve("libexec/train-aot")));
  for (Path file : files(dist.resolve("training"))) {
    layout.put("libexec/training/" + slashed(dist.resolve("training").relativize(file)), Files.readAllBytes(file));
  }
  layout.put("LICENSE", Files.readAllBytes(root.resolve("LICENSE")));
  layout.put("README.md", Files.readAllBytes(dist.resolve("README.md")));
  StringBuilder names = new StringBuilder();
  for (Path jar : jars) {
    String name = jar.getFileName().toString();
    if (layout.put("lib/" + name, Files.readAllBytes(jar)) != null) {
      throw new IOException("two jars on the class path are named " + name);
    }
    names.append(name).append('\n');
  }

  MessageDigest hash = MessageDigest.getInstance("SHA-256");
  hash.update(names.toString().getBytes(StandardCharsets.UTF_8));
  for (Map.Entry<String, byte[]> file : layout.entrySet()) {
    hash.update((file.getKey() + '\0' + file.getValue().length + '\0').getBytes(StandardCharsets.UTF_8));
    hash.update(file.getValue());
  }
  String id = HexFormat.of().formatHex(hash.digest(), 0, 12);
  layout.put("lib/classpath.id", (id + '\n' + names).getBytes(StandardCharsets.UTF_8));
  return layout;
}

void image(Map<String, byte[]> layout, Path images) throws Exception {
  String id = new String(layout.get("lib/classpath.id"), StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
  Files.createDirectories(images);
  Path image = images.resolve(id);
  if (!Files.exists(image)) {
    Path staging = Files.createTempDirectory(images, ".staging-");
    Path unfinished = staging.resolve(id);
    write(layout, unfinished);
    Files.move(unfinished, image);
    Files.delete(staging);
  }
  trainForStart(image);
  Files.writeString(images.resolve("built"), id + "\n");
}

void archives(Map<String, byte[]> layout, List<Path> jars, String version, Instant time, Path out) throws Exception {
  Files.createDirectories(out);
  Path staging = Files.createTempDirectory(out, ".staging-");
  try {
    Path home = staging.resolve("signet-" + version);
    write(layout, home);
    Path zip = staging.resolve("signet-" + version + ".zip");
    zip(home, zip, time);
    move(zip, out);
    if (!System.getProperty("os.name").equals("Linux")) {
      System.out.println("no archive with a runtime: it is made on Linux, for the Linux it is made on");
      return;
    }
    runtime(jars, home.resolve("runtime"));
    // A JVM may refuse a cache whose jars have another time than they had in training: so they get the archive's before.
    for (String file : layout.keySet()) {
      Files.setLastModifiedTime(home.resolve(file), FileTime.from(time));
    }
    trainForStart(home);
    String arch = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
    Path tar = staging.resolve("signet-" + version + "-linux-" + arch + ".tar.gz");
    Tar.write(home, tar, time);
    move(tar, out);
  } finally {
    delete(staging);
  }
}

void write(Map<String, byte[]> layout, Path home) throws IOException {
  for (Map.Entry<String, byte[]> file : layout.entrySet()) {
    Path path = home.resolve(file.getKey());
    Files.createDirectories(path.getParent());
    Files.write(path, file.getValue());
    String name = file.getKey();
    if ((name.startsWith("bin/") && !name.endsWith(".cmd")) || name.equals("libexec/train-aot")) {
      path.toFile().setExecutable(true, false);
    }
  }
}

/** What the jars ask for, and what is reached only by name: HTTPS to stores, PKCS#11. */
void runtime(List<Path> jars, Path runtime) throws IOException {
  List<String> ask =
      new ArrayList<>(List.of("--multi-release", "25", "--ignore-missing-deps", "--print-module-deps"));
  jars.forEach(jar -> ask.add(jar.toString()));
  String modules = run("jdeps", ask).lines().toList().getLast() + ",java.net.http,jdk.crypto.cryptoki";
  System.out.println("runtime modules: " + modules);
  run("jlink", List.of(
      "--add-modules", modules, "--strip-java-debug-attributes", "--no-man-pages", "--no-header-files",
      "--output", runtime.toString()));
}

String run(String tool, List<String> args) throws IOException {
  ByteArrayOutputStream output = new ByteArrayOutputStream();
  PrintWriter writer = new PrintWriter(output, true, StandardCharsets.UTF_8);
  int code = ToolProvider.findFirst(tool).orElseThrow().run(writer, writer, args.toArray(String[]::new));
  String text = output.toString(StandardCharsets.UTF_8);
  if (code != 0) {
    throw new IOException(tool + " failed: " + text);
  }
  return text;
}

/** Without a cache the program starts more slowly and does the same, so a failure here is a warning. */
void trainForStart(Path home) throws IOException, InterruptedException {
  ProcessBuilder training = new ProcessBuilder(home.resolve("libexec/train-aot").toString()).inheritIO();
  training.environment().put("JAVA_HOME", System.getProperty("java.home"));
  if (training.start().waitFor() != 0) {
    System.out.println("warning: this distribution has no complete start-up cache");
  }
}

void zip(Path home, Path zip, Instant time) throws IOException {
  Map<String, String> options = Map.of("create", "true", "enablePosixFileAttributes", "true");
  try (var archive = FileSystems.newFileSystem(zip, options)) {
    for (Path file : files(home)) {
      Path entry = archive.getPath(slashed(home.getParent().relativize(file)));
      Files.createDirectories(entry.getParent());
      Files.write(entry, Files.readAllBytes(file));
      String mode = Files.isExecutable(file) ? "rwxr-xr-x" : "rw-r--r--";
      Files.setPosixFilePermissions(entry, PosixFilePermissions.fromString(mode));
      for (Path path = entry; path != null; path = path.getParent()) {
        Files.getFileAttributeView(path, BasicFileAttributeView.class)
            .setTimes(FileTime.from(time), FileTime.from(time), FileTime.from(time));
      }
    }
  }
}

List<Path> files(Path folder) throws IOException {
  try (Stream<Path> walk = Files.walk(folder)) {
    return walk.filter(Files::isRegularFile).sorted().toList();
  }
}

String slashed(Path relative) {
  return relative.toString().replace('\\', '/');
}

void move(Path file, Path folder) throws IOException {
  Path to = folder.resolve(file.getFileName());
  Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
  System.out.println("made " + to);
}

void delete(Path folder) throws IOException {
  Files.walkFileTree(folder, new SimpleFileVisitor<>() {
    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
      Files.delete(file);
      return FileVisitResult.CONTINUE;
    }

    @Override
    public FileVisitResult postVisitDirectory(Path directory, IOException failure) throws IOException {
      Files.delete(directory);
      return FileVisitResult.CONTINUE;
    }
  });
}
