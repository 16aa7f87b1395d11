package dev.signet.remote;

import com.fasterxml.jackson.core.Base64Variants;
import dev.signet.core.SecretBytes;
import dev.signet.sops.KeyWrapping.UnavailableException;
import dev.signet.sops.MasterKey;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Keys of Azure Key Vault, over its REST API 7.4: RSA-OAEP-256, the result as Base64 for addresses
 * without padding. A key that is named without version is the newest one at that time.
 *
 * <p>A vault is first asked without a token; it answers which tenant and resource one must be for.
 * The resource must be the domain that the vault is in, or the vault would get a token for others.
 */
final class AzureKeys {

  private static final String API = "?api-version=7.4";
  private static final String ALGORITHM = "RSA-OAEP-256";
  private static final Pattern CHALLENGE = Pattern.compile("([a-zA-Z_]+)=\"([^\"]*)\"");

  private final Machine machine;

  AzureKeys(Machine machine) {
    this.machine = machine;
  }

  /** The same key, with its version. */
  MasterKey.AzureKeyVault complete(MasterKey.AzureKeyVault key) throws UnavailableException {
    if (!key.version().isEmpty()) {
      return key;
    }
    try (Http http = Http.of(machine, Optional.empty());
        Http.Answer answer = ask(http, "GET", uri(key, ""), new byte[0])) {
      String id =
          Json.text(answer.body(), "key", "kid")
              .orElseThrow(() -> new IOException("the answer names no key"));
      String version = id.substring(id.lastIndexOf('/') + 1);
      return new MasterKey.AzureKeyVault(
          key.vaultUrl(), key.key(), version, key.createdAt(), key.enc());
    } catch (IOException e) {
      throw new UnavailableException(
          "failed to fetch Azure Key to retrieve key version: " + GoogleKms.reason(e));
    }
  }

  String wrap(MasterKey.AzureKeyVault key, SecretBytes part) throws UnavailableException {
    byte[] request =
        part.with(
            bytes ->
                Json.object(
                    json -> {
                      json.writeStringField("alg", ALGORITHM);
                      json.writeFieldName("value");
                      json.writeBinary(Base64Variants.MODIFIED_FOR_URL, bytes, 0, bytes.length);
                    }));
    try (Http http = Http.of(machine, Optional.empty());
        Http.Answer answer = ask(http, "POST", uri(key, "/encrypt"), request)) {
      return Json.text(answer.body(), "value")
          .orElseThrow(() -> new IOException("the answer has no value"));
    } catch (IOException e) {
      throw new UnavailableException(
          "failed to encrypt sops data key with Azure Key Vault key '"
              + key.name()
              + "': "
              + GoogleKms.reason(e));
    } finally {
      Arrays.fill(request, (byte) 0);
    }
  }

  SecretBytes unwrap(MasterKey.AzureKeyVault key) throws UnavailableException {
    byte[] request =
        Json.object(
            json -> {
              json.writeStringField("alg", ALGORITHM);
              json.writeStringField("value", key.enc());
            });
    try (Http http = Http.of(machine, Optional.empty());
        Http.Answer answer = ask(http, "POST", uri(key, "/decrypt"), request)) {
      return SecretBytes.wrap(
          Json.bytes(answer.body(), Base64Variants.MODIFIED_FOR_URL, "value")
              .orElseThrow(() -> new IOException("the answer has no value")));
    } catch (IOException e) {
      throw new UnavailableException(
          "failed to decrypt sops data key with Azure Key Vault key '"
              + key.name()
              + "': "
              + GoogleKms.reason(e));
    }
  }

  private static URI uri(MasterKey.AzureKeyVault key, String verb) throws IOException {
    String path =
        "/keys/" + VaultServer.encoded(key.key()) + "/" + VaultServer.encoded(key.version());
    try {
      URI uri = URI.create(key.vaultUrl() + path + verb + API);
      if ("https".equals(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Falls through.
    }
    throw new IOException("the address of the vault is not https: " + key.vaultUrl());
  }

  private Http.Answer ask(Http http, String method, URI uri, byte[] request) throws IOException {
    Map<String, String> headers = new HashMap<>();
    headers.put("Accept", "application/json");
    String token;
    // No body: it would hold the data key, for whom is not yet known.
    try (Http.Answer asked = http.send(method, uri, headers, new byte[0])) {
      token = token(http, uri, asked);
    }
    headers.put("Authorization", "Bearer " + token);
    if (request.length > 0) {
      headers.put("Content-Type", "application/json");
    }
    Http.Answer answer = http.send(method, uri, headers, request);
    if (!answer.succeeded()) {
      try (answer) {
        throw new IOException(
            "the vault answered "
                + answer.code()
                + Json.text(answer.body(), "error", "message")
                    .map(text -> ": " + Json.printable(text))
                    .orElse(""));
      }
    }
    return answer;
  }

  private String token(Http http, URI uri, Http.Answer asked) throws IOException {
    String challenge = asked.header("WWW-Authenticate").orElse("");
    if (asked.code() != 401 || !challenge.toLowerCase(Locale.ROOT).startsWith("bearer ")) {
      throw new IOException(
          Http.place(uri)
              + " did not ask for a token, as a vault does: it answered "
              + asked.code());
    }
    Map<String, String> parts = new HashMap<>();
    Matcher each = CHALLENGE.matcher(challenge);
    while (each.find()) {
      parts.put(each.group(1), each.group(2));
    }
    String resource =
        parts.getOrDefault("resource", parts.getOrDefault("scope", "").replace("/.default", ""));
    String domain = host(resource);
    if (domain.isEmpty() || !("." + uri.getHost()).endsWith("." + domain)) {
      throw new IOException(
          Http.place(uri) + " asks for a token for another domain than its own, so it gets none");
    }
    String authority =
        parts.getOrDefault("authorization", parts.getOrDefault("authorization_uri", ""));
    String tenant = authority.substring(authority.lastIndexOf('/') + 1);
    return new AzureTokens(machine, http).of(resource.replaceAll("/+$", ""), tenant);
  }

  private static String host(String resource) {
    try {
      return Optional.ofNullable(URI.create(resource).getHost()).orElse("");
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
