package dev.signet.testkit.cluster;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;

/**
 * Stands in front of the API server, counts what passes, and fails on demand. It speaks HTTP/1.1
 * over TLS with a certificate of the cluster's authority, so a client needs another address and
 * nothing else.
 *
 * <p>A connection of a client has its own connection to the server. A request is read whole, the
 * rules that match strike in the order in which they were made, then it is sent on; the answer
 * flows back as it comes. When the server is down, or breaks a connection, the client's connection
 * is reset. When the client leaves a watch, the server's connection is closed.
 *
 * <p>Who a client is survives: tokens are passed on; the user and groups of a client certificate
 * are told to the server in headers, as its authenticating proxy (Kubernetes' front proxy) may.
 */
public final class FaultProxy implements AutoCloseable {

  private static final Duration CONNECT = Duration.ofSeconds(10);

  private final ServerSocket listener;
  private final URI url;
  private final URI server;
  private final SSLContext clientSide;
  private final SSLContext serverSide;
  private final List<FaultRule> rules = new CopyOnWriteArrayList<>();
  private final List<Exchange> exchanges = new ArrayList<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private volatile boolean keepBodies;

  /**
   * A request that came, in the order of their coming.
   *
   * @param user of its certificate, empty without one
   * @param arrived {@link System#nanoTime} when it was read
   * @param body what was sent, empty unless {@link #keepBodies} was called
   */
  public record Exchange(ApiRequest request, String user, long arrived, String body) {}

  private FaultProxy(
      ServerSocket listener, URI url, URI server, SSLContext clientSide, SSLContext serverSide) {
    this.listener = listener;
    this.url = url;
    this.server = server;
    this.clientSide = clientSide;
    this.serverSide = serverSide;
  }

  static FaultProxy start(Folder folder, String host) {
    try {
      ServerSocket listener = new ServerSocket();
      listener.bind(new InetSocketAddress(host, 0));
      X509Certificate authority = folder.users().certificate();
      FaultProxy proxy =
          new FaultProxy(
              listener,
              URI.create("https://" + host + ":" + listener.getLocalPort()),
              URI.create(folder.server()),
              folder.users().server("fault-proxy", List.of(host, "localhost")).tls(authority),
              folder.frontProxy().tls(authority));
      Thread.ofVirtual().name("fault proxy").start(proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot start the fault proxy", e);
    }
  }

  public URI url() {
    return url;
  }

  /** The API server through this proxy, as that user of the control plane sees it. */
  public Api api(ControlPlane plane, Identity user) {
    return new Api(url, user.tls(plane.authority()), Optional.empty());
  }

  /** The API server through this proxy, as the bearer of that token sees it. */
  public Api api(ControlPlane plane, String token) {
    return new Api(url, Identity.anonymousTls(plane.authority()), Optional.of(token));
  }

  /** From now on this happens to such requests. */
  public FaultRule when(Predicate<ApiRequest> which, Fault fault) {
    FaultRule rule = new FaultRule(which, fault);
    rules.add(rule);
    return rule;
  }

  /** Takes all rules away. */
  public void clear() {
    rules.clear();
  }

  /** Resets all connections there are: what clients see when the server's machine goes away. */
  public void resetConnections() {
    open.forEach(FaultProxy::reset);
  }

  /** From now on {@link #exchanges} have their bodies. */
  public void keepBodies() {
    keepBodies = true;
  }

  /** The requests so far, those too that did not reach the server. */
  public List<Exchange> exchanges() {
    synchronized (exchanges) {
      return List.copyOf(exchanges);
    }
  }

  /** How many of the requests so far. */
  public long count(Predicate<ApiRequest> which) {
    return exchanges().stream().map(Exchange::request).filter(which).count();
  }

  @Override
  public void close() {
    quietly(listener);
    resetConnections();
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        open.add(socket);
        Thread.ofVirtual().name("fault proxy connection").start(() -> serve(socket));
      } catch (IOException e) {
        // Closed, or a client that left at once.
      }
    }
  }

  private void serve(Socket socket) {
    try (Connection connection = new Connection(socket)) {
      connection.run();
    } catch (IOException e) {
      // A broken connection on either side is what this proxy is for: the client sees it below.
    } finally {
      reset(socket);
      open.remove(socket);
    }
  }

  private FaultsOfOne faultsFor(ApiRequest request) {
    List<Fault> struck =
        rules.stream().filter(rule -> rule.strikes(request)).map(FaultRule::fault).toList();
    return new FaultsOfOne(struck);
  }

  /** The faults of one request; of those that end it the first counts. */
  private record FaultsOfOne(List<Fault> struck) {

    void delay() {
      for (Fault fault : struck) {
        if (fault instanceof Fault.Delay delay) {
          Eventually.pause(delay.time());
        }
      }
    }

    <T extends Fault> Optional<T> first(Class<T> type) {
      return struck.stream().filter(type::isInstance).map(type::cast).findFirst();
    }
  }

  /** One client's connection and, from the first request on, the one to the server. */
  private final class Connection implements AutoCloseable {

    private final Socket plain;
    private final SSLSocket client;
    private final InputStream fromClient;
    private final OutputStream toClient;
    private final List<String> identity;
    private Optional<SSLSocket> upstream = Optional.empty();

    Connection(Socket plain) throws IOException {
      this.plain = plain;
      plain.setTcpNoDelay(true);
      client =
          (SSLSocket)
              clientSide
                  .getSocketFactory()
                  .createSocket(
                      plain, plain.getInetAddress().getHostAddress(), plain.getPort(), true);
      client.setUseClientMode(false);
      client.setWantClientAuth(true);
      SSLParameters parameters = client.getSSLParameters();
      parameters.setApplicationProtocols(new String[] {"http/1.1"});
      client.setSSLParameters(parameters);
      client.startHandshake();
      fromClient = new BufferedInputStream(client.getInputStream());
      toClient = client.getOutputStream();
      identity = identity(client);
    }

    void run() throws IOException {
      boolean goOn = true;
      while (goOn) {
        Optional<HttpMessage> head = HttpMessage.read(fromClient);
        goOn = head.isPresent() && one(head.get());
      }
      client.close();
    }

    /** One request; false if it was the last of the connection. */
    private boolean one(HttpMessage head) throws IOException {
      if (head.headerHas("Expect", "100-continue")) {
        new HttpMessage("HTTP/1.1 100 Continue", List.of()).write(toClient);
      }
      byte[] body = head.readBody(fromClient);
      ApiRequest request = ApiRequest.of(head.method(), head.target());
      note(request, body);
      FaultsOfOne faults = faultsFor(request);
      faults.delay();
      if (faults.first(Fault.Reset.class).isPresent()) {
        reset(plain);
        return false;
      }
      Optional<Fault.Answer> answer = faults.first(Fault.Answer.class);
      if (answer.isPresent()) {
        answer(answer.get(), head.method());
        return !head.headerHas("Connection", "close");
      }
      SSLSocket server = server();
      HttpMessage onward = onward(head, body);
      onward.write(server.getOutputStream());
      server.getOutputStream().write(body);
      server.getOutputStream().flush();
      InputStream fromServer = new BufferedInputStream(server.getInputStream());
      HttpMessage response = HttpMessage.read(fromServer).orElseThrow(FaultProxy::serverLeft);
      if (faults.first(Fault.LoseAnswer.class).isPresent()) {
        reset(plain);
        return false;
      }
      faults.first(Fault.CutAfter.class).ifPresent(this::cutAfter);
      response.write(toClient);
      if (response.status() == 101) {
        Thread.ofVirtual().start(() -> passUntilEnd(fromClient, server));
        HttpMessage.passAll(fromServer, toClient);
        return false;
      }
      boolean watch = request.verb().equals("watch");
      if (watch) {
        // Nothing else comes from the client but its leaving.
        Thread.ofVirtual().start(() -> passUntilEnd(fromClient, server));
      }
      boolean complete = response.passBody(head.method(), fromServer, toClient);
      return complete
          && !watch
          && !response.headerHas("Connection", "close")
          && !head.headerHas("Connection", "close");
    }

    private void note(ApiRequest request, byte[] body) {
      String user = identity.isEmpty() ? "" : identity.getFirst().split(": ", 2)[1];
      String kept = keepBodies ? new String(body, StandardCharsets.UTF_8) : "";
      synchronized (exchanges) {
        exchanges.add(new Exchange(request, user, System.nanoTime(), kept));
      }
    }

    /** The request as the server gets it: with its length, and with who asks. */
    private HttpMessage onward(HttpMessage head, byte[] body) {
      HttpMessage onward =
          head.without("X-Remote-")
              .without("Expect:")
              .without("Transfer-Encoding:")
              .without("Content-Length:");
      if (body.length > 0 || head.header("Content-Length").isPresent()) {
        onward = onward.with("Content-Length", Integer.toString(body.length));
      }
      List<String> headers = new ArrayList<>(onward.headers());
      headers.addAll(identity);
      return new HttpMessage(onward.start(), headers);
    }

    private void answer(Fault.Answer answer, String method) throws IOException {
      String reason =
          switch (answer.status()) {
            case 403 -> "Forbidden";
            case 404 -> "NotFound";
            case 409 -> "Conflict";
            case 410 -> "Expired";
            case 429 -> "TooManyRequests";
            case 500 -> "InternalError";
            case 503 -> "ServiceUnavailable";
            case 504 -> "Timeout";
            default -> "";
          };
      byte[] body =
          """
          {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", \
          "message": "a fault on demand", "reason": "%s", "code": %d}
          """
              .formatted(reason, answer.status())
              .getBytes(StandardCharsets.UTF_8);
      HttpMessage head =
          new HttpMessage("HTTP/1.1 " + answer.status() + " " + reason, List.of())
              .with("Content-Type", "application/json")
              .with("Content-Length", Integer.toString(body.length));
      if (answer.retryAfter().isPresent()) {
        head = head.with("Retry-After", Long.toString(answer.retryAfter().get().toSeconds()));
      }
      head.write(toClient);
      if (!method.equals("HEAD")) {
        toClient.write(body);
      }
      toClient.flush();
    }

    private void cutAfter(Fault.CutAfter cut) {
      Thread.ofVirtual()
          .start(
              () -> {
                Eventually.pause(cut.time());
                reset(plain);
                upstream.ifPresent(FaultProxy::quietly);
              });
    }

    private SSLSocket server() throws IOException {
      if (upstream.isPresent()) {
        return upstream.get();
      }
      Socket socket = new Socket();
      try {
        socket.setTcpNoDelay(true);
        socket.connect(
            new InetSocketAddress(InetAddress.getByName(server.getHost()), server.getPort()),
            (int) CONNECT.toMillis());
        SSLSocket made =
            (SSLSocket)
                serverSide
                    .getSocketFactory()
                    .createSocket(socket, server.getHost(), server.getPort(), true);
        SSLParameters parameters = made.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        parameters.setApplicationProtocols(new String[] {"http/1.1"});
        made.setSSLParameters(parameters);
        made.startHandshake();
        upstream = Optional.of(made);
        return made;
      } catch (IOException e) {
        quietly(socket);
        throw e;
      }
    }

    @Override
    public void close() {
      upstream.ifPresent(FaultProxy::quietly);
    }
  }

  /** Passes on until the client leaves, then closes the server's side. */
  private static void passUntilEnd(InputStream fromClient, SSLSocket server) {
    try {
      HttpMessage.passAll(fromClient, server.getOutputStream());
    } catch (IOException e) {
      // The client has left without a word, or the server has.
    } finally {
      quietly(server);
    }
  }

  /** The headers that tell the server who the client's certificate is for. */
  private static List<String> identity(SSLSocket client) {
    try {
      X509Certificate certificate = (X509Certificate) client.getSession().getPeerCertificates()[0];
      List<String> users = new ArrayList<>();
      List<String> groups = new ArrayList<>();
      for (Rdn part : new LdapName(certificate.getSubjectX500Principal().getName()).getRdns()) {
        switch (part.getType()) {
          case "CN" -> users.add("X-Remote-User: " + part.getValue());
          case "O" -> groups.add("X-Remote-Group: " + part.getValue());
          default -> {}
        }
      }
      users.addAll(groups);
      return users;
    } catch (SSLPeerUnverifiedException noCertificate) {
      return List.of();
    } catch (InvalidNameException e) {
      throw new IllegalStateException("a certificate with a name that is none", e);
    }
  }

  private static IOException serverLeft() {
    return new IOException("the API server closed the connection");
  }

  private static void reset(Socket socket) {
    try {
      socket.setSoLinger(true, 0);
    } catch (IOException closed) {
      // Then closing it again does no harm.
    }
    quietly(socket);
  }

  private static void quietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      // It is to be gone, and gone it is.
    }
  }
}
