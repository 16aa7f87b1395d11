package dev.signet.stores.https;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Optional;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Whom a client trusts and who it is: certificates in PEM. An authority that is given is the only
 * one that is trusted; without one those of the JVM are.
 */
public final class Trust {

  private final byte[] authority;
  private final byte[] certificate;
  private final byte[] key;

  private Trust(byte[] authority, byte[] certificate, byte[] key) {
    this.authority = authority;
    this.certificate = certificate;
    this.key = key;
  }

  /** Trusts that authority; empty for those of the JVM. */
  static Trust in(byte[] authority) {
    return new Trust(authority.clone(), new byte[0], new byte[0]);
  }

  /** {@code caBundle} or {@code caProvider}, the former winning as upstream. */
  public static Trust of(Fields configuration, References references)
      throws MalformedObjectException, StoreException {
    String bundle = configuration.string("caBundle").orElse("");
    Optional<Fields> provider = configuration.object("caProvider");
    byte[] authority = new byte[0];
    if (!bundle.isEmpty()) {
      authority = decoded(bundle, configuration.path() + ".caBundle");
      provider.ifPresent(Trust::pass);
    } else if (provider.isPresent()) {
      authority = references.authority(provider.get());
    }
    Trust trust = Trust.in(authority);
    try {
      // Now rather than at the first request, for the message to name the field.
      var _ = trust.managers();
    } catch (GeneralSecurityException | IOException e) {
      throw new MalformedObjectException(
          configuration.path() + " names certificates that are no PEM");
    }
    return trust;
  }

  private static void pass(Fields unused) {
    unused.names().forEach(unused::raw);
  }

  /** A byte field of an object is Base64; people who write PEM there are understood too. */
  static byte[] decoded(String text, String path) throws MalformedObjectException {
    if (text.contains("-----BEGIN")) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
    try {
      return GoBase64.STD.decode(text.getBytes(StandardCharsets.UTF_8));
    } catch (IllegalBase64Exception e) {
      throw new MalformedObjectException(path + " is not Base64");
    }
  }

  /** The same, as that client. */
  public Trust as(byte[] certificate, byte[] key) {
    return new Trust(authority, certificate.clone(), key.clone());
  }

  /** What tells one from another; the key cannot be told from it. */
  public String fingerprint() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(MessageDigest.getInstance("SHA-256").digest(authority));
      digest.update(MessageDigest.getInstance("SHA-256").digest(certificate));
      digest.update(MessageDigest.getInstance("SHA-256").digest(key));
      return HexFormat.of().formatHex(digest.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  SSLContext context() throws GeneralSecurityException, IOException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(identity(), managers(), null);
    return context;
  }

  private TrustManager @Nullable [] managers() throws GeneralSecurityException, IOException {
    if (authority.length == 0) {
      return null;
    }
    KeyStore trusted = empty();
    int number = 0;
    for (Certificate each : certificates(authority)) {
      trusted.setCertificateEntry("authority-" + number++, each);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory.getTrustManagers();
  }

  private KeyManager @Nullable [] identity() throws GeneralSecurityException, IOException {
    if (certificate.length == 0) {
      return null;
    }
    PrivateKey own = PrivateKeyPem.read(key);
    KeyStore keys = empty();
    keys.setKeyEntry(
        "client", own, new char[0], certificates(certificate).toArray(new Certificate[0]));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, new char[0]);
    return factory.getKeyManagers();
  }

  private static KeyStore empty() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  private static Collection<? extends Certificate> certificates(byte[] pem)
      throws GeneralSecurityException, IOException {
    Collection<? extends Certificate> found =
        CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    if (found.isEmpty()) {
      throw new IOException("there is no certificate");
    }
    return found;
  }
}
