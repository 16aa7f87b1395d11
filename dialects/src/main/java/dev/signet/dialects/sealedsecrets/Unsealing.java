package dev.signet.dialects.sealedsecrets;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.NoKeyException;
import dev.signet.core.sealing.Opened;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.template.Template;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Opens SealedSecrets with a key ring and renders their templates. Every item and every template is
 * tried, so that the error names all that fail; if one fails, nothing is returned.
 *
 * <p>Templates are rendered only when all items are open: unlike upstream, which renders over what
 * there is, a template that asks for a value is not blamed for the key that is missing. Malformed
 * templates are named either way.
 */
public final class Unsealing {

  private static final String SKIP_OWNER = "sealedsecrets.bitnami.com/skip-set-owner-references";

  /** What items are said to come from that were not sealed. */
  static final String TEXTS = "spec.template.data";

  private final KeyRing ring;
  private final Template.Sources sources;
  private final boolean acceptDeprecatedData;

  /** Without the deprecated {@code spec.data}. */
  public Unsealing(KeyRing ring, Template.Sources sources) {
    this(ring, sources, /* acceptDeprecatedData= */ false);
  }

  /**
   * @param sources time and randomness for templates
   * @param acceptDeprecatedData whether {@code spec.data} of 2017 is opened
   */
  public Unsealing(KeyRing ring, Template.Sources sources, boolean acceptDeprecatedData) {
    this.ring = ring;
    this.sources = sources;
    this.acceptDeprecatedData = acceptDeprecatedData;
  }

  /** The Secret that the SealedSecret describes; the caller closes it. */
  public Secret unseal(SealedSecret sealed, Hint hint) throws UnsealException {
    if (sealed.deprecatedData().isPresent()) {
      return deprecated(sealed, sealed.deprecatedData().get(), hint);
    }
    ItemErrors errors = new ItemErrors();
    Material material = open(sealed, hint, errors);
    addTemplates(sealed, material, errors);
    if (!errors.isEmpty()) {
      material.close();
      throw errors.toException();
    }
    SealedSecret.Template template = sealed.template();
    return new Secret(
        metadata(sealed, template.metadata()), template.type(), template.immutable(), material);
  }

  /**
   * A whole Secret as JSON, sealed as one value. It passes through text here, as manifests do;
   * nobody has made such a SealedSecret since 2018.
   */
  private Secret deprecated(SealedSecret sealed, String data, Hint hint) throws UnsealException {
    if (!acceptDeprecatedData) {
      throw unreadable(
          "using deprecated 'data' field, use 'encryptedData' or flip the feature flag");
    }
    if (!sealed.encryptedData().isEmpty()) {
      throw unreadable(
          "cannot use the field 'encryptedData' and the deprecated field 'data' at the same time");
    }
    try {
      Opened opened = ring.open(GoBase64.STD.decode(data), label(sealed), hint);
      try (SecretBytes text = opened.value()) {
        return inside(sealed, text, "sealing key " + nameOf(opened.key()));
      }
    } catch (NoKeyException e) {
      throw new UnsealException(e.getMessage(), UnsealException.Reason.NO_KEY);
    } catch (IllegalBase64Exception e) {
      throw unreadable(e.getMessage());
    }
  }

  private static Secret inside(SealedSecret sealed, SecretBytes text, String origin)
      throws UnsealException {
    try {
      List<Document> documents =
          text.with(
              bytes ->
                  Documents.read(
                      bytes, "spec.data", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS));
      if (documents.size() == 1
          && "Secret".equals(documents.getFirst().tree().get("kind"))
          && "v1".equals(documents.getFirst().tree().get("apiVersion"))) {
        try (Secret secret = SecretManifest.read(documents.getFirst().tree(), origin)) {
          return new Secret(
              metadata(sealed, secret.metadata()),
              secret.type(),
              secret.immutable(),
              secret.data().copy());
        }
      }
    } catch (MalformedDocumentException | MalformedObjectException e) {
      // What the parser says could quote a value.
    }
    throw unreadable("what was sealed in the deprecated field 'data' is no Secret");
  }

  private static UnsealException unreadable(String message) {
    return new UnsealException(message, UnsealException.Reason.UNREADABLE);
  }

  private static byte[] label(SealedSecret sealed) {
    return sealed.scope().label(sealed.metadata().namespace(), sealed.metadata().name());
  }

  private Material open(SealedSecret sealed, Hint hint, ItemErrors errors) {
    byte[] label = label(sealed);
    Material material = new Material();
    Hint likely = hint;
    for (Map.Entry<String, String> entry : sealed.encryptedData().entrySet()) {
      try {
        Opened opened = ring.open(GoBase64.STD.decode(entry.getValue()), label, likely);
        likely = hint.andKey(opened.key());
        Origin origin = Origin.of("sealing key " + nameOf(opened.key()), entry.getKey());
        material.put(entry.getKey(), new Item(opened.value(), origin));
      } catch (IllegalBase64Exception e) {
        errors.add(UnsealException.Reason.UNREADABLE, e.getMessage(), entry.getKey());
      } catch (NoKeyException e) {
        errors.add(UnsealException.Reason.NO_KEY, e.getMessage(), entry.getKey());
      }
    }
    return material;
  }

  private String nameOf(String fingerprint) {
    return ring.find(fingerprint)
        .map(SealingKey::name)
        .filter(name -> !name.isEmpty())
        .orElse(fingerprint);
  }

  /** A text without actions is its own result, so the template engine is not even loaded for it. */
  private void addTemplates(SealedSecret sealed, Material material, ItemErrors errors) {
    Map<String, Optional<String>> texts = sealed.template().data();
    Material results = new Material();
    if (texts.values().stream().flatMap(Optional::stream).anyMatch(Unsealing::hasActions)) {
      results = new TemplateData(texts, sources).render(material, errors);
    }
    for (Map.Entry<String, Optional<String>> entry : texts.entrySet()) {
      String key = entry.getKey();
      if (entry.getValue().isEmpty()) {
        material.remove(key);
      } else if (sealed.encryptedData().containsKey(key)) {
        results.remove(key);
      } else if (!hasActions(entry.getValue().get())) {
        byte[] text = entry.getValue().get().getBytes(StandardCharsets.UTF_8);
        results.put(key, new Item(SecretBytes.wrap(text), Origin.of(TEXTS, key)));
      }
    }
    material.putAll(results);
  }

  static boolean hasActions(String text) {
    return text.contains("{{");
  }

  private static Metadata metadata(SealedSecret sealed, Metadata described) {
    Metadata own = sealed.metadata();
    Metadata result = described.with("namespace", own.namespace()).with("name", own.name());
    if ("true".equals(sealed.template().metadata().annotations().get(SKIP_OWNER))) {
      return result;
    }
    Map<String, Object> owner = new LinkedHashMap<>();
    owner.put("apiVersion", SealedSecret.API_VERSION);
    owner.put("kind", SealedSecret.KIND.kind());
    owner.put("name", own.name());
    owner.put("uid", own.uid());
    owner.put("controller", true);
    return result.with("ownerReferences", List.of(owner));
  }
}
