package dev.signet.operator;

import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.operator.OtherController.Sighting;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps this process from writing what it would make of SealedSecrets while another controller is
 * at work on them, and says so. Everything else goes on, and the process is ready: in a rolling
 * update the other one is ended only when this one is.
 */
final class StandingBack {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.beside");

  private final Objects objects;
  private final OtherController other;
  private final Duration quiet;
  private final boolean looks;
  private Optional<String> told = Optional.empty();
  private volatile boolean waited;

  /**
   * @param objects asked for what changed; expected to answer from a cache
   */
  StandingBack(Objects objects, OtherController other, Beside beside) {
    this.objects = objects;
    this.other = other;
    this.quiet = beside.quiet();
    this.looks = beside.conduct() == Beside.Conduct.STAND_BACK;
  }

  static GroupKind kind() {
    return Kinds.SEALED_SECRETS.kind();
  }

  /** An object appeared, changed or went. */
  void changed(Ref ref) {
    if (!looks || !ref.kind().equals(kind())) {
      return;
    }
    try {
      Optional<KubeObject> object = objects.get(ref);
      object.ifPresentOrElse(other::look, () -> other.gone(ref));
    } catch (ObjectsException e) {
      // It is looked at when it changes again; the engine says that it cannot be read.
    }
  }

  boolean now() {
    return looks && other.atWork().isPresent();
  }

  /** Whether an object of that kind has to wait; {@link #tell} says when it need no longer. */
  boolean holds(GroupKind kind) {
    boolean holds = kind.equals(kind()) && now();
    if (holds) {
      waited = true;
    }
    return holds;
  }

  /** Asked right before each write that is about SealedSecrets. */
  void orFail() throws ObjectsException {
    Optional<Sighting> sighting = looks ? other.atWork() : Optional.empty();
    if (sighting.isPresent()) {
      throw new ObjectsException(
          new Problem.Unreachable(), "nothing was written: " + about(sighting.get()));
    }
  }

  /** What stands in the way, and what to do. */
  Optional<String> why() {
    return looks ? other.atWork().map(this::words) : Optional.empty();
  }

  /**
   * Logs that it begins or ends; whether it has ended and something may have waited. To be called
   * every now and then.
   */
  boolean tell() {
    Optional<Sighting> sighting = looks ? other.atWork() : Optional.empty();
    Optional<String> writer = sighting.map(Sighting::writer);
    boolean news = !writer.equals(told);
    told = writer;
    if (sighting.isPresent()) {
      if (news) {
        begins(sighting.get());
      }
      return false;
    }
    boolean over = news || waited;
    waited = false;
    if (news) {
      LOG.info(
          "no longer standing back: nobody else has written the status of a SealedSecret for {} s",
          quiet.toSeconds());
    }
    return over;
  }

  private void begins(Sighting seen) {
    LOG.atWarn()
        .addKeyValue("writer", seen.writer())
        .addKeyValue("namespace", seen.object().namespace())
        .addKeyValue("name", seen.object().name())
        .addKeyValue("written", seen.at())
        .log("standing back: {}", words(seen));
  }

  private static String about(Sighting sighting) {
    return "another controller, \""
        + sighting.writer()
        + "\", works on SealedSecrets: it wrote the status of "
        + sighting.object().path()
        + " at "
        + sighting.at();
  }

  private String words(Sighting sighting) {
    return about(sighting)
        + "; nothing is written for SealedSecrets until it has written none for "
        + quiet.toSeconds()
        + " s. Scale it down, or start this one with --shadow, which compares and writes nothing";
  }
}
