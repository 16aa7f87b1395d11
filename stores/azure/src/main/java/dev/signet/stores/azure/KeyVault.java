package dev.signet.stores.azure;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.JsonFields;
import dev.signet.delivery.store.JsonTree;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.https.Endpoint;
import dev.signet.stores.https.JsonBody;
import dev.signet.stores.https.Tokens;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Key Vault's REST API that a store needs. {@code kind} is secrets, keys or
 * certificates:
 *
 * <pre>
 * GET    kind/NAME/VERSION            a version, or the newest: value, tags and times
 * GET    secrets                      names and tags, in pages; the next one is an address
 * PUT    secrets/NAME                 a new version
 * PUT    keys/NAME                    a new version, imported
 * POST   certificates/NAME/import     a new version, imported
 * DELETE kind/NAME                    all versions, which stay for a while
 * GET    deletedkind/NAME             what is left of it
 * POST   deletedkind/NAME/recover     brings it back, some time later
 * </pre>
 *
 * <p>Values of secrets are texts of 25 KiB at most. Errors are told apart by their codes, of which
 * nothing else is quoted.
 */
final class KeyVault {

  private static final String VERSION = "api-version=7.4";
  private static final String CALLS = "Azure/KeyVault";
  private static final byte[] NOTHING = {};
  private static final int LARGEST_VALUE = 25 * 1024;
  private static final int MOST_LISTED = 100_000;

  /** Who asks. */
  record Identity(String name, Tokens tokens, AzureLogin login) {}

  /**
   * A version of something.
   *
   * @param value a secret's text, a key's JSON, a certificate's DER
   * @param contentType empty where it has none
   * @param times in seconds since 1970 by Key Vault's names
   */
  record Entry(
      String version,
      SecretBytes value,
      Map<String, String> tags,
      String contentType,
      Map<String, Long> times)
      implements AutoCloseable {

    /** Tags, and times as External Secrets names them. */
    Map<String, String> metadata() {
      Map<String, String> all = new TreeMap<>(tags);
      Map.of("exp", "expires", "created", "created", "updated", "updated", "nbf", "notBefore")
          .forEach(
              (field, name) -> {
                Long seconds = times.get(field);
                if (seconds != null) {
                  all.put("attribute." + name, Instant.ofEpochSecond(seconds).toString());
                }
              });
      return all;
    }

    @Override
    public void close() {
      value.close();
    }
  }

  /** What a search sees of a secret. */
  record Listed(String name, boolean enabled, Map<String, String> tags) {}

  private final Endpoint endpoint;
  private final ApiCalls calls;
  private final URI vault;
  private final Identity identity;

  /**
   * @param vault without a path
   */
  KeyVault(Endpoint endpoint, ApiCalls calls, URI vault, Identity identity) {
    this.endpoint = endpoint;
    this.calls = calls;
    this.vault = vault;
    this.identity = identity;
  }

  /** What values are in turn by. */
  String address() {
    return vault.toString();
  }

  void login() throws StoreException {
    var _ = token();
  }

  private String token() throws StoreException {
    return identity.tokens().of(identity.name(), identity.login()::token);
  }

  private String where(Name name) {
    return "key " + name.kind().path() + "/" + name.name() + " of " + endpoint.identity();
  }

  /** A version; the newest if none is named. */
  Optional<Entry> entry(Name name, String version) throws StoreException {
    if (!version.matches("[0-9a-zA-Z-]{0,127}")) {
      throw malformed(where(name) + ": a version in a Key Vault is 32 digits of hexadecimal");
    }
    String path = path(name) + (version.isEmpty() ? "" : "/" + version);
    try (Endpoint.Answer answer = send("Get" + name.kind().call(), "GET", path, NOTHING)) {
      if (answer.code() == 404) {
        return Optional.empty();
      }
      if (!answer.succeeded()) {
        throw problem("cannot read " + where(name), answer);
      }
      return Optional.of(read(name, answer));
    }
  }

  private static String path(Name name) {
    return name.kind().path() + "/" + name.name();
  }

  private Entry read(Name name, Endpoint.Answer answer) throws StoreException {
    Map<String, SecretBytes> fields = Map.of();
    try {
      fields = JsonFields.of(answer.body());
      Fields rest = Fields.of(JsonTree.object(answer.body()).orElse(Map.of()), "answer");
      String id =
          name.kind() == Name.Kind.KEY
              ? rest.requiredObject("key").requiredString("kid")
              : rest.requiredString("id");
      SecretBytes value =
          switch (name.kind()) {
            case SECRET -> required(fields, "value").copy();
            case KEY -> required(fields, "key").copy();
            case CERTIFICATE ->
                SecretBytes.wrap(Base64.getDecoder().decode(rest.requiredString("cer")));
          };
      Map<String, Long> times = new TreeMap<>();
      Map<?, ?> attributes = rest.raw("attributes") instanceof Map<?, ?> map ? map : Map.of();
      for (String each : List.of("exp", "created", "updated", "nbf")) {
        if (attributes.get(each) instanceof Number seconds) {
          times.put(each, seconds.longValue());
        }
      }
      return new Entry(
          id.substring(id.lastIndexOf('/') + 1),
          value,
          rest.stringMap("tags"),
          rest.string("contentType").orElse(""),
          times);
    } catch (JsonFields.NotAnObjectException
        | MalformedObjectException
        | IllegalArgumentException e) {
      throw strange();
    } finally {
      fields.values().forEach(SecretBytes::close);
    }
  }

  private static SecretBytes required(Map<String, SecretBytes> fields, String name)
      throws MalformedObjectException {
    SecretBytes value = fields.get(name);
    if (value == null) {
      throw new MalformedObjectException(name + " is missing");
    }
    return value;
  }

  private StoreException strange() {
    return endpoint.unreachable("sent an answer that is not Key Vault's");
  }

  /** All secrets, which cannot be looked for there. */
  List<Listed> list() throws StoreException {
    List<Listed> all = new ArrayList<>();
    URI next = vault.resolve("/secrets?" + VERSION);
    while (true) {
      try (Endpoint.Answer answer = sent("GetSecrets", "GET", next, NOTHING)) {
        if (!answer.succeeded()) {
          throw problem("cannot list the secrets of " + endpoint.identity(), answer);
        }
        Fields page =
            Fields.of(JsonTree.object(answer.body()).orElseThrow(this::strange), "answer");
        for (Fields each : page.objects("value")) {
          String id = each.requiredString("id");
          Optional<Fields> attributes = each.object("attributes");
          all.add(
              new Listed(
                  id.substring(id.lastIndexOf('/') + 1),
                  attributes.isEmpty() || attributes.get().bool("enabled").orElse(true),
                  each.stringMap("tags")));
        }
        Optional<String> more = page.string("nextLink").filter(it -> !it.isEmpty());
        if (more.isEmpty()) {
          return all;
        }
        next = following(URI.create(more.get()));
      } catch (MalformedObjectException | IllegalArgumentException e) {
        throw strange();
      }
      if (all.size() > MOST_LISTED) {
        throw malformed("a search of " + endpoint.identity() + " lists too much");
      }
    }
  }

  /** Vaults name their port; the token goes along, so it has to be the same vault. */
  private URI following(URI next) throws StoreException {
    if (!vault.getHost().equalsIgnoreCase(next.getHost())
        || !vault.getScheme().equalsIgnoreCase(next.getScheme())
        || (next.getPort() >= 0 && next.getPort() != (vault.getPort() < 0 ? 443 : vault.getPort()))
        || next.getRawQuery() == null) {
      throw strange();
    }
    return vault.resolve(next.getRawPath() + "?" + next.getRawQuery());
  }

  /**
   * A new version of a secret.
   *
   * @param expires in seconds since 1970
   */
  void set(
      Name name,
      SecretBytes value,
      Map<String, String> tags,
      String contentType,
      Optional<Long> expires)
      throws StoreException {
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("enabled", true);
    expires.ifPresent(it -> attributes.put("exp", it));
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("value", value);
    body.put("tags", tags);
    if (!contentType.isEmpty()) {
      body.put("contentType", contentType);
    }
    body.put("attributes", attributes);
    write("SetSecret", "PUT", path(name), name, body);
  }

  void requireSize(Name name, SecretBytes value) throws StoreException {
    if (value.size() > LARGEST_VALUE) {
      throw malformed(
          "the value for "
              + where(name)
              + " is too large: Key Vault keeps "
              + LARGEST_VALUE
              + " bytes");
    }
  }

  void importKey(Name name, Map<String, Object> jwk, Map<String, String> tags)
      throws StoreException {
    write(
        "ImportKey",
        "PUT",
        path(name),
        name,
        Map.of("key", jwk, "tags", tags, "attributes", Map.of("enabled", true)));
  }

  void importCertificate(Name name, SecretBytes value, Map<String, String> tags)
      throws StoreException {
    write(
        "ImportCertificate",
        "POST",
        path(name) + "/import",
        name,
        Map.of("value", new JsonBody.Base64(value), "tags", tags));
  }

  private void write(String call, String method, String path, Name name, Map<String, Object> tree)
      throws StoreException {
    byte[] body = JsonBody.of(tree);
    try (Endpoint.Answer answer = send(call, method, path, body)) {
      if (!answer.succeeded()) {
        throw problem("cannot write " + where(name), answer);
      }
    } finally {
      Arrays.fill(body, (byte) 0);
    }
  }

  /** All versions; they can be recovered for a while. */
  void delete(Name name) throws StoreException {
    try (Endpoint.Answer answer =
        send("Delete" + name.kind().call(), "DELETE", path(name), NOTHING)) {
      if (!answer.succeeded() && answer.code() != 404) {
        throw problem("cannot delete " + where(name), answer);
      }
    }
  }

  /** The tags of what was deleted and can be recovered. */
  Optional<Map<String, String>> deleted(Name name) throws StoreException {
    try (Endpoint.Answer answer =
        send(
            "GetDeleted" + name.kind().call(),
            "GET",
            name.kind().deleted() + "/" + name.name(),
            NOTHING)) {
      if (answer.code() == 404) {
        return Optional.empty();
      }
      if (!answer.succeeded()) {
        throw problem("cannot look whether it was deleted: " + where(name), answer);
      }
      return Optional.of(
          Fields.of(JsonTree.object(answer.body()).orElseThrow(this::strange), "answer")
              .stringMap("tags"));
    } catch (MalformedObjectException e) {
      throw strange();
    }
  }

  void recover(Name name) throws StoreException {
    try (Endpoint.Answer answer =
        send(
            "RecoverDeleted" + name.kind().call(),
            "POST",
            name.kind().deleted() + "/" + name.name() + "/recover",
            NOTHING)) {
      if (!answer.succeeded()) {
        throw problem("cannot recover " + where(name), answer);
      }
    }
  }

  private Endpoint.Answer send(String call, String method, String path, byte[] body)
      throws StoreException {
    return sent(call, method, vault.resolve("/" + path + "?" + VERSION), body);
  }

  private Endpoint.Answer sent(String call, String method, URI uri, byte[] body)
      throws StoreException {
    String token = token();
    Endpoint.Answer answer = sent(call, method, uri, body, token);
    if (answer.code() != 401 || !identity.tokens().refused(identity.name(), token)) {
      return answer;
    }
    answer.close();
    return sent(call, method, uri, body, token());
  }

  private Endpoint.Answer sent(String call, String method, URI uri, byte[] body, String token)
      throws StoreException {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Authorization", "Bearer " + token);
    headers.put("Accept", "application/json");
    if (body.length > 0) {
      headers.put("Content-Type", "application/json");
    }
    boolean succeeded = false;
    try {
      Endpoint.Answer answer = endpoint.send(method, uri, headers, body);
      succeeded = answer.succeeded();
      return answer;
    } finally {
      calls.ended(CALLS, call, succeeded);
    }
  }

  private StoreException problem(String what, Endpoint.Answer answer) {
    StoreException problem = endpoint.problem(what, answer);
    String code = code(answer);
    return new StoreException(
        code.equals("Throttled") && !(problem.problem() instanceof Problem.Throttled)
            ? new Problem.Throttled(Duration.ofSeconds(1))
            : problem.problem(),
        problem.getMessage() + (code.isEmpty() ? "" : ", " + code));
  }

  /** The innermost code of the error, which is one of a list of Azure's. */
  private static String code(Endpoint.Answer answer) {
    Optional<Map<String, @Nullable Object>> tree = JsonTree.object(answer.body());
    Object error = tree.isPresent() ? tree.get().get("error") : null;
    String code = "";
    for (int i = 0; i < 4 && error instanceof Map<?, ?> map; i++) {
      if (map.get("code") instanceof String text && text.matches("[A-Za-z]{1,60}")) {
        code = text;
      }
      error = map.get("innererror");
    }
    return code;
  }

  private static StoreException malformed(String message) {
    return new StoreException(new Problem.Malformed(), message);
  }
}
