package dev.signet.core.age;

import dev.signet.core.SecretBytes;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Files as age version 1 writes them (c2sp.org/age).
 *
 * <pre>
 * {@link Header header} | nonce (16) | {@link Chunks payload}
 * </pre>
 *
 * <p>A file key of 16 random bytes is wrapped once for each recipient; header and payload are keyed
 * by what is derived from it. Streams may be of any length and take two chunks of memory. Keys are
 * those that {@link Recipient} and {@link Identity} permit: age's own, post-quantum ones, those of
 * SSH and of plugins, and passphrases.
 */
public final class AgeFile {

  /** The two forms that a file has. */
  public enum Form {
    BINARY,
    /** ASCII armor, which is text. */
    ARMORED
  }

  private AgeFile() {}

  /**
   * Begins a file and returns where its content is to be written. Only closing that makes the file
   * whole, and closes {@code to}.
   */
  public static OutputStream encrypt(
      OutputStream to, List<? extends Recipient> recipients, Form form, SecureRandom random)
      throws IOException {
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("an age file needs a recipient");
    }
    if (recipients.size() > 1
        && recipients.stream().anyMatch(each -> each instanceof PassphraseRecipient)) {
      throw new IllegalArgumentException("a passphrase must be the only recipient");
    }
    OutputStream out =
        switch (form) {
          case BINARY -> to;
          case ARMORED -> new ArmorOutput(new BufferedOutputStream(to));
        };
    try (SecretBytes fileKey = FileKey.generate(random)) {
      List<Stanza> stanzas = wrap(recipients, fileKey, random);
      byte[] nonce = new byte[Chunks.NONCE];
      random.nextBytes(nonce);
      out.write(Header.write(stanzas, fileKey));
      out.write(nonce);
      return new PayloadOutput(out, new Chunks(fileKey, nonce));
    }
  }

  private static List<Stanza> wrap(
      List<? extends Recipient> recipients, SecretBytes fileKey, SecureRandom random)
      throws AgeException {
    List<Stanza> stanzas = new ArrayList<>();
    Optional<Set<String>> labels = Optional.empty();
    for (Recipient recipient : recipients) {
      Wrapped wrapped = Recipient.wrap(recipient, fileKey, random);
      if (labels.isPresent() && !labels.get().equals(wrapped.labels())) {
        throw new AgeException(
            AgeException.Reason.NO_MATCH,
            "incompatible recipients: post-quantum ones may not be mixed with others in a file");
      }
      labels = Optional.of(wrapped.labels());
      stanzas.addAll(wrapped.stanzas());
    }
    return stanzas;
  }

  /**
   * Opens a file with the first of the identities that can, and returns its content. Every byte
   * that is read from there is genuine; that it is all of them is known at the end of the stream
   * only.
   *
   * @throws AgeException here or when reading, when it is not such a file or for others
   */
  public static InputStream decrypt(
      InputStream from, Form form, List<? extends Identity> identities) throws IOException {
    InputStream buffered = new BufferedInputStream(from, Chunks.SEALED);
    InputStream in =
        switch (form) {
          case BINARY -> buffered;
          case ARMORED -> new ArmorInput(buffered);
        };
    Header header = Header.read(in);
    try (SecretBytes fileKey = fileKey(header, identities)) {
      if (!header.isGenuine(fileKey)) {
        throw new AgeException(
            AgeException.Reason.MAC, "the header of the age file was changed after it was written");
      }
      byte[] nonce = in.readNBytes(Chunks.NONCE);
      if (nonce.length < Chunks.NONCE) {
        throw new AgeException(
            AgeException.Reason.HEADER, "the age file ends before its payload begins");
      }
      return new PayloadInput(in, new Chunks(fileKey, nonce));
    }
  }

  private static SecretBytes fileKey(Header header, List<? extends Identity> identities)
      throws AgeException {
    for (Identity identity : identities) {
      Optional<SecretBytes> key = Identity.unwrap(identity, header.stanzas());
      if (key.isPresent()) {
        return key.get();
      }
    }
    boolean passphrase = types(header).equals(List.of(Scrypt.STANZA));
    boolean tried = identities.stream().anyMatch(each -> each instanceof PassphraseIdentity);
    throw new AgeException(
        AgeException.Reason.NO_MATCH,
        passphrase
            ? tried
                ? "the passphrase is not that of the age file"
                : "the age file needs a passphrase"
            : "none of the identities is a recipient of the age file, which is for "
                + String.join(", ", types(header).stream().distinct().sorted().toList()));
  }

  private static List<String> types(Header header) {
    return header.stanzas().stream().map(Stanza::type).toList();
  }

  /** What kind of recipients a file is for, in order; shows that its header is well-formed. */
  public static List<String> recipientTypes(byte[] file) throws AgeException {
    try {
      ByteArrayInputStream bytes = new ByteArrayInputStream(file);
      return types(Header.read(formOf(file) == Form.ARMORED ? new ArmorInput(bytes) : bytes));
    } catch (AgeException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** By its beginning. */
  public static Form formOf(byte[] file) {
    int at = 0;
    while (at < file.length && ArmorInput.isSpace(file[at])) {
      at++;
    }
    byte[] begin = ArmorInput.BEGIN.getBytes(StandardCharsets.US_ASCII);
    return at + begin.length <= file.length
            && Arrays.equals(file, at, at + begin.length, begin, 0, begin.length)
        ? Form.ARMORED
        : Form.BINARY;
  }

  /** Whether it begins like an age file of either form. */
  static boolean isOne(byte[] file) {
    byte[] version = "age-encryption.org/".getBytes(StandardCharsets.US_ASCII);
    return formOf(file) == Form.ARMORED
        || (file.length > version.length
            && Arrays.equals(file, 0, version.length, version, 0, version.length));
  }

  /**
   * A whole file at once.
   *
   * @throws AgeException when recipients do not go together, or a plugin fails
   */
  public static byte[] seal(
      SecretBytes content, List<? extends Recipient> recipients, Form form, SecureRandom random)
      throws AgeException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (OutputStream out = encrypt(file, recipients, form, random)) {
      content.with(
          bytes -> {
            out.write(bytes);
            return bytes.length;
          });
    } catch (AgeException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return file.toByteArray();
  }

  /** The content of a whole file of either form, or nothing of it. */
  public static SecretBytes open(byte[] file, List<? extends Identity> identities)
      throws AgeException {
    // What is inside is shorter than what is around it.
    byte[] content = new byte[file.length];
    try (InputStream in = decrypt(new ByteArrayInputStream(file), formOf(file), identities)) {
      int length = in.readNBytes(content, 0, content.length);
      return SecretBytes.wrap(Arrays.copyOf(content, length));
    } catch (AgeException e) {
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }
}
