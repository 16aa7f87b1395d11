package dev.signet.yaml;

import dev.signet.yaml.MalformedDocumentException.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads manifests: YAML documents separated by {@code ---}, or JSON objects in a row. */
public final class Documents {

  private Documents() {}

  /**
   * All documents of the input.
   *
   * @param source how messages call the input, usually the file name
   * @throws MalformedDocumentException for the first document that cannot be read
   */
  public static List<Document> read(
      byte[] input, String source, ReadLimits limits, DuplicateKeys duplicates)
      throws MalformedDocumentException {
    DocumentReader reader = reader(input, source, limits, duplicates);
    List<Document> documents = new ArrayList<>();
    for (Optional<Document> next = reader.next(); next.isPresent(); next = reader.next()) {
      documents.add(next.get());
    }
    return documents;
  }

  /**
   * The documents of the input one by one, so that work can start before the end, and go on behind
   * a malformed one. The array must not change meanwhile.
   */
  public static DocumentReader reader(
      byte[] input, String source, ReadLimits limits, DuplicateKeys duplicates) {
    return new DocumentReader(input, source, limits, duplicates, /* recording= */ false);
  }

  /**
   * The same, for who wants to know where values stand ({@link DocumentReader#outline}). It takes
   * the general parser with its marks for every document, which is slower.
   */
  public static DocumentReader outlining(
      byte[] input, String source, ReadLimits limits, DuplicateKeys duplicates) {
    return new DocumentReader(input, source, limits, duplicates, /* recording= */ true);
  }

  /**
   * The rest of a stream, which stays open, without ever holding more than the limit.
   *
   * @throws MalformedDocumentException if there is more than {@link ReadLimits#bytes}
   */
  public static byte[] readAll(InputStream in, String source, ReadLimits limits)
      throws IOException, MalformedDocumentException {
    byte[] bytes = in.readNBytes(limits.bytes());
    if (bytes.length == limits.bytes() && in.read() >= 0) {
      Problem problem = Budget.limit("more bytes", limits.bytes());
      throw new MalformedDocumentException(Kind.LIMIT, source, 0, 0, problem.text);
    }
    return bytes;
  }

  /**
   * What sigs.k8s.io/yaml puts where a string is expected and a YAML document has a number or a
   * boolean ({@code stringData: {port: 5432}}): the text of the number, a float with the precision
   * of 32 bits. Other values are returned as they are. JSON documents get no such help.
   */
  public static @Nullable Object coerced(@Nullable Object value) {
    if (value instanceof Double number) {
      return GoNumbers.singleAsText(number);
    }
    return value instanceof Number || value instanceof Boolean ? value.toString() : value;
  }
}
