package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.GoError;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An X.509 certificate (RFC 5280), as much of it as templates see: its bytes, its key identifiers,
 * its subject and its alternative names. It is read in the order of Go's crypto/x509 (1.26), so
 * that the first complaint is the same; nothing is verified.
 *
 * <p>Go also looks into dates, key usage, constraints, policies and the public key's numbers, which
 * no function here uses; a certificate that is malformed only there is accepted.
 */
final class Certificate {
  private final byte[] der;
  private @Nullable Der subject;
  private byte @Nullable [] authorityKey;
  private byte @Nullable [] subjectKey;
  private final List<String> names = new ArrayList<>();

  private Certificate(byte[] der) {
    this.der = der;
  }

  static Certificate parse(byte[] der) throws GoError {
    Certificate certificate = new Certificate(der);
    Der input = Der.of(der, "x509: malformed certificate");
    certificate.read(input.read(Der.SEQUENCE));
    if (!input.isEmpty()) {
      throw new GoError("x509: trailing data");
    }
    return certificate;
  }

  /** The certificates of all blocks, whatever type they name. */
  static List<Certificate> parseAll(List<Pem> blocks) throws GoError {
    List<Certificate> certificates = new ArrayList<>();
    for (Pem block : blocks) {
      certificates.add(parse(block.der()));
    }
    return certificates;
  }

  private void read(Der input) throws GoError {
    Der tbs = input.saying("x509: malformed tbs certificate").read(Der.SEQUENCE);
    input.skip(Der.SEQUENCE);
    long version = version(tbs.saying("x509: malformed version"));
    tbs.skipOptional(0xA0);
    if (saying(tbs, "serial number").integer().signum() < 0) {
      throw new GoError("x509: negative serial number");
    }
    tbs.skip(Der.INTEGER);
    byte[] inner = saying(tbs, "signature algorithm identifier").read(Der.SEQUENCE).bytes();
    tbs.skip(Der.SEQUENCE);
    byte[] outer = saying(input, "algorithm identifier").read(Der.SEQUENCE).bytes();
    input.skip(Der.SEQUENCE);
    if (!Arrays.equals(inner, outer)) {
      throw new GoError("x509: inner and outer signature algorithm identifiers don't match");
    }
    saying(tbs, "issuer").read(Der.SEQUENCE);
    tbs.skip(Der.SEQUENCE);
    saying(tbs, "validity").read(Der.SEQUENCE);
    tbs.skip(Der.SEQUENCE);
    subject = saying(tbs, "issuer").read(Der.SEQUENCE);
    SubjectName.text(subject.saying("x509: invalid RDNSequence"));
    tbs.skip(Der.SEQUENCE);
    publicKey(saying(tbs, "spki").read(Der.SEQUENCE));
    tbs.skip(Der.SEQUENCE);
    if (version > 1) {
      saying(tbs, "issuerUniqueID").skipOptional(0x81);
      tbs.skipOptional(0x81);
      saying(tbs, "subjectUniqueID").skipOptional(0x82);
      tbs.skipOptional(0x82);
    }
    if (version == 3 && tbs.tag() == 0xA3) {
      extensions(saying(tbs, "extensions").read(0xA3).read(Der.SEQUENCE));
    }
    saying(input, "signature").read(Der.BIT_STRING);
  }

  /** A reader at the same place that complains about this part; the original has to skip it. */
  private static Der saying(Der der, String part) {
    return der.saying("x509: malformed " + part);
  }

  private static long version(Der tbs) throws GoError {
    if (tbs.tag() != 0xA0) {
      return 1;
    }
    long version = tbs.read(0xA0).smallInteger() + 1;
    if (version < 1) {
      throw tbs.malformed();
    }
    if (version > 3) {
      throw new GoError("x509: invalid version");
    }
    return version;
  }

  private static void publicKey(Der key) throws GoError {
    Der algorithm = saying(key, "public key algorithm identifier").read(Der.SEQUENCE);
    key.skip(Der.SEQUENCE);
    saying(key, "subjectPublicKey").read(Der.BIT_STRING);
    if (algorithm.saying("x509: malformed OID").identifier().equals(Oids.EC)) {
      algorithm.skip(Der.OBJECT_IDENTIFIER);
      Der parameters = algorithm.saying("x509: invalid ECDSA parameters");
      if (Curve.ofOid(parameters.identifier()) == null) {
        throw new GoError("x509: unsupported elliptic curve");
      }
    }
  }

  private void extensions(Der extensions) throws GoError {
    Set<String> seen = new HashSet<>();
    List<String> oids = new ArrayList<>();
    List<Der> values = new ArrayList<>();
    while (!extensions.isEmpty()) {
      Der extension = saying(extensions, "extension").read(Der.SEQUENCE);
      extensions.skip(Der.SEQUENCE);
      String oid = saying(extension, "extension OID field").identifier();
      extension.skip(Der.OBJECT_IDENTIFIER);
      saying(extension, "extension critical field").skipOptional(Der.BOOLEAN);
      extension.skipOptional(Der.BOOLEAN);
      values.add(saying(extension, "extension value field").read(Der.OCTET_STRING));
      oids.add(oid);
      if (!seen.add(oid)) {
        throw new GoError(
            "x509: certificate contains duplicate extension with OID \"" + oid + "\"");
      }
    }
    for (int i = 0; i < oids.size(); i++) {
      extension(oids.get(i), values.get(i));
    }
  }

  private void extension(String oid, Der value) throws GoError {
    switch (oid) {
      case Oids.SUBJECT_ALTERNATIVE_NAME -> names.addAll(AlternativeNames.read(value));
      case Oids.AUTHORITY_KEY_IDENTIFIER -> {
        Der identifier = value.saying("x509: invalid authority key identifier").read(Der.SEQUENCE);
        if (identifier.tag() == 0x80) {
          authorityKey = identifier.read(0x80).bytes();
        }
      }
      case Oids.SUBJECT_KEY_IDENTIFIER ->
          subjectKey = value.saying("x509: invalid subject key identifier").octets();
      default -> {}
    }
  }

  /** The bytes, not a copy. */
  byte[] der() {
    return der;
  }

  /** The alternative names: DNS, addresses, e-mail, URIs. */
  List<String> names() {
    return names;
  }

  /** The subject as Go prints it. */
  String subject() throws GoError {
    return subject == null ? "" : SubjectName.text(subject.saying("x509: invalid RDNSequence"));
  }

  /** Whether the other one's key identifier is the one that this names for its issuer's key. */
  boolean names(Certificate issuer) {
    return same(authorityKey, issuer.subjectKey);
  }

  boolean isRoot() {
    return authorityKey == null || same(authorityKey, subjectKey);
  }

  /** To Go, no identifier and an empty one are the same here. */
  private static boolean same(byte @Nullable [] a, byte @Nullable [] b) {
    return Arrays.equals(a == null ? new byte[0] : a, b == null ? new byte[0] : b);
  }

  String pem() {
    return Pem.of(Pem.CERTIFICATE, der).encode();
  }
}
