package dev.signet.dialects.sealedsecrets;

import dev.signet.core.sealing.KeyRing;
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
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.template.Template;
import dev.signet.yaml.GoJson;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Opens SealedSecrets into Secrets. An object whose input and Secret are as they were after the
 * last write costs one look at a version, no RSA operation and no write.
 */
public final class SealedSecretController implements Controller {

  /** The reason when all is well but the status does not say so. */
  public static final String STATUS_UNWRITTEN = "StatusUnwritten";

  /** How an API server ends its refusal. */
  private static final String IMMUTABLE = "field is immutable when `immutable` is set";

  private final Objects objects;
  private final Evidence evidence;
  private final KeySource keys;
  private final Apply apply;
  private final Template.Sources sources;
  private final DeliveryRules rules;

  /** What this process has found to be as it should be: from then on edits of others may stay. */
  private final Set<Ref> looked = ConcurrentHashMap.newKeySet();

  /** What no key opened at the last look. */
  private final Set<Ref> unopened = ConcurrentHashMap.newKeySet();

  /** With the rules of Signet: what is not as it is described is made so. */
  public SealedSecretController(
      Objects objects, Evidence evidence, KeySource keys, Template.Sources sources) {
    this(objects, evidence, keys, sources, DeliveryRules.KEEP);
  }

  /**
   * @param sources the clock; and what templates draw on, each time an object is opened
   */
  public SealedSecretController(
      Objects objects,
      Evidence evidence,
      KeySource keys,
      Template.Sources sources,
      DeliveryRules rules) {
    this.objects = objects;
    this.evidence = evidence;
    this.keys = keys;
    this.apply = new Apply(objects);
    this.sources = sources;
    this.rules = rules;
  }

  @Override
  public GroupKind kind() {
    return SealedSecret.KIND;
  }

  /** A Secret concerns the SealedSecret of its name; a key concerns all that none has opened. */
  @Override
  public List<Ref> concernedBy(Ref changed) throws ObjectsException {
    if (!changed.kind().equals(GroupKind.SECRET)) {
      return List.of();
    }
    List<Ref> concerned = new ArrayList<>();
    Ref sameName = new Ref(SealedSecret.KIND, changed.namespace(), changed.name());
    Optional<KubeObject> object = objects.get(sameName);
    if (object.isPresent() && concerns(changed, object.get())) {
      concerned.add(sameName);
    }
    if (keys.holds(changed)) {
      concerned.addAll(unopened);
    }
    return concerned;
  }

  private boolean concerns(Ref secret, KubeObject object) throws ObjectsException {
    SealedSecretStatus.Hold hold = SealedSecretStatus.hold(object);
    Edits edits = Edits.of(object, rules);
    if (edits == Edits.ENFORCE || edits == Edits.REPORT) {
      return true;
    }
    return switch (rules.restored()) {
      case EDITED -> true;
      case DELETED ->
          objects.secretVersion(secret.namespace(), secret.name()).isEmpty()
              ? hold == SealedSecretStatus.Hold.OWN
              : hold == SealedSecretStatus.Hold.NONE;
      case NOTHING -> false;
    };
  }

  /** The Secret has the SealedSecret's name, so what happens to it is known by that. */
  @Override
  public boolean followsWhatItDelivered() {
    return false;
  }

  @Override
  public boolean endsWhatItDelivered() {
    return rules.deleteSecrets();
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      looked.remove(ref);
      unopened.remove(ref);
      if (rules.deleteSecrets()) {
        deleteSecret(ref);
      }
      return new Outcome.Done();
    }
    KubeObject object = found.get();
    try {
      SealedSecret sealed = SealedSecret.of(object);
      String input = digest(object, sealed);
      Edits edits = edits(object);
      Optional<SealedSecretStatus.Written> written = SealedSecretStatus.written(object);
      if (written.isPresent() && current(ref, input, written.get(), edits)) {
        looked.add(ref);
        return written.get().edited() && edits != Edits.REPORT
            ? synced(object, written.get().withoutEdits())
            : new Outcome.Done();
      }
      KeyRing ring = keys.ring();
      Unsealing unsealing = new Unsealing(ring, sources, rules.acceptDeprecatedData());
      try (Secret secret = unsealing.unseal(sealed, SealTimes.of(sealed.metadata()))) {
        unopened.remove(ref);
        return deliver(object, sealed, secret, input, written, edits);
      } catch (UnsealException e) {
        if (e.reason() == UnsealException.Reason.NO_KEY) {
          unopened.add(ref);
        }
        evidence.event(
            Event.warning(ref, "ErrUnsealFailed", "Failed to unseal: " + e.getMessage()));
        return refuse(object, e.getMessage(), reason(e, ring), advice(e, sealed, ring));
      }
    } catch (MalformedObjectException e) {
      return malformed(object, e.getMessage());
    }
  }

  /** Upstream never sees such an object: its API server or its decoder refuses it. */
  private Outcome malformed(KubeObject object, String message) throws ObjectsException {
    evidence.event(Event.warning(object.ref(), "ErrUnsealFailed", "Failed to unseal: " + message));
    try {
      return refuse(object, message, "Malformed", message);
    } catch (MalformedObjectException alsoItsMetadata) {
      return new Outcome.Stalled("Malformed", message);
    }
  }

  private Edits edits(KubeObject object) {
    Edits.misspelt(object)
        .ifPresent(
            value ->
                evidence.event(
                    Event.warning(
                        object.ref(),
                        "BadAnnotation",
                        Edits.ANNOTATION + " is not enforce, report or ignore: " + value)));
    return Edits.of(object, rules);
  }

  private boolean current(Ref ref, String input, SealedSecretStatus.Written written, Edits edits)
      throws ObjectsException {
    if (!written.input().equals(input)) {
      return false;
    }
    Optional<String> version = objects.secretVersion(ref.namespace(), ref.name());
    if (version.isEmpty()) {
      return false;
    }
    boolean asThen = version.get().equals(written.version());
    return switch (edits) {
      case ENFORCE -> asThen && !written.edited();
      case REPORT -> asThen;
      case IGNORE -> true;
      case UPSTREAM -> asThen || looked.contains(ref);
    };
  }

  private void deleteSecret(Ref ref) throws ObjectsException {
    Optional<Secret> secret = objects.secret(ref.namespace(), ref.name());
    if (secret.isPresent()) {
      try (Secret old = secret.get()) {
        objects.deleteSecret(ref.namespace(), ref.name(), old.metadata().uid());
      } catch (ObjectsException e) {
        if (!(e.problem() instanceof Problem.NotFound)) {
          throw e;
        }
      }
    }
  }

  /**
   * Over ciphertexts and names only: everything that decides what the Secret will be. Of the
   * annotations that is the scope alone; others come and go with every tool that deploys.
   */
  private static String digest(KubeObject object, SealedSecret sealed) {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("name", object.ref().path());
    input.put("scope", sealed.scope().text());
    input.put("spec", object.tree().getOrDefault("spec", Map.of()));
    input.put("uid", sealed.metadata().uid());
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(
                      GoJson.write(input, GoJson.Layout.COMPACT, GoJson.Keys.SORTED)
                          .getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  private Outcome deliver(
      KubeObject object,
      SealedSecret sealed,
      Secret secret,
      String input,
      Optional<SealedSecretStatus.Written> written,
      Edits edits)
      throws ObjectsException, MalformedObjectException {
    Ref ref = object.ref();
    boolean onlyTold =
        edits == Edits.REPORT && written.filter(it -> it.input().equals(input)).isPresent();
    // Without an owner reference, that we wrote it is what says that it is ours.
    boolean deliveredIt = evidence.delivery(ref, secret.ref()).isPresent();
    AtomicReference<SealedSecretStatus.Hold> hold =
        new AtomicReference<>(SealedSecretStatus.Hold.OWN);
    AtomicReference<String> seen = new AtomicReference<>("");
    Apply.Applied applied;
    try {
      applied =
          apply.secret(
              ref.namespace(),
              ref.name(),
              existing -> {
                hold.set(Existing.hold(existing, secret));
                existing.ifPresent(it -> seen.set(it.metadata().resourceVersion()));
                Apply.Decision decision =
                    Existing.decide(
                        existing, sealed, secret, deliveredIt || isAsWritten(existing, written));
                return onlyTold ? Existing.told(existing, decision) : decision;
              });
    } catch (ObjectsException e) {
      return unwritten(object, e);
    }
    return switch (applied) {
      case Apply.Applied.Refused(String reason, String what)
          when reason.equals(SealedSecretStatus.EDITED) ->
          edited(object, new SealedSecretStatus.Written(input, seen.get(), hold.get(), true), what);
      case Apply.Applied.Refused(String reason, String message) -> {
        evidence.event(Event.warning(ref, "ErrUpdateFailed", message));
        yield refuse(
            object,
            "failed update: " + message,
            reason,
            message
                + "; annotate the Secret with "
                + Existing.MANAGED
                + "=true to let it be replaced, or delete it");
      }
      case Apply.Applied.Unchanged(String version) ->
          synced(object, new SealedSecretStatus.Written(input, version, hold.get(), false));
      case Apply.Applied.Created(String version) ->
          wrote(object, secret, new SealedSecretStatus.Written(input, version, hold.get(), false));
      case Apply.Applied.Updated(String version) ->
          wrote(object, secret, new SealedSecretStatus.Written(input, version, hold.get(), false));
    };
  }

  /** The cluster did not take the Secret. Nobody is told of what passes by itself. */
  private Outcome unwritten(KubeObject object, ObjectsException e)
      throws ObjectsException, MalformedObjectException {
    if (!(e.problem() instanceof Problem.Denied)) {
      throw e;
    }
    Ref ref = object.ref();
    String message = e.getMessage();
    boolean immutable = message.endsWith(IMMUTABLE);
    evidence.event(Event.warning(ref, "ErrUpdateFailed", immutable ? immutable(ref) : message));
    String advice = immutable ? message + "; delete the Secret to let it be made anew" : message;
    var refused = refuse(object, message, "Refused", advice);
    // Rights, quotas and admission may be changed at any time, without anything we could see.
    return immutable ? refused : new Outcome.Retry("Refused", advice);
  }

  private static boolean isAsWritten(
      Optional<Secret> existing, Optional<SealedSecretStatus.Written> written) {
    return existing.isPresent()
        && written.isPresent()
        && written.get().version().equals(existing.get().metadata().resourceVersion());
  }

  private static String immutable(Ref ref) {
    return "Error updating "
        + ref.path()
        + ": the target Secret is immutable. Once a Secret is marked as immutable, it is not"
        + " possible to revert this change nor to mutate the contents of the data field. You can"
        + " only delete and recreate the Secret.";
  }

  private Outcome wrote(KubeObject object, Secret secret, SealedSecretStatus.Written written)
      throws ObjectsException, MalformedObjectException {
    evidence.delivered(Delivery.of(object.ref(), secret.ref(), secret.data(), now()));
    evidence.event(Event.normal(object.ref(), "Unsealed", "SealedSecret unsealed successfully"));
    return synced(object, written);
  }

  private Outcome synced(KubeObject object, SealedSecretStatus.Written written)
      throws ObjectsException, MalformedObjectException {
    looked.add(object.ref());
    return status(
        object,
        SealedSecretStatus.synced(object, object.metadata().generation(), written, now()),
        new Outcome.Done());
  }

  /** What somebody else made of the Secret stays, by request. */
  private Outcome edited(KubeObject object, SealedSecretStatus.Written seen, String what)
      throws ObjectsException, MalformedObjectException {
    looked.add(object.ref());
    String message =
        "somebody else edited the Secret ("
            + what
            + "); it stays so because of "
            + Edits.ANNOTATION
            + "=report: enforce would undo it";
    evidence.event(Event.warning(object.ref(), "SecretEdited", message));
    return status(
        object,
        SealedSecretStatus.edited(object, object.metadata().generation(), seen, message, now()),
        new Outcome.Done());
  }

  private Outcome refuse(KubeObject object, String message, String reason, String advice)
      throws ObjectsException, MalformedObjectException {
    return status(
        object,
        SealedSecretStatus.failed(
            object, object.metadata().generation(), message, reason, advice, now()),
        new Outcome.Stalled(reason, advice));
  }

  /** Writes the status, if it is to be written; what it was about is true either way. */
  private Outcome status(KubeObject object, Map<String, Object> status, Outcome outcome)
      throws ObjectsException {
    if (!rules.writeStatus()) {
      return outcome;
    }
    try {
      objects.updateStatus(object.ref(), status);
      return outcome;
    } catch (ObjectsException e) {
      return switch (e.problem()) {
        // A status that is out of date, or an object that is gone: the next look will tell.
        case Problem.Conflict _,
            Problem.NotFound _,
            Problem.Denied _,
            Problem.Refused _,
            Problem.Malformed _ ->
            new Outcome.Retry(STATUS_UNWRITTEN, e.getMessage());
        case Problem.Throttled _, Problem.Unreachable _ -> throw e;
      };
    }
  }

  private Instant now() {
    return sources.clock().instant();
  }

  private static String reason(UnsealException e, KeyRing ring) {
    return switch (e.reason()) {
      case NO_KEY ->
          ring.size() == 0 ? SealedSecretStatus.NO_KEYS : SealedSecretStatus.NO_KEY_OPENS;
      case UNREADABLE -> "Unreadable";
      case TEMPLATE -> "TemplateFailed";
    };
  }

  private static String advice(UnsealException e, SealedSecret sealed, KeyRing ring) {
    String upstream = String.join("; ", List.of(e.getMessage().split("\n")));
    if (e.reason() != UnsealException.Reason.NO_KEY) {
      return upstream;
    }
    if (ring.size() == 0) {
      return upstream + ": there is no sealing key; restore one with `signet keys import`";
    }
    String bound =
        switch (sealed.scope()) {
          case STRICT ->
              "name and namespace "
                  + sealed.metadata().namespace()
                  + "/"
                  + sealed.metadata().name();
          case NAMESPACE_WIDE -> "namespace " + sealed.metadata().namespace();
          case CLUSTER_WIDE -> "no name";
        };
    return upstream
        + ": tried scope "
        + sealed.scope().text()
        + " ("
        + bound
        + ") with "
        + (ring.size() == 1 ? "1 key" : ring.size() + " keys")
        + "; it was sealed for another name, namespace or scope, with another key, or damaged";
  }
}
