package dev.signet.template;

import java.nio.charset.StandardCharsets;

/**
 * A Go string: a string of bytes. {@link #raw} holds one byte in each char (0 to 255), which the
 * JVM stores as one byte too, so that searching, comparing and concatenating bytes are the JVM's
 * own string operations and sort as Go sorts. All strings inside this package that hold Go strings
 * are of this form; {@link #utf8()} is the way out.
 */
public record Str(String raw) implements Value {
  public static final Str EMPTY = new Str("");

  /** The UTF-8 bytes of {@code text}. */
  public static Str utf8(String text) {
    return new Str(Utf8.encode(text));
  }

  public static Str of(byte[] bytes) {
    return new Str(new String(bytes, StandardCharsets.ISO_8859_1));
  }

  public byte[] bytes() {
    return raw.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** The text these bytes are in UTF-8, with U+FFFD for what is not UTF-8. */
  public String utf8() {
    return Utf8.decode(raw);
  }

  @Override
  public GoType type() {
    return GoType.STRING;
  }

  /** Does not show the bytes: they may be a secret. */
  @Override
  public String toString() {
    return "Str[" + raw.length() + " bytes]";
  }
}
