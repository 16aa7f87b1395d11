package dev.signet.dialects.sealedsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.MalformedKeyException;
import dev.signet.core.sealing.OpeningKey;
import dev.signet.core.sealing.SealingCertificate;
import dev.signet.testkit.Jsonl;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The vectors of whole objects, and the keys they were made with. */
final class UpstreamObjects {

  private UpstreamObjects() {}

  static List<Jsonl.Row> all() {
    return Jsonl.rows(UpstreamObjects.class, "/sealed/objects.jsonl");
  }

  static SealingCertificate certificate(String key) {
    try {
      return SealingCertificate.read(file(key + ".cert.pem"));
    } catch (MalformedKeyException e) {
      throw new IllegalStateException(key, e);
    }
  }

  static KeyRing ring(List<String> keys) {
    List<OpeningKey> opening = new ArrayList<>();
    for (String key : keys) {
      try {
        opening.add(OpeningKey.read(file(key + ".key.pem")));
      } catch (MalformedKeyException e) {
        throw new IllegalStateException(key, e);
      }
    }
    return KeyRing.ofOpeningKeys(opening);
  }

  private static byte[] file(String name) {
    try (InputStream in =
        requireNonNull(UpstreamObjects.class.getResourceAsStream("/sealed/keys/" + name))) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<Document> documents(String text) {
    try {
      return Documents.read(
          text.getBytes(UTF_8), "vector", ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    } catch (MalformedDocumentException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Which items failed, by error text: upstream's order of both is random. */
  static Map<String, Set<String>> errors(String message) {
    Map<String, Set<String>> errors = new TreeMap<>();
    for (String line : message.split("\n", -1)) {
      int names = line.lastIndexOf(" (");
      errors.put(
          line.substring(0, names),
          new TreeSet<>(List.of(line.substring(names + 2, line.length() - 1).split(", ", -1))));
    }
    return errors;
  }
}
