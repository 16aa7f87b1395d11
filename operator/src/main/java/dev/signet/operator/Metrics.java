package dev.signet.operator;

import dev.signet.core.sealing.KeyRing;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.queue.Depth;
import dev.signet.delivery.traffic.StoreGates;
import dev.signet.dialects.externalsecrets.GeneratorNotes;
import dev.signet.dialects.externalsecrets.SyncSchedule;
import dev.signet.dialects.sealedsecrets.SealedSecretController;
import dev.signet.kube.Events;
import dev.signet.operator.shadow.Shadow;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;
import java.util.function.ToLongFunction;

/**
 * What the operator counts. Names that upstream's dashboards and alerts use are upstream's: of
 * controller-runtime, of the Sealed Secrets controller, and of External Secrets. Series of an
 * object end with it.
 */
final class Metrics implements CountedObjects.Writes {

  private static final String SYNCED = "Synced";
  private static final String SEALED = "sealed_secrets_controller_";

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter reconciles =
      counter("controller_runtime_reconcile", "Reconciles by result.", "controller", "result");
  private final Counter errors =
      counter("controller_runtime_reconcile_errors", "Failed reconciles.", "controller");
  private final Histogram times =
      Histogram.builder()
          .name("controller_runtime_reconcile_time_seconds")
          .help("How long reconciles took.")
          .labelNames("controller")
          .classicOnly()
          .withoutExemplars()
          .register(registry);
  private final Counter writes =
      counter("signet_writes", "Writes that were sent to the cluster.", "what", "verb");
  private final Counter events =
      counter("signet_events", "Events: posted, repeated, dropped or failed.", "result");
  private final Counter escrowFailures =
      counter("signet_sealing_key_escrow_failures", "Attempts that left a key without a copy.");
  private final Counter unsealRequests =
      counter(SEALED + "unseal_requests", "Looks at SealedSecrets.");
  private final Counter unsealErrors =
      counter(SEALED + "unseal_errors", "SealedSecrets that failed.", "reason", "namespace");
  private final Gauge conditionInfo =
      gauge(
          SEALED + "condition_info",
          "Whether a SealedSecret is synced: 1, -1, or 0 when unknown.",
          "namespace",
          "name",
          "condition",
          "ss_app_kubernetes_io_instance");
  private final Counter requests =
      counter(SEALED + "http_requests", "Requests of kubeseal.", "path", "code", "method");
  private final Histogram requestTimes =
      Histogram.builder()
          .name(SEALED + "http_request_duration_seconds")
          .help("How long requests of kubeseal took.")
          .labelNames("path", "method")
          .classicOnly()
          .withoutExemplars()
          .register(registry);

  /** Upstream's name, which does not end as those of counters do here: so it is a gauge. */
  private final Gauge apiCalls =
      gauge(
          "externalsecret_provider_api_calls_count",
          "Calls to the back ends of stores.",
          "provider",
          "call",
          "status");

  private final Counter storeCalls =
      counter(
          "signet_store_calls",
          "Calls to stores: answered (success), or not (error).",
          "kind",
          "namespace",
          "name",
          "result");

  private final ObjectSeries objects = new ObjectSeries();

  private final Counter unreadableKeys =
      counter("signet_sealing_keys_unreadable", "Finds of a key Secret that holds no key.");

  private final boolean names;

  /** The label of each SealedSecret that has a series, to end that. */
  private final Map<Ref, String> instances = new ConcurrentHashMap<>();

  /**
   * @param names whether series name the SealedSecrets there are
   */
  Metrics(String version, boolean names) {
    this.names = names;
    Gauge build = gauge(SEALED + "build_info", "The version, as a label.", "revision");
    build.labelValues(version).set(0);
    ProcessMetrics.register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder()
        .name(name)
        .help(help)
        .labelNames(labels)
        .withoutExemplars()
        .register(registry);
  }

  /** Shows the queue, whether this process leads, and how many objects are known. */
  void observe(Supplier<Depth> queue, BooleanSupplier leads) {
    GaugeWithCallback.builder()
        .name("workqueue_depth")
        .help("Objects that could be reconciled now.")
        .labelNames("name")
        .callback(callback -> callback.call(queue.get().ready(), "signet"))
        .register(registry);
    GaugeWithCallback.builder()
        .name("signet_queue_delayed")
        .help("Objects that wait for their time.")
        .callback(callback -> callback.call(queue.get().delayed()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("controller_runtime_active_workers")
        .help("Objects that are being reconciled.")
        .callback(callback -> callback.call(queue.get().running()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("leader_election_master_status")
        .help("1 in the process that leads, 0 in those that stand by.")
        .labelNames("name")
        .callback(callback -> callback.call(leads.getAsBoolean() ? 1 : 0, "signet"))
        .register(registry);
  }

  /** Counts Secrets that were not deleted or emptied because it would have been too many. */
  void removals(Removals removals) {
    CounterWithCallback.builder()
        .name("signet_removals_refused")
        .help("Secrets that were not deleted or emptied: too many in too short a time.")
        .callback(callback -> callback.call((double) removals.refused()))
        .register(registry);
  }

  /** Counts calls to stores, and shows what holds them back. */
  void stores(StoreGates gates) {
    gates.onCall(
        (store, result) ->
            storeCalls
                .labelValues(store.kind().kind(), store.namespace(), store.name(), result)
                .inc());
    gatesGauge(
        gates,
        "signet_store_requests_per_second",
        "How many calls a second a store is asked at most; absent while nothing limits it.",
        state ->
            Double.isInfinite(state.perSecond())
                ? OptionalDouble.empty()
                : OptionalDouble.of(state.perSecond()));
    gatesGauge(
        gates,
        "signet_store_parked",
        "1 while a store is not asked because it did not answer.",
        state -> OptionalDouble.of(state.parked() ? 1 : 0));
    gatesCounter(
        gates,
        "signet_store_throttled",
        "How often a store said that it is asked too much.",
        StoreGates.State::throttled);
    gatesCounter(
        gates,
        "signet_store_shared_reads",
        "Reads that were served by the call of another.",
        StoreGates.State::shared);
  }

  private void gatesCounter(
      StoreGates gates, String name, String help, ToLongFunction<StoreGates.State> value) {
    CounterWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("kind", "namespace", "name")
        .callback(
            callback ->
                gates
                    .states()
                    .forEach(
                        (store, state) ->
                            callback.call(
                                (double) value.applyAsLong(state),
                                store.kind().kind(),
                                store.namespace(),
                                store.name())))
        .register(registry);
  }

  /** Shows when what generators made ends, for whoever has it. */
  void credentials(Supplier<Map<Ref, GeneratorNotes.Ending>> endings) {
    ending(
        endings,
        "signet_generated_values_end_seconds",
        "When the first thing ends that a generator made and that is not renewed before, in seconds"
            + " since 1970.",
        ending -> (double) ending.at().getEpochSecond());
    ending(
        endings,
        "signet_generated_values_life_seconds",
        "For how long that was good when it was made or renewed last.",
        ending -> (double) ending.good().toSeconds());
  }

  private void ending(
      Supplier<Map<Ref, GeneratorNotes.Ending>> endings,
      String name,
      String help,
      ToDoubleFunction<GeneratorNotes.Ending> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("kind", "namespace", "name")
        .callback(
            callback ->
                endings
                    .get()
                    .forEach(
                        (owner, ending) ->
                            callback.call(
                                value.applyAsDouble(ending),
                                owner.kind().kind(),
                                owner.namespace(),
                                owner.name())))
        .register(registry);
  }

  private void gatesGauge(
      StoreGates gates,
      String name,
      String help,
      Function<StoreGates.State, OptionalDouble> value) {
    GaugeWithCallback.builder()
        .name(name)
        .help(help)
        .labelNames("kind", "namespace", "name")
        .callback(
            callback ->
                gates
                    .states()
                    .forEach(
                        (store, state) ->
                            value
                                .apply(state)
                                .ifPresent(
                                    it ->
                                        callback.call(
                                            it,
                                            store.kind().kind(),
                                            store.namespace(),
                                            store.name()))))
        .register(registry);
  }

  /** Shows whether SealedSecrets wait for another controller to end. */
  void standingBack(BooleanSupplier now) {
    GaugeWithCallback.builder()
        .name("signet_standing_back")
        .help("1 while another controller is at work on SealedSecrets and nothing is written.")
        .callback(callback -> callback.call(now.getAsBoolean() ? 1 : 0))
        .register(registry);
  }

  /** Shows what shadow mode found. */
  void shadow(Shadow shadow) {
    GaugeWithCallback.builder()
        .name("signet_shadow_differences")
        .help("Ways in which the cluster is not as Signet would have it, by kind.")
        .labelNames("kind")
        .callback(
            callback -> shadow.counts().forEach((kind, count) -> callback.call(count, kind.text())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("signet_shadow_compared")
        .help("SealedSecrets that have been compared.")
        .callback(callback -> callback.call(shadow.compared()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("signet_shadow_unsettled")
        .help("Objects that differ and changed a moment ago.")
        .callback(callback -> callback.call(shadow.unsettled()))
        .register(registry);
  }

  /** Shows the sealing keys, and what opening costs. */
  void observe(Supplier<KeyRing> keys) {
    GaugeWithCallback.builder()
        .name("signet_sealing_keys")
        .help("Keys that open SealedSecrets.")
        .callback(callback -> callback.call(keys.get().size()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("signet_sealing_key_since_seconds")
        .help("Since when the newest key is the one to seal with, in seconds since 1970.")
        .callback(
            callback ->
                keys.get()
                    .currentSince()
                    .ifPresent(since -> callback.call((double) since.getEpochSecond())))
        .register(registry);
    GaugeWithCallback.builder()
        .name("signet_rsa_provider")
        .help("Whose RSA opens SealedSecrets, as a label.")
        .labelNames("name")
        .callback(callback -> callback.call(1, keys.get().provider()))
        .register(registry);
    CounterWithCallback.builder()
        .name("signet_rsa_operations")
        .help("Uses of private keys, which is what opening costs.")
        .callback(callback -> callback.call((double) keys.get().operations()))
        .register(registry);
  }

  void unreadableKey() {
    unreadableKeys.inc();
  }

  @Override
  public void wrote(String what, String verb) {
    writes.labelValues(what, verb).inc();
  }

  void answered(String path, int code, String method, Duration took) {
    requests.labelValues(path, Integer.toString(code), method).inc();
    requestTimes.labelValues(path, method).observe(took.toNanos() / 1e9);
  }

  /** How many active sealing keys have no verified copy, and how often making one failed. */
  void escrow(Supplier<OptionalInt> unverified) {
    GaugeWithCallback.builder()
        .name("signet_sealing_keys_without_verified_copy")
        .help("Active sealing keys that would be lost with the cluster.")
        .callback(callback -> unverified.get().ifPresent(callback::call))
        .register(registry);
  }

  void escrowFailed() {
    escrowFailures.inc();
  }

  void apiCall(String provider, String call, boolean succeeded) {
    apiCalls.labelValues(provider, call, succeeded ? "success" : "error").inc();
  }

  void event(Events.Fate fate) {
    events.labelValues(fate.name().toLowerCase(Locale.ROOT)).inc();
  }

  /**
   * @param instance the label {@code app.kubernetes.io/instance} of the object
   */
  void reconciled(Ref ref, String instance, Reconciled result, Duration took) {
    String controller = ref.kind().kind().toLowerCase(Locale.ROOT);
    reconciles.labelValues(controller, resultOf(result)).inc();
    times.labelValues(controller).observe(took.toNanos() / 1e9);
    boolean failed = resultOf(result).equals("error");
    if (failed) {
      errors.labelValues(controller).inc();
    }
    if (ref.kind().kind().equals("SealedSecret")) {
      sealedSecret(ref, instance, result);
    }
    objects.looked(ref, ready(result), took);
  }

  private static Optional<Boolean> ready(Reconciled result) {
    return result instanceof Reconciled.As(Outcome outcome)
        ? Optional.of(outcome.delivered())
        : Optional.empty();
  }

  /**
   * Of an ExternalSecret: whether all keys have a value, where not all are as the manifest says
   * first.
   */
  void keys(Ref ref, Optional<Boolean> substituted) {
    objects.keys(ref, substituted);
  }

  private static String resultOf(Reconciled result) {
    return switch (result) {
      case Reconciled.As(Outcome outcome) ->
          switch (outcome) {
            case Outcome.Done _ -> "success";
            case Outcome.After _ -> "requeue_after";
            case Outcome.Retry _, Outcome.Stalled _ -> "error";
          };
      case Reconciled.Unfinished _, Reconciled.Crashed _ -> "error";
    };
  }

  private void sealedSecret(Ref ref, String instance, Reconciled result) {
    unsealRequests.inc();
    String reason =
        switch (result) {
          case Reconciled.As(Outcome outcome) ->
              switch (outcome) {
                case Outcome.Done _, Outcome.After _ -> "";
                case Outcome.Retry(String why, String _) ->
                    why.equals(SealedSecretController.STATUS_UNWRITTEN) ? "status" : "update";
                case Outcome.Stalled(String why, String _) ->
                    switch (why) {
                      case "NotManaged" -> "unmanaged";
                      case "Refused" -> "update";
                      default -> "unseal";
                    };
              };
          case Reconciled.Unfinished _ -> "update";
          case Reconciled.Crashed _ -> "unseal";
        };
    if (!reason.isEmpty()) {
      unsealErrors.labelValues(reason, ref.namespace()).inc();
    }
    if (names && result instanceof Reconciled.As(Outcome outcome)) {
      String before = instances.put(ref, instance);
      if (before != null && !before.equals(instance)) {
        conditionInfo.remove(ref.namespace(), ref.name(), SYNCED, before);
      }
      boolean synced = outcome.delivered() || reason.equals("status");
      conditionInfo.labelValues(ref.namespace(), ref.name(), SYNCED, instance).set(synced ? 1 : -1);
    }
  }

  /** Shows how old what an ExternalSecret delivered is, and how old it may be. */
  void synced(Ref ref, Optional<SyncSchedule> schedule) {
    if (ref.kind().kind().equals("ExternalSecret")) {
      objects.synced(ref, schedule);
    }
  }

  /** Ends the series of an object that is gone. */
  void gone(Ref ref) {
    String instance = instances.remove(ref);
    if (instance != null) {
      conditionInfo.remove(ref.namespace(), ref.name(), SYNCED, instance);
    }
    objects.gone(ref);
    storeCalls.remove(ref.kind().kind(), ref.namespace(), ref.name(), "success");
    storeCalls.remove(ref.kind().kind(), ref.namespace(), ref.name(), "error");
  }

  /** Writes all of it in the text format 0.0.4. */
  void write(OutputStream out) throws IOException {
    PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    writer.write(out, registry.scrape());
    // Of these there may be many, so that not all are made before the first is written.
    objects.snapshots(metric -> writer.write(out, MetricSnapshots.of(metric)));
  }
}
