package dev.signet.remote;

import com.google.api.client.http.javanet.NetHttpTransport;
import com.google.auth.http.HttpTransportFactory;
import com.google.auth.oauth2.AccessToken;
import com.google.auth.oauth2.ComputeEngineCredentials;
import com.google.auth.oauth2.GoogleCredentials;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Who asks Google: {@code GOOGLE_CREDENTIALS} (a file, or its content), else the token in {@code
 * GOOGLE_OAUTH_ACCESS_TOKEN}, else the file that {@code GOOGLE_APPLICATION_CREDENTIALS} names, else
 * the one that gcloud keeps for applications, else the account of the machine.
 */
final class GoogleAccess {

  private static final String SCOPE = "https://www.googleapis.com/auth/cloud-platform";
  private static final String KEPT = "application_default_credentials.json";

  private final GoogleCredentials credentials;

  private GoogleAccess(GoogleCredentials credentials) {
    this.credentials = credentials;
  }

  static GoogleAccess of(Machine machine) throws IOException {
    Optional<SSLContext> tls = Http.tls(machine.file("SSL_CERT_FILE"));
    HttpTransportFactory transport =
        () -> {
          NetHttpTransport.Builder builder = new NetHttpTransport.Builder();
          tls.ifPresent(it -> builder.setSslSocketFactory(it.getSocketFactory()));
          return builder.build();
        };
    Optional<byte[]> file = file(machine);
    if (file.isPresent()) {
      return scoped(GoogleCredentials.fromStream(new ByteArrayInputStream(file.get()), transport));
    }
    Optional<String> token = machine.variable("GOOGLE_OAUTH_ACCESS_TOKEN");
    if (token.isPresent()) {
      return new GoogleAccess(GoogleCredentials.create(new AccessToken(token.get(), null)));
    }
    Optional<Path> named = machine.file("GOOGLE_APPLICATION_CREDENTIALS");
    Optional<Path> kept =
        machine
            .file("CLOUDSDK_CONFIG")
            .or(() -> machine.inHome(".config/gcloud"))
            .map(folder -> folder.resolve(KEPT))
            .filter(Files::exists);
    Optional<Path> chosen = named.or(() -> kept);
    if (chosen.isPresent()) {
      byte[] content = Files.readAllBytes(chosen.get());
      return scoped(GoogleCredentials.fromStream(new ByteArrayInputStream(content), transport));
    }
    return scoped(ComputeEngineCredentials.newBuilder().setHttpTransportFactory(transport).build());
  }

  private static GoogleAccess scoped(GoogleCredentials credentials) {
    return new GoogleAccess(
        credentials.createScopedRequired() ? credentials.createScoped(SCOPE) : credentials);
  }

  private static Optional<byte[]> file(Machine machine) throws IOException {
    Optional<String> given = machine.variable("GOOGLE_CREDENTIALS");
    if (given.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path file = machine.workingDirectory().resolve(given.get());
      if (Files.exists(file)) {
        return Optional.of(Files.readAllBytes(file));
      }
    } catch (InvalidPathException contentItself) {
      // Falls through.
    }
    return Optional.of(given.get().getBytes(StandardCharsets.UTF_8));
  }

  /** The headers that say who asks. */
  Map<String, String> headers(URI uri) throws IOException {
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, List<String>> each : credentials.getRequestMetadata(uri).entrySet()) {
      headers.put(each.getKey(), String.join(", ", each.getValue()));
    }
    return headers;
  }
}
