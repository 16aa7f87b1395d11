package dev.signet.core.sealing;

import java.util.Optional;

/** What anybody can tell of a ciphertext: its parts and their lengths, but not its key. */
public final class Envelope {

  private final SealedItem item;
  private final int size;

  private Envelope(SealedItem item, int size) {
    this.item = item;
    this.size = size;
  }

  /** Nothing, if the bytes end before the wrapped key does. Keeps the array. */
  public static Optional<Envelope> of(byte[] ciphertext) {
    return SealedItem.parse(ciphertext).map(item -> new Envelope(item, ciphertext.length));
  }

  /** The length of the wrapped session key in bytes: that of the modulus it was wrapped with. */
  public int wrappedKeySize() {
    return item.wrappedLength();
  }

  /** The length of the value in bytes; negative if not even its tag is there. */
  public int valueSize() {
    return size - SealedItem.LENGTH_FIELD - wrappedKeySize() - SealedItem.TAG;
  }

  /**
   * Whether a key can have made this. False is proof: the length is another, or the wrapped key is
   * a number that this modulus cannot have left. True proves nothing: about as many ciphertexts of
   * other keys of that length look the same.
   */
  public boolean canBelongTo(RsaPublicKey key) {
    return item.fits(key);
  }
}
