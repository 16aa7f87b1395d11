package dev.signet.kube;

import java.net.InetAddress;
import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import javax.net.ssl.X509TrustManager;

/**
 * Trusts a server for its certificate being of a certain name, whatever the address it was reached
 * at: {@code tls-server-name} of a kubeconfig, for servers behind a tunnel. The chain is checked by
 * who checks it otherwise. Names are compared as RFC 6125 has it: alternative names only, and a
 * star for one whole first label.
 *
 * <p>The name that is sent (SNI) stays that of the address: the JDK's client cannot be told
 * another.
 */
final class NamedServer extends X509ExtendedTrustManager {

  /** The certificate is trusted, but for other names. */
  static final class OtherNameException extends CertificateException {
    OtherNameException(String name) {
      super("the certificate is not for " + name);
    }
  }

  private static final int DNS_NAME = 2;
  private static final int IP_ADDRESS = 7;

  private final X509TrustManager chain;
  private final String name;

  private NamedServer(X509TrustManager chain, String name) {
    this.chain = chain;
    this.name = name;
  }

  static TrustManager[] instead(TrustManager[] managers, String name) {
    return Arrays.stream(managers)
        .map(each -> each instanceof X509TrustManager x509 ? new NamedServer(x509, name) : each)
        .toArray(TrustManager[]::new);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String type)
      throws CertificateException {
    chain.checkServerTrusted(certificates, type);
    Collection<List<?>> names = certificates[0].getSubjectAlternativeNames();
    if (names == null || names.stream().noneMatch(this::matches)) {
      throw new OtherNameException(name);
    }
  }

  private boolean matches(List<?> alternative) {
    if (!(alternative.get(1) instanceof String text)) {
      return false;
    }
    return switch ((int) alternative.get(0)) {
      case DNS_NAME -> isNamed(text.toLowerCase(Locale.ROOT), name.toLowerCase(Locale.ROOT));
      case IP_ADDRESS -> address(text).isPresent() && address(text).equals(address(name));
      default -> false;
    };
  }

  private static boolean isNamed(String pattern, String host) {
    if (!pattern.startsWith("*.")) {
      return pattern.equals(host);
    }
    int dot = host.indexOf('.');
    return dot > 0 && pattern.substring(1).equals(host.substring(dot));
  }

  private static Optional<InetAddress> address(String text) {
    try {
      return Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String type, SSLEngine engine)
      throws CertificateException {
    checkServerTrusted(certificates, type);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] certificates, String type, Socket socket)
      throws CertificateException {
    checkServerTrusted(certificates, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String type)
      throws CertificateException {
    chain.checkClientTrusted(certificates, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String type, SSLEngine engine)
      throws CertificateException {
    checkClientTrusted(certificates, type);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] certificates, String type, Socket socket)
      throws CertificateException {
    checkClientTrusted(certificates, type);
  }

  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return chain.getAcceptedIssuers();
  }
}
