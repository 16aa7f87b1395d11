package dev.signet.core.age;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes an age file as a text; closing it writes the last line. See {@link ArmorInput}. */
final class ArmorOutput extends OutputStream {

  private final OutputStream out;
  private final byte[] line = new byte[ArmorInput.LINE];
  private int held;
  private boolean begun;
  private boolean closed;

  ArmorOutput(OutputStream out) {
    this.out = out;
  }

  @Override
  public void write(int value) throws IOException {
    line[held++] = (byte) value;
    if (held == line.length) {
      writeLine();
    }
  }

  private void writeLine() throws IOException {
    begin();
    writeText(StrictBase64.PADDED.text(Arrays.copyOf(line, held)));
    held = 0;
  }

  private void begin() throws IOException {
    if (!begun) {
      begun = true;
      writeText(ArmorInput.BEGIN);
    }
  }

  private void writeText(String text) throws IOException {
    out.write((text + "\n").getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public void flush() throws IOException {
    out.flush();
  }

  @Override
  public void close() throws IOException {
    if (!closed) {
      closed = true;
      try (out) {
        begin();
        if (held > 0) {
          writeLine();
        }
        writeText(ArmorInput.END);
      }
    }
  }
}
