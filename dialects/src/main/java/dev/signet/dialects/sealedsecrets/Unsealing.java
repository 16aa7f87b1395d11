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
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Opens SealedSecrets with a key ring. Every item is tried, so that the error names all that fail;
 * if one fails, nothing is returned.
 *
 * <p>A text in {@code spec.template.data} without template actions is copied as it is; with actions
 * it is refused, because this version renders no templates.
 */
public final class Unsealing {

  private static final String SKIP_OWNER = "sealedsecrets.bitnami.com/skip-set-owner-references";

  private final KeyRing ring;

  public Unsealing(KeyRing ring) {
    this.ring = ring;
  }

  /** The Secret that the SealedSecret describes; the caller closes it. */
  public Secret unseal(SealedSecret sealed, Hint hint) throws UnsealException {
    if (sealed.deprecatedData().isPresent()) {
      throw new UnsealException(
          "using deprecated 'data' field, use 'encryptedData' or flip the feature flag", false);
    }
    Material material = open(sealed, hint);
    try {
      addTemplates(sealed, material);
    } catch (UnsealException e) {
      material.close();
      throw e;
    }
    SealedSecret.Template template = sealed.template();
    return new Secret(metadata(sealed), template.type(), template.immutable(), material);
  }

  private Material open(SealedSecret sealed, Hint hint) throws UnsealException {
    byte[] label = sealed.scope().label(sealed.metadata().namespace(), sealed.metadata().name());
    Material material = new Material();
    Map<String, List<String>> errors = new LinkedHashMap<>();
    boolean onlyMissingKeys = true;
    Hint likely = hint;
    for (Map.Entry<String, String> entry : sealed.encryptedData().entrySet()) {
      @Nullable String error = null;
      try {
        Opened opened = ring.open(GoBase64.STD.decode(entry.getValue()), label, likely);
        likely = hint.andKey(opened.key());
        Origin origin = Origin.of("sealing key " + nameOf(opened.key()), entry.getKey());
        material.put(entry.getKey(), new Item(opened.value(), origin));
      } catch (IllegalBase64Exception e) {
        onlyMissingKeys = false;
        error = e.getMessage();
      } catch (NoKeyException e) {
        error = e.getMessage();
      }
      if (error != null) {
        errors.computeIfAbsent(error, _ -> new ArrayList<>()).add(entry.getKey());
      }
    }
    if (!errors.isEmpty()) {
      material.close();
      throw UnsealException.of(errors, onlyMissingKeys);
    }
    return material;
  }

  private String nameOf(String fingerprint) {
    return ring.find(fingerprint)
        .map(SealingKey::name)
        .filter(name -> !name.isEmpty())
        .orElse(fingerprint);
  }

  private static void addTemplates(SealedSecret sealed, Material material) throws UnsealException {
    for (Map.Entry<String, Optional<String>> entry : sealed.template().data().entrySet()) {
      String key = entry.getKey();
      if (entry.getValue().isEmpty()) {
        material.remove(key);
        continue;
      }
      String text = entry.getValue().get();
      if (text.contains("{{")) {
        throw new UnsealException(
            "spec.template.data."
                + key
                + " holds template actions, which this version does not render",
            false);
      }
      if (!sealed.encryptedData().containsKey(key)) {
        material.put(
            key,
            new Item(
                SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8)),
                Origin.of("spec.template.data", key)));
      }
    }
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
