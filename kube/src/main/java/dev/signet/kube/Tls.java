package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.internal.SSLUtils;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of TLS, by client-go's rules where fabric8's differ: when an authority is given
 * it is the only one that is trusted (fabric8 adds it to those of the JVM), and a key in PKCS#8 may
 * be one of an elliptic curve (fabric8 takes every such key for RSA).
 */
final class Tls {

  private final KeyManager @Nullable [] keys;
  private final TrustManager[] trust;

  private Tls(KeyManager @Nullable [] keys, TrustManager[] trust) {
    this.keys = keys;
    this.trust = trust;
  }

  static Tls of(Config config, Optional<String> serverName) throws ObjectsException {
    try {
      Optional<byte[]> key = bytes(config.getClientKeyData(), config.getClientKeyFile());
      if (key.isPresent() && isEllipticPkcs8(key.get())) {
        config.setClientKeyAlgo("EC");
      }
      TrustManager[] trust = trust(config);
      return new Tls(
          SSLUtils.keyManagers(config),
          serverName.isPresent() && !config.isTrustCerts()
              ? NamedServer.instead(trust, serverName.get())
              : trust);
    } catch (GeneralSecurityException | IOException | IllegalArgumentException e) {
      throw new ObjectsException(
          new Problem.Malformed(),
          "cannot use the certificates for "
              + config.getMasterUrl()
              + ": "
              + e.getMessage()
              + "; check certificate-authority, client-certificate and client-key");
    }
  }

  void apply(HttpClient.Builder builder) {
    builder.sslContext(keys, trust);
  }

  private static TrustManager[] trust(Config config) throws GeneralSecurityException, IOException {
    Optional<byte[]> authority = bytes(config.getCaCertData(), config.getCaCertFile());
    if (config.isTrustCerts() || authority.isEmpty()) {
      return SSLUtils.trustManagers(config);
    }
    Collection<? extends Certificate> certificates =
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(authority.get()));
    if (certificates.isEmpty()) {
      throw new IOException("the certificate authority holds no certificate");
    }
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    int number = 0;
    for (Certificate each : certificates) {
      trusted.setCertificateEntry("authority-" + number++, each);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  private static Optional<byte[]> bytes(@Nullable String data, @Nullable String file)
      throws IOException {
    if (data != null && !data.isEmpty()) {
      return Optional.of(
          data.contains("-----BEGIN")
              ? data.getBytes(StandardCharsets.US_ASCII)
              : Base64.getMimeDecoder().decode(data));
    }
    return file == null || file.isEmpty()
        ? Optional.empty()
        : Optional.of(Files.readAllBytes(Path.of(file)));
  }

  private static boolean isEllipticPkcs8(byte[] pem) throws GeneralSecurityException {
    String text = new String(pem, StandardCharsets.US_ASCII);
    int from = text.indexOf("-----BEGIN PRIVATE KEY-----");
    int to = text.indexOf("-----END PRIVATE KEY-----");
    if (from < 0 || to < from) {
      return false;
    }
    byte[] der =
        Base64.getMimeDecoder()
            .decode(text.substring(from + "-----BEGIN PRIVATE KEY-----".length(), to));
    try {
      KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
      return true;
    } catch (InvalidKeySpecException notElliptic) {
      return false;
    }
  }
}
