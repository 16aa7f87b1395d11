package dev.signet.stores.vault;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.Retries;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * {@code VaultDynamicSecret}: what any path of Vault answers, each member of it a value.
 *
 * <p>What has a lease, or is a token, lasts: {@code state} is
 *
 * <pre>{@code
 * lease: the lease's id                 | made: the accessor of the token that was made
 * parent: the accessor of the token that asked, with which all ends that it got
 * life: seconds that it was given       ends: when, as far as is known now
 * renewable: whether the server said that it can be renewed
 * }</pre>
 *
 * <p>It is renewed for as long as that brings more than a third of its life. Another process that
 * takes over logs in anew, and renews the parent by its accessor; where a policy does not let it,
 * nobody knows when that ends, and other values are made instead. Without a lease, as of PKI and of
 * transit, nothing lasts.
 *
 * <p>Vault has no way to ask whether a request was done, but a lease ends with the token that asked
 * for it. So before asking, what is noted is that token's accessor as {@code parent}, and nothing
 * else. Whoever finds only that revokes the token as soon as no other note has it as its parent:
 * until then the lease, if there is one, runs out as nobody renews it. A token that was given and
 * not logged in for is not ours to revoke; with one nothing is noted beforehand.
 */
final class VaultGenerator implements Generator {

  private static final String LEASE = "lease";
  private static final String MADE = "made";
  private static final String PARENT = "parent";
  private static final String LIFE = "life";
  private static final String ENDS = "ends";
  private static final String RENEWABLE = "renewable";

  /** What upstream's type of an answer has, and what of it is left out when it is empty. */
  private static final List<String> ENVELOPE =
      List.of(
          "request_id",
          "lease_id",
          "lease_duration",
          RENEWABLE,
          "data",
          "warnings",
          "auth",
          "wrap_info",
          "mount_type");

  private static final Set<String> UNLESS_EMPTY = Set.of("auth", "wrap_info", "mount_type");

  private static final List<String> AUTH =
      List.of(
          "client_token",
          "accessor",
          "policies",
          "token_policies",
          "identity_policies",
          "metadata",
          "orphan",
          "entity_id",
          "lease_duration",
          RENEWABLE,
          "mfa_requirement");

  private enum Result {
    Data,
    Auth,
    Raw
  }

  private final Vaults vaults;

  VaultGenerator(Vaults vaults) {
    this.vaults = vaults;
  }

  @Override
  public String kind() {
    return "VaultDynamicSecret";
  }

  /** What is asked. */
  private record Question(
      String method, String path, SecretBytes body, Result result, boolean mayBeEmpty) {

    static Question of(Fields spec) throws MalformedObjectException, StoreException {
      String path = spec.string("path").orElse("").replaceAll("^/+|/+$", "");
      if (path.isEmpty()) {
        throw new MalformedObjectException("no Vault path to query");
      }
      String method = spec.string("method").filter(it -> !it.isEmpty()).orElse("GET");
      String query = query(spec);
      Object parameters = spec.raw("parameters");
      String result = spec.string("resultType").filter(it -> !it.isEmpty()).orElse("Data");
      if (!List.of("Data", "Auth", "Raw").contains(result)) {
        throw new MalformedObjectException(
            spec.path() + ".resultType must be one of Data, Auth, Raw");
      }
      boolean mayBeEmpty = spec.bool("allowEmptyResponse").orElse(false);
      String encoded = KvPaths.encoded(path);
      return switch (method) {
        case "GET" -> new Question("GET", encoded + query, nothing(), type(result), mayBeEmpty);
        case "LIST" ->
            new Question("GET", encoded + "/?list=true", nothing(), type(result), mayBeEmpty);
        case "DELETE" -> new Question("DELETE", encoded, nothing(), type(result), mayBeEmpty);
        default ->
            new Question(
                "PUT",
                encoded,
                JsonText.of(parameters instanceof Map<?, ?> map ? map : Map.of()),
                type(result),
                mayBeEmpty);
      };
    }

    private static SecretBytes nothing() {
      return SecretBytes.wrap(new byte[0]);
    }

    private static Result type(String name) {
      return Result.valueOf(name);
    }

    private static String query(Fields spec) throws MalformedObjectException {
      Optional<Fields> parameters = spec.object("getParameters");
      List<String> all = new ArrayList<>();
      if (parameters.isPresent()) {
        for (String name : parameters.get().names()) {
          for (String value : parameters.get().strings(name)) {
            all.add(
                URLEncoder.encode(name, StandardCharsets.UTF_8)
                    + "="
                    + URLEncoder.encode(value, StandardCharsets.UTF_8));
          }
        }
      }
      return all.isEmpty() ? "" : "?" + String.join("&", all);
    }
  }

  @Override
  public Made generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException, StoreException {
    Question question = Question.of(spec);
    VaultServer server = server(identity, spec, sources.references());
    String what = identity + " " + question.method() + " " + question.path();
    try (SecretBytes body = question.body()) {
      byte[] sent = body.with(byte[]::clone);
      try (Endpoint.Answer answer =
          server.send(
              question.method(),
              question.path(),
              sent,
              use -> beforehand(server, what, use, sources))) {
        Made made = made(identity, question, server, answer, sources.clock());
        vaults.lasts(what, made.lasting().isPresent());
        return made;
      }
    } finally {
      server.close();
    }
  }

  private void beforehand(VaultServer server, String what, Session.Use use, Sources sources)
      throws StoreException {
    if (!server.replaces() || use.accessor().isEmpty() || !vaults.mayLast(what)) {
      return;
    }
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    state.put(PARENT, use.accessor());
    sources.notes().asking(use.accessor(), until(state, use.left(), sources.clock()).state());
  }

  private VaultServer server(String identity, Fields spec, References references)
      throws MalformedObjectException, StoreException {
    Fields provider =
        spec.object("provider")
            .orElseThrow(() -> new MalformedObjectException("no Vault provider config in spec"));
    Optional<Retries> retries = Retries.of(spec);
    // Paths are as they are; what says how a KV engine is read means nothing here.
    for (String unused : List.of("path", "version", "checkAndSet")) {
      provider.raw(unused);
    }
    // One that stands for all namespaces asks for each as that one.
    String session = identity + " for " + references.user().orElse("");
    return vaults.server(identity, session, provider, references, retries);
  }

  private static Made made(
      String identity,
      Question question,
      VaultServer server,
      Endpoint.Answer answer,
      InstantSource clock)
      throws StoreException {
    if (!answer.succeeded() && answer.code() != 404) {
      throw server.problem("unable to get dynamic secret: " + question.path(), answer);
    }
    if (answer.code() != 200) {
      return empty(identity, question);
    }
    try (Reply reply = server.reply(answer)) {
      Optional<Lasting> lasting = lasting(server, reply, clock);
      boolean wanted = false;
      try {
        Made made = new Made(values(identity, question, reply), lasting);
        wanted = true;
        return made;
      } finally {
        if (!wanted && lasting.isPresent()) {
          takeBack(server, lasting.get().state());
        }
      }
    } catch (JsonFields.NotAnObjectException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "unable to get dynamic secret: " + question.path() + " has no such part in its answer");
    }
  }

  private static Material values(String identity, Question question, Reply reply)
      throws StoreException, JsonFields.NotAnObjectException {
    Material values = new Material();
    fields(question, reply)
        .forEach(
            (name, value) ->
                values.put(name, new Item(value, new Origin(identity, question.path(), name, ""))));
    return values.isEmpty() ? empty(identity, question).values() : values;
  }

  private static Made empty(String identity, Question question) throws StoreException {
    if (question.mayBeEmpty()) {
      return Made.of(new Material());
    }
    throw new StoreException(
        new Problem.Conflict(),
        "unable to get dynamic secret: empty response from Vault at "
            + question.path()
            + "; allowEmptyResponse of "
            + identity
            + " would take that");
  }

  private static Map<String, SecretBytes> fields(Question question, Reply reply)
      throws JsonFields.NotAnObjectException {
    Map<String, SecretBytes> fields = new LinkedHashMap<>();
    switch (question.result()) {
      case Data -> part(reply, "data", fields, List.of());
      case Auth -> part(reply, "auth", fields, AUTH);
      case Raw ->
          ENVELOPE.forEach(
              name -> {
                Optional<SecretBytes> value = reply.raw(name).filter(VaultGenerator::said);
                if (value.isPresent() || !UNLESS_EMPTY.contains(name)) {
                  fields.put(name, copy(value));
                }
              });
    }
    return fields;
  }

  private static boolean said(SecretBytes value) {
    return value.with(bytes -> bytes.length > 0);
  }

  private static SecretBytes copy(Optional<SecretBytes> value) {
    return value.map(SecretBytes::copy).orElseGet(() -> SecretBytes.wrap(new byte[0]));
  }

  /**
   * @param names the fields that are wanted, all if there are none
   */
  private static void part(
      Reply reply, String part, Map<String, SecretBytes> fields, List<String> names)
      throws JsonFields.NotAnObjectException {
    Optional<Reply> found = reply.object(part);
    if (found.isPresent()) {
      try (Reply given = found.get()) {
        for (String name : names.isEmpty() ? List.copyOf(given.fields().keySet()) : names) {
          fields.put(name, copy(given.raw(name)));
        }
      }
    }
  }

  private static Optional<Lasting> lasting(VaultServer server, Reply reply, InstantSource clock)
      throws StoreException, JsonFields.NotAnObjectException {
    Map<String, @Nullable Object> state = new LinkedHashMap<>();
    Duration life;
    String lease = reply.text("lease_id");
    if (lease.isEmpty()) {
      Optional<Reply> auth = reply.object("auth");
      if (auth.isEmpty()) {
        return Optional.empty();
      }
      try (Reply given = auth.get()) {
        state.put(MADE, given.text("accessor"));
        state.put(RENEWABLE, given.flag(RENEWABLE));
        life = Duration.ofSeconds(given.number("lease_duration"));
      }
      if (state.get(MADE) instanceof String accessor && accessor.isEmpty()) {
        return Optional.empty();
      }
    } else {
      state.put(LEASE, lease);
      state.put(RENEWABLE, reply.flag(RENEWABLE));
      life = Duration.ofSeconds(reply.number("lease_duration"));
    }
    server.keep();
    Session.Standing asked = server.standing();
    state.put(PARENT, asked.accessor());
    state.put(LIFE, life.toSeconds());
    Duration good = sooner(life, asked.left());
    return Optional.of(until(state, good, clock));
  }

  /** Zero is never. */
  private static Duration sooner(Duration one, Duration other) {
    if (one.isZero() || other.isZero()) {
      return one.plus(other);
    }
    return one.compareTo(other) < 0 ? one : other;
  }

  private static Lasting until(
      Map<String, @Nullable Object> state, Duration good, InstantSource clock) {
    Map<String, @Nullable Object> now = new LinkedHashMap<>(state);
    if (good.isPositive()) {
      now.put(ENDS, clock.instant().plus(good).truncatedTo(ChronoUnit.SECONDS).toString());
    } else {
      now.remove(ENDS);
    }
    return new Lasting(now, good);
  }

  @Override
  public Optional<Lasting> renew(
      String identity, Fields spec, Map<String, @Nullable Object> state, Sources sources)
      throws MalformedObjectException, StoreException {
    VaultServer server = server(identity, spec, sources.references());
    try {
      server.keep();
      Optional<Duration> parent = parent(server, text(state, PARENT));
      if (parent.isEmpty()) {
        return Optional.empty();
      }
      Duration life = Duration.ofSeconds(state.get(LIFE) instanceof Long it ? it : 0);
      Duration own =
          Boolean.TRUE.equals(state.get(RENEWABLE))
              ? renewed(server, state, life, sources.clock())
              : left(state, life, sources.clock());
      if (own.isNegative()) {
        return Optional.empty();
      }
      Duration good = sooner(own, parent.get());
      boolean last = life.isPositive() && good.multipliedBy(3).compareTo(life) <= 0;
      return last ? Optional.empty() : Optional.of(until(state, good, sources.clock()));
    } finally {
      server.close();
    }
  }

  /** What is left of the token that asked; empty where that cannot be known. */
  private static Optional<Duration> parent(VaultServer server, String accessor)
      throws StoreException {
    Session.Standing now = server.standing();
    if (accessor.isEmpty() || accessor.equals(now.accessor())) {
      return Optional.of(now.left());
    }
    return server.tokenRenewed(accessor);
  }

  /** What is left of it; negative where it is gone. */
  private static Duration renewed(
      VaultServer server, Map<String, @Nullable Object> state, Duration life, InstantSource clock)
      throws StoreException {
    try {
      if (state.containsKey(MADE)) {
        return server.tokenRenewed(text(state, MADE)).orElseGet(() -> left(state, life, clock));
      }
      return server.renewed(text(state, LEASE), life);
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.Denied) {
        // It may read and not renew.
        return left(state, life, clock);
      }
      if (e.problem() instanceof Problem.Malformed || e.problem() instanceof Problem.NotFound) {
        return Duration.ofSeconds(-1);
      }
      throw e;
    }
  }

  private static Duration left(
      Map<String, @Nullable Object> state, Duration life, InstantSource clock) {
    return ends(state).map(ends -> Duration.between(clock.instant(), ends)).orElse(life);
  }

  private static Optional<Instant> ends(Map<String, @Nullable Object> state) {
    try {
      return Optional.of(text(state, ENDS)).filter(it -> !it.isEmpty()).map(Instant::parse);
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  private static String text(Map<String, @Nullable Object> state, String name) {
    return state.get(name) instanceof String text ? text : "";
  }

  @Override
  public void takeBack(
      String identity, Fields spec, Map<String, @Nullable Object> state, Sources sources)
      throws MalformedObjectException, StoreException {
    if (Stream.of(LEASE, MADE, PARENT).allMatch(each -> text(state, each).isEmpty())) {
      return;
    }
    if (!answered(state)) {
      orFree(state, sources.notes());
    }
    try {
      VaultServer server = server(identity, spec, sources.references());
      try {
        if (answered(state)) {
          takeBack(server, state);
        } else {
          endParent(server, text(state, PARENT));
        }
      } finally {
        server.close();
      }
    } catch (StoreException | MalformedObjectException e) {
      if (e instanceof StoreException failure && failure.problem() instanceof Problem.Conflict) {
        throw failure;
      }
      // Nobody can log in any more, for instance: what has run out needs nobody.
      if (ends(state).filter(it -> it.isBefore(sources.clock().instant())).isEmpty()) {
        throw e;
      }
    }
  }

  private static boolean answered(Map<String, @Nullable Object> state) {
    return !text(state, LEASE).isEmpty() || !text(state, MADE).isEmpty();
  }

  private static void takeBack(VaultServer server, Map<String, @Nullable Object> state)
      throws StoreException {
    if (text(state, LEASE).isEmpty()) {
      server.tokenRevoked(text(state, MADE));
    } else {
      server.revoked(text(state, LEASE));
    }
  }

  /** Fails while something is in use that would end as well. */
  private static void orFree(Map<String, @Nullable Object> state, Notes notes)
      throws StoreException {
    String parent = text(state, PARENT);
    for (Map<String, @Nullable Object> other : notes.others()) {
      if (answered(other) && text(other, PARENT).equals(parent)) {
        throw inUse();
      }
    }
  }

  private static void endParent(VaultServer server, String parent) throws StoreException {
    if (server.standing().accessor().equals(parent)) {
      throw inUse();
    }
    server.tokenRevoked(parent);
  }

  private static StoreException inUse() {
    return new StoreException(
        new Problem.Conflict(), "the token that asked is still used for something else");
  }
}
