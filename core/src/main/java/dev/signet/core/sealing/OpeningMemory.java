package dev.signet.core.sealing;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Remembers which key opened a ciphertext, and which ciphertexts no key of a ring opened, for the
 * {@code capacity} used last; one takes some 100 bytes. Names are cut to half a SHA-256: a wrong
 * answer to the first question costs no more than one RSA operation, and to get a wrong one to the
 * second somebody would have to find another text with the same 128 bits.
 *
 * <p>It also counts the RSA operations of all rings that share it.
 */
final class OpeningMemory {

  private record Name(long high, long low) {
    static Name of(byte[] hash) {
      ByteBuffer digest = ByteBuffer.wrap(hash);
      return new Name(digest.getLong(), digest.getLong());
    }
  }

  /** In the place of a key: none of those that were asked. */
  private static final String NONE = "";

  private final int capacity;
  private final LinkedHashMap<Name, String> keys = new LinkedHashMap<>(16, 0.75f, true);
  private final LongAdder operations = new LongAdder();

  OpeningMemory(int capacity) {
    this.capacity = capacity;
  }

  Optional<String> keyOf(SealedItem item) {
    return get(Name.of(item.digest())).filter(key -> !key.equals(NONE));
  }

  void remember(SealedItem item, String key) {
    put(Name.of(item.digest()), key);
  }

  /**
   * Whether it is known that nothing opens it.
   *
   * @param asked digest of all that decides: ciphertext, label and the keys there are
   */
  boolean isUnopened(byte[] asked) {
    return get(Name.of(asked)).isPresent();
  }

  void rememberUnopened(byte[] asked) {
    put(Name.of(asked), NONE);
  }

  private synchronized Optional<String> get(Name name) {
    return Optional.ofNullable(keys.get(name));
  }

  private synchronized void put(Name name, String key) {
    keys.put(name, key);
    if (keys.size() > capacity) {
      Map.Entry<Name, String> eldest = keys.firstEntry();
      keys.remove(eldest.getKey());
    }
  }

  void operation() {
    operations.increment();
  }

  long operations() {
    return operations.sum();
  }
}
