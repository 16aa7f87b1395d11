package dev.signet.core.sealing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.signet.core.SecretBytes;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class SealingPropertiesTest {

  private static final KeyPair PAIR = TestKeys.generate(1024);
  private static final Sealer SEALER = new Sealer(TestKeys.publicHalf(PAIR), new SecureRandom());
  private static final KeyRing RING =
      KeyRing.ofOpeningKeys(
          List.of(OpeningKey.of(TestKeys.publicHalf(PAIR), TestKeys.raw(PAIR.getPrivate()))));

  @Property(tries = 300)
  void whatIsSealedOpensUnderItsLabel(@ForAll byte[] value, @ForAll byte[] label)
      throws NoKeyException {
    byte[] sealed = SEALER.seal(SecretBytes.copyOf(value), label);
    assertThat(RING.open(sealed, label, Hint.NONE).value().with(byte[]::clone)).isEqualTo(value);
  }

  @Property(tries = 300)
  void anyFlippedBitIsRefused(@ForAll byte[] value, @ForAll @IntRange(max = 1 << 20) int place) {
    byte[] sealed = SEALER.seal(SecretBytes.copyOf(value), value);
    int bit = place % (sealed.length * 8);
    sealed[bit / 8] ^= (byte) (1 << (bit % 8));
    assertRefused(sealed, value);
  }

  @Property(tries = 100)
  void anyCutIsRefused(@ForAll byte[] value, @ForAll @IntRange(max = 1 << 20) int length) {
    byte[] sealed = SEALER.seal(SecretBytes.copyOf(value), value);
    assertRefused(Arrays.copyOf(sealed, length % sealed.length), value);
  }

  @Property(tries = 300)
  void anyOtherLabelIsRefused(@ForAll byte[] label, @ForAll byte[] other) {
    Assume.that(!Arrays.equals(label, other));
    assertRefused(SEALER.seal(SecretBytes.copyOf(label), label), other);
  }

  private static void assertRefused(byte[] sealed, byte[] label) {
    assertThatThrownBy(() -> RING.open(sealed, label, Hint.NONE))
        .isInstanceOf(NoKeyException.class)
        .hasMessage("no key could decrypt secret")
        .hasNoSuppressedExceptions();
  }
}
