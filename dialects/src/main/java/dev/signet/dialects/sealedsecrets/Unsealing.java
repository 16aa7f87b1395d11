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
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.template.Template;
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

  /**
   * @param sources time and randomness for templates
   */
  public Unsealing(KeyRing ring, Template.Sources sources) {
    this.ring = ring;
    this.sources = sources;
  }

  /** The Secret that the SealedSecret describes; the caller closes it. */
  public Secret unseal(SealedSecret sealed, Hint hint) throws UnsealException {
    if (sealed.deprecatedData().isPresent()) {
      throw new UnsealException(
          "using deprecated 'data' field, use 'encryptedData' or flip the feature flag",
          UnsealException.Reason.UNREADABLE);
    }
    ItemErrors errors = new ItemErrors();
    Material material = open(sealed, hint, errors);
    addTemplates(sealed, material, errors);
    if (!errors.isEmpty()) {
      material.close();
      throw errors.toException();
    }
    SealedSecret.Template template = sealed.template();
    return new Secret(metadata(sealed), template.type(), template.immutable(), material);
  }

  private Material open(SealedSecret sealed, Hint hint, ItemErrors errors) {
    byte[] label = sealed.scope().label(sealed.metadata().namespace(), sealed.metadata().name());
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

  private static Metadata metadata(SealedSecret sealed) {
    Metadata own = sealed.metadata();
    Metadata result =
        sealed.template().metadata().with("namespace", own.namespace()).with("name", own.name());
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
