package dev.signet.sops;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.bouncycastle.bcpg.ArmoredInputStream;
import org.bouncycastle.bcpg.sig.KeyFlags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPKeyRing;
import org.bouncycastle.openpgp.PGPObjectFactory;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPSecretKey;
import org.bouncycastle.openpgp.PGPSecretKeyRing;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureSubpacketVector;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/**
 * OpenPGP keys that were read from key rings: binary files, or armored blocks one after the other,
 * as {@code gpg --export} and {@code --export-secret-keys} write them. Whoever gives them is
 * believed that they are whose they say; that a subkey is one of its key is checked.
 */
public final class PgpKeys {

  /** Far above any ring of keys; photos in them count. */
  private static final int MOST = 16 << 20;

  private final List<PGPPublicKeyRing> open = new ArrayList<>();
  private final List<PGPSecretKeyRing> secret = new ArrayList<>();

  /**
   * Adds what stands in a key ring.
   *
   * @throws IOException if it is malformed; the message quotes nothing of it
   */
  public void add(byte[] ring) throws IOException {
    if (ring.length > MOST) {
      throw new IOException("a key ring of more than " + MOST + " bytes");
    }
    int before = open.size() + secret.size();
    try {
      if (ring.length > 0 && (ring[0] & 0x80) == 0) {
        addArmored(ring);
      } else {
        addAll(new ByteArrayInputStream(ring));
      }
    } catch (IOException | RuntimeException e) {
      // The parser's own exceptions are of many kinds, and may quote.
      throw new IOException("a malformed OpenPGP key ring");
    }
    if (open.size() + secret.size() == before) {
      throw new IOException("no OpenPGP keys");
    }
  }

  private void addArmored(byte[] ring) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(ring);
    while (in.available() > 0) {
      ArmoredInputStream armored = ArmoredInputStream.builder().build(in);
      if (armored.isEndOfStream()) {
        return;
      }
      addAll(armored);
    }
  }

  private void addAll(InputStream in) throws IOException {
    PGPObjectFactory objects = new BcPGPObjectFactory(in);
    for (Object next = objects.nextObject(); next != null; next = objects.nextObject()) {
      switch (next) {
        case PGPPublicKeyRing ring -> open.add(ring);
        case PGPSecretKeyRing ring -> secret.add(ring);
        default -> throw new IOException("it holds something else than keys");
      }
    }
  }

  public boolean isEmpty() {
    return open.isEmpty() && secret.isEmpty();
  }

  /**
   * The key to encrypt with for a master key.
   *
   * @param fingerprint of a primary key, in hex; with {@code !} that very key or subkey
   */
  Optional<PGPPublicKey> recipient(String fingerprint, Instant now) {
    boolean exact = fingerprint.endsWith("!");
    String wanted = (exact ? fingerprint.substring(0, fingerprint.length() - 1) : fingerprint);
    List<PGPKeyRing> rings = new ArrayList<>(open);
    rings.addAll(secret);
    for (PGPKeyRing ring : rings) {
      Optional<PGPPublicKey> found = exact ? pinned(ring, wanted, now) : newest(ring, wanted, now);
      if (found.isPresent()) {
        return found;
      }
    }
    return Optional.empty();
  }

  private static Optional<PGPPublicKey> pinned(PGPKeyRing ring, String fingerprint, Instant now) {
    PGPPublicKey primary = ring.getPublicKey();
    List<PGPPublicKey> all = new ArrayList<>();
    ring.getPublicKeys().forEachRemaining(all::add);
    return all.stream()
        .filter(each -> is(each, fingerprint))
        .filter(each -> encrypts(each, primary, now))
        .findFirst();
  }

  private static Optional<PGPPublicKey> newest(PGPKeyRing ring, String fingerprint, Instant now) {
    PGPPublicKey primary = ring.getPublicKey();
    if (!is(primary, fingerprint) || primary.hasRevocation() || isExpired(primary, now)) {
      return Optional.empty();
    }
    Optional<PGPPublicKey> newest = Optional.empty();
    for (var keys = ring.getPublicKeys(); keys.hasNext(); ) {
      PGPPublicKey each = keys.next();
      boolean later = newest.isEmpty() || isLater(each, newest.get());
      if (later && encrypts(each, primary, now)) {
        newest = Optional.of(each);
      }
    }
    return newest;
  }

  /** A subkey is preferred to the primary key. */
  private static boolean isLater(PGPPublicKey key, PGPPublicKey than) {
    return than.isMasterKey() || (!key.isMasterKey() && created(key).isAfter(created(than)));
  }

  @SuppressWarnings("JavaUtilDate") // the library has it
  private static Instant created(PGPPublicKey key) {
    return key.getCreationTime().toInstant();
  }

  private static boolean is(PGPPublicKey key, String fingerprint) {
    String own = HexFormat.of().withUpperCase().formatHex(key.getFingerprint());
    String wanted = fingerprint.replace(" ", "").toUpperCase(Locale.ROOT);
    return wanted.length() >= 16 && own.endsWith(wanted);
  }

  private static boolean isExpired(PGPPublicKey key, Instant now) {
    long seconds = key.getValidSeconds();
    return seconds > 0 && created(key).plusSeconds(seconds).isBefore(now);
  }

  private static boolean encrypts(PGPPublicKey key, PGPPublicKey primary, Instant now) {
    if (!key.isEncryptionKey() || key.hasRevocation() || isExpired(key, now)) {
      return false;
    }
    boolean stated = false;
    for (var signatures = key.getSignatures(); signatures.hasNext(); ) {
      PGPSignature signature = signatures.next();
      PGPSignatureSubpacketVector hashed = signature.getHashedSubPackets();
      if (hashed == null || !binds(signature, key, primary)) {
        continue;
      }
      int flags = hashed.getKeyFlags();
      if ((flags & (KeyFlags.ENCRYPT_COMMS | KeyFlags.ENCRYPT_STORAGE)) != 0) {
        return true;
      }
      stated = stated || flags == 0;
    }
    // Keys of old programs say nothing of their use.
    return stated;
  }

  private static boolean binds(PGPSignature signature, PGPPublicKey key, PGPPublicKey primary) {
    if (signature.getKeyID() != primary.getKeyID()) {
      return false;
    }
    if (key.isMasterKey()) {
      return signature.isCertification() || signature.getSignatureType() == PGPSignature.DIRECT_KEY;
    }
    if (signature.getSignatureType() != PGPSignature.SUBKEY_BINDING) {
      return false;
    }
    try {
      signature.init(new BcPGPContentVerifierBuilderProvider(), primary);
      return signature.verifyCertification(primary, key);
    } catch (PGPException e) {
      return false;
    }
  }

  /**
   * The secret keys that may open a message: those of that id, or all that there are when a message
   * hides for whom it is.
   *
   * @param id 0 if it is hidden
   */
  List<PGPSecretKey> secret(long id) {
    List<PGPSecretKey> found = new ArrayList<>();
    for (PGPSecretKeyRing ring : secret) {
      for (var keys = ring.getSecretKeys(); keys.hasNext(); ) {
        PGPSecretKey each = keys.next();
        boolean meant = id == 0 ? each.getPublicKey().isEncryptionKey() : each.getKeyID() == id;
        if (meant && !each.isPrivateKeyEmpty()) {
          found.add(each);
        }
      }
    }
    return found;
  }
}
