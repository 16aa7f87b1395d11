package dev.signet.stores.contract.doubles;

import static dev.signet.testkit.web.StrictServer.require;
import static java.util.Objects.requireNonNull;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.JsonTree;
import dev.signet.testkit.web.StrictServer;
import dev.signet.testkit.web.StrictServer.Answer;
import dev.signet.testkit.web.StrictServer.Complaint;
import dev.signet.testkit.web.StrictServer.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/**
 * As much of Azure as a store asks, by its published APIs: the token endpoint of Entra ID, the
 * metadata of a machine, and Key Vault's REST API 7.4 with soft delete. No request passes that has
 * a header, an audience, a parameter or a field too many or too few.
 */
public final class AzureDouble implements StrictServer.Protocol {

  public static final String TENANT = "11111111-aaaa-bbbb-cccc-222222222222";
  public static final String CLIENT = "33333333-aaaa-bbbb-cccc-444444444444";
  public static final String SECRET = "s~ecret";
  public static final String HOST = "v.vault.azure.net";

  /** A version of something as it is kept. */
  public record Version(Map<String, @Nullable Object> fields) {}

  /** Something with its versions. */
  public static final class Kept {
    public final List<Version> versions = new ArrayList<>();

    public Map<String, @Nullable Object> newest() {
      return versions.getLast().fields();
    }
  }

  public final Map<String, Kept> there = new ConcurrentSkipListMap<>();
  public final Map<String, Kept> deleted = new ConcurrentHashMap<>();
  public final Set<String> tokens = ConcurrentHashMap.newKeySet();

  /** What signs assertions; none where a secret is enough. */
  public Optional<PublicKey> certificate = Optional.empty();

  /** What is asserted by somebody else's token. */
  public Optional<String> assertion = Optional.empty();

  /** Which identity a machine is asked for. */
  public Optional<String> identity = Optional.empty();

  /** How often something that is recovered is not there yet. */
  public int slow;

  private int number;

  @Override
  public Answer to(Request request) throws Exception {
    return switch (request.host()) {
      case "login.microsoftonline.com" -> login(request);
      case "http:169.254.169.254" -> machine(request);
      case HOST -> vault(request);
      default -> throw new Complaint("nobody is at " + request.host());
    };
  }

  /** What is there. */
  public Kept at(String path) {
    return requireNonNull(there.get(path));
  }

  private synchronized String issue(String kind) {
    String token = kind + "-" + ++number;
    tokens.add(token);
    return token;
  }

  private Answer login(Request request) throws Exception {
    require(
        request.method().equals("POST")
            && request.path().equals("/" + TENANT + "/oauth2/v2.0/token"),
        "POST to the token endpoint of the tenant");
    Map<String, String> form = request.form();
    require("client_credentials".equals(form.get("grant_type")), "grant_type");
    require(CLIENT.equals(form.get("client_id")), "client_id");
    List<String> scopes = List.of(String.valueOf(form.get("scope")).split(" "));
    require(scopes.contains("https://vault.azure.net/.default"), "scope " + scopes);
    require(
        Set.of("https://vault.azure.net/.default", "openid", "profile", "offline_access")
            .containsAll(scopes),
        "scope " + scopes);
    require(
        Set.of(
                "grant_type",
                "client_id",
                "scope",
                "client_info",
                "client_secret",
                "client_assertion",
                "client_assertion_type",
                "claims")
            .containsAll(form.keySet()),
        "fields " + form.keySet());
    if (certificate.isPresent() || assertion.isPresent()) {
      require(
          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
              .equals(form.get("client_assertion_type")),
          "client_assertion_type");
      require(!form.containsKey("client_secret"), "a secret besides an assertion");
      String token = String.valueOf(form.get("client_assertion"));
      if (assertion.isPresent()) {
        require(assertion.get().equals(token), "client_assertion");
      } else {
        signed(token);
      }
    } else if (!SECRET.equals(form.get("client_secret"))) {
      return Answer.json(
          401,
          """
          {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret \
          provided.", "error_codes": [7000215]}""");
    }
    return Answer.json(
        200,
        """
        {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": "%s"}"""
            .formatted(issue("entra")));
  }

  private void signed(String token) throws Exception {
    String[] parts = token.split("\\.");
    Map<String, @Nullable Object> header = json(Base64.getUrlDecoder().decode(parts[0]));
    Map<String, @Nullable Object> claims = json(Base64.getUrlDecoder().decode(parts[1]));
    Signature signature;
    if ("PS256".equals(header.get("alg"))) {
      signature = Signature.getInstance("RSASSA-PSS");
      signature.setParameter(
          new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
    } else {
      require("RS256".equals(header.get("alg")), "alg " + header.get("alg"));
      signature = Signature.getInstance("SHA256withRSA");
    }
    signature.initVerify(certificate.orElseThrow());
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    require(signature.verify(Base64.getUrlDecoder().decode(parts[2])), "the signature is wrong");
    require(header.containsKey("x5t") || header.containsKey("x5t#S256"), "x5t");
    require(CLIENT.equals(claims.get("iss")) && CLIENT.equals(claims.get("sub")), "iss and sub");
    require(
        ("https://login.microsoftonline.com/" + TENANT + "/oauth2/v2.0/token")
            .equals(claims.get("aud")),
        "aud " + claims.get("aud"));
  }

  private Answer machine(Request request) {
    require(request.path().equals("/metadata/identity/oauth2/token"), "path");
    request.header("Metadata", "true");
    request.onlyQuery("api-version", "resource", "client_id");
    require("2018-02-01".equals(request.query().get("api-version")), "api-version");
    require("https://vault.azure.net".equals(request.query().get("resource")), "resource");
    require(identity.equals(Optional.ofNullable(request.query().get("client_id"))), "client_id");
    return Answer.json(
        200,
        """
        {"access_token": "%s", "expires_in": "86000", "expires_on": "%d", "resource": \
        "https://vault.azure.net", "token_type": "Bearer"}"""
            .formatted(issue("machine"), Instant.now().getEpochSecond() + 86_000));
  }

  private Answer vault(Request request) throws MalformedObjectException {
    require("7.4".equals(request.query().get("api-version")), "api-version");
    if (!tokens.contains(request.header("Authorization").replaceFirst("^Bearer ", ""))) {
      return error(401, "Unauthorized")
          .with(
              "WWW-Authenticate",
              "Bearer authorization=\"https://login.microsoftonline.com/"
                  + TENANT
                  + "\", resource=\"https://vault.azure.net\"");
    }
    String[] parts = request.path().substring(1).split("/");
    if (parts.length == 1) {
      require(parts[0].equals("secrets") && request.method().equals("GET"), "path");
      return list(request);
    }
    request.onlyQuery("api-version");
    require(parts[1].matches("[0-9a-zA-Z-]{1,127}"), "name " + parts[1]);
    if (parts[0].startsWith("deleted")) {
      return deleted(request, parts[0].substring("deleted".length()) + "/" + parts[1], parts);
    }
    require(List.of("secrets", "keys", "certificates").contains(parts[0]), "kind " + parts[0]);
    String path = parts[0] + "/" + parts[1];
    String verb =
        request.method() + (parts.length == 3 && parts[2].equals("import") ? "import" : "");
    return switch (verb) {
      case "GET" -> read(path, parts.length == 3 ? parts[2] : "");
      case "PUT" -> parts[0].equals("secrets") ? set(request, path) : key(request, parts[0], path);
      case "POSTimport" -> certificate(request, parts[0], path);
      case "DELETE" -> {
        require(parts.length == 2, "one version cannot be deleted");
        Kept kept = there.remove(path);
        if (kept == null) {
          yield error(404, "SecretNotFound");
        }
        deleted.put(path, kept);
        yield Answer.json(200, text(kept.newest()));
      }
      default -> throw new Complaint("method");
    };
  }

  public static Answer error(int code, String name) {
    return Answer.json(
        code,
        """
        {"error": {"code": "%s", "message": "what the server says"}}"""
            .formatted(name));
  }

  private Answer deleted(Request request, String path, String[] parts) {
    Kept kept = deleted.get(path);
    if (kept == null) {
      return error(404, "SecretNotFound");
    }
    if (parts.length == 2) {
      require(request.method().equals("GET"), "method");
      return Answer.json(200, text(withoutValue(kept.newest())));
    }
    require(parts[2].equals("recover") && request.method().equals("POST"), "verb");
    deleted.remove(path);
    there.put(path, kept);
    return Answer.json(200, text(withoutValue(kept.newest())));
  }

  private Answer read(String path, String version) {
    Kept kept = there.get(path);
    if (kept == null) {
      return error(404, "SecretNotFound");
    }
    if (slow > 0) {
      slow--;
      return error(404, "SecretNotFound");
    }
    if (version.isEmpty()) {
      return Answer.json(200, text(kept.newest()));
    }
    for (Version each : kept.versions) {
      if (id(each.fields()).endsWith("/" + version)) {
        return Answer.json(200, text(each.fields()));
      }
    }
    return error(404, "SecretNotFound");
  }

  private static String id(Map<String, @Nullable Object> fields) {
    return fields.get("key") instanceof Map<?, ?> key
        ? String.valueOf(key.get("kid"))
        : String.valueOf(fields.get("id"));
  }

  private static Fields body(Request request) {
    request.header("Content-Type", "application/json");
    return Fields.of(json(request.body()), "body");
  }

  private Answer set(Request request, String path) throws MalformedObjectException {
    Fields body = body(request);
    String value = body.requiredString("value");
    Map<String, @Nullable Object> fields = new TreeMap<>();
    fields.put("value", value);
    fields.put("contentType", body.string("contentType").orElse(""));
    body.stringMap("tags");
    body.object("attributes").orElseThrow().bool("enabled");
    body.object("attributes").orElseThrow().raw("exp");
    body.refuseUnread();
    if (value.getBytes(StandardCharsets.UTF_8).length > 25 * 1024) {
      return error(400, "BadParameter");
    }
    return added(path, fields, body);
  }

  private Answer key(Request request, String kind, String path) throws MalformedObjectException {
    require(kind.equals("keys"), "PUT of " + kind);
    Fields body = body(request);
    Fields jwk = body.requiredObject("key");
    Map<String, @Nullable Object> open = new TreeMap<>();
    for (String part : jwk.names()) {
      String text = jwk.requiredString(part);
      require(
          Set.of("kty", "n", "e", "d", "p", "q", "dp", "dq", "qi", "crv", "x", "y").contains(part),
          "part " + part);
      if (Set.of("kty", "n", "e", "crv", "x", "y").contains(part)) {
        open.put(part, text);
      }
    }
    require(Set.of("RSA", "EC").contains(String.valueOf(open.get("kty"))), "kty");
    body.stringMap("tags");
    body.requiredObject("attributes").bool("enabled");
    body.refuseUnread();
    Map<String, @Nullable Object> fields = new TreeMap<>();
    fields.put("key", open);
    return added(path, fields, body);
  }

  private Answer certificate(Request request, String kind, String path)
      throws MalformedObjectException {
    require(kind.equals("certificates"), "import of " + kind);
    Fields body = body(request);
    byte[] value = Base64.getDecoder().decode(body.requiredString("value"));
    body.stringMap("tags");
    body.refuseUnread();
    Map<String, @Nullable Object> fields = new TreeMap<>();
    try {
      fields.put("cer", Base64.getEncoder().encodeToString(leaf(value)));
    } catch (GeneralSecurityException e) {
      throw new Complaint("the value is no certificate");
    }
    return added(path, fields, body);
  }

  /** Of PKCS#12 without a password that of its key, else the first one in DER or PEM. */
  private static byte[] leaf(byte[] bytes) throws GeneralSecurityException {
    try {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(new ByteArrayInputStream(bytes), new char[0]);
      return store.getCertificate(store.aliases().nextElement()).getEncoded();
    } catch (IOException e) {
      String text = new String(bytes, StandardCharsets.ISO_8859_1);
      int begin = Math.max(0, text.indexOf("-----BEGIN CERTIFICATE"));
      return CertificateFactory.getInstance("X.509")
          .generateCertificate(new ByteArrayInputStream(bytes, begin, bytes.length - begin))
          .getEncoded();
    }
  }

  private Answer added(String path, Map<String, @Nullable Object> fields, Fields body)
      throws MalformedObjectException {
    if (deleted.containsKey(path)) {
      return Answer.json(
          409,
          """
          {"error": {"code": "Conflict", "message": "m", "innererror": {"code": \
          "ObjectIsDeletedButRecoverable"}}}""");
    }
    Object exp =
        body.raw("attributes") instanceof Map<?, ?> attributes ? attributes.get("exp") : null;
    put(path, fields, body.stringMap("tags"), exp);
    return Answer.json(200, text(at(path).newest()));
  }

  /** Keeps another version, as whoever writes it. */
  public synchronized String put(
      String path,
      Map<String, @Nullable Object> fields,
      Map<String, String> tags,
      @Nullable Object exp) {
    String version = "%032x".formatted(++number);
    String id = "https://" + HOST + "/" + path + "/" + version;
    if (fields.get("key") instanceof Map<?, ?> key) {
      Map<String, @Nullable Object> named = new TreeMap<>();
      key.forEach((name, value) -> named.put(String.valueOf(name), value));
      named.put("kid", id);
      fields.put("key", named);
    } else {
      fields.put("id", id);
    }
    fields.put("tags", new TreeMap<>(tags));
    Map<String, @Nullable Object> attributes = new TreeMap<>();
    attributes.put("enabled", true);
    attributes.put("created", 1_700_000_000L);
    attributes.put("updated", 1_700_000_000L);
    if (exp instanceof Number seconds) {
      attributes.put("exp", seconds.longValue());
    }
    fields.put("attributes", attributes);
    there.computeIfAbsent(path, _ -> new Kept()).versions.add(new Version(fields));
    return version;
  }

  private static Map<String, @Nullable Object> withoutValue(Map<String, @Nullable Object> fields) {
    Map<String, @Nullable Object> rest = new TreeMap<>(fields);
    rest.remove("value");
    return rest;
  }

  private Answer list(Request request) {
    request.onlyQuery("api-version", "$skiptoken", "maxresults");
    List<Map<String, @Nullable Object>> all = new ArrayList<>();
    there.forEach(
        (path, kept) -> {
          if (path.startsWith("secrets/")) {
            Map<String, @Nullable Object> item = withoutValue(kept.newest());
            item.put("id", "https://" + HOST + "/" + path);
            all.add(item);
          }
        });
    int from = Integer.parseInt(request.query().getOrDefault("$skiptoken", "0"));
    int to = Math.min(from + 25, all.size());
    Map<String, @Nullable Object> page = new TreeMap<>();
    page.put("value", all.subList(from, to));
    page.put(
        "nextLink",
        to < all.size()
            ? "https://" + HOST + ":443/secrets?api-version=7.4&$skiptoken=" + to + "&maxresults=25"
            : null);
    return Answer.json(200, text(page));
  }

  private static String text(Map<String, @Nullable Object> tree) {
    try (var json = JsonText.of(tree)) {
      return json.with(bytes -> new String(bytes, StandardCharsets.UTF_8));
    }
  }

  private static Map<String, @Nullable Object> json(byte[] body) {
    return JsonTree.object(body).orElseThrow(() -> new Complaint("the body is no JSON object"));
  }
}
