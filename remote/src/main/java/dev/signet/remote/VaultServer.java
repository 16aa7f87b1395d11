package dev.signet.remote;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A Vault or OpenBao, asked as its own client asks: {@code VAULT_TOKEN}, else {@code
 * ~/.vault-token}; {@code VAULT_NAMESPACE}, {@code VAULT_CACERT}, {@code VAULT_AGENT_ADDR}. A
 * standby may point to the active server, which is followed once, never from TLS to plain.
 */
final class VaultServer implements AutoCloseable {

  private final Http http;
  private final URI address;
  private final Map<String, String> headers = new HashMap<>();

  private VaultServer(Http http, URI address, Optional<String> token, Optional<String> namespace) {
    this.http = http;
    this.address = address;
    headers.put("X-Vault-Request", "true");
    token.ifPresent(value -> headers.put("X-Vault-Token", value));
    namespace.ifPresent(value -> headers.put("X-Vault-Namespace", value));
  }

  static VaultServer of(Machine machine, String address) throws IOException {
    if (machine.variable("VAULT_SKIP_VERIFY").filter(value -> !isFalse(value)).isPresent()) {
      throw new IOException(
          "VAULT_SKIP_VERIFY is not followed: name the authority of Vault's certificate in"
              + " VAULT_CACERT instead");
    }
    String server = machine.variable("VAULT_AGENT_ADDR").orElse(address);
    URI uri;
    try {
      uri = URI.create(server.endsWith("/") ? server.substring(0, server.length() - 1) : server);
    } catch (IllegalArgumentException e) {
      throw new IOException("the address of Vault is malformed: " + server, e);
    }
    Http http = Http.of(machine, machine.file("VAULT_CACERT"));
    return new VaultServer(http, uri, token(machine), machine.variable("VAULT_NAMESPACE"));
  }

  private static boolean isFalse(String value) {
    return List.of("0", "f", "F", "FALSE", "false", "False").contains(value);
  }

  private static Optional<String> token(Machine machine) throws IOException {
    Optional<String> given = machine.variable("VAULT_TOKEN");
    Optional<Path> file = machine.inHome(".vault-token");
    if (given.isPresent() || file.filter(Files::exists).isEmpty()) {
      return given;
    }
    try {
      return Optional.of(Files.readString(file.get()).strip()).filter(text -> !text.isEmpty());
    } catch (IOException e) {
      throw new IOException("cannot read the token of Vault in " + file.get(), e);
    }
  }

  /**
   * Sends it, whatever comes back.
   *
   * @param path below {@code /v1/}, not encoded
   */
  Http.Answer send(String method, String path, byte[] body) throws IOException {
    Http.Answer answer = http.send(method, uri(path), headers, body);
    Optional<URI> active = active(answer);
    if (active.isEmpty()) {
      return answer;
    }
    answer.close();
    return http.send(method, active.get(), headers, body);
  }

  private Optional<URI> active(Http.Answer answer) {
    if (answer.code() != 307 && answer.code() != 308) {
      return Optional.empty();
    }
    try {
      return answer
          .header("Location")
          .map(URI::create)
          .filter(it -> it.getHost() != null && address.getScheme().equals(it.getScheme()));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private URI uri(String path) throws IOException {
    StringBuilder encoded = new StringBuilder(address + "/v1");
    for (String segment : path.split("/", -1)) {
      if (segment.equals(".") || segment.equals("..")) {
        throw new IOException("a path in Vault may not have the part '" + segment + "': " + path);
      }
      if (!segment.isEmpty()) {
        encoded.append('/').append(encoded(segment));
      }
    }
    try {
      return URI.create(encoded.toString());
    } catch (IllegalArgumentException e) {
      throw new IOException("the address of Vault is malformed: " + address, e);
    }
  }

  /** A part of a path, percent-encoded but for what never needs it. */
  static String encoded(String segment) {
    StringBuilder text = new StringBuilder();
    for (byte each : segment.getBytes(StandardCharsets.UTF_8)) {
      char letter = (char) (each & 0xff);
      if (letter < 0x80 && (Character.isLetterOrDigit(letter) || "-._~".indexOf(letter) >= 0)) {
        text.append(letter);
      } else {
        text.append('%').append("%02X".formatted((int) letter));
      }
    }
    return text.toString();
  }

  /** What an answer that is no success says. */
  static String problem(Http.Answer answer) {
    List<String> errors = Json.texts(answer.body(), "errors");
    return "Vault answered "
        + answer.code()
        + (errors.isEmpty() ? "" : ": " + Json.printable(String.join("; ", errors)));
  }

  @Override
  public void close() {
    http.close();
  }
}
