package dev.signet.delivery.directory;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.SecretBytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class StateFileTest {

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int HEADER = 13 + 1 + 1 + 32;

  @TempDir Path folder;

  private StateFile file() {
    return new StateFile(folder.resolve("state"), RANDOM, FaultPoints.NONE);
  }

  private static StateKey key(int fill) {
    byte[] bytes = new byte[StateKey.KEY_SIZE];
    Arrays.fill(bytes, (byte) fill);
    return new StateKey.File(SecretBytes.wrap(bytes));
  }

  private static StateKey passphrase(String text) {
    return new StateKey.Passphrase(SecretBytes.wrap(text.getBytes(UTF_8)));
  }

  private StateException refused(StateKey key) {
    StateException e = catchThrowableOfType(StateException.class, () -> file().read(key));
    assertThat(e).isNotNull().hasNoCause();
    assertThat(e.getMessage()).startsWith(folder.resolve("state").toString());
    return e;
  }

  private byte[] bytes() throws IOException {
    return Files.readAllBytes(folder.resolve("state"));
  }

  private void put(byte[] content) throws IOException {
    Files.write(folder.resolve("state"), content);
  }

  private static byte[] resource(String name) {
    try (InputStream in = StateFileTest.class.getResourceAsStream("/state/" + name)) {
      return java.util.Objects.requireNonNull(in).readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void whatIsWrittenIsReadAndNothingThereIsNothing() throws Exception {
    assertThat(file().read(key(1))).isEmpty();
    assertThat(file().wantsPassphrase()).isEmpty();
    file().write(key(1), "plain".getBytes(UTF_8));
    assertThat(file().read(key(1))).hasValue("plain".getBytes(UTF_8));
    assertThat(file().wantsPassphrase()).contains(false);
    file().write(key(1), new byte[0]);
    assertThat(file().read(key(1))).hasValue(new byte[0]);
  }

  /** Files of version 1 open for ever: this one was written when the format was new. */
  @Test
  void aFileOfTheFirstDayOpens() throws Exception {
    put(resource("v1-key"));
    assertThat(file().read(key(7))).hasValue("golden".getBytes(UTF_8));
    assertThat(HexFormat.of().formatHex(bytes(), 0, 15))
        .isEqualTo(HexFormat.of().formatHex("SIGNET-STATE\n\1\0".getBytes(US_ASCII)));
    put(resource("v1-passphrase"));
    assertThat(file().wantsPassphrase()).contains(true);
    try (StateKey key = passphrase("correct horse ü")) {
      assertThat(file().read(key)).hasValue("golden".getBytes(UTF_8));
    }
  }

  @Test
  void everyWriteLooksDifferent() throws Exception {
    file().write(key(1), "plain".getBytes(UTF_8));
    byte[] first = bytes();
    file().write(key(1), "plain".getBytes(UTF_8));
    assertThat(bytes()).hasSameSizeAs(first);
    assertThat(Arrays.copyOfRange(bytes(), 15, HEADER))
        .isNotEqualTo(Arrays.copyOfRange(first, 15, HEADER));
    assertThat(Arrays.copyOfRange(bytes(), HEADER, first.length))
        .isNotEqualTo(Arrays.copyOfRange(first, HEADER, first.length));
  }

  @Test
  void everyFlippedBitIsNoticed() throws Exception {
    file().write(key(1), "plain".getBytes(UTF_8));
    byte[] whole = bytes();
    for (int i = 0; i < whole.length; i++) {
      byte[] damaged = whole.clone();
      damaged[i] ^= 1;
      put(damaged);
      String expected =
          i < 13
              ? "is not a Signet state file, or it was cut short"
              : i == 13
                  ? "was written by a newer Signet; update to read it"
                  : i == 14
                      ? "is protected by a passphrase"
                      : "does not open with your key: it belongs to another key file, or it is"
                          + " damaged";
      assertThat(refused(key(1))).as("byte " + i).hasMessageEndingWith(expected);
    }
  }

  @Test
  void everyCutIsNoticed() throws Exception {
    file().write(key(1), "plain".getBytes(UTF_8));
    byte[] whole = bytes();
    for (int length = 0; length < whole.length; length++) {
      put(Arrays.copyOf(whole, length));
      assertThat(refused(key(1)))
          .as("length " + length)
          .hasMessageEndingWith(
              length < HEADER + 16
                  ? "is not a Signet state file, or it was cut short"
                  : "does not open with your key: it belongs to another key file, or it is"
                      + " damaged");
    }
    put(Arrays.copyOf(whole, whole.length + 1));
    assertThat(refused(key(1))).hasMessageContaining("does not open");
  }

  @Test
  void anotherKeyDoesNotOpenIt() throws Exception {
    file().write(key(1), "plain".getBytes(UTF_8));
    assertThat(refused(key(2))).hasMessageContaining("belongs to another key file");
    try (StateKey phrase = passphrase("x")) {
      assertThat(refused(phrase)).hasMessageEndingWith("is protected by a key file");
      file().write(phrase, "plain".getBytes(UTF_8));
    }
    assertThat(refused(key(1))).hasMessageEndingWith("is protected by a passphrase");
    try (StateKey other = passphrase("y")) {
      assertThat(refused(other))
          .hasMessageEndingWith("does not open: the passphrase is wrong, or the file is damaged");
    }
  }

  @Test
  void aNewerVersionAsksForAnUpdate() throws Exception {
    file().write(key(1), "plain".getBytes(UTF_8));
    byte[] whole = bytes();
    for (int[] change : new int[][] {{13, 2}, {13, 255}, {14, 2}, {14, 255}}) {
      byte[] newer = whole.clone();
      newer[change[0]] = (byte) change[1];
      put(newer);
      assertThat(refused(key(1))).hasMessageContaining("newer Signet");
      assertThatThrownBy(() -> file().wantsPassphrase()).hasMessageContaining("newer Signet");
    }
  }

  @Test
  void whatIsTooLargeIsNeitherReadNorWritten() throws Exception {
    StateFile small = new StateFile(folder.resolve("state"), RANDOM, FaultPoints.NONE, 1 << 20);
    byte[] most = new byte[(1 << 20) - HEADER - 16];
    small.write(key(1), most);
    assertThat(small.read(key(1))).hasValue(most);
    byte[] before = bytes();
    assertThatThrownBy(() -> small.write(key(1), new byte[most.length + 1]))
        .isInstanceOf(StateException.class)
        .hasMessageEndingWith(
            "would grow larger than a state file can be (1 MiB); the state before this command is"
                + " unchanged");
    assertThat(bytes()).isEqualTo(before);
    put(Arrays.copyOf(before, before.length + 1));
    assertThatThrownBy(() -> small.read(key(1)))
        .hasMessageEndingWith("is larger than a state file can be (1 MiB)");
    assertThat(StateFile.MAX_SIZE).isEqualTo(256 << 20);
  }

  @Test
  void aFileThatCannotBeReadOrWrittenSaysWhy() throws Exception {
    Files.createDirectory(folder.resolve("state"));
    assertThatThrownBy(() -> file().read(key(1)))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("cannot read " + folder.resolve("state"));
    Files.createFile(folder.resolve("state/in-the-way"));
    assertThatThrownBy(() -> file().write(key(1), new byte[1]))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("cannot write " + folder.resolve("state"))
        .hasMessageEndingWith("the state before this command is unchanged");
    assertThat(folder.resolve(".state.new")).doesNotExist();
  }

  @Test
  void onlyItsOwnerMayReadIt() throws Exception {
    file().write(key(1), new byte[1]);
    assertThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
    assertThat(
            java.nio.file.attribute.PosixFilePermissions.toString(
                Files.getPosixFilePermissions(folder.resolve("state"))))
        .isEqualTo("rw-------");
  }

  @Test
  void noValueStandsInTheFile() throws Exception {
    String value = "correct-horse-battery-staple";
    try (State state = States.full(value)) {
      byte[] plain = StateCodec.encode(state);
      assertThat(new String(plain, UTF_8))
          .contains(Base64.getEncoder().encodeToString(value.getBytes(UTF_8)));
      file().write(key(1), plain);
    }
    String raw = new String(bytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
    assertThat(raw).doesNotContain(value, "SealedSecret", "password");
    for (int shift = 0; shift < 3; shift++) {
      String encoded =
          Base64.getEncoder().encodeToString((" ".repeat(shift) + value).getBytes(UTF_8));
      assertThat(raw).doesNotContain(encoded.substring(4, encoded.length() - 4));
    }
  }

  @FuzzTest
  void anyBytesAreAStateFileOrRefused(byte[] input) throws IOException {
    Path somewhere = Files.createTempFile("signet-fuzz", "");
    try {
      Files.write(somewhere, input);
      new StateFile(somewhere, RANDOM, FaultPoints.NONE).read(key(7));
    } catch (StateException e) {
      assertThat(e.getMessage()).startsWith(somewhere.toString());
    } finally {
      Files.delete(somewhere);
    }
  }
}
