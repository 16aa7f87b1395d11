package dev.signet.kube;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import io.fabric8.kubernetes.client.http.AsyncBody;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Hands the body of a watch on in whole lines of ASCII.
 *
 * <p>fabric8 7.8.0 decodes each piece of such a body by itself ({@code WatchHTTPManager}): a
 * character that is split between two pieces is lost, and after one of several bytes zeros get into
 * the text, so the next event is no JSON any more. Here each line is copied token by token with
 * everything beyond ASCII escaped. Of {@code managedFields} the fields themselves are dropped on the way:
 * who wrote when is read here, what is not.
 */
final class WatchLines implements AsyncBody.Consumer<List<ByteBuffer>> {

  private static final int LONGEST_LINE = 64 << 20;

  private final AsyncBody.Consumer<List<ByteBuffer>> next;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  WatchLines(AsyncBody.Consumer<List<ByteBuffer>> next) {
    this.next = next;
  }

  @Override
  public void consume(List<ByteBuffer> pieces, AsyncBody body) throws Exception {
    List<ByteBuffer> lines = new ArrayList<>();
    for (ByteBuffer piece : pieces) {
      while (piece.hasRemaining()) {
        byte each = piece.get();
        if (each != '\n') {
          line.write(each);
        } else if (line.size() > 0) {
          lines.add(ByteBuffer.wrap(ascii(line.toByteArray())));
          line.reset();
        }
      }
      if (line.size() > LONGEST_LINE) {
        throw new IOException("an event of a watch is longer than " + LONGEST_LINE + " bytes");
      }
    }
    if (lines.isEmpty()) {
      body.consume();
    } else {
      next.consume(lines, body);
    }
  }

  private static byte[] ascii(byte[] json) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(json.length + 16);
    try (JsonParser parser = Json.FACTORY.createParser(json);
        JsonGenerator generator = Json.FACTORY.createGenerator(out)) {
      generator.enable(JsonWriteFeature.ESCAPE_NON_ASCII.mappedFeature());
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.FIELD_NAME
            && parser.currentName().equals("fieldsV1")) {
          parser.nextToken();
          parser.skipChildren();
        } else {
          generator.copyCurrentEventExact(parser);
        }
      }
    }
    out.write('\n');
    return out.toByteArray();
  }
}
