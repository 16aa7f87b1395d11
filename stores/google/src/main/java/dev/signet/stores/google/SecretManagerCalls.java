package dev.signet.stores.google;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.JsonBody;
import dev.signet.stores.https.Tokens;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Secret Manager's REST API, version 1, that a store needs.
 *
 * <pre>
 * GET    projects/P/secrets/K                      its labels, annotations, topics and etag
 * GET    projects/P/secrets/K/versions/V:access    a payload in Base64, with its CRC32C
 * GET    projects/P/secrets/K/versions?filter=     which versions there are
 * GET    projects/P/secrets?filter=                which secrets there are
 * POST   projects/P/secrets?secretId=K             a new one
 * PATCH  projects/P/secrets/K?updateMask=          other labels and annotations
 * POST   projects/P/secrets/K:addVersion           a new payload
 * DELETE projects/P/secrets/K?etag=                all of it
 * </pre>
 *
 * <p>A location puts {@code locations/L} after the project and has a server of its own. A payload
 * has 64 KiB at most. Errors are told apart by the status in their body, of which nothing else is
 * quoted.
 */
final class SecretManagerCalls {

  private static final JsonFactory JSON = new JsonFactory();
  private static final String CALLS = "GCP/SecretManager";
  private static final byte[] NOTHING = {};
  private static final int LARGEST_PAYLOAD = 64 << 10;
  private static final int MOST_LISTED = 100_000;
  private static final int PAGE = 1_000;

  /**
   * Where secrets are.
   *
   * @param location empty for those of the whole project
   */
  record Place(String project, String location) {
    String parent() {
      return "projects/" + project + (location.isEmpty() ? "" : "/locations/" + location);
    }

    String server() {
      return location.isEmpty()
          ? "https://secretmanager.googleapis.com/v1/"
          : "https://secretmanager." + location + ".rep.googleapis.com/v1/";
    }
  }

  /**
   * Tells where secrets are; it may have to ask the machine, so it is asked when that is needed.
   */
  @FunctionalInterface
  interface Where {
    Place place() throws StoreException;
  }

  /** Who asks. */
  record Identity(String name, Tokens tokens, Login login) {}

  /**
   * A secret without its payloads.
   *
   * @param key its short name
   */
  record Entry(
      String key,
      Map<String, String> labels,
      Map<String, String> annotations,
      List<String> topics,
      String etag) {}

  /** A payload. */
  record Version(String number, SecretBytes payload) {}

  private final Endpoint endpoint;
  private final ApiCalls calls;
  private final Where where;
  private final Identity identity;
  private final boolean fallsBack;

  /**
   * @param fallsBack whether the newest version that is enabled is taken where the latest is not
   */
  SecretManagerCalls(
      Endpoint endpoint, ApiCalls calls, Where where, Identity identity, boolean fallsBack) {
    this.endpoint = endpoint;
    this.calls = calls;
    this.where = where;
    this.identity = identity;
    this.fallsBack = fallsBack;
  }

  Place place() throws StoreException {
    return where.place();
  }

  void login() throws StoreException {
    var _ = token();
  }

  private String token() throws StoreException {
    return identity.tokens().of(identity.name(), identity.login()::token);
  }

  Optional<Entry> entry(String key) throws StoreException {
    try (Endpoint.Answer answer = send("GetSecret", "GET", path(key), NOTHING)) {
      if (answer.code() == 404) {
        return Optional.empty();
      }
      return Optional.of(entry(reply("cannot read " + where(key), answer)));
    }
  }

  private String where(String key) {
    return "key " + key + " of " + endpoint.identity();
  }

  /** A version; the latest if none is named. */
  Version version(String key, String version) throws StoreException {
    if (!version.matches("[A-Za-z0-9_-]{0,63}")) {
      throw malformed(where(key) + ": a version is a number, latest, or the name of an alias");
    }
    String named = version.isEmpty() ? "latest" : version;
    try (Endpoint.Answer answer = access(path(key) + "/versions/" + named)) {
      if (answer.succeeded()) {
        return version(answer, key);
      }
      if (notEnabled(answer)) {
        Optional<String> other =
            fallsBack && version.isEmpty() ? newestEnabled(key) : Optional.empty();
        if (other.isPresent()) {
          return version(key, other.get());
        }
        throw new StoreException(
            new Problem.Conflict(),
            "version " + named + " of " + where(key) + " is destroyed or disabled");
      }
      throw answer.code() == 404
          ? missing((version.isEmpty() ? "" : "version " + version + " of ") + where(key))
          : problem("unable to access " + where(key), answer);
    }
  }

  StoreException missing(String what) {
    return new StoreException(new Problem.NotFound(), "Secret does not exist: " + what);
  }

  private Endpoint.Answer access(String version) throws StoreException {
    return send("AccessSecretVersion", "GET", version + ":access", NOTHING);
  }

  private static boolean notEnabled(Endpoint.Answer answer) {
    return answer.code() == 400 && status(answer).equals("FAILED_PRECONDITION");
  }

  /** The number of the newest version that is enabled. */
  Optional<String> newestEnabled(String key) throws StoreException {
    Instant newest = Instant.MIN;
    Optional<String> number = Optional.empty();
    String next = "";
    do {
      String query = "?filter=" + encoded("state:ENABLED") + "&pageSize=" + PAGE + after(next);
      try (Endpoint.Answer answer =
          send("ListSecretVersions", "GET", path(key) + "/versions" + query, NOTHING)) {
        if (answer.code() == 404) {
          return Optional.empty();
        }
        Fields page = reply("cannot list the versions of " + where(key), answer);
        for (Fields each : page.objects("versions")) {
          Instant created = Instant.parse(each.requiredString("createTime"));
          if (each.string("state").orElse("").equals("ENABLED") && created.isAfter(newest)) {
            newest = created;
            number = Optional.of(tail(each.requiredString("name")));
          }
        }
        next = page.string("nextPageToken").orElse("");
      } catch (MalformedObjectException | DateTimeParseException e) {
        throw strange();
      }
    } while (!next.isEmpty());
    return number;
  }

  /**
   * The secrets that may fit; whoever asks looks again.
   *
   * @param prefix what names begin with; the server takes those that contain it
   */
  List<Entry> list(String prefix, Map<String, String> labels) throws StoreException {
    List<String> filter = new ArrayList<>();
    for (Map.Entry<String, String> each : new TreeMap<>(labels).entrySet()) {
      filter.add("labels." + term(each.getKey()) + "=" + term(each.getValue()));
    }
    if (!prefix.isEmpty()) {
      filter.add("name:" + term(prefix));
    }
    String query =
        "?pageSize="
            + PAGE
            + (filter.isEmpty() ? "" : "&filter=" + encoded(String.join(" ", filter)));
    List<Entry> all = new ArrayList<>();
    String next = "";
    do {
      try (Endpoint.Answer answer =
          send(
              "ListSecrets", "GET", place().parent() + "/secrets" + query + after(next), NOTHING)) {
        Fields page = reply("cannot list the secrets of " + endpoint.identity(), answer);
        for (Fields each : page.objects("secrets")) {
          all.add(entry(each));
        }
        next = page.string("nextPageToken").orElse("");
      } catch (MalformedObjectException e) {
        throw strange();
      }
      if (all.size() > MOST_LISTED) {
        throw malformed(
            "a search of " + endpoint.identity() + " lists too much: name a path or more tags");
      }
    } while (!next.isEmpty());
    return all;
  }

  /** What may stand in a filter and mean itself: all that names and labels may consist of. */
  private String term(String text) throws StoreException {
    if (!text.matches("[\\p{Ll}\\p{Lo}A-Z0-9_-]{1,255}")) {
      throw malformed(
          "a search of "
              + endpoint.identity()
              + " is for something that no name and no label can be: letters, digits, - and _");
    }
    return text;
  }

  private static String after(String page) {
    return page.isEmpty() ? "" : "&pageToken=" + encoded(page);
  }

  /** A new secret without a payload. */
  Entry create(String key, Map<String, Object> secret) throws StoreException {
    String path = path(key);
    byte[] body = JsonBody.of(secret);
    try (Endpoint.Answer answer =
        send("CreateSecret", "POST", place().parent() + "/secrets?secretId=" + tail(path), body)) {
      return entry(reply("cannot create " + where(key), answer));
    }
  }

  /** Other labels and annotations, if the secret is still the one that was read. */
  void update(Entry entry, Map<String, String> labels, Map<String, String> annotations)
      throws StoreException {
    Map<String, Object> secret = new LinkedHashMap<>();
    secret.put("name", path(entry.key()));
    secret.put("etag", entry.etag());
    secret.put("labels", labels);
    secret.put("annotations", annotations);
    String query = "?updateMask=" + encoded("labels,annotations");
    try (Endpoint.Answer answer =
        send("UpdateSecret", "PATCH", path(entry.key()) + query, JsonBody.of(secret))) {
      settled("cannot write the labels of " + where(entry.key()), answer);
    }
  }

  /** Refuses what is too large before anything is written. */
  void requireSize(String key, SecretBytes payload) throws StoreException {
    if (payload.size() > LARGEST_PAYLOAD) {
      throw malformed(
          "the value for "
              + where(key)
              + " is too large: Secret Manager keeps "
              + LARGEST_PAYLOAD
              + " bytes");
    }
  }

  void add(String key, SecretBytes payload) throws StoreException {
    byte[] body =
        JsonBody.of(
            Map.of(
                "payload",
                Map.of(
                    "data",
                    new JsonBody.Base64(payload),
                    "dataCrc32c",
                    Long.toString(
                        payload.<Long, RuntimeException>with(SecretManagerCalls::crc32c)))));
    try (Endpoint.Answer answer =
        send("AddSecretVersion", "POST", path(key) + ":addVersion", body)) {
      settled("cannot write " + where(key), answer);
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /** All of it, if it is still the one that was read. */
  void delete(Entry entry) throws StoreException {
    String query = entry.etag().isEmpty() ? "" : "?etag=" + encoded(entry.etag());
    try (Endpoint.Answer answer =
        send("DeleteSecret", "DELETE", path(entry.key()) + query, NOTHING)) {
      if (answer.code() != 404) {
        settled("cannot delete " + where(entry.key()), answer);
      }
    }
  }

  /** An etag that does not fit any more is a conflict, whichever way it is said. */
  private void settled(String what, Endpoint.Answer answer) throws StoreException {
    if (!answer.succeeded()) {
      StoreException problem = problem(what, answer);
      throw status(answer).equals("FAILED_PRECONDITION")
          ? new StoreException(new Problem.Conflict(), problem.getMessage())
          : problem;
    }
  }

  private String path(String key) throws StoreException {
    if (!key.matches("[A-Za-z0-9_-]{1,255}")) {
      throw malformed(
          where(key) + ": the name of a secret has letters, digits, - and _, at most 255");
    }
    return place().parent() + "/secrets/" + key;
  }

  private Endpoint.Answer send(String call, String method, String path, byte[] body)
      throws StoreException {
    String token = token();
    Endpoint.Answer answer = sent(call, method, path, body, token);
    if (answer.code() != 401 || !identity.tokens().refused(identity.name(), token)) {
      return answer;
    }
    answer.close();
    return sent(call, method, path, body, token());
  }

  private Endpoint.Answer sent(String call, String method, String path, byte[] body, String token)
      throws StoreException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", "Bearer " + token);
    headers.put("Accept", "application/json");
    if (body.length > 0) {
      headers.put("Content-Type", "application/json");
    }
    boolean succeeded = false;
    try {
      Endpoint.Answer answer =
          endpoint.send(method, URI.create(place().server() + path), headers, body);
      succeeded = answer.succeeded();
      return answer;
    } finally {
      calls.ended(CALLS, call, succeeded);
    }
  }

  private StoreException problem(String what, Endpoint.Answer answer) {
    String status = status(answer);
    StoreException problem = endpoint.problem(what, answer);
    return new StoreException(
        status.equals("RESOURCE_EXHAUSTED") && !(problem.problem() instanceof Problem.Throttled)
            ? new Problem.Throttled(Duration.ofSeconds(1))
            : problem.problem(),
        problem.getMessage() + (status.isEmpty() ? "" : ", " + status));
  }

  /** The name of the error, which is one of a list of Google's. */
  private static String status(Endpoint.Answer answer) {
    Optional<Map<String, @Nullable Object>> tree = JsonTree.object(answer.body());
    return tree.isPresent()
            && tree.get().get("error") instanceof Map<?, ?> error
            && error.get("status") instanceof String status
            && status.matches("[A-Z_]{1,40}")
        ? status
        : "";
  }

  private Fields reply(String what, Endpoint.Answer answer) throws StoreException {
    if (!answer.succeeded()) {
      throw problem(what, answer);
    }
    return Fields.of(JsonTree.object(answer.body()).orElseThrow(this::strange), "answer");
  }

  private Entry entry(Fields secret) throws StoreException {
    try {
      List<String> topics = new ArrayList<>();
      for (Fields each : secret.objects("topics")) {
        topics.add(each.requiredString("name"));
      }
      return new Entry(
          tail(secret.requiredString("name")),
          secret.stringMap("labels"),
          secret.stringMap("annotations"),
          topics,
          secret.string("etag").orElse(""));
    } catch (MalformedObjectException e) {
      throw strange();
    }
  }

  private static String tail(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  private StoreException strange() {
    return endpoint.unreachable("sent an answer that is not Secret Manager's");
  }

  private static StoreException malformed(String message) {
    return new StoreException(new Problem.Malformed(), message);
  }

  /** A payload goes from Base64 straight into bytes. */
  private Version version(Endpoint.Answer answer, String key) throws StoreException {
    String name = "";
    SecretBytes payload = SecretBytes.wrap(new byte[0]);
    OptionalLong sum = OptionalLong.empty();
    try (JsonParser parser = JSON.createParser(answer.body())) {
      parser.nextToken();
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        String field = parser.currentName();
        JsonToken token = parser.nextToken();
        if (field.equals("name")) {
          name = parser.getText();
        } else if (field.equals("payload") && token == JsonToken.START_OBJECT) {
          while (parser.nextToken() == JsonToken.FIELD_NAME) {
            String part = parser.currentName();
            parser.nextToken();
            switch (part) {
              case "data" -> payload = SecretBytes.wrap(parser.getBinaryValue());
              case "dataCrc32c" -> sum = OptionalLong.of(Long.parseLong(parser.getText()));
              default -> parser.skipChildren();
            }
          }
        } else {
          parser.skipChildren();
        }
      }
    } catch (IOException | NumberFormatException e) {
      payload.close();
      throw strange();
    }
    long own = payload.<Long, RuntimeException>with(SecretManagerCalls::crc32c);
    if (name.isEmpty() || (sum.isPresent() && sum.getAsLong() != own)) {
      payload.close();
      throw endpoint.unreachable("sent a payload of key " + key + " that was damaged on its way");
    }
    return new Version(tail(name), payload);
  }

  private static long crc32c(byte[] bytes) {
    CRC32C sum = new CRC32C();
    sum.update(bytes);
    return sum.getValue();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
