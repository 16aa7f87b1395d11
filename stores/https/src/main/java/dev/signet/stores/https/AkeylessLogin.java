package dev.signet.stores.https;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whom a store of Akeyless asks as: what is sent to {@code /auth} for a token.
 *
 * <p>Not here: identities of clouds. Upstream proves with them who its own pod is, to whatever
 * server a store names.
 */
sealed interface AkeylessLogin extends AutoCloseable {

  /** What is sent; texts of secrets among it. */
  Map<String, Object> body() throws StoreException;

  /** All that makes it another identity; nothing can be told from it. */
  String name();

  /** Whether nobody can say yet as whom it asks. */
  default boolean unknown() {
    return false;
  }

  @Override
  default void close() {}

  static AkeylessLogin of(String identity, Fields auth, References references)
      throws MalformedObjectException, StoreException {
    if (auth.has("kubernetesAuth")) {
      // Upstream looks at nothing else then.
      auth.names().forEach(auth::raw);
      return kubernetes(identity, auth.requiredObject("kubernetesAuth"), references);
    }
    if (!auth.has("secretRef")) {
      throw new MalformedObjectException(auth.path() + " names no way to log in");
    }
    // For azure_ad only, and passed over by upstream with all else.
    auth.raw("serviceAccountRef");
    Fields secret = auth.requiredObject("secretRef");
    String id = text(secret.requiredObject("accessID"), references);
    Fields kind = secret.requiredObject("accessType");
    String type = text(kind, references);
    return switch (type) {
      case "api_key", "access_key" -> {
        Fields parameter = secret.requiredObject("accessTypeParam");
        Referents.requireNamespace(parameter, references);
        yield new Key(identity, id, references.secret(parameter));
      }
      case "k8s" ->
          throw new MalformedObjectException(
              kind.path() + ": log in as an account of Kubernetes with kubernetesAuth");
      case "aws_iam", "azure_ad", "gcp" ->
          throw new MalformedObjectException(
              kind.path()
                  + " says "
                  + type
                  + ", which is a way to log in that this version does not know: use access_key or"
                  + " kubernetesAuth");
      default ->
          throw new MalformedObjectException(
              kind.path()
                  + " has to be api_key, access_key, k8s, aws_iam, azure_ad or gcp, and is something"
                  + " else");
    };
  }

  private static String text(Fields selector, References references)
      throws MalformedObjectException, StoreException {
    Referents.requireNamespace(selector, references);
    try (SecretBytes value = references.secret(selector)) {
      return value.with(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    }
  }

  private static AkeylessLogin kubernetes(String identity, Fields own, References references)
      throws MalformedObjectException, StoreException {
    String id = own.requiredString("accessID");
    String configuration = own.requiredString("k8sConfName");
    if (own.has("serviceAccountRef")) {
      own.raw("secretRef");
      Fields account = own.requiredObject("serviceAccountRef");
      String whose = account.string("namespace").orElse("");
      if (whose.isEmpty()) {
        whose = references.user().orElse("");
      }
      account.requiredString("name");
      account.strings("audiences");
      return new Account(identity, id, configuration, account, whose, references);
    }
    if (!own.has("secretRef")) {
      throw new MalformedObjectException(
          own.path() + " names neither serviceAccountRef nor secretRef");
    }
    Fields selector = own.requiredObject("secretRef");
    Map<String, Object> named = new LinkedHashMap<>();
    named.put("name", selector.requiredString("name"));
    selector.string("namespace").ifPresent(it -> named.put("namespace", it));
    named.put("key", selector.string("key").filter(it -> !it.isEmpty()).orElse("token"));
    Referents.requireNamespace(selector, references);
    return new Jwt(
        identity, id, configuration, references.secret(Fields.of(named, selector.path())));
  }

  private static String open(SecretBytes secret, String identity) throws StoreException {
    try {
      return secret.with(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
    } catch (IllegalStateException e) {
      // Calls may outlive whoever began them.
      throw new StoreException(
          new Problem.Unreachable(), identity + " was closed before it was logged in to");
    }
  }

  private static String digest(SecretBytes secret) {
    return secret.<String, RuntimeException>with(bytes -> Tokens.identity(bytes));
  }

  private static Map<String, Object> asAccount(String id, String configuration, String jwt) {
    return Map.of(
        "access-id",
        id,
        "access-type",
        "k8s",
        "k8s-auth-config-name",
        configuration,
        "k8s-service-account-token",
        Base64.getEncoder().encodeToString(jwt.getBytes(StandardCharsets.UTF_8)));
  }

  /** An access key. */
  record Key(String identity, String id, SecretBytes key) implements AkeylessLogin {
    @Override
    public Map<String, Object> body() throws StoreException {
      return Map.of(
          "access-id", id, "access-type", "access_key", "access-key", open(key, identity));
    }

    @Override
    public String name() {
      return Tokens.identity("key", id, digest(key));
    }

    @Override
    public void close() {
      key.close();
    }
  }

  /** The token of an account of Kubernetes out of a Secret. */
  record Jwt(String identity, String id, String configuration, SecretBytes jwt)
      implements AkeylessLogin {
    @Override
    public Map<String, Object> body() throws StoreException {
      return asAccount(id, configuration, open(jwt, identity));
    }

    @Override
    public String name() {
      return Tokens.identity("jwt", id, configuration, digest(jwt));
    }

    @Override
    public void close() {
      jwt.close();
    }
  }

  /**
   * An account of Kubernetes, of which a token is asked for.
   *
   * @param whose its namespace; empty where it is that of whoever uses the store
   */
  record Account(
      String identity,
      String id,
      String configuration,
      Fields account,
      String whose,
      References references)
      implements AkeylessLogin {
    @Override
    public Map<String, Object> body() throws StoreException {
      return asAccount(id, configuration, Referents.accountToken(account, List.of(), references));
    }

    @Override
    public String name() {
      try {
        return Tokens.identity(
            "account",
            id,
            configuration,
            account.requiredString("name"),
            whose.isEmpty() ? identity : whose,
            account.strings("audiences").toString());
      } catch (MalformedObjectException e) {
        throw new IllegalStateException("it was read before", e);
      }
    }

    @Override
    public boolean unknown() {
      return whose.isEmpty() && references.clusterWide();
    }
  }
}
