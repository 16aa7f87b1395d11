package dev.signet.kube;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * How a {@link Cluster} behaves.
 *
 * @param qps requests a second, as long as the API server has not shown that it shares its time out
 *     by itself
 * @param burst how many of them may come at once
 * @param inFlight requests under way at once, watches and lists of caches aside
 * @param timeout for an answer to one request
 * @param mayWrite asked right before each write is sent; nothing is sent when it says no
 * @param fieldManager under which name writes are noted in managedFields, empty for the server's
 *     choice
 * @param userAgent how this process introduces itself
 * @param missing how often kinds that are not served are looked for again
 */
public record Options(
    int qps,
    int burst,
    int inFlight,
    Duration timeout,
    BooleanSupplier mayWrite,
    String fieldManager,
    String userAgent,
    Duration missing) {

  public Options {
    if (qps < 1 || burst < 1 || inFlight < 1) {
      throw new IllegalArgumentException("qps, burst and inFlight must be positive");
    }
  }

  public static Options defaults() {
    return new Options(
        50, 100, 64, Duration.ofSeconds(30), () -> true, "", "signet", Duration.ofSeconds(30));
  }

  public Options withRate(int qps, int burst) {
    return new Options(qps, burst, inFlight, timeout, mayWrite, fieldManager, userAgent, missing);
  }

  public Options withTimeout(Duration timeout) {
    return new Options(qps, burst, inFlight, timeout, mayWrite, fieldManager, userAgent, missing);
  }

  public Options withWriteGate(BooleanSupplier mayWrite) {
    return new Options(qps, burst, inFlight, timeout, mayWrite, fieldManager, userAgent, missing);
  }

  public Options withFieldManager(String fieldManager) {
    return new Options(qps, burst, inFlight, timeout, mayWrite, fieldManager, userAgent, missing);
  }

  public Options withUserAgent(String userAgent) {
    return new Options(qps, burst, inFlight, timeout, mayWrite, fieldManager, userAgent, missing);
  }

  public Options withMissingEvery(Duration missing) {
    return new Options(qps, burst, inFlight, timeout, mayWrite, fieldManager, userAgent, missing);
  }
}
