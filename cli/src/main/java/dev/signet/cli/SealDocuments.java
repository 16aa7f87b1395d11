package dev.signet.cli;

import dev.signet.core.sealing.Sealer;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealException;
import dev.signet.dialects.sealedsecrets.Sealing;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Reads Secrets from a stream of documents and writes them sealed, in the same order. */
final class SealDocuments {

  private SealDocuments() {}

  static void seal(
      byte[] input,
      String source,
      Sealing sealing,
      Sealer sealer,
      ManifestFormat format,
      OutputStream out)
      throws CommandFailure, IOException {
    List<Document> documents;
    try {
      documents = Documents.read(input, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    }
    if (documents.isEmpty()) {
      throw CommandFailure.of("no secrets found. Ensure the input is valid and UTF-8 encoded");
    }
    for (Document document : documents) {
      try (Secret secret = SecretManifest.read(document.tree(), source)) {
        String sealed = format.document(sealing.seal(secret, sealer).write());
        out.write(sealed.getBytes(StandardCharsets.UTF_8));
      } catch (MalformedObjectException e) {
        throw CommandFailure.of(source + ":" + document.line() + ": " + e.getMessage());
      } catch (SealException e) {
        throw CommandFailure.because(e);
      }
    }
  }
}
