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
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** As much of Doppler's API v3 as a store asks. */
public final class DopplerDouble implements StrictServer.Protocol {

  public static final String TOKEN = "dp.st.dev.token";

  public final Map<String, String> secrets = new ConcurrentSkipListMap<>();
  public final Set<String> tokens = ConcurrentHashMap.newKeySet();

  /** The token of a Kubernetes account that is exchanged; nobody may where it is empty. */
  public String account = "";

  private int issued;

  public DopplerDouble() {
    tokens.add(TOKEN);
  }

  @Override
  public Answer to(Request request) throws Exception {
    require(request.host().equals("api.doppler.com"), "nobody is at " + request.host());
    if (request.path().equals("/v3/auth/oidc")) {
      return exchanged(request);
    }
    String basic =
        new String(
            Base64.getDecoder().decode(request.header("Authorization").replaceFirst("^Basic ", "")),
            StandardCharsets.UTF_8);
    require(basic.endsWith(":"), "the token is the user, and there is no password");
    if (!tokens.contains(basic.substring(0, basic.length() - 1))) {
      return Answer.json(401, "{\"messages\": [\"Invalid Service token\"], \"success\": false}");
    }
    return switch (request.method() + " " + request.path()) {
      case "GET /v3/projects" -> Answer.json(200, "{\"projects\": [], \"success\": true}");
      case "GET /v3/configs/config/secrets/download" -> download(request);
      case "POST /v3/configs/config/secrets" -> change(request);
      default -> throw new Complaint("there is no such call");
    };
  }

  private synchronized Answer exchanged(Request request) {
    require(request.method().equals("POST"), "method");
    require(
        json(request).equals(Map.of("identity", "i-1", "token", account)), "identity and token");
    String token = "dp.sa." + ++issued;
    tokens.add(token);
    return Answer.json(
        200,
        "{\"success\": true, \"token\": \"%s\", \"expires_at\": \"%s\"}"
            .formatted(token, Instant.now().plus(Duration.ofMinutes(10))));
  }

  private Answer download(Request request) {
    request.onlyQuery("project", "config", "secrets", "name_transformer", "format");
    require("p".equals(request.query().get("project")), "project");
    require("dev".equals(request.query().get("config")), "config");
    String name = request.query().get("secrets");
    String format = request.query().getOrDefault("format", "json");
    if (!format.equals("json")) {
      request.header("Accept", "text/plain");
      StringBuilder lines = new StringBuilder();
      secrets.forEach((key, value) -> lines.append(key).append('=').append(value).append('\n'));
      return Answer.text(200, lines.toString());
    }
    request.header("Accept", "application/json");
    Map<String, String> all = new TreeMap<>();
    secrets.forEach(
        (key, value) -> {
          if (name == null || name.equals(key)) {
            all.put(
                "camel".equals(request.query().get("name_transformer"))
                    ? key.toLowerCase(java.util.Locale.ROOT)
                    : key,
                value);
          }
        });
    try (SecretBytes json = JsonText.of(all)) {
      return Answer.json(200, json.with(bytes -> new String(bytes, StandardCharsets.UTF_8)));
    }
  }

  private Answer change(Request request) throws MalformedObjectException {
    request.onlyQuery();
    request.header("Content-Type", "application/json");
    Fields body = Fields.of(json(request), "body");
    require(body.requiredString("project").equals("p"), "project");
    require(body.requiredString("config").equals("dev"), "config");
    require(body.has("secrets") != body.has("change_requests"), "either of both");
    secrets.putAll(body.stringMap("secrets"));
    for (Fields each : body.objects("change_requests")) {
      require(each.bool("shouldDelete").orElse(false), "shouldDelete");
      require(
          each.requiredString("name").equals(each.requiredString("originalName")), "originalName");
      secrets.remove(each.requiredString("name"));
    }
    body.refuseUnread();
    return Answer.json(200, "{\"secrets\": {}, \"success\": true}");
  }

  private static Map<String, @Nullable Object> json(Request request) {
    return JsonTree.object(request.body())
        .orElseThrow(() -> new Complaint("the body is no JSON object"));
  }
}
