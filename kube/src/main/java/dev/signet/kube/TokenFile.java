package dev.signet.kube;

import io.fabric8.kubernetes.client.OAuthTokenProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * A token in a file that somebody else renews, as the kubelet renews those of service accounts. It
 * is read again after a minute, and at once when the API server refused it. While the file cannot
 * be read the last token is used.
 */
final class TokenFile implements Credentials, OAuthTokenProvider {

  private static final Duration FRESH = Duration.ofMinutes(1);

  private final Path file;
  private final InstantSource clock;
  private String token = "";
  private Instant readAt = Instant.MIN;

  TokenFile(Path file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
  }

  @Override
  public OAuthTokenProvider provider() {
    return this;
  }

  @Override
  public synchronized String getToken() {
    Instant now = clock.instant();
    // A clock that was set back must not make an old token last.
    boolean fresh = !now.isBefore(readAt) && now.isBefore(readAt.plus(FRESH));
    if (readAt.equals(Instant.MIN) || !fresh) {
      try {
        token = Files.readString(file).strip();
        readAt = now;
      } catch (IOException e) {
        // The last one may still be good; if it is not, the server says so.
        readAt = token.isEmpty() ? Instant.MIN : now;
      }
    }
    return token;
  }

  @Override
  public synchronized void refused() {
    readAt = Instant.MIN;
  }
}
