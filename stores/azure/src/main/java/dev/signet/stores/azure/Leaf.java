package dev.signet.stores.azure;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Collections;

/** The certificate that a pushed one is about: in PKCS#12 without a password, DER or PEM. */
final class Leaf {

  private Leaf() {}

  static byte[] of(SecretBytes value, String name, String identity) throws StoreException {
    try {
      return value.<byte[], GeneralSecurityException>with(Leaf::of);
    } catch (GeneralSecurityException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "value from secret is not a valid certificate for "
              + name
              + " of "
              + identity
              + ": it has to be PKCS#12 without a password, DER or PEM");
    }
  }

  private static byte[] of(byte[] bytes) throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(bytes), new char[0]);
      for (String alias : Collections.list(store.aliases())) {
        Certificate certificate = store.getCertificate(alias);
        if (certificate != null && store.isKeyEntry(alias)) {
          return certificate.getEncoded();
        }
      }
    } catch (IOException e) {
      // Not PKCS#12: looked at below.
    }
    Certificate certificate =
        CertificateFactory.getInstance("X.509").generateCertificate(certificates(bytes));
    if (certificate == null) {
      throw new CertificateException("there is none");
    }
    return certificate.getEncoded();
  }

  /** A key may stand before the certificate. */
  private static ByteArrayInputStream certificates(byte[] bytes) {
    String text = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1);
    int begin = text.indexOf("-----BEGIN CERTIFICATE-----");
    return begin < 0
        ? new ByteArrayInputStream(bytes)
        : new ByteArrayInputStream(bytes, begin, bytes.length - begin);
  }
}
