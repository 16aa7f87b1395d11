package dev.signet.operator;

import dev.signet.core.sealing.KeyRing;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Ref;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.dialects.sealedsecrets.escrow.Escrow;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives every sealing key that turns up its copy, while this process leads. It looks at the keys in
 * the cache once a second, which asks the cluster nothing; where Secrets are not watched, at the
 * keys that were read last. It looks at the copies when a key changed, and again every now and
 * then. What fails is tried again after a second, then twice that, up to a minute, and is told of
 * by an event on the key, a log line and a metric until it is done.
 */
final class EscrowWatch implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.escrow");
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration FIRST = Duration.ofSeconds(1);
  private static final Duration LAST = Duration.ofMinutes(1);

  /**
   * The keys that are there.
   *
   * @param remembered whether the namespace's Secrets are in the cache
   * @param last the keys as they were read last
   */
  record Keys(
      Objects objects, String namespace, BooleanSupplier remembered, Supplier<KeyRing> last) {

    /** What differs when a key came or changed. */
    List<String> versions() throws ObjectsException {
      if (!remembered.getAsBoolean()) {
        return last.get().fingerprints().stream().sorted().toList();
      }
      return objects.secretMetadata(namespace, SealingKeys.LABEL, SealingKeys.ACTIVE).stream()
          .map(each -> each.name() + "@" + each.resourceVersion())
          .toList();
    }
  }

  private final Escrow escrow;
  private final Keys keys;
  private final BooleanSupplier leads;
  private final Evidence evidence;
  private final Metrics metrics;
  private final Duration again;
  private final CountDownLatch stop = new CountDownLatch(1);
  private final AtomicReference<OptionalInt> unverified =
      new AtomicReference<>(OptionalInt.empty());
  private final Map<Ref, String> told = new HashMap<>();

  private EscrowWatch(
      Escrow escrow,
      Keys keys,
      BooleanSupplier leads,
      Evidence evidence,
      Metrics metrics,
      Duration again) {
    this.escrow = escrow;
    this.keys = keys;
    this.leads = leads;
    this.evidence = evidence;
    this.metrics = metrics;
    this.again = again;
  }

  /**
   * @param again after which copies are looked at though no key changed
   */
  static EscrowWatch start(
      Escrow escrow,
      Keys keys,
      BooleanSupplier leads,
      Evidence evidence,
      Metrics metrics,
      Duration again) {
    EscrowWatch watch = new EscrowWatch(escrow, keys, leads, evidence, metrics, again);
    metrics.escrow(watch.unverified::get);
    Thread.ofVirtual().name("escrow").start(watch::run);
    return watch;
  }

  private void run() {
    try {
      List<String> seen = List.of();
      Duration pause = FIRST;
      long due = System.nanoTime();
      do {
        if (!leads.getAsBoolean()) {
          unverified.set(OptionalInt.empty());
          due = System.nanoTime();
          continue;
        }
        try {
          List<String> now = keys.versions();
          if (now.equals(seen) && System.nanoTime() - due < 0) {
            continue;
          }
          seen = now;
          boolean good = pass();
          due = System.nanoTime() + (good ? again : pause).toNanos();
          pause = good ? FIRST : longer(pause);
        } catch (ObjectsException e) {
          LOG.warn("cannot see to the copies of sealing keys: {}", e.getMessage());
          metrics.escrowFailed();
          due = System.nanoTime() + pause.toNanos();
          pause = longer(pause);
        }
      } while (!stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LAST) > 0 ? LAST : twice;
  }

  private boolean pass() throws ObjectsException {
    int missing = 0;
    for (Escrow.Status status : escrow.run()) {
      String problem = status.problem().orElse("");
      if (!problem.isEmpty()) {
        missing++;
        metrics.escrowFailed();
      }
      tell(status, problem);
    }
    unverified.set(OptionalInt.of(missing));
    return missing == 0;
  }

  /** A problem once, as long as it is the same; that it is over, once too. */
  private void tell(Escrow.Status status, String problem) {
    Ref secret = status.secret();
    String before = told.getOrDefault(secret, "");
    told.put(secret, problem);
    if (!problem.isEmpty() && !problem.equals(before)) {
      LOG.warn("the sealing key {} has no verified copy: {}", secret.path(), problem);
      evidence.event(
          Event.warning(secret, "KeyNotEscrowed", "it has no verified copy: " + problem));
    }
    if (problem.isEmpty() && (status.copied() || !before.isEmpty())) {
      evidence.event(Event.normal(secret, "KeyEscrowed", "it has a verified copy"));
    }
  }

  @Override
  public void close() {
    stop.countDown();
  }
}
