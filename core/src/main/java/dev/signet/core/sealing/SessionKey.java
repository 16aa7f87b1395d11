package dev.signet.core.sealing;

import dev.signet.core.SecretBytes;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.GeneralSecurityException;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;

/**
 * The AES key of one sealed value, for {@link SealedItem}'s body. A key class of ours because the
 * JDK's {@code SecretKeySpec} cannot be zeroed.
 */
final class SessionKey implements SecretKey, AutoCloseable {

  private static final int SIZE = 32;
  private static final GCMParameterSpec ZERO_NONCE =
      new GCMParameterSpec(SealedItem.TAG * 8, new byte[12]);

  private final transient byte[] bytes;

  private SessionKey(byte[] bytes) {
    this.bytes = bytes;
  }

  static SessionKey random(SecureRandom random) {
    byte[] bytes = new byte[SIZE];
    random.nextBytes(bytes);
    return new SessionKey(bytes);
  }

  /** Takes the array over. It may have any length: one that AES has not opens nothing. */
  static SessionKey of(byte[] bytes) {
    return new SessionKey(bytes);
  }

  /** The provider of all that the JDK's own ciphers do here; named, so that no list is searched. */
  static Provider provider() {
    Provider provider = Security.getProvider("SunJCE");
    if (provider == null) {
      throw new IllegalStateException("this Java runtime lacks the provider SunJCE");
    }
    return provider;
  }

  /** Writes the sealed value behind {@code prefix} bytes, which are left for the caller to fill. */
  byte[] seal(byte[] value, int prefix) {
    try {
      byte[] out = new byte[Math.addExact(prefix + SealedItem.TAG, value.length)];
      cipher(Cipher.ENCRYPT_MODE).doFinal(value, 0, value.length, out, prefix);
      return out;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot encrypt with AES-GCM", e);
    }
  }

  /** Nothing, if the bytes from there on are not what {@link #seal} made with this key. */
  Optional<SecretBytes> open(byte[] sealed, int from) {
    try {
      return Optional.of(
          SecretBytes.wrap(
              cipher(Cipher.DECRYPT_MODE).doFinal(sealed, from, sealed.length - from)));
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }

  private Cipher cipher(int mode) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding", provider());
    cipher.init(mode, this, ZERO_NONCE);
    return cipher;
  }

  @Override
  public String getAlgorithm() {
    return "AES";
  }

  @Override
  public String getFormat() {
    return "RAW";
  }

  /** A copy, which its taker zeroes: the JDK does. */
  @Override
  public byte[] getEncoded() {
    return bytes.clone();
  }

  @Override
  public void close() {
    Arrays.fill(bytes, (byte) 0);
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("a session key is not written down");
  }
}
