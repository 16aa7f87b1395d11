package dev.signet.dialects.sealedsecrets;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.NoKeyException;
import dev.signet.core.sealing.Opened;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.SealingKey;
import dev.signet.yaml.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens every item of an object, to see whether it opens: the values are zeroed at once and looked
 * at by nobody. An item that does not open is tried under the other scopes, because a scope that
 * was forgotten is the usual reason.
 */
public final class Opener implements ItemProof {

  private final KeyRing ring;

  public Opener(KeyRing ring) {
    this.ring = ring;
  }

  @Override
  public List<Finding> check(SealedSecret sealed, TreePath path) {
    List<Finding> findings = new ArrayList<>();
    Optional<String> newest = ring.current().map(SealingKey::id);
    for (Map.Entry<String, String> entry : sealed.encryptedData().entrySet()) {
      String name = entry.getKey();
      byte[] ciphertext;
      try {
        ciphertext = GoBase64.STD.decode(entry.getValue());
      } catch (IllegalBase64Exception e) {
        // Somebody else names it.
        continue;
      }
      Optional<String> key = open(ciphertext, sealed, sealed.scope());
      if (key.isEmpty()) {
        String message = "no key opens it" + reason(ciphertext, sealed);
        findings.add(new Finding(Rule.CANNOT_OPEN, path.key(name), name, message));
      } else if (newest.isPresent() && !newest.equals(key)) {
        String sealedWith = ring.find(key.get()).map(SealingKey::name).orElse(key.get());
        findings.add(
            new Finding(Rule.OLD_KEY, path.key(name), name, "it is sealed with " + sealedWith));
      }
    }
    return findings;
  }

  /** The fingerprint of the key that opens it under that scope. */
  private Optional<String> open(byte[] ciphertext, SealedSecret sealed, Scope scope) {
    byte[] label = scope.label(sealed.metadata().namespace(), sealed.metadata().name());
    try {
      Opened opened = ring.open(ciphertext, label, Hint.NONE);
      opened.value().close();
      return Optional.of(opened.key());
    } catch (NoKeyException e) {
      return Optional.empty();
    }
  }

  private String reason(byte[] ciphertext, SealedSecret sealed) {
    for (Scope scope : Scope.values()) {
      if (scope != sealed.scope() && open(ciphertext, sealed, scope).isPresent()) {
        return " as " + sealed.scope() + ", but it opens as " + scope + ": correct the annotation";
      }
    }
    return " as "
        + sealed.scope()
        + " for "
        + sealed.metadata().namespace()
        + "/"
        + sealed.metadata().name();
  }
}
