package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.kube.Proxies;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate from an {@code http} or {@code https} URL, as Go's client fetches it: proxies from
 * the environment, redirections followed, and trusted is what the system trusts ({@code
 * SSL_CERT_FILE}, or the bundle where distributions keep it), else what Java does.
 */
final class KubesealUrl {

  private static final int LARGEST = 1 << 20;
  private static final Duration CONNECT = Duration.ofSeconds(30);

  /** Where Go looks, in its order (crypto/x509/root_linux.go and root_darwin.go). */
  private static final List<String> BUNDLES =
      List.of(
          "/etc/ssl/certs/ca-certificates.crt",
          "/etc/pki/tls/certs/ca-bundle.crt",
          "/etc/ssl/ca-bundle.pem",
          "/etc/pki/tls/cacert.pem",
          "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
          "/etc/ssl/cert.pem");

  private KubesealUrl() {}

  static byte[] fetch(Surroundings surroundings, URI url) throws CommandFailure {
    String quoted = KubesealText.quoted(url.toString());
    try (HttpClient client = client(surroundings, url)) {
      HttpResponse<InputStream> response =
          client.send(
              HttpRequest.newBuilder(url).header("User-Agent", "kubeseal").build(),
              HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        if (response.statusCode() != 200) {
          throw CommandFailure.of("cannot fetch " + quoted + ": " + status(response.statusCode()));
        }
        byte[] content = body.readNBytes(LARGEST + 1);
        if (content.length > LARGEST) {
          throw CommandFailure.of(
              "cannot fetch " + quoted + ": it is larger than " + LARGEST + " bytes");
        }
        return content;
      }
    } catch (IOException | IllegalArgumentException e) {
      throw CommandFailure.of("Get " + quoted + ": " + reason(e));
    } catch (GeneralSecurityException | ObjectsException e) {
      throw CommandFailure.of("Get " + quoted + ": " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw CommandFailure.of("interrupted");
    }
  }

  /** What reaches that URL from here. */
  static HttpClient client(Surroundings surroundings, URI url)
      throws ObjectsException, GeneralSecurityException, IOException {
    HttpClient.Builder client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .connectTimeout(CONNECT);
    Optional<String> proxy =
        Proxies.choose(url.toString(), Optional.empty(), surroundings.environment());
    if (proxy.isPresent()) {
      URI through = URI.create(proxy.get());
      client.proxy(ProxySelector.of(new InetSocketAddress(through.getHost(), through.getPort())));
      if (through.getUserInfo() != null) {
        client.authenticator(passwordOf(through.getUserInfo()));
      }
    } else {
      client.proxy(HttpClient.Builder.NO_PROXY);
    }
    Optional<Path> bundle = bundle(surroundings);
    if (bundle.isPresent() && "https".equalsIgnoreCase(url.getScheme())) {
      client.sslContext(trusting(bundle.get()));
    }
    return client.build();
  }

  private static Authenticator passwordOf(String userInfo) {
    int colon = userInfo.indexOf(':');
    String user = colon < 0 ? userInfo : userInfo.substring(0, colon);
    String password = colon < 0 ? "" : userInfo.substring(colon + 1);
    return new Authenticator() {
      @Override
      protected PasswordAuthentication getPasswordAuthentication() {
        return new PasswordAuthentication(user, password.toCharArray());
      }
    };
  }

  private static Optional<Path> bundle(Surroundings surroundings) {
    Optional<String> named = surroundings.variable("SSL_CERT_FILE");
    if (named.isPresent()) {
      return Optional.of(surroundings.path(named.get()));
    }
    return BUNDLES.stream().map(Path::of).filter(Files::isReadable).findFirst();
  }

  private static SSLContext trusting(Path bundle) throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    int number = 0;
    for (Certificate each :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(Files.readAllBytes(bundle)))) {
      trusted.setCertificateEntry("authority-" + number++, each);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, factory.getTrustManagers(), null);
    return context;
  }

  static String reason(Exception e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message = root.getMessage();
    return switch (root) {
      case java.nio.channels.UnresolvedAddressException _ -> "no such host";
      case java.net.ConnectException _ when message == null -> "connection refused";
      default ->
          message == null ? "connection refused" : message.toLowerCase(java.util.Locale.ROOT);
    };
  }

  private static String status(int code) {
    String text =
        switch (code) {
          case 201 -> "Created";
          case 202 -> "Accepted";
          case 204 -> "No Content";
          case 300 -> "Multiple Choices";
          case 301 -> "Moved Permanently";
          case 302 -> "Found";
          case 304 -> "Not Modified";
          case 400 -> "Bad Request";
          case 401 -> "Unauthorized";
          case 403 -> "Forbidden";
          case 404 -> "Not Found";
          case 405 -> "Method Not Allowed";
          case 407 -> "Proxy Authentication Required";
          case 408 -> "Request Timeout";
          case 410 -> "Gone";
          case 429 -> "Too Many Requests";
          case 500 -> "Internal Server Error";
          case 501 -> "Not Implemented";
          case 502 -> "Bad Gateway";
          case 503 -> "Service Unavailable";
          case 504 -> "Gateway Timeout";
          default -> "";
        };
    return text.isEmpty() ? Integer.toString(code) : code + " " + text;
  }
}
