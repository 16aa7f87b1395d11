import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.zip.ZipInputStream;

/**
 * Downloads (or opens) a Maven archive, checks it against its SHA-512, and unpacks it into place in one move.
 * Arguments: an https address or a file, the checksum in hex, the folder to make. Needs nothing but a JDK.
 */
void main(String[] args) throws Exception {
  String from = args[0];
  Path target = Path.of(args[2]);
  Files.createDirectories(target.getParent());
  Path staging = Files.createTempDirectory(target.getParent(), ".unpacking-");
  Path zip = staging.resolve("maven.zip");
  if (from.startsWith("https://") || from.startsWith("http://")) {
    System.err.println("mvnw: downloading " + from);
    download(URI.create(from), zip);
  } else {
    Files.copy(Path.of(from), zip);
  }
  String actual = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(Files.readAllBytes(zip)));
  if (!actual.equals(args[1])) {
    fail("the archive from " + from + " has SHA-512 " + actual + ", expected " + args[1]);
  }
  Path unpacked = staging.resolve("maven");
  unpack(zip, unpacked);
  Files.delete(zip);
  unpacked.resolve("bin/mvn").toFile().setExecutable(true, false);
  try {
    Files.move(unpacked, target);
  } catch (FileAlreadyExistsException | AtomicMoveNotSupportedException alreadyThere) {
    System.err.println("mvnw: " + target + " was made by another build meanwhile");
  }
  Files.deleteIfExists(staging);
}

void download(URI from, Path to) throws InterruptedException {
  HttpClient client =
      HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
  try (client) {
    HttpResponse<Path> answer =
        client.send(HttpRequest.newBuilder(from).build(), HttpResponse.BodyHandlers.ofFile(to));
    if (answer.statusCode() != 200) {
      fail(from + " answered " + answer.statusCode());
    }
  } catch (IOException e) {
    fail("cannot download " + from + ": " + e + "; set MVNW_REPOURL to a Maven repository that you can reach,"
        + " or put an mvn on the PATH");
  }
}

void unpack(Path zip, Path into) throws IOException {
  try (InputStream file = Files.newInputStream(zip); ZipInputStream entries = new ZipInputStream(file)) {
    for (var entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
      Path inArchive = Path.of(entry.getName()).normalize();
      if (inArchive.isAbsolute() || inArchive.startsWith("..")) {
        fail("the archive holds a path outside itself: " + entry.getName());
      }
      if (inArchive.getNameCount() < 2) {
        continue;
      }
      Path out = into.resolve(inArchive.subpath(1, inArchive.getNameCount()).toString());
      if (entry.isDirectory()) {
        Files.createDirectories(out);
      } else {
        Files.createDirectories(out.getParent());
        Files.copy(entries, out);
      }
    }
  }
}

void fail(String why) {
  System.err.println("error: " + why);
  System.exit(1);
}
