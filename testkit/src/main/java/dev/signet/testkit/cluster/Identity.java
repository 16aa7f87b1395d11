package dev.signet.testkit.cluster;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** A private key and the certificate for it: a user of the cluster, or one of its servers. */
public record Identity(PrivateKey key, X509Certificate certificate) {

  private static final char[] IN_MEMORY_ONLY = new char[0];

  /** The certificate in PEM. */
  public String certificatePem() {
    return pem(certificate);
  }

  /** The private key in PEM, PKCS#8. */
  public String keyPem() {
    return pem("PRIVATE KEY", key.getEncoded());
  }

  /** TLS that shows this certificate and trusts what the authority issued. */
  public SSLContext tls(X509Certificate authority) {
    try {
      // PKCS#12 would stretch the password for each key, which takes longer than all the rest.
      KeyStore mine = empty("JKS");
      mine.setKeyEntry("key", key, IN_MEMORY_ONLY, new Certificate[] {certificate});
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(mine, IN_MEMORY_ONLY);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), trust(authority).getTrustManagers(), null);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  /** TLS that shows no certificate and trusts what the authority issued. */
  public static SSLContext anonymousTls(X509Certificate authority) {
    try {
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust(authority).getTrustManagers(), null);
      return tls;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM has no TLS", e);
    }
  }

  static String pem(X509Certificate certificate) {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate without an encoding", e);
    }
  }

  static String pem(String type, byte[] der) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der)
        + "\n-----END "
        + type
        + "-----\n";
  }

  /** Reads what {@link #certificatePem} and {@link #keyPem} wrote. */
  static Identity read(Path certificate, Path key) throws IOException {
    try {
      var parsed =
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(certificate)));
      String body =
          Files.readString(key, StandardCharsets.US_ASCII).replaceAll("-----[A-Z ]+-----|\\s", "");
      var encoded = new PKCS8EncodedKeySpec(Base64.getDecoder().decode(body));
      return new Identity(
          KeyFactory.getInstance("EC").generatePrivate(encoded), (X509Certificate) parsed);
    } catch (GeneralSecurityException | IllegalArgumentException e) {
      throw new IOException("cannot read " + certificate + " and " + key, e);
    }
  }

  private static TrustManagerFactory trust(X509Certificate authority)
      throws GeneralSecurityException {
    KeyStore trusted = empty("PKCS12");
    trusted.setCertificateEntry("authority", authority);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    return trust;
  }

  private static KeyStore empty(String type) throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance(type);
      store.load(null, IN_MEMORY_ONLY);
      return store;
    } catch (IOException e) {
      throw new IllegalStateException("an empty key store cannot be read", e);
    }
  }
}
