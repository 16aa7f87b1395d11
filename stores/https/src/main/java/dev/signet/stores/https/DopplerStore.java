package dev.signet.stores.https;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.Property;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import dev.signet.delivery.store.Writable;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code doppler} provider: the secrets of a config of a project.
 *
 * <ul>
 *   <li>A key is the name of a secret. All values are texts; one that is JSON has properties, by a
 *       gjson path, which upstream passes over.
 *   <li>A search downloads all of the config in one call; with {@code format} it is one file under
 *       the name {@code DOPPLER_SECRETS_FILE}.
 *   <li>Doppler does not keep who made a secret: a push replaces what is there, if it is another
 *       value, and what is deleted is what a PushSecret says it pushed.
 * </ul>
 */
public final class DopplerStore implements SecretStore, Searchable, Writable {

  private static final String DOWNLOAD = "/v3/configs/config/secrets/download";
  private static final String SECRETS = "/v3/configs/config/secrets";
  private static final String FILE = "DOPPLER_SECRETS_FILE";
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  /** How it is asked. */
  private record Scope(String project, String config, String transformer, String format) {}

  /** Gives out the token that is asked with. */
  private interface Authority extends AutoCloseable {
    String token() throws StoreException;

    boolean refused(String token);

    @Override
    void close();
  }

  private final RestApi api;
  private final Scope scope;
  private final Authority authority;

  private DopplerStore(RestApi api, Scope scope, Authority authority) {
    this.api = api;
    this.scope = scope;
    this.authority = authority;
  }

  /**
   * Opens stores of that kind.
   *
   * @param calls told of each request that is sent
   */
  public static StoreProvider provider(ApiCalls calls) {
    return provider(
        new RestApi.Surroundings(calls, UnaryOperator.identity(), System.getenv()),
        System::nanoTime);
  }

  static StoreProvider provider(RestApi.Surroundings surroundings, LongSupplier nanos) {
    return new StoreProvider() {
      private final Clients clients = new Clients();
      private final Tokens tokens = new Tokens(nanos);

      @Override
      public String name() {
        return "doppler";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        Scope scope =
            new Scope(
                configuration.string("project").orElse(""),
                configuration.string("config").orElse(""),
                oneOf(
                    configuration,
                    "nameTransformer",
                    List.of(
                        "upper-camel",
                        "camel",
                        "lower-snake",
                        "tf-var",
                        "dotnet-env",
                        "lower-kebab")),
                oneOf(
                    configuration,
                    "format",
                    List.of("json", "dotnet-json", "env", "yaml", "docker")));
        URI server =
            RestApi.address(
                surroundings
                    .environment()
                    .getOrDefault("DOPPLER_BASE_URL", "https://api.doppler.com"),
                "DOPPLER_BASE_URL");
        RestApi api =
            new RestApi(
                RestApi.endpoint(
                    identity,
                    Fields.of(Map.of(), configuration.path()),
                    References.NONE,
                    clients,
                    TIMEOUT,
                    surroundings.route()),
                server,
                "Doppler",
                surroundings.calls());
        Authority authority =
            authority(configuration.requiredObject("auth"), references, api, server, tokens);
        boolean complete = false;
        try {
          configuration.refuseUnread();
          complete = true;
          return new DopplerStore(api, scope, authority);
        } finally {
          if (!complete) {
            authority.close();
          }
        }
      }
    };
  }

  private static String oneOf(Fields configuration, String field, List<String> words)
      throws MalformedObjectException {
    String text = configuration.string(field).orElse("");
    if (!text.isEmpty() && !words.contains(text)) {
      throw new MalformedObjectException(
          configuration.path() + "." + field + " must be one of " + words);
    }
    return text;
  }

  private static Authority authority(
      Fields auth, References references, RestApi api, URI server, Tokens tokens)
      throws MalformedObjectException, StoreException {
    Optional<Fields> secret = auth.object("secretRef");
    Optional<Fields> identity = auth.object("oidcConfig");
    if (secret.isPresent()) {
      Fields selector = secret.get().requiredObject("dopplerToken");
      Map<String, Object> named = new LinkedHashMap<>();
      named.put("name", selector.requiredString("name"));
      selector.string("namespace").ifPresent(it -> named.put("namespace", it));
      named.put("key", selector.string("key").filter(it -> !it.isEmpty()).orElse("dopplerToken"));
      identity.ifPresent(it -> it.names().forEach(it::raw));
      Referents.requireNamespace(selector, references);
      return fixed(references.secret(Fields.of(named, selector.path())), api);
    }
    Fields oidc =
        identity.orElseThrow(
            () ->
                new MalformedObjectException(
                    auth.path() + ": either secretRef or oidcConfig must be specified"));
    // Tokens of accounts hold for some minutes here, whatever is asked for.
    oidc.raw("expirationSeconds");
    String who = oidc.requiredString("identity");
    Fields account = oidc.requiredObject("serviceAccountRef");
    Referents.requireNamespace(account, references);
    List<String> audiences = List.of(server.toString(), audience(api.identity()));
    String name =
        Tokens.identity(
            "doppler",
            server.toString(),
            who,
            account.requiredString("name"),
            api.identity(),
            account.string("namespace").orElse(""),
            account.strings("audiences").toString());
    return new Authority() {
      @Override
      public String token() throws StoreException {
        return tokens.of(
            name,
            () -> exchanged(api, who, Referents.accountToken(account, audiences, references)));
      }

      @Override
      public boolean refused(String token) {
        return tokens.refused(name, token);
      }

      @Override
      public void close() {}
    };
  }

  /** {@code SecretStore/ns/name} is {@code secretStore:ns:name} there. */
  private static String audience(String identity) {
    String text = identity.replace('/', ':');
    return text.substring(0, 1).toLowerCase(Locale.ROOT) + text.substring(1);
  }

  private static Authority fixed(SecretBytes token, RestApi api) {
    return new Authority() {
      @Override
      public String token() throws StoreException {
        try {
          return token.with(bytes -> new String(bytes, StandardCharsets.UTF_8).strip());
        } catch (IllegalStateException e) {
          throw new StoreException(
              new Problem.Unreachable(), api.identity() + " was closed before it was asked");
        }
      }

      @Override
      public boolean refused(String token) {
        return false;
      }

      @Override
      public void close() {
        token.close();
      }
    };
  }

  private static Tokens.Token exchanged(RestApi api, String identity, String token)
      throws StoreException {
    try (Endpoint.Answer answer =
        api.send(
            "ExchangeToken",
            "POST",
            "/v3/auth/oidc",
            Map.of(),
            Map.of("identity", identity, "token", token))) {
      if (!answer.succeeded()) {
        throw api.refusal(answer);
      }
      Fields given = api.reply(answer);
      return new Tokens.Token(
          given.requiredString("token"),
          Duration.between(Instant.now(), Instant.parse(given.requiredString("expires_at"))));
    } catch (MalformedObjectException | DateTimeException e) {
      throw api.strange();
    }
  }

  private Endpoint.Answer send(
      String call, String method, String path, Map<String, String> headers, Map<String, ?> body)
      throws StoreException {
    String token = authority.token();
    Endpoint.Answer answer = api.send(call, method, path, as(token, headers), body);
    if (answer.code() != 401 || !authority.refused(token)) {
      return answer;
    }
    answer.close();
    return api.send(call, method, path, as(authority.token(), headers), body);
  }

  private static Map<String, String> as(String token, Map<String, String> headers) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(
        "Authorization",
        "Basic "
            + Base64.getEncoder().encodeToString((token + ":").getBytes(StandardCharsets.UTF_8)));
    return all;
  }

  private String where(String key) {
    return "key " + key + " of " + api.identity();
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    if (ref.metadata() || !ref.version().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          where(ref.key()) + ": Doppler tells neither metadata nor older versions");
    }
    SecretBytes value = read(ref.key()).orElseThrow(() -> missing(ref.key()));
    if (!ref.property().isEmpty()) {
      try (SecretBytes whole = value) {
        value =
            JsonPart.get(whole, ref.property(), Property.Order.PATH_ONLY, where(ref.key()))
                .orElseThrow(() -> JsonPart.missing(ref.property(), where(ref.key())));
      }
    }
    return new Item(value, new Origin(api.identity(), ref.key(), ref.property(), ""));
  }

  private StoreException missing(String key) {
    return new StoreException(new Problem.NotFound(), "Secret does not exist: " + where(key));
  }

  private Optional<SecretBytes> read(String key) throws StoreException {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("project", scope.project());
    query.put("config", scope.config());
    query.put("secrets", key);
    try (Endpoint.Answer answer =
        send("GetSecret", "GET", DOWNLOAD + RestApi.query(query), Map.of(), Map.of())) {
      if (!answer.succeeded()) {
        StoreException problem = api.problem("cannot read " + where(key), answer);
        // A project or config that is not there must not look like a secret that was deleted.
        throw problem.problem() instanceof Problem.NotFound
            ? new StoreException(
                new Problem.Malformed(), problem.getMessage() + ": no such project or config")
            : problem;
      }
      Map<String, SecretBytes> fields = api.fields(answer.body());
      SecretBytes found = fields.remove(key);
      RestApi.close(fields);
      return Optional.ofNullable(found);
    }
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    Item item = fetch(ref);
    try (SecretBytes whole = item.value()) {
      return Property.members(
          whole, new Origin(api.identity(), ref.key(), "", ""), where(ref.key()));
    }
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (!search.tags().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), "find by tags not supported: " + api.identity());
    }
    Map<String, String> query = new LinkedHashMap<>();
    query.put("project", scope.project());
    query.put("config", scope.config());
    query.put("name_transformer", scope.transformer());
    query.put("format", scope.format());
    Map<String, String> headers =
        scope.format().isEmpty() || scope.format().equals("json")
            ? Map.of()
            : Map.of("Accept", "text/plain");
    try (Endpoint.Answer answer =
        send("GetSecrets", "GET", DOWNLOAD + RestApi.query(query), headers, Map.of())) {
      if (!answer.succeeded()) {
        throw api.problem("cannot read the secrets of " + api.identity(), answer);
      }
      Map<String, SecretBytes> all =
          scope.format().isEmpty()
              ? api.fields(answer.body())
              : Map.of(FILE, SecretBytes.copyOf(answer.body()));
      Material found = new Material();
      all.forEach(
          (name, value) -> {
            if (search.named(name) && name.startsWith(search.path().orElse(""))) {
              found.put(name, new Item(value, new Origin(api.identity(), name, "", "")));
            } else {
              value.close();
            }
          });
      return found;
    }
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    requireWhole(remote);
    if (!metadata.isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), "a push to " + api.identity() + " knows no metadata");
    }
    JsonPart.requireText(value, "the value for " + where(remote.key()));
    Optional<SecretBytes> there = read(remote.key());
    try {
      if (there.isPresent() && there.get().matches(value)) {
        return;
      }
    } finally {
      there.ifPresent(SecretBytes::close);
    }
    write("UpdateSecrets", remote, Map.of("secrets", Map.of(remote.key(), value)));
  }

  private void requireWhole(Remote remote) throws StoreException {
    if (!remote.property().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          where(remote.key())
              + " is pushed whole: property "
              + remote.property()
              + " cannot be written alone");
    }
  }

  private void write(String call, Remote remote, Map<String, ?> change) throws StoreException {
    Map<String, Object> body = new LinkedHashMap<>(change);
    if (!scope.project().isEmpty()) {
      body.put("project", scope.project());
    }
    if (!scope.config().isEmpty()) {
      body.put("config", scope.config());
    }
    try (Endpoint.Answer answer = send(call, "POST", SECRETS, Map.of(), body)) {
      if (!answer.succeeded()) {
        throw api.problem("cannot write " + where(remote.key()), answer);
      }
    }
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    requireWhole(remote);
    Optional<SecretBytes> there = read(remote.key());
    there.ifPresent(SecretBytes::close);
    return there.isPresent();
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    if (!remote.property().isEmpty() || !exists(remote)) {
      return;
    }
    write(
        "DeleteSecrets",
        remote,
        Map.of(
            "change_requests",
            List.of(
                Map.of("name", remote.key(), "originalName", remote.key(), "shouldDelete", true))));
  }

  /** Whether the token is one. */
  @Override
  public Validity validate() throws StoreException {
    try (Endpoint.Answer answer = send("Authenticate", "GET", "/v3/projects", Map.of(), Map.of())) {
      if (!answer.succeeded()) {
        throw api.problem("cannot be asked", answer);
      }
      return Validity.READY;
    }
  }

  @Override
  public void close() {
    authority.close();
  }
}
