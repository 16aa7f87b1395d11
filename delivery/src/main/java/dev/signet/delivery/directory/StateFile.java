package dev.signet.delivery.directory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * One encrypted file.
 *
 * <pre>
 *   "SIGNET-STATE\n"  13 bytes
 *   version           1 byte, 1
 *   key kind          1 byte: 0 key file, 1 passphrase (scrypt, N 2^17, r 8, p 1)
 *   salt              32 bytes, new at every write
 *   ciphertext        AES-256-GCM with a 16-byte tag; key and nonce are HKDF-SHA256(key, salt), 32 + 12 bytes
 * </pre>
 *
 * All before the ciphertext is authenticated with it. A file larger than {@link #MAX_SIZE} is
 * refused unread, and none is written.
 */
public final class StateFile {

  /** 256 MiB: room for some hundred thousand Secrets. */
  public static final long MAX_SIZE = 256L << 20;

  private static final byte[] MAGIC =
      "SIGNET-STATE\n".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
  private static final int VERSION_AT = MAGIC.length;
  private static final int KIND_AT = VERSION_AT + 1;
  private static final int SALT_AT = KIND_AT + 1;
  private static final int SALT_SIZE = 32;
  private static final int HEADER_SIZE = SALT_AT + SALT_SIZE;
  private static final int NONCE_SIZE = 12;
  private static final int TAG_SIZE = 16;

  private final Path path;
  private final SecureRandom random;
  private final FaultPoints faults;
  private final long maxSize;

  public StateFile(Path path, SecureRandom random, FaultPoints faults) {
    this(path, random, faults, MAX_SIZE);
  }

  StateFile(Path path, SecureRandom random, FaultPoints faults, long maxSize) {
    this.path = path;
    this.random = random;
    this.faults = faults;
    this.maxSize = maxSize;
  }

  public Path path() {
    return path;
  }

  /** Whether the file on disk wants a passphrase; empty when there is no file. */
  public Optional<Boolean> wantsPassphrase() throws StateException {
    Optional<byte[]> content = content();
    return content.isEmpty() ? Optional.empty() : Optional.of(content.get()[KIND_AT] == 1);
  }

  /** The plain content, empty when there is no file; the caller zeroes it. */
  public Optional<byte[]> read(StateKey key) throws StateException {
    Optional<byte[]> content = content();
    if (content.isEmpty()) {
      return Optional.empty();
    }
    byte[] file = content.get();
    if ((file[KIND_AT] == 1) != (key instanceof StateKey.Passphrase)) {
      throw new StateException(
          path + " is protected by a " + (file[KIND_AT] == 1 ? "passphrase" : "key file"));
    }
    byte[] header = Arrays.copyOf(file, HEADER_SIZE);
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, key, header);
      return Optional.of(cipher.doFinal(file, HEADER_SIZE, file.length - HEADER_SIZE));
    } catch (AEADBadTagException e) {
      throw new StateException(
          path
              + (key instanceof StateKey.Passphrase
                  ? " does not open: the passphrase is wrong, or the file is damaged"
                  : " does not open with your key: it belongs to another key file, or it is"
                      + " damaged"));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks AES-256-GCM", e);
    }
  }

  /** Replaces the file. On any failure the old one stays as it is. */
  public void write(StateKey key, byte[] plain) throws StateException {
    if (plain.length > maxSize - HEADER_SIZE - TAG_SIZE) {
      throw new StateException(
          path
              + " would grow larger than a state file can be ("
              + (maxSize >> 20)
              + " MiB); the state before this command is unchanged");
    }
    byte[] header = new byte[HEADER_SIZE];
    System.arraycopy(MAGIC, 0, header, 0, MAGIC.length);
    header[VERSION_AT] = 1;
    header[KIND_AT] = (byte) (key instanceof StateKey.Passphrase ? 1 : 0);
    byte[] salt = new byte[SALT_SIZE];
    random.nextBytes(salt);
    System.arraycopy(salt, 0, header, SALT_AT, SALT_SIZE);
    byte[] file = Arrays.copyOf(header, HEADER_SIZE + plain.length + TAG_SIZE);
    try {
      cipher(Cipher.ENCRYPT_MODE, key, header).doFinal(plain, 0, plain.length, file, HEADER_SIZE);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks AES-256-GCM", e);
    }
    try {
      AtomicFile.write(path, file, AtomicFile.Readers.OWNER, "state", faults);
    } catch (IOException e) {
      throw new StateException(
          "cannot write "
              + path
              + ": "
              + reason(e)
              + "; the state before this command is unchanged");
    }
  }

  private static Cipher cipher(int mode, StateKey key, byte[] header)
      throws GeneralSecurityException {
    byte[] derived =
        key.derive(
            Arrays.copyOfRange(header, SALT_AT, HEADER_SIZE), StateKey.KEY_SIZE + NONCE_SIZE);
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(
          mode,
          new SecretKeySpec(derived, 0, StateKey.KEY_SIZE, "AES"),
          new GCMParameterSpec(TAG_SIZE * 8, derived, StateKey.KEY_SIZE, NONCE_SIZE));
      cipher.updateAAD(header);
      return cipher;
    } finally {
      Arrays.fill(derived, (byte) 0);
    }
  }

  private Optional<byte[]> content() throws StateException {
    byte[] file;
    try {
      if (Files.size(path) > maxSize) {
        throw new StateException(
            path + " is larger than a state file can be (" + (maxSize >> 20) + " MiB)");
      }
      file = Files.readAllBytes(path);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new StateException("cannot read " + path + ": " + reason(e));
    }
    if (file.length < HEADER_SIZE + TAG_SIZE
        || !Arrays.equals(file, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new StateException(path + " is not a Signet state file, or it was cut short");
    }
    if (file[VERSION_AT] != 1 || file[KIND_AT] < 0 || file[KIND_AT] > 1) {
      throw new StateException(path + " was written by a newer Signet; update to read it");
    }
    return Optional.of(file);
  }

  /** What a failed file operation says of its cause, without Java's class names. */
  static String reason(IOException e) {
    return switch (e) {
      case java.nio.file.AccessDeniedException _ -> "permission denied";
      case NoSuchFileException _ -> "no such file or directory";
      case java.nio.file.FileSystemException f when f.getReason() != null -> f.getReason();
      default -> String.valueOf(e.getMessage());
    };
  }
}
