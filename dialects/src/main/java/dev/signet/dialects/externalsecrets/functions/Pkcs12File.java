package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import dev.signet.template.Meter;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a PKCS#12 file (RFC 7292) as go-pkcs12 0.7.0 does in DecodeChain: DER only, version 3, a
 * password, one or two parts, exactly one private key and at least one certificate, of which the
 * first is the leaf's. The MAC is verified before anything is decrypted; only a file read with an
 * empty password may lack one.
 *
 * <p>The first element of a file that is none is refused in Go's words ({@link GoAsn1}); where one
 * further in is malformed, the message says that, not what.
 */
final class Pkcs12File {
  private static final int VERSION = 3;
  private static final String MALFORMED = "pkcs12: asn1: structure error: malformed file";

  private final PrivateKeyDer key;
  private final List<Certificate> certificates;

  private Pkcs12File(PrivateKeyDer key, List<Certificate> certificates) {
    this.key = key;
    this.certificates = certificates;
  }

  PrivateKeyDer key() {
    return key;
  }

  /** The leaf's certificate, then the others as they come. */
  List<Certificate> certificates() {
    return certificates;
  }

  static Pkcs12File read(byte[] file, String password, Meter meter) throws GoError {
    return new Reader(meter).read(file, PasswordBased.encoded(password));
  }

  private static final class Reader {
    private final Meter meter;
    private final List<Certificate> certificates = new ArrayList<>();
    private @Nullable PrivateKeyDer key;

    Reader(Meter meter) {
      this.meter = meter;
    }

    Pkcs12File read(byte[] file, byte[] password) throws GoError {
      meter.memory(file.length * 4L);
      meter.steps(file.length / 16);
      Der pfx = opened(file);
      byte[] content = content(pfx);
      PasswordBased cipher = authenticated(pfx, content, password);
      Der safe = Der.of(content, MALFORMED);
      Der parts = safe.read(Der.SEQUENCE);
      end(safe);
      List<Der> opened = new ArrayList<>();
      while (!parts.isEmpty()) {
        opened.add(parts.read(Der.SEQUENCE));
      }
      if (opened.isEmpty() || opened.size() > 2) {
        throw new GoError(
            "pkcs12: expected between 1 and 2 items in the authenticated safe, but this file has "
                + opened.size());
      }
      List<Der> bags = new ArrayList<>();
      for (Der part : opened) {
        bags(part, cipher, bags);
      }
      for (Der bag : bags) {
        bag(bag, cipher);
      }
      if (certificates.isEmpty()) {
        throw new GoError("pkcs12: certificate missing");
      }
      if (key == null) {
        throw new GoError("pkcs12: private key missing");
      }
      return new Pkcs12File(key, certificates);
    }

    private static Der opened(byte[] file) throws GoError {
      String reading = "pkcs12: error reading P12 data: ";
      try {
        GoAsn1.checkSequence(file, "pfxPdu");
      } catch (GoError e) {
        throw new GoError(reading + e.raw());
      }
      Der all = Der.of(file, reading + "asn1: structure error: malformed file");
      Der pfx = all.read(Der.SEQUENCE);
      long version;
      if (pfx.isEmpty()) {
        throw new GoError(reading + "asn1: syntax error: sequence truncated");
      }
      version = pfx.smallInteger();
      if (pfx.isEmpty()) {
        throw new GoError(reading + "asn1: syntax error: sequence truncated");
      }
      Der lookAhead = pfx.saying(reading + "asn1: structure error: malformed contentInfo");
      lookAhead.read(Der.SEQUENCE);
      if (!all.isEmpty()) {
        throw new GoError(reading + "pkcs12: trailing data found");
      }
      if (version != VERSION) {
        throw new GoError("pkcs12: can only decode v3 PFX PDU's");
      }
      return pfx.saying(MALFORMED);
    }

    private static byte[] content(Der pfx) throws GoError {
      Der info = pfx.read(Der.SEQUENCE);
      if (!info.identifier().equals(Oids.DATA)) {
        throw new GoError("pkcs12: only password-protected PFX is implemented");
      }
      return info.read(0xA0).octets();
    }

    private static void end(Der der) throws GoError {
      if (!der.isEmpty()) {
        throw new GoError("pkcs12: trailing data found");
      }
    }

    /** Checks the MAC and returns the password in the form that fits it. */
    private PasswordBased authenticated(Der pfx, byte[] content, byte[] password) throws GoError {
      PasswordBased given = new PasswordBased(password, meter);
      boolean empty = password.length == 2;
      if (pfx.isEmpty()) {
        if (!empty) {
          throw new GoError("pkcs12: no MAC in data");
        }
        return given;
      }
      Der data = pfx.read(Der.SEQUENCE);
      Der digest = data.read(Der.SEQUENCE);
      Der algorithm = digest.read(Der.SEQUENCE);
      String oid = algorithm.identifier();
      byte[] expected = digest.octets();
      byte[] salt = data.octets();
      long rounds = data.tag() == Der.INTEGER ? data.smallInteger() : 1;
      if (MessageDigest.isEqual(mac(given, oid, algorithm, salt, rounds, content), expected)) {
        return given;
      }
      if (empty) {
        // Some write the empty password as no bytes at all.
        PasswordBased none = new PasswordBased(new byte[0], meter);
        if (MessageDigest.isEqual(mac(none, oid, algorithm, salt, rounds, content), expected)) {
          return none;
        }
      }
      throw new GoError("pkcs12: decryption password incorrect");
    }

    private static byte[] mac(
        PasswordBased password, String oid, Der algorithm, byte[] salt, long rounds, byte[] content)
        throws GoError {
      if (oid.equals(Oids.PBMAC1)) {
        return password.pbmac1(algorithm, content);
      }
      for (PasswordBased.Hash hash : PasswordBased.Hash.values()) {
        if (hash.oid.equals(oid)) {
          return password.mac(hash, salt, rounds, content);
        }
      }
      throw new GoError("pkcs12: MAC digest algorithm not supported: " + oid);
    }

    private static void bags(Der part, PasswordBased cipher, List<Der> bags) throws GoError {
      byte[] data;
      switch (part.identifier()) {
        case Oids.DATA -> data = part.read(0xA0).octets();
        case Oids.ENCRYPTED_DATA -> {
          Der encrypted = part.read(0xA0).read(Der.SEQUENCE);
          if (encrypted.smallInteger() != 0) {
            throw new GoError("pkcs12: only version 0 of EncryptedData is supported");
          }
          Der info = encrypted.read(Der.SEQUENCE);
          info.identifier();
          Der algorithm = info.read(Der.SEQUENCE);
          byte[] bytes = info.isEmpty() ? new byte[0] : info.read(0x80).bytes();
          data = cipher.decrypt(algorithm, bytes);
        }
        default ->
            throw new GoError(
                "pkcs12: only data and encryptedData content types"
                    + " are supported in authenticated safe");
      }
      Der all = Der.of(data, MALFORMED);
      Der contents = all.read(Der.SEQUENCE);
      end(all);
      while (!contents.isEmpty()) {
        bags.add(contents.read(Der.SEQUENCE));
      }
    }

    private void bag(Der bag, PasswordBased cipher) throws GoError {
      String type = bag.identifier();
      byte[] value = bag.read(0xA0).bytes();
      switch (type) {
        case Oids.CERTIFICATE_BAG -> certificates.add(certificate(value));
        case Oids.KEY_BAG -> {
          single();
          key = PrivateKeyDer.pkcs8(value, meter);
        }
        case Oids.SHROUDED_KEY_BAG -> {
          single();
          key = shrouded(value, cipher);
        }
        default -> {}
      }
    }

    private void single() throws GoError {
      if (key != null) {
        throw new GoError("pkcs12: expected exactly one key bag");
      }
    }

    private static Certificate certificate(byte[] value) throws GoError {
      Der bag = Der.of(value, "pkcs12: error decoding cert bag: asn1: structure error");
      Der contents = bag.read(Der.SEQUENCE);
      if (!contents.identifier().equals(Oids.X509_CERTIFICATE)) {
        throw new GoError("pkcs12: only X509 certificates are supported in cert bags");
      }
      byte[] der = contents.read(0xA0).octets();
      if (der.length == 0) {
        throw new GoError("pkcs12: expected exactly one certificate in the certBag");
      }
      return Certificate.parse(der);
    }

    private PrivateKeyDer shrouded(byte[] value, PasswordBased cipher) throws GoError {
      Der bag =
          Der.of(value, "pkcs12: error decoding PKCS#8 shrouded key bag: asn1: structure error");
      Der info = bag.read(Der.SEQUENCE);
      Der algorithm = info.read(Der.SEQUENCE);
      byte[] encrypted = info.octets();
      byte[] der;
      try {
        der = cipher.decrypt(algorithm, encrypted);
      } catch (GoError e) {
        throw new GoError("pkcs12: error decrypting PKCS#8 shrouded key bag: " + e.raw());
      }
      try {
        return PrivateKeyDer.pkcs8(der, meter);
      } catch (GoError e) {
        throw new GoError("pkcs12: error parsing PKCS#8 private key: " + e.raw());
      }
    }
  }
}
