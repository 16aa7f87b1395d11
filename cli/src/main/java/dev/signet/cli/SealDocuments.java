package dev.signet.cli;

import dev.signet.core.sealing.Sealer;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Secret;
import dev.signet.delivery.object.SecretManifest;
import dev.signet.dialects.sealedsecrets.SealException;
import dev.signet.dialects.sealedsecrets.SealedSecret;
import dev.signet.dialects.sealedsecrets.Sealing;
import dev.signet.yaml.Document;
import dev.signet.yaml.DocumentReader;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Reads Secrets from a stream of documents and writes them sealed, in the same order.
 *
 * <p>One document is sealed where it was read. From the second on, one thread reads and writes, and
 * one a core seals; {@value #AHEAD} documents a core at most are between reading and writing, so
 * memory does not grow with the input. The documents before the first that fails are written; its
 * error is the one reported, whatever happened to those behind it.
 */
final class SealDocuments {

  private static final int AHEAD = 32;
  private static final String NOTHING =
      "no secrets found. Ensure the input is valid and UTF-8 encoded";

  /**
   * Reading a document of nothing of a Secret, such as {@code {}}, is not an error but no Secret.
   */
  private static final String[] FIELDS = {
    "kind", "apiVersion", "metadata", "immutable", "data", "stringData", "type"
  };

  /** Where Secrets go that do not say it. Asked for the first of them only. */
  @FunctionalInterface
  interface Place {
    Optional<String> namespace() throws CommandFailure;
  }

  private final String source;
  private final Sealing sealing;
  private final Place place;
  private final Sealer sealer;
  private final ManifestFormat format;

  private SealDocuments(
      String source, Sealing sealing, Place place, Sealer sealer, ManifestFormat format) {
    this.source = source;
    this.sealing = sealing;
    this.place = place;
    this.sealer = sealer;
    this.format = format;
  }

  static void seal(
      byte[] input,
      String source,
      Sealing sealing,
      Sealer sealer,
      ManifestFormat format,
      OutputStream out)
      throws CommandFailure, IOException {
    seal(input, source, sealing, sealing::namespace, sealer, format, out);
  }

  static void seal(
      byte[] input,
      String source,
      Sealing sealing,
      Place place,
      Sealer sealer,
      ManifestFormat format,
      OutputStream out)
      throws CommandFailure, IOException {
    DocumentReader reader =
        Documents.reader(input, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    new SealDocuments(source, sealing, place, sealer, format).sealAll(reader, out);
  }

  /**
   * All of them, for one namespace.
   *
   * @param namespace replaces what the Secrets say, unless it is empty
   */
  static List<SealedSecret> sealInto(
      String namespace, byte[] input, String source, Sealing sealing, Sealer sealer)
      throws CommandFailure {
    DocumentReader reader =
        Documents.reader(input, source, ReadLimits.DEFAULT, DuplicateKeys.LAST_WINS);
    SealDocuments documents =
        new SealDocuments(source, sealing, sealing::namespace, sealer, ManifestFormat.JSON);
    List<SealedSecret> result = new ArrayList<>();
    for (Optional<Document> next = documents.next(reader);
        next.isPresent();
        next = documents.next(reader)) {
      if (!namespace.isEmpty()) {
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        if (next.get().tree().get("metadata") instanceof Map<?, ?> own) {
          own.forEach((key, value) -> metadata.put((String) key, value));
        }
        metadata.put("namespace", namespace);
        next.get().tree().put("metadata", metadata);
      }
      result.add(documents.sealed(next.get()));
    }
    if (result.isEmpty()) {
      throw CommandFailure.of(NOTHING);
    }
    return result;
  }

  private void sealAll(DocumentReader reader, OutputStream out) throws CommandFailure, IOException {
    Optional<Document> first = next(reader);
    if (first.isEmpty()) {
      throw CommandFailure.of(NOTHING);
    }
    Optional<Document> second;
    try {
      second = next(reader);
    } catch (CommandFailure e) {
      out.write(seal(first.get()));
      throw e;
    }
    if (second.isEmpty()) {
      out.write(seal(first.get()));
      return;
    }
    sealInParallel(first.get(), second.get(), reader, out);
  }

  private void sealInParallel(
      Document first, Document second, DocumentReader reader, OutputStream out)
      throws CommandFailure, IOException {
    int cores = Runtime.getRuntime().availableProcessors();
    ArrayDeque<Future<byte[]>> underway = new ArrayDeque<>();
    ExecutorService pool = Executors.newFixedThreadPool(cores);
    try {
      underway.add(pool.submit(() -> seal(first)));
      underway.add(pool.submit(() -> seal(second)));
      for (Optional<Document> next = next(reader, underway, out);
          next.isPresent();
          next = next(reader, underway, out)) {
        Document document = next.get();
        if (underway.size() == cores * AHEAD) {
          out.write(result(underway.remove()));
        }
        underway.add(pool.submit(() -> seal(document)));
      }
      finish(underway, out);
    } finally {
      pool.shutdownNow();
    }
  }

  /** Where reading fails, what was read before comes first, and so does what is wrong with that. */
  private Optional<Document> next(
      DocumentReader reader, ArrayDeque<Future<byte[]>> underway, OutputStream out)
      throws CommandFailure, IOException {
    try {
      return next(reader);
    } catch (CommandFailure unreadable) {
      finish(underway, out);
      throw unreadable;
    }
  }

  private static void finish(ArrayDeque<Future<byte[]>> underway, OutputStream out)
      throws CommandFailure, IOException {
    while (!underway.isEmpty()) {
      out.write(result(underway.remove()));
    }
  }

  private static byte[] result(Future<byte[]> sealed) throws CommandFailure {
    try {
      return sealed.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.of("interrupted");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof CommandFailure failure) {
        throw failure;
      }
      throw new IllegalStateException("sealing failed in a way that it never should", e.getCause());
    }
  }

  private Optional<Document> next(DocumentReader reader) throws CommandFailure {
    try {
      return next(reader, FIELDS);
    } catch (MalformedDocumentException e) {
      throw CommandFailure.because(e);
    }
  }

  /** The next document that has one of these fields. */
  static Optional<Document> next(DocumentReader reader, String... fields)
      throws MalformedDocumentException {
    Optional<Document> next = reader.next();
    while (next.isPresent() && isNothing(next.get().tree(), fields)) {
      next = reader.next();
    }
    return next;
  }

  private static boolean isNothing(Map<String, @Nullable Object> tree, String... fields) {
    for (String field : fields) {
      Object value = tree.get(field);
      boolean nothing =
          value == null
              || value.equals("")
              || (field.equals("metadata") && value instanceof Map<?, ?> map && map.isEmpty());
      if (!nothing) {
        return false;
      }
    }
    return true;
  }

  private byte[] seal(Document document) throws CommandFailure {
    return format.document(sealed(document).write()).getBytes(StandardCharsets.UTF_8);
  }

  private SealedSecret sealed(Document document) throws CommandFailure {
    numbersToText(document.tree());
    try (Secret secret = SecretManifest.read(document.tree(), source)) {
      return (secret.metadata().namespace().isEmpty()
              ? sealing.inNamespace(place.namespace())
              : sealing)
          .seal(secret, sealer);
    } catch (MalformedObjectException e) {
      throw CommandFailure.of(source + ":" + document.line() + ": " + e.getMessage());
    } catch (SealException e) {
      throw CommandFailure.because(e);
    }
  }

  /**
   * Go turns the numbers and booleans of a YAML document into texts where a Secret has texts, such
   * as a port in {@code stringData}; and JSON that it cannot read is read again as YAML.
   */
  static void numbersToText(Map<String, @Nullable Object> tree) {
    for (String field : new String[] {"kind", "apiVersion", "type"}) {
      tree.computeIfPresent(field, (_, value) -> Documents.coerced(value));
    }
    valuesToText(tree.get("stringData"));
    if (tree.get("metadata") instanceof Map<?, ?> metadata) {
      valuesToText(metadata.get("labels"));
      valuesToText(metadata.get("annotations"));
      for (String field :
          new String[] {"name", "generateName", "namespace", "uid", "resourceVersion"}) {
        replace(metadata, field);
      }
    }
  }

  private static void valuesToText(@Nullable Object map) {
    if (map instanceof Map<?, ?> texts) {
      for (Object key : texts.keySet()) {
        replace(texts, (String) key);
      }
    }
  }

  @SuppressWarnings("unchecked") // readers make maps with string keys only
  private static void replace(Map<?, ?> map, String key) {
    ((Map<String, @Nullable Object>) map)
        .computeIfPresent(key, (_, value) -> Documents.coerced(value));
  }
}
