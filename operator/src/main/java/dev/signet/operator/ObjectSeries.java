package dev.signet.operator;

import dev.signet.delivery.object.Ref;
import dev.signet.dialects.externalsecrets.ExternalSecretReport;
import dev.signet.dialects.externalsecrets.SyncSchedule;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * The series of single objects of External Secrets' kinds, under upstream's names. What they show
 * is kept in one row an object: a data point of the metrics library takes four times as much, and
 * there would be seven for each. Snapshots are made one metric after the other, for whoever writes
 * them.
 */
final class ObjectSeries {

  /** The kinds that have series. */
  private static final List<String> KINDS =
      List.of(
          "ExternalSecret",
          "SecretStore",
          "ClusterSecretStore",
          "ClusterExternalSecret",
          "PushSecret",
          "ClusterPushSecret");

  private static final String EXTERNAL = "ExternalSecret";

  /** Who writes a metric. */
  @FunctionalInterface
  interface Sink {
    void accept(MetricSnapshot metric) throws IOException;
  }

  /** What is known of one object; guarded by itself. */
  private static final class Row {
    private Optional<Boolean> ready = Optional.empty();
    private Optional<Boolean> keys = Optional.empty();
    private long nanos;
    private long calls;
    private long failures;
    private long last = -1;
    private long interval = -1;
  }

  private final Map<Ref, Row> rows = new ConcurrentHashMap<>();

  private Optional<Row> row(Ref ref) {
    return KINDS.contains(ref.kind().kind())
        ? Optional.of(rows.computeIfAbsent(ref, _ -> new Row()))
        : Optional.empty();
  }

  /**
   * A look at an object has ended.
   *
   * @param ready whether all is as it should be; empty where that was not found out
   */
  void looked(Ref ref, Optional<Boolean> ready, Duration took) {
    row(ref)
        .ifPresent(
            row -> {
              synchronized (row) {
                row.nanos = took.toNanos();
                row.calls++;
                row.failures += ready.orElse(false) ? 0 : 1;
                if (ready.isPresent()) {
                  row.ready = ready;
                }
              }
            });
  }

  /** Whether all keys have a value, where not all are as the manifest says first. */
  void keys(Ref ref, Optional<Boolean> substituted) {
    row(ref)
        .ifPresent(
            row -> {
              synchronized (row) {
                row.keys = substituted;
              }
            });
  }

  /** How old what an ExternalSecret delivered is, and how old it may be. */
  void synced(Ref ref, Optional<SyncSchedule> schedule) {
    row(ref)
        .ifPresent(
            row -> {
              synchronized (row) {
                row.last = schedule.map(it -> it.last().getEpochSecond()).orElse(-1L);
                row.interval = schedule.map(it -> it.interval().toSeconds()).orElse(-1L);
              }
            });
  }

  /** Its series end. */
  void gone(Ref ref) {
    rows.remove(ref);
  }

  /** Hands over each metric that has series, one at a time. */
  void snapshots(Sink to) throws IOException {
    for (String kind : KINDS) {
      String prefix = kind.toLowerCase(Locale.ROOT);
      conditions(kind, prefix + "_status_condition", to);
      gauge(
          kind,
          prefix + "_reconcile_duration",
          "How long the last look at each " + kind + " took, in nanoseconds.",
          row -> row.calls == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) row.nanos),
          to);
    }
    calls(to);
    gauge(
        EXTERNAL,
        "externalsecret_sync_calls_error",
        "ExternalSecrets that failed.",
        row ->
            row.failures == 0 ? OptionalDouble.empty() : OptionalDouble.of((double) row.failures),
        to);
    gauge(
        EXTERNAL,
        "signet_externalsecret_last_sync_seconds",
        "When each ExternalSecret was fetched last, in seconds since 1970.",
        row -> row.last < 0 ? OptionalDouble.empty() : OptionalDouble.of((double) row.last),
        to);
    gauge(
        EXTERNAL,
        "signet_externalsecret_refresh_interval_seconds",
        "How often each ExternalSecret is to be fetched; absent where it is not.",
        row -> row.interval < 0 ? OptionalDouble.empty() : OptionalDouble.of((double) row.interval),
        to);
  }

  private void conditions(String kind, String name, Sink to) throws IOException {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder().name(name).help("The conditions of each " + kind + ".");
    boolean any = false;
    for (Map.Entry<Ref, Row> each : rows.entrySet()) {
      if (each.getKey().kind().kind().equals(kind)) {
        Optional<Boolean> ready;
        Optional<Boolean> keys;
        synchronized (each.getValue()) {
          ready = each.getValue().ready;
          keys = each.getValue().keys;
        }
        any |= condition(gauge, each.getKey(), "Ready", ready);
        any |= condition(gauge, each.getKey(), ExternalSecretReport.KEYS, keys);
      }
    }
    if (any) {
      to.accept(gauge.build());
    }
  }

  private static boolean condition(
      GaugeSnapshot.Builder gauge, Ref ref, String condition, Optional<Boolean> is) {
    if (is.isEmpty()) {
      return false;
    }
    for (boolean status : List.of(true, false)) {
      Labels labels =
          Labels.of(
              "condition",
              condition,
              "name",
              ref.name(),
              "namespace",
              ref.namespace(),
              "status",
              status ? "True" : "False");
      gauge.dataPoint(
          GaugeDataPointSnapshot.builder()
              .labels(labels)
              .value(status == is.get() ? 1 : 0)
              .build());
    }
    return true;
  }

  private void gauge(
      String kind, String name, String help, Function<Row, OptionalDouble> value, Sink to)
      throws IOException {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    boolean any = false;
    for (Map.Entry<Ref, Row> each : rows.entrySet()) {
      if (each.getKey().kind().kind().equals(kind)) {
        OptionalDouble now;
        synchronized (each.getValue()) {
          now = value.apply(each.getValue());
        }
        if (now.isPresent()) {
          any = true;
          gauge.dataPoint(
              GaugeDataPointSnapshot.builder()
                  .labels(labels(each.getKey()))
                  .value(now.getAsDouble())
                  .build());
        }
      }
    }
    if (any) {
      to.accept(gauge.build());
    }
  }

  private void calls(Sink to) throws IOException {
    CounterSnapshot.Builder counter =
        CounterSnapshot.builder()
            .name("externalsecret_sync_calls")
            .help("Looks at ExternalSecrets.");
    boolean any = false;
    for (Map.Entry<Ref, Row> each : rows.entrySet()) {
      if (each.getKey().kind().kind().equals(EXTERNAL)) {
        long calls;
        synchronized (each.getValue()) {
          calls = each.getValue().calls;
        }
        if (calls > 0) {
          any = true;
          counter.dataPoint(
              CounterDataPointSnapshot.builder()
                  .labels(labels(each.getKey()))
                  .value((double) calls)
                  .build());
        }
      }
    }
    if (any) {
      to.accept(counter.build());
    }
  }

  private static Labels labels(Ref ref) {
    return Labels.of("name", ref.name(), "namespace", ref.namespace());
  }
}
