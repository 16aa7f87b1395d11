package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Bool;
import dev.signet.sops.Value.Comment;
import dev.signet.sops.Value.Int;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Real;
import dev.signet.sops.Value.Text;
import dev.signet.sops.Value.Time;
import dev.signet.yaml.GoNumbers;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/**
 * The bytes of a leaf, which are what is encrypted and what the MAC is made of.
 *
 * <pre>
 * str      the text in UTF-8
 * int      decimal, 64 bits with a sign
 * float    the fewest digits that read back, never an exponent: 1, 0.0000001, -0, NaN, +Inf, -Inf
 * bool     True, False
 * time     RFC 3339 with as many fractional digits as needed
 * comment  its text without the number sign
 * bytes    read only: a text that is not UTF-8
 * </pre>
 */
final class Leaf {

  private Leaf() {}

  /** The name of its type in a file. */
  static String type(Value value) {
    return switch (value) {
      case Text _, Raw _ -> "str";
      case Int _ -> "int";
      case Real _ -> "float";
      case Bool _ -> "bool";
      case Time _ -> "time";
      case Comment _ -> "comment";
      case Value.Null _, Value.Odd _, Value.Branch _, Value.Sequence _ ->
          throw new IllegalArgumentException("not a leaf: " + value);
    };
  }

  static byte[] bytes(Value value) {
    return switch (value) {
      case Text text -> text.text().getBytes(StandardCharsets.UTF_8);
      case Raw raw -> raw.bytes();
      case Int number -> ascii(Long.toString(number.number()));
      case Real number -> ascii(GoNumbers.plain(number.number()));
      case Bool bool -> ascii(bool.flag() ? "True" : "False");
      case Time time -> ascii(DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time.time()));
      case Comment comment -> comment.text().getBytes(StandardCharsets.UTF_8);
      case Value.Null _, Value.Odd _, Value.Branch _, Value.Sequence _ ->
          throw new IllegalArgumentException("not a leaf: " + value);
    };
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** The value of a type from its bytes. */
  static Value parse(String type, byte[] bytes) throws SopsException {
    switch (type) {
      case "str", "bytes" -> {
        return text(bytes);
      }
      case "comment" -> {
        return new Comment(new String(bytes, StandardCharsets.UTF_8), false);
      }
      default -> {}
    }
    String text = new String(bytes, StandardCharsets.UTF_8);
    try {
      return switch (type) {
        case "int" -> new Int(integer(text));
        case "float" -> new Real(real(text));
        case "bool" ->
            switch (text) {
              case "1", "t", "T", "TRUE", "true", "True" -> new Bool(true);
              case "0", "f", "F", "FALSE", "false", "False" -> new Bool(false);
              default -> throw new NumberFormatException();
            };
        case "time" -> new Time(OffsetDateTime.parse(text));
        default -> throw new SopsException(Step.DECRYPT, "Unknown datatype: " + type);
      };
    } catch (NumberFormatException | DateTimeException e) {
      // Their messages quote the text.
      throw new SopsException(Step.DECRYPT, "the value is no " + type + ": invalid syntax");
    }
  }

  private static long integer(String text) {
    if (!text.chars().allMatch(c -> (c >= '0' && c <= '9') || c == '-' || c == '+')) {
      throw new NumberFormatException();
    }
    return Long.parseLong(text);
  }

  private static double real(String text) {
    return switch (text) {
      case "NaN" -> Double.NaN;
      case "+Inf", "Inf" -> Double.POSITIVE_INFINITY;
      case "-Inf" -> Double.NEGATIVE_INFINITY;
      default -> {
        boolean decimal =
            !text.isEmpty() && text.chars().allMatch(c -> "0123456789+-.eE".indexOf(c) >= 0);
        if (!decimal) {
          throw new NumberFormatException();
        }
        yield Double.parseDouble(text);
      }
    };
  }

  /** A text, whether or not it is UTF-8. */
  static Value text(byte[] bytes) {
    try {
      return new Text(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (CharacterCodingException e) {
      return new Raw(bytes);
    }
  }
}
