package dev.signet.delivery;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import java.util.Map;

/**
 * Pure steps from one {@link Material} to another. Each takes its input over: what it does not pass
 * on is zeroed.
 */
public final class Shape {

  /** How fetched text is decoded; the names are External Secrets'. */
  public enum Decoding {
    None,
    Base64,
    Base64URL,
    /** Base64, else Base64URL, else as it is. */
    Auto
  }

  /**
   * What becomes of characters that a Secret's key may not have; the names are External Secrets'.
   */
  public enum KeyConversion {
    /** An underscore. */
    Default,
    /** {@code _U} and the code point in hex, at least four digits. */
    Unicode
  }

  private static final String KEY_CHARACTERS =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";

  private Shape() {}

  /** Decodes every value. */
  public static Material decode(Material input, Decoding decoding) throws ShapeException {
    Material output = new Material();
    try (input) {
      for (Map.Entry<String, Item> entry : input.items().entrySet()) {
        SecretBytes decoded = decode(entry.getKey(), entry.getValue().value(), decoding);
        output.put(entry.getKey(), new Item(decoded, entry.getValue().origin()));
      }
      return output;
    } catch (ShapeException e) {
      output.close();
      throw e;
    }
  }

  private static SecretBytes decode(String key, SecretBytes value, Decoding decoding)
      throws ShapeException {
    return switch (decoding) {
      case None -> value.copy();
      case Base64 -> strictly(key, value, GoBase64.STD);
      case Base64URL -> strictly(key, value, GoBase64.URL);
      case Auto -> {
        try {
          yield strictly(key, value, GoBase64.STD);
        } catch (ShapeException notStandard) {
          try {
            yield strictly(key, value, GoBase64.URL);
          } catch (ShapeException notUrl) {
            yield value.copy();
          }
        }
      }
    };
  }

  private static SecretBytes strictly(String key, SecretBytes value, GoBase64 alphabet)
      throws ShapeException {
    try {
      return SecretBytes.wrap(value.with(alphabet::decode));
    } catch (IllegalBase64Exception e) {
      throw new ShapeException("failure decoding key " + key);
    }
  }

  /** Renames keys so that they hold nothing but letters, digits, dash, underscore and dot. */
  public static Material convertKeys(Material input, KeyConversion conversion)
      throws ShapeException {
    Material output = new Material();
    try (input) {
      for (Map.Entry<String, Item> entry : input.items().entrySet()) {
        String key = convert(entry.getKey(), conversion);
        if (output.items().containsKey(key)) {
          throw new ShapeException("secret name collision during conversion: " + key);
        }
        output.put(key, new Item(entry.getValue().value().copy(), entry.getValue().origin()));
      }
      return output;
    } catch (ShapeException e) {
      output.close();
      throw e;
    }
  }

  private static String convert(String key, KeyConversion conversion) {
    StringBuilder converted = new StringBuilder();
    key.codePoints()
        .forEach(
            point -> {
              if (letterOrNumber(point) || point == '-' || point == '.' || point == '_') {
                converted.appendCodePoint(point);
              } else {
                converted.append(
                    switch (conversion) {
                      case Default -> "_";
                      case Unicode -> String.format("_U%04x_", point);
                    });
              }
            });
    return converted.toString();
  }

  /** As Go counts them: fractions and Roman numerals are numbers too. */
  private static boolean letterOrNumber(int point) {
    int type = Character.getType(point);
    return Character.isLetterOrDigit(point)
        || type == Character.LETTER_NUMBER
        || type == Character.OTHER_NUMBER;
  }

  /** Refuses keys that a Secret cannot have; an item without a name is dropped. */
  public static Material validKeys(Material input) throws ShapeException {
    input.remove("");
    for (String key : input.items().keySet()) {
      if (!validKey(key)) {
        input.close();
        throw new ShapeException(
            "invalid secret key "
                + key
                + ": a key has at most 253 letters, digits, '-', '_' or '.'");
      }
    }
    return input;
  }

  private static boolean validKey(String key) {
    return key.length() <= 253
        && !key.equals(".")
        && !key.startsWith("..")
        && key.chars().allMatch(each -> KEY_CHARACTERS.indexOf(each) >= 0);
  }

  /** Refuses values that hold a zero byte. */
  public static Material withoutNullBytes(Material input) throws ShapeException {
    for (Map.Entry<String, Item> entry : input.items().entrySet()) {
      if (entry.getValue().value().with(Shape::hasNullByte)) {
        input.close();
        throw new ShapeException(
            "fetched secret value for key \""
                + entry.getKey()
                + "\" contains null bytes; use a text-safe format such as PEM/base64 or leave"
                + " nullBytePolicy unset for intentional binary data");
      }
    }
    return input;
  }

  private static boolean hasNullByte(byte[] value) {
    for (byte b : value) {
      if (b == 0) {
        return true;
      }
    }
    return false;
  }
}
