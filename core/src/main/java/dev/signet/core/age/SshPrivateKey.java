package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.Ed25519PrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAPrivateCrtKeyParameters;
import org.bouncycastle.crypto.util.OpenSSHPrivateKeyUtil;
import org.bouncycastle.crypto.util.PrivateKeyFactory;

/**
 * A file with an SSH private key, as PEM.
 *
 * <pre>
 * OPENSSH PRIVATE KEY  "openssh-key-v1" 0 | cipher | kdf | kdf options | 1 | public key | private part
 * RSA PRIVATE KEY      PKCS #1, without a passphrase
 * PRIVATE KEY          PKCS #8, without a passphrase
 * </pre>
 *
 * <p>Only the first kind may have a passphrase; its public key can be read without. Limit: {@value
 * #MAX} bytes.
 */
final class SshPrivateKey {

  private static final int MAX = 1 << 16;
  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);

  private SshPrivateKey() {}

  /** Whether a file looks like one. */
  static boolean isOne(byte[] file) {
    String text = new String(file, 0, Math.min(file.length, 100), StandardCharsets.ISO_8859_1);
    return text.startsWith("-----BEGIN ") && text.contains("PRIVATE KEY-----");
  }

  /** The identity; one with a passphrase asks for it when a file is for it. */
  static Identity read(SecretBytes file, Passphrase passphrase) throws AgeKeyException {
    return file.with(
        text -> {
          byte[] blob = blob(text);
          Optional<byte[]> locked = lockedPublicKey(blob);
          if (locked.isPresent()) {
            return new LockedIdentity.Ssh(
                SecretBytes.wrap(blob), recipient(locked.get()), locked.get(), passphrase);
          }
          try {
            return identity(
                isType(text, "PRIVATE KEY")
                    ? PrivateKeyFactory.createKey(PrivateKeyInfo.getInstance(blob))
                    : OpenSSHPrivateKeyUtil.parsePrivateKeyBlob(blob));
          } catch (java.io.IOException | RuntimeException e) {
            throw new AgeKeyException("ssh: invalid private key format");
          } finally {
            Arrays.fill(blob, (byte) 0);
          }
        });
  }

  private static boolean isType(byte[] text, String type) {
    return new String(text, 0, Math.min(text.length, 100), StandardCharsets.ISO_8859_1)
        .startsWith("-----BEGIN " + type + "-----");
  }

  /** Opens one that has a passphrase; nothing, if it is another passphrase. */
  static Optional<Identity> unlock(SecretBytes blob, SecretBytes passphrase)
      throws AgeKeyException {
    try {
      return Optional.of(
          identity(
              blob.with(
                  bytes ->
                      passphrase.with(
                          word -> OpenSSHPrivateKeyUtil.parsePrivateKeyBlob(bytes, word)))));
    } catch (RuntimeException wrongPassphrase) {
      return Optional.empty();
    }
  }

  private static Identity identity(AsymmetricKeyParameter key) throws AgeKeyException {
    return switch (key) {
      case Ed25519PrivateKeyParameters ed25519 -> {
        byte[] seed = ed25519.getEncoded();
        try {
          yield SshEd25519Identity.of(seed, ed25519.generatePublicKey().getEncoded());
        } finally {
          Arrays.fill(seed, (byte) 0);
        }
      }
      case RSAPrivateCrtKeyParameters rsa -> SshRsaIdentity.of(rsa);
      default -> throw new AgeKeyException("unsupported SSH identity type");
    };
  }

  static Recipient recipient(byte[] wire) throws AgeKeyException {
    String type = new SshWire(wire).text();
    return switch (type) {
      case SshWire.ED25519 -> SshEd25519Recipient.of(wire);
      case SshWire.RSA -> SshRsaRecipient.of(wire);
      default -> throw new AgeKeyException("unknown SSH recipient type");
    };
  }

  private static byte[] blob(byte[] text) throws AgeKeyException {
    if (text.length > MAX) {
      throw new AgeKeyException("ssh: longer than " + MAX + " bytes");
    }
    String all = new String(text, StandardCharsets.ISO_8859_1);
    int begin = all.indexOf('\n');
    int end = all.indexOf("-----END ");
    if (!isOne(text) || begin < 0 || end < begin) {
      throw new AgeKeyException("ssh: no key found");
    }
    String inside = all.substring(begin, end);
    if (inside.contains(":")) {
      throw new AgeKeyException(
          "ssh: a passphrase of the old PEM kind; convert the key with ssh-keygen -p");
    }
    try {
      return Base64.getMimeDecoder().decode(inside);
    } catch (IllegalArgumentException e) {
      throw new AgeKeyException("ssh: no key found");
    }
  }

  /** The public key of one that needs a passphrase. */
  private static Optional<byte[]> lockedPublicKey(byte[] blob) throws AgeKeyException {
    if (blob.length < MAGIC.length
        || !Arrays.equals(blob, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      return Optional.empty();
    }
    SshWire in = new SshWire(Arrays.copyOfRange(blob, MAGIC.length, blob.length));
    String cipher = in.text();
    String kdf = in.text();
    byte[] _ = in.string();
    if (in.number() != 1) {
      throw new AgeKeyException("ssh: not one key, but several");
    }
    byte[] publicKey = in.string();
    return cipher.equals("none") && kdf.equals("none") ? Optional.empty() : Optional.of(publicKey);
  }
}
