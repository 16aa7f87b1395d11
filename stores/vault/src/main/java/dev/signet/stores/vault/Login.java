package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.CallerIdentities;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How a store becomes somebody: {@code spec.provider.vault.auth}. What stands in Secrets is read
 * when the store is opened, so a changed credential is another identity; tokens of service accounts
 * are asked for when there is a login.
 */
sealed interface Login extends AutoCloseable {

  /** What tells one identity from another. */
  List<SecretBytes> credentials();

  /** Zeroes what it holds. */
  @Override
  default void close() {
    credentials().forEach(SecretBytes::close);
  }

  /** Nobody: an agent in front of the server adds the token. */
  record Nobody() implements Login {
    @Override
    public List<SecretBytes> credentials() {
      return List.of();
    }
  }

  /** Whoever has that token. */
  record Token(SecretBytes token) implements Login {
    @Override
    public List<SecretBytes> credentials() {
      return List.of(token);
    }
  }

  /**
   * A request that is answered with a token.
   *
   * @param path below {@code /v1/}, not encoded
   * @param plain members of the body
   * @param secret members of the body
   * @param account a member of the body that is a token of a service account
   * @param certificate who shows a certificate instead
   */
  record Request(
      String path,
      Map<String, String> plain,
      Map<String, SecretBytes> secret,
      Optional<Account> account,
      Optional<Certificate> certificate)
      implements Login {

    @Override
    public List<SecretBytes> credentials() {
      List<SecretBytes> all = new ArrayList<>(secret.values());
      certificate.ifPresent(it -> all.addAll(List.of(it.chain(), it.key())));
      return all;
    }

    /** The body of the request, which the caller closes. */
    SecretBytes body() throws StoreException {
      try (KvDocument body = KvDocument.empty()) {
        for (Map.Entry<String, String> each : plain.entrySet()) {
          try (SecretBytes text = bytes(each.getValue())) {
            body.put(each.getKey(), KvDocument.quoted(text, path));
          }
        }
        for (Map.Entry<String, SecretBytes> each : secret.entrySet()) {
          body.put(each.getKey(), KvDocument.quoted(each.getValue(), path));
        }
        if (account.isPresent()) {
          try (SecretBytes token = bytes(account.get().token().get())) {
            body.put("jwt", KvDocument.quoted(token, path));
          }
        }
        return body.json();
      }
    }

    private static SecretBytes bytes(String text) {
      return SecretBytes.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /**
   * Whoever AWS says it is.
   *
   * @param path below {@code /v1/}, not encoded
   * @param role in Vault
   * @param server what the signed request is for; empty for any
   */
  record ToAws(String path, String role, String server, CallerIdentities.Caller caller)
      implements Login {

    @Override
    public List<SecretBytes> credentials() {
      return List.of();
    }

    @Override
    public void close() {
      caller.close();
    }

    /** The body of the request, which the caller closes. */
    SecretBytes body() throws StoreException {
      CallerIdentities.Signed signed =
          caller.sign(server.isEmpty() ? Map.of() : Map.of("X-Vault-AWS-IAM-Server-ID", server));
      try (SecretBytes headers = JsonText.of(signed.headers())) {
        return JsonText.of(
            Map.of(
                "role",
                role,
                "iam_http_request_method",
                "POST",
                "iam_request_url",
                base64(signed.url().toString().getBytes(StandardCharsets.UTF_8)),
                "iam_request_body",
                base64(signed.body().getBytes(StandardCharsets.UTF_8)),
                "iam_request_headers",
                headers.with(ToAws::base64)));
      }
    }

    private static String base64(byte[] bytes) {
      return Base64.getEncoder().encodeToString(bytes);
    }
  }

  /** Gives out tokens of a service account. */
  interface Source {
    String get() throws StoreException;
  }

  /**
   * A service account.
   *
   * @param name tells it from others
   */
  record Account(String name, Source token) {}

  /** A client's certificate and its key, in PEM. */
  record Certificate(SecretBytes chain, SecretBytes key) {}

  /** The token of this process where it is a pod. */
  Path OWN_ACCOUNT = Path.of("/var/run/secrets/kubernetes.io/serviceaccount/token");

  List<String> METHODS =
      List.of(
          "tokenSecretRef",
          "appRole",
          "kubernetes",
          "ldap",
          "userPass",
          "jwt",
          "cert",
          "iam",
          "gcp");

  /** The first method that is there, as upstream takes it. */
  static Login of(String identity, Fields auth, References references, CallerIdentities callers)
      throws MalformedObjectException, StoreException {
    auth.string("namespace");
    String method =
        METHODS.stream()
            .filter(auth::has)
            .findFirst()
            .orElseThrow(
                () ->
                    new MalformedObjectException(
                        "cannot initialize Vault client: no valid auth method specified"));
    METHODS.stream().filter(other -> !other.equals(method)).forEach(auth::raw);
    Fields fields = auth.requiredObject(method);
    return switch (method) {
      case "tokenSecretRef" -> new Token(stripped(references.secret(fields)));
      case "appRole" -> appRole(fields, references);
      case "kubernetes" -> kubernetes(fields, references);
      case "ldap", "userPass" -> password(method, fields, references);
      case "jwt" -> jwt(fields, references);
      case "cert" -> certificate(fields, references);
      case "iam" ->
          new ToAws(
              login(mount(fields, "path", "aws")),
              fields.requiredString("vaultRole"),
              fields.string("vaultAwsIamServerID").orElse(""),
              callers.of(identity, fields, references));
      default ->
          throw new MalformedObjectException(
              fields.path()
                  + " is not in this version; use kubernetes, jwt or appRole, which need nothing of"
                  + " Google");
    };
  }

  private static Login appRole(Fields fields, References references)
      throws MalformedObjectException, StoreException {
    String path = mount(fields, "path", "approle");
    Optional<Fields> roleRef = fields.object("roleRef");
    String role = fields.string("roleId").orElse("");
    if (role.isEmpty() && roleRef.isEmpty()) {
      throw new MalformedObjectException(fields.path() + " needs roleId or roleRef");
    }
    Map<String, SecretBytes> secrets = new LinkedHashMap<>();
    secrets.put("secret_id", stripped(references.secret(fields.requiredObject("secretRef"))));
    if (role.isEmpty()) {
      secrets.put("role_id", stripped(references.secret(roleRef.orElseThrow())));
      return request(path, Map.of(), secrets);
    }
    roleRef.ifPresent(unused -> unused.names().forEach(unused::raw));
    return request(path, Map.of("role_id", role), secrets);
  }

  private static Login kubernetes(Fields fields, References references)
      throws MalformedObjectException, StoreException {
    String path = mount(fields, "mountPath", "kubernetes");
    Map<String, String> role = Map.of("role", fields.requiredString("role"));
    Optional<Fields> secret = fields.object("secretRef");
    Optional<Fields> account = fields.object("serviceAccountRef");
    if (account.isPresent()) {
      secret.ifPresent(unused -> unused.names().forEach(unused::raw));
      return asAccount(path, role, account.get(), List.of(), references);
    }
    if (secret.isPresent()) {
      return request(
          path, role, Map.of("jwt", stripped(references.secret(keyed(secret.get(), "token")))));
    }
    Account own = new Account("of this process", Login::ownToken);
    return new Request(login(path), role, Map.of(), Optional.of(own), Optional.empty());
  }

  private static String ownToken() throws StoreException {
    try {
      return Files.readString(OWN_ACCOUNT).strip();
    } catch (IOException e) {
      throw new StoreException(
          new Problem.Denied(),
          "this process is no pod and has no service account of its own: set serviceAccountRef or"
              + " secretRef");
    }
  }

  private static Login password(String method, Fields fields, References references)
      throws MalformedObjectException, StoreException {
    String path = mount(fields, "path", method.equals("ldap") ? "ldap" : "userpass");
    String user = fields.requiredString("username");
    SecretBytes password = stripped(references.secret(fields.requiredObject("secretRef")));
    return new Request(
        login(path) + "/" + user,
        Map.of(),
        Map.of("password", password),
        Optional.empty(),
        Optional.empty());
  }

  private static Login jwt(Fields fields, References references)
      throws MalformedObjectException, StoreException {
    String path = mount(fields, "path", "jwt");
    Map<String, String> role = new LinkedHashMap<>();
    fields.string("role").filter(it -> !it.isEmpty()).ifPresent(it -> role.put("role", it));
    Optional<Fields> secret = fields.object("secretRef");
    Optional<Fields> token = fields.object("kubernetesServiceAccountToken");
    if (token.isPresent()) {
      secret.ifPresent(unused -> unused.names().forEach(unused::raw));
      // A token is used once, at once.
      token.get().raw("expirationSeconds");
      List<String> audiences = token.get().strings("audiences");
      return asAccount(
          path,
          role,
          token.get().requiredObject("serviceAccountRef"),
          audiences.isEmpty() ? List.of("vault") : audiences,
          references);
    }
    if (secret.isEmpty()) {
      throw new MalformedObjectException(
          fields.path() + " needs secretRef or kubernetesServiceAccountToken");
    }
    return request(path, role, Map.of("jwt", stripped(references.secret(secret.get()))));
  }

  private static Login certificate(Fields fields, References references)
      throws MalformedObjectException, StoreException {
    String path = mount(fields, "path", "cert");
    Map<String, String> role = new LinkedHashMap<>();
    fields.string("vaultRole").filter(it -> !it.isEmpty()).ifPresent(it -> role.put("name", it));
    SecretBytes chain = references.secret(keyed(fields.requiredObject("clientCert"), "tls.crt"));
    SecretBytes key = references.secret(keyed(fields.requiredObject("secretRef"), "tls.key"));
    return new Request(
        login(path), role, Map.of(), Optional.empty(), Optional.of(new Certificate(chain, key)));
  }

  private static Login asAccount(
      String path,
      Map<String, String> plain,
      Fields account,
      List<String> audiences,
      References references)
      throws MalformedObjectException {
    List<String> all = new ArrayList<>(audiences);
    all.addAll(account.strings("audiences"));
    Map<String, Object> selector = new LinkedHashMap<>();
    selector.put("name", account.requiredString("name"));
    account.string("namespace").ifPresent(it -> selector.put("namespace", it));
    selector.put("audiences", all);
    Source token =
        () -> {
          try {
            return references.accountToken(Fields.of(selector, account.path()));
          } catch (MalformedObjectException e) {
            throw new StoreException(new Problem.Malformed(), e.getMessage());
          }
        };
    return new Request(
        login(path),
        plain,
        Map.of(),
        Optional.of(new Account(selector.toString(), token)),
        Optional.empty());
  }

  private static Login request(
      String path, Map<String, String> plain, Map<String, SecretBytes> secret) {
    return new Request(login(path), plain, secret, Optional.empty(), Optional.empty());
  }

  private static String login(String mount) {
    return "auth/" + mount + "/login";
  }

  static String mount(Fields fields, String field, String usual) throws MalformedObjectException {
    String given = fields.string(field).orElse("").replaceAll("^/+|/+$", "");
    return given.isEmpty() ? usual : given;
  }

  /** A selector whose key may be left out. */
  static Fields keyed(Fields selector, String usual) throws MalformedObjectException {
    Map<String, Object> whole = new LinkedHashMap<>();
    for (String name : List.of("name", "namespace", "key")) {
      selector.string(name).filter(it -> !it.isEmpty()).ifPresent(it -> whole.put(name, it));
    }
    whole.putIfAbsent("key", usual);
    return Fields.of(whole, selector.path());
  }

  /** Without the line end that editors leave behind a token. */
  private static SecretBytes stripped(SecretBytes value) {
    try (value) {
      return value.with(
          bytes -> {
            int from = 0;
            int to = bytes.length;
            while (to > from && bytes[to - 1] >= 0 && bytes[to - 1] <= ' ') {
              to--;
            }
            while (from < to && bytes[from] >= 0 && bytes[from] <= ' ') {
              from++;
            }
            return SecretBytes.wrap(Arrays.copyOfRange(bytes, from, to));
          });
    }
  }

  /**
   * Whether it depends on who uses the store: a selector of a cluster-wide one that leaves out its
   * namespace means the user's.
   */
  static boolean dependsOnUser(@Nullable Object tree) {
    return tree instanceof Map<?, ?> map
        && ((map.get("name") instanceof String && !(map.get("namespace") instanceof String))
            || map.values().stream().anyMatch(Login::dependsOnUser));
  }
}
