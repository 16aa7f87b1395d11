package dev.signet.operator;

import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.queue.Depth;
import dev.signet.kube.Events;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What the operator counts. Names that upstream's dashboards and alerts use are upstream's: of
 * controller-runtime, of the Sealed Secrets controller, and of External Secrets. Series of an
 * object end with it.
 */
final class Metrics implements CountedObjects.Writes {

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
  private final Counter syncCalls =
      counter("externalsecret_sync_calls", "Looks at ExternalSecrets.", "name", "namespace");
  private final Counter syncErrors =
      counter(
          "externalsecret_sync_calls_error", "ExternalSecrets that failed.", "name", "namespace");
  private final Gauge externalCondition =
      gauge(
          "externalsecret_status_condition",
          "The conditions of ExternalSecrets.",
          "name",
          "namespace",
          "condition",
          "status");

  Metrics(String version) {
    Gauge build = gauge(SEALED + "build_info", "The version, as a label.", "revision");
    build.labelValues(version).set(0);
    ProcessMetrics.register(registry);
  }

  private Counter counter(String name, String help, String... labels) {
    return Counter.builder().name(name).help(help).labelNames(labels).register(registry);
  }

  private Gauge gauge(String name, String help, String... labels) {
    return Gauge.builder().name(name).help(help).labelNames(labels).register(registry);
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

  @Override
  public void wrote(String what, String verb) {
    writes.labelValues(what, verb).inc();
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

  void event(Events.Fate fate) {
    events.labelValues(fate.name().toLowerCase(Locale.ROOT)).inc();
  }

  void reconciled(Ref ref, Reconciled result, Duration took) {
    String controller = ref.kind().kind().toLowerCase(Locale.ROOT);
    reconciles.labelValues(controller, resultOf(result)).inc();
    times.labelValues(controller).observe(took.toNanos() / 1e9);
    boolean failed = resultOf(result).equals("error");
    if (failed) {
      errors.labelValues(controller).inc();
    }
    switch (ref.kind().kind()) {
      case "SealedSecret" -> sealedSecret(ref, result);
      case "ExternalSecret" -> externalSecret(ref, result);
      default -> {}
    }
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

  private void sealedSecret(Ref ref, Reconciled result) {
    unsealRequests.inc();
    String reason =
        switch (result) {
          case Reconciled.As(Outcome outcome) ->
              switch (outcome) {
                case Outcome.Done _, Outcome.After _ -> "";
                case Outcome.Retry _ -> "update";
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
    if (result instanceof Reconciled.As(Outcome outcome)) {
      conditionInfo
          .labelValues(ref.namespace(), ref.name(), "Synced", "")
          .set(outcome.delivered() ? 1 : -1);
    }
  }

  private void externalSecret(Ref ref, Reconciled result) {
    syncCalls.labelValues(ref.name(), ref.namespace()).inc();
    boolean ready = result instanceof Reconciled.As(Outcome outcome) && outcome.delivered();
    if (!ready) {
      syncErrors.labelValues(ref.name(), ref.namespace()).inc();
    }
    if (result instanceof Reconciled.As) {
      for (String status : List.of("True", "False")) {
        externalCondition
            .labelValues(ref.name(), ref.namespace(), "Ready", status)
            .set(status.equals("True") == ready ? 1 : 0);
      }
    }
  }

  /** Ends the series of an object that is gone. */
  void gone(Ref ref) {
    switch (ref.kind().kind()) {
      case "SealedSecret" -> conditionInfo.remove(ref.namespace(), ref.name(), "Synced", "");
      case "ExternalSecret" -> {
        syncCalls.remove(ref.name(), ref.namespace());
        syncErrors.remove(ref.name(), ref.namespace());
        externalCondition.remove(ref.name(), ref.namespace(), "Ready", "True");
        externalCondition.remove(ref.name(), ref.namespace(), "Ready", "False");
      }
      default -> {}
    }
  }

  /** Writes all of it in the text format 0.0.4. */
  void write(OutputStream out) throws IOException {
    PrometheusTextFormatWriter.create().write(out, registry.scrape());
  }
}
