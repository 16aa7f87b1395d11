package dev.signet.stores.https;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An API server, and as whom it is asked: by a client certificate, a token that stands in a Secret,
 * a token of a service account, or as a kubeconfig says.
 */
final class KubernetesServer {

  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String USUAL = "kubernetes.default";

  private final Endpoint endpoint;
  private final URI server;
  private final Optional<String> authorization;

  private KubernetesServer(Endpoint endpoint, URI server, Optional<String> authorization) {
    this.endpoint = endpoint;
    this.server = server;
    this.authorization = authorization;
  }

  /**
   * Whether who asks depends on who uses the store: a cluster-wide one that leaves out where its
   * credentials are means the user's namespace.
   */
  static boolean dependsOnUser(Fields configuration) throws MalformedObjectException {
    Optional<Fields> auth = configuration.object("auth");
    if (auth.isEmpty()) {
      return false;
    }
    for (Fields each : selectors(auth.get())) {
      if (each.string("namespace").orElse("").isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Of one that is only looked at: what it means is said when somebody uses it. */
  static void passOver(Fields configuration) throws MalformedObjectException {
    pass(configuration);
    Optional<Fields> auth = configuration.object("auth");
    if (auth.isPresent()) {
      pass(auth.get());
      for (Fields each : selectors(auth.get())) {
        pass(each);
      }
      auth.get().object("cert").ifPresent(KubernetesServer::pass);
      auth.get().object("token").ifPresent(KubernetesServer::pass);
    }
  }

  private static void pass(Fields unused) {
    unused.names().forEach(unused::raw);
  }

  private static List<Fields> selectors(Fields auth) throws MalformedObjectException {
    Optional<Fields> cert = auth.object("cert");
    if (cert.isPresent()) {
      return List.of(
          cert.get().requiredObject("clientCert"), cert.get().requiredObject("clientKey"));
    }
    Optional<Fields> token = auth.object("token");
    if (token.isPresent()) {
      return List.of(token.get().requiredObject("bearerToken"));
    }
    return auth.object("serviceAccount").map(List::of).orElse(List.of());
  }

  static KubernetesServer open(
      String identity, Fields configuration, References references, Clients clients)
      throws MalformedObjectException, StoreException {
    Kubeconfig config = config(configuration, references);
    try {
      return new KubernetesServer(
          new Endpoint(clients.of(config.trust()), identity, TIMEOUT),
          uri(config.server(), configuration),
          config.authorization());
    } catch (GeneralSecurityException | IOException e) {
      throw new MalformedObjectException(
          configuration.path() + ": the certificate and the key of the client cannot be used");
    }
  }

  private static Kubeconfig config(Fields configuration, References references)
      throws MalformedObjectException, StoreException {
    Optional<Fields> kubeconfig = configuration.object("authRef");
    Optional<Fields> auth = configuration.object("auth");
    Optional<Fields> server = configuration.object("server");
    if (kubeconfig.isPresent()) {
      if (auth.isPresent()) {
        throw new MalformedObjectException("authRef and inline auth cannot both be set");
      }
      // Upstream's schema gives every store a server; the kubeconfig has its own.
      server.ifPresent(it -> it.names().forEach(it::raw));
      try (SecretBytes yaml = references.secret(kubeconfig.get())) {
        String where = kubeconfig.get().path();
        return yaml.<Kubeconfig, MalformedObjectException>with(
            bytes -> Kubeconfig.read(bytes, where));
      }
    }
    if (auth.isEmpty()) {
      throw new MalformedObjectException("no auth provider given");
    }
    String url =
        server.isPresent()
            ? server.get().string("url").filter(given -> !given.isEmpty()).orElse(USUAL)
            : USUAL;
    Trust trust = server.isPresent() ? Trust.of(server.get(), references) : Trust.in(new byte[0]);
    return identified(url, trust, auth.get(), references);
  }

  private static Kubeconfig identified(String url, Trust trust, Fields auth, References references)
      throws MalformedObjectException, StoreException {
    List<String> methods = auth.names();
    if (methods.size() > 1) {
      throw new MalformedObjectException(
          "multiple auth methods provided: set exactly one of Token, ServiceAccount, or Cert");
    }
    return switch (methods.isEmpty() ? "" : methods.getFirst()) {
      case "token" -> {
        try (SecretBytes token =
            references.secret(auth.requiredObject("token").requiredObject("bearerToken"))) {
          yield new Kubeconfig(url, trust, Optional.of("Bearer " + text(token)));
        }
      }
      case "serviceAccount" ->
          new Kubeconfig(
              url,
              trust,
              Optional.of(
                  "Bearer " + references.accountToken(auth.requiredObject("serviceAccount"))));
      case "cert" -> {
        Fields cert = auth.requiredObject("cert");
        try (SecretBytes certificate = references.secret(cert.requiredObject("clientCert"));
            SecretBytes key = references.secret(cert.requiredObject("clientKey"))) {
          Trust as = certificate.with(it -> key.with(own -> trust.as(it, own)));
          yield new Kubeconfig(url, as, Optional.empty());
        }
      }
      default -> throw new MalformedObjectException("no auth provider given");
    };
  }

  private static String text(SecretBytes token) {
    return token.with(bytes -> new String(bytes, StandardCharsets.UTF_8)).strip();
  }

  private static URI uri(String server, Fields configuration) throws MalformedObjectException {
    String whole = server.contains("://") ? server : "https://" + server;
    try {
      URI uri = URI.create(whole.endsWith("/") ? whole.substring(0, whole.length() - 1) : whole);
      if (uri.getHost() != null && List.of("https", "http").contains(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, without what it holds.
    }
    throw new MalformedObjectException(
        configuration.path() + ".server.url is no URL such as https://10.0.0.1:6443");
  }

  Endpoint endpoint() {
    return endpoint;
  }

  /**
   * @param path with its query, both encoded
   */
  Endpoint.Answer send(String method, String path, byte[] body) throws StoreException {
    HttpRequest.Builder request;
    try {
      request = HttpRequest.newBuilder(URI.create(server + path));
      authorization.ifPresent(value -> request.header("Authorization", value));
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          new Problem.Malformed(), "the token for " + server.getHost() + " is no token");
    }
    return endpoint.send(
        request
            .header("Accept", "application/json")
            .header("Content-Type", "application/json")
            .method(
                method,
                body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body)));
  }
}
