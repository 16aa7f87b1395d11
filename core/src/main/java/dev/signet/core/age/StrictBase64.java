package dev.signet.core.age;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

/**
 * Base64 of which every value has one text: no line breaks, padding always or never, unused bits
 * zero. The JDK's decoder is lenient, so what it read is written again and compared.
 */
enum StrictBase64 {
  PADDED,
  UNPADDED;

  private Base64.Encoder encoder() {
    return switch (this) {
      case PADDED -> Base64.getEncoder();
      case UNPADDED -> Base64.getEncoder().withoutPadding();
    };
  }

  byte[] encode(byte[] bytes) {
    return encoder().encode(bytes);
  }

  String text(byte[] bytes) {
    return encoder().encodeToString(bytes);
  }

  /** Nothing, if the text is not the one that these bytes have. */
  Optional<byte[]> decode(byte[] text) {
    try {
      byte[] bytes = Base64.getDecoder().decode(text);
      return Arrays.equals(encode(bytes), text) ? Optional.of(bytes) : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  Optional<byte[]> decode(String text) {
    return decode(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
