package dev.signet.core.sealing;

import dev.signet.core.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The keys that open what was sealed over the years, newest first. A value: {@link #with} and
 * {@link #without} make another ring, which shares the memory of this one. It closes no keys, for
 * they may be in several rings.
 *
 * <p>A ciphertext does not say its key, and trying the wrong one costs as much as the right one. So
 * the keys that {@linkplain SealedItem#fits can} have made it are tried each once, in this order:
 *
 * <ol>
 *   <li>the one that opened this very ciphertext before, from a bounded memory;
 *   <li>the one that the hint names;
 *   <li>those that were current at the times of the hint, then the ones before them, for people
 *       seal with certificates they fetched earlier, and store what they sealed earlier;
 *   <li>the rest, newest first.
 * </ol>
 *
 * <p>What none of them opened is remembered too, for as long as the keys stay the same.
 *
 * <p>Safe for use by several threads at once; only the memory is locked, and only for a look-up.
 */
public final class KeyRing {

  /** How many ciphertexts are remembered: some 6 MiB when full. */
  private static final int MEMORY = 1 << 16;

  private record Held(OpeningKey key, Optional<SealingKey> sealing, Instant since) {}

  private final List<Held> newestFirst;
  private final OpeningMemory memory;
  private final RsaProviders providers;

  private KeyRing(List<Held> newestFirst, OpeningMemory memory, RsaProviders providers) {
    this.newestFirst = List.copyOf(newestFirst);
    this.memory = memory;
    this.providers = providers;
  }

  public static KeyRing empty() {
    return new KeyRing(List.of(), new OpeningMemory(MEMORY), RsaProviders.jdk());
  }

  /** The keys found in a cluster, taken in the order of their creation. */
  public static KeyRing of(Collection<SealingKey> keys, KeyOrder order) {
    return empty().replacedBy(keys, order);
  }

  /** A ring of these keys instead; what is remembered of ciphertexts stays. */
  public KeyRing replacedBy(Collection<SealingKey> keys, KeyOrder order) {
    KeyRing ring = new KeyRing(List.of(), memory, providers);
    for (SealingKey key :
        keys.stream().sorted(Comparator.comparing(SealingKey::created)).toList()) {
      ring = ring.with(key, order.timeOf(key));
    }
    return ring;
  }

  /** Private keys alone, such as those of a backup: they open, the first one first. */
  public static KeyRing ofOpeningKeys(Collection<OpeningKey> keys) {
    KeyRing ring = empty();
    for (OpeningKey key : keys) {
      ring = ring.with(key);
    }
    return ring;
  }

  /**
   * A ring with one key more. Of two with the same private key, the newer stays; of equals, the
   * first.
   *
   * @param since the time that orders it: the {@link KeyOrder}'s, or now for a key just made
   */
  public KeyRing with(SealingKey key, Instant since) {
    return with(new Held(key.openingKey(), Optional.of(key), since));
  }

  /** A ring with one key more that opens, after all others, and never seals. */
  public KeyRing with(OpeningKey key) {
    return with(new Held(key, Optional.empty(), Instant.MIN));
  }

  private KeyRing with(Held added) {
    List<Held> keys = new ArrayList<>(newestFirst);
    for (Held held : newestFirst) {
      if (held.key().id().equals(added.key().id())) {
        if (!added.since().isAfter(held.since())) {
          return this;
        }
        keys.remove(held);
      }
    }
    int place = 0;
    while (place < keys.size() && !added.since().isAfter(keys.get(place).since())) {
      place++;
    }
    keys.add(place, added);
    return new KeyRing(keys, memory, providers);
  }

  /** A ring without the key of that fingerprint. */
  public KeyRing without(String fingerprint) {
    return new KeyRing(
        newestFirst.stream().filter(held -> !held.key().id().equals(fingerprint)).toList(),
        memory,
        providers);
  }

  /** A ring of the same keys, opening with the RSA of those providers. */
  public KeyRing using(RsaProviders providers) {
    return new KeyRing(newestFirst, memory, providers);
  }

  /**
   * The key to seal with: the newest, and of those the one that came first. A key whose certificate
   * belongs to another private key is passed over, for what it seals might never be opened.
   */
  public Optional<SealingKey> current() {
    return newestFirst.stream()
        .flatMap(held -> held.sealing().stream())
        .filter(SealingKey::halvesMatch)
        .findFirst();
  }

  /** Since when {@link #current} is. */
  public Optional<Instant> currentSince() {
    return newestFirst.stream()
        .filter(held -> held.sealing().filter(SealingKey::halvesMatch).isPresent())
        .map(Held::since)
        .findFirst();
  }

  /** The fingerprints of all keys, newest first. */
  public List<String> fingerprints() {
    return newestFirst.stream().map(held -> held.key().id()).toList();
  }

  /** The sealing key of that fingerprint. */
  public Optional<SealingKey> find(String fingerprint) {
    return newestFirst.stream()
        .filter(held -> held.key().id().equals(fingerprint))
        .findFirst()
        .flatMap(Held::sealing);
  }

  public int size() {
    return newestFirst.size();
  }

  /** How often RSA was used by this ring and those that share its memory. */
  public long operations() {
    return memory.operations();
  }

  /** The name of the provider whose RSA opens now. */
  public String provider() {
    return providers.name();
  }

  /**
   * Opens a ciphertext.
   *
   * @param ciphertext the bytes, already decoded from Base64
   * @param label what it was sealed for; see {@link Scope#label}
   */
  public Opened open(byte[] ciphertext, byte[] label, Hint hint) throws NoKeyException {
    return open(ciphertext, label, hint, OpeningBudget.unlimited());
  }

  /** As {@link #open(byte[], byte[], Hint)}; keys beyond the budget are not tried. */
  public Opened open(byte[] ciphertext, byte[] label, Hint hint, OpeningBudget budget)
      throws NoKeyException {
    SealedItem item = SealedItem.parse(ciphertext).orElseThrow(NoKeyException::new);
    byte[] asked = asked(ciphertext, label);
    if (memory.isUnopened(asked)) {
      throw new NoKeyException();
    }
    List<Exception> failures = new ArrayList<>();
    for (OpeningKey key : candidates(item, hint)) {
      if (!budget.take()) {
        throw new NoKeyException();
      }
      memory.operation();
      try {
        Optional<SecretBytes> value = key.open(item, label, providers);
        if (value.isPresent()) {
          memory.remember(item, key.id());
          return new Opened(value.get(), key.id());
        }
      } catch (GeneralSecurityException e) {
        failures.add(e);
      }
    }
    if (failures.isEmpty()) {
      memory.rememberUnopened(asked);
    }
    NoKeyException none = new NoKeyException();
    failures.forEach(none::addSuppressed);
    throw none;
  }

  /** All that decides whether it opens. The parts are separated by their lengths. */
  private byte[] asked(byte[] ciphertext, byte[] label) {
    MessageDigest sha256 = RsaPublicKey.sha256();
    sha256.update(
        ByteBuffer.allocate(2 * Integer.BYTES)
            .putInt(ciphertext.length)
            .putInt(label.length)
            .flip());
    sha256.update(ciphertext);
    sha256.update(label);
    newestFirst.forEach(held -> sha256.update(held.key().id().getBytes(StandardCharsets.UTF_8)));
    return sha256.digest();
  }

  private List<OpeningKey> candidates(SealedItem item, Hint hint) {
    List<Held> fitting =
        newestFirst.stream().filter(held -> item.fits(held.key().publicKey())).toList();
    Set<OpeningKey> ordered = new LinkedHashSet<>();
    if (fitting.size() > 1) {
      memory.keyOf(item).ifPresent(id -> addIfThere(fitting, id, ordered));
      hint.key().ifPresent(id -> addIfThere(fitting, id, ordered));
      for (int before = 0; before < 2; before++) {
        for (Instant time : hint.sealedAbout()) {
          fitting.stream()
              .filter(held -> !held.since().isAfter(time))
              .skip(before)
              .findFirst()
              .ifPresent(held -> ordered.add(held.key()));
        }
      }
    }
    fitting.forEach(held -> ordered.add(held.key()));
    return List.copyOf(ordered);
  }

  private static void addIfThere(List<Held> keys, String id, Set<OpeningKey> ordered) {
    keys.stream().map(Held::key).filter(key -> key.id().equals(id)).forEach(ordered::add);
  }

  @Override
  public String toString() {
    return "KeyRing" + fingerprints();
  }
}
