package dev.signet.stores.contract.doubles;

import static dev.signet.testkit.web.StrictServer.require;
import static java.util.Objects.requireNonNull;

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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** As much of Infisical as a store asks: logins of machine identities, and raw secrets (v3). */
public final class InfisicalDouble implements StrictServer.Protocol {

  /** A secret with its versions. */
  public static final class Kept {
    public final List<String> versions = new ArrayList<>();
    public boolean managed;
  }

  /** By {@code folder name}. */
  public final Map<String, Kept> secrets = new ConcurrentSkipListMap<>();

  /** What is imported into the scope's folder. */
  public final Map<String, String> imported = new TreeMap<>();

  public final Set<String> tokens = ConcurrentHashMap.newKeySet();

  /** What each method has to be asked with. */
  public final Map<String, Map<String, String>> logins =
      new TreeMap<>(Map.of("universal-auth", Map.of("clientId", "id", "clientSecret", "secret")));

  /** Whether projects are only known by the older path. */
  public boolean old;

  private int issued;

  /** One that is there. */
  public Kept at(String place) {
    return requireNonNull(secrets.get(place));
  }

  @Override
  public Answer to(Request request) throws Exception {
    require(
        Set.of("app.infisical.com", "eu.infisical.com").contains(request.host()),
        "nobody is at " + request.host());
    String path = request.path().replaceFirst("^/api", "");
    if (path.startsWith("/v1/auth/")) {
      return login(request, path.substring("/v1/auth/".length()));
    }
    if (!tokens.contains(request.header("Authorization").replaceFirst("^Bearer ", ""))) {
      return Answer.json(401, "{\"error\": \"Unauthorized\"}");
    }
    if (path.matches("/v1/(projects|workspace)/slug/.*")) {
      request.onlyQuery();
      require(path.endsWith("/my-project"), "the project of the store");
      return old == path.startsWith("/v1/workspace")
          ? Answer.json(
              200, old ? "{\"id\": \"p-1\"}" : "{\"project\": {\"id\": \"p-1\", \"slug\": \"x\"}}")
          : Answer.json(404, "{}");
    }
    require(path.startsWith("/v3/secrets/raw"), "path " + path);
    String name = path.substring("/v3/secrets/raw".length()).replaceFirst("^/", "");
    return switch (request.method()) {
      case "GET" -> name.isEmpty() ? list(request) : read(request, name);
      case "POST", "PATCH", "DELETE" -> write(request, name);
      default -> throw new Complaint("method");
    };
  }

  private synchronized Answer login(Request request, String method) {
    require(request.method().equals("POST"), "method");
    request.header("Content-Type", "application/json");
    Map<String, String> wanted = logins.get(method.replaceFirst("/login$", ""));
    require(wanted != null, "nobody logs in by " + method);
    if (!json(request).equals(wanted)) {
      return Answer.json(401, "{\"message\": \"Invalid credentials\"}");
    }
    String token = "infisical-" + ++issued;
    tokens.add(token);
    return Answer.json(
        200,
        """
        {"accessToken": "%s", "expiresIn": 7200, "accessTokenMaxTTL": 43244, "tokenType": "Bearer"}"""
            .formatted(token));
  }

  private void scope(Request request) {
    require("dev".equals(request.query().get("environment")), "environment");
    require("my-project".equals(request.query().get("workspaceSlug")), "workspaceSlug");
    require("true".equals(request.query().get("expandSecretReferences")), "expandSecretReferences");
    require(request.query().containsKey("include_imports"), "include_imports");
  }

  private Answer read(Request request, String name) {
    request.onlyQuery(
        "environment",
        "workspaceSlug",
        "secretPath",
        "expandSecretReferences",
        "include_imports",
        "type",
        "version");
    scope(request);
    require("shared".equals(request.query().get("type")), "type");
    String folder = String.valueOf(request.query().get("secretPath"));
    Kept kept = secrets.get(folder + " " + name);
    if (kept == null) {
      return Answer.json(404, "{\"message\": \"Secret not found\"}");
    }
    int version =
        Integer.parseInt(
            request.query().getOrDefault("version", Integer.toString(kept.versions.size())));
    if (version < 1 || version > kept.versions.size()) {
      return Answer.json(404, "{\"message\": \"Secret not found\"}");
    }
    return Answer.json(
        200,
        text(
            Map.of(
                "secret",
                secret(folder, name, kept.versions.get(version - 1), version, kept.managed))));
  }

  private static Map<String, Object> secret(
      String folder, String name, String value, int version, boolean managed) {
    Map<String, Object> secret = new TreeMap<>();
    secret.put("id", "s-1");
    secret.put("version", (long) version);
    secret.put("type", "shared");
    secret.put("secretKey", name);
    secret.put("secretValue", value);
    secret.put("secretPath", folder);
    secret.put(
        "secretMetadata",
        managed ? List.of(Map.of("key", "managed-by", "value", "external-secrets")) : List.of());
    return secret;
  }

  private Answer list(Request request) {
    request.onlyQuery(
        "environment",
        "workspaceSlug",
        "secretPath",
        "expandSecretReferences",
        "include_imports",
        "recursive");
    scope(request);
    String folder = String.valueOf(request.query().get("secretPath"));
    boolean deep = "true".equals(request.query().get("recursive"));
    List<Object> all = new ArrayList<>();
    secrets.forEach(
        (key, kept) -> {
          String[] place = key.split(" ", 2);
          if (place[0].equals(folder) || (deep && place[0].startsWith(folder))) {
            all.add(
                secret(
                    place[0],
                    place[1],
                    kept.versions.getLast(),
                    kept.versions.size(),
                    kept.managed));
          }
        });
    List<Object> more = new ArrayList<>();
    if ("true".equals(request.query().get("include_imports")) && !imported.isEmpty()) {
      List<Object> values = new ArrayList<>();
      imported.forEach((name, value) -> values.add(secret("/shared", name, value, 1, false)));
      more.add(Map.of("secretPath", "/shared", "environment", "dev", "secrets", values));
    }
    return Answer.json(200, text(Map.of("secrets", all, "imports", more)));
  }

  private Answer write(Request request, String name) throws MalformedObjectException {
    request.onlyQuery();
    request.header("Content-Type", "application/json");
    Fields body = Fields.of(json(request), "body");
    require(body.requiredString("workspaceId").equals("p-1"), "workspaceId");
    require(body.requiredString("environment").equals("dev"), "environment");
    require(body.requiredString("type").equals("shared"), "type");
    String key = body.requiredString("secretPath") + " " + name;
    Kept kept = secrets.get(key);
    switch (request.method()) {
      case "POST" -> {
        if (kept != null) {
          return Answer.json(400, "{\"message\": \"Secret already exist\"}");
        }
        Kept made = new Kept();
        made.versions.add(body.requiredString("secretValue"));
        require(!body.bool("skipMultilineEncoding").orElse(true), "skipMultilineEncoding");
        for (Fields each : body.objects("secretMetadata")) {
          made.managed |=
              each.requiredString("key").equals("managed-by")
                  && each.requiredString("value").equals("external-secrets");
        }
        secrets.put(key, made);
      }
      case "PATCH" -> {
        if (kept == null) {
          return Answer.json(404, "{\"message\": \"Secret not found\"}");
        }
        kept.versions.add(body.requiredString("secretValue"));
      }
      default -> {
        if (secrets.remove(key) == null) {
          return Answer.json(404, "{\"message\": \"Secret not found\"}");
        }
      }
    }
    body.refuseUnread();
    return Answer.json(200, "{\"secret\": {}}");
  }

  private static String text(Object tree) {
    try (SecretBytes json = JsonText.of(tree)) {
      return json.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static Map<String, @Nullable Object> json(Request request) {
    return JsonTree.object(request.body())
        .orElseThrow(() -> new Complaint("the body is no JSON object"));
  }
}
