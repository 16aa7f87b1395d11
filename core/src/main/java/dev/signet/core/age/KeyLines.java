package dev.signet.core.age;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The lines of a file of keys that are keys. */
final class KeyLines {

  /** The text is a copy, without the line's end. */
  static final class Line {
    private final int number;
    private final byte[] text;

    private Line(int number, byte[] text) {
      this.number = number;
      this.text = text;
    }

    int number() {
      return number;
    }

    byte[] text() {
      return text;
    }
  }

  private KeyLines() {}

  static List<Line> of(byte[] content) {
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (int start = 0; start < content.length; ) {
      int next = start;
      while (next < content.length && content[next] != '\n') {
        next++;
      }
      number++;
      int end = next > start && content[next - 1] == '\r' ? next - 1 : next;
      if (end > start && content[start] != '#') {
        lines.add(new Line(number, Arrays.copyOfRange(content, start, end)));
      }
      start = next + 1;
    }
    return lines;
  }
}
