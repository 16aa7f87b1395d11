package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.util.Arrays;
import java.util.Optional;

/**
 * Somebody who knows a passphrase.
 *
 * @param text in UTF-8; closed with this identity
 * @param limit the greatest work factor that is computed
 */
public record PassphraseIdentity(SecretBytes text, int limit) implements Identity {

  /** What age itself goes up to: 4 GiB of memory. */
  public static final int USUAL_LIMIT = 22;

  public PassphraseIdentity(SecretBytes text) {
    this(text, USUAL_LIMIT);
  }

  Optional<SecretBytes> unwrap(Stanza stanza) throws AgeException {
    if (!stanza.type().equals(Scrypt.STANZA)) {
      return Optional.empty();
    }
    if (stanza.arguments().size() != 2) {
      throw malformed("it needs two arguments");
    }
    byte[] salt =
        StrictBase64.UNPADDED
            .decode(stanza.arguments().getFirst())
            .filter(bytes -> bytes.length == Scrypt.SALT)
            .orElseThrow(() -> malformed("its salt is malformed"));
    int workFactor = workFactor(stanza.arguments().getLast());
    if (stanza.body().length != FileKey.SIZE + Primitives.TAG) {
      throw malformed("its body has another length");
    }
    byte[] key = Scrypt.key(text, salt, workFactor);
    try {
      return Primitives.unwrap(key, stanza.body()).map(SecretBytes::wrap);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  private int workFactor(String text) throws AgeException {
    boolean number =
        !text.startsWith("0") && text.chars().allMatch(digit -> digit >= '0' && digit <= '9');
    if (!number) {
      throw malformed("its work factor is no number");
    }
    if (text.length() > 2 || Integer.parseInt(text) > limit) {
      throw malformed("its work factor " + text + " is above the limit of " + limit);
    }
    int workFactor = Integer.parseInt(text);
    long available = Runtime.getRuntime().maxMemory() / 4 * 3;
    if (Scrypt.memory(workFactor) > available) {
      throw malformed(
          "its work factor "
              + text
              + " needs "
              + (Scrypt.memory(workFactor) >> 20)
              + " MiB of memory; give java a greater -Xmx");
    }
    return workFactor;
  }

  private static AgeException malformed(String why) {
    return new AgeException(AgeException.Reason.HEADER, "malformed scrypt stanza: " + why);
  }

  @Override
  public void close() {
    text.close();
  }
}
