package dev.signet.stores.https;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.StoreException;
import dev.signet.yaml.GoJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Akeyless' API (version 2): every call is a POST of a JSON object that holds the token.
 *
 * <p>What is no text is read as upstream reads it, into a tree that is written again: keys sorted,
 * {@code < > &} escaped, numbers as float64.
 */
final class AkeylessApi {

  /** Names are listed so many at once; more than these are a mistake in what is looked for. */
  private static final int MOST = 100_000;

  /** Accounts may say less, down to minutes: whoever is refused logs in again. */
  private static final Duration LIFE = Duration.ofMinutes(30);

  private static final String DEFAULT = "https://api.akeyless.io";

  /** What holds values. */
  enum Kind {
    STATIC("static-secret", "GetSecretValue"),
    DYNAMIC("dynamic-secret", "GetDynamicSecretsValue"),
    ROTATED("rotated-secret", "GetRotatedSecretValue"),
    CERTIFICATE("certificate", "GetCertificateValue");

    private final String listed;
    private final String call;

    Kind(String listed, String call) {
      this.listed = listed;
      this.call = call;
    }

    private static Optional<Kind> of(String type) {
      return switch (type) {
        case "STATIC_SECRET" -> Optional.of(STATIC);
        case "DYNAMIC_SECRET" -> Optional.of(DYNAMIC);
        case "ROTATED_SECRET" -> Optional.of(ROTATED);
        case "CERTIFICATE" -> Optional.of(CERTIFICATE);
        default -> Optional.empty();
      };
    }
  }

  /**
   * One of them.
   *
   * @param version the last one; empty where none is told
   */
  record Entry(String name, Kind kind, String version, List<String> tags) {}

  /** Which paths are below {@code /v2}: asked of each server once. */
  static final class Versions {
    private static final int MOST = 256;
    private final Map<String, String> prefixes =
        new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);

    private synchronized @Nullable String known(String server) {
      return prefixes.get(server);
    }

    private synchronized void learn(String server, String prefix) {
      prefixes.put(server, prefix);
      if (prefixes.size() > MOST) {
        prefixes.remove(prefixes.keySet().iterator().next());
      }
    }
  }

  private final RestApi api;
  private final String server;
  private final AkeylessLogin login;
  private final String name;
  private final Tokens tokens;
  private final Versions versions;
  private final boolean ignoreCache;

  /**
   * @param server its address, which {@code api} asks
   * @param ignoreCache whether a gateway has to ask Akeyless for each value
   */
  AkeylessApi(
      RestApi api,
      String server,
      AkeylessLogin login,
      Tokens tokens,
      Versions versions,
      boolean ignoreCache) {
    this.api = api;
    this.server = server;
    this.login = login;
    this.name = Tokens.identity("akeyless", server, login.name());
    this.tokens = tokens;
    this.versions = versions;
    this.ignoreCache = ignoreCache;
  }

  static String server(Fields configuration) throws MalformedObjectException {
    return configuration.string("akeylessGWApiURL").filter(it -> !it.isEmpty()).orElse(DEFAULT);
  }

  String where(String key) {
    return "key " + key + " of " + api.identity();
  }

  String identity() {
    return api.identity();
  }

  /** Logs in, where nobody who asks as the same has. */
  void verify() throws StoreException {
    var _ = tokens.of(name, this::token);
  }

  private Tokens.Token token() throws StoreException {
    try (Endpoint.Answer answer =
        api.send("Auth", "POST", prefix() + "/auth", Map.of(), login.body())) {
      if (!answer.succeeded()) {
        throw api.refusal(answer);
      }
      return new Tokens.Token(api.reply(answer).requiredString("token"), LIFE);
    } catch (MalformedObjectException e) {
      throw api.strange();
    }
  }

  /**
   * What stands before each path. As upstream finds out: where Akeyless' own address or one that
   * ends in {@code /v2} is not what is given, the server is asked for no command at all. One that
   * knows of commands is the right one, any other is right below {@code /v2}.
   */
  private String prefix() throws StoreException {
    if (server.equals(DEFAULT) || server.endsWith("/v2")) {
      return "";
    }
    String known = versions.known(server);
    if (known != null) {
      return known;
    }
    try (Endpoint.Answer answer =
        api.send("Version", "POST", "", Map.of("Content-Type", "application/json"), Map.of())) {
      String prefix =
          new String(answer.body(), StandardCharsets.UTF_8).contains("unknown command")
              ? ""
              : "/v2";
      versions.learn(server, prefix);
      return prefix;
    }
  }

  private Endpoint.Answer send(String call, String path, Map<String, ?> body)
      throws StoreException {
    String token = tokens.of(name, this::token);
    Endpoint.Answer answer = once(call, path, body, token);
    if (answer.code() != 401 || !tokens.refused(name, token)) {
      return answer;
    }
    answer.close();
    return once(call, path, body, tokens.of(name, this::token));
  }

  private Endpoint.Answer once(String call, String path, Map<String, ?> body, String token)
      throws StoreException {
    Map<String, Object> all = new LinkedHashMap<>(body);
    all.put(token.startsWith("u-") ? "uid-token" : "token", token);
    return api.send(call, "POST", prefix() + path, Map.of(), all);
  }

  /** What is there under that name. */
  Optional<Entry> describe(String key) throws StoreException {
    try (Endpoint.Answer answer = send("DescribeItem", "/describe-item", Map.of("name", key))) {
      if (answer.code() == 404) {
        return Optional.empty();
      }
      if (!answer.succeeded()) {
        throw api.problem("cannot read " + where(key), answer);
      }
      Fields item = api.reply(answer);
      if (item.string("item_name").isEmpty()) {
        return Optional.empty();
      }
      String type = item.string("item_type").orElse("");
      Kind kind =
          Kind.of(type)
              .orElseThrow(
                  () ->
                      new StoreException(
                          new Problem.Malformed(),
                          where(key) + " is of a kind that holds no value: " + type));
      return Optional.of(
          new Entry(
              key,
              kind,
              item.raw("last_version") instanceof Number number
                  ? Long.toString(number.longValue())
                  : "",
              item.strings("item_tags")));
    } catch (MalformedObjectException e) {
      throw api.strange();
    }
  }

  /**
   * The names below a path, those with a tag where one is given.
   *
   * @param path empty for all, else with slashes at both ends
   */
  List<Entry> list(String path, String tag) throws StoreException {
    List<Entry> all = new ArrayList<>();
    Set<String> pages = new HashSet<>();
    String next = "";
    do {
      Map<String, Object> body = new LinkedHashMap<>();
      body.put("filter", path);
      body.put("type", List.of(Kind.STATIC.listed, Kind.DYNAMIC.listed, Kind.ROTATED.listed));
      body.put("minimal-view", tag.isEmpty());
      body.put("tag", tag);
      if (!next.isEmpty()) {
        body.put("pagination-token", next);
      }
      try (Endpoint.Answer answer = send("ListItems", "/list-items", body)) {
        if (!answer.succeeded()) {
          throw api.problem("cannot list the items of " + api.identity(), answer);
        }
        Fields page = api.reply(answer);
        for (Fields item : page.objects("items")) {
          Optional<Kind> kind = Kind.of(item.string("item_type").orElse(""));
          String found = item.requiredString("item_name");
          // A filter is looked for anywhere in a name.
          if (found.startsWith(path) && kind.isPresent()) {
            all.add(new Entry(found, kind.get(), "", List.of()));
          }
        }
        next = page.string("next_page").orElse("");
      } catch (MalformedObjectException e) {
        throw api.strange();
      }
      if (all.size() > MOST || (!next.isEmpty() && !pages.add(next))) {
        throw api.strange();
      }
    } while (!next.isEmpty());
    return all;
  }

  /**
   * Its value; empty when it is not there any more.
   *
   * @param version empty for the last one
   */
  Optional<SecretBytes> value(Entry entry, String version) throws StoreException {
    Map<String, Object> body = new LinkedHashMap<>();
    String path =
        switch (entry.kind()) {
          case STATIC -> {
            body.put("names", List.of(entry.name()));
            yield "/get-secret-value";
          }
          case ROTATED -> {
            body.put("names", entry.name());
            yield "/get-rotated-secret-value";
          }
          case DYNAMIC -> {
            body.put("name", entry.name());
            yield "/get-dynamic-secret-value";
          }
          case CERTIFICATE -> {
            body.put("name", entry.name());
            yield "/get-certificate-value";
          }
        };
    if (entry.kind() != Kind.DYNAMIC) {
      if (!version.isEmpty()) {
        body.put("version", Integer.valueOf(version));
      }
      if (ignoreCache) {
        body.put("ignore-cache", "true");
      }
    }
    try (Endpoint.Answer answer = send(entry.kind().call, path, body)) {
      if (answer.code() == 404) {
        return Optional.empty();
      }
      if (!answer.succeeded()) {
        throw api.problem("cannot read " + where(entry.name()), answer);
      }
      return Optional.of(
          switch (entry.kind()) {
            case STATIC -> named(answer, entry.name());
            case DYNAMIC -> written(tree(answer));
            case ROTATED -> rotated(tree(answer));
            case CERTIFICATE -> certificate(tree(answer));
          });
    }
  }

  private SecretBytes named(Endpoint.Answer answer, String key) throws StoreException {
    Map<String, SecretBytes> values = api.fields(answer.body());
    SecretBytes value = values.remove(key);
    RestApi.close(values);
    if (value == null) {
      throw api.strange();
    }
    return value;
  }

  private Map<String, @Nullable Object> tree(Endpoint.Answer answer) throws StoreException {
    return JsonTree.object(answer.body()).orElseThrow(api::strange);
  }

  private SecretBytes rotated(Map<String, @Nullable Object> answer) throws StoreException {
    if (!answer.containsKey("value")) {
      return written(answer);
    }
    if (!(answer.get("value") instanceof Map<?, ?> value)) {
      throw api.strange();
    }
    if (value.get("payload") instanceof String payload) {
      return SecretBytes.wrap(payload.getBytes(StandardCharsets.UTF_8));
    }
    return written(value.containsKey("target_value") ? value.get("target_value") : value);
  }

  private static SecretBytes certificate(Map<String, @Nullable Object> answer) {
    Map<String, @Nullable Object> known = new LinkedHashMap<>();
    for (String field : List.of("certificate_pem", "private_key_pem")) {
      if (answer.get(field) instanceof String text) {
        known.put(field, text);
      }
    }
    return written(known);
  }

  private static SecretBytes written(@Nullable Object tree) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      GoJson.write(tree, GoJson.Layout.COMPACT, GoJson.Keys.SORTED, out);
      return SecretBytes.wrap(out.toByteArray());
    } catch (IOException e) {
      throw new AssertionError("writing to memory cannot fail", e);
    }
  }

  void create(String key, SecretBytes value, String tag) throws StoreException {
    write(
        "CreateSecret",
        "/create-secret",
        key,
        Map.of("name", key, "value", value, "tags", List.of(tag)));
  }

  void update(String key, SecretBytes value) throws StoreException {
    write("UpdateSecretVal", "/update-secret-val", key, Map.of("name", key, "value", value));
  }

  void delete(String key) throws StoreException {
    write("DeleteItem", "/delete-item", key, Map.of("name", key));
  }

  private void write(String call, String path, String key, Map<String, ?> body)
      throws StoreException {
    try (Endpoint.Answer answer = send(call, path, body)) {
      if (!answer.succeeded() && !(answer.code() == 404 && call.equals("DeleteItem"))) {
        throw api.problem("cannot write " + where(key), answer);
      }
    }
  }

  void close() {
    login.close();
  }
}
