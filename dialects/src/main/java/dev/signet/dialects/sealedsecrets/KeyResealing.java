package dev.signet.dialects.sealedsecrets;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.NoKeyException;
import dev.signet.core.sealing.Opened;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.Sealer;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * With the private keys at hand: seals for one key, the newest as a rule, unless that key made the
 * item. A value is in memory between being opened and being sealed, and zeroed at once. Both happen
 * under the label that the object's own metadata gives: what {@code spec.template} says of scope,
 * name or namespace counts for nothing, so a value can never end up bound to less than before.
 *
 * <p>Safe for use by several threads at once.
 */
public final class KeyResealing implements Resealing {

  private final KeyRing ring;
  private final RsaPublicKey target;
  private final Sealer sealer;

  /**
   * @param ring what opens; where it lacks the private half of {@code target}, items that are
   *     sealed with that already fail
   */
  public KeyResealing(KeyRing ring, RsaPublicKey target, SecureRandom random) {
    this.ring = ring;
    this.target = target;
    this.sealer = new Sealer(target, random);
  }

  @Override
  public Map<String, Result> reseal(SealedSecret sealed) {
    byte[] label = sealed.scope().label(sealed.metadata().namespace(), sealed.metadata().name());
    Map<String, Result> results = new TreeMap<>();
    sealed.encryptedData().forEach((name, text) -> results.put(name, item(text, label)));
    return results;
  }

  private Result item(String text, byte[] label) {
    String newest = target.fingerprint();
    try {
      Opened opened = ring.open(GoBase64.STD.decode(text), label, Hint.NONE.andKey(newest));
      try (SecretBytes value = opened.value()) {
        return opened.key().equals(newest)
            ? new Current()
            : new Stale(
                Resealing.laidOut(text, sealer.sealToBase64(value, label)),
                Optional.of(opened.key()));
      }
    } catch (IllegalBase64Exception e) {
      return new Failed(e.getMessage());
    } catch (NoKeyException e) {
      return new Failed("none of the keys opens it under this name, namespace and scope");
    }
  }
}
