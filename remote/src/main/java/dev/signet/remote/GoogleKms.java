package dev.signet.remote;

import com.fasterxml.jackson.core.Base64Variants;
import dev.signet.core.SecretBytes;
import dev.signet.sops.KeyWrapping.UnavailableException;
import dev.signet.sops.MasterKey;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Keys of Google Cloud KMS, over its REST API: {@code POST /v1/RESOURCE:encrypt} and {@code
 * :decrypt}. What they encrypt is stored as Base64. {@code SOPS_GCP_KMS_ENDPOINT} names another
 * server, {@code SOPS_GCP_KMS_UNIVERSE_DOMAIN} another domain of Google's.
 */
final class GoogleKms {

  private static final Pattern RESOURCE =
      Pattern.compile("^projects/[^/]+/locations/[^/]+/keyRings/[^/]+/cryptoKeys/[^/]+$");

  private final Machine machine;

  GoogleKms(Machine machine) {
    this.machine = machine;
  }

  String wrap(MasterKey.GcpKms key, SecretBytes part) throws UnavailableException {
    byte[] request =
        part.with(bytes -> Json.object(json -> json.writeBinaryField("plaintext", bytes)));
    try (Http http = Http.of(machine, java.util.Optional.empty());
        Http.Answer answer = ask(http, key, "encrypt", request)) {
      return Json.text(answer.body(), "ciphertext")
          .orElseThrow(() -> new IOException("the answer has no ciphertext"));
    } catch (IOException e) {
      throw new UnavailableException(
          "failed to encrypt sops data key with GCP KMS key: " + reason(e));
    } finally {
      Arrays.fill(request, (byte) 0);
    }
  }

  SecretBytes unwrap(MasterKey.GcpKms key) throws UnavailableException {
    byte[] request = Json.object(json -> json.writeStringField("ciphertext", key.enc()));
    try (Http http = Http.of(machine, java.util.Optional.empty());
        Http.Answer answer = ask(http, key, "decrypt", request)) {
      return SecretBytes.wrap(
          Json.bytes(answer.body(), Base64Variants.MIME_NO_LINEFEEDS, "plaintext")
              .orElseThrow(() -> new IOException("the answer has no plain text")));
    } catch (IOException e) {
      throw new UnavailableException(
          "failed to decrypt sops data key with GCP KMS key: " + reason(e));
    }
  }

  private Http.Answer ask(Http http, MasterKey.GcpKms key, String verb, byte[] request)
      throws IOException {
    if (!RESOURCE.matcher(key.resourceId()).matches()) {
      throw new IOException("no valid resource ID found in \"" + key.resourceId() + "\"");
    }
    URI uri = URI.create(server() + "/v1/" + path(key.resourceId()) + ":" + verb);
    Map<String, String> headers = new HashMap<>(GoogleAccess.of(machine).headers(uri));
    headers.put("Content-Type", "application/json");
    Http.Answer answer = http.send("POST", uri, headers, request);
    if (!answer.succeeded()) {
      try (answer) {
        throw new IOException(problem(answer));
      }
    }
    return answer;
  }

  private static String path(String resource) {
    return String.join(
        "/", java.util.Arrays.stream(resource.split("/", -1)).map(VaultServer::encoded).toList());
  }

  private String server() throws IOException {
    String named = machine.variable("SOPS_GCP_KMS_ENDPOINT").orElse("");
    String server =
        named.isEmpty()
            ? "https://cloudkms."
                + machine.variable("SOPS_GCP_KMS_UNIVERSE_DOMAIN").orElse("googleapis.com")
            : named.contains("://") ? named : "https://" + named;
    try {
      return URI.create(server.replaceAll("/+$", "")).toString();
    } catch (IllegalArgumentException e) {
      throw new IOException("the address in SOPS_GCP_KMS_ENDPOINT is malformed", e);
    }
  }

  /** What an answer that is no success says. */
  static String problem(Http.Answer answer) {
    return "Google answered "
        + answer.code()
        + Json.text(answer.body(), "error", "message")
            .map(text -> ": " + Json.printable(text))
            .orElse("");
  }

  static String reason(IOException e) {
    return Json.printable(String.valueOf(e.getMessage()));
  }
}
