package dev.signet.stores.google;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Clients;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.Referents;
import dev.signet.stores.https.Tokens;
import dev.signet.stores.https.Trust;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * {@code spec.provider.gcpsm}, understood whole before anything is asked.
 *
 * @param name of who asks, from which nothing can be told
 * @param fallsBack {@code secretVersionSelectionPolicy: LatestOrFetch}
 */
record GoogleConfiguration(
    Endpoint endpoint,
    SecretManagerCalls.Where where,
    Login login,
    String name,
    boolean fallsBack) {

  private static final Duration TIMEOUT = Duration.ofSeconds(60);

  static GoogleConfiguration of(
      String identity,
      Fields configuration,
      References references,
      Clients clients,
      UnaryOperator<URI> route,
      ApiCalls calls)
      throws MalformedObjectException, StoreException {
    String project = named(configuration, "projectID");
    String location = named(configuration, "location");
    String policy =
        configuration
            .string("secretVersionSelectionPolicy")
            .filter(it -> !it.isEmpty())
            .orElse("LatestOrFail");
    if (!List.of("LatestOrFail", "LatestOrFetch").contains(policy)) {
      throw new MalformedObjectException(
          configuration.path()
              + ".secretVersionSelectionPolicy must be one of [LatestOrFail, LatestOrFetch]");
    }
    Endpoint endpoint;
    try {
      Trust usual = Trust.of(Fields.of(Map.of(), configuration.path()), References.NONE);
      endpoint = new Endpoint(clients.of(usual), identity, TIMEOUT, route);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK has no authorities to trust", e);
    }
    Metadata metadata = new Metadata(endpoint);
    Login login = login(configuration, references, endpoint, metadata, calls);
    boolean complete = false;
    try {
      configuration.refuseUnread();
      SecretManagerCalls.Where where = where(project, location, configuration, login, metadata);
      GoogleConfiguration read =
          new GoogleConfiguration(
              endpoint,
              where,
              login,
              Tokens.identity(
                  login.name(), Referents.asWhom(configuration, references, List.of("auth"))),
              policy.equals("LatestOrFetch"));
      complete = true;
      return read;
    } finally {
      if (!complete) {
        login.close();
      }
    }
  }

  private static String named(Fields configuration, String field) throws MalformedObjectException {
    String text = configuration.string(field).orElse("");
    if (!text.matches("[A-Za-z0-9.:-]*")) {
      throw new MalformedObjectException(
          configuration.path() + "." + field + " has characters that no such name has");
    }
    return text;
  }

  /** Where no project is named, that of the cluster is meant, or else the machine's. */
  private static SecretManagerCalls.Where where(
      String project, String location, Fields configuration, Login login, Metadata metadata)
      throws MalformedObjectException {
    if (project.isEmpty() && login instanceof Login.Key) {
      throw new MalformedObjectException(
          configuration.path() + ".projectID is required with a key of a service account");
    }
    String known =
        project.isEmpty() && login instanceof Login.Cluster cluster ? cluster.project() : project;
    if (!known.isEmpty()) {
      SecretManagerCalls.Place place = new SecretManagerCalls.Place(known, location);
      return () -> place;
    }
    AtomicReference<SecretManagerCalls.@Nullable Place> told = new AtomicReference<>();
    return () -> {
      SecretManagerCalls.Place before = told.get();
      if (before != null) {
        return before;
      }
      SecretManagerCalls.Place place = new SecretManagerCalls.Place(metadata.project(), location);
      told.set(place);
      return place;
    };
  }

  private static Login login(
      Fields configuration,
      References references,
      Endpoint endpoint,
      Metadata metadata,
      ApiCalls calls)
      throws MalformedObjectException, StoreException {
    Optional<Fields> auth = configuration.object("auth");
    if (auth.isEmpty()) {
      return new Login.Default(endpoint);
    }
    Optional<Fields> secret = auth.get().object("secretRef");
    Optional<Fields> cluster = auth.get().object("workloadIdentity");
    Optional<Fields> federation = auth.get().object("workloadIdentityFederation");
    // Upstream takes the first; the others are not looked at there either.
    if (secret.isPresent()) {
      passOver(cluster);
      passOver(federation);
      SecretBytes key = references.secret(secret.get().requiredObject("secretAccessKeySecretRef"));
      return new Login.Key(key, endpoint);
    }
    if (cluster.isPresent()) {
      passOver(federation);
      return cluster(
          cluster.get(), named(configuration, "projectID"), references, endpoint, metadata, calls);
    }
    return federation.isPresent()
        ? Federation.login(federation.get(), references, endpoint)
        : new Login.Default(endpoint);
  }

  private static void passOver(Optional<Fields> unused) {
    unused.ifPresent(it -> it.names().forEach(it::raw));
  }

  private static Login cluster(
      Fields workload,
      String project,
      References references,
      Endpoint endpoint,
      Metadata metadata,
      ApiCalls calls)
      throws MalformedObjectException, StoreException {
    Fields account = workload.requiredObject("serviceAccountRef");
    account.strings("audiences");
    String own = named(workload, "clusterProjectID");
    return new Login.Cluster(
        account,
        references.accountAnnotations(account).getOrDefault(Login.ACCOUNT, ""),
        own.isEmpty() ? project : own,
        own,
        named(workload, "clusterLocation"),
        named(workload, "clusterName"),
        references,
        endpoint,
        metadata,
        calls);
  }

  /** A selector with nothing but that, for a reference that has no key of its own. */
  static Fields selector(Fields reference, String key) throws MalformedObjectException {
    Map<String, Object> selector = new LinkedHashMap<>();
    selector.put("name", reference.requiredString("name"));
    Optional<String> namespace = reference.string("namespace").filter(it -> !it.isEmpty());
    namespace.ifPresent(it -> selector.put("namespace", it));
    selector.put("key", key);
    return Fields.of(selector, reference.path());
  }
}
