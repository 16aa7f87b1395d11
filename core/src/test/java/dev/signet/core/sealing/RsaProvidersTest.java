package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import java.security.KeyPair;
import java.security.Provider;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When another provider's RSA opens, and that it changes nothing but the time that takes. */
class RsaProvidersTest {

  private static final byte[] LABEL = "ns/name".getBytes(UTF_8);
  private static final byte[] VALUE = "a value".getBytes(UTF_8);

  private final OpeningKey key = TestKeys.named("p2048").openingKey();
  private final byte[] sealed =
      new Sealer(key.publicKey(), new SecureRandom()).seal(SecretBytes.copyOf(VALUE), LABEL);
  private final ScriptedRsa sound = new ScriptedRsa(UnaryOperator.identity());
  private final AtomicInteger loads = new AtomicInteger();

  private RsaProviders after(int operations, Provider provider) {
    return RsaProviders.after(
        operations,
        () -> {
          loads.incrementAndGet();
          return Optional.of(provider);
        });
  }

  private KeyRing ring(RsaProviders providers) {
    return KeyRing.ofOpeningKeys(List.of(key)).using(providers);
  }

  private void open(KeyRing ring) throws NoKeyException {
    try (SecretBytes value = ring.open(sealed, LABEL, Hint.NONE).value()) {
      assertThat(value.with(byte[]::clone)).isEqualTo(VALUE);
    }
  }

  @Test
  void itIsLoadedOnceTheJdkHasDoneEnough() throws NoKeyException {
    KeyRing ring = ring(after(3, sound));
    for (int i = 0; i < 3; i++) {
      open(ring);
    }
    assertThat(loads).hasValue(0);
    assertThat(ring.provider()).isEqualTo("SunJCE");

    open(ring);
    open(ring);

    assertThat(loads).hasValue(1);
    assertThat(ring.provider()).isEqualTo("Scripted");
    assertThat(sound.numbers()).hasSize(2);
    assertThat(sound.keysGiven()).isEqualTo(1);
  }

  @Test
  void anOperationOfTwiceTheLengthCountsEightTimes() {
    RsaProviders providers = after(15, sound);
    assertThat(providers.next(512)).isEmpty();
    assertThat(providers.next(256)).isEmpty();
    assertThat(providers.next(512)).contains(sound);
  }

  @Test
  void whatCannotBeLoadedIsTriedOnce() throws NoKeyException {
    AtomicInteger tries = new AtomicInteger();
    KeyRing ring =
        ring(
            RsaProviders.after(
                0,
                () -> {
                  tries.incrementAndGet();
                  return Optional.empty();
                }));
    open(ring);
    open(ring);
    assertThat(tries).hasValue(1);
    assertThat(ring.provider()).isEqualTo("SunJCE");
  }

  @Test
  void otherKeysOfTheRingUseItToo() throws NoKeyException {
    KeyRing ring = ring(after(0, sound)).with(TestKeys.named("p4096").openingKey());
    ring =
        ring.without(TestKeys.named("p4096").id()).replacedBy(List.of(), KeyOrder.SECRET_CREATION);
    open(ring.with(key));
    assertThat(sound.numbers()).hasSize(1);
  }

  @Test
  void aProviderThatThrowsIsNotAskedAgainForThatKey() throws NoKeyException {
    for (RuntimeException failure :
        List.of(new ProviderException("broken"), new IllegalStateException("broken too"))) {
      OpeningKey own = TestKeys.named("p2048").openingKey();
      ScriptedRsa failing =
          new ScriptedRsa(
              _ -> {
                throw failure;
              });
      KeyRing ring = KeyRing.ofOpeningKeys(List.of(own)).using(after(0, failing));
      open(ring);
      open(ring);
      assertThat(failing.numbers()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void aProviderThatMiscalculatesIsNotBelieved(int longer) throws NoKeyException {
    ScriptedRsa wrong =
        new ScriptedRsa(
            right -> {
              byte[] result = Arrays.copyOf(right, right.length + longer);
              result[100] ^= 1;
              return result;
            });
    KeyRing ring = ring(after(0, wrong));
    open(ring);
    open(ring);
    assertThat(wrong.numbers()).hasSize(1);
  }

  @Test
  void itIsNeverAskedForANumberThatIsNotSmallerThanTheModulus() {
    byte[] large = new byte[2 + 256 + 16];
    large[0] = 1;
    Arrays.fill(large, 2, 258, (byte) 0xff);
    KeyRing ring = ring(after(0, sound));
    assertThatThrownBy(() -> ring.open(large, LABEL, Hint.NONE))
        .isInstanceOf(NoKeyException.class)
        .hasNoSuppressedExceptions();
    assertThat(sound.numbers()).isEmpty();
    assertThat(loads).hasValue(0);
  }

  @Test
  void aKeyThatIsKeptElsewhereIsNotGivenToIt() throws NoKeyException {
    KeyPair pair = TestKeys.generate(1024);
    OpeningKey token = OpeningKey.of(TestKeys.publicHalf(pair), TestKeys.raw(pair.getPrivate()));
    byte[] item =
        new Sealer(token.publicKey(), new SecureRandom()).seal(SecretBytes.copyOf(VALUE), LABEL);
    KeyRing ring = KeyRing.ofOpeningKeys(List.of(token)).using(after(0, sound));
    ring.open(item, LABEL, Hint.NONE).value().close();
    assertThat(loads).hasValue(0);
  }

  @Test
  void itsCopyOfTheKeyIsDestroyedWithTheKey() throws NoKeyException {
    KeyRing ring = ring(after(0, sound));
    open(ring);
    assertThat(sound.destroyed()).isZero();

    key.close();

    assertThat(sound.destroyed()).isEqualTo(1);
    assertThatThrownBy(() -> open(ring)).isInstanceOf(IllegalStateException.class);
  }
}
