package dev.signet.remote;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.TrustManagerFactory;

/**
 * Requests that are answered whole, in bounded time and memory. Redirects are not followed: they
 * would take tokens elsewhere.
 */
final class Http implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final int LARGEST_ANSWER = 1 << 20;

  private final HttpClient client;

  private Http(HttpClient client) {
    this.client = client;
  }

  /**
   * A client that trusts the authorities in a file, or those that programs in Go trust: {@code
   * SSL_CERT_FILE}, else the usual ones.
   */
  static Http of(Machine machine, Optional<Path> authorities) throws IOException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT);
    Optional<SSLContext> tls = tls(authorities.or(() -> machine.file("SSL_CERT_FILE")));
    tls.ifPresent(builder::sslContext);
    return new Http(builder.build());
  }

  /** What trusts the authorities in a file in PEM, and no others. */
  static Optional<SSLContext> tls(Optional<Path> authorities) throws IOException {
    if (authorities.isEmpty()) {
      return Optional.empty();
    }
    try {
      KeyStore trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      byte[] pem = Files.readAllBytes(authorities.get());
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        trusted.setCertificateEntry("authority-" + trusted.size(), each);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, trust.getTrustManagers(), null);
      return Optional.of(context);
    } catch (GeneralSecurityException e) {
      throw new IOException("there are no certificates in PEM in " + authorities.get(), e);
    } catch (IOException e) {
      throw new IOException("cannot read the certificates in " + authorities.get(), e);
    }
  }

  /** What came back; closing it zeroes the body. */
  static final class Answer implements AutoCloseable {
    private final int code;
    private final byte[] body;
    private final HttpHeaders headers;

    private Answer(HttpResponse<byte[]> response) {
      this.code = response.statusCode();
      this.body = response.body();
      this.headers = response.headers();
    }

    int code() {
      return code;
    }

    boolean succeeded() {
      return code >= 200 && code < 300;
    }

    /** Its reader must not keep it. */
    byte[] body() {
      return body;
    }

    Optional<String> header(String name) {
      return headers.firstValue(name);
    }

    @Override
    public void close() {
      Arrays.fill(body, (byte) 0);
    }
  }

  /**
   * Sends it, whatever comes back.
   *
   * @param body zeroed by the caller
   * @throws IOException when nothing comes back; says why, and to where in the words of the address
   */
  Answer send(String method, URI uri, Map<String, String> headers, byte[] body) throws IOException {
    HttpRequest request;
    try {
      HttpRequest.Builder builder = HttpRequest.newBuilder(uri).timeout(ANSWER);
      headers.forEach(builder::setHeader);
      request =
          builder
              .method(
                  method,
                  body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body))
              .build();
    } catch (IllegalArgumentException e) {
      // Its message quotes the header, which may be a token.
      throw new IOException("cannot ask " + place(uri) + ": the address or a header is malformed");
    }
    try {
      return new Answer(
          client.send(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), LARGEST_ANSWER)));
    } catch (IOException e) {
      throw new IOException(place(uri) + " " + why(e), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(place(uri) + " was not waited for: this program is ending", e);
    }
  }

  /** Without path and query, which may name what is secret. */
  static String place(URI uri) {
    return uri.getScheme() + "://" + uri.getAuthority();
  }

  private static String why(IOException failure) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      switch (each) {
        case java.net.http.HttpTimeoutException _ -> {
          return "did not answer in time";
        }
        case UnknownHostException _ -> {
          return "has a name that is not known";
        }
        case UnresolvedAddressException _ -> {
          return "has a name that is not known";
        }
        case CertificateException _ -> {
          return "has a certificate that is not trusted: name its authority's in SSL_CERT_FILE";
        }
        default -> {}
      }
    }
    return switch (failure) {
      case SSLException _ -> "could not be talked to over TLS";
      case ConnectException _ -> "refuses connections";
      default -> "broke the connection off, or sent too much";
    };
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
