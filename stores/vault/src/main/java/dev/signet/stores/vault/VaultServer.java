package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A server that is asked as one identity: what every request has, and what befalls its token. */
final class VaultServer implements Session.Issuer {

  /** How often a server is asked again that says it does not know yet what was written. */
  private static final int NOT_YET = 2;

  private static final String TOKEN = "X-Vault-Token";
  private static final String NAMESPACE = "X-Vault-Namespace";
  private static final String INDEX = "X-Vault-Index";
  private static final byte[] NOTHING = {};

  /**
   * How it is asked.
   *
   * @param namespace empty for the root
   * @param loginNamespace where logins are, empty for the same
   * @param ownWrites whether what was written has to be seen, whichever server answers
   * @param patience how long a server is left alone that does not know yet what was written
   * @param retries how often it is asked again that failed, and after which time
   */
  record Manner(
      String namespace,
      String loginNamespace,
      boolean ownWrites,
      boolean forward,
      Duration patience,
      Optional<Retries> retries) {}

  private final Wire wire;
  private final Manner manner;
  private final Session session;
  private final Login login;
  private boolean closed;

  VaultServer(Wire wire, Manner manner, Session session, Login login) {
    this.wire = wire;
    this.manner = manner;
    this.session = session;
    this.login = login;
  }

  /**
   * Asks as the identity.
   *
   * @param path below {@code /v1/}, with its query, encoded
   */
  Endpoint.Answer send(String method, String path, byte[] body) throws StoreException {
    return send(method, path, body, _ -> {});
  }

  /** Told with which token something is asked for, before it is. */
  @FunctionalInterface
  interface Beforehand {
    void asks(Session.Use use) throws StoreException;
  }

  Endpoint.Answer send(String method, String path, byte[] body, Beforehand beforehand)
      throws StoreException {
    if (login instanceof Login.Nobody) {
      return settled(method, path, body, headers(manner.namespace()));
    }
    Session.Use use = session.use(this);
    beforehand.asks(use);
    Endpoint.Answer answer = settled(method, path, body, as(use.token(), manner.namespace()));
    if (answer.code() != 403 || !session.replaced(use.number(), this)) {
      return answer;
    }
    answer.close();
    Session.Use another = session.use(this);
    beforehand.asks(another);
    return settled(method, path, body, as(another.token(), manner.namespace()));
  }

  private Endpoint.Answer settled(
      String method, String path, byte[] body, Map<String, String> headers) throws StoreException {
    for (int attempt = 0; ; attempt++) {
      if (manner.ownWrites()) {
        session.index().ifPresent(state -> headers.put(INDEX, state));
        if (manner.forward()) {
          headers.put("X-Vault-Inconsistent", "forward-active-node");
        }
      }
      boolean last = attempt >= manner.retries().map(Retries::most).orElse(0);
      try {
        Endpoint.Answer answer = wire.send(method, path, body, headers);
        answer.header(INDEX).ifPresent(session::seen);
        boolean notYet = answer.code() == 412 && attempt < NOT_YET;
        boolean failed = answer.code() >= 500 && answer.code() != 501 && !last;
        if (!notYet && !failed) {
          return answer;
        }
        answer.close();
      } catch (StoreException e) {
        if (last || Thread.currentThread().isInterrupted()) {
          throw e;
        }
      }
      pause();
    }
  }

  private void pause() throws StoreException {
    try {
      Thread.sleep(manner.retries().flatMap(Retries::pause).orElse(manner.patience()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new StoreException(
          new Problem.Unreachable(), wire.identity() + " was not waited for: interrupted");
    }
  }

  private static Map<String, String> headers(String namespace) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (!namespace.isEmpty()) {
      headers.put(NAMESPACE, namespace);
    }
    return headers;
  }

  private static Map<String, String> as(String token, String namespace) {
    Map<String, String> headers = headers(namespace);
    headers.put(TOKEN, token);
    return headers;
  }

  StoreException problem(String what, Endpoint.Answer answer) {
    return wire.problem(what, answer);
  }

  Reply reply(Endpoint.Answer answer) throws StoreException {
    return wire.reply(answer);
  }

  String identity() {
    return wire.identity();
  }

  private String loginNamespace() {
    return manner.loginNamespace().isEmpty() ? manner.namespace() : manner.loginNamespace();
  }

  @Override
  public Session.Grant login() throws StoreException {
    return switch (login) {
      case Login.Nobody _ ->
          throw new IllegalStateException("nobody needs no token; " + wire.identity());
      case Login.Token(SecretBytes token) ->
          new Session.Grant(
              SecretBytes.wrap(open(() -> token.with(byte[]::clone))),
              /* accessor= */ "",
              Duration.ZERO,
              /* renewable= */ false);
      case Login.Request request -> login(request.path(), request::body);
      case Login.ToAws it -> login(it.path(), it::body);
    };
  }

  @FunctionalInterface
  private interface Reading {
    byte[] read() throws StoreException;
  }

  /** Calls may outlive whoever began them, and its credentials. */
  private synchronized byte[] open(Reading reading) throws StoreException {
    if (closed) {
      throw new StoreException(
          new Problem.Unreachable(), wire.identity() + " was closed before it was logged in to");
    }
    return reading.read();
  }

  @FunctionalInterface
  private interface Body {
    SecretBytes make() throws StoreException;
  }

  private static byte[] bytes(Body body) throws StoreException {
    try (SecretBytes json = body.make()) {
      return json.with(byte[]::clone);
    }
  }

  private Session.Grant login(String at, Body making) throws StoreException {
    String path = KvPaths.encoded(at);
    byte[] body = open(() -> bytes(making));
    try (Endpoint.Answer answer = wire.send("PUT", path, body, headers(loginNamespace()))) {
      if (!answer.succeeded()) {
        StoreException problem = wire.problem("cannot log in to Vault at " + at, answer);
        // Credentials that are wrong are a bad request to some methods.
        throw answer.code() == 400
            ? new StoreException(new Problem.Denied(), problem.getMessage())
            : problem;
      }
      return granted(answer)
          .orElseThrow(
              () ->
                  new StoreException(
                      new Problem.Denied(),
                      "cannot log in to Vault at "
                          + at
                          + ": "
                          + wire.identity()
                          + " was given no token; it may want a second factor"));
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  private Optional<Session.Grant> granted(Endpoint.Answer answer) throws StoreException {
    try (Reply reply = wire.reply(answer)) {
      Optional<Reply> auth = reply.object("auth");
      if (auth.isEmpty()) {
        return Optional.empty();
      }
      try (Reply given = auth.get()) {
        return given
            .raw("client_token")
            .map(
                token ->
                    new Session.Grant(
                        token.copy(),
                        given.text("accessor"),
                        Duration.ofSeconds(given.number("lease_duration")),
                        given.flag("renewable")));
      }
    } catch (JsonFields.NotAnObjectException e) {
      throw new StoreException(
          new Problem.Unreachable(), wire.identity() + " sent an answer that is not Vault's");
    }
  }

  @Override
  public Duration renewed(String token) throws StoreException {
    try (Endpoint.Answer answer =
        wire.send("PUT", "auth/token/renew-self", NOTHING, as(token, loginNamespace()))) {
      if (!answer.succeeded()) {
        throw wire.problem("cannot renew the token", answer);
      }
      Optional<Session.Grant> left = granted(answer);
      left.ifPresent(it -> it.token().close());
      return left.map(Session.Grant::life).orElse(Duration.ZERO);
    }
  }

  @Override
  public boolean known(String token) throws StoreException {
    try (Endpoint.Answer answer = self(token)) {
      return answer.code() != 403;
    }
  }

  @Override
  public void revoke(String token) throws StoreException {
    wire.send("PUT", "auth/token/revoke-self", NOTHING, as(token, loginNamespace())).close();
  }

  private Endpoint.Answer self(String token) throws StoreException {
    return wire.send("GET", "auth/token/lookup-self", NOTHING, as(token, loginNamespace()));
  }

  @Override
  public boolean replaces() {
    return switch (login) {
      case Login.Nobody _, Login.Token _ -> false;
      case Login.Request _, Login.ToAws _ -> true;
    };
  }

  /** Fails unless it is somebody to the server. */
  void verify() throws StoreException {
    if (login instanceof Login.Nobody) {
      return;
    }
    String token = session.use(this).token();
    if (session.holds()) {
      return;
    }
    try (Endpoint.Answer answer = self(token)) {
      if (!answer.succeeded()) {
        throw wire.problem("invalid vault credentials", answer);
      }
    }
  }

  /** Which token is used, and how much of its life is left. */
  Session.Standing standing() throws StoreException {
    if (login instanceof Login.Nobody) {
      return new Session.Standing("", Duration.ZERO);
    }
    if (replaces()) {
      return session.standing(this);
    }
    String token = session.use(this).token();
    try (Endpoint.Answer answer = self(token)) {
      if (!answer.succeeded()) {
        throw wire.problem("invalid vault credentials", answer);
      }
      try (Reply reply = wire.reply(answer)) {
        Map<String, @Nullable Object> data = reply.tree("data");
        return new Session.Standing(
            String.valueOf(data.get("accessor")),
            data.get("ttl") instanceof Double left
                ? Duration.ofSeconds(left.longValue())
                : Duration.ZERO);
      }
    }
  }

  /** Something was made with the token that is to outlive this process. */
  void keep() {
    session.keep();
  }

  /**
   * What is left of another token after it was renewed; zero for one that does not end, empty where
   * that cannot be known.
   */
  Optional<Duration> tokenRenewed(String accessor) throws StoreException {
    try (SecretBytes body = body("accessor", accessor);
        Endpoint.Answer answer =
            send("PUT", "auth/token/renew-accessor", body.with(byte[]::clone))) {
      if (!answer.succeeded()) {
        StoreException problem = wire.problem("cannot renew a token", answer);
        if (problem.problem() instanceof Problem.Denied
            || problem.problem() instanceof Problem.Malformed) {
          return Optional.empty();
        }
        throw problem;
      }
      // Who has only the accessor is not told the token.
      try (Reply reply = wire.reply(answer)) {
        Optional<Reply> auth = reply.object("auth");
        if (auth.isEmpty()) {
          return Optional.empty();
        }
        try (Reply given = auth.get()) {
          return Optional.of(Duration.ofSeconds(given.number("lease_duration")));
        }
      } catch (JsonFields.NotAnObjectException e) {
        throw new StoreException(
            new Problem.Unreachable(), wire.identity() + " sent an answer that is not Vault's");
      }
    }
  }

  /** Ends another token; nothing where it is gone. */
  void tokenRevoked(String accessor) throws StoreException {
    try (SecretBytes body = body("accessor", accessor)) {
      ended("auth/token/revoke-accessor", body, "cannot revoke a token");
    }
  }

  /** Ends a lease; nothing where it is gone. */
  void revoked(String lease) throws StoreException {
    try (KvDocument body = KvDocument.empty();
        SecretBytes id = bytes(lease)) {
      body.put("lease_id", KvDocument.quoted(id, "a lease"));
      body.put("sync", bytes("true"));
      try (SecretBytes json = body.json()) {
        ended("sys/leases/revoke", json, "cannot revoke a lease");
      }
    }
  }

  private void ended(String path, SecretBytes body, String what) throws StoreException {
    try (Endpoint.Answer answer = send("PUT", path, body.with(byte[]::clone))) {
      if (!answer.succeeded() && !gone(answer)) {
        throw wire.problem(what, answer);
      }
    }
  }

  private static boolean gone(Endpoint.Answer answer) {
    return answer.code() == 404
        || Wire.says(answer, "lease not found")
        || Wire.says(answer, "invalid lease")
        || Wire.says(answer, "invalid accessor");
  }

  private static SecretBytes body(String name, String value) throws StoreException {
    try (KvDocument body = KvDocument.empty();
        SecretBytes text = bytes(value)) {
      body.put(name, KvDocument.quoted(text, name));
      return body.json();
    }
  }

  private static SecretBytes bytes(String text) {
    return SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  Leases leases() {
    return session.leases();
  }

  /** The number of the token that is used. */
  long token() throws StoreException {
    return login instanceof Login.Nobody ? 0 : session.use(this).number();
  }

  /** What is left of a lease after it was renewed. */
  Duration renewed(String lease, Duration by) throws StoreException {
    byte[] body = leaseBody(lease, by).with(byte[]::clone);
    try (Endpoint.Answer answer = send("PUT", "sys/leases/renew", body)) {
      if (!answer.succeeded()) {
        throw wire.problem("cannot renew a lease", answer);
      }
      try (Reply reply = wire.reply(answer)) {
        return Duration.ofSeconds(reply.number("lease_duration"));
      }
    }
  }

  private static SecretBytes leaseBody(String lease, Duration by) throws StoreException {
    try (KvDocument body = KvDocument.empty();
        SecretBytes id = bytes(lease)) {
      body.put("lease_id", KvDocument.quoted(id, "a lease"));
      body.put("increment", bytes(Long.toString(by.toSeconds())));
      return body.json();
    }
  }

  synchronized void close() {
    closed = true;
    login.close();
  }
}
