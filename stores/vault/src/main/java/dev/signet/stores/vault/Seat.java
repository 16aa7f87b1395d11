package dev.signet.stores.vault;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.util.List;
import java.util.Optional;

/**
 * Who asks a server, as far as a manifest says: what {@link Login} does, seen from the other side.
 * No Secret is read for it.
 *
 * @param server its address, without a slash at its end
 * @param namespace empty for the root
 */
public record Seat(String server, String namespace, Role role) {

  /** A value in a Secret. */
  public record Kept(String namespace, String secret, String key) {

    @Override
    public String toString() {
      return "Secret " + namespace + "/" + secret + ", key " + key;
    }
  }

  /** Whose token of a service account is shown. */
  public sealed interface Holder {
    record Account(String namespace, String name) implements Holder {}

    /** Whoever got the token that a Secret keeps. */
    record Unknown(Kept token) implements Holder {}

    /** The process that asks, itself. */
    record Asker() implements Holder {}
  }

  /**
   * How it becomes somebody there. A role's name is empty where the manifest leaves it to the
   * server.
   */
  public sealed interface Role {
    /** Somebody in between adds a token. */
    record Nobody() implements Role {}

    record Token(Kept token) implements Role {}

    /**
     * An identifier and a secret.
     *
     * @param id empty where a Secret keeps it
     */
    record AppRole(String mount, Optional<String> id, Optional<Kept> keptId, Kept secret)
        implements Role {}

    record Kubernetes(String mount, String name, List<String> audiences, Holder holder)
        implements Role {}

    record Jwt(String mount, String name, List<String> audiences, Holder holder) implements Role {}

    /**
     * A user with a password.
     *
     * @param method {@code userpass} or {@code ldap}
     */
    record Password(String method, String mount, String user, Kept password) implements Role {}

    record Certificate(String mount, String name, Kept certificate) implements Role {}
  }

  /**
   * As a manifest says it.
   *
   * @param configuration {@code spec.provider.vault} of a store, {@code spec.provider} of a
   *     generator
   * @param usual the namespace of credentials that name none
   */
  public static Seat of(Fields configuration, String usual) throws MalformedObjectException {
    String server = VaultConfiguration.uri(configuration).toString();
    String namespace = configuration.string("namespace").orElse("");
    Optional<Fields> auth = configuration.object("auth");
    if (auth.isEmpty()) {
      return new Seat(server, namespace, new Role.Nobody());
    }
    String login = auth.get().string("namespace").orElse("");
    if (!login.isEmpty() && !login.equals(namespace)) {
      throw new MalformedObjectException(
          auth.get().path()
              + ".namespace is another one than that of the values: a policy for both is not in this"
              + " version");
    }
    return new Seat(server, namespace, role(auth.get(), usual));
  }

  private static Role role(Fields auth, String usual) throws MalformedObjectException {
    // The first that is there, as it logs in.
    String method =
        Login.METHODS.stream()
            .filter(auth::has)
            .findFirst()
            .orElseThrow(() -> new MalformedObjectException(auth.path() + " names no auth method"));
    Fields fields = auth.requiredObject(method);
    return switch (method) {
      case "tokenSecretRef" -> new Role.Token(kept(fields, "token", usual));
      case "appRole" -> appRole(fields, usual);
      case "kubernetes" -> kubernetes(fields, usual);
      case "ldap", "userPass" -> {
        String type = method.equals("ldap") ? "ldap" : "userpass";
        yield new Role.Password(
            type,
            Login.mount(fields, "path", type),
            fields.requiredString("username"),
            kept(fields.requiredObject("secretRef"), "", usual));
      }
      case "jwt" -> jwt(fields, usual);
      case "cert" ->
          new Role.Certificate(
              Login.mount(fields, "path", "cert"),
              fields.string("vaultRole").orElse(""),
              kept(fields.requiredObject("clientCert"), "tls.crt", usual));
      default ->
          throw new MalformedObjectException(
              fields.path()
                  + ": roles of that method are not in this version; it has kubernetes, jwt,"
                  + " appRole, userPass, ldap and cert");
    };
  }

  private static Role appRole(Fields fields, String usual) throws MalformedObjectException {
    Optional<String> id = fields.string("roleId").filter(it -> !it.isEmpty());
    Optional<Fields> ref = fields.object("roleRef");
    if (id.isEmpty() && ref.isEmpty()) {
      throw new MalformedObjectException(fields.path() + " needs roleId or roleRef");
    }
    return new Role.AppRole(
        Login.mount(fields, "path", "approle"),
        id,
        id.isPresent() ? Optional.empty() : Optional.of(kept(ref.orElseThrow(), "", usual)),
        kept(fields.requiredObject("secretRef"), "", usual));
  }

  private static Role kubernetes(Fields fields, String usual) throws MalformedObjectException {
    String mount = Login.mount(fields, "mountPath", "kubernetes");
    String name = fields.requiredString("role");
    Optional<Fields> account = fields.object("serviceAccountRef");
    if (account.isPresent()) {
      return new Role.Kubernetes(
          mount, name, account.get().strings("audiences"), account(account.get(), usual));
    }
    Optional<Fields> secret = fields.object("secretRef");
    return new Role.Kubernetes(
        mount,
        name,
        List.of(),
        secret.isPresent()
            ? new Holder.Unknown(kept(secret.get(), "token", usual))
            : new Holder.Asker());
  }

  private static Role jwt(Fields fields, String usual) throws MalformedObjectException {
    String mount = Login.mount(fields, "path", "jwt");
    String name = fields.string("role").orElse("");
    Optional<Fields> token = fields.object("kubernetesServiceAccountToken");
    if (token.isPresent()) {
      List<String> audiences = token.get().strings("audiences");
      return new Role.Jwt(
          mount,
          name,
          audiences.isEmpty() ? List.of("vault") : audiences,
          account(token.get().requiredObject("serviceAccountRef"), usual));
    }
    return new Role.Jwt(
        mount,
        name,
        List.of(),
        new Holder.Unknown(kept(fields.requiredObject("secretRef"), "", usual)));
  }

  private static Holder account(Fields selector, String usual) throws MalformedObjectException {
    return new Holder.Account(namespace(selector, usual), selector.requiredString("name"));
  }

  private static String namespace(Fields selector, String usual) throws MalformedObjectException {
    return selector.string("namespace").filter(it -> !it.isEmpty()).orElse(usual);
  }

  /**
   * @param usualKey empty where the key has to be named
   */
  private static Kept kept(Fields selector, String usualKey, String usual)
      throws MalformedObjectException {
    Optional<String> key = selector.string("key").filter(it -> !it.isEmpty());
    return new Kept(
        namespace(selector, usual),
        selector.requiredString("name"),
        key.isEmpty() && !usualKey.isEmpty() ? usualKey : selector.requiredString("key"));
  }
}
