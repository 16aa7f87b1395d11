import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Writes a folder as a .tar.gz whose bytes depend on nothing but names, content and executable bits.
 *
 * The format is POSIX ustar (IEEE Std 1003.1, pax, "ustar Interchange Format"): a 512-byte header a file, its
 * content padded to 512 bytes, two empty blocks at the end. Regular files only, owner 0, modes 755 or 644, one time
 * for all, sorted by path. Names up to 100 bytes, or 255 where they can be split at a slash.
 */
final class Tar {

  private static final int BLOCK = 512;

  private Tar() {}

  static void write(Path folder, Path archive, Instant time) throws IOException {
    List<Path> files;
    try (Stream<Path> walk = Files.walk(folder)) {
      files = walk.filter(Files::isRegularFile).sorted().toList();
    }
    try (OutputStream out = new SmallestGzip(Files.newOutputStream(archive))) {
      for (Path file : files) {
        String name = folder.getParent().relativize(file).toString();
        long size = Files.size(file);
        out.write(header(name, Files.isExecutable(file) ? 0755 : 0644, size, time.getEpochSecond()));
        Files.copy(file, out);
        out.write(new byte[(int) (-size & (BLOCK - 1))]);
      }
      out.write(new byte[2 * BLOCK]);
    }
  }

  private static byte[] header(String name, int mode, long size, long seconds) throws IOException {
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
    text(header, 156, "0");
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
