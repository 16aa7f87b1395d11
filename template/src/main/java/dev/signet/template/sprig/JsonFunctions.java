package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;

import dev.signet.template.Function;
import dev.signet.template.Functions;
import dev.signet.template.GoError;

/** JSON to values and back. The variants without must swallow errors, except {@code toRawJson}. */
final class JsonFunctions {
  static final Functions FUNCTIONS = Registry.build(JsonFunctions::register);

  private JsonFunctions() {}

  private static void register(Registry r) {
    r.add("fromJson", ANY, (c, a) -> new JsonDecoder(c.meter(), string(a[0])).lenient(), STRING);
    r.add("mustFromJson", ANY, (c, a) -> new JsonDecoder(c.meter(), string(a[0])).strict(), STRING);
    r.add("toJson", STRING, encoder(true, false, true), ANY);
    r.add("mustToJson", STRING, encoder(true, false, false), ANY);
    r.add("toPrettyJson", STRING, encoder(true, true, true), ANY);
    r.add("mustToPrettyJson", STRING, encoder(true, true, false), ANY);
    r.add("toRawJson mustToRawJson", STRING, encoder(false, false, false), ANY);
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
