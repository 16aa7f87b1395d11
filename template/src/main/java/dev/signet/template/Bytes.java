package dev.signet.template;

/** The bytes of a {@code []uint8}. */
final class Bytes {
  private Bytes() {}

  static String raw(Slice slice) {
    StringBuilder raw = new StringBuilder(slice.size());
    for (Value element : slice.elements()) {
      raw.append((char) (element instanceof Value.Int number ? number.value() & 0xFF : 0));
    }
    return raw.toString();
  }
}
