package dev.signet.cli;

import dev.signet.core.Item;
import dev.signet.core.sealing.KeyOrder;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.OpeningKey;
import dev.signet.core.sealing.RsaPublicKey;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealingKeys;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A backup of sealing keys: files that are each one private key in PEM, or the key Secrets as
 * {@code signet keys export} or kubectl prints them, alone, one after the other, or in a List.
 *
 * <p>Only a Secret with its certificate and with the label that says active can be the newest key.
 * A key that was marked as anything else, such as compromised, still opens: that is what moves
 * values away from it.
 */
final class KeyBackup implements AutoCloseable {

  private final List<SealingKey> sealing = new ArrayList<>();
  private final List<OpeningKey> opening = new ArrayList<>();

  static KeyBackup read(Surroundings surroundings, List<String> files) throws CommandFailure {
    KeyBackup keys = new KeyBackup();
    for (String file : files) {
      byte[] content = InputOutput.read(surroundings, file);
      try {
        keys.opening.add(OpeningKey.read(content));
      } catch (MalformedKeyException notPem) {
        keys.secrets(content, file);
      } finally {
        Arrays.fill(content, (byte) 0);
      }
    }
    return keys;
  }

  private void secrets(byte[] content, String source) throws CommandFailure {
    int before = sealing.size() + opening.size();
    try {
      for (Document document :
          Documents.read(content, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS)) {
        collect(document.tree(), source);
      }
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    } catch (MalformedObjectException | MalformedKeyException e) {
      throw CommandFailure.of(source + ": " + e.getMessage());
    }
    if (before == sealing.size() + opening.size()) {
      throw CommandFailure.of(source + " holds no private key", "give PEM, a Secret or a List");
    }
  }

  @SuppressWarnings("unchecked") // readers make maps with string keys only
  private void collect(Map<String, @Nullable Object> tree, String source)
      throws MalformedObjectException, MalformedKeyException {
    if (tree.get("items") instanceof List<?> items) {
      for (Object item : items) {
        if (item instanceof Map<?, ?> map) {
          collect((Map<String, @Nullable Object>) map, source);
        }
      }
      return;
    }
    try (Secret secret = SecretManifest.read(tree, source)) {
      Optional<Item> key = secret.data().get("tls.key");
      if (key.isEmpty()) {
        throw new MalformedKeyException("secret must contain a 'tls.key' key");
      }
      String label = secret.metadata().labels().getOrDefault(SealingKeys.LABEL, SealingKeys.ACTIVE);
      if (secret.data().get("tls.crt").isPresent() && label.equals(SealingKeys.ACTIVE)) {
        sealing.add(SealingKeys.read(secret));
      } else {
        opening.add(key.get().value().with(OpeningKey::read));
      }
    }
  }

  KeyRing ring() {
    KeyRing ring = KeyRing.of(sealing, KeyOrder.CERTIFICATE_NOT_BEFORE);
    for (OpeningKey key : opening) {
      ring = ring.with(key);
    }
    return ring.using(FastRsa.ofCommand());
  }

  /** The only key, if there is but one. */
  Optional<RsaPublicKey> only() {
    return ring().size() == 1 && !opening.isEmpty()
        ? Optional.of(opening.getFirst().publicKey())
        : Optional.empty();
  }

  @Override
  public void close() {
    sealing.forEach(SealingKey::close);
    opening.forEach(OpeningKey::close);
  }
}
