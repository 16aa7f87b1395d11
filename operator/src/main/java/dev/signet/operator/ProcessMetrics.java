package dev.signet.operator;

import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/** What there is to say of the process at no cost, under the names that Go programs use. */
final class ProcessMetrics {

  private static final long PAGE = 4096;

  private ProcessMetrics() {}

  static void register(PrometheusRegistry registry) {
    CounterWithCallback.builder()
        .name("process_cpu_seconds")
        .help("User and system CPU time.")
        .callback(
            callback ->
                ProcessHandle.current()
                    .info()
                    .totalCpuDuration()
                    .map(Duration::toNanos)
                    .ifPresent(nanos -> callback.call(nanos / 1e9)))
        .register(registry);
    GaugeWithCallback.builder()
        .name("process_start_time_seconds")
        .help("When the process started, in seconds since 1970.")
        .callback(
            callback ->
                ProcessHandle.current()
                    .info()
                    .startInstant()
                    .map(Instant::toEpochMilli)
                    .ifPresent(millis -> callback.call(millis / 1e3)))
        .register(registry);
    GaugeWithCallback.builder()
        .name("process_resident_memory_bytes")
        .help("Memory in use, as the system sees it.")
        .callback(callback -> callback.call(residentBytes()))
        .register(registry);
    GaugeWithCallback.builder()
        .name("jvm_memory_used_bytes")
        .help("Heap in use, garbage included.")
        .labelNames("area")
        .callback(
            callback ->
                callback.call(
                    (double)
                        (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()),
                    "heap"))
        .register(registry);
  }

  private static double residentBytes() {
    try {
      String[] pages = Files.readString(Path.of("/proc/self/statm")).split(" ");
      return Long.parseLong(pages[1]) * PAGE;
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      // Not on Linux.
      return Double.NaN;
    }
  }
}
