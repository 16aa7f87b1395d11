package dev.signet.core.sealing;

import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Remembers which key opened a ciphertext, for the {@code capacity} used last; one takes some 100
 * bytes. Names are cut to half a SHA-256, for a wrong answer costs no more than one RSA operation.
 */
final class OpeningMemory {

  private record Name(long high, long low) {
    static Name of(SealedItem item) {
      ByteBuffer digest = ByteBuffer.wrap(item.digest());
      return new Name(digest.getLong(), digest.getLong());
    }
  }

  private final int capacity;
  private final LinkedHashMap<Name, String> keys = new LinkedHashMap<>(16, 0.75f, true);

  OpeningMemory(int capacity) {
    this.capacity = capacity;
  }

  synchronized Optional<String> keyOf(SealedItem item) {
    return Optional.ofNullable(keys.get(Name.of(item)));
  }

  synchronized void remember(SealedItem item, String key) {
    keys.put(Name.of(item), key);
    if (keys.size() > capacity) {
      Map.Entry<Name, String> eldest = keys.firstEntry();
      keys.remove(eldest.getKey());
    }
  }
}
