import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a folder as a tar archive whose bytes depend on nothing but names, content and executable bits.
 *
 * The format is POSIX ustar (IEEE Std 1003.1, pax, "ustar Interchange Format"): a 512-byte header an entry, its
 * content padded to 512 bytes, two empty blocks at the end. Owner 0, modes 755 or 644, one time for all, sorted by
 * path. Names up to 100 bytes, or 255 where they can be split at a slash.
 */
final class Tar {

  private static final int BLOCK = 512;

  private Tar() {}

  /** The regular files below the folder, named from its parent, compressed. */
  static void write(Path folder, Path archive, Instant time) throws IOException {
    try (OutputStream out = gzip(Files.newOutputStream(archive))) {
      write(folder.getParent(), below(folder).filter(Files::isRegularFile).toList(), out, time);
    }
  }

  /** Everything below the folder and named from it, folders too; one that everybody may write to stays so. */
  static void writeTree(Path folder, OutputStream out, Instant time) throws IOException {
    write(folder, below(folder).filter(path -> !path.equals(folder)).toList(), out, time);
  }

  static OutputStream gzip(OutputStream out) throws IOException {
    return new SmallestGzip(out);
  }

  private static Stream<Path> below(Path folder) throws IOException {
    try (Stream<Path> walk = Files.walk(folder)) {
      return walk.sorted().toList().stream();
    }
  }

  private static void write(Path base, List<Path> entries, OutputStream out, Instant time) throws IOException {
    for (Path entry : entries) {
      String name = base.relativize(entry).toString();
      if (Files.isDirectory(entry)) {
        boolean shared = Files.getPosixFilePermissions(entry).contains(PosixFilePermission.OTHERS_WRITE);
        out.write(header(name + "/", '5', shared ? 01777 : 0755, 0, time.getEpochSecond()));
      } else {
        long size = Files.size(entry);
        out.write(header(name, '0', Files.isExecutable(entry) ? 0755 : 0644, size, time.getEpochSecond()));
        Files.copy(entry, out);
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
      }
    }
    out.write(new byte[2 * BLOCK]);
  }

  private static byte[] header(String name, char type, int mode, long size, long seconds) throws IOException {
    byte[] header = new byte[BLOCK];
    int split = name.length() <= 100 ? -1 : name.indexOf('/', name.length() - 101);
    if ((name.length() > 100 && split < 0) || split > 155) {
      throw new IOException("the name is too long for a tar archive: " + name);
    }
    text(header, 0, name.substring(split + 1));
    octal(header, 100, 8, mode);
    octal(header, 108, 8, 0);
    octal(header, 116, 8, 0);
    octal(header, 124, 12, size);
    octal(header, 136, 12, seconds);
    text(header, 148, "        ");
    text(header, 156, String.valueOf(type));
    text(header, 257, "ustar\00000");
    text(header, 265, "root");
    text(header, 297, "root");
    text(header, 345, split < 0 ? "" : name.substring(0, split));
    int sum = 0;
    for (byte b : header) {
      sum += b & 0xff;
    }
    octal(header, 148, 7, sum);
    return header;
  }

  private static void text(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  /** An octal number with leading zeros in {@code width} bytes, the last of them zero. */
  private static void octal(byte[] header, int at, int width, long number) {
    String digits = Long.toOctalString(number);
    text(header, at, "0".repeat(width - 1 - digits.length()) + digits);
    header[at + width - 1] = 0;
  }

  private static final class SmallestGzip extends GZIPOutputStream {

    SmallestGzip(OutputStream out) throws IOException {
      super(out, 1 << 16);
      def.setLevel(Deflater.BEST_COMPRESSION);
    }
  }
}
