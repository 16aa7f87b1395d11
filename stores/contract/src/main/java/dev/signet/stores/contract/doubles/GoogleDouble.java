package dev.signet.stores.contract.doubles;

import static dev.signet.testkit.web.StrictServer.require;
import static java.util.Objects.requireNonNull;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.JsonTree;
import dev.signet.testkit.web.StrictServer;
import dev.signet.testkit.web.StrictServer.Answer;
import dev.signet.testkit.web.StrictServer.Complaint;
import dev.signet.testkit.web.StrictServer.Request;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * As much of Google Cloud as a store asks, by its published APIs: Secret Manager v1 over REST, the
 * token endpoints of OAuth, of workload identity pools and of GKE, IAM credentials, and a machine's
 * metadata. No request passes that has a header, an audience, a parameter or a field too many or
 * too few.
 */
public final class GoogleDouble implements StrictServer.Protocol {

  public static final String PROJECT = "p";
  public static final String ACCOUNT = "reader@p.iam.gserviceaccount.com";
  public static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
  public static final String TOKEN_URI = "https://oauth2.googleapis.com/token";
  public static final String POOL =
      "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/w/providers/k";

  /** One for all: making one takes longer than a test. */
  private static final KeyPair KEY = pair();

  /** A secret as it is kept. */
  public static final class Kept {
    public Map<String, String> labels = new TreeMap<>();
    public Map<String, String> annotations = new TreeMap<>();
    public List<String> topics = new ArrayList<>();
    public Object replication = Map.of();
    public int changes = 1;
    public final List<byte[]> versions = new ArrayList<>();
    public final Map<Integer, String> states = new HashMap<>();

    public String etag() {
      return "\"e" + changes + "\"";
    }

    public String state(int version) {
      return states.getOrDefault(version, "ENABLED");
    }
  }

  public final Map<String, Kept> secrets = new ConcurrentHashMap<>();
  public final Set<String> tokens = ConcurrentHashMap.newKeySet();
  private int issued;

  /** What is told of the machine; nothing where it is not at Google. */
  public final Map<String, String> machine = new TreeMap<>();

  /** The token of a Kubernetes account that each exchange may be made for. */
  public String subject = "kubernetes-token";

  /** The project of the cluster whose accounts are known. */
  public String cluster = "cp";

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A key of the account as Google hands it out. */
  public String keyFile() {
    String pem =
        "-----BEGIN PRIVATE KEY-----\\n"
            + Base64.getEncoder().encodeToString(KEY.getPrivate().getEncoded())
            + "\\n-----END PRIVATE KEY-----\\n";
    return """
        {"type": "service_account", "project_id": "p", "private_key_id": "k1", "private_key": "%s",
         "client_email": "%s", "client_id": "1", "token_uri": "%s"}"""
        .formatted(pem, ACCOUNT, TOKEN_URI);
  }

  /** One that is there. */
  public Kept at(String path) {
    return requireNonNull(secrets.get(path));
  }

  @Override
  public Answer to(Request request) throws Exception {
    return switch (request.host()) {
      case "oauth2.googleapis.com" -> assertion(request);
      case "securetoken.googleapis.com" -> bound(request);
      case "sts.googleapis.com" -> exchanged(request);
      case "iamcredentials.googleapis.com" -> acting(request);
      case "http:metadata.google.internal" -> metadata(request);
      case "secretmanager.googleapis.com" -> secrets(request, "projects/" + PROJECT);
      case "secretmanager.europe-west3.rep.googleapis.com" ->
          secrets(request, "projects/" + PROJECT + "/locations/europe-west3");
      default -> throw new Complaint("nobody is at " + request.host());
    };
  }

  private synchronized String issue(String kind) {
    String token = kind + "-" + ++issued;
    tokens.add(token);
    return token;
  }

  private Answer assertion(Request request) throws Exception {
    require(request.method().equals("POST") && request.path().equals("/token"), "POST /token");
    Map<String, String> form = request.form();
    require(form.keySet().equals(Set.of("grant_type", "assertion")), "form " + form.keySet());
    require(
        "urn:ietf:params:oauth:grant-type:jwt-bearer".equals(form.get("grant_type")), "grant_type");
    String[] parts = String.valueOf(form.get("assertion")).split("\\.");
    require(parts.length == 3, "an assertion has three parts");
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(KEY.getPublic());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    require(signature.verify(Base64.getUrlDecoder().decode(parts[2])), "the signature is wrong");
    Map<String, @Nullable Object> header = json(Base64.getUrlDecoder().decode(parts[0]));
    require("RS256".equals(header.get("alg")) && "k1".equals(header.get("kid")), "header");
    Map<String, @Nullable Object> claims = json(Base64.getUrlDecoder().decode(parts[1]));
    require(ACCOUNT.equals(claims.get("iss")), "iss");
    require(TOKEN_URI.equals(claims.get("aud")), "aud " + claims.get("aud"));
    require(SCOPE.equals(claims.get("scope")), "scope " + claims.get("scope"));
    double from = ((Number) requireNonNull(claims.get("iat"))).doubleValue();
    double to = ((Number) requireNonNull(claims.get("exp"))).doubleValue();
    double now = Instant.now().getEpochSecond();
    require(to - from <= 3600 && from <= now + 60 && to > now, "iat and exp");
    return Answer.json(
        200,
        "{\"access_token\": \"%s\", \"expires_in\": 3599, \"token_type\": \"Bearer\"}"
            .formatted(issue("ya29")));
  }

  private Answer bound(Request request) {
    require(request.path().equals("/v1/identitybindingtoken"), "path");
    request.header("Content-Type", "application/json");
    Map<String, @Nullable Object> body = json(request.body());
    require(
        body.equals(
            Map.of(
                "grant_type",
                "urn:ietf:params:oauth:grant-type:token-exchange",
                "subject_token_type",
                "urn:ietf:params:oauth:token-type:jwt",
                "requested_token_type",
                "urn:ietf:params:oauth:token-type:access_token",
                "subject_token",
                subject,
                "audience",
                "identitynamespace:%s.svc.id.goog:https://container.googleapis.com/v1/projects/%s/locations/europe-west3/clusters/main"
                    .formatted(cluster, cluster),
                "scope",
                SCOPE)),
        "the body of an exchange is " + body.keySet() + " " + body.get("audience"));
    return Answer.json(
        200,
        "{\"access_token\": \"%s\", \"expires_in\": 3600, \"token_type\": \"Bearer\"}"
            .formatted(issue("bound")));
  }

  private Answer exchanged(Request request) {
    require(request.path().equals("/v1/token"), "path");
    Map<String, String> form = request.form();
    require(
        "urn:ietf:params:oauth:grant-type:token-exchange".equals(form.get("grant_type")),
        "grant_type");
    require(
        "urn:ietf:params:oauth:token-type:access_token".equals(form.get("requested_token_type")),
        "requested_token_type");
    require(POOL.equals(form.get("audience")), "audience " + form.get("audience"));
    require(SCOPE.equals(form.get("scope")), "scope " + form.get("scope"));
    String type = String.valueOf(form.get("subject_token_type"));
    String token = String.valueOf(form.get("subject_token"));
    switch (type) {
      case "urn:ietf:params:oauth:token-type:jwt" ->
          require(token.equals(subject), "the subject's token");
      case "urn:ietf:params:aws:token-type:aws4_request" -> signed(token);
      default -> throw new Complaint("subject_token_type " + type);
    }
    return Answer.json(
        200,
        """
        {"access_token": "%s", "expires_in": 3600, "token_type": "Bearer",
         "issued_token_type": "urn:ietf:params:oauth:token-type:access_token"}"""
            .formatted(issue("federated")));
  }

  /** A request to AWS that is sent to Google instead, as text. */
  private static void signed(String token) {
    Map<String, @Nullable Object> request =
        json(
            java.net.URLDecoder.decode(token, StandardCharsets.UTF_8)
                .getBytes(StandardCharsets.UTF_8));
    require(
        "https://sts.eu-central-1.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
            .equals(request.get("url")),
        "url " + request.get("url"));
    require("POST".equals(request.get("method")), "method");
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (Object each : (List<?>) requireNonNull(request.get("headers"))) {
      Map<?, ?> header = (Map<?, ?>) each;
      headers.put(String.valueOf(header.get("key")), String.valueOf(header.get("value")));
    }
    require(POOL.equals(headers.get("x-goog-cloud-target-resource")), "target resource");
    require(
        headers
            .getOrDefault("Authorization", "")
            .matches("AWS4-HMAC-SHA256 Credential=AKIA/[0-9]{8}/eu-central-1/sts/aws4_request, .*"),
        "authorization");
    require("session".equals(headers.get("x-amz-security-token")), "session token");
  }

  private Answer acting(Request request) {
    require(
        request.path().equals("/v1/projects/-/serviceAccounts/" + ACCOUNT + ":generateAccessToken"),
        "path");
    request.header("Content-Type", "application/json");
    require(
        tokens.contains(request.header("Authorization").replaceFirst("^Bearer ", "")),
        "the token is not ours");
    Map<String, @Nullable Object> body = json(request.body());
    require(List.of(SCOPE).equals(body.get("scope")), "scope " + body.get("scope"));
    require(Set.of("scope", "lifetime", "delegates").containsAll(body.keySet()), "fields");
    return Answer.json(
        200,
        "{\"accessToken\": \"%s\", \"expireTime\": \"%s\"}"
            .formatted(
                issue("acting"),
                Instant.now()
                    .plus(Duration.ofHours(1))
                    .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)));
  }

  private Answer metadata(Request request) {
    request.header("Metadata-Flavor", "Google");
    if (request.path().equals("/")) {
      return Answer.text(200, "").with("Metadata-Flavor", "Google");
    }
    String path = request.path().replaceFirst("^/computeMetadata/v1/", "");
    if (path.equals("instance/service-accounts/default/token")) {
      return Answer.json(
          200,
          "{\"access_token\": \"%s\", \"expires_in\": 3600, \"token_type\": \"Bearer\"}"
              .formatted(issue("machine")));
    }
    String value = machine.get(path);
    return (value == null ? Answer.text(404, "") : Answer.text(200, value))
        .with("Metadata-Flavor", "Google");
  }

  private Answer secrets(Request request, String parent) throws MalformedObjectException {
    if (!tokens.contains(request.header("Authorization").replaceFirst("^Bearer ", ""))) {
      return error(401, "UNAUTHENTICATED");
    }
    String prefix = "/v1/" + parent + "/secrets";
    require(request.path().startsWith(prefix), "another project or location: " + request.path());
    String rest = request.path().substring(prefix.length());
    if (rest.isEmpty()) {
      return request.method().equals("GET") ? list(request, parent) : create(request, parent);
    }
    String[] parts = rest.substring(1).split("/");
    String[] name = parts[0].split(":");
    Kept kept = secrets.get(parent + "/secrets/" + name[0]);
    if (name.length == 2) {
      require(name[1].equals("addVersion") && request.method().equals("POST"), "verb " + name[1]);
      return kept == null ? error(404, "NOT_FOUND") : add(request, kept, parent, name[0]);
    }
    if (kept == null) {
      return error(404, "NOT_FOUND");
    }
    if (parts.length == 1) {
      return secret(request, parent, name[0], kept);
    }
    require(parts[1].equals("versions") && request.method().equals("GET"), "path");
    if (parts.length == 2) {
      return versions(request, parent, name[0], kept);
    }
    require(parts[2].endsWith(":access"), "verb of " + parts[2]);
    return access(request, parent + "/secrets/" + name[0], kept, parts[2].replace(":access", ""));
  }

  public static Answer error(int code, String status) {
    return Answer.json(
        code,
        """
        {"error": {"code": %d, "message": "what the server says", "status": "%s"}}"""
            .formatted(code, status));
  }

  private Answer secret(Request request, String parent, String name, Kept kept)
      throws MalformedObjectException {
    return switch (request.method()) {
      case "GET" -> {
        request.onlyQuery();
        yield Answer.json(200, text(parent, name, kept));
      }
      case "DELETE" -> {
        request.onlyQuery("etag");
        if (request.query().containsKey("etag")
            && !kept.etag().equals(request.query().get("etag"))) {
          yield error(400, "FAILED_PRECONDITION");
        }
        secrets.remove(parent + "/secrets/" + name);
        yield Answer.json(200, "{}");
      }
      case "PATCH" -> {
        request.onlyQuery("updateMask");
        request.header("Content-Type", "application/json");
        require("labels,annotations".equals(request.query().get("updateMask")), "updateMask");
        Fields body = Fields.of(json(request.body()), "body");
        require(
            body.requiredString("name").equals(parent + "/secrets/" + name), "name of the body");
        if (!body.requiredString("etag").equals(kept.etag())) {
          yield error(400, "FAILED_PRECONDITION");
        }
        kept.labels = checked(body.stringMap("labels"));
        kept.annotations = body.stringMap("annotations");
        body.refuseUnread();
        kept.changes++;
        yield Answer.json(200, text(parent, name, kept));
      }
      default -> throw new Complaint("method");
    };
  }

  private static Map<String, String> checked(Map<String, String> labels) {
    labels.forEach(
        (name, value) -> {
          require(name.matches("[\\p{Ll}\\p{Lo}][\\p{Ll}\\p{Lo}0-9_-]{0,62}"), "label " + name);
          require(value.matches("[\\p{Ll}\\p{Lo}0-9_-]{0,63}"), "label " + value);
        });
    return labels;
  }

  private Answer create(Request request, String parent) throws MalformedObjectException {
    require(request.method().equals("POST"), "method");
    request.onlyQuery("secretId");
    request.header("Content-Type", "application/json");
    String name = String.valueOf(request.query().get("secretId"));
    require(name.matches("[A-Za-z0-9_-]{1,255}"), "secretId");
    Fields body = Fields.of(json(request.body()), "body");
    Kept kept = new Kept();
    kept.labels = checked(body.stringMap("labels"));
    kept.annotations = body.stringMap("annotations");
    for (Fields each : body.objects("topics")) {
      kept.topics.add(each.requiredString("name"));
    }
    boolean regional = parent.contains("/locations/");
    require(regional != body.has("replication"), "replication is for secrets of no location");
    if (!regional) {
      kept.replication = requireNonNull(body.raw("replication"));
    }
    body.refuseUnread();
    if (secrets.putIfAbsent(parent + "/secrets/" + name, kept) != null) {
      return error(409, "ALREADY_EXISTS");
    }
    return Answer.json(200, text(parent, name, kept));
  }

  private Answer add(Request request, Kept kept, String parent, String name)
      throws MalformedObjectException {
    request.onlyQuery();
    request.header("Content-Type", "application/json");
    Fields payload = Fields.of(json(request.body()), "body").requiredObject("payload");
    byte[] data = Base64.getDecoder().decode(payload.requiredString("data"));
    require(payload.requiredString("dataCrc32c").equals(Long.toString(crc(data))), "the CRC32C");
    payload.refuseUnread();
    if (data.length > 65_536) {
      return error(400, "INVALID_ARGUMENT");
    }
    kept.versions.add(data);
    return Answer.json(
        200,
        "{\"name\": \"%s/secrets/%s/versions/%d\", \"state\": \"ENABLED\"}"
            .formatted(parent, name, kept.versions.size()));
  }

  private static Answer access(Request request, String path, Kept kept, String version) {
    request.onlyQuery();
    int number;
    if (version.equals("latest")) {
      number = kept.versions.size();
    } else if (version.matches("[0-9]{1,9}")) {
      number = Integer.parseInt(version);
    } else {
      return error(404, "NOT_FOUND");
    }
    if (number < 1 || number > kept.versions.size()) {
      return error(404, "NOT_FOUND");
    }
    if (!kept.state(number).equals("ENABLED")) {
      return error(400, "FAILED_PRECONDITION");
    }
    byte[] data = kept.versions.get(number - 1);
    return Answer.json(
        200,
        """
        {"name": "%s/versions/%d", "payload": {"data": "%s", "dataCrc32c": "%d"}}"""
            .formatted(path, number, Base64.getEncoder().encodeToString(data), crc(data)));
  }

  private Answer versions(Request request, String parent, String name, Kept kept) {
    request.onlyQuery("filter", "pageSize", "pageToken");
    require("state:ENABLED".equals(request.query().get("filter")), "filter");
    List<String> all = new ArrayList<>();
    for (int i = kept.versions.size(); i > 0; i--) {
      if (kept.state(i).equals("ENABLED")) {
        all.add(
            """
            {"name": "%s/secrets/%s/versions/%d", "state": "ENABLED", "createTime": "%s"}"""
                .formatted(parent, name, i, Instant.EPOCH.plusSeconds(i)));
      }
    }
    return page(request, "versions", all);
  }

  private Answer list(Request request, String parent) {
    request.onlyQuery("filter", "pageSize", "pageToken");
    Map<String, String> labels = new TreeMap<>();
    String name = "";
    for (String term : request.query().getOrDefault("filter", "").split(" ")) {
      if (term.startsWith("labels.")) {
        String[] pair = term.substring(7).split("=");
        labels.put(pair[0], pair[1]);
      } else if (term.startsWith("name:")) {
        name = term.substring(5);
      } else {
        require(term.isEmpty(), "filter " + term);
      }
    }
    String wanted = name;
    String prefix = parent + "/secrets/";
    return page(
        request,
        "secrets",
        secrets.entrySet().stream()
            .filter(each -> each.getKey().startsWith(prefix))
            .filter(each -> each.getKey().substring(prefix.length()).contains(wanted))
            .filter(each -> each.getValue().labels.entrySet().containsAll(labels.entrySet()))
            .sorted(Comparator.comparing(Map.Entry::getKey))
            .map(each -> text(parent, each.getKey().substring(prefix.length()), each.getValue()))
            .collect(Collectors.toList()));
  }

  private static Answer page(Request request, String field, List<String> all) {
    int size = Math.min(Integer.parseInt(request.query().getOrDefault("pageSize", "100")), 25_000);
    int from = Integer.parseInt(request.query().getOrDefault("pageToken", "0"));
    int to = Math.min(from + size, all.size());
    return Answer.json(
        200,
        "{%s\"totalSize\": %d%s}"
            .formatted(
                from == to
                    ? ""
                    : "\"" + field + "\": [" + String.join(",", all.subList(from, to)) + "], ",
                all.size(),
                to < all.size() ? ", \"nextPageToken\": \"" + to + "\"" : ""));
  }

  /** Google answers with the number of a project, whatever it was asked by. */
  private static String text(String parent, String name, Kept kept) {
    return """
        {"name": "%s/secrets/%s", "createTime": "2026-01-01T00:00:00Z", "labels": %s,
         "annotations": %s, "topics": [%s], "etag": "\\"e%d\\""}"""
        .formatted(
            parent.replace("projects/" + PROJECT, "projects/123"),
            name,
            map(kept.labels),
            map(kept.annotations),
            kept.topics.stream()
                .map(each -> "{\"name\": \"" + each + "\"}")
                .collect(Collectors.joining(",")),
            kept.changes);
  }

  private static String map(Map<String, String> map) {
    return map.entrySet().stream()
        .map(each -> "\"" + each.getKey() + "\": \"" + each.getValue() + "\"")
        .collect(Collectors.joining(", ", "{", "}"));
  }

  private static long crc(byte[] data) {
    CRC32C sum = new CRC32C();
    sum.update(data);
    return sum.getValue();
  }

  private static Map<String, @Nullable Object> json(byte[] body) {
    return new LinkedHashMap<>(
        JsonTree.object(body).orElseThrow(() -> new Complaint("the body is no JSON object")));
  }
}
