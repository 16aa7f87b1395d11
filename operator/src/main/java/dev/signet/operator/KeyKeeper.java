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

  private final SealingKeys keys;
  private final SealedSecretsSettings.Renewal renewal;
  private final InstantSource calendar;
  private final Semaphore asked = new Semaphore(0);
  private final Set<String> known = new HashSet<>();
  private boolean begun;
  private Optional<Instant> failed = Optional.empty();

  KeyKeeper(
      SealingKeys keys, SealedSecretsSettings.Renewal renewal, InstantSource calendar) {
    this.keys = keys;
    this.renewal = renewal;
    this.calendar = calendar;
  }

  /** Makes a key soon, whatever the renewal says, if this process leads. */
  void makeNow() {
    asked.release();
  }

  /** Looks for keys and makes what is due, once; whether keys came that were not there before. */
  boolean look() throws InterruptedException {
    boolean wanted = asked.drainPermits() > 0;
    try {
      if (!begun) {
        LOG.info("Searching for existing private keys");
      }
      KeyRing ring = keys.ring();
      if (wanted || due(ring, calendar.instant())) {
        ring = make();
      }
      begun = true;
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
    if (asked.tryAcquire(untilDue().toMillis(), TimeUnit.MILLISECONDS)) {
      asked.release();
    }
  }

  private Duration untilDue() {
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

  private boolean due(KeyRing ring, Instant now) {
    Optional<Instant> since = ring.currentSince();
    if (since.isEmpty()) {
      return renewal.first();
    }
    boolean cutOff = !begun && renewal.cutoff().filter(since.get()::isBefore).isPresent();
    boolean old =
        renewal.period().filter(period -> !since.get().plus(period).isAfter(now)).isPresent();
    return cutOff || old;
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
