package dev.signet.template.sprig;

import static dev.signet.template.GoType.INT;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.integer;
import static dev.signet.template.sprig.Args.string;

import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.Functions;
import dev.signet.template.GoError;
import dev.signet.template.Utf8;
import dev.signet.template.Value;
import java.util.HexFormat;

/** Random strings and numbers, from the execution's random source. */
final class Randoms {
  static final Functions FUNCTIONS = Registry.build(Randoms::register);

  private static final String DIGITS = "0123456789";
  private static final String LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private Randoms() {}

  private static void register(Registry r) {
    StringBuilder ascii = new StringBuilder();
    for (char c = ' '; c <= '~'; c++) {
      ascii.append(c);
    }
    r.add("randAlphaNum", STRING, of(LETTERS + DIGITS), INT);
    r.add("randAlpha", STRING, of(LETTERS), INT);
    r.add("randNumeric", STRING, of(DIGITS), INT);
    r.add("randAscii", STRING, of(ascii.toString()), INT);
    r.add("randInt", INT, Randoms::between, INT, INT);
    r.add("uuidv4", STRING, Randoms::uuid);
    r.add("shuffle", STRING, Randoms::shuffle, STRING);
  }

  private static Function.Body of(String alphabet) {
    return (call, arguments) -> {
      long count = Math.max(integer(arguments[0]), 0);
      call.meter().memory(count);
      call.meter().steps(count / 8);
      StringBuilder text = new StringBuilder();
      for (long i = 0; i < count; i++) {
        text.append(alphabet.charAt(call.random().nextInt(alphabet.length())));
      }
      return string(text.toString());
    };
  }

  /** From the first up to but without the second. */
  private static Value between(Call call, Value[] arguments) throws GoError {
    long min = integer(arguments[0]);
    long span = integer(arguments[1]) - min;
    if (span <= 0) {
      throw new GoError("invalid argument to Intn");
    }
    return Value.of(call.random().nextLong(span) + min);
  }

  private static Value uuid(Call call, Value[] arguments) {
    byte[] bytes = new byte[16];
    call.random().nextBytes(bytes);
    bytes[6] = (byte) ((bytes[6] & 0x0F) | 0x40);
    bytes[8] = (byte) ((bytes[8] & 0x3F) | 0x80);
    String hex = HexFormat.of().formatHex(bytes);
    return string(
        String.join(
            "-",
            hex.substring(0, 8),
            hex.substring(8, 12),
            hex.substring(12, 16),
            hex.substring(16, 20),
            hex.substring(20)));
  }

  private static Value shuffle(Call call, Value[] arguments) {
    String raw = string(arguments[0]);
    call.meter().memory(raw.length() * 5L);
    call.meter().steps(raw.length() / 8);
    int[] points = Utf8.codePoints(raw);
    for (int i = points.length - 1; i > 0; i--) {
      int other = call.random().nextInt(i + 1);
      int kept = points[i];
      points[i] = points[other];
      points[other] = kept;
    }
    StringBuilder text = new StringBuilder(raw.length());
    for (int point : points) {
      Utf8.append(text, point);
    }
    return string(text.toString());
  }
}
