package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.signet.core.GoBase64;
import dev.signet.core.SecretBytes;
import dev.signet.testkit.Jsonl;
import dev.signet.testkit.Needs;
import java.math.BigInteger;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The Amazon Corretto Crypto Provider beside the JDK's: the same numbers, values and errors. */
class CorrettoTest {

  private static final AmazonCorrettoCryptoProvider PROVIDER =
      AmazonCorrettoCryptoProvider.INSTANCE;

  @BeforeAll
  static void itIsThere() {
    Needs.that(
        PROVIDER.getLoadingError() == null,
        "the Amazon Corretto Crypto Provider",
        "run the tests on Linux with glibc, on x86_64 or aarch64");
    PROVIDER.assertHealthy();
  }

  private static RsaProviders always() {
    return RsaProviders.after(0, () -> Optional.of(PROVIDER));
  }

  private static KeyRing jdks(List<String> names) {
    return KeyRing.of(
        names.stream().map(TestKeys::named).toList(), KeyOrder.CERTIFICATE_NOT_BEFORE);
  }

  static List<String> names() {
    return TestKeys.NAMES;
  }

  @ParameterizedTest
  @MethodSource("names")
  void raisesNumbersToTheSamePower(String name) throws Exception {
    OpeningKey key = TestKeys.named(name).openingKey();
    PrivateKey parsed = TestKeys.jca(key);
    RawRsa jdks = RawRsa.of(parsed, SessionKey.provider());
    RawRsa correttos =
        RawRsa.of(
            (PrivateKey) KeyFactory.getInstance("RSA", PROVIDER).translateKey(parsed), PROVIDER);
    BigInteger modulus = key.publicKey().modulus();
    List<BigInteger> numbers =
        new ArrayList<>(
            List.of(
                BigInteger.ZERO,
                BigInteger.ONE,
                BigInteger.TWO,
                modulus.subtract(BigInteger.ONE),
                modulus.shiftRight(1),
                modulus.shiftRight(300)));
    Random random = new Random(4096);
    for (int i = 0; i < 20; i++) {
      numbers.add(new BigInteger(modulus.bitLength() - 1, random));
    }
    for (BigInteger number : numbers) {
      byte[] bytes = padded(number, key.publicKey().size());
      assertThat(correttos.power(bytes)).as("%s", number).isEqualTo(jdks.power(bytes));
    }
  }

  private static byte[] padded(BigInteger number, int size) {
    byte[] digits = number.toByteArray();
    byte[] bytes = new byte[size];
    int length = Math.min(digits.length, size);
    System.arraycopy(digits, digits.length - length, bytes, size - length, length);
    return bytes;
  }

  static Stream<Jsonl.Row> vectors() {
    return Stream.of("/sealed/ciphertexts.jsonl", "/sealed/negative.jsonl")
        .flatMap(file -> Jsonl.rows(CorrettoTest.class, file).stream())
        .filter(row -> !row.optionalText("stage").orElse("").equals("base64"));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void opensAndRefusesWhatTheJdkDoes(Jsonl.Row row) throws Exception {
    KeyRing jdks = jdks(row.has("keys") ? row.texts("keys") : TestKeys.NAMES);
    boolean plain = row.has("ciphertext");
    byte[] label = plain ? row.text("label").getBytes(UTF_8) : row.base64("labelB64");
    byte[] ciphertext = GoBase64.STD.decode(row.text(plain ? "ciphertext" : "encrypted"));
    assertThat(outcome(jdks.using(always()), ciphertext, label))
        .isEqualTo(outcome(jdks, ciphertext, label));
  }

  @Test
  void everyDamageEndsInTheSameOneError() throws Exception {
    SealingKey key = TestKeys.named("p2048");
    SealingKey another = TestKeys.named("p2048-pkcs8");
    byte[] label = "ns/name".getBytes(UTF_8);
    Sealer sealer = new Sealer(key.certificate().publicKey(), new SecureRandom());
    byte[] sealed = sealer.seal(SecretBytes.copyOf("a value".getBytes(UTF_8)), label);
    KeyRing ring = KeyRing.ofOpeningKeys(List.of(key.openingKey())).using(always());
    assertThat(outcome(ring, sealed, label)).startsWith("opened");

    List<byte[]> damaged = new ArrayList<>();
    Random random = new Random(1);
    for (int at = 2; at < sealed.length; at += 7) {
      byte[] copy = sealed.clone();
      copy[at] ^= (byte) (1 << random.nextInt(8));
      damaged.add(copy);
    }
    byte[] zero = sealed.clone();
    Arrays.fill(zero, 2, 258, (byte) 0);
    damaged.add(zero);
    byte[] large = sealed.clone();
    Arrays.fill(large, 2, 258, (byte) 0xff);
    damaged.add(large);
    for (byte[] each : damaged) {
      assertRefused(ring, each, label);
    }
    assertRefused(ring, sealed, "ns/other".getBytes(UTF_8));
    assertRefused(ring, sealed, new byte[0]);
    assertRefused(
        KeyRing.ofOpeningKeys(List.of(another.openingKey())).using(always()), sealed, label);
  }

  private static void assertRefused(KeyRing ring, byte[] ciphertext, byte[] label) {
    assertThatThrownBy(() -> ring.open(ciphertext, label, Hint.NONE))
        .isExactlyInstanceOf(NoKeyException.class)
        .hasMessage("no key could decrypt secret")
        .hasNoCause()
        .hasNoSuppressedExceptions();
  }

  private static String outcome(KeyRing ring, byte[] ciphertext, byte[] label) {
    try {
      Opened opened = ring.open(ciphertext, label, Hint.NONE);
      return "opened "
          + opened.key()
          + " "
          + opened.value().with(bytes -> new BigInteger(1, bytes) + "/" + bytes.length);
    } catch (NoKeyException e) {
      return e.getMessage() + e.getSuppressed().length;
    }
  }
}
