package dev.signet.kube;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import io.fabric8.kubernetes.client.http.AsyncBody;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class WatchLinesTest {

  private final List<String> handedOn = new ArrayList<>();
  private int asked;

  private final AsyncBody body =
      new AsyncBody() {
        @Override
        public void consume() {
          asked++;
        }

        @Override
        public CompletableFuture<Void> done() {
          return new CompletableFuture<>();
        }

        @Override
        public void cancel() {}
      };

  private final WatchLines lines =
      new WatchLines(
          (pieces, _) -> pieces.forEach(each -> handedOn.add(US_ASCII.decode(each).toString())));

  @Test
  void linesAreWholeAndAsciiHoweverTheyArrive() throws Exception {
    byte[] sent = "{\"a\":\"größer € 𝄞\",\"n\":1.50}\n{\"b\":[]}\n".getBytes(UTF_8);
    for (byte each : sent) {
      lines.consume(List.of(ByteBuffer.wrap(new byte[] {each})), body);
    }
    assertThat(handedOn)
        .containsExactly(
            "{\"a\":\"gr\\u00F6\\u00DFer \\u20AC \\uD834\\uDD1E\",\"n\":1.50}\n", "{\"b\":[]}\n");
    assertThat(asked).as("asked for more where there was no line").isEqualTo(sent.length - 2);

    handedOn.clear();
    lines.consume(List.of(ByteBuffer.wrap(sent)), body);
    assertThat(handedOn).hasSize(2);
  }

  @Test
  void ofManagedFieldsOnlyWhoAndWhenIsHandedOn() throws Exception {
    String event =
        "{\"object\":{\"metadata\":{\"managedFields\":[{\"manager\":\"m\",\"fieldsV1\":{\"f:a\":{}}}]}}}\n";
    lines.consume(List.of(ByteBuffer.wrap(event.getBytes(UTF_8))), body);
    assertThat(handedOn).containsExactly("{\"object\":{\"metadata\":{\"managedFields\":[{\"manager\":\"m\"}]}}}\n");
  }

  @Test
  void aLineThatIsNoJsonEndsTheWatch() {
    assertThatIOException()
        .isThrownBy(() -> lines.consume(List.of(ByteBuffer.wrap("{\"a\n".getBytes(UTF_8))), body));
    assertThat(handedOn).isEmpty();
  }
}
