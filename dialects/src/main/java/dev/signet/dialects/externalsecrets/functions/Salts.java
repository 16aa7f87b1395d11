package dev.signet.dialects.externalsecrets.functions;

import dev.signet.core.SecretBytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Salts and initialization vectors that depend on nothing but what they are used for, so that a
 * template gives the same bytes each time and a Secret is not written again for new salts.
 *
 * <p>Key for templates: HMAC-SHA-256(installation key, purpose). Seed: HMAC-SHA-256(key for
 * templates, label, then each input, all with their lengths in front). Output: HMAC-SHA-256(seed,
 * counter) for counter 0, 1, … Without the installation key the output is not to be told from
 * random bytes; with other inputs, another label or another key it is unrelated. What is given up
 * against random salts: equal inputs can be seen to be equal.
 */
final class Salts {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PURPOSE = "signet template functions of external secrets, 1";

  private final SecretKeySpec key;

  private Salts(SecretKeySpec key) {
    this.key = key;
  }

  /** Salts under a key derived from the installation's, which is not kept. */
  static Salts of(SecretBytes installKey) {
    byte[] derived =
        installKey.with(
            bytes ->
                mac(new SecretKeySpec(bytes, ALGORITHM))
                    .doFinal(PURPOSE.getBytes(StandardCharsets.US_ASCII)));
    return new Salts(new SecretKeySpec(derived, ALGORITHM));
  }

  private static Mac mac(SecretKeySpec key) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }

  /** A source that is the same for the same label and inputs, and unrelated for others. */
  RandomGenerator random(String label, List<byte[]> inputs) {
    Mac mac = mac(key);
    update(mac, label.getBytes(StandardCharsets.UTF_8));
    for (byte[] input : inputs) {
      update(mac, input);
    }
    return new Derived(mac(new SecretKeySpec(mac.doFinal(), ALGORITHM)));
  }

  private static void update(Mac mac, byte[] input) {
    mac.update(ByteBuffer.allocate(8).putLong(input.length).flip());
    mac.update(input);
  }

  private static final class Derived implements RandomGenerator {
    private final Mac mac;
    private ByteBuffer block = ByteBuffer.allocate(0);
    private long counter;

    Derived(Mac mac) {
      this.mac = mac;
    }

    @Override
    public long nextLong() {
      if (!block.hasRemaining()) {
        block = ByteBuffer.wrap(mac.doFinal(ByteBuffer.allocate(8).putLong(counter++).array()));
      }
      return block.getLong();
    }
  }
}
