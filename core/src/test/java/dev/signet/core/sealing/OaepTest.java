package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.spec.MGF1ParameterSpec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import javax.crypto.Cipher;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class OaepTest {

  private static final int SIZE = 256;
  private static final byte[] LABEL = "ns/name".getBytes(UTF_8);
  private static final byte[] MESSAGE = "sixteen byte key".getBytes(UTF_8);

  /** The data block before it is masked, for a change, and the first byte. */
  record Damage(String kind, int firstByte, int at, int value) {
    @Override
    public String toString() {
      return kind;
    }
  }

  static List<Damage> damages() {
    int db = SIZE - 33;
    List<Damage> damages = new ArrayList<>();
    for (int first : new int[] {1, 2, 0x7f, 0x80, 0xff}) {
      damages.add(new Damage("first byte " + first, first, 0, -1));
    }
    for (int i = 0; i < 32; i++) {
      damages.add(new Damage("label hash byte " + i, 0, i, 0x100));
    }
    for (int i : new int[] {32, 33, 100, db - MESSAGE.length - 2}) {
      for (int value : new int[] {2, 0x7f, 0x80, 0xff}) {
        damages.add(new Damage("padding byte " + i + " is " + value, 0, i, value));
      }
    }
    for (int value : new int[] {2, 0x80, 0xff}) {
      damages.add(new Damage("separator is " + value, 0, db - MESSAGE.length - 1, value));
    }
    return damages;
  }

  @ParameterizedTest
  @MethodSource("damages")
  void everyKindOfDamageIsTheSameFailureAfterTheSameWork(Damage damage) {
    byte[] db = dataBlock();
    if (damage.value() >= 0) {
      db[damage.at()] = (byte) (damage.value() > 0xff ? db[damage.at()] ^ 1 : damage.value());
    }
    var counting = new CountingSha256();
    assertThat(new Oaep(counting).decode(encoded(damage.firstByte(), db), LABEL)).isEmpty();
    assertThat(counting.computations).isEqualTo(computationsOfAGoodMessage());
  }

  @Test
  void paddingWithoutEndIsTheSameFailureAfterTheSameWork() {
    byte[] db = dataBlock();
    Arrays.fill(db, 32, db.length, (byte) 0);
    var counting = new CountingSha256();
    assertThat(new Oaep(counting).decode(encoded(0, db), LABEL)).isEmpty();
    assertThat(counting.computations).isEqualTo(computationsOfAGoodMessage());
  }

  @Test
  void anotherLabelIsTheSameFailureAfterTheSameWork() {
    for (String label : List.of("", "ns", "ns/namex", "NS/NAME", "ns/name\0", "/ns/name")) {
      var counting = new CountingSha256();
      assertThat(new Oaep(counting).decode(encoded(0, dataBlock()), label.getBytes(UTF_8)))
          .isEmpty();
      assertThat(counting.computations).isEqualTo(computationsOfAGoodMessage());
    }
  }

  @Test
  void everyByteValueButOneStopsThePadding() {
    Set<Integer> accepted = new HashSet<>();
    for (int value = 0; value < 256; value++) {
      byte[] db = dataBlock();
      db[db.length - MESSAGE.length - 1] = (byte) value;
      if (new Oaep(RsaPublicKey.sha256()).decode(encoded(0, db), LABEL).isPresent()) {
        accepted.add(value);
      }
    }
    assertThat(accepted).containsExactly(1);
  }

  @Test
  void theFirstSeparatorStartsTheMessage() {
    byte[] db = dataBlock();
    db[40] = 1;
    assertThat(new Oaep(RsaPublicKey.sha256()).decode(encoded(0, db), LABEL))
        .hasValueSatisfying(
            message -> assertThat(message).isEqualTo(Arrays.copyOfRange(db, 41, db.length)));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 16, 32, 61, 62})
  void decodesWhatTheJdkEncodes(int length) throws GeneralSecurityException {
    byte[] message = new byte[length];
    Arrays.fill(message, (byte) 1);
    KeyPair pair = TestKeys.generate(1024);
    Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
    cipher.init(
        Cipher.ENCRYPT_MODE,
        pair.getPublic(),
        new OAEPParameterSpec(
            "SHA-256", "MGF1", MGF1ParameterSpec.SHA256, new PSource.PSpecified(LABEL)));

    byte[] encoded = TestKeys.raw(pair.getPrivate()).power(cipher.doFinal(message));

    assertThat(new Oaep(RsaPublicKey.sha256()).decode(encoded, LABEL)).contains(message);
  }

  @Test
  void theShortestModulusHoldsAnEmptyMessage() {
    byte[] db = Arrays.copyOf(RsaPublicKey.sha256().digest(LABEL), 33);
    db[32] = 1;
    byte[] encoded = encoded(0, db);
    assertThat(encoded).hasSize(Oaep.minSize());
    assertThat(new Oaep(RsaPublicKey.sha256()).decode(encoded, LABEL)).contains(new byte[0]);
  }

  private static int computationsOfAGoodMessage() {
    var counting = new CountingSha256();
    assertThat(new Oaep(counting).decode(encoded(0, dataBlock()), LABEL)).contains(MESSAGE);
    assertThat(counting.computations).isEqualTo(1 + 1 + 7);
    return counting.computations;
  }

  private static byte[] dataBlock() {
    byte[] db = Arrays.copyOf(RsaPublicKey.sha256().digest(LABEL), SIZE - 33);
    System.arraycopy(MESSAGE, 0, db, db.length - MESSAGE.length, MESSAGE.length);
    db[db.length - MESSAGE.length - 1] = 1;
    return db;
  }

  private static byte[] encoded(int firstByte, byte[] db) {
    byte[] seed = new byte[32];
    new SecureRandom().nextBytes(seed);
    byte[] maskedDb = xor(db, mgf1(seed, db.length));
    byte[] maskedSeed = xor(seed, mgf1(maskedDb, 32));
    byte[] encoded = new byte[1 + 32 + db.length];
    encoded[0] = (byte) firstByte;
    System.arraycopy(maskedSeed, 0, encoded, 1, 32);
    System.arraycopy(maskedDb, 0, encoded, 33, db.length);
    return encoded;
  }

  private static byte[] mgf1(byte[] seed, int length) {
    byte[] mask = new byte[0];
    for (int i = 0; mask.length < length; i++) {
      MessageDigest sha256 = RsaPublicKey.sha256();
      sha256.update(seed);
      byte[] block = sha256.digest(new byte[] {0, 0, 0, (byte) i});
      int from = mask.length;
      mask = Arrays.copyOf(mask, from + 32);
      System.arraycopy(block, 0, mask, from, 32);
    }
    return Arrays.copyOf(mask, length);
  }

  private static byte[] xor(byte[] a, byte[] b) {
    byte[] sum = a.clone();
    for (int i = 0; i < sum.length; i++) {
      sum[i] ^= b[i];
    }
    return sum;
  }

  private static final class CountingSha256 extends MessageDigest {
    private final MessageDigest sha256 = RsaPublicKey.sha256();
    int computations;

    CountingSha256() {
      super("SHA-256");
    }

    @Override
    protected void engineUpdate(byte input) {
      sha256.update(input);
    }

    @Override
    protected void engineUpdate(byte[] input, int offset, int length) {
      sha256.update(input, offset, length);
    }

    @Override
    protected byte[] engineDigest() {
      computations++;
      return sha256.digest();
    }

    @Override
    protected void engineReset() {
      sha256.reset();
    }
  }
}
