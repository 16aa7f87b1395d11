import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A binary package of the Debian (or Ubuntu) that this machine runs, at the version and hash that its signed package index
 * names. Fetched once into a cache whose file names carry the hash; a file with another hash is refused.
 */
record DebianPackage(String name, String version, String sha256, Path file) {

  static DebianPackage fetch(String name, Path cache) throws IOException, InterruptedException {
    Map<String, String> index = paragraph(run(cache, "apt-cache", "show", "--no-all-versions", name));
    String sha256 = index.getOrDefault("SHA256", "");
    String version = index.getOrDefault("Version", "");
    if (sha256.isEmpty() || version.isEmpty()) {
      throw new IOException("the package index does not know " + name + ": run apt-get update");
    }
    Path file = cache.resolve(name + "-" + sha256 + ".deb");
    if (!Files.exists(file)) {
      Path folder = Files.createTempDirectory(cache, ".fetching-");
      try {
        run(folder, "apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", name + "=" + version);
        Files.move(Layout.files(folder).getFirst(), file, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Layout.delete(folder);
      }
    }
    String found = HexFormat.of().formatHex(Layout.sha256().digest(Files.readAllBytes(file)));
    if (!found.equals(sha256)) {
      Files.delete(file);
      throw new IOException(name + " has the hash " + found + ", and the package index says " + sha256);
    }
    return new DebianPackage(name, version, sha256, file);
  }

  void extractTo(Path folder) throws IOException, InterruptedException {
    run(folder, "dpkg-deb", "-x", file.toString(), folder.toString());
  }

  /** The fields that describe it, as scanners of images expect them in /var/lib/dpkg/status.d. */
  String control() throws IOException, InterruptedException {
    return run(file.getParent(), "dpkg-deb", "-f", file.toString());
  }

  static Map<String, String> paragraph(String text) {
    Map<String, String> fields = new TreeMap<>();
    for (String line : text.lines().takeWhile(l -> !l.isBlank()).toList()) {
      int colon = line.indexOf(':');
      if (colon > 0 && !line.startsWith(" ")) {
        fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
      }
    }
    return fields;
  }

  private static String run(Path folder, String... command) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)))
        .directory(folder.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("LC_ALL", "C");
    Process process = builder.start();
    String output;
    try (var in = process.getInputStream()) {
      output = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed");
    }
    return output;
  }
}
