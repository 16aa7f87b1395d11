package dev.signet.stores.vault;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.CallerIdentities;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Clients;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.Trust;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code spec.provider.vault}, understood whole before anything is asked. */
final class VaultConfiguration {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  private VaultConfiguration() {}

  /**
   * Whether who asks depends on who uses the store: a cluster-wide one that leaves out where its
   * credentials are.
   */
  static boolean dependsOnUser(Fields configuration) throws MalformedObjectException {
    return Login.dependsOnUser(tree(configuration, "auth"))
        || Login.dependsOnUser(tree(configuration, "tls"));
  }

  /** Looked at besides: that a field is read is for those to say who understand it. */
  private static @Nullable Object tree(Fields configuration, String field)
      throws MalformedObjectException {
    configuration.object(field);
    return configuration.raw(field);
  }

  /** Of one that is only looked at: what it means is said when somebody uses it. */
  static void passOver(Fields configuration) throws MalformedObjectException {
    pass(configuration);
    for (String field : List.of("auth", "tls")) {
      configuration.object(field).ifPresent(VaultConfiguration::pass);
    }
  }

  private static void pass(Fields unused) {
    unused.names().forEach(unused::raw);
  }

  static KvPaths paths(Fields configuration) throws MalformedObjectException {
    String version = configuration.string("version").filter(it -> !it.isEmpty()).orElse("v2");
    if (!List.of("v1", "v2").contains(version)) {
      throw new MalformedObjectException(configuration.path() + ".version must be one of v1, v2");
    }
    boolean versioned = version.equals("v2");
    Optional<Fields> checkAndSet = configuration.object("checkAndSet");
    if (checkAndSet.isPresent() && checkAndSet.get().bool("required").orElse(false) && !versioned) {
      throw new MalformedObjectException("checkAndSet is not supported with Vault KV version v1");
    }
    return KvPaths.of(configuration.string("path").orElse(""), versioned);
  }

  /**
   * Who asks.
   *
   * @param identity how messages name it
   * @param session what its logins are for
   * @param retries how often it asks again, if it says so
   * @param calls told of every request
   * @param callers who can be somebody to AWS
   */
  record Asking(
      String identity,
      String session,
      References references,
      Optional<Retries> retries,
      ApiCalls calls,
      CallerIdentities callers) {}

  static VaultServer server(
      Asking asking,
      Fields configuration,
      Clients clients,
      Session.Pool sessions,
      Duration patience)
      throws MalformedObjectException, StoreException {
    String identity = asking.identity();
    References references = asking.references();
    URI server = uri(configuration);
    boolean ownWrites = configuration.bool("readYourWrites").orElse(false);
    boolean forward = configuration.bool("forwardInconsistent").orElse(false);
    Map<String, String> headers = configuration.stringMap("headers");
    Optional<Fields> auth = configuration.object("auth");
    String namespace = configuration.string("namespace").orElse("");
    String loginNamespace = auth.isPresent() ? auth.get().string("namespace").orElse("") : "";
    Trust trust = Trust.of(configuration, references);
    Login login =
        auth.isPresent()
            ? Login.of(identity, auth.get(), references, asking.callers())
            : new Login.Nobody();
    boolean complete = false;
    try {
      Trust shown = shown(trust, configuration, login, references);
      configuration.refuseUnread();
      String whose =
          whose(
              List.of(
                  asking.session(),
                  references.clusterWide() && dependsOnUser(configuration)
                      ? references.user().orElse("")
                      : "",
                  server.toString(),
                  namespace,
                  loginNamespace,
                  headers.toString(),
                  shown.fingerprint()),
              login);
      VaultServer opened =
          new VaultServer(
              new Wire(
                  new Endpoint(clients.of(shown), identity, TIMEOUT),
                  identity,
                  server,
                  headers,
                  asking.calls()),
              new VaultServer.Manner(
                  namespace, loginNamespace, ownWrites, forward, patience, asking.retries()),
              sessions.of(whose, asking.session()),
              login);
      complete = true;
      return opened;
    } catch (GeneralSecurityException | IOException e) {
      throw new MalformedObjectException(
          configuration.path() + ": the certificate and the key of the client cannot be used");
    } finally {
      if (!complete) {
        login.close();
      }
    }
  }

  private static Trust shown(Trust trust, Fields configuration, Login login, References references)
      throws MalformedObjectException, StoreException {
    Optional<Fields> tls = configuration.object("tls");
    Trust shown = trust;
    if (tls.isPresent()) {
      Optional<Fields> chain = tls.get().object("certSecretRef");
      Optional<Fields> key = tls.get().object("keySecretRef");
      if (chain.isPresent() != key.isPresent()) {
        throw new MalformedObjectException(
            tls.get().path() + " needs both certSecretRef and keySecretRef, or none");
      }
      if (chain.isPresent() && key.isPresent()) {
        try (SecretBytes certificate = references.secret(Login.keyed(chain.get(), "tls.crt"));
            SecretBytes own = references.secret(Login.keyed(key.get(), "tls.key"))) {
          shown = certificate.with(it -> own.with(bytes -> trust.as(it, bytes)));
        }
      }
    }
    if (login instanceof Login.Request request && request.certificate().isPresent()) {
      Login.Certificate certificate = request.certificate().get();
      shown = certificate.chain().with(it -> certificate.key().with(own -> trust.as(it, own)));
    }
    return shown;
  }

  static URI uri(Fields configuration) throws MalformedObjectException {
    String server = configuration.requiredString("server").replaceAll("/+$", "");
    try {
      URI uri = URI.create(server);
      if (uri.getHost() != null
          && uri.getRawQuery() == null
          && uri.getRawUserInfo() == null
          && List.of("https", "http").contains(uri.getScheme())) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, without what it holds.
    }
    throw new MalformedObjectException(
        configuration.path() + ".server is no address such as https://vault.example.com:8200");
  }

  /** Which session: everything that makes one identity another. Nothing can be told from it. */
  private static String whose(List<String> parts, Login login) {
    try {
      MessageDigest all = MessageDigest.getInstance("SHA-256");
      for (String part : parts) {
        add(all, part.getBytes(StandardCharsets.UTF_8));
      }
      switch (login) {
        case Login.Nobody _, Login.Token _ -> {}
        case Login.ToAws it -> {
          for (String part : List.of(it.path(), it.role(), it.server(), it.caller().key())) {
            add(all, part.getBytes(StandardCharsets.UTF_8));
          }
        }
        case Login.Request request -> {
          add(all, request.path().getBytes(StandardCharsets.UTF_8));
          add(all, request.plain().toString().getBytes(StandardCharsets.UTF_8));
          String account = request.account().map(Login.Account::name).orElse("");
          add(all, account.getBytes(StandardCharsets.UTF_8));
        }
      }
      for (SecretBytes each : login.credentials()) {
        each.with(
            bytes -> {
              add(all, bytes);
              return true;
            });
      }
      return HexFormat.of().formatHex(all.digest());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }

  private static void add(MessageDigest all, byte[] part) {
    try {
      all.update(MessageDigest.getInstance("SHA-256").digest(part));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK lacks SHA-256", e);
    }
  }
}
