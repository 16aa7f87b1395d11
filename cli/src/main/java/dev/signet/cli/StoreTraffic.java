package dev.signet.cli;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an operator counts of one store, as its metrics say it in Prometheus' text format 0.0.4.
 *
 * @param answered calls that were answered, since the operator started
 * @param failed calls that were not
 * @param throttled how often the store said that it is asked too much
 * @param shared reads that were served by the call of another
 * @param perSecond what it is asked at most now; empty while nothing limits it
 * @param parked whether nobody asks it, because it did not answer
 */
record StoreTraffic(
    long answered,
    long failed,
    long throttled,
    long shared,
    OptionalDouble perSecond,
    boolean parked) {

  static final StoreTraffic NONE =
      new StoreTraffic(0, 0, 0, 0, OptionalDouble.empty(), /* parked= */ false);

  private static final Pattern SAMPLE =
      Pattern.compile("(signet_store_[a-z_]+)\\{([^\\n]*)} ([^ \\n]+)(?: [0-9]+)?");
  private static final Pattern LABEL = Pattern.compile("([a-z_]+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

  /** By store; what else is in the text is passed over. */
  static Map<Ref, StoreTraffic> parse(String metrics) {
    Map<Ref, StoreTraffic> all = new TreeMap<>();
    for (String line : metrics.lines().toList()) {
      Matcher sample = SAMPLE.matcher(line);
      if (sample.matches()) {
        Map<String, String> labels = labels(sample.group(2));
        Ref store =
            new Ref(
                new GroupKind("external-secrets.io", labels.getOrDefault("kind", "")),
                labels.getOrDefault("namespace", ""),
                labels.getOrDefault("name", ""));
        double value = number(sample.group(3));
        all.merge(
            store,
            one(sample.group(1), labels.getOrDefault("result", ""), value),
            StoreTraffic::and);
      }
    }
    return all;
  }

  private static StoreTraffic one(String name, String result, double value) {
    long count = (long) value;
    return switch (name) {
      case "signet_store_calls_total" ->
          result.equals("success")
              ? new StoreTraffic(count, 0, 0, 0, OptionalDouble.empty(), false)
              : new StoreTraffic(0, count, 0, 0, OptionalDouble.empty(), false);
      case "signet_store_throttled_total" ->
          new StoreTraffic(0, 0, count, 0, OptionalDouble.empty(), false);
      case "signet_store_shared_reads_total" ->
          new StoreTraffic(0, 0, 0, count, OptionalDouble.empty(), false);
      case "signet_store_requests_per_second" ->
          new StoreTraffic(0, 0, 0, 0, OptionalDouble.of(value), false);
      case "signet_store_parked" -> new StoreTraffic(0, 0, 0, 0, OptionalDouble.empty(), value > 0);
      default -> NONE;
    };
  }

  /** Of several processes: what they count together, and the most that one of them asks. */
  StoreTraffic and(StoreTraffic other) {
    return new StoreTraffic(
        answered + other.answered,
        failed + other.failed,
        throttled + other.throttled,
        shared + other.shared,
        perSecond.isPresent() && other.perSecond.isPresent()
            ? OptionalDouble.of(Math.max(perSecond.getAsDouble(), other.perSecond.getAsDouble()))
            : perSecond.isPresent() ? perSecond : other.perSecond,
        parked || other.parked);
  }

  private static double number(String text) {
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private static Map<String, String> labels(String text) {
    Map<String, String> labels = new LinkedHashMap<>();
    Matcher each = LABEL.matcher(text);
    while (each.find()) {
      labels.put(
          each.group(1),
          each.group(2).replace("\\n", "\n").replace("\\\"", "\"").replace("\\\\", "\\"));
    }
    return labels;
  }
}
