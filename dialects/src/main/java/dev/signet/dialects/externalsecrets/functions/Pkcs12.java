package dev.signet.dialects.externalsecrets.functions;

import dev.signet.template.Call;
import dev.signet.template.GoError;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * PKCS#12 files to PEM and back. Text that is no PEM gives the words of Go's panic, as it does in
 * External Secrets, white space behind the last certificate of a bundle included.
 */
final class Pkcs12 {
  private static final String NIL_POINTER =
      "runtime error: invalid memory address or nil pointer dereference";

  private final Salts salts;

  Pkcs12(Salts salts) {
    this.salts = salts;
  }

  static Value key(Call call, String password, byte[] file) throws GoError {
    Pkcs12File opened = open(call, password, file, "unable to decode pkcs12 with password: ");
    return new Str(Pem.of(Pem.PRIVATE_KEY, opened.key().toPkcs8()).encode());
  }

  /** The certificates from leaf to root, or as they come where they are no chain. */
  static Value certificates(Call call, String password, byte[] file) throws GoError {
    Pkcs12File opened =
        open(call, password, file, "unable to decode pkcs12 certificate with password: ");
    List<Certificate> certificates = opened.certificates();
    try {
      certificates = CertificateChain.ordered(certificates, call.meter());
    } catch (GoError e) {
      // Not one chain: their order is the file's.
    }
    StringBuilder out = new StringBuilder();
    for (Certificate certificate : certificates) {
      out.append(certificate.pem());
    }
    return new Str(out.toString());
  }

  private static Pkcs12File open(Call call, String password, byte[] file, String failed)
      throws GoError {
    try {
      return Pkcs12File.read(file, password, call.meter());
    } catch (GoError e) {
      throw new GoError(failed + e.raw());
    }
  }

  /** A file of the first certificate and the key. */
  byte[] keyStore(Call call, String certificate, String key, String password) throws GoError {
    charge(call, certificate, key);
    Certificate leaf = Certificate.parse(Pem.firstDer(certificate, NIL_POINTER));
    return keyStore(call, List.of(leaf), key, password);
  }

  /** A file of all certificates, of which the first is the leaf's, and the key. */
  byte[] fullKeyStore(Call call, String bundle, String key, String password) throws GoError {
    charge(call, bundle, key);
    Pem.Reader reader = new Pem.Reader(bundle);
    List<Certificate> certificates = new ArrayList<>();
    do {
      certificates.add(next(reader));
    } while (reader.hasRest());
    return keyStore(call, certificates, key, password);
  }

  private byte[] keyStore(Call call, List<Certificate> certificates, String key, String password)
      throws GoError {
    PrivateKeyDer parsed = PrivateKeyDer.read(Pem.firstDer(key, NIL_POINTER), call.meter());
    return new Pkcs12Writer(salts, call.meter(), password).keyStore(parsed, certificates);
  }

  /** A file of certificates to trust. */
  byte[] trustStore(Call call, String bundle, String password) throws GoError {
    charge(call, bundle, "");
    Pem.Reader reader = new Pem.Reader(bundle);
    List<Certificate> certificates = new ArrayList<>();
    while (reader.hasRest()) {
      certificates.add(next(reader));
    }
    return new Pkcs12Writer(salts, call.meter(), password).trustStore(certificates);
  }

  private static Certificate next(Pem.Reader reader) throws GoError {
    Pem block = reader.next();
    if (block == null) {
      throw new GoError(NIL_POINTER);
    }
    return Certificate.parse(block.der());
  }

  private static void charge(Call call, String certificates, String key) {
    long size = (long) certificates.length() + key.length();
    call.meter().steps(size / 16);
    call.meter().memory(size * 4);
  }
}
