package dev.signet.operator;

import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.ObjectsException;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that there is a sealing key, and a new one when it is time. What it looks at is what
 * is there, not what it did: a key that somebody else made counts as much, and after a restart the
 * renewal is due when it would have been. Log messages are upstream's.
 */
final class KeyKeeper {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.keys");
  private static final Duration SEEN_WITHIN = Duration.ofSeconds(30);
  private static final Duration LOOK = Duration.ofMillis(50);

  /** How long it sleeps at most: calendars can be set, and keys come unseen. */
  private static final Duration LONGEST = Duration.ofSeconds(30);

  /** The same while no key may be made. */
  private static final Duration POSTPONED = Duration.ofSeconds(5);

  private final SealingKeys keys;
  private final SealedSecretsSettings.Renewal renewal;
  private final InstantSource calendar;
  private final BooleanSupplier mayMake;
  private final Semaphore asked = new Semaphore(0);
  private final Semaphore woken = new Semaphore(0);
  private final Set<String> known = new HashSet<>();
  private boolean searched;
  private boolean begun;
  private Optional<Instant> failed = Optional.empty();
  private volatile Optional<String> postponed = Optional.empty();

  /**
   * @param mayMake whether keys may be made at this very moment; what is due waits for that
   */
  KeyKeeper(
      SealingKeys keys,
      SealedSecretsSettings.Renewal renewal,
      InstantSource calendar,
      BooleanSupplier mayMake) {
    this.keys = keys;
    this.renewal = renewal;
    this.calendar = calendar;
    this.mayMake = mayMake;
  }

  /** Makes a key soon, whatever the renewal says, if this process leads. */
  void makeNow() {
    asked.release();
    wake();
  }

  /** Ends a {@link #rest} early. */
  void wake() {
    woken.release();
  }

  /** Why a key would be made, as of the last look, if that were allowed. */
  Optional<String> postponed() {
    return postponed;
  }

  /** Looks for keys and makes what is due, once; whether keys came that were not there before. */
  boolean look() throws InterruptedException {
    try {
      if (!searched) {
        LOG.info("Searching for existing private keys");
        searched = true;
      }
      KeyRing ring = keys.ring();
      Optional<String> why = due(ring, calendar.instant());
      if (mayMake.getAsBoolean()) {
        postponed = Optional.empty();
        if (asked.drainPermits() > 0 || why.isPresent()) {
          ring = make();
        }
        begun = true;
      } else {
        postponed = why;
      }
      failed = Optional.empty();
      return told(ring);
    } catch (ObjectsException e) {
      failed = Optional.of(calendar.instant());
      LOG.atError().addKeyValue("error", e.getMessage()).log("Failed to generate new key");
      return false;
    }
  }

  /** Waits until something may be due. */
  void rest() throws InterruptedException {
    if (woken.tryAcquire(untilDue().toMillis(), TimeUnit.MILLISECONDS)) {
      var _ = woken.drainPermits();
    }
  }

  private Duration untilDue() {
    if (!mayMake.getAsBoolean()) {
      return POSTPONED;
    }
    try {
      Optional<Instant> since = keys.ring().currentSince();
      if (renewal.period().isPresent() && since.isPresent() && failed.isEmpty()) {
        Duration left =
            Duration.between(calendar.instant(), since.get().plus(renewal.period().get()));
        if (left.compareTo(LONGEST) < 0) {
          return left.compareTo(LOOK) < 0 ? LOOK : left;
        }
      }
    } catch (ObjectsException e) {
      // The next look says so.
    }
    return LONGEST;
  }

  /** Why one is to be made. */
  private Optional<String> due(KeyRing ring, Instant now) {
    Optional<Instant> since = ring.currentSince();
    if (since.isEmpty()) {
      return renewal.first() ? Optional.of("there is none") : Optional.empty();
    }
    if (!begun && renewal.cutoff().filter(since.get()::isBefore).isPresent()) {
      return Optional.of("the newest is from before the cutoff time");
    }
    return renewal
        .period()
        .filter(period -> !since.get().plus(period).isAfter(now))
        .map(period -> "the newest is older than " + period.toHours() + " h");
  }

  private KeyRing make() throws ObjectsException, InterruptedException {
    SealingKey key = keys.create();
    LOG.atInfo()
        .addKeyValue("namespace", keys.rules().namespace())
        .addKeyValue("name", key.name())
        .log("New key written");
    LOG.atInfo()
        .addKeyValue(
            "certificate", new String(key.certificate().toPem(), StandardCharsets.US_ASCII))
        .log("Certificate generated");
    long deadline = System.nanoTime() + SEEN_WITHIN.toNanos();
    KeyRing ring = keys.ring();
    while (ring.find(key.id()).isEmpty() && System.nanoTime() - deadline < 0) {
      Thread.sleep(LOOK);
      ring = keys.ring();
    }
    return ring;
  }

  private boolean told(KeyRing ring) {
    boolean more = false;
    for (String fingerprint : ring.fingerprints()) {
      if (known.add(fingerprint)) {
        more = true;
        LOG.atInfo()
            .addKeyValue("secretname", ring.find(fingerprint).map(SealingKey::name).orElse(""))
            .log("registered private key");
      }
    }
    known.retainAll(ring.fingerprints());
    return more;
  }
}
