package dev.signet.stores.contract.doubles;

import static dev.signet.testkit.web.StrictServer.require;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.JsonTree;
import dev.signet.testkit.web.StrictServer;
import dev.signet.testkit.web.StrictServer.Answer;
import dev.signet.testkit.web.StrictServer.Complaint;
import dev.signet.testkit.web.StrictServer.Request;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** As much of Akeyless' API as a store asks. */
public final class AkeylessDouble implements StrictServer.Protocol {

  /** In what has to be logged in with: any token that looks like one of Kubernetes. */
  public static final String ANY_JWT = "any JWT";

  private static final String ACCOUNT_TOKEN = "k8s-service-account-token";
  private static final int PAGE = 1000;

  /** An item with its versions. */
  public static final class Kept {
    public final String type;
    public final List<String> versions = new ArrayList<>();
    public final Set<String> tags = new TreeSet<>();

    public Kept(String type) {
      this.type = type;
    }
  }

  /** By name. */
  public final Map<String, Kept> items = new ConcurrentSkipListMap<>();

  /** What dynamic and rotated secrets and certificates answer, by name. */
  public final Map<String, String> answers = new TreeMap<>();

  public final Set<String> tokens = ConcurrentHashMap.newKeySet();

  /** What has to be logged in with. */
  public volatile Map<String, String> login =
      Map.of("access-id", "p-1", "access-type", "access_key", "access-key", "secret");

  /** What tokens begin with. */
  public String begins = "t-";

  /** Whether it wants a gateway's cache passed by. */
  public boolean ignoreCache;

  private int issued;

  /** A static secret as somebody else makes it. */
  public int put(String name, String value) {
    Kept kept = items.computeIfAbsent(name, _ -> new Kept("STATIC_SECRET"));
    kept.versions.add(value);
    return kept.versions.size();
  }

  @Override
  public Answer to(Request request) throws Exception {
    require(request.method().equals("POST"), "method");
    request.onlyQuery();
    request.header("Content-Type", "application/json");
    String path = request.path();
    switch (request.host()) {
      case "api.akeyless.io" -> {}
      case "gateway.test:8080" -> {
        if (path.equals("/")) {
          return Answer.json(404, "{\"error\": \"not found\"}");
        }
        require(path.startsWith("/v2/"), "paths of a gateway are below /v2");
        path = path.substring(3);
      }
      case "old.test" -> {
        if (path.equals("/")) {
          return Answer.json(400, "{\"error\": \"unknown command\"}");
        }
      }
      default -> throw new Complaint("nobody is at " + request.host());
    }
    Fields body =
        Fields.of(
            JsonTree.object(request.body())
                .orElseThrow(() -> new Complaint("the body is no JSON object")),
            "body");
    Answer answer = path.equals("/auth") ? auth(body) : known(path, body);
    body.refuseUnread();
    return answer;
  }

  private synchronized Answer auth(Fields body) throws MalformedObjectException {
    Map<String, String> given = new TreeMap<>();
    for (String each : body.names()) {
      given.put(each, body.requiredString(each));
    }
    if (ANY_JWT.equals(login.get(ACCOUNT_TOKEN))
        && new String(
                Base64.getDecoder().decode(given.getOrDefault(ACCOUNT_TOKEN, "")),
                StandardCharsets.UTF_8)
            .matches("[-_A-Za-z0-9]+[.][-_A-Za-z0-9]+[.][-_A-Za-z0-9]+")) {
      given.put(ACCOUNT_TOKEN, ANY_JWT);
    }
    if (!given.equals(login)) {
      return Answer.json(401, "{\"error\": \"Unauthorized\"}");
    }
    String token = begins + ++issued;
    tokens.add(token);
    return Answer.json(200, "{\"token\": \"%s\"}".formatted(token));
  }

  private Answer known(String path, Fields body) throws MalformedObjectException {
    String token = body.requiredString(begins.equals("u-") ? "uid-token" : "token");
    if (!tokens.contains(token)) {
      body.names().forEach(body::raw);
      return Answer.json(401, "{\"error\": \"Unauthorized: expired\"}");
    }
    return switch (path) {
      case "/describe-item" -> describe(body.requiredString("name"));
      case "/get-secret-value" -> {
        List<String> names = body.strings("names");
        require(names.size() == 1, "one name");
        yield value("STATIC_SECRET", names.getFirst(), body);
      }
      case "/get-rotated-secret-value" ->
          value("ROTATED_SECRET", body.requiredString("names"), body);
      case "/get-dynamic-secret-value" ->
          value("DYNAMIC_SECRET", body.requiredString("name"), body);
      case "/get-certificate-value" -> value("CERTIFICATE", body.requiredString("name"), body);
      case "/list-items" -> list(body);
      case "/create-secret" -> create(body);
      case "/update-secret-val" -> update(body);
      case "/delete-item" ->
          items.remove(body.requiredString("name")) == null
              ? missing()
              : Answer.json(200, "{\"item_id\": 1}");
      default -> throw new Complaint("path " + path);
    };
  }

  private static Answer missing() {
    return Answer.json(404, "{\"error\": \"item does not exist\"}");
  }

  private Answer describe(String name) {
    Kept kept = items.get(name);
    return kept == null
        ? missing()
        : Answer.json(
            200,
            text(
                Map.of(
                    "item_name",
                    name,
                    "item_type",
                    kept.type,
                    "item_tags",
                    List.copyOf(kept.tags),
                    "last_version",
                    (long) kept.versions.size())));
  }

  private Answer value(String type, String name, Fields body) throws MalformedObjectException {
    Kept kept = items.get(name);
    if (kept == null) {
      return missing();
    }
    require(kept.type.equals(type), name + " is a " + kept.type);
    if (!type.equals("DYNAMIC_SECRET")) {
      require(
          body.string("ignore-cache").equals(ignoreCache ? Optional.of("true") : Optional.empty()),
          "ignore-cache");
      if (body.has("version")) {
        require(body.raw("version") instanceof Number, "version");
      }
    }
    if (!type.equals("STATIC_SECRET")) {
      return Answer.json(200, answers.getOrDefault(name, ""));
    }
    int version = body.raw("version") instanceof Number number ? number.intValue() : 0;
    if (version > kept.versions.size()) {
      return missing();
    }
    return Answer.json(
        200,
        text(
            Map.of(name, version == 0 ? kept.versions.getLast() : kept.versions.get(version - 1))));
  }

  private Answer list(Fields body) throws MalformedObjectException {
    require(
        body.strings("type").equals(List.of("static-secret", "dynamic-secret", "rotated-secret")),
        "type");
    String filter = body.string("filter").orElse("");
    String tag = body.string("tag").orElse("");
    require(body.bool("minimal-view").orElse(false) == tag.isEmpty(), "minimal-view");
    int from = Integer.parseInt(body.string("pagination-token").orElse("0"));
    List<Object> fitting = new ArrayList<>();
    items.forEach(
        (name, kept) -> {
          if (name.contains(filter)
              && !kept.type.equals("CERTIFICATE")
              && (tag.isEmpty() || kept.tags.contains(tag))) {
            fitting.add(Map.of("item_name", name, "item_type", kept.type));
          }
        });
    int to = Math.min(fitting.size(), from + PAGE);
    Map<String, Object> page = new TreeMap<>();
    page.put("items", fitting.subList(from, to));
    if (to < fitting.size()) {
      page.put("next_page", Integer.toString(to));
    }
    return Answer.json(200, text(page));
  }

  private synchronized Answer create(Fields body) throws MalformedObjectException {
    Kept made = new Kept("STATIC_SECRET");
    made.versions.add(body.requiredString("value"));
    made.tags.addAll(body.strings("tags"));
    return items.putIfAbsent(body.requiredString("name"), made) == null
        ? Answer.json(200, "{\"name\": \"x\"}")
        : Answer.json(409, "{\"error\": \"item already exists\"}");
  }

  private synchronized Answer update(Fields body) throws MalformedObjectException {
    String value = body.requiredString("value");
    Kept kept = items.get(body.requiredString("name"));
    if (kept == null) {
      return missing();
    }
    kept.versions.add(value);
    return Answer.json(200, "{\"name\": \"x\"}");
  }

  private static String text(Object tree) {
    try (SecretBytes json = JsonText.of(tree)) {
      return json.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
  }
}
