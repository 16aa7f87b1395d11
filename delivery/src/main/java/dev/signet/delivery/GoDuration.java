package dev.signet.delivery;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Go writes them: {@code 1h30m}, {@code 1.5s}, {@code -2m}, {@code 0}. */
public final class GoDuration {

  private static final int LONGEST = 200;

  private static final Pattern WHOLE =
      Pattern.compile("([+-]?)((?:[0-9]*\\.?[0-9]*(?:ns|us|µs|μs|ms|s|m|h))+)");
  private static final Pattern PART = Pattern.compile("([0-9]*\\.?[0-9]*)(ns|us|µs|μs|ms|s|m|h)");
  private static final Map<String, Long> NANOS =
      Map.of(
          "ns", 1L,
          "us", 1_000L,
          "µs", 1_000L,
          "μs", 1_000L,
          "ms", 1_000_000L,
          "s", 1_000_000_000L,
          "m", 60_000_000_000L,
          "h", 3_600_000_000_000L);

  private GoDuration() {}

  /** Empty when it is none, or longer than Go can hold (292 years). */
  public static Optional<Duration> parse(String text) {
    if (text.equals("0") || text.equals("+0") || text.equals("-0")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher whole = WHOLE.matcher(text);
    if (text.length() > LONGEST || !whole.matches()) {
      return Optional.empty();
    }
    BigDecimal nanos = BigDecimal.ZERO;
    Matcher part = PART.matcher(whole.group(2));
    while (part.find()) {
      String number = part.group(1);
      if (number.isEmpty() || number.equals(".")) {
        return Optional.empty();
      }
      long unit = NANOS.getOrDefault(part.group(2), 0L);
      BigDecimal value = new BigDecimal(number.endsWith(".") ? number + "0" : number);
      nanos = nanos.add(value.multiply(BigDecimal.valueOf(unit)).setScale(0, RoundingMode.DOWN));
    }
    if (whole.group(1).equals("-")) {
      nanos = nanos.negate();
    }
    if (nanos.toBigInteger().bitLength() >= Long.SIZE) {
      return Optional.empty();
    }
    return Optional.of(Duration.ofNanos(nanos.longValue()));
  }
}
