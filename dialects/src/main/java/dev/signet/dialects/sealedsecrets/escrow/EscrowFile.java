package dev.signet.dialects.sealedsecrets.escrow;

import dev.signet.core.SecretBytes;
import dev.signet.core.age.AgeException;
import dev.signet.core.age.AgeFile;
import dev.signet.core.age.Identity;
import dev.signet.core.age.Recipient;
import dev.signet.core.sealing.SealingKey;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.Fingerprints;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.GoYaml;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A key in escrow: an armored age file whose content is the key Secret as a manifest. So {@code age
 * -d FILE | kubectl apply -f -} brings it back without this program, for upstream's controller too.
 */
public final class EscrowFile {

  private EscrowFile() {}

  /** The name of a key's file; another key of the same name has another. */
  public static String name(SealingKey key) {
    return key.name() + "." + Fingerprints.shortened(key) + ".age";
  }

  /** Without what a server adds, and without the marks of earlier copies. */
  public static byte[] seal(Secret secret, List<Recipient> recipients, SecureRandom random)
      throws EscrowException {
    Map<String, String> annotations = new LinkedHashMap<>(secret.metadata().annotations());
    annotations.keySet().removeIf(name -> name.startsWith(Escrow.MARK));
    Secret bare =
        secret.withMetadata(
            secret
                .metadata()
                .with("annotations", annotations)
                .with("managedFields", null)
                .with("generation", null)
                .with("uid", null)
                .with("resourceVersion", null));
    byte[] manifest = GoYaml.write(SecretManifest.write(bare)).getBytes(StandardCharsets.UTF_8);
    try (SecretBytes content = SecretBytes.wrap(manifest)) {
      return AgeFile.seal(content, recipients, AgeFile.Form.ARMORED, random);
    } catch (AgeException e) {
      throw new EscrowException("the escrowed key cannot be encrypted: " + e.getMessage());
    }
  }

  /** The key Secret; the caller closes it. */
  public static Secret open(byte[] file, Collection<Identity> identities) throws EscrowException {
    try (SecretBytes content = AgeFile.open(file, List.copyOf(identities))) {
      List<Document> documents =
          content.with(
              bytes ->
                  Documents.read(
                      bytes, "the escrowed key", ReadLimits.DEFAULT, DuplicateKeys.REJECTED));
      if (documents.size() != 1) {
        throw new EscrowException("the escrowed key holds several documents, or none");
      }
      return SecretManifest.read(documents.getFirst().tree(), "escrow");
    } catch (AgeException | MalformedDocumentException | MalformedObjectException e) {
      throw new EscrowException(String.valueOf(e.getMessage()));
    }
  }
}
