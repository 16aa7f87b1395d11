package dev.signet.dialects.sealedsecrets;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.sealing.Hint;
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
import dev.signet.delivery.object.Metadata;
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

/**
 * Opens SealedSecrets into Secrets. An object whose input and Secret are as they were after the
 * last write costs one look at a version, no RSA operation and no write.
 */
public final class SealedSecretController implements Controller {

  static final String MANAGED = "sealedsecrets.bitnami.com/managed";
  static final String PATCH = "sealedsecrets.bitnami.com/patch";

  /** How an API server ends its refusal. */
  private static final String IMMUTABLE = "field is immutable when `immutable` is set";

  private final Objects objects;
  private final Evidence evidence;
  private final KeySource keys;
  private final Apply apply;
  private final Template.Sources sources;

  /**
   * @param sources the clock; and what templates draw on, each time an object is opened
   */
  public SealedSecretController(
      Objects objects, Evidence evidence, KeySource keys, Template.Sources sources) {
    this.objects = objects;
    this.evidence = evidence;
    this.keys = keys;
    this.apply = new Apply(objects);
    this.sources = sources;
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
    if (objects.get(sameName).isPresent()) {
      concerned.add(sameName);
    }
    if (keys.holds(changed)) {
      for (KubeObject object : objects.list(SealedSecret.KIND)) {
        if (SealedSecretStatus.waitsForKey(object)) {
          concerned.add(object.ref());
        }
      }
    }
    return concerned;
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      return new Outcome.Done();
    }
    KubeObject object = found.get();
    try {
      SealedSecret sealed = SealedSecret.of(object);
      String input = digest(object, sealed);
      Optional<SealedSecretStatus.Written> written = SealedSecretStatus.written(object);
      if (written.isPresent() && current(ref, input, written.get())) {
        return new Outcome.Done();
      }
      KeyRing ring = keys.ring();
      try (Secret secret = new Unsealing(ring, sources).unseal(sealed, Hint.NONE)) {
        return deliver(object, sealed, secret, input, written);
      } catch (UnsealException e) {
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

  private boolean current(Ref ref, String input, SealedSecretStatus.Written written)
      throws ObjectsException {
    return written.input().equals(input)
        && objects
            .secretVersion(ref.namespace(), ref.name())
            .filter(written.version()::equals)
            .isPresent();
  }

  /** Over ciphertexts and names only: everything that decides what the Secret will be. */
  private static String digest(KubeObject object, SealedSecret sealed) {
    Map<String, Object> input = new LinkedHashMap<>();
    input.put("annotations", sealed.metadata().annotations());
    input.put("name", object.ref().path());
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
      Optional<SealedSecretStatus.Written> written)
      throws ObjectsException, MalformedObjectException {
    Ref ref = object.ref();
    // Without an owner reference, that we wrote it is what says that it is ours.
    boolean deliveredIt = evidence.delivery(ref, secret.ref()).isPresent();
    Apply.Applied applied;
    try {
      applied =
          apply.secret(
              ref.namespace(),
              ref.name(),
              existing ->
                  decide(existing, sealed, secret, deliveredIt || isAsWritten(existing, written)));
    } catch (ObjectsException e) {
      if (!(e.problem() instanceof Problem.Denied)) {
        throw e;
      }
      String message = e.getMessage();
      evidence.event(
          Event.warning(
              ref, "ErrUpdateFailed", message.endsWith(IMMUTABLE) ? immutable(ref) : message));
      return refuse(
          object,
          message,
          "Refused",
          message.endsWith(IMMUTABLE)
              ? message + "; delete the Secret to let it be made anew"
              : message);
    }
    return switch (applied) {
      case Apply.Applied.Refused(String reason, String message) -> {
        evidence.event(Event.warning(ref, "ErrUpdateFailed", message));
        yield refuse(
            object,
            "failed update: " + message,
            reason,
            message
                + "; annotate the Secret with "
                + MANAGED
                + "=true to let it be replaced, or delete it");
      }
      case Apply.Applied.Unchanged(String version) -> synced(object, input, version);
      case Apply.Applied.Created(String version) -> wrote(object, secret, input, version);
      case Apply.Applied.Updated(String version) -> wrote(object, secret, input, version);
    };
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

  private Outcome wrote(KubeObject object, Secret secret, String input, String version)
      throws ObjectsException, MalformedObjectException {
    evidence.delivered(Delivery.of(object.ref(), secret.ref(), secret.data(), now()));
    evidence.event(Event.normal(object.ref(), "Unsealed", "SealedSecret unsealed successfully"));
    return synced(object, input, version);
  }

  private Outcome synced(KubeObject object, String input, String version)
      throws ObjectsException, MalformedObjectException {
    Ref ref = object.ref();
    objects.updateStatus(
        ref,
        SealedSecretStatus.synced(
            object,
            object.metadata().generation(),
            new SealedSecretStatus.Written(input, version),
            now()));
    return new Outcome.Done();
  }

  private Outcome refuse(KubeObject object, String message, String reason, String advice)
      throws ObjectsException, MalformedObjectException {
    objects.updateStatus(
        object.ref(),
        SealedSecretStatus.failed(
            object, object.metadata().generation(), message, reason, advice, now()));
    return new Outcome.Stalled(reason, advice);
  }

  /** Upstream's rules for a Secret that is there already; see §3.3 of docs/sealed-secrets.md. */
  private static Apply.Decision decide(
      Optional<Secret> existing, SealedSecret sealed, Secret wanted, boolean wroteIt) {
    if (existing.isEmpty()) {
      return new Apply.Decision.Write(
          new Secret(
              wanted.metadata().with("resourceVersion", null).with("uid", null),
              wanted.type(),
              wanted.immutable(),
              wanted.data().copy()));
    }
    Secret before = existing.get();
    Metadata metadata = before.metadata();
    boolean patch = "true".equals(metadata.annotations().get(PATCH));
    boolean managed = "true".equals(metadata.annotations().get(MANAGED));
    if (!patch && !managed && !wroteIt && !owns(sealed, metadata)) {
      return new Apply.Decision.Refuse(
          "NotManaged",
          "Resource \"" + metadata.name() + "\" already exists and is not managed by SealedSecret");
    }
    return new Apply.Decision.Write(patch ? patched(before, wanted) : replaced(before, wanted));
  }

  private static boolean owns(SealedSecret sealed, Metadata metadata) {
    return metadata
        .controllerOwner()
        .filter(owner -> sealed.metadata().uid().equals(owner.get("uid")))
        .isPresent();
  }

  private static Secret replaced(Secret before, Secret wanted) {
    Metadata metadata =
        before
            .metadata()
            .with("labels", wanted.metadata().labels())
            .with("annotations", wanted.metadata().annotations())
            .with("ownerReferences", wanted.metadata().tree().get("ownerReferences"));
    return new Secret(metadata, wanted.type(), before.immutable(), wanted.data().copy());
  }

  private static Secret patched(Secret before, Secret wanted) {
    Map<String, String> labels = new LinkedHashMap<>(before.metadata().labels());
    labels.putAll(wanted.metadata().labels());
    Map<String, String> annotations = new LinkedHashMap<>(before.metadata().annotations());
    annotations.putAll(wanted.metadata().annotations());
    Metadata metadata = before.metadata().with("labels", labels).with("annotations", annotations);
    if ("true".equals(annotations.get(MANAGED))) {
      metadata = metadata.with("ownerReferences", wanted.metadata().tree().get("ownerReferences"));
    }
    Material data = before.data().copy();
    for (Map.Entry<String, Item> entry : wanted.data().items().entrySet()) {
      data.put(
          entry.getKey(), new Item(entry.getValue().value().copy(), entry.getValue().origin()));
    }
    return new Secret(metadata, wanted.type(), before.immutable(), data);
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
