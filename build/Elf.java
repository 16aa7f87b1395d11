import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Which libraries a 64-bit little-endian ELF file asks the dynamic linker for: its DT_NEEDED entries and its
 * program interpreter (System V ABI, chapter 5, "Dynamic Section"). Any other file asks for none.
 *
 * Offsets in the ELF header: 0x20 offset of the program headers, 0x36 their size, 0x38 their number. In a program
 * header: 0 type, 8 offset in the file, 0x10 address, 0x20 size in the file. A dynamic entry is a tag and a value.
 */
final class Elf {

  private static final int LOAD = 1;
  private static final int DYNAMIC = 2;
  private static final int INTERPRETER = 3;
  private static final long NEEDED = 1;
  private static final long STRING_TABLE = 5;

  private Elf() {}

  static List<String> needs(Path file) throws IOException {
    ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    if (elf.limit() < 64 || elf.getInt(0) != 0x464c457f || elf.get(4) != 2 || elf.get(5) != 1) {
      return List.of();
    }
    List<String> needs = new ArrayList<>();
    List<Long> names = new ArrayList<>();
    long table = -1;
    for (int header : headers(elf)) {
      int offset = (int) elf.getLong(header + 8);
      switch (elf.getInt(header)) {
        case INTERPRETER -> needs.add(Path.of(text(elf, offset)).getFileName().toString());
        case DYNAMIC -> {
          for (int at = offset; at < offset + elf.getLong(header + 0x20); at += 16) {
            long tag = elf.getLong(at);
            if (tag == NEEDED) {
              names.add(elf.getLong(at + 8));
            } else if (tag == STRING_TABLE) {
              table = elf.getLong(at + 8);
            }
          }
        }
        default -> {}
      }
    }
    for (long name : names) {
      needs.add(text(elf, offsetOf(elf, table) + (int) name));
    }
    return needs;
  }

  private static List<Integer> headers(ByteBuffer elf) {
    List<Integer> headers = new ArrayList<>();
    for (int i = 0; i < elf.getShort(0x38); i++) {
      headers.add((int) elf.getLong(0x20) + i * elf.getShort(0x36));
    }
    return headers;
  }

  /** The tables name places in memory; the loaded segments say where those are in the file. */
  private static int offsetOf(ByteBuffer elf, long address) throws IOException {
    for (int header : headers(elf)) {
      long start = elf.getLong(header + 0x10);
      if (elf.getInt(header) == LOAD && address >= start && address < start + elf.getLong(header + 0x20)) {
        return (int) (elf.getLong(header + 8) + address - start);
      }
    }
    throw new IOException("an ELF file has its names outside of what it loads");
  }

  private static String text(ByteBuffer elf, int at) {
    int end = at;
    while (elf.get(end) != 0) {
      end++;
    }
    return new String(elf.array(), at, end - at, StandardCharsets.UTF_8);
  }
}
