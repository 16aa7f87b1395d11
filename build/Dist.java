import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.stream.Stream;

/**
 * Lays out what is shipped. Run by the Maven profile `dist` with these arguments:
 *
 *   image|archives  version  time of every entry  repository root  class path  own jar  target folder
 *
 * On Maven's class path the module that this runs in is its folder of classes: its own jar goes there instead.
 *
 * A layout is: bin (launchers), lib (jars and classpath.id), libexec (find-jdk, train-aot, its sample input),
 * LICENSE, THIRD-PARTY.md, README.md, lib/native (a library for each machine that has one); in the Linux archive also runtime (made by
 * jlink), which has the library among its own instead, and aot (start-up caches).
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

  SortedMap<String, byte[]> layout = Layout.of(root, jars);
  switch (what) {
    case "image" -> image(layout, target.resolve("image"));
    case "archives" -> archives(layout, jars, version, time, target.resolve("dist"));
    default -> throw new IllegalArgumentException("image or archives, not " + what);
  }
}

void image(Map<String, byte[]> layout, Path images) throws Exception {
  String id = new String(layout.get("lib/classpath.id"), StandardCharsets.UTF_8).lines().findFirst().orElseThrow();
  Files.createDirectories(images);
  Path image = images.resolve(id);
  if (!Files.exists(image)) {
    Path staging = Files.createTempDirectory(images, ".staging-");
    Path unfinished = staging.resolve(id);
    Layout.write(layout, unfinished);
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
    Layout.write(layout, home);
    Path zip = staging.resolve("signet-" + version + ".zip");
    zip(home, zip, time);
    move(zip, out);
    if (!System.getProperty("os.name").equals("Linux")) {
      System.out.println("no archive with a runtime: it is made on Linux, for the Linux it is made on");
      return;
    }
    Layout.runtime(jars, home.resolve("runtime"));
    Layout.delete(home.resolve("lib/native"));
    // A JVM may refuse a cache whose jars have another time than they had in training: so they get the archive's before.
    for (Path file : Layout.files(home.resolve("lib"))) {
      Files.setLastModifiedTime(file, FileTime.from(time));
    }
    trainForStart(home);
    Path tar = staging.resolve("signet-" + version + "-linux-" + Library.thisMachine() + ".tar.gz");
    Tar.write(home, tar, time);
    move(tar, out);
  } finally {
    Layout.delete(staging);
  }
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
    for (Path file : Layout.files(home)) {
      Path entry = archive.getPath(Layout.slashed(home.getParent().relativize(file)));
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

void move(Path file, Path folder) throws IOException {
  Path to = folder.resolve(file.getFileName());
  Files.move(file, to, StandardCopyOption.ATOMIC_MOVE);
  System.out.println("made " + to);
}
