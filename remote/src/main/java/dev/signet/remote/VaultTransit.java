package dev.signet.remote;

import com.fasterxml.jackson.core.Base64Variants;
import dev.signet.core.SecretBytes;
import dev.signet.sops.KeyWrapping.UnavailableException;
import dev.signet.sops.MasterKey;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Keys of Vault's transit engine. What they encrypt is stored as Vault says it, {@code vault:v1:…};
 * a key that is not there yet is made by Vault, if its policy lets it.
 *
 * <p>The address stands in the file, and whoever wrote the file gets the token: {@code
 * SOPS_HC_VAULT_ALLOWLIST} says which addresses may have it, by how they begin, {@code all} being
 * the usual and {@code none} none.
 */
final class VaultTransit {

  private static final String ALLOWED = "SOPS_HC_VAULT_ALLOWLIST";

  private final Machine machine;

  VaultTransit(Machine machine) {
    this.machine = machine;
  }

  String wrap(MasterKey.HcVault key, SecretBytes part) throws UnavailableException {
    String path = key.enginePath() + "/encrypt/" + key.key();
    String what = "failed to encrypt sops data key to Vault transit backend '" + path + "': ";
    byte[] request =
        part.with(bytes -> Json.object(json -> json.writeBinaryField("plaintext", bytes)));
    try (VaultServer server = server(key);
        Http.Answer answer = server.send("PUT", path, request)) {
      return answered(answer, Json.text(answer.body(), "data", "ciphertext"), "no encrypted data");
    } catch (IOException e) {
      throw new UnavailableException(what + e.getMessage());
    } finally {
      Arrays.fill(request, (byte) 0);
    }
  }

  SecretBytes unwrap(MasterKey.HcVault key) throws UnavailableException {
    String path = key.enginePath() + "/decrypt/" + key.key();
    String what = "failed to decrypt sops data key from Vault transit backend '" + path + "': ";
    byte[] request = Json.object(json -> json.writeStringField("ciphertext", key.enc()));
    try (VaultServer server = server(key);
        Http.Answer answer = server.send("PUT", path, request)) {
      return SecretBytes.wrap(
          answered(
              answer,
              Json.bytes(answer.body(), Base64Variants.MIME_NO_LINEFEEDS, "data", "plaintext"),
              "no decrypted data"));
    } catch (IOException e) {
      throw new UnavailableException(what + e.getMessage());
    }
  }

  private static <T> T answered(Http.Answer answer, Optional<T> found, String otherwise)
      throws IOException {
    if (!answer.succeeded()) {
      throw new IOException(VaultServer.problem(answer));
    }
    return found.orElseThrow(() -> new IOException(otherwise));
  }

  private VaultServer server(MasterKey.HcVault key) throws IOException {
    if (!allowed(key.address())) {
      throw new IOException(
          key.address() + " is not among the addresses in " + ALLOWED + ", so it gets no token");
    }
    return VaultServer.of(machine, key.address());
  }

  private boolean allowed(String address) throws IOException {
    String list = machine.variable(ALLOWED).orElse("all");
    if (list.equals("all") || list.equals("none")) {
      return list.equals("all");
    }
    List<String> prefixes = Arrays.stream(list.split(",", -1)).map(String::strip).toList();
    if (prefixes.contains("")) {
      throw new IOException(ALLOWED + "'s entry " + (prefixes.indexOf("") + 1) + " is empty");
    }
    String whole = slashed(address);
    return prefixes.stream().anyMatch(prefix -> whole.startsWith(slashed(prefix)));
  }

  private static String slashed(String text) {
    return text.endsWith("/") ? text : text + "/";
  }
}
