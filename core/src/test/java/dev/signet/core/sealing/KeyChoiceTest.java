package dev.signet.core.sealing;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.SecretBytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Which keys are tried, in which order, and how often: each try costs milliseconds. */
class KeyChoiceTest {

  private static final int COUNT = 24;
  private static final byte[] LABEL = "ns/name".getBytes(UTF_8);
  private static final Instant START = Instant.parse("2024-01-01T00:00:00Z");
  private static final Duration PERIOD = Duration.ofDays(30);
  private static final List<KeyPair> PAIRS =
      IntStream.range(0, COUNT).mapToObj(i -> TestKeys.generate(1024)).toList();
  private static final SealingCertificate SOME_CERTIFICATE = TestKeys.named("p2048").certificate();

  /** The number of the key, for each private operation. */
  private final ConcurrentLinkedQueue<Integer> operations = new ConcurrentLinkedQueue<>();

  private final KeyRing ring = ring(COUNT);

  private KeyRing ring(int count) {
    KeyRing ring = KeyRing.empty();
    for (int i = 0; i < count; i++) {
      ring = ring.with(key(i, PAIRS.get(i)), since(i));
    }
    return ring;
  }

  private SealingKey key(int number, KeyPair pair) {
    RawRsa rsa = TestKeys.raw(pair.getPrivate());
    OpeningKey key =
        OpeningKey.of(
            TestKeys.publicHalf(pair),
            x -> {
              operations.add(number);
              return rsa.power(x);
            });
    return new SealingKey("key-" + number, since(number), SOME_CERTIFICATE, key);
  }

  private static Instant since(int number) {
    return START.plus(PERIOD.multipliedBy(number));
  }

  private static byte[] sealedWith(int number) {
    RsaPublicKey key = TestKeys.publicHalf(PAIRS.get(number));
    return new Sealer(key, new SecureRandom())
        .seal(SecretBytes.copyOf(new byte[] {(byte) number}), LABEL);
  }

  /** Opens, checks the value, and returns the numbers of the keys that were tried. */
  private List<Integer> tried(KeyRing keys, byte[] sealed, int number, Hint hint)
      throws NoKeyException {
    operations.clear();
    Opened opened = keys.open(sealed, LABEL, hint);
    assertThat(opened.value().with(byte[]::clone)).containsExactly((byte) number);
    assertThat(keys.find(opened.key()).orElseThrow().name()).isEqualTo("key-" + number);
    return List.copyOf(operations);
  }

  @Test
  void withoutAnyHintTheNewestIsTriedFirst() throws NoKeyException {
    byte[] sealed = likelyForAllKeys(20);
    assertThat(tried(ring, sealed, 20, Hint.NONE)).containsExactly(23, 22, 21, 20);
  }

  @Test
  void aTimeHintNeedsAtMostTwoOperationsForAnObjectStoredWithinAPeriod() throws NoKeyException {
    for (int number = 0; number < COUNT; number++) {
      for (Duration later :
          List.of(
              Duration.ZERO,
              Duration.ofDays(1),
              PERIOD.minusSeconds(1),
              PERIOD,
              PERIOD.multipliedBy(2).minusSeconds(1))) {
        Hint hint = Hint.sealedAbout(since(number).plus(later));
        List<Integer> tried = tried(ring(COUNT), sealedWith(number), number, hint);
        assertThat(tried).hasSizeLessThanOrEqualTo(2);
        if (later.compareTo(PERIOD) < 0) {
          assertThat(tried).containsExactly(number);
        }
      }
    }
  }

  @Test
  void aKnownCiphertextNeedsOneOperationWhateverTheHintSays() throws NoKeyException {
    byte[] sealed = likelyForAllKeys(3);
    assertThat(tried(ring, sealed, 3, Hint.NONE)).hasSize(21);
    for (Hint hint :
        List.of(
            Hint.NONE,
            Hint.sealedAbout(since(20)),
            Hint.NONE.andKey(ring.fingerprints().getFirst()))) {
      assertThat(tried(ring, sealed, 3, hint)).containsExactly(3);
    }
  }

  @Test
  void whatWasRememberedHoldsInRingsMadeFromThisOne() throws NoKeyException {
    byte[] sealed = likelyForAllKeys(3);
    assertThat(tried(ring, sealed, 3, Hint.NONE)).hasSize(21);
    KeyRing other =
        ring.with(key(99, TestKeys.generate(1024)), since(99))
            .without(ring.fingerprints().getFirst());
    assertThat(other.size()).isEqualTo(COUNT);
    assertThat(tried(other, sealed, 3, Hint.NONE)).containsExactly(3);
  }

  @Test
  void aForgottenKeyIsNotMissed() throws NoKeyException {
    byte[] sealed = sealedWith(3);
    Opened opened = ring.open(sealed, LABEL, Hint.NONE);
    KeyRing without = ring.without(opened.key());
    assertThatThrownBy(() -> without.open(sealed, LABEL, Hint.NONE))
        .isInstanceOf(NoKeyException.class);
  }

  @Test
  void theHintedKeyComesBeforeTheTime() throws NoKeyException {
    byte[] sealed = likelyForAllKeys(5);
    String fingerprint = TestKeys.publicHalf(PAIRS.get(5)).fingerprint();
    assertThat(tried(ring, sealed, 5, Hint.sealedAbout(since(20)).andKey(fingerprint)))
        .containsExactly(5);
  }

  @Test
  void wrongHintsCostTriesButNotTheResult() throws NoKeyException {
    byte[] sealed = likelyForAllKeys(22);
    Hint hint = Hint.sealedAbout(since(10)).andKey(TestKeys.publicHalf(PAIRS.get(2)).fingerprint());
    assertThat(tried(ring, sealed, 22, hint)).containsExactly(2, 10, 9, 23, 22);
    assertThat(tried(ring(COUNT), sealed, 22, Hint.sealedAbout(Instant.MIN)))
        .containsExactly(23, 22);
    assertThat(tried(ring(COUNT), sealed, 22, Hint.NONE.andKey("SHA256:unknown")))
        .containsExactly(23, 22);
  }

  @Test
  void whatNoKeyOpensTriesEachOfThemOnce() {
    byte[] sealed = likelyForAllKeys(0);
    sealed[sealed.length - 1] ^= 1;
    Hint hint = Hint.sealedAbout(since(7)).andKey(TestKeys.publicHalf(PAIRS.get(7)).fingerprint());
    assertThatThrownBy(() -> ring.open(sealed, LABEL, hint)).isInstanceOf(NoKeyException.class);
    assertThat(operations).hasSize(COUNT).doesNotHaveDuplicates();
  }

  @Test
  void whatNoKeyOpenedIsNotTriedAgainUntilKeysCiphertextOrLabelChange() throws NoKeyException {
    byte[] sealed = likelyForAllKeys(0);
    KeyRing without = ring.without(TestKeys.publicHalf(PAIRS.get(0)).fingerprint());
    assertThatThrownBy(() -> without.open(sealed, LABEL, Hint.NONE))
        .isInstanceOf(NoKeyException.class);
    assertThat(operations).hasSize(COUNT - 1);
    assertThat(ring.operations()).isEqualTo(COUNT - 1);

    operations.clear();
    assertThatThrownBy(() -> without.open(sealed, LABEL, Hint.NONE))
        .isInstanceOf(NoKeyException.class);
    assertThat(operations).isEmpty();
    byte[] otherLabel = "ns/other".getBytes(UTF_8);
    assertThatThrownBy(() -> without.open(sealed, otherLabel, Hint.NONE))
        .isInstanceOf(NoKeyException.class);
    assertThat(operations).hasSize(COUNT - 1);
    assertThat(tried(ring, sealed, 0, Hint.NONE)).endsWith(0);
  }

  @Test
  void ofSeveralTimesEachNamesAKeyBeforeTheOnesBeforeAreTried() throws NoKeyException {
    byte[] sealed = likelyForAllKeys(4);
    Hint hint = new Hint(Optional.empty(), List.of(since(15), since(5)));
    assertThat(tried(ring, sealed, 4, hint)).containsExactly(15, 5, 14, 4);
  }

  @Test
  void aRingOfOtherKeysRemembersWhatWasOpened() throws NoKeyException {
    SealingKey key = TestKeys.named("p2048");
    SealingKey other = TestKeys.named("p4096");
    KeyRing before = KeyRing.of(List.of(key), KeyOrder.CERTIFICATE_NOT_BEFORE);
    byte[] sealed =
        new Sealer(key.certificate().publicKey(), new SecureRandom())
            .seal(SecretBytes.copyOf(new byte[1]), LABEL);
    before.open(sealed, LABEL, Hint.NONE).value().close();

    KeyRing after = before.replacedBy(List.of(key, other), KeyOrder.CERTIFICATE_NOT_BEFORE);
    after.open(sealed, LABEL, Hint.NONE).value().close();
    assertThat(after.size()).isEqualTo(2);
    assertThat(after.operations()).isEqualTo(2);
  }

  @Test
  void keysThatCannotHaveMadeItAreNotTried() throws NoKeyException {
    SealingKey other = TestKeys.named("p2048");
    KeyRing mixed = ring.with(other, since(99));
    byte[] sealed =
        new Sealer(other.certificate().publicKey(), new SecureRandom())
            .seal(SecretBytes.copyOf(new byte[1]), LABEL);
    assertThat(mixed.open(sealed, LABEL, Hint.NONE).key()).isEqualTo(other.id());
    assertThat(operations).isEmpty();

    BigInteger wrapped = new BigInteger(1, Arrays.copyOfRange(likelyForAllKeys(0), 2, 130));
    assertThat(PAIRS).allMatch(p -> wrapped.compareTo(TestKeys.publicHalf(p).modulus()) < 0);
    byte[] tooGreat = sealedWith(0);
    Arrays.fill(tooGreat, 2, 130, (byte) 0xff);
    assertThatThrownBy(() -> mixed.open(tooGreat, LABEL, Hint.NONE))
        .isInstanceOf(NoKeyException.class);
    assertThat(operations).isEmpty();
  }

  @Test
  void aNumberFitsAKeyOnlyWhenItIsSmallerThanItsModulus() {
    RsaPublicKey key = TestKeys.publicHalf(PAIRS.getFirst());
    BigInteger modulus = key.modulus();
    assertThat(item(modulus.subtract(BigInteger.ONE)).fits(key)).isTrue();
    assertThat(item(modulus).fits(key)).isFalse();
    assertThat(item(modulus.add(BigInteger.ONE)).fits(key)).isFalse();
    for (int missing = 0; missing <= 16; missing++) {
      assertThat(shorter(128 - missing).fits(key)).isTrue();
    }
    assertThat(shorter(128 - 17).fits(key)).isFalse();
    assertThat(shorter(129).fits(key)).isFalse();
    assertThat(shorter(0).fits(key)).isFalse();
  }

  private static SealedItem item(BigInteger number) {
    byte[] bytes = new byte[130];
    bytes[1] = (byte) 128;
    byte[] digits = number.toByteArray();
    System.arraycopy(digits, digits.length - 128, bytes, 2, 128);
    return SealedItem.parse(bytes).orElseThrow();
  }

  private static SealedItem shorter(int length) {
    byte[] bytes = new byte[2 + length];
    bytes[1] = (byte) length;
    return SealedItem.parse(bytes).orElseThrow();
  }

  @Test
  void aFailingProviderIsToldBesideTheOtherKeys() throws NoKeyException {
    KeyPair pair = TestKeys.generate(1024);
    OpeningKey broken =
        OpeningKey.of(
            TestKeys.publicHalf(pair),
            x -> {
              throw new GeneralSecurityException("token was removed");
            });
    KeyRing keys = ring.with(new SealingKey("t", START, SOME_CERTIFICATE, broken), since(99));
    byte[] sealed = likelyForAllKeys(23);
    assertThat(tried(keys, sealed, 23, Hint.NONE)).containsExactly(23);

    byte[] brokensOwn = new byte[sealed.length];
    brokensOwn[1] = (byte) 128;
    NoKeyException none =
        catchThrowableOfType(NoKeyException.class, () -> keys.open(brokensOwn, LABEL, Hint.NONE));
    assertThat(none).hasMessage("no key could decrypt secret");
    assertThat(none.getSuppressed())
        .singleElement()
        .satisfies(e -> assertThat(e).hasMessage("token was removed"));
  }

  @Test
  void aProviderThatReturnsTooLittleHasFailed() {
    OpeningKey shorter =
        OpeningKey.of(TestKeys.publicHalf(PAIRS.getFirst()), x -> Arrays.copyOf(x, 100));
    KeyRing keys = KeyRing.ofOpeningKeys(List.of(shorter));
    assertThatThrownBy(() -> keys.open(sealedWith(0), LABEL, Hint.NONE))
        .satisfies(e -> assertThat(e.getSuppressed()).hasSize(1));
  }

  @Test
  void theMemoryForgetsWhatWasUsedLongestAgo() {
    OpeningMemory memory = new OpeningMemory(2);
    SealedItem[] items = new SealedItem[3];
    for (int i = 0; i < items.length; i++) {
      items[i] = SealedItem.parse(sealedWith(i)).orElseThrow();
    }
    memory.remember(items[0], "a");
    memory.remember(items[1], "b");
    assertThat(memory.keyOf(items[0])).contains("a");
    memory.remember(items[2], "c");
    assertThat(memory.keyOf(items[0])).contains("a");
    assertThat(memory.keyOf(items[1])).isEmpty();
    assertThat(memory.keyOf(items[2])).contains("c");
  }

  @Test
  void manyThreadsMayOpenWithOneRing() throws Exception {
    List<byte[]> sealed = IntStream.range(0, COUNT).mapToObj(KeyChoiceTest::sealedWith).toList();
    List<Callable<Integer>> work = new ArrayList<>();
    for (int i = 0; i < 10 * COUNT; i++) {
      byte[] item = sealed.get(i % COUNT);
      work.add(() -> (int) ring.open(item, LABEL, Hint.NONE).value().with(bytes -> bytes[0]));
    }
    try (var threads = Executors.newFixedThreadPool(4)) {
      var opened = threads.invokeAll(work);
      for (int i = 0; i < opened.size(); i++) {
        assertThat(opened.get(i).get()).isEqualTo(i % COUNT);
      }
    }
  }

  @Test
  void theNewestIsCurrentAndOfEqualsTheFirst() throws Exception {
    SealingKey a = TestKeys.named("p2048");
    SealingKey b = TestKeys.named("p2048-pkcs8");
    SealingKey c = TestKeys.named("p4096");
    KeyRing keys = KeyRing.empty().with(a, START).with(b, START).with(c, START.minusSeconds(1));
    assertThat(keys.current()).contains(a);
    assertThat(keys.currentSince()).contains(START);
    assertThat(keys.fingerprints()).containsExactly(a.id(), b.id(), c.id());
    assertThat(keys.with(c, START.plusNanos(1)).current()).contains(c);
    assertThat(KeyRing.empty().current()).isEmpty();
    assertThat(KeyRing.empty().currentSince()).isEmpty();
  }

  @Test
  void equalKeysCollapse() {
    SealingKey first = TestKeys.named("p2048");
    SealingKey same = TestKeys.named("p2048").named("copy", START);
    KeyRing keys = KeyRing.empty().with(first, START);
    assertThat(keys.with(same, START).find(first.id())).contains(first);
    assertThat(keys.with(same, START.minusSeconds(1)).find(first.id())).contains(first);
    assertThat(keys.with(same, START.plusSeconds(1)).find(first.id())).contains(same);
    assertThat(keys.with(same, START.plusSeconds(1)).size()).isEqualTo(1);
  }

  @Test
  void theOrderIsTheCertificatesOrTheSecrets() {
    SealingKey older = TestKeys.named("p2048").named("older", START.plusSeconds(9));
    SealingKey newer = TestKeys.named("p4096").named("newer", START);
    assertThat(older.certificate().notBefore()).isBefore(newer.certificate().notBefore());
    Set<SealingKey> keys = new HashSet<>(List.of(older, newer));
    assertThat(KeyRing.of(keys, KeyOrder.CERTIFICATE_NOT_BEFORE).current()).contains(newer);
    assertThat(KeyRing.of(keys, KeyOrder.SECRET_CREATION).current()).contains(older);
  }

  @Test
  void keysOfTheSameTimeAreTakenByCreation() {
    SealingKey first = TestKeys.named("p2048").named("first", START);
    SealingKey again = TestKeys.named("p2048").named("again", START.plusSeconds(9));
    assertThat(KeyRing.of(List.of(again, first), KeyOrder.CERTIFICATE_NOT_BEFORE).current())
        .contains(first);
  }

  @Test
  void aKeyWithAForeignCertificateOpensButIsNeverCurrent() throws NoKeyException {
    KeyRing keys = KeyRing.empty().with(key(0, PAIRS.getFirst()), since(9));
    assertThat(keys.current()).isEmpty();
    assertThat(tried(keys, sealedWith(0), 0, Hint.NONE)).containsExactly(0);
    SealingKey good = TestKeys.named("p2048");
    assertThat(keys.with(good, since(1)).current()).contains(good);
  }

  @Test
  void namesItsKeysButNothingElse() {
    SealingKey key = TestKeys.named("p2048");
    assertThat(KeyRing.empty().with(key, START)).hasToString("KeyRing[" + key.id() + "]");
  }

  /** A ciphertext that every key might have made, so that the order alone decides. */
  private static byte[] likelyForAllKeys(int number) {
    BigInteger least =
        PAIRS.stream()
            .map(pair -> TestKeys.publicHalf(pair).modulus())
            .min(BigInteger::compareTo)
            .orElseThrow();
    while (true) {
      byte[] sealed = sealedWith(number);
      if (new BigInteger(1, Arrays.copyOfRange(sealed, 2, 130)).compareTo(least) < 0) {
        return sealed;
      }
    }
  }
}
