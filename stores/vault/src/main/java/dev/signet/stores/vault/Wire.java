package dev.signet.stores.vault;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Requests to one server, with the headers that Vault wants.
 *
 * <p>A standby may point to the active server; that is followed once, with the token, as every
 * client of Vault has to, and never from TLS to plain. Of an error only sentences that are known
 * here are repeated: a server could put anything into one.
 */
final class Wire {

  private static final String PROVIDER = "HashiCorp/Vault";

  private static final String CLOCKS =
      "the proof is not valid yet or not any more: its time and the server's clock do not agree";

  /** What a server says that helps, and what it means here. */
  private static final Map<String, String> KNOWN =
      Map.ofEntries(
          Map.entry("permission denied", "permission denied"),
          Map.entry("bad token", "the token is not valid"),
          Map.entry("invalid role or secret ID", "invalid role or secret ID"),
          Map.entry("invalid role ID", "invalid role or secret ID"),
          Map.entry("invalid secret id", "invalid role or secret ID"),
          Map.entry("invalid username or password", "invalid username or password"),
          Map.entry("service account name not authorized", "service account name not authorized"),
          Map.entry("namespace not authorized", "namespace not authorized"),
          Map.entry("could not be found", "the role does not exist"),
          Map.entry("invalid role name", "the role does not exist"),
          Map.entry("unknown role", "the role does not exist"),
          Map.entry("token not yet valid", CLOCKS),
          Map.entry("token is expired", CLOCKS),
          Map.entry("token issued in the future", CLOCKS),
          Map.entry("Signature expired", CLOCKS),
          Map.entry("Signature not yet current", CLOCKS),
          Map.entry("error code 403 from STS", "who asks is not known to AWS"),
          Map.entry("does not belong to the role", "whoever that is to AWS may not have the role"),
          Map.entry("entry for role", "the role does not exist"),
          Map.entry(
              "X-Vault-AWS-IAM-Server-ID", "vaultAwsIamServerID is not what this server wants"),
          Map.entry("missing client token", "no token was sent: the store has no auth"),
          Map.entry("Vault is sealed", "Vault is sealed"),
          Map.entry("check-and-set parameter", "it was changed by somebody else"),
          Map.entry("no handler for route", "there is no engine mounted there"),
          Map.entry("unsupported path", "the engine there knows no such path"),
          Map.entry("unsupported operation", "the engine there does not do that"),
          Map.entry("lease not found", "the lease is gone"),
          Map.entry("invalid lease", "the lease is gone"),
          Map.entry("invalid accessor", "the token is gone"),
          Map.entry("request path is not valid", "the namespace does not exist"));

  private final Endpoint endpoint;
  private final String identity;
  private final URI server;
  private final Map<String, String> headers;
  private final ApiCalls calls;

  /**
   * @param server without a slash at its end
   * @param headers sent with every request
   * @param calls told of every request
   */
  Wire(
      Endpoint endpoint, String identity, URI server, Map<String, String> headers, ApiCalls calls) {
    this.endpoint = endpoint;
    this.identity = identity;
    this.server = server;
    this.headers = Map.copyOf(headers);
    this.calls = calls;
  }

  /**
   * Sends it, whatever comes back.
   *
   * @param path below {@code /v1/}, with its query, encoded
   */
  Endpoint.Answer send(String method, String path, byte[] body, Map<String, String> own)
      throws StoreException {
    Optional<String> call = call(method, path);
    boolean succeeded = false;
    try {
      Endpoint.Answer answer = followed(method, path, body, own);
      succeeded = answer.code() < 400 || answer.code() == 404;
      return answer;
    } finally {
      if (call.isPresent()) {
        calls.ended(PROVIDER, call.get(), succeeded);
      }
    }
  }

  /** How upstream counts it, if it does. */
  private static Optional<String> call(String method, String path) {
    if (path.startsWith("sys/")) {
      return Optional.empty();
    }
    if (path.startsWith("auth/")) {
      return path.equals("auth/token/lookup-self")
          ? Optional.of("LookupSelf")
          : path.equals("auth/token/revoke-self")
              ? Optional.of("RevokeSelf")
              : path.contains("/login") ? Optional.of("Login") : Optional.empty();
    }
    return Optional.of(
        switch (method) {
          case "GET" -> path.endsWith("?list=true") ? "ListSecrets" : "ReadSecretData";
          case "DELETE" -> "DeleteSecret";
          default -> "WriteSecretData";
        });
  }

  private Endpoint.Answer followed(String method, String path, byte[] body, Map<String, String> own)
      throws StoreException {
    Endpoint.Answer answer = send(method, URI.create(server + "/v1/" + path), body, own);
    Optional<URI> elsewhere = activeServer(answer);
    if (elsewhere.isEmpty()) {
      return answer;
    }
    answer.close();
    return send(method, elsewhere.get(), body, own);
  }

  private Optional<URI> activeServer(Endpoint.Answer answer) {
    if (!List.of(307, 308).contains(answer.code())) {
      return Optional.empty();
    }
    try {
      return answer
          .header("Location")
          .map(URI::create)
          .filter(it -> it.getHost() != null && server.getScheme().equals(it.getScheme()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Endpoint.Answer send(String method, URI uri, byte[] body, Map<String, String> own)
      throws StoreException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri);
    try {
      request.header("X-Vault-Request", "true");
      headers.forEach(request::setHeader);
      own.forEach(request::setHeader);
      if (body.length > 0) {
        request.setHeader("Content-Type", "application/json");
      }
    } catch (IllegalArgumentException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "a header for " + identity + " cannot be sent: its name or its value is not allowed");
    }
    return endpoint.send(
        request.method(
            method, body.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(body)));
  }

  /** What an answer that is no success means. */
  StoreException problem(String what, Endpoint.Answer answer) {
    StoreException plain = endpoint.problem(what, answer);
    String said = said(answer);
    Problem problem = plain.problem();
    // Not found is for what Vault looked for and does not have; that says nothing besides.
    if (problem instanceof Problem.NotFound && !errors(answer).isEmpty()) {
      problem = new Problem.Malformed();
    }
    return new StoreException(problem, plain.getMessage() + (said.isEmpty() ? "" : ": " + said));
  }

  static boolean says(Endpoint.Answer answer, String phrase) {
    return errors(answer).contains(phrase);
  }

  private static String said(Endpoint.Answer answer) {
    String errors = errors(answer);
    return KNOWN.entrySet().stream()
        .filter(each -> errors.contains(each.getKey()))
        .map(Map.Entry::getValue)
        .distinct()
        .sorted()
        .findFirst()
        .orElse("");
  }

  private static String errors(Endpoint.Answer answer) {
    try (Reply reply = Reply.of(answer.body())) {
      return String.join("\n", reply.texts("errors"));
    } catch (JsonFields.NotAnObjectException e) {
      return "";
    }
  }

  /** The envelope of a success; the caller closes it. */
  Reply reply(Endpoint.Answer answer) throws StoreException {
    try {
      return Reply.of(answer.body());
    } catch (JsonFields.NotAnObjectException e) {
      throw endpoint.unreachable("sent an answer that is not Vault's");
    }
  }

  String identity() {
    return identity;
  }
}
