package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;

import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.GoDuration;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Numbers;
import dev.signet.template.Str;
import dev.signet.template.Value;
import org.jspecify.annotations.Nullable;

/**
 * Dates. A date is a time or, as int or int64, seconds since 1970; anything else is the current
 * time of the execution's clock.
 */
final class Dates {
  private static final long SECOND = 1_000_000_000L;
  private static final String DAY_LAYOUT = "2006-01-02";

  private Dates() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "now" -> fixed(GoTime.TYPE, (c, a) -> now(c));
      case "date" -> fixed(STRING, (c, a) -> format(c, string(a[0]), a[1], "Local"), STRING, ANY);
      case "dateInZone", "date_in_zone" ->
          fixed(STRING, (c, a) -> format(c, string(a[0]), a[1], string(a[2])), STRING, ANY, STRING);
      case "htmlDate" -> fixed(STRING, (c, a) -> format(c, DAY_LAYOUT, a[0], "Local"), ANY);
      case "htmlDateInZone" ->
          fixed(STRING, (c, a) -> format(c, DAY_LAYOUT, a[0], string(a[1])), ANY, STRING);
      case "dateModify", "date_modify" ->
          fixed(GoTime.TYPE, Dates::modifyLeniently, STRING, GoTime.TYPE);
      case "mustDateModify", "must_date_modify" ->
          fixed(GoTime.TYPE, Dates::modify, STRING, GoTime.TYPE);
      case "toDate" -> fixed(GoTime.TYPE, Dates::parseLeniently, STRING, STRING);
      case "mustToDate" -> fixed(GoTime.TYPE, Dates::parse, STRING, STRING);
      case "ago" -> fixed(STRING, Dates::ago, ANY);
      case "duration" -> fixed(STRING, Dates::duration, ANY);
      case "durationRound" -> fixed(STRING, Dates::durationRound, ANY);
      case "unixEpoch" -> fixed(STRING, Dates::unixEpoch, GoTime.TYPE);
      default -> null;
    };
  }

  private static GoTime now(Call call) {
    return new GoTime(call.clock().instant(), GoZone.local(call));
  }

  private static boolean isSeconds(Value value, boolean int32) {
    if (!(value instanceof Value.Int number)) {
      return false;
    }
    GoType type = number.type();
    return type.equals(GoType.INT)
        || type.equals(GoType.INT64)
        || (int32 && type.equals(GoType.INT32));
  }

  private static Value format(Call call, String layout, Value date, String zone) {
    call.meter().memory(layout.length() * 4L);
    GoZone shown = GoZone.named(call, zone);
    GoTime time;
    if (date instanceof GoTime given) {
      time = new GoTime(given.instant(), shown);
    } else if (isSeconds(date, true)) {
      time = GoTime.ofEpochSecond(Args.integer(date), shown);
    } else {
      time = new GoTime(now(call).instant(), shown);
    }
    return string(time.format(layout));
  }

  private static Value modify(Call call, Value[] arguments) throws GoError {
    return ((GoTime) arguments[1]).plus(GoDuration.parse(string(arguments[0])));
  }

  private static Value modifyLeniently(Call call, Value[] arguments) {
    try {
      return modify(call, arguments);
    } catch (GoError e) {
      return arguments[1];
    }
  }

  private static Value parse(Call call, Value[] arguments) throws GoError {
    call.meter().steps((string(arguments[0]).length() + string(arguments[1]).length()) / 16);
    return TimeParser.parse(string(arguments[0]), string(arguments[1]), GoZone.local(call));
  }

  private static Value parseLeniently(Call call, Value[] arguments) {
    try {
      return parse(call, arguments);
    } catch (GoError e) {
      return GoTime.ZERO;
    }
  }

  private static Value ago(Call call, Value[] arguments) {
    GoTime now = now(call);
    GoTime then = now;
    if (arguments[0] instanceof GoTime given) {
      then = given;
    } else if (isSeconds(arguments[0], false)) {
      then = GoTime.ofEpochSecond(Args.integer(arguments[0]), now.zone());
    }
    return string(GoDuration.format(roundToSecond(now.since(then))));
  }

  /** Halves go away from zero; what would overflow is the end of the range. */
  private static long roundToSecond(long nanos) {
    long rest = nanos % SECOND;
    if (Math.abs(rest) * 2 < SECOND) {
      return nanos - rest;
    }
    long up = nanos - rest + (nanos < 0 ? -SECOND : SECOND);
    if ((up < 0) != (nanos < 0)) {
      return nanos < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
    return up;
  }

  private static Value duration(Call call, Value[] arguments) {
    long seconds = 0;
    if (arguments[0] instanceof Str(String raw)) {
      Numbers.Parsed parsed = Numbers.parseInt(raw, 10);
      seconds = parsed == null ? 0 : parsed.value();
    } else if (arguments[0].type().equals(GoType.INT64)) {
      seconds = Args.integer(arguments[0]);
    }
    return string(GoDuration.format(seconds * SECOND));
  }

  private static Value durationRound(Call call, Value[] arguments) {
    long nanos = 0;
    if (arguments[0] instanceof Str(String raw)) {
      try {
        nanos = GoDuration.parse(raw);
      } catch (GoError e) {
        nanos = 0;
      }
    } else if (arguments[0] instanceof GoTime time) {
      nanos = now(call).since(time);
    } else if (arguments[0].type().equals(GoType.INT64)) {
      nanos = Args.integer(arguments[0]);
    }
    return string(rounded(nanos < 0 ? -nanos : nanos));
  }

  /** The largest unit that fits more than once, and how often it does. */
  private static String rounded(long nanos) {
    String[] names = {"y", "mo", "d", "h", "m", "s"};
    long[] seconds = {365 * 86_400L, 30 * 86_400L, 86_400L, 3_600L, 60L, 1L};
    for (int i = 0; i < names.length; i++) {
      long unit = seconds[i] * SECOND;
      if (Long.compareUnsigned(nanos, unit) > 0) {
        return Long.divideUnsigned(nanos, unit) + names[i];
      }
    }
    return "0s";
  }

  private static Value unixEpoch(Call call, Value[] arguments) {
    return string(Long.toString(((GoTime) arguments[0]).instant().getEpochSecond()));
  }
}
