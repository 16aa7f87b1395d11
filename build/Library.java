import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The native library of the Amazon Corretto Crypto Provider, which comes in the provider's jar, a jar for each machine
 * with the same classes. It is shipped as a file, for a JVM can load it from nowhere else: in a jar it would have to be
 * unpacked at run time, where nothing can be written. The jar is shipped without it, and without the signature that was
 * about both.
 */
final class Library {

  static final String FILE = "libamazonCorrettoCryptoProvider.so";

  private static final String ARTIFACT = "AmazonCorrettoCryptoProvider-";
  private static final String CLASSIFIER = "-linux-";

  private Library() {}

  static boolean isIn(Path jar) {
    String name = jar.getFileName().toString();
    return name.startsWith(ARTIFACT) && name.contains(CLASSIFIER);
  }

  /**
   * The jars whose classes are needed: of several of the provider the first. Our own come before all others, since a JVM
   * that looks for a class which no start-up cache holds opens one jar after the other.
   */
  static List<Path> classPath(List<Path> jars) {
    List<Path> classPath = new ArrayList<>();
    for (Path jar : jars) {
      if (!isIn(jar) || classPath.stream().noneMatch(Library::isIn)) {
        classPath.add(jar);
      }
    }
    classPath.sort(Comparator.comparing(jar -> !jar.getFileName().toString().startsWith("signet-")));
    return classPath;
  }

  /** As a JDK calls it in its file `release`. */
  static String machine(Path jar) {
    String name = jar.getFileName().toString();
    return name.substring(name.indexOf(CLASSIFIER) + CLASSIFIER.length(), name.lastIndexOf('.')).replace("aarch_64", "aarch64");
  }

  /** This machine, in the same words. */
  static String thisMachine() {
    return System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
  }

  static byte[] of(Path jar) throws IOException {
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : zip.stream().toList()) {
        if (entry.getName().endsWith("/" + FILE)) {
          return zip.getInputStream(entry).readAllBytes();
        }
      }
    }
    throw new IOException(jar + " holds no " + FILE);
  }

  /** The same bytes for the same jar. */
  static byte[] removedFrom(Path jar) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipFile zip = new ZipFile(jar.toFile()); ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName();
        if (entry.isDirectory() || name.endsWith(".so") || name.matches("META-INF/[^/]*\\.(SF|RSA|DSA|EC)")) {
          continue;
        }
        byte[] content = zip.getInputStream(entry).readAllBytes();
        CRC32 checksum = new CRC32();
        checksum.update(content);
        ZipEntry copy = new ZipEntry(name);
        copy.setMethod(ZipEntry.STORED);
        copy.setSize(content.length);
        copy.setCrc(checksum.getValue());
        copy.setTime(entry.getTime());
        out.putNextEntry(copy);
        out.write(content);
        out.closeEntry();
      }
    }
    return bytes.toByteArray();
  }
}
