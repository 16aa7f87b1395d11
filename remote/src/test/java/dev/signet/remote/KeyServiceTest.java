package dev.signet.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.SecretBytes;
import dev.signet.sops.KeyWrapping;
import dev.signet.sops.MasterKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class KeyServiceTest {

  private static final OffsetDateTime TIME = Instant.EPOCH.atOffset(ZoneOffset.UTC);

  @TempDir Path folder;

  /** Turns what it gets around, and remembers the key that it was asked for. */
  private static final class Turning implements KeyWrapping {
    private final List<MasterKey> asked = new CopyOnWriteArrayList<>();

    private static String turned(String text) {
      return new StringBuilder(text).reverse().toString();
    }

    @Override
    public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
      asked.add(key);
      if (key.name().equals("absent")) {
        throw new UnavailableException("there is no such key\nhere");
      }
      return part.with(bytes -> turned(new String(bytes, UTF_8)));
    }

    @Override
    public SecretBytes unwrap(MasterKey key) {
      asked.add(key.withEnc(""));
      return SecretBytes.copyOf(turned(key.enc()).getBytes(UTF_8));
    }
  }

  static List<MasterKey> keys() {
    return List.of(
        new MasterKey.Age("age1x", ""),
        new MasterKey.Pgp("ABCD", TIME, ""),
        new MasterKey.Kms("arn", "", Map.of(), "", TIME, ""),
        new MasterKey.Kms("arn", "role", Map.of("a", "b", "c", "", "é", "d"), "me", TIME, ""),
        new MasterKey.GcpKms("projects/p", TIME, ""),
        new MasterKey.AzureKeyVault("https://v", "k", "1", TIME, ""),
        new MasterKey.HcVault("https://v", "transit", "k", TIME, ""),
        new MasterKey.HuaweiKms("r:u", TIME, ""));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void everyKindOfKeyArrivesAsItIs(MasterKey key) throws Exception {
    Turning turning = new Turning();
    KeyServiceAddress.Unix socket = new KeyServiceAddress.Unix(folder.resolve("s"));
    try (KeyServiceServer server = KeyServiceServer.start(socket, turning, _ -> true);
        KeyServiceClient client = new KeyServiceClient(server.address());
        SecretBytes part = SecretBytes.copyOf("part".getBytes(UTF_8))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket.socket())))
          .isEqualTo("rw-------");
      String enc = client.wrap(key, part);
      assertThat(enc).isEqualTo("trap");
      try (SecretBytes again = client.unwrap(key.withEnc(enc))) {
        assertThat(again.matches(part)).isTrue();
      }
    }
    assertThat(turning.asked).containsExactly(key, key);
    assertThat(socket.socket()).doesNotExist();
  }

  @Test
  void itSpeaksTcpAndSaysWhatFailed() throws Exception {
    KeyServiceAddress any = KeyServiceAddress.of("tcp", "127.0.0.1:0", folder);
    try (KeyServiceServer server =
            KeyServiceServer.start(any, new Turning(), question -> !question.contains("refused"));
        KeyServiceClient client = new KeyServiceClient(server.address());
        SecretBytes part = SecretBytes.copyOf("part".getBytes(UTF_8))) {
      assertThat(client.wrap(new MasterKey.Age("age1x", ""), part)).isEqualTo("trap");
      assertThatThrownBy(() -> client.wrap(new MasterKey.Age("absent", ""), part))
          .isInstanceOf(KeyWrapping.UnavailableException.class)
          .hasMessage("key service " + server.address() + ": there is no such key here");
      assertThatThrownBy(() -> client.wrap(new MasterKey.Age("refused", ""), part))
          .hasMessageContaining("Request rejected by user");
      assertThatThrownBy(() -> KeyServiceServer.start(server.address(), new Turning(), _ -> true))
          .hasMessageContaining("cannot listen on " + server.address());
    }
  }

  @Test
  void whereNobodyListensIsSaid() {
    try (KeyServiceClient client =
            new KeyServiceClient(new KeyServiceAddress.Unix(folder.resolve("absent")));
        SecretBytes part = SecretBytes.copyOf("part".getBytes(UTF_8))) {
      assertThatThrownBy(() -> client.wrap(new MasterKey.Age("age1x", ""), part))
          .hasMessageStartingWith("key service unix://" + folder.resolve("absent"));
    }
  }

  @Test
  void addressesAreReadAsTheyAreWritten() throws Exception {
    assertThat(KeyServiceAddress.parse("tcp://host:5000").toString()).isEqualTo("tcp://host:5000");
    assertThat(KeyServiceAddress.parse("tcp://[::1]:5000"))
        .isEqualTo(new KeyServiceAddress.Tcp("::1", 5000));
    assertThat(KeyServiceAddress.parse("unix:///tmp/s"))
        .isEqualTo(new KeyServiceAddress.Unix(Path.of("/tmp/s")));
    for (String text :
        List.of("", "host:5000", "tcp://host", "unix://s", "http://h:1", "tcp:// :1")) {
      assertThatThrownBy(() -> KeyServiceAddress.parse(text)).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> KeyServiceAddress.of("udp", "127.0.0.1:1", folder))
        .hasMessageContaining("no network udp");
    assertThatThrownBy(() -> KeyServiceAddress.of("tcp", "127.0.0.1:70000", folder))
        .hasMessageContaining("malformed");
  }

  @FuzzTest(maxDuration = "5s")
  void whatIsReadOfARequestIsWrittenAsTheSame(byte[] bytes) {
    KeyMessages.Request request;
    try {
      request = KeyMessages.readRequest(bytes);
    } catch (IOException malformed) {
      return;
    }
    if (request.key().isPresent()) {
      try {
        MasterKey key = request.key().get();
        KeyMessages.Request again =
            KeyMessages.readRequest(KeyMessages.request(key, request.data()));
        assertThat(again.key()).contains(key);
        assertThat(again.data()).isEqualTo(request.data());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }
}
