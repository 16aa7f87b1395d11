package dev.signet.deploy;

import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Needs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The image that {@code build/Image.java} makes of this build, and what is in it.
 *
 * @param layout the OCI layout, unpacked
 * @param root its layers, one over the other: the file system of a container
 */
record Image(Path layout, Path root) {

  private static final int UNAVAILABLE = 69;

  /** Makes it, unless there is one of exactly these inputs, and unpacks it. */
  static Image needed(Path folder) throws IOException {
    Needs.that(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "Linux on amd64",
        "run the tests there");
    for (String command : List.of("apt-get", "dpkg-deb", "tar")) {
      Needs.command(command, "run the tests on a Debian or Ubuntu");
    }
    String classPath = Files.readString(Path.of("target", "classpath")).strip();
    Needs.that(
        Stream.of(classPath.split(":")).allMatch(jar -> Files.isRegularFile(Path.of(jar))),
        "the modules as jars",
        "./mvnw verify makes them before it runs this test, ./mvnw test does not");
    Path images = Path.of("target", "image").toAbsolutePath();
    String version = System.getProperty("signet.version", "");
    Ran made =
        Ran.in(
            Path.of("..").toRealPath(),
            Map.of(),
            List.of(
                System.getProperty("java.home") + "/bin/java",
                "-Duser.timezone=UTC",
                "build/Image.java",
                version,
                System.getProperty("signet.time", ""),
                ".",
                classPath,
                images.toString()));
    Needs.that(
        made.status() != UNAVAILABLE, "the package libc6", "run apt-get update and be online once");
    made.orFail();

    Path layout = Files.createDirectories(folder.resolve("layout"));
    Path root = Files.createDirectories(folder.resolve("root"));
    Path archive = images.resolve("signet-" + version + "-linux-amd64.tar");
    tar(folder, "-xf", archive.toString(), "-C", layout.toString());
    Image image = new Image(layout, root);
    for (Jsonl.Row layer : image.manifest().rows("layers")) {
      tar(folder, "-xzf", image.blob(layer).toString(), "-C", root.toString());
    }
    return image;
  }

  Jsonl.Row index() throws IOException {
    return read(layout.resolve("index.json"));
  }

  Jsonl.Row manifest() throws IOException {
    return read(blob(index().rows("manifests").getFirst()));
  }

  Jsonl.Row config() throws IOException {
    return read(blob(manifest().row("config")));
  }

  /** The file that a descriptor means. */
  Path blob(Jsonl.Row descriptor) {
    return layout.resolve("blobs").resolve(descriptor.text("digest").replace(':', '/'));
  }

  static String tar(Path folder, String... arguments) throws IOException {
    List<String> command = new java.util.ArrayList<>(List.of("tar"));
    command.addAll(List.of(arguments));
    return Ran.in(folder, Map.of("LC_ALL", "C", "TZ", "UTC"), command).orFail().out();
  }

  private static Jsonl.Row read(Path file) throws IOException {
    return Jsonl.row(Files.readString(file));
  }
}
