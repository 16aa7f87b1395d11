package dev.signet.core.age;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.SecretBytes;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AgeFileTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final X25519Identity ONE = X25519Identity.generate(RANDOM);
  private static final X25519Identity TWO = X25519Identity.generate(RANDOM);
  private static final X25519Identity STRANGER = X25519Identity.generate(RANDOM);

  private static byte[] sealed(byte[] content, AgeFile.Form form, Recipient... recipients)
      throws AgeException {
    return AgeFile.seal(SecretBytes.copyOf(content), List.of(recipients), form, RANDOM);
  }

  private static byte[] opened(byte[] file, Identity... identities) throws AgeException {
    try (SecretBytes content = AgeFile.open(file, List.of(identities))) {
      return content.with(byte[]::clone);
    }
  }

  private static AgeException.Reason refusal(byte[] file, Identity... identities) {
    try {
      opened(file, identities);
      throw new AssertionError("it was opened");
    } catch (AgeException e) {
      return e.reason();
    }
  }

  @Property(tries = 30)
  void whatIsSealedOpensForEachRecipientAndForNobodyElse(
      @ForAll byte[] content, @ForAll AgeFile.Form form) throws AgeException {
    byte[] file = sealed(content, form, ONE.recipient(), TWO.recipient());
    assertThat(opened(file, ONE)).isEqualTo(content);
    assertThat(opened(file, STRANGER, TWO)).isEqualTo(content);
    assertThat(refusal(file, STRANGER)).isEqualTo(AgeException.Reason.NO_MATCH);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 47, 48, 49, 65535, 65536, 65537, 131071, 131072, 131073, 196608})
  void lengthsAroundThoseOfChunksGoRound(int length) throws IOException {
    byte[] content = new byte[length];
    new Random(length).nextBytes(content);
    for (AgeFile.Form form : AgeFile.Form.values()) {
      byte[] file = sealed(content, form, ONE.recipient());
      assertThat(opened(file, ONE)).isEqualTo(content);
      ByteArrayOutputStream piecewise = new ByteArrayOutputStream();
      try (OutputStream out = AgeFile.encrypt(piecewise, List.of(ONE.recipient()), form, RANDOM)) {
        for (int at = 0; at < length; at += 4099) {
          out.write(content, at, Math.min(4099, length - at));
        }
      }
      assertThat(piecewise.size()).isEqualTo(file.length);
      assertThat(opened(piecewise.toByteArray(), ONE)).isEqualTo(content);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFileThatIsCutOffAnywhereIsRefused(AgeFile.Form form) throws AgeException {
    byte[] file = sealed("a secret".getBytes(UTF_8), form, ONE.recipient());
    // The line break at the very end of an armored file may be missing.
    int length = form == AgeFile.Form.ARMORED ? file.length - 1 : file.length;
    for (int cut = 0; cut < length; cut++) {
      byte[] part = Arrays.copyOf(file, cut);
      assertThatThrownBy(() -> opened(part, ONE))
          .as("after %d bytes", cut)
          .isInstanceOf(AgeException.class);
    }
  }

  @Test
  void aHeaderThatIsCutOffAnywhereIsNamed() throws AgeException {
    byte[] file = sealed(new byte[0], AgeFile.Form.BINARY, ONE.recipient(), TWO.recipient());
    int payload = Primitives.TAG;
    for (int cut = 0; cut < file.length - payload; cut++) {
      assertThat(refusal(Arrays.copyOf(file, cut), ONE))
          .as("after %d bytes", cut)
          .isEqualTo(AgeException.Reason.HEADER);
    }
  }

  @Property(tries = 100)
  void anyFlippedBitIsRefused(@ForAll @IntRange(max = 1 << 16) int place) throws AgeException {
    byte[] file = sealed("a secret".getBytes(UTF_8), AgeFile.Form.BINARY, ONE.recipient());
    int bit = place % (file.length * 8);
    file[bit / 8] ^= (byte) (1 << (bit % 8));
    assertThatThrownBy(() -> opened(file, ONE)).isInstanceOf(AgeException.class);
  }

  @Test
  void passphrasesOpenWhatTheySealed() throws AgeException {
    SecretBytes text = SecretBytes.wrap("correct horse".getBytes(UTF_8));
    byte[] file = sealed(new byte[] {1, 2}, AgeFile.Form.ARMORED, new PassphraseRecipient(text, 4));
    assertThat(opened(file, ONE, new PassphraseIdentity(text.copy()))).containsExactly(1, 2);
    PassphraseIdentity wrong =
        new PassphraseIdentity(SecretBytes.wrap("correct donkey".getBytes(UTF_8)));
    assertThatThrownBy(() -> opened(file, wrong))
        .hasMessage("the passphrase is not that of the age file");
    assertThatThrownBy(() -> opened(file, ONE)).hasMessage("the age file needs a passphrase");
    assertThatThrownBy(() -> opened(file, new PassphraseIdentity(text.copy(), 3)))
        .hasMessageContaining("its work factor 4 is above the limit of 3");
  }

  @Test
  void aPassphraseStandsAlone() {
    PassphraseRecipient passphrase = new PassphraseRecipient(SecretBytes.wrap(new byte[] {'x'}), 4);
    assertThatThrownBy(() -> sealed(new byte[1], AgeFile.Form.BINARY, ONE.recipient(), passphrase))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> sealed(new byte[1], AgeFile.Form.BINARY))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"
      })
  void aRecipientOfLowOrderIsRefused(String point) {
    String text = Bech32.text("age", HexFormat.of().parseHex(point));
    assertThatThrownBy(() -> Recipient.parse(text))
        .isInstanceOf(AgeKeyException.class)
        .hasMessageEndingWith("a point of low order");
  }

  @Test
  void recipientsOfOtherKindsAreNamedAsSuch() {
    assertThatThrownBy(() -> Recipient.parse("age1yubikey1qwerty"))
        .hasMessageContaining("plugins are not used here");
    assertThatThrownBy(() -> Recipient.parse("ssh-ed25519 AAAA"))
        .hasMessage("malformed recipient \"ssh-ed25519 AAAA\": ssh: no key found");
    assertThatThrownBy(() -> Recipient.parse("SSH-ed25519 AAAA"))
        .hasMessage("unknown recipient type");
  }

  @Test
  void nothingOfAnIdentityIsPrinted() {
    String text = ONE.text().with(bytes -> new String(bytes, US_ASCII));
    assertThat(ONE.toString() + ONE.text()).doesNotContain(text.substring(15));
    byte[] wrong = (text.substring(0, 40) + "B" + text.substring(41)).getBytes(US_ASCII);
    assertThatThrownBy(() -> Identity.parseFile(SecretBytes.wrap(wrong)))
        .message()
        .isIn(
            "line 1: malformed secret key: invalid checksum",
            "line 1: malformed secret key: invalid character at 40");
  }

  /** What is read is not held: far more than memory could passes through two small buffers. */
  @Test
  void aLongFileIsReadAndWrittenWithoutBeingHeld() throws Exception {
    long length = 100L << 20;
    try (PipedInputStream in = new PipedInputStream(1 << 16)) {
      PipedOutputStream pipe = new PipedOutputStream(in);
      Thread writer =
          Thread.ofVirtual()
              .start(
                  () -> {
                    byte[] block = new byte[1 << 16];
                    try (OutputStream out =
                        AgeFile.encrypt(
                            pipe, List.of(ONE.recipient()), AgeFile.Form.BINARY, RANDOM)) {
                      for (long written = 0; written < length; written += block.length) {
                        out.write(block);
                      }
                    } catch (IOException e) {
                      throw new UncheckedIOException(e);
                    }
                  });
      long read = 0;
      int most = 0;
      byte[] block = new byte[1 << 16];
      try (InputStream content = AgeFile.decrypt(in, AgeFile.Form.BINARY, List.of(ONE))) {
        for (int count = content.read(block); count >= 0; count = content.read(block)) {
          read += count;
          most = Math.max(most, content.available());
        }
      }
      writer.join();
      assertThat(read).isEqualTo(length);
      assertThat(most).isLessThanOrEqualTo(Chunks.PLAIN);
    }
  }

  /** A chunk comes out before the next one is there, so nothing waits for the end. */
  @Test
  void aChunkIsHandedOutAsSoonAsTheNextHasBegun() throws IOException {
    byte[] file = sealed(new byte[Chunks.PLAIN * 3], AgeFile.Form.BINARY, ONE.recipient());
    CountingInput in = new CountingInput(file);
    try (InputStream content = AgeFile.decrypt(in, AgeFile.Form.BINARY, List.of(ONE))) {
      assertThat(content.read()).isZero();
      assertThat(in.taken).isLessThanOrEqualTo(Chunks.SEALED * 2);
    }
  }

  private static final class CountingInput extends ByteArrayInputStream {
    private int taken;

    CountingInput(byte[] bytes) {
      super(bytes);
    }

    @Override
    public synchronized int read(byte[] into, int offset, int length) {
      int count = super.read(into, offset, length);
      taken += Math.max(count, 0);
      return count;
    }
  }

  @Test
  void aPayloadThatFailedFailsAgain() throws IOException {
    byte[] file = sealed(new byte[100], AgeFile.Form.BINARY, ONE.recipient());
    file[file.length - 1] ^= 1;
    InputStream content =
        AgeFile.decrypt(new ByteArrayInputStream(file), AgeFile.Form.BINARY, List.of(ONE));
    assertThatThrownBy(content::read).isInstanceOf(AgeException.class);
    assertThatThrownBy(content::read).isInstanceOf(AgeException.class);
  }

  @FuzzTest
  void anyBytesAreAHeaderThatIsWrittenTheSameOrNone(byte[] bytes) throws IOException {
    Header header;
    InputStream in = new ByteArrayInputStream(bytes);
    try {
      header = Header.read(in);
    } catch (AgeException e) {
      assertThat(e.reason()).isEqualTo(AgeException.Reason.HEADER);
      return;
    }
    SecretBytes any = SecretBytes.wrap(new byte[FileKey.SIZE]);
    byte[] written = Header.write(header.stanzas(), any);
    int length = bytes.length - in.available();
    assertThat(written).hasSize(length);
    // All but the MAC, which this file key does not have.
    assertThat(Arrays.copyOf(written, length - 44)).isEqualTo(Arrays.copyOf(bytes, length - 44));
  }

  @FuzzTest
  void anyBytesAreAPayloadThatIsWrittenTheSameOrNone(byte[] bytes) throws IOException {
    SecretBytes key = SecretBytes.wrap(new byte[FileKey.SIZE]);
    byte[] nonce = new byte[Chunks.NONCE];
    try {
      byte[] plain =
          new PayloadInput(new ByteArrayInputStream(bytes), new Chunks(key, nonce)).readAllBytes();
      ByteArrayOutputStream written = new ByteArrayOutputStream();
      try (OutputStream out = new PayloadOutput(written, new Chunks(key, nonce))) {
        out.write(plain);
      }
      assertThat(written.toByteArray()).isEqualTo(bytes);
    } catch (AgeException e) {
      assertThat(e.reason()).isEqualTo(AgeException.Reason.PAYLOAD);
    }
  }

  @FuzzTest
  void anyTextIsReadOrRefused(byte[] bytes) throws IOException {
    try (InputStream in =
        new ArmorInput(new BufferedInputStream(new ByteArrayInputStream(bytes)))) {
      byte[] content = in.readAllBytes();
      assertThat(content.length).isLessThan(bytes.length);
    } catch (AgeException e) {
      assertThat(e.reason()).isEqualTo(AgeException.Reason.ARMOR);
    }
    try {
      Identity.parseFile(SecretBytes.copyOf(bytes)).forEach(Identity::close);
    } catch (AgeKeyException e) {
      assertThatCode(e::getMessage).doesNotThrowAnyException();
    }
  }
}
