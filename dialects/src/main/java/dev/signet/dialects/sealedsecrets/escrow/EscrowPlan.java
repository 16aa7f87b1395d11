package dev.signet.dialects.sealedsecrets.escrow;

import dev.signet.core.age.Identity;
import dev.signet.core.age.Recipient;
import dev.signet.delivery.Objects;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What an administrator decided about copies of keys.
 *
 * @param recipients who can open them
 * @param targets where they go, other than Secrets
 * @param secrets the namespace of Secrets they go to as well
 */
public record EscrowPlan(
    List<Recipient> recipients, List<EscrowTarget> targets, Optional<String> secrets) {

  public EscrowPlan {
    recipients = List.copyOf(recipients);
    targets = List.copyOf(targets);
  }

  /** For the keys of that namespace. */
  public Escrow escrow(
      Objects objects, String namespace, List<Identity> identities, SecureRandom random) {
    List<EscrowTarget> all = new ArrayList<>(targets);
    secrets.ifPresent(name -> all.add(new SecretTarget(objects, name)));
    return new Escrow(objects, namespace, all, recipients, identities, random);
  }
}
