package dev.signet.cli;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.sealing.Envelope;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.dialects.sealedsecrets.Resealing;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Resealing by who has the keys. Of the reply nothing is taken but ciphertexts, and those only when
 * they can be what was asked for: the same items, each for the newest key as far as that can be
 * told, each with a value of the same length.
 *
 * <p>Signet's controller leaves what is on the newest key as it is, so what changed was stale.
 * Upstream's seals everything anew, so there nobody can tell. Which of the two it is shows when it
 * is sent what it has just made.
 */
final class ControllerResealing implements Resealing {

  private enum Habit {
    unknown,
    leavesTheNewest,
    sealsEverything
  }

  private final SealingService service;
  private final RsaPublicKey newest;
  private final AtomicReference<Habit> habit = new AtomicReference<>(Habit.unknown);

  /** Why it does not answer any more; then it is not asked again. */
  private final AtomicReference<Optional<String>> silence = new AtomicReference<>(Optional.empty());

  /**
   * @param newest the key of the certificate that it hands out
   */
  ControllerResealing(SealingService service, RsaPublicKey newest) {
    this.service = service;
    this.newest = newest;
  }

  /** Whether it seals anew what is on the newest key already, as upstream's does. */
  boolean sealsEverything() {
    return habit.get() == Habit.sealsEverything;
  }

  @Override
  public Map<String, Result> reseal(SealedSecret sealed) {
    Map<String, String> items = sealed.encryptedData();
    if (items.isEmpty()) {
      return Map.of();
    }
    if (silence.get().isPresent()) {
      return failed(items, silence.get().get());
    }
    try {
      Optional<Map<String, String>> reply = service.rotate(sealed, items);
      return reply.isEmpty() ? unopened(sealed) : compared(sealed, reply.get());
    } catch (SealingService.NoAnswerException e) {
      silence.set(Optional.of("the controller: " + e.getMessage()));
      return failed(items, "the controller: " + e.getMessage());
    }
  }

  private static Map<String, Result> failed(Map<String, String> items, String reason) {
    Map<String, Result> results = new TreeMap<>();
    items.keySet().forEach(name -> results.put(name, new Failed(reason)));
    return results;
  }

  /** Which of them it is that does not open. */
  private Map<String, Result> unopened(SealedSecret sealed)
      throws SealingService.NoAnswerException {
    Map<String, Result> results = new TreeMap<>();
    for (Map.Entry<String, String> item : sealed.encryptedData().entrySet()) {
      boolean opens =
          sealed.encryptedData().size() > 1
              && service.opens(sealed, Map.of(item.getKey(), item.getValue()));
      results.put(
          item.getKey(),
          new Failed(
              opens
                  ? "another item of the object does not open"
                  : "the controller does not open it under this name, namespace and scope"));
    }
    return results;
  }

  private Map<String, Result> compared(SealedSecret sealed, Map<String, String> reply)
      throws SealingService.NoAnswerException {
    Map<String, String> items = sealed.encryptedData();
    if (!reply.keySet().equals(items.keySet())) {
      return failed(items, "the controller's reply has other items");
    }
    Map<String, Result> results = new TreeMap<>();
    items.forEach((name, text) -> results.put(name, compared(text, reply.getOrDefault(name, ""))));
    if (results.values().stream().anyMatch(Stale.class::isInstance)) {
      learn(sealed, reply);
    }
    return results;
  }

  private Result compared(String before, String after) {
    try {
      byte[] old = GoBase64.STD.decode(before);
      byte[] anew = GoBase64.STD.decode(after);
      if (Arrays.equals(old, anew)) {
        return new Current();
      }
      Optional<Envelope> was = Envelope.of(old);
      Optional<Envelope> is = Envelope.of(anew);
      return was.isPresent()
              && is.isPresent()
              && is.get().valueSize() == was.get().valueSize()
              && is.get().canBelongTo(newest)
          ? new Stale(Resealing.laidOut(before, after), Optional.empty())
          : new Failed("what the controller sent back cannot be the same value on its newest key");
    } catch (IllegalBase64Exception e) {
      return new Failed("the controller's reply: " + e.getMessage());
    }
  }

  private void learn(SealedSecret sealed, Map<String, String> made)
      throws SealingService.NoAnswerException {
    if (habit.get() == Habit.unknown) {
      Optional<Map<String, String>> again = service.rotate(sealed, made);
      habit.set(again.equals(Optional.of(made)) ? Habit.leavesTheNewest : Habit.sealsEverything);
    }
  }
}
