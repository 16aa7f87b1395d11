package dev.signet.remote;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Who asks Azure. Tried one after the other, as Azure's own libraries do by default: a client
 * secret in variables, a workload identity, the identity of the machine or of App Service, and who
 * is logged in with {@code az}. What is there and fails is the answer; what is not there is passed.
 */
final class AzureTokens {

  private static final String PUBLIC = "https://login.microsoftonline.com/";
  private static final String MACHINE = "http://169.254.169.254";
  private static final String ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  private static final long CLI_SECONDS = 30;

  private final Machine machine;
  private final Http http;

  AzureTokens(Machine machine, Http http) {
    this.machine = machine;
    this.http = http;
  }

  /**
   * A token for a resource.
   *
   * @param tenant the one that the resource belongs to
   */
  String of(String resource, String tenant) throws IOException {
    Optional<String> client = machine.variable("AZURE_CLIENT_ID");
    Optional<String> own = machine.variable("AZURE_TENANT_ID");
    Optional<String> secret = machine.variable("AZURE_CLIENT_SECRET");
    Map<String, String> form = new LinkedHashMap<>();
    client.ifPresent(id -> form.put("client_id", id));
    form.put("scope", resource + "/.default");
    form.put("grant_type", "client_credentials");
    if (client.isPresent() && own.isPresent() && secret.isPresent()) {
      form.put("client_secret", secret.get());
      return login(own.get(), form);
    }
    Optional<Path> federated = machine.file("AZURE_FEDERATED_TOKEN_FILE");
    if (client.isPresent() && own.isPresent() && federated.isPresent()) {
      form.put("client_assertion_type", ASSERTION);
      form.put("client_assertion", Files.readString(federated.get()).strip());
      return login(own.get(), form);
    }
    List<String> reasons = new ArrayList<>();
    try {
      return ofMachine(resource);
    } catch (IOException e) {
      reasons.add(String.valueOf(e.getMessage()));
    }
    try {
      return ofCommand(resource, own.orElse(tenant));
    } catch (IOException e) {
      reasons.add(String.valueOf(e.getMessage()));
    }
    throw new IOException(
        "there is no identity for Azure: AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET"
            + " or AZURE_FEDERATED_TOKEN_FILE are not set; "
            + String.join("; ", reasons));
  }

  private String login(String tenant, Map<String, String> form) throws IOException {
    String authority = machine.variable("AZURE_AUTHORITY_HOST").orElse(PUBLIC);
    URI uri =
        URI.create(
            (authority.endsWith("/") ? authority : authority + "/")
                + VaultServer.encoded(tenant)
                + "/oauth2/v2.0/token");
    if (!"https".equals(uri.getScheme())) {
      throw new IOException("AZURE_AUTHORITY_HOST is not https: the secret is not sent there");
    }
    byte[] body =
        form.entrySet().stream()
            .map(each -> each.getKey() + "=" + urlEncoded(each.getValue()))
            .collect(Collectors.joining("&"))
            .getBytes(StandardCharsets.UTF_8);
    Map<String, String> headers = Map.of("Content-Type", "application/x-www-form-urlencoded");
    try (Http.Answer answer = http.send("POST", uri, headers, body)) {
      return token(answer, "access_token");
    }
  }

  private static String urlEncoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static String token(Http.Answer answer, String field) throws IOException {
    if (!answer.succeeded()) {
      String why =
          Json.text(answer.body(), "error_description")
              .or(() -> Json.text(answer.body(), "error"))
              .map(text -> ": " + Json.printable(text))
              .orElse("");
      throw new IOException("the login at Azure answered " + answer.code() + why);
    }
    return Json.text(answer.body(), field)
        .orElseThrow(() -> new IOException("the login at Azure answered without a token"));
  }

  private String ofMachine(String resource) throws IOException {
    Optional<String> service = machine.variable("IDENTITY_ENDPOINT");
    Optional<String> proof = machine.variable("IDENTITY_HEADER");
    String client =
        machine.variable("AZURE_CLIENT_ID").map(id -> "&client_id=" + urlEncoded(id)).orElse("");
    String asked = "&resource=" + urlEncoded(resource) + client;
    URI uri;
    Map<String, String> headers;
    if (service.isPresent() && proof.isPresent()) {
      uri = URI.create(service.get() + "?api-version=2019-08-01" + asked);
      headers = Map.of("X-IDENTITY-HEADER", proof.get());
    } else {
      String host = machine.variable("AZURE_POD_IDENTITY_AUTHORITY_HOST").orElse(MACHINE);
      uri =
          URI.create(
              host.replaceAll("/+$", "")
                  + "/metadata/identity/oauth2/token?api-version=2018-02-01"
                  + asked);
      headers = Map.of("Metadata", "true");
    }
    try (Http.Answer answer = http.send("GET", uri, headers, new byte[0])) {
      return token(answer, "access_token");
    }
  }

  private String ofCommand(String resource, String tenant) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            "az", "account", "get-access-token", "--output", "json", "--resource", resource);
    if (!tenant.isEmpty()) {
      builder.command().addAll(List.of("--tenant", tenant));
    }
    builder.environment().clear();
    builder.environment().putAll(machine.environment());
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      throw new IOException("the program az is not there", e);
    }
    process.getOutputStream().close();
    byte[] out = process.getInputStream().readAllBytes();
    try {
      if (process.waitFor(CLI_SECONDS, TimeUnit.SECONDS) && process.exitValue() == 0) {
        return Json.text(out, "accessToken")
            .orElseThrow(() -> new IOException("the program az printed no token"));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      process.destroy();
    }
    throw new IOException("nobody is logged in with az");
  }
}
