package dev.signet.core.age;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The vectors of C2SP/CCTV, which define what an age file is and what none is. */
class AgeVectorsTest {

  static List<Vector> vectors() {
    return Vector.all();
  }

  @Test
  void allOfThemAreHere() {
    assertThat(vectors()).hasSize(147);
    assertThat(vectors().stream().filter(vector -> vector.name().contains("hybrid"))).hasSize(19);
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void areReadAsTheySay(Vector vector) throws Exception {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    String result = "success";
    try (InputStream in =
        AgeFile.decrypt(
            new ByteArrayInputStream(vector.file()), vector.form(), identities(vector))) {
      in.transferTo(read);
    } catch (AgeException e) {
      result =
          switch (e.reason()) {
            case ARMOR -> "armor failure";
            case HEADER -> "header failure";
            case MAC -> "HMAC failure";
            case NO_MATCH -> "no match";
            case PAYLOAD -> "payload failure";
            case LOCKED, PLUGIN -> "no failure of a file";
          };
    }

    assertThat(result).isEqualTo(vector.expect());
    if (vector.one("payload").isPresent()) {
      assertThat(sha256(read.toByteArray())).isEqualTo(vector.one("payload").get());
    } else {
      assertThat(read.size()).isZero();
    }
  }

  private static List<Identity> identities(Vector vector) throws AgeKeyException {
    List<Identity> identities = new ArrayList<>();
    for (String text : vector.all("identity")) {
      identities.addAll(Identity.parseFile(SecretBytes.wrap(text.getBytes(UTF_8))));
    }
    for (String text : vector.all("passphrase")) {
      identities.add(new PassphraseIdentity(SecretBytes.wrap(text.getBytes(UTF_8))));
    }
    return identities;
  }

  static Stream<Vector> good() {
    return vectors().stream().filter(vector -> vector.expect().equals("success"));
  }

  @ParameterizedTest
  @MethodSource("good")
  void openWithTheirFileKey(Vector vector) throws Exception {
    InputStream in = new ByteArrayInputStream(vector.file());
    if (vector.form() == AgeFile.Form.ARMORED) {
      in = new ArmorInput(in);
    }
    Header header = Header.read(in);
    SecretBytes fileKey =
        SecretBytes.wrap(HexFormat.of().parseHex(vector.one("file key").orElseThrow()));

    assertThat(header.isGenuine(fileKey)).isTrue();
    byte[] nonce = in.readNBytes(Chunks.NONCE);
    byte[] payload = new PayloadInput(in, new Chunks(fileKey, nonce)).readAllBytes();
    assertThat(sha256(payload)).isEqualTo(vector.one("payload").orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("good")
  void areWrittenByteForByte(Vector vector) throws Exception {
    byte[] binary = vector.file();
    if (vector.form() == AgeFile.Form.ARMORED) {
      binary = new ArmorInput(new ByteArrayInputStream(binary)).readAllBytes();
      byte[] armored = armored(binary);
      String unixText = new String(vector.file(), UTF_8).replace("\r\n", "\n").strip() + "\n";
      assertThat(new String(armored, UTF_8)).isEqualTo(unixText);
    }
    InputStream in = new ByteArrayInputStream(binary);
    Header header = Header.read(in);
    SecretBytes fileKey =
        SecretBytes.wrap(HexFormat.of().parseHex(vector.one("file key").orElseThrow()));
    byte[] nonce = in.readNBytes(Chunks.NONCE);
    byte[] payload = new PayloadInput(in, new Chunks(fileKey, nonce)).readAllBytes();

    ByteArrayOutputStream written = new ByteArrayOutputStream();
    written.writeBytes(Header.write(header.stanzas(), fileKey));
    written.writeBytes(nonce);
    try (OutputStream out = new PayloadOutput(written, new Chunks(fileKey, nonce))) {
      out.write(payload);
    }
    assertThat(written.toByteArray()).isEqualTo(binary);
  }

  private static byte[] armored(byte[] binary) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    try (OutputStream out = new ArmorOutput(text)) {
      out.write(binary);
    }
    return text.toByteArray();
  }

  @Test
  void aStrangerIsToldWhomItIsFor() throws Exception {
    Vector vector =
        vectors().stream().filter(each -> each.name().equals("hybrid")).findFirst().orElseThrow();
    try (X25519Identity stranger = X25519Identity.generate(new SecureRandom())) {
      assertThatThrownBy(() -> AgeFile.open(vector.file(), List.of(stranger)))
          .hasMessage(
              "none of the identities is a recipient of the age file, which is for mlkem768x25519");
    }
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
