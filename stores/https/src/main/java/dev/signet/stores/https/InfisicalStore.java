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
import dev.signet.delivery.store.Turns;
import dev.signet.delivery.store.Writable;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * External Secrets' {@code infisical} provider: the secrets of an environment of a project.
 *
 * <ul>
 *   <li>A key is a name below {@code secretsPath}, {@code folder/name} from there, or {@code
 *       /folder/name}. All values are texts; a property is a gjson path, and of any type.
 *   <li>Everybody who asks as one identity shares one token ({@link Tokens}).
 *   <li>A push replaces what is there, if it is another value, as upstream has it; with a property
 *       all else of the JSON stays byte for byte. What is made here is marked in its metadata as
 *       {@code managed-by: external-secrets}, and only what is so is deleted.
 * </ul>
 */
public final class InfisicalStore implements SecretStore, Searchable, Writable {

  private static final String SECRETS = "/v3/secrets/raw";
  private static final String MANAGED_BY = "managed-by";
  private static final String MANAGER = "external-secrets";
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Which secrets. */
  private record Scope(
      String path, boolean recursive, String environment, String project, boolean expand) {}

  /** Where one is. */
  private record Place(String folder, String name) {}

  /** One as it is there. */
  private record Found(SecretBytes value, String version, boolean managed)
      implements AutoCloseable {
    @Override
    public void close() {
      value.close();
    }
  }

  private final RestApi api;
  private final Scope scope;
  private final InfisicalLogin login;
  private final Tokens tokens;
  private final Turns turns;

  private InfisicalStore(
      RestApi api, Scope scope, InfisicalLogin login, Tokens tokens, Turns turns) {
    this.api = api;
    this.scope = scope;
    this.login = login;
    this.tokens = tokens;
    this.turns = turns;
  }

  /**
   * Opens stores of that kind.
   *
   * @param calls told of each request that is sent
   */
  public static StoreProvider provider(ApiCalls calls) {
    return provider(
        new RestApi.Surroundings(calls, UnaryOperator.identity(), Map.of()),
        System::nanoTime,
        Path.of("/"));
  }

  /**
   * The same with servers and files elsewhere.
   *
   * @param root what paths of files are below
   */
  static StoreProvider provider(RestApi.Surroundings surroundings, LongSupplier nanos, Path root) {
    return new StoreProvider() {
      private final Clients clients = new Clients();
      private final Tokens tokens = new Tokens(nanos);
      private final Turns turns = new Turns();

      @Override
      public String name() {
        return "infisical";
      }

      @Override
      public Capabilities capabilities() {
        return Capabilities.ReadWrite;
      }

      @Override
      public SecretStore open(String identity, Fields configuration, References references)
          throws MalformedObjectException, StoreException {
        Fields own = configuration.requiredObject("secretsScope");
        Scope scope =
            new Scope(
                own.string("secretsPath").filter(it -> !it.isEmpty()).orElse("/"),
                own.bool("recursive").orElse(false),
                own.requiredString("environmentSlug"),
                own.requiredString("projectSlug"),
                own.bool("expandSecretReferences").orElse(true));
        String organization = own.string("organizationSlug").orElse("");
        URI server =
            RestApi.address(
                configuration
                    .string("hostAPI")
                    .filter(it -> !it.isEmpty())
                    .orElse("https://app.infisical.com/api"),
                configuration.path() + ".hostAPI");
        RestApi api =
            new RestApi(
                RestApi.endpoint(
                    identity, configuration, references, clients, TIMEOUT, surroundings.route()),
                server,
                "infisical",
                surroundings.calls());
        InfisicalLogin login =
            InfisicalLogin.of(
                configuration.requiredObject("auth"),
                references,
                new InfisicalLogin.Server(api, server, organization, root));
        boolean complete = false;
        try {
          configuration.refuseUnread();
          complete = true;
          return new InfisicalStore(api, scope, login, tokens, turns);
        } finally {
          if (!complete) {
            login.close();
          }
        }
      }
    };
  }

  private Endpoint.Answer send(String call, String method, String path, Map<String, ?> body)
      throws StoreException {
    String token = tokens.of(login.name(), login::token);
    Endpoint.Answer answer = api.send(call, method, path, as(token), body);
    if (answer.code() != 401 || !tokens.refused(login.name(), token)) {
      return answer;
    }
    answer.close();
    return api.send(call, method, path, as(tokens.of(login.name(), login::token)), body);
  }

  private static Map<String, String> as(String token) {
    return Map.of("Authorization", "Bearer " + token);
  }

  private String where(String key) {
    return "key " + key + " of " + api.identity();
  }

  private Place place(String key) throws StoreException {
    int slash = key.lastIndexOf('/');
    String name = key.substring(slash + 1);
    if (name.isEmpty() || List.of(key.split("/")).contains("..")) {
      throw new StoreException(new Problem.Malformed(), where(key) + " is no name of a secret");
    }
    if (slash < 0) {
      return new Place(scope.path(), name);
    }
    String folder = key.substring(0, slash);
    return new Place(
        key.startsWith("/")
            ? (folder.isEmpty() ? "/" : folder)
            : (scope.path() + "/" + folder).replaceAll("/+", "/"),
        name);
  }

  private Optional<Found> read(String key, String version, boolean imports) throws StoreException {
    if (!version.matches("[0-9]{0,9}")) {
      throw new StoreException(
          new Problem.Malformed(), where(key) + ": a version in Infisical is a number");
    }
    Place place = place(key);
    Map<String, String> query = new LinkedHashMap<>();
    query.put("environment", scope.environment());
    query.put("secretPath", place.folder());
    query.put("expandSecretReferences", Boolean.toString(scope.expand()));
    query.put("include_imports", Boolean.toString(imports));
    query.put("type", "shared");
    query.put("workspaceSlug", scope.project());
    query.put("version", version);
    try (Endpoint.Answer answer =
        send(
            "GetSecretByKeyV3",
            "GET",
            SECRETS + "/" + RestApi.encoded(place.name()) + RestApi.query(query),
            Map.of())) {
      if (answer.code() == 404) {
        return Optional.empty();
      }
      if (!answer.succeeded()) {
        throw api.problem("cannot read " + where(key), answer);
      }
      Map<String, SecretBytes> whole = api.fields(answer.body());
      try {
        SecretBytes secret = whole.get("secret");
        if (secret == null) {
          throw api.strange();
        }
        Map<String, SecretBytes> fields = secret.with(api::fields);
        try {
          SecretBytes value = fields.get("secretValue");
          if (value == null) {
            throw api.strange();
          }
          return Optional.of(
              new Found(value.copy(), RestApi.text(fields, "version"), managed(fields)));
        } finally {
          RestApi.close(fields);
        }
      } finally {
        RestApi.close(whole);
      }
    }
  }

  private boolean managed(Map<String, SecretBytes> fields) throws StoreException {
    SecretBytes metadata = fields.get("secretMetadata");
    if (metadata == null || metadata.size() == 0) {
      return false;
    }
    List<Map<String, SecretBytes>> all = metadata.with(api::objects);
    try {
      return all.stream()
          .anyMatch(
              each ->
                  RestApi.text(each, "key").equals(MANAGED_BY)
                      && RestApi.text(each, "value").equals(MANAGER));
    } finally {
      all.forEach(RestApi::close);
    }
  }

  @Override
  public Item fetch(RemoteRef ref) throws StoreException {
    if (ref.metadata()) {
      throw new StoreException(
          new Problem.Malformed(), where(ref.key()) + ": metadata cannot be fetched there");
    }
    try (Found found =
        read(ref.key(), ref.version(), /* imports= */ true)
            .orElseThrow(
                () ->
                    new StoreException(
                        new Problem.NotFound(), "Secret does not exist: " + where(ref.key())))) {
      SecretBytes value =
          ref.property().isEmpty()
              ? found.value().copy()
              : JsonPart.get(
                      found.value(), ref.property(), Property.Order.PATH_ONLY, where(ref.key()))
                  .orElseThrow(() -> JsonPart.missing(ref.property(), where(ref.key())));
      return new Item(
          value, new Origin(api.identity(), ref.key(), ref.property(), found.version()));
    }
  }

  @Override
  public Material fetchMap(RemoteRef ref) throws StoreException {
    Item item = fetch(ref);
    try (SecretBytes whole = item.value()) {
      return Property.members(whole, item.origin(), where(ref.key()));
    }
  }

  @Override
  public Material find(Search search) throws StoreException {
    if (!search.tags().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), "find by tags not supported: " + api.identity());
    }
    String path = search.path().orElse("");
    Material found = new Material();
    boolean complete = false;
    try (Endpoint.Answer answer = list(/* imports= */ true)) {
      Map<String, SecretBytes> whole = api.fields(answer.body());
      try {
        // What stands in the folder itself goes before what is imported into it.
        addImports(whole.get("imports"), search, path, found);
        add(whole.get("secrets"), search, path, found);
      } finally {
        RestApi.close(whole);
      }
      complete = true;
      return found;
    } finally {
      if (!complete) {
        found.close();
      }
    }
  }

  private void addImports(@Nullable SecretBytes imports, Search search, String path, Material found)
      throws StoreException {
    if (imports == null || imports.size() == 0) {
      return;
    }
    List<Map<String, SecretBytes>> all = imports.with(api::objects);
    try {
      // The first import wins, so it comes last.
      for (Map<String, SecretBytes> each : all.reversed()) {
        add(each.get("secrets"), search, path, found);
      }
    } finally {
      all.forEach(RestApi::close);
    }
  }

  private void add(@Nullable SecretBytes secrets, Search search, String path, Material found)
      throws StoreException {
    if (secrets == null || secrets.size() == 0) {
      return;
    }
    List<Map<String, SecretBytes>> all = secrets.with(api::objects);
    try {
      for (Map<String, SecretBytes> each : all) {
        String name = RestApi.text(each, "secretKey");
        SecretBytes value = each.get("secretValue");
        if (value != null
            && search.named(name)
            && RestApi.text(each, "secretPath").startsWith(path)) {
          found.put(
              name,
              new Item(
                  value.copy(),
                  new Origin(api.identity(), name, "", RestApi.text(each, "version"))));
        }
      }
    } finally {
      all.forEach(RestApi::close);
    }
  }

  private Endpoint.Answer list(boolean imports) throws StoreException {
    Map<String, String> query = new LinkedHashMap<>();
    query.put("workspaceSlug", scope.project());
    query.put("environment", scope.environment());
    query.put("secretPath", scope.path());
    query.put("expandSecretReferences", Boolean.toString(scope.expand()));
    query.put("include_imports", Boolean.toString(imports));
    query.put("recursive", Boolean.toString(scope.recursive()));
    Endpoint.Answer answer = send("GetSecretsV3", "GET", SECRETS + RestApi.query(query), Map.of());
    if (answer.succeeded()) {
      return answer;
    }
    try (answer) {
      StoreException problem =
          api.problem(
              "cannot read secrets with provided project scope project:"
                  + scope.project()
                  + " environment:"
                  + scope.environment()
                  + " secret-path:"
                  + scope.path()
                  + " recursive:"
                  + scope.recursive(),
              answer);
      throw problem.problem() instanceof Problem.NotFound
          ? new StoreException(new Problem.Malformed(), problem.getMessage())
          : problem;
    }
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    if (!metadata.isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), "a push to " + api.identity() + " knows no metadata");
    }
    JsonPart.requireText(value, "the value for " + where(remote.key()));
    turns.of(turn(remote), () -> written(remote, value));
  }

  private String turn(Remote remote) throws StoreException {
    return scope.project() + " " + scope.environment() + " " + place(remote.key());
  }

  private void written(Remote remote, SecretBytes value) throws StoreException {
    Optional<Found> there = read(remote.key(), "", /* imports= */ false);
    try (SecretBytes wanted =
        remote.property().isEmpty()
            ? value.copy()
            : JsonPart.with(
                there.map(Found::value), remote.property(), value, where(remote.key()))) {
      if (there.isPresent() && there.get().value().matches(wanted)) {
        return;
      }
      if (there.isPresent()) {
        change("UpdateSecretV3", "PATCH", remote, Map.of("secretValue", wanted));
      } else {
        change(
            "CreateSecretV3",
            "POST",
            remote,
            Map.of(
                "secretValue",
                wanted,
                "skipMultilineEncoding",
                false,
                "secretMetadata",
                List.of(Map.of("key", MANAGED_BY, "value", MANAGER))));
      }
    } finally {
      there.ifPresent(Found::close);
    }
  }

  /** Writing needs the number of a project, which is looked up by its name. */
  private void change(String call, String method, Remote remote, Map<String, ?> fields)
      throws StoreException {
    Place place = place(remote.key());
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("workspaceId", project());
    body.put("environment", scope.environment());
    body.put("secretPath", place.folder());
    body.put("type", "shared");
    body.putAll(fields);
    try (Endpoint.Answer answer =
        send(call, method, SECRETS + "/" + RestApi.encoded(place.name()), body)) {
      if (!answer.succeeded() && !(method.equals("DELETE") && answer.code() == 404)) {
        throw api.problem("cannot write " + where(remote.key()), answer);
      }
    }
  }

  private String project() throws StoreException {
    String slug = RestApi.encoded(scope.project());
    for (String path : List.of("/v1/projects/slug/", "/v1/workspace/slug/")) {
      try (Endpoint.Answer answer = send("GetWorkspaceBySlug", "GET", path + slug, Map.of())) {
        if (answer.succeeded()) {
          Fields reply = api.reply(answer);
          Optional<Fields> nested = reply.object("project");
          return (nested.isPresent() ? nested.get() : reply).requiredString("id");
        }
        if (answer.code() != 404) {
          throw api.problem("cannot find project " + scope.project(), answer);
        }
      } catch (MalformedObjectException e) {
        throw api.strange();
      }
    }
    throw new StoreException(
        new Problem.Malformed(),
        "there is no project " + scope.project() + " that " + api.identity() + " may see");
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    Optional<Found> there = read(remote.key(), "", /* imports= */ false);
    if (there.isEmpty()) {
      return false;
    }
    try (Found found = there.get()) {
      return remote.property().isEmpty() || has(found, remote);
    }
  }

  private boolean has(Found found, Remote remote) throws StoreException {
    Optional<SecretBytes> part =
        JsonPart.get(
            found.value(), remote.property(), Property.Order.NAME_FIRST, where(remote.key()));
    part.ifPresent(SecretBytes::close);
    return part.isPresent();
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    turns.of(turn(remote), () -> removed(remote));
  }

  private void removed(Remote remote) throws StoreException {
    Optional<Found> there = read(remote.key(), "", /* imports= */ false);
    if (there.isEmpty()) {
      return;
    }
    try (Found found = there.get()) {
      if (!found.managed()) {
        return;
      }
      if (!remote.property().isEmpty()) {
        if (!has(found, remote)) {
          return;
        }
        Optional<SecretBytes> rest =
            JsonPart.without(found.value(), remote.property(), where(remote.key()));
        if (rest.isPresent()) {
          try (SecretBytes left = rest.get()) {
            change("UpdateSecretV3", "PATCH", remote, Map.of("secretValue", left));
          }
          return;
        }
      }
      change("DeleteSecretV3", "DELETE", remote, Map.of());
    }
  }

  /** Whether the scope may be read. */
  @Override
  public Validity validate() throws StoreException {
    list(/* imports= */ false).close();
    return Validity.READY;
  }

  @Override
  public void close() {
    login.close();
  }
}
