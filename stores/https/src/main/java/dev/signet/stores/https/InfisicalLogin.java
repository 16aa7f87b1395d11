package dev.signet.stores.https;

import static java.util.Objects.requireNonNull;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a store of Infisical logs in: with fields out of Secrets, sent to the endpoint of the method.
 * A token that is given is used as it is.
 */
final class InfisicalLogin implements AutoCloseable {

  /** Longer than any token that Infisical gives out for good. */
  private static final Duration EVER = Duration.ofDays(3650);

  private static final String OWN_TOKEN = "var/run/secrets/kubernetes.io/serviceaccount/token";

  /**
   * A method.
   *
   * @param path of its endpoint, empty where nothing is asked
   * @param call how it is counted
   * @param fields by the names of the store's configuration and of the request
   */
  private record Method(String field, String path, String call, Map<String, String> fields) {}

  private static final List<Method> METHODS =
      List.of(
          new Method(
              "universalAuthCredentials",
              "universal-auth",
              "MachineIdentityLoginViaUniversalAuth",
              Map.of("clientId", "clientId", "clientSecret", "clientSecret")),
          new Method(
              "jwtAuthCredentials",
              "jwt-auth",
              "MachineIdentityLoginViaJwtAuth",
              Map.of("identityId", "identityId", "jwt", "jwt")),
          new Method(
              "ldapAuthCredentials",
              "ldap-auth",
              "MachineIdentityLoginViaLdapAuth",
              Map.of(
                  "identityId", "identityId",
                  "ldapUsername", "username",
                  "ldapPassword", "password")),
          new Method(
              "kubernetesAuthCredentials",
              "kubernetes-auth",
              "MachineIdentityLoginViaKubernetesAuth",
              Map.of("identityId", "identityId")),
          new Method("tokenAuthCredentials", "", "", Map.of("accessToken", "accessToken")));

  private static final List<String> ABSENT =
      List.of(
          "azureAuthCredentials",
          "gcpIdTokenAuthCredentials",
          "gcpIamAuthCredentials",
          "ociAuthCredentials",
          "awsAuthCredentials");

  /**
   * Where it logs in.
   *
   * @param root what paths of files are below
   */
  record Server(RestApi api, URI base, String organization, Path root) {}

  private final Server server;
  private final Method method;
  private final Map<String, SecretBytes> values;
  private final String file;
  private final String name;

  private InfisicalLogin(
      Server server, Method method, Map<String, SecretBytes> values, String file) {
    this.server = server;
    this.method = method;
    this.values = values;
    this.file = file;
    List<byte[]> parts = new ArrayList<>();
    for (String each :
        List.of(
            "infisical", server.base().toString(), server.organization(), method.path(), file)) {
      parts.add(each.getBytes(StandardCharsets.UTF_8));
    }
    values.values().forEach(each -> parts.add(each.with(byte[]::clone)));
    this.name = Tokens.identity(parts.toArray(byte[][]::new));
  }

  static InfisicalLogin of(Fields auth, References references, Server server)
      throws MalformedObjectException, StoreException {
    for (String each : ABSENT) {
      if (auth.has(each)) {
        throw new MalformedObjectException(
            auth.path() + "." + each + " is a way to log in that this version does not know");
      }
    }
    for (Method method : METHODS) {
      if (auth.has(method.field())) {
        Fields given = auth.requiredObject(method.field());
        Map<String, SecretBytes> values = new TreeMap<>();
        boolean complete = false;
        try {
          for (Map.Entry<String, String> each : method.fields().entrySet()) {
            values.put(each.getValue(), references.secret(given.requiredObject(each.getKey())));
          }
          String file = "";
          if (method.path().equals("kubernetes-auth")) {
            file = file(given, references);
          }
          complete = true;
          return new InfisicalLogin(server, method, values, file);
        } finally {
          if (!complete) {
            values.values().forEach(SecretBytes::close);
          }
        }
      }
    }
    throw new MalformedObjectException(auth.path() + " names no way to log in");
  }

  /**
   * The file with the token. It is of this process, and where it is sent is for the store to say:
   * only who may write stores of the whole cluster may have that.
   */
  private static String file(Fields given, References references)
      throws MalformedObjectException, StoreException {
    if (!references.clusterWide()) {
      throw new MalformedObjectException(
          given.path()
              + " sends a token of this process, so it is for a ClusterSecretStore only; use"
              + " jwtAuthCredentials");
    }
    if (!given.has("serviceAccountTokenPath")
        || given.requiredObject("serviceAccountTokenPath").string("name").orElse("").isEmpty()) {
      return OWN_TOKEN;
    }
    try (SecretBytes path = references.secret(given.requiredObject("serviceAccountTokenPath"))) {
      String text = path.with(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
      String named = Path.of(text).normalize().toString().replaceAll("^/+", "");
      if (!named.startsWith("var/run/secrets/") && !named.startsWith("run/secrets/")) {
        throw new MalformedObjectException(
            given.path() + ".serviceAccountTokenPath has to be below /var/run/secrets");
      }
      return named;
    }
  }

  /** Of who asks; nothing can be told from it. */
  String name() {
    return name;
  }

  synchronized Tokens.Token token() throws StoreException {
    if (method.path().isEmpty()) {
      return new Tokens.Token(text(requireNonNull(values.get("accessToken"))), EVER);
    }
    Map<String, Object> body = new LinkedHashMap<>();
    for (Map.Entry<String, SecretBytes> each : values.entrySet()) {
      body.put(each.getKey(), text(each.getValue()));
    }
    if (!file.isEmpty()) {
      body.put("jwt", mounted());
    }
    if (!server.organization().isEmpty()) {
      body.put("organizationSlug", server.organization());
    }
    try (Endpoint.Answer answer =
        server
            .api()
            .send(method.call(), "POST", "/v1/auth/" + method.path() + "/login", Map.of(), body)) {
      if (!answer.succeeded()) {
        throw server.api().refusal(answer);
      }
      Fields reply = server.api().reply(answer);
      Duration life =
          reply.raw("expiresIn") instanceof Number seconds && seconds.longValue() > 0
              ? Duration.ofSeconds(seconds.longValue())
              : Duration.ofHours(1);
      return new Tokens.Token(reply.requiredString("accessToken"), life);
    } catch (MalformedObjectException e) {
      throw server.api().strange();
    }
  }

  private String text(SecretBytes value) throws StoreException {
    try {
      return value.with(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    } catch (IllegalStateException e) {
      // Calls may outlive whoever began them.
      throw new StoreException(
          new Problem.Unreachable(),
          server.api().identity() + " was closed before it was logged in to");
    }
  }

  private String mounted() throws StoreException {
    try {
      return Files.readString(server.root().resolve(file)).strip();
    } catch (IOException e) {
      throw new StoreException(
          new Problem.Unreachable(),
          "there is no token of a service account in /" + file + " for " + server.api().identity());
    }
  }

  @Override
  public synchronized void close() {
    values.values().forEach(SecretBytes::close);
  }
}
