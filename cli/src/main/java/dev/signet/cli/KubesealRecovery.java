package dev.signet.cli;

import dev.signet.core.Item;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.OpeningKey;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.dialects.sealedsecrets.UnsealException;
import dev.signet.dialects.sealedsecrets.Unsealing;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * {@code kubeseal --recovery-unseal}: opens one SealedSecret with private keys from files, without
 * a cluster. A key file is PEM, or the controller's Secrets as kubectl prints them, alone, one
 * after the other, or in a List.
 */
final class KubesealRecovery {

  private static final String KEY = "tls.key";

  private final Surroundings surroundings;
  private final List<String> keyFiles;

  KubesealRecovery(Surroundings surroundings, List<String> keyFiles) {
    this.surroundings = surroundings;
    this.keyFiles = keyFiles;
  }

  /** The Secret as text. */
  String unseal(InputStream in, String source, ManifestFormat format)
      throws CommandFailure, IOException {
    List<OpeningKey> keys = keys();
    try {
      SealedSecret sealed = read(KubesealFile.manifests(in, source), source);
      Unsealing unsealing =
          new Unsealing(KeyRing.ofOpeningKeys(keys), surroundings.templateSources());
      try (Secret secret = unsealing.unseal(sealed, Hint.NONE)) {
        return format.document(SecretManifest.write(secret));
      } catch (UnsealException e) {
        throw CommandFailure.because(e);
      }
    } finally {
      keys.forEach(OpeningKey::close);
    }
  }

  private static SealedSecret read(byte[] input, String source) throws CommandFailure {
    try {
      List<Document> documents =
          Documents.read(input, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
      if (documents.size() != 1) {
        throw CommandFailure.of(
            source
                + (documents.isEmpty() ? " holds no SealedSecret" : " holds several documents")
                + "; give one SealedSecret");
      }
      Map<String, @Nullable Object> tree = new LinkedHashMap<>(documents.getFirst().tree());
      tree.putIfAbsent("apiVersion", SealedSecret.API_VERSION);
      tree.putIfAbsent("kind", SealedSecret.KIND.kind());
      KubeObject object = KubeObject.of(tree, "");
      if (!object.ref().kind().equals(SealedSecret.KIND)) {
        throw CommandFailure.of(
            source + " holds a " + object.ref().kind().kind() + ", not a SealedSecret");
      }
      return SealedSecret.of(object);
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    } catch (MalformedObjectException e) {
      throw CommandFailure.of(source + ": " + e.getMessage());
    }
  }

  private List<OpeningKey> keys() throws CommandFailure {
    List<OpeningKey> keys = new ArrayList<>();
    for (String name : keyFiles) {
      byte[] content = KubesealFile.read(surroundings, name);
      try {
        keys.add(OpeningKey.read(content));
      } catch (MalformedKeyException notPem) {
        keys.addAll(backup(content, name));
      } finally {
        Arrays.fill(content, (byte) 0);
      }
    }
    return keys;
  }

  private static List<OpeningKey> backup(byte[] content, String source) throws CommandFailure {
    List<OpeningKey> keys = new ArrayList<>();
    try {
      for (Document document :
          Documents.read(content, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS)) {
        for (Map<String, @Nullable Object> secret : secrets(document.tree())) {
          keys.add(key(secret, source));
        }
      }
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    }
    if (keys.isEmpty()) {
      throw CommandFailure.of(source + " holds no private key: give PEM, a Secret or a List");
    }
    return keys;
  }

  @SuppressWarnings("unchecked") // readers make maps with string keys only
  private static List<Map<String, @Nullable Object>> secrets(Map<String, @Nullable Object> tree) {
    // Programs that print what client-go gave them name no kind.
    if (!List.of("", "List", "SecretList").contains(tree.getOrDefault("kind", ""))
        || !(tree.get("items") instanceof List<?> items)) {
      return List.of(tree);
    }
    List<Map<String, @Nullable Object>> secrets = new ArrayList<>();
    for (Object item : items) {
      if (item instanceof Map<?, ?> secret) {
        secrets.add((Map<String, @Nullable Object>) secret);
      }
    }
    return secrets;
  }

  private static OpeningKey key(Map<String, @Nullable Object> tree, String source)
      throws CommandFailure {
    try (Secret secret = SecretManifest.read(tree, source)) {
      Optional<Item> key = secret.data().get(KEY);
      if (key.isEmpty()) {
        // Upstream's word, though the key is named tls.key.
        throw CommandFailure.of("secret must contain a 'tls.data' key");
      }
      return key.get().value().with(OpeningKey::read);
    } catch (MalformedObjectException | MalformedKeyException e) {
      throw CommandFailure.of(source + ": " + e.getMessage());
    }
  }
}
