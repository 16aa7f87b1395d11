package dev.signet.kube;

import dev.signet.delivery.object.GroupKind;
import java.time.Duration;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * How a {@link Cluster} behaves.
 *
 * @param rate of requests
 * @param inFlight requests under way at once, watches and lists of caches aside
 * @param timeout for an answer to one request
 * @param mayWrite asked right before each write is sent; nothing is sent when it says no
 * @param fieldManager under which name writes are noted in managedFields, empty for the server's
 *     choice
 * @param userAgent how this process introduces itself
 * @param missing how often kinds that are not served are looked for again
 * @param remembered kinds of which one field of the status, where nothing else changes, is only
 *     remembered by this process, and not written
 */
public record Options(
    Rate rate,
    int inFlight,
    Duration timeout,
    BooleanSupplier mayWrite,
    String fieldManager,
    String userAgent,
    Duration missing,
    Map<GroupKind, String> remembered) {

  public Options {
    remembered = Map.copyOf(remembered);
    if (inFlight < 1) {
      throw new IllegalArgumentException("inFlight must be positive");
    }
  }

  public static Options defaults() {
    return new Options(
        Rate.polite(50, 100),
        64,
        Duration.ofSeconds(30),
        () -> true,
        "",
        "signet",
        Duration.ofSeconds(30),
        Map.of());
  }

  public Options withRate(int qps, int burst) {
    return withRate(Rate.polite(qps, burst));
  }

  public Options withRate(Rate rate) {
    return new Options(
        rate, inFlight, timeout, mayWrite, fieldManager, userAgent, missing, remembered);
  }

  public Options withTimeout(Duration timeout) {
    return new Options(
        rate, inFlight, timeout, mayWrite, fieldManager, userAgent, missing, remembered);
  }

  public Options withWriteGate(BooleanSupplier mayWrite) {
    return new Options(
        rate, inFlight, timeout, mayWrite, fieldManager, userAgent, missing, remembered);
  }

  public Options withFieldManager(String fieldManager) {
    return new Options(
        rate, inFlight, timeout, mayWrite, fieldManager, userAgent, missing, remembered);
  }

  public Options withUserAgent(String userAgent) {
    return new Options(
        rate, inFlight, timeout, mayWrite, fieldManager, userAgent, missing, remembered);
  }

  public Options withMissingEvery(Duration missing) {
    return new Options(
        rate, inFlight, timeout, mayWrite, fieldManager, userAgent, missing, remembered);
  }

  public Options withRemembered(Map<GroupKind, String> remembered) {
    return new Options(
        rate, inFlight, timeout, mayWrite, fieldManager, userAgent, missing, remembered);
  }
}
