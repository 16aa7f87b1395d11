package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.Call;
import dev.signet.template.GoType;
import dev.signet.template.Printer;
import dev.signet.template.Value;
import java.util.List;

/** Hexadecimal digits to bytes; what is wrong with them is the result where they are none. */
final class Hexadecimal {
  private Hexadecimal() {}

  static String decode(Call call, String raw) {
    call.meter().memory(raw.length());
    call.meter().steps(raw.length() / 64);
    StringBuilder out = new StringBuilder(raw.length() / 2);
    for (int i = 0; i < raw.length(); i++) {
      if (digit(raw.charAt(i)) < 0) {
        Value c = new Value.Int(GoType.INT32, raw.charAt(i));
        return "encoding/hex: invalid byte: " + Printer.printf(call.meter(), "%#U", List.of(c));
      }
      if (i % 2 == 1) {
        out.append((char) (digit(raw.charAt(i - 1)) << 4 | digit(raw.charAt(i))));
      }
    }
    return raw.length() % 2 == 1 ? "encoding/hex: odd length hex string" : out.toString();
  }

  private static int digit(char c) {
    return c < 0x80 ? Character.digit(c, 16) : -1;
  }
}
