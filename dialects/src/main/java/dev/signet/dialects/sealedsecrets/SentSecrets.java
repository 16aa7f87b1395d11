package dev.signet.dialects.sealedsecrets;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.Item;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.NoKeyException;
import dev.signet.core.sealing.Opened;
import dev.signet.core.sealing.OpeningBudget;
import dev.signet.core.sealing.Scope;
import dev.signet.core.sealing.Sealer;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.RefusedBodyException.Reason;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoJson;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the controller answers to whoever may reach it, with nothing but a SealedSecret as it was
 * sent: whether every item opens, and the same sealed with the newest key.
 *
 * <p>The asker is a stranger. So that answers tell nothing of values:
 *
 * <ul>
 *   <li>templates are never rendered, not even parsed: an error of one would be a bit of the value;
 *   <li>malformed Base64, a ciphertext cut short, the wrong key, name or scope, and a deprecated
 *       blob that holds no Secret are one refusal, made at one place;
 *   <li>the scope is what the object's own annotations say, and never that of its template or of
 *       the Secret inside a deprecated blob: what comes back opens exactly where the sent one did;
 *   <li>opening stops at the first item that fails, and at the budget.
 * </ul>
 *
 * <p>Layout of the reply, deviations from upstream's and their opt-out: docs/sealing-endpoints.md.
 *
 * @param rotation how {@link #rotate} treats what is around the items
 * @param acceptDeprecated whether {@code spec.data} of 2017 is opened
 * @param operations how many RSA operations one body may cost
 */
public record SentSecrets(Rotation rotation, boolean acceptDeprecated, int operations) {

  /** How a SealedSecret is sealed anew. */
  public enum Rotation {
    /**
     * Items that are on the newest key stay as they are; labels, annotations and the template,
     * {@code template.data} unrendered, are kept.
     */
    KEEP,
    /**
     * As upstream 0.40.0: every item anew, the object's metadata in place of the template's, and no
     * {@code template.data}.
     */
    UPSTREAM
  }

  /** More than an object of a cluster can need, and little to read. */
  private static final ReadLimits LIMITS = new ReadLimits(64 << 20, 2, 64, 200_000, 10_000);

  private static final List<String> COPIES_OF_ALL =
      List.of(
          "kubectl.kubernetes.io/last-applied-configuration",
          "kubecfg.ksonnet.io/last-applied-configuration");

  public SentSecrets {
    if (operations < 1) {
      throw new IllegalArgumentException("at least one operation is needed");
    }
  }

  /** Whether every item opens; there may be none. */
  public boolean opens(byte[] body, KeyRing ring) throws RefusedBodyException {
    SealedSecret sealed = read(body);
    try {
      Opening opening = new Opening(sealed, ring);
      if (sealed.deprecatedData().isPresent()) {
        opening.blob().close();
      }
      for (String text : sealed.encryptedData().values()) {
        opening.item(text).value().close();
      }
      return true;
    } catch (RefusedBodyException e) {
      if (e.reason() == Reason.UNOPENED) {
        return false;
      }
      throw e;
    }
  }

  /** The SealedSecret with all items on the newest key, as compact JSON without kind. */
  public byte[] rotate(byte[] body, KeyRing ring, SecureRandom random) throws RefusedBodyException {
    SealedSecret sealed = read(body);
    if (sealed.scope() != Scope.CLUSTER_WIDE && sealed.metadata().namespace().isEmpty()) {
      throw new RefusedBodyException(Reason.MALFORMED, "secret must declare a namespace");
    }
    SealingKey newest =
        ring.current()
            .orElseThrow(() -> new RefusedBodyException(Reason.NO_KEY, "there is no sealing key"));
    Sealer sealer = new Sealer(newest.certificate().publicKey(), random);
    SealedSecret anew =
        sealed.deprecatedData().isPresent()
            ? withoutBlob(sealed, ring, sealer)
            : withItems(sealed, ring, newest.id(), sealer);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>(anew.write());
    tree.remove("kind");
    tree.remove("apiVersion");
    return GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN)
        .getBytes(StandardCharsets.UTF_8);
  }

  private static SealedSecret read(byte[] body) throws RefusedBodyException {
    try {
      List<Document> documents = Documents.read(body, "body", LIMITS, DuplicateKeys.LAST_WINS);
      if (documents.size() != 1) {
        throw new RefusedBodyException(
            Reason.MALFORMED, documents.size() + " documents where one is expected");
      }
      return SealedSecret.sent(documents.getFirst().tree());
    } catch (MalformedDocumentException | MalformedObjectException e) {
      throw new RefusedBodyException(Reason.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private SealedSecret withItems(SealedSecret sealed, KeyRing ring, String newest, Sealer sealer)
      throws RefusedBodyException {
    byte[] label = label(sealed);
    Opening opening = new Opening(sealed, ring);
    Map<String, String> items = new TreeMap<>();
    for (Map.Entry<String, String> entry : sealed.encryptedData().entrySet()) {
      Opened opened = opening.item(entry.getValue());
      try (SecretBytes value = opened.value()) {
        items.put(
            entry.getKey(),
            rotation == Rotation.KEEP && opened.key().equals(newest)
                ? entry.getValue()
                : sealer.sealToBase64(value, label));
      }
    }
    SealedSecret.Template template = sealed.template();
    return switch (rotation) {
      case KEEP -> new SealedSecret(own(sealed), items, kept(sealed), Optional.empty());
      case UPSTREAM ->
          new SealedSecret(
              scoped(sealed, Map.of()),
              items,
              new SealedSecret.Template(
                  forTemplate(sealed.metadata()), template.type(), template.immutable(), Map.of()),
              Optional.empty());
    };
  }

  /** Upstream seals what was in the blob item by item, its metadata in the template. */
  private SealedSecret withoutBlob(SealedSecret sealed, KeyRing ring, Sealer sealer)
      throws RefusedBodyException {
    byte[] label = label(sealed);
    try (SecretBytes blob = new Opening(sealed, ring).blob();
        Secret secret = inside(blob)) {
      Map<String, String> items = new TreeMap<>();
      for (Map.Entry<String, Item> entry : secret.data().items().entrySet()) {
        items.put(entry.getKey(), sealer.sealToBase64(entry.getValue().value(), label));
      }
      Metadata inner =
          forTemplate(secret.metadata())
              .with("namespace", sealed.metadata().namespace())
              .with("name", sealed.metadata().name());
      return new SealedSecret(
          rotation == Rotation.KEEP ? own(sealed) : scoped(sealed, Map.of()),
          items,
          new SealedSecret.Template(
              inner.with(
                  "annotations", ScopeAnnotations.write(inner.annotations(), sealed.scope())),
              secret.type(),
              secret.immutable(),
              Map.of()),
          Optional.empty());
    }
  }

  private static Secret inside(SecretBytes blob) throws RefusedBodyException {
    try {
      List<Document> documents =
          blob.with(text -> Documents.read(text, "blob", LIMITS, DuplicateKeys.LAST_WINS));
      if (documents.size() == 1
          && "Secret".equals(documents.getFirst().tree().get("kind"))
          && "v1".equals(documents.getFirst().tree().get("apiVersion"))) {
        return SecretManifest.read(documents.getFirst().tree(), "blob");
      }
    } catch (MalformedDocumentException | MalformedObjectException e) {
      // What is wrong with it is a secret too.
    }
    throw unopened();
  }

  private static byte[] label(SealedSecret sealed) {
    Metadata metadata = sealed.metadata();
    return sealed.scope().label(metadata.namespace(), metadata.name());
  }

  /** What a person wrote of the object's metadata, without what a server added. */
  private static Metadata own(SealedSecret sealed) {
    return scoped(sealed, withoutCopies(sealed.metadata().annotations()))
        .with("labels", sealed.metadata().labels());
  }

  private static Metadata scoped(SealedSecret sealed, Map<String, String> annotations) {
    return Metadata.named(sealed.metadata().namespace(), sealed.metadata().name())
        .with("annotations", ScopeAnnotations.write(annotations, sealed.scope()));
  }

  /** The template as it was; only its scope is made to say the object's. */
  private static SealedSecret.Template kept(SealedSecret sealed) {
    SealedSecret.Template template = sealed.template();
    Metadata metadata = template.metadata();
    return new SealedSecret.Template(
        metadata.with(
            "annotations", ScopeAnnotations.write(metadata.annotations(), sealed.scope())),
        template.type(),
        template.immutable(),
        template.data());
  }

  private static Metadata forTemplate(Metadata metadata) {
    return metadata
        .with("annotations", withoutCopies(metadata.annotations()))
        .with("ownerReferences", null);
  }

  private static Map<String, String> withoutCopies(Map<String, String> annotations) {
    Map<String, String> result = new LinkedHashMap<>(annotations);
    COPIES_OF_ALL.forEach(result::remove);
    return result;
  }

  private static RefusedBodyException unopened() {
    return new RefusedBodyException(Reason.UNOPENED, "not every item opens");
  }

  /** The items of one body, opened on one budget. */
  private final class Opening {

    private final SealedSecret sealed;
    private final KeyRing ring;
    private final byte[] label;
    private final OpeningBudget budget = OpeningBudget.of(operations);
    private Hint likely = Hint.NONE;

    Opening(SealedSecret sealed, KeyRing ring) {
      this.sealed = sealed;
      this.ring = ring;
      this.label = label(sealed);
    }

    Opened item(String text) throws RefusedBodyException {
      try {
        Opened opened = ring.open(GoBase64.STD.decode(text), label, likely, budget);
        likely = Hint.NONE.andKey(opened.key());
        return opened;
      } catch (IllegalBase64Exception | NoKeyException e) {
        if (budget.exceeded()) {
          throw new RefusedBodyException(
              Reason.EXPENSIVE, "more than " + operations + " RSA operations in one request");
        }
        throw unopened();
      }
    }

    SecretBytes blob() throws RefusedBodyException {
      if (!acceptDeprecated || !sealed.encryptedData().isEmpty()) {
        throw unopened();
      }
      return item(sealed.deprecatedData().orElseThrow()).value();
    }
  }
}
