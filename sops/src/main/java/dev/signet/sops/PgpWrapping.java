package dev.signet.sops;

import dev.signet.core.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Date;
import java.util.Optional;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.SymmetricKeyAlgorithmTags;
import org.bouncycastle.openpgp.PGPCompressedData;
import org.bouncycastle.openpgp.PGPEncryptedData;
import org.bouncycastle.openpgp.PGPEncryptedDataGenerator;
import org.bouncycastle.openpgp.PGPEncryptedDataList;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyPair;
import org.bouncycastle.openpgp.PGPLiteralData;
import org.bouncycastle.openpgp.PGPLiteralDataGenerator;
import org.bouncycastle.openpgp.PGPObjectFactory;
import org.bouncycastle.openpgp.PGPOnePassSignatureList;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyEncryptedData;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPBESecretKeyDecryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDataEncryptorBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPDigestCalculatorProvider;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyDataDecryptorFactory;
import org.bouncycastle.openpgp.operator.bc.BcPublicKeyKeyEncryptionMethodGenerator;

/**
 * Keys of OpenPGP, in this process: the part is an armored message with one session key packet and
 * data that is protected against changes, AES-256 with MDC (RFC 4880, 5.13), within it a binary
 * literal without a name. Messages may also be of AEAD, compressed, signed (the signature is not
 * looked at: whoever may change a file may sign as nobody) or hide for whom they are; those without
 * protection are refused, as GnuPG refuses them. Keys with a passphrase do not open here.
 */
public final class PgpWrapping implements KeyWrapping {

  /** A data key has 32 bytes, a share of one 33. */
  private static final int MOST_PLAIN = 4096;

  private static final int MOST_MESSAGE = 1 << 20;

  /** Layers of a message: compression within compression leads nowhere. */
  private static final int MOST_PACKETS = 16;

  private final PgpKeys keys;
  private final InstantSource clock;
  private final SecureRandom random;

  public PgpWrapping(PgpKeys keys, InstantSource clock, SecureRandom random) {
    this.keys = keys;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public String wrap(MasterKey key, SecretBytes part) throws UnavailableException {
    PGPPublicKey recipient =
        keys.recipient(key.name(), clock.instant())
            .orElseThrow(
                () ->
                    new UnavailableException(
                        "no key to encrypt with, of the fingerprint " + key.name() + ", is there"));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      PGPEncryptedDataGenerator generator =
          new PGPEncryptedDataGenerator(
              new BcPGPDataEncryptorBuilder(SymmetricKeyAlgorithmTags.AES_256)
                  .setWithIntegrityPacket(true)
                  .setSecureRandom(random));
      generator.addMethod(
          new BcPublicKeyKeyEncryptionMethodGenerator(recipient).setSecureRandom(random));
      byte[] literal = part.with(PgpWrapping::literal);
      try (OutputStream armored = ArmoredOutputStream.builder().clearHeaders().build(out);
          OutputStream encrypted = generator.open(armored, literal.length)) {
        encrypted.write(literal);
      } finally {
        Arrays.fill(literal, (byte) 0);
      }
    } catch (PGPException | IOException e) {
      throw new UnavailableException("cannot encrypt for the key " + key.name());
    }
    return out.toString(StandardCharsets.US_ASCII).strip();
  }

  @SuppressWarnings("JavaUtilDate") // the library has it
  private static byte[] literal(byte[] part) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (OutputStream literal =
        new PGPLiteralDataGenerator()
            .open(out, PGPLiteralData.BINARY, "", part.length, new Date(0))) {
      literal.write(part);
    }
    return out.toByteArray();
  }

  @Override
  public SecretBytes unwrap(MasterKey key) throws UnavailableException {
    byte[] message = key.enc().getBytes(StandardCharsets.UTF_8);
    if (message.length > MOST_MESSAGE) {
      throw new UnavailableException("a message of more than " + MOST_MESSAGE + " bytes");
    }
    try {
      return unwrap(message);
    } catch (PGPException | IOException | RuntimeException e) {
      // The parser's own exceptions are of many kinds, and may quote.
      throw new UnavailableException("the OpenPGP message is malformed or was changed");
    }
  }

  private SecretBytes unwrap(byte[] message)
      throws UnavailableException, PGPException, IOException {
    PGPObjectFactory objects =
        new BcPGPObjectFactory(
            ArmoredInputStream.builder().build(new ByteArrayInputStream(message)));
    for (int i = 0; i < MOST_PACKETS; i++) {
      Object next = objects.nextObject();
      if (next == null) {
        break;
      }
      if (next instanceof PGPEncryptedDataList list) {
        return unwrap(list);
      }
    }
    throw new UnavailableException("there is no OpenPGP message");
  }

  private SecretBytes unwrap(PGPEncryptedDataList list)
      throws UnavailableException, PGPException, IOException {
    boolean locked = false;
    for (PGPEncryptedData each : list) {
      if (!(each instanceof PGPPublicKeyEncryptedData data)) {
        continue;
      }
      for (PGPSecretKey secret : keys.secret(data.getKeyIdentifier().getKeyId())) {
        Optional<PGPKeyPair> opened = opened(secret);
        locked |= opened.isEmpty();
        if (opened.isPresent()) {
          BcPublicKeyDataDecryptorFactory factory =
              new BcPublicKeyDataDecryptorFactory(opened.get());
          try {
            data.getSymmetricAlgorithm(factory);
          } catch (PGPException | RuntimeException e) {
            // Of a message that hides for whom it is, this may be any key.
            continue;
          }
          return read(data, factory);
        }
      }
    }
    throw new UnavailableException(
        locked
            ? "the secret key has a passphrase, which only gpg asks for"
            : "none of the secret keys here opens it");
  }

  private static Optional<PGPKeyPair> opened(PGPSecretKey key) {
    try {
      return Optional.ofNullable(
          key.extractKeyPair(
              new BcPBESecretKeyDecryptorBuilder(new BcPGPDigestCalculatorProvider())
                  .build(new char[0])));
    } catch (PGPException e) {
      return Optional.empty();
    }
  }

  private static SecretBytes read(
      PGPPublicKeyEncryptedData data, BcPublicKeyDataDecryptorFactory factory)
      throws UnavailableException, PGPException, IOException {
    if (!data.isIntegrityProtected() && !data.isAEAD()) {
      throw new UnavailableException("the OpenPGP message is not protected against changes");
    }
    byte[] plain;
    try (InputStream in = data.getDataStream(factory)) {
      plain = literal(in);
      // What comes at the end proves that nothing was changed.
      in.transferTo(OutputStream.nullOutputStream());
    }
    if (!data.isAEAD() && !data.verify()) {
      Arrays.fill(plain, (byte) 0);
      throw new UnavailableException("the OpenPGP message was changed");
    }
    return SecretBytes.wrap(plain);
  }

  private static byte[] literal(InputStream content)
      throws UnavailableException, PGPException, IOException {
    PGPObjectFactory objects = new BcPGPObjectFactory(content);
    for (int i = 0; i < MOST_PACKETS; i++) {
      switch (objects.nextObject()) {
        case PGPCompressedData compressed ->
            objects = new BcPGPObjectFactory(compressed.getDataStream());
        case PGPLiteralData literal -> {
          byte[] plain = literal.getInputStream().readNBytes(MOST_PLAIN + 1);
          if (plain.length == 0 || plain.length > MOST_PLAIN) {
            throw new UnavailableException("the OpenPGP message holds no data key");
          }
          return plain;
        }
        case PGPOnePassSignatureList _ -> {}
        case null, default ->
            throw new UnavailableException("the OpenPGP message holds no data key");
      }
    }
    throw new UnavailableException("the OpenPGP message has too many layers");
  }
}
