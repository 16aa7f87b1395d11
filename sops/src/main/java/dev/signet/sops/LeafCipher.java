package dev.signet.sops;

import dev.signet.core.SecretBytes;
import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Text;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the leaves of a tree, each by itself.
 *
 * <pre>
 * ENC[AES256_GCM,data:…,iv:…,tag:…,type:…]
 *
 * data, iv, tag   Base64; iv of 32 bytes when written, of any length when read; tag of 16
 * associated data where the leaf stands: the keys on the way to it, each followed by a colon
 * type            one of {@link Leaf}'s; not protected
 * </pre>
 *
 * An empty text is written as such. What was decrypted is remembered with its iv: the same value in
 * the same place is then encrypted to the same text, so that a change to one leaf shows as a change
 * of one line. Reading is as lenient as upstream, which accepts anything behind the closing bracket
 * and splits at the last marks.
 */
final class LeafCipher {

  private static final int IV = 32;
  private static final int TAG = 16;
  private static final String START = "ENC[AES256_GCM,data:";

  private record Place(Value value, String path) {}

  private static final String NAME = "AES/GCM/NoPadding";

  private final SecureRandom random;
  private final Map<Place, byte[]> ivs = new HashMap<>();
  private @Nullable Cipher cipher;

  LeafCipher(SecureRandom random) {
    this.random = random;
  }

  /** What an encrypted leaf consists of. */
  private static final class Parts {
    final byte[] data;
    final byte[] iv;
    final byte[] tag;
    final String type;

    Parts(byte[] data, byte[] iv, byte[] tag, String type) {
      this.data = data;
      this.iv = iv;
      this.tag = tag;
      this.type = type;
    }
  }

  static boolean isEncryptedComment(String text) {
    return split(text).filter(fields -> fields[3].equals("comment")).isPresent();
  }

  /** Data, iv, tag and type, each taken as long as it can be. */
  private static Optional<String[]> split(String text) {
    if (!text.startsWith(START)) {
      return Optional.empty();
    }
    // A dot in upstream's pattern stands for anything but a line feed.
    int lineFeed = text.indexOf('\n');
    String line = lineFeed < 0 ? text : text.substring(0, lineFeed);
    int end = line.lastIndexOf(']');
    int type = line.lastIndexOf(",type:", end < 0 ? 0 : end - ",type:".length() - 1);
    int tag = type < 0 ? -1 : line.lastIndexOf(",tag:", type - ",tag:".length() - 1);
    int iv = tag < 0 ? -1 : line.lastIndexOf(",iv:", tag - ",iv:".length() - 1);
    if (end < 0 || iv <= START.length()) {
      return Optional.empty();
    }
    return Optional.of(
        new String[] {
          line.substring(START.length(), iv),
          line.substring(iv + ",iv:".length(), tag),
          line.substring(tag + ",tag:".length(), type),
          line.substring(type + ",type:".length(), end)
        });
  }

  private static Parts parse(String text) throws SopsException {
    String[] fields =
        split(text)
            .orElseThrow(
                () ->
                    new SopsException(
                        Step.DECRYPT, "Input string does not match sops' data format"));
    return new Parts(
        base64(fields[0], "data"), base64(fields[1], "iv"), base64(fields[2], "tag"), fields[3]);
  }

  private static byte[] base64(String text, String name) throws SopsException {
    try {
      if (text.length() % 4 == 0) {
        return Base64.getDecoder().decode(text);
      }
    } catch (IllegalArgumentException e) {
      // Falls through: its message quotes the text.
    }
    throw new SopsException(
        Step.DECRYPT, "Error base64-decoding " + name + ": illegal base64 data");
  }

  /** The value of a leaf that stands at that path. */
  Value decrypt(String text, SecretBytes key, String path) throws SopsException {
    if (text.isEmpty()) {
      return new Text("");
    }
    Parts parts = parse(text);
    byte[] plain = open(parts, key, path);
    try {
      Value value = Leaf.parse(parts.type, plain);
      ivs.put(new Place(value, path), parts.iv);
      return value;
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
  }

  private byte[] open(Parts parts, SecretBytes key, String path) throws SopsException {
    if (parts.iv.length > 0 && parts.tag.length == TAG) {
      byte[] sealed = Arrays.copyOf(parts.data, parts.data.length + TAG);
      System.arraycopy(parts.tag, 0, sealed, parts.data.length, TAG);
      try {
        return run(Cipher.DECRYPT_MODE, key, parts.iv, path, sealed);
      } catch (AEADBadTagException e) {
        // Falls through.
      }
    }
    throw new SopsException(
        Step.DECRYPT, "Could not decrypt with AES_GCM: cipher: message authentication failed");
  }

  /** Of a leaf that stands at that path. */
  String encrypt(Value value, SecretBytes key, String path) {
    byte[] plain = Leaf.bytes(value);
    if (plain.length == 0) {
      return "";
    }
    byte[] iv = ivs.get(new Place(value, path));
    if (iv == null || iv.length != IV) {
      iv = new byte[IV];
      random.nextBytes(iv);
    }
    byte[] sealed;
    try {
      sealed = run(Cipher.ENCRYPT_MODE, key, iv, path, plain);
    } catch (AEADBadTagException e) {
      throw new IllegalStateException("encryption does not check a tag", e);
    } finally {
      Arrays.fill(plain, (byte) 0);
    }
    Base64.Encoder base64 = Base64.getEncoder();
    int length = sealed.length - TAG;
    return START
        + base64.encodeToString(Arrays.copyOf(sealed, length))
        + ",iv:"
        + base64.encodeToString(iv)
        + ",tag:"
        + base64.encodeToString(Arrays.copyOfRange(sealed, length, sealed.length))
        + ",type:"
        + Leaf.type(value)
        + "]";
  }

  /**
   * One cipher for all: to look for one takes longer than to decrypt a leaf. The JDK refuses to
   * encrypt with the iv that was used last, which is meant to be where a list has a value twice;
   * another cipher does not know it.
   */
  private byte[] run(int mode, SecretBytes key, byte[] iv, String path, byte[] input)
      throws AEADBadTagException {
    SecretKeySpec spec = key.with(bytes -> new SecretKeySpec(bytes, "AES"));
    GCMParameterSpec parameters = new GCMParameterSpec(TAG * Byte.SIZE, iv);
    try {
      Cipher by = cipher == null ? Cipher.getInstance(NAME) : cipher;
      try {
        by.init(mode, spec, parameters);
      } catch (InvalidAlgorithmParameterException e) {
        by = Cipher.getInstance(NAME);
        by.init(mode, spec, parameters);
      }
      cipher = by;
      by.updateAAD(path.getBytes(StandardCharsets.UTF_8));
      return by.doFinal(input);
    } catch (AEADBadTagException e) {
      throw e;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks AES-256-GCM", e);
    }
  }
}
