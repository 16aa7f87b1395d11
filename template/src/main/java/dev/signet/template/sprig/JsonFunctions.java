package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;

import dev.signet.template.Function;
import dev.signet.template.GoError;
import org.jspecify.annotations.Nullable;

/** JSON to values and back. The variants without must swallow errors, except {@code toRawJson}. */
final class JsonFunctions {
  private JsonFunctions() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "fromJson" ->
          fixed(ANY, (c, a) -> new JsonDecoder(c.meter(), string(a[0])).lenient(), STRING);
      case "mustFromJson" ->
          fixed(ANY, (c, a) -> new JsonDecoder(c.meter(), string(a[0])).strict(), STRING);
      case "toJson" -> fixed(STRING, encoder(true, false, true), ANY);
      case "mustToJson" -> fixed(STRING, encoder(true, false, false), ANY);
      case "toPrettyJson" -> fixed(STRING, encoder(true, true, true), ANY);
      case "mustToPrettyJson" -> fixed(STRING, encoder(true, true, false), ANY);
      case "toRawJson", "mustToRawJson" -> fixed(STRING, encoder(false, false, false), ANY);
      default -> null;
    };
  }

  private static Function.Body encoder(boolean html, boolean pretty, boolean lenient) {
    return (call, arguments) -> {
      try {
        return string(new JsonEncoder(call.meter(), html, pretty).encode(arguments[0]));
      } catch (GoError e) {
        if (lenient) {
          return string("");
        }
        throw e;
      }
    };
  }
}
