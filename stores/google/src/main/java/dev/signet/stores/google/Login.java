package dev.signet.stores.google;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.JsonBody;
import dev.signet.stores.https.Referents;
import dev.signet.stores.https.Tokens;
import java.net.URI;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How a store gets its access token. */
sealed interface Login extends AutoCloseable {

  String SCOPE = "https://www.googleapis.com/auth/cloud-platform";

  /** The annotation of a Kubernetes account that names the one of Google that it acts as. */
  String ACCOUNT = "iam.gke.io/gcp-service-account";

  Tokens.Token token() throws StoreException;

  /** All that makes it another identity; nothing can be told from it. */
  String name();

  @Override
  default void close() {}

  /** Credentials that the library knows what to do with; they are closed with the store. */
  final class Secrets implements AutoCloseable {
    private final List<SecretBytes> values;
    private boolean closed;

    Secrets(List<SecretBytes> values) {
      this.values = values;
    }

    /** What is made of them while they are open: calls may outlive whoever began them. */
    synchronized <T> T with(Reading<T> reading, String identity) throws StoreException {
      if (closed) {
        throw new StoreException(
            new Problem.Unreachable(), identity + " was closed before it was logged in to");
      }
      return reading.read(values);
    }

    String fingerprint() {
      return Tokens.identity(
          values.stream()
              .map(value -> value.<byte[], RuntimeException>with(byte[]::clone))
              .toArray(byte[][]::new));
    }

    @Override
    public synchronized void close() {
      closed = true;
      values.forEach(SecretBytes::close);
    }

    /** Reads them. */
    interface Reading<T> {
      T read(List<SecretBytes> values) throws StoreException;
    }
  }

  /** A key of a service account of Google, in JSON: signs an assertion for its token_uri. */
  final class Key implements Login {
    private final Secrets key;
    private final Endpoint endpoint;

    Key(SecretBytes key, Endpoint endpoint) {
      this.key = new Secrets(List.of(key));
      this.endpoint = endpoint;
    }

    @Override
    public Tokens.Token token() throws StoreException {
      Library library = new Library(endpoint);
      return library.token(
          key.with(values -> values.getFirst().with(library::accountKey), endpoint.identity()));
    }

    @Override
    public String name() {
      return Tokens.identity("key", key.fingerprint());
    }

    @Override
    public void close() {
      key.close();
    }
  }

  /** Whatever this process is where it runs. */
  record Default(Endpoint endpoint) implements Login {
    @Override
    public Tokens.Token token() throws StoreException {
      Library library = new Library(endpoint);
      return library.token(library.ofMachine());
    }

    @Override
    public String name() {
      return Tokens.identity("default");
    }
  }

  /** Somebody whom a workload identity pool trusts. */
  final class Federated implements Login {
    private final String name;
    private final Secrets secrets;
    private final Endpoint endpoint;
    private final Making making;

    /** Makes the library's credentials of the store's. */
    interface Making {
      Library.Credentials of(Library library, List<SecretBytes> secrets) throws StoreException;
    }

    Federated(String name, List<SecretBytes> secrets, Endpoint endpoint, Making making) {
      this.secrets = new Secrets(secrets);
      this.name = Tokens.identity("federated", name, this.secrets.fingerprint());
      this.endpoint = endpoint;
      this.making = making;
    }

    @Override
    public Tokens.Token token() throws StoreException {
      Library library = new Library(endpoint);
      return library.token(secrets.with(values -> making.of(library, values), endpoint.identity()));
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void close() {
      secrets.close();
    }
  }

  /**
   * A service account of a GKE cluster: its token for the cluster's pool, exchanged for one of
   * Google, and that for one of the account it acts as where it names one.
   *
   * @param acts empty where it acts as itself
   * @param project the cluster's; empty to ask the machine
   * @param clusterProject what the store says of it
   */
  record Cluster(
      Fields account,
      String acts,
      String project,
      String clusterProject,
      String location,
      String cluster,
      References references,
      Endpoint endpoint,
      Metadata metadata,
      ApiCalls calls)
      implements Login {

    private static final String CALLS = "GCP/SecretManager";
    private static final URI EXCHANGE =
        URI.create("https://securetoken.googleapis.com/v1/identitybindingtoken");
    private static final Duration USUAL = Duration.ofHours(1);

    @Override
    public String name() {
      try {
        return Tokens.identity(
            "cluster",
            account.requiredString("name"),
            account.string("namespace").orElse(endpoint.identity()),
            account.strings("audiences").toString(),
            acts,
            project,
            location,
            cluster);
      } catch (MalformedObjectException e) {
        throw new IllegalStateException("it was read before", e);
      }
    }

    @Override
    public Tokens.Token token() throws StoreException {
      // Upstream asks the machine for the cluster's project unless the store names just that.
      String where = clusterProject.isEmpty() ? metadataOr(project) : clusterProject;
      String pool = where + ".svc.id.goog";
      String provider =
          "https://container.googleapis.com/v1/projects/"
              + where
              + "/locations/"
              + (location.isEmpty() ? metadata.clusterLocation() : location)
              + "/clusters/"
              + (cluster.isEmpty() ? metadata.clusterName() : cluster);
      String own = counted("GenerateServiceAccountToken", () -> own(pool));
      Map<String, Object> exchange = new LinkedHashMap<>();
      exchange.put("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
      exchange.put("subject_token_type", "urn:ietf:params:oauth:token-type:jwt");
      exchange.put("requested_token_type", "urn:ietf:params:oauth:token-type:access_token");
      exchange.put("subject_token", own);
      exchange.put("audience", "identitynamespace:" + pool + ":" + provider);
      exchange.put("scope", SCOPE);
      Fields bound =
          counted(
              "GenerateIDBindToken",
              () -> posted(EXCHANGE, Map.of(), exchange, "cannot exchange the token"));
      try {
        String token = bound.requiredString("access_token");
        return acts.isEmpty()
            ? new Tokens.Token(token, life(bound))
            : counted("GenerateAccessToken", () -> acting(token));
      } catch (MalformedObjectException e) {
        throw strange();
      }
    }

    private String metadataOr(String project) throws StoreException {
      return project.isEmpty() ? metadata.project() : project;
    }

    private String own(String pool) throws StoreException {
      return Referents.accountToken(account, List.of(pool), references);
    }

    private Tokens.Token acting(String token) throws StoreException {
      Fields given =
          posted(
              impersonation(acts, endpoint.identity()),
              Map.of("Authorization", "Bearer " + token),
              Map.of("scope", List.of(SCOPE)),
              "cannot act as the account that " + ACCOUNT + " names");
      try {
        Instant until = Instant.parse(given.requiredString("expireTime"));
        return new Tokens.Token(
            given.requiredString("accessToken"), Library.life(Optional.of(until)));
      } catch (MalformedObjectException | DateTimeException e) {
        throw strange();
      }
    }

    private static Duration life(Fields bound) throws MalformedObjectException {
      return bound.raw("expires_in") instanceof Number seconds
          ? Duration.ofSeconds(seconds.longValue())
          : USUAL;
    }

    private Fields posted(URI uri, Map<String, String> more, Map<String, Object> tree, String what)
        throws StoreException {
      Map<String, String> headers = new LinkedHashMap<>(more);
      headers.put("Content-Type", "application/json");
      byte[] body = JsonBody.of(tree);
      try (Endpoint.Answer answer = endpoint.send("POST", uri, headers, body)) {
        if (!answer.succeeded()) {
          StoreException problem = endpoint.problem(what, answer);
          // An identity that the pool does not know is a bad request there.
          throw answer.code() == 400 || answer.code() == 404
              ? new StoreException(new Problem.Denied(), problem.getMessage())
              : problem;
        }
        return Fields.of(JsonTree.object(answer.body()).orElseThrow(this::strange), "answer");
      } finally {
        Arrays.fill(body, (byte) 0);
      }
    }

    private StoreException strange() {
      return endpoint.unreachable("was given no token");
    }

    private interface Call<T> {
      T made() throws StoreException;
    }

    private <T> T counted(String name, Call<T> call) throws StoreException {
      boolean succeeded = false;
      try {
        T made = call.made();
        succeeded = true;
        return made;
      } finally {
        calls.ended(CALLS, name, succeeded);
      }
    }
  }

  /** Where tokens of an account are made for those who may act as it. */
  static URI impersonation(String account, String identity) throws StoreException {
    if (!account.matches("[A-Za-z0-9._@-]{3,255}")) {
      throw new StoreException(
          new Problem.Malformed(),
          identity + " is to act as something that is no e-mail of a service account of Google");
    }
    return URI.create(
        "https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/"
            + account
            + ":generateAccessToken");
  }
}
