package dev.signet.stores.https;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.signet.core.SecretBytes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** The body of a request as JSON, in bytes that can be zeroed. */
public final class JsonBody {

  private static final JsonFactory JSON = new JsonFactory();

  /** A value that is written as the Base64 of its bytes. */
  public record Base64(SecretBytes bytes) {}

  private JsonBody() {}

  /**
   * Writes it; the caller zeroes what it gets.
   *
   * @param tree texts, {@link SecretBytes} that are text, {@link Base64}, truth, whole numbers,
   *     lists and maps
   */
  public static byte[] of(Map<String, ?> tree) {
    Wiped out = new Wiped();
    try (out;
        JsonGenerator json = JSON.createGenerator(out)) {
      write(json, tree);
      json.flush();
      return out.toByteArray();
    } catch (IOException e) {
      throw new AssertionError("writing to memory cannot fail", e);
    }
  }

  private static void write(JsonGenerator json, Object value) throws IOException {
    switch (value) {
      case Map<?, ?> map -> {
        json.writeStartObject();
        for (Map.Entry<?, ?> each : map.entrySet()) {
          json.writeFieldName((String) each.getKey());
          write(json, each.getValue());
        }
        json.writeEndObject();
      }
      case List<?> list -> {
        json.writeStartArray();
        for (Object each : list) {
          write(json, each);
        }
        json.writeEndArray();
      }
      case SecretBytes text ->
          text.<Boolean, IOException>with(
              bytes -> {
                json.writeUTF8String(bytes, 0, bytes.length);
                return true;
              });
      case Base64(SecretBytes bytes) ->
          bytes.<Boolean, IOException>with(
              it -> {
                json.writeBinary(it);
                return true;
              });
      case Boolean truth -> json.writeBoolean(truth);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      default -> json.writeString(value.toString());
    }
  }

  /** Leaves nothing of what was written. */
  private static final class Wiped extends ByteArrayOutputStream {
    @Override
    public void close() {
      Arrays.fill(buf, (byte) 0);
    }
  }
}
