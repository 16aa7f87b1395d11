package dev.signet.dialects.sopssecrets;

import dev.signet.core.Material;
import dev.signet.delivery.Apply;
import dev.signet.delivery.Controller;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.sopssecrets.SopsSecretStatus.Message;
import dev.signet.sops.OpenKeys;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Makes the Secrets that SopsSecrets describe, and removes those that one described before. One
 * whose text and Secrets are as they were is not opened again.
 *
 * <p>Where upstream stops at the first Secret that it may not write, the others are delivered here;
 * and a Secret that is no longer described goes when all that are described are there, so that one
 * under a new name is there before the old one is gone.
 */
public final class SopsSecretController implements Controller {

  /**
   * What was found to be as it should be.
   *
   * @param versions of the Secrets, by name
   */
  private record Seen(String text, Map<String, String> versions) {}

  /** Why a Secret is not as described. */
  private record Failure(Message message, String reason, String said, boolean passes) {}

  private final Objects objects;
  private final Evidence evidence;
  private final DecryptionKeys keys;
  private final SopsSecretRules rules;
  private final InstantSource clock;
  private final Opening opening;
  private final Apply apply;

  private final Map<Ref, Seen> seen = new ConcurrentHashMap<>();

  /** What no key opened at the last look. */
  private final Set<Ref> waiting = ConcurrentHashMap.newKeySet();

  /** The Secrets of others that are in the way of some. */
  private final Map<Ref, Set<Ref>> blocked = new ConcurrentHashMap<>();

  public SopsSecretController(
      Objects objects,
      Evidence evidence,
      DecryptionKeys keys,
      SopsSecretRules rules,
      InstantSource clock,
      SecureRandom random) {
    this.objects = objects;
    this.evidence = evidence;
    this.keys = keys;
    this.rules = rules;
    this.clock = clock;
    this.opening = new Opening(random);
    this.apply = new Apply(objects);
  }

  @Override
  public GroupKind kind() {
    return SopsSecret.KIND;
  }

  /** A Secret with keys concerns what waits for one; one in the way, what it is in the way of. */
  @Override
  public List<Ref> concernedBy(Ref changed) throws ObjectsException {
    if (!changed.kind().equals(GroupKind.SECRET)) {
      return List.of();
    }
    List<Ref> concerned = new ArrayList<>();
    for (Ref each : waiting) {
      if (keys.concerns(changed, each.namespace())) {
        concerned.add(each);
      }
    }
    blocked.forEach(
        (ref, targets) -> {
          if (targets.contains(changed)) {
            concerned.add(ref);
          }
        });
    return concerned;
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    waiting.remove(ref);
    blocked.remove(ref);
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      seen.remove(ref);
      return new Outcome.Done();
    }
    KubeObject object = found.get();
    try {
      SopsSecret described = SopsSecret.of(object);
      if (described.suspended()) {
        seen.remove(ref);
        return told(
            object,
            new Failure(Message.SUSPENDED, "Suspended", "it is left alone by spec.suspend", false),
            Optional.empty(),
            new Outcome.Done());
      }
      String text = digest(described.metadata().uid(), object);
      if (asSeen(ref, text)) {
        return new Outcome.Done();
      }
      seen.remove(ref);
      try (OpenKeys open = keys.in(ref.namespace());
          Opening.Opened opened = opening.open(object, open, rules.mac())) {
        return deliver(object, described, opened, text);
      } catch (ClosedException e) {
        return closed(object, e);
      }
    } catch (MalformedObjectException e) {
      return closed(object, new ClosedException(ClosedException.Reason.MALFORMED, e.getMessage()));
    }
  }

  private boolean asSeen(Ref ref, String text) throws ObjectsException {
    Seen before = seen.get(ref);
    if (before == null || !before.text().equals(text)) {
      return false;
    }
    for (Map.Entry<String, String> each : before.versions().entrySet()) {
      Optional<String> version = objects.secretVersion(ref.namespace(), each.getKey());
      if (version.isEmpty() || !version.get().equals(each.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static String digest(String uid, KubeObject object) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Opening.text(object));
      return uid + " " + HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  private Outcome closed(KubeObject object, ClosedException e) throws ObjectsException {
    boolean passes = e.reason() == ClosedException.Reason.NO_KEY;
    if (passes) {
      waiting.add(object.ref());
    }
    evidence.event(Event.warning(object.ref(), e.reason().text(), e.getMessage()));
    return failed(
        object,
        new Failure(Message.DECRYPTION, e.reason().text(), e.getMessage(), passes),
        Optional.empty());
  }

  private Outcome deliver(
      KubeObject object, SopsSecret described, Opening.Opened opened, String text)
      throws ObjectsException {
    Ref ref = object.ref();
    boolean enforce = described.enforceOwnership().orElse(rules.enforceOwnership());
    Map<String, Opening.Template> templates = new LinkedHashMap<>();
    opened.templates().forEach(each -> templates.put(each.name(), each));
    Map<String, String> versions = new LinkedHashMap<>();
    List<Failure> failures = new ArrayList<>();
    int written = 0;
    for (Opening.Template template : templates.values()) {
      if (template.name().isEmpty()) {
        failures.add(
            new Failure(Message.CREATION, "NoName", "a secretTemplate has no name", false));
        continue;
      }
      Secret wanted = wanted(described, template);
      try {
        switch (apply.secret(
            ref.namespace(),
            template.name(),
            existing -> Ownership.decide(existing, wanted, described.metadata().uid(), enforce))) {
          case Apply.Applied.Refused(String reason, String message) -> {
            boolean owned = !reason.equals(Ownership.NOT_OWNED);
            failures.add(
                new Failure(owned ? Message.UPDATE : Message.NOT_OWNED, reason, message, false));
            if (!owned) {
              blocked.computeIfAbsent(ref, _ -> ConcurrentHashMap.newKeySet()).add(wanted.ref());
            }
          }
          case Apply.Applied.Unchanged(String version) -> {
            versions.put(template.name(), version);
            if (evidence.delivery(ref, wanted.ref()).isEmpty()) {
              delivered(ref, wanted);
            }
          }
          case Apply.Applied.Created(String version) -> {
            versions.put(template.name(), version);
            delivered(ref, wanted);
            written++;
          }
          case Apply.Applied.Updated(String version) -> {
            versions.put(template.name(), version);
            delivered(ref, wanted);
            written++;
          }
        }
      } catch (ObjectsException e) {
        if (!(e.problem() instanceof Problem.Denied)) {
          throw e;
        }
        boolean there = objects.secretVersion(ref.namespace(), template.name()).isPresent();
        failures.add(
            new Failure(there ? Message.UPDATE : Message.UNKNOWN, "Refused", e.getMessage(), true));
      }
    }
    if (!failures.isEmpty()) {
      failures.forEach(each -> evidence.event(Event.warning(ref, each.reason(), each.said())));
      return failed(object, failures.getFirst(), opened.macFits());
    }
    int removed = removeOthers(described, templates.keySet());
    if (written + removed > 0) {
      evidence.event(
          Event.normal(
              ref, "Delivered", written + " Secrets were written, " + removed + " removed"));
    }
    unproven(object, opened);
    seen.put(ref, new Seen(text, versions));
    return told(
        object,
        new Failure(
            Message.HEALTHY, "Delivered", templates.size() + " Secrets are as described", false),
        opened.macFits(),
        new Outcome.Done());
  }

  /** Said once: with each look it would hide all else. */
  private void unproven(KubeObject object, Opening.Opened opened) {
    boolean known =
        SopsSecretStatus.before(object, SopsSecretStatus.VERIFIED)
            .filter(each -> "Unknown".equals(each.get("status")))
            .isPresent();
    if (!known && !opened.macFits().orElse(true)) {
      evidence.event(Event.warning(object.ref(), "MACUnverified", Verification.UNPROVEN));
    }
  }

  private void delivered(Ref ref, Secret wanted) {
    evidence.delivered(Delivery.of(ref, wanted.ref(), wanted.data(), clock.instant()));
  }

  /** The values stay the template's. */
  private static Secret wanted(SopsSecret described, Opening.Template template) {
    Metadata metadata =
        Metadata.named(described.metadata().namespace(), template.name())
            .with("labels", template.labels())
            .with("annotations", template.annotations())
            .with("ownerReferences", described.owner());
    Material data = template.data();
    return new Secret(
        metadata, template.type().isEmpty() ? "Opaque" : template.type(), Optional.empty(), data);
  }

  private int removeOthers(SopsSecret described, Set<String> names) throws ObjectsException {
    String namespace = described.metadata().namespace();
    int removed = 0;
    for (Metadata each : objects.ownedSecrets(namespace, described.metadata().uid())) {
      if (names.contains(each.name())) {
        continue;
      }
      try {
        objects.deleteSecret(namespace, each.name(), each.uid());
        removed++;
      } catch (ObjectsException e) {
        boolean gone =
            e.problem() instanceof Problem.NotFound || e.problem() instanceof Problem.Conflict;
        if (!gone) {
          throw e;
        }
      }
    }
    return removed;
  }

  private Outcome failed(KubeObject object, Failure failure, Optional<Boolean> macFits)
      throws ObjectsException {
    return told(
        object,
        failure,
        macFits,
        failure.passes()
            ? new Outcome.Retry(failure.reason(), failure.said())
            : new Outcome.Stalled(failure.reason(), failure.said()));
  }

  private Outcome told(KubeObject object, Failure what, Optional<Boolean> macFits, Outcome outcome)
      throws ObjectsException {
    objects.updateStatus(
        object.ref(),
        SopsSecretStatus.of(
            object, what.message(), what.reason(), what.said(), macFits, clock.instant()));
    return outcome;
  }
}
