package dev.signet.template.sprig;

import dev.signet.template.Foreign;
import dev.signet.template.Function;
import dev.signet.template.GoType;
import dev.signet.template.NamedInts;
import dev.signet.template.Signature;
import dev.signet.template.Slice;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Go's time.Time: an instant and the zone it is shown in. Instants that the JDK's calendar cannot
 * hold are its first or last one.
 */
record GoTime(Instant instant, GoZone zone) implements Foreign {
  static final GoType TYPE = GoType.basic(GoType.Kind.STRUCT, "time.Time");
  private static final long NANOS = 1_000_000_000L;

  /** A day inside of the calendar, so that any offset may be added. */
  private static final long FIRST = LocalDateTime.MIN.toEpochSecond(ZoneOffset.UTC) + 86_400;

  private static final long LAST = LocalDateTime.MAX.toEpochSecond(ZoneOffset.UTC) - 86_400;

  /** Go's zero time: the first of January of the year 1, in UTC. */
  static final GoTime ZERO = new GoTime(Instant.parse("0001-01-01T00:00:00Z"), GoZone.UTC);

  static GoTime ofEpochSecond(long second, GoZone zone) {
    return new GoTime(within(second, 0), zone);
  }

  @Override
  public GoType type() {
    return TYPE;
  }

  LocalDateTime local() {
    return LocalDateTime.ofInstant(instant, ZoneOffset.UTC).plusSeconds(offsetSeconds());
  }

  GoTime plus(long nanos) {
    long second = instant.getEpochSecond() + nanos / NANOS;
    return new GoTime(within(second, instant.getNano() + nanos % NANOS), zone);
  }

  private static Instant within(long second, long nanos) {
    return Instant.ofEpochSecond(Math.clamp(second, FIRST, LAST), nanos);
  }

  /** The time since another one, within the range of a duration. */
  long since(GoTime earlier) {
    long seconds = instant.getEpochSecond() - earlier.instant.getEpochSecond();
    long nanos = (long) instant.getNano() - earlier.instant.getNano();
    try {
      return Math.addExact(Math.multiplyExact(seconds, NANOS), nanos);
    } catch (ArithmeticException e) {
      return seconds < 0 ? Long.MIN_VALUE : Long.MAX_VALUE;
    }
  }

  String format(String layout) {
    return new TimeFormat(this).format(layout);
  }

  @Override
  public String goString() {
    return format("2006-01-02 15:04:05.999999999 -0700 MST");
  }

  @Override
  public String json() {
    return "\"" + format("2006-01-02T15:04:05.999999999Z07:00") + "\"";
  }

  @Override
  public String goSyntax() {
    LocalDateTime t = local();
    String month = TimeFormat.MONTHS[t.getMonthValue() - 1];
    return String.format(
        Locale.ROOT,
        "time.Date(%d, time.%s, %d, %d, %d, %d, %d, %s)",
        t.getYear(),
        month,
        t.getDayOfMonth(),
        t.getHour(),
        t.getMinute(),
        t.getSecond(),
        t.getNano(),
        zone.goSyntax());
  }

  @Override
  public List<Field> fields() {
    return List.of(
        new Field("wall", new Value.Int(GoType.UINT64, instant.getNano())),
        new Field("ext", Value.int64(instant.getEpochSecond() - ZERO.instant.getEpochSecond())),
        new Field("loc", Value.NIL));
  }

  @Override
  public @Nullable Function method(String name) {
    LocalDateTime t = local();
    return switch (name) {
      case "String" -> string(goString());
      case "GoString" -> string(goSyntax());
      case "Format" ->
          new Function(
              Signature.of(GoType.STRING, GoType.STRING),
              (c, a) -> {
                c.meter().memory(Args.string(a[0]).length() * 4L);
                return new Str(format(Args.string(a[0])));
              });
      case "Year" -> integer(t.getYear());
      case "Month" -> value(new Value.Int(NamedInts.MONTH, t.getMonthValue()));
      case "Day" -> integer(t.getDayOfMonth());
      case "Hour" -> integer(t.getHour());
      case "Minute" -> integer(t.getMinute());
      case "Second" -> integer(t.getSecond());
      case "Nanosecond" -> integer(t.getNano());
      case "YearDay" -> integer(t.getDayOfYear());
      case "Weekday" -> value(new Value.Int(NamedInts.WEEKDAY, t.getDayOfWeek().getValue() % 7));
      case "Unix" -> value(Value.int64(instant.getEpochSecond()));
      case "UnixMilli" -> value(Value.int64(scaled(1_000)));
      case "UnixMicro" -> value(Value.int64(scaled(1_000_000)));
      case "UnixNano" -> value(Value.int64(scaled(NANOS)));
      case "IsZero" -> value(Value.of(instant.equals(ZERO.instant)));
      case "IsDST" -> value(Value.of(zone.id().getRules().isDaylightSavings(instant)));
      case "UTC" -> value(new GoTime(instant, GoZone.UTC));
      case "Local" ->
          new Function(Signature.of(TYPE), (c, a) -> new GoTime(instant, GoZone.local(c)));
      case "MarshalText" -> value(bytes(json().substring(1, json().length() - 1)));
      case "MarshalJSON" -> value(bytes(json()));
      default -> withArguments(name, t);
    };
  }

  private @Nullable Function withArguments(String name, LocalDateTime t) {
    return switch (name) {
      case "Add" ->
          new Function(Signature.of(TYPE, NamedInts.DURATION), (c, a) -> plus(Args.integer(a[0])));
      case "AddDate" ->
          new Function(
              Signature.of(TYPE, GoType.INT, GoType.INT, GoType.INT),
              (c, a) -> shifted(t, Args.integer(a[0]), Args.integer(a[1]), Args.integer(a[2])));
      case "Sub" ->
          new Function(
              Signature.of(NamedInts.DURATION, TYPE),
              (c, a) -> new Value.Int(NamedInts.DURATION, since((GoTime) a[0])));
      case "Truncate" ->
          new Function(
              Signature.of(TYPE, NamedInts.DURATION), (c, a) -> rounded(Args.integer(a[0]), false));
      case "Round" ->
          new Function(
              Signature.of(TYPE, NamedInts.DURATION), (c, a) -> rounded(Args.integer(a[0]), true));
      case "Before" -> test(other -> instant.isBefore(other.instant));
      case "After" -> test(other -> instant.isAfter(other.instant));
      case "Equal" -> test(other -> instant.equals(other.instant));
      case "Compare" ->
          new Function(
              Signature.of(GoType.INT, TYPE),
              (c, a) -> Value.of(Integer.signum(instant.compareTo(((GoTime) a[0]).instant))));
      case "Date", "Clock" -> fault("function " + name + " has 3 return values; should be 1 or 2");
      case "ISOWeek" -> fault(secondResult(name, "int"));
      case "Zone" -> fault(secondResult(name, "int"));
      case "ZoneBounds" -> fault(secondResult(name, "time.Time"));
      default -> null;
    };
  }

  private static String secondResult(String name, String type) {
    return "invalid function signature for "
        + name
        + ": second return value should be error; is "
        + type;
  }

  private long scaled(long unit) {
    return instant.getEpochSecond() * unit + instant.getNano() / (NANOS / unit);
  }

  private GoTime shifted(LocalDateTime t, long years, long months, long days) {
    LocalDateTime start = t.withDayOfMonth(1);
    LocalDateTime moved;
    try {
      moved =
          start.plusYears(years).plusMonths(months).plusDays(days).plusDays(t.getDayOfMonth() - 1L);
    } catch (DateTimeException e) {
      return ofEpochSecond(years + months / 12 + days / 366 < 0 ? FIRST : LAST, zone);
    }
    Instant shown = zone.instant(moved);
    return new GoTime(within(shown.getEpochSecond(), shown.getNano()), zone);
  }

  /** To a multiple of the duration since the zero time; halves go up. */
  private GoTime rounded(long nanos, boolean nearest) {
    if (nanos <= 0) {
      return this;
    }
    BigInteger since =
        BigInteger.valueOf(instant.getEpochSecond() - ZERO.instant.getEpochSecond())
            .multiply(BigInteger.valueOf(NANOS))
            .add(BigInteger.valueOf(instant.getNano()));
    long rest = since.mod(BigInteger.valueOf(nanos)).longValue();
    boolean up = nearest && rest >= nanos - rest;
    return plus(up ? nanos - rest : -rest);
  }

  private static Function test(Predicate<GoTime> test) {
    return new Function(
        Signature.of(GoType.BOOL, TYPE), (c, a) -> Value.of(test.test((GoTime) a[0])));
  }

  private static Function fault(String text) {
    return new Function(new Signature(List.of(), false, GoType.INT, text), (c, a) -> Value.NIL);
  }

  private static Function value(Value value) {
    return new Function(Signature.of(value.type()), (c, a) -> value);
  }

  private static Function integer(int value) {
    return value(Value.of(value));
  }

  private static Function string(String text) {
    return value(new Str(text));
  }

  private static Value bytes(String raw) {
    List<Value> bytes = raw.chars().<Value>mapToObj(c -> new Value.Int(GoType.UINT8, c)).toList();
    return Slice.of(GoType.sliceOf(GoType.UINT8), bytes);
  }

  int offsetSeconds() {
    return zone.offsetAt(instant);
  }
}
