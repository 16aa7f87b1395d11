package dev.signet.template.sprig;

import dev.signet.template.Utf8;

/**
 * Bytes as text for RE2/J, which does not tell invalid UTF-8 apart: each invalid byte is a U+FFFD.
 * Positions in the text translate back to positions in the bytes.
 */
final class Subject {
  private final String text;
  private final int[] offsets;

  private Subject(String text, int[] offsets) {
    this.text = text;
    this.offsets = offsets;
  }

  static Subject of(String raw) {
    if (Utf8.isAscii(raw)) {
      return new Subject(raw, new int[0]);
    }
    StringBuilder text = new StringBuilder(raw.length());
    int[] offsets = new int[raw.length() + 1];
    for (int i = 0; i < raw.length(); i += Utf8.width(raw, i)) {
      offsets[text.length()] = i;
      text.appendCodePoint(Utf8.codePoint(raw, i));
    }
    offsets[text.length()] = raw.length();
    return new Subject(text.toString(), offsets);
  }

  String text() {
    return text;
  }

  /** The byte at which the char at this index starts. */
  int toByte(int index) {
    return offsets.length == 0 || index < 0 ? index : offsets[index];
  }

  /** The chars of the code point at this index; 0 at the end. */
  int width(int index) {
    return index < text.length() ? Character.charCount(text.codePointAt(index)) : 0;
  }
}
