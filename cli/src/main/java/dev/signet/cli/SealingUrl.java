package dev.signet.cli;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.kube.Services;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Optional;

/** A controller that is asked where it listens, past the API server. */
final class SealingUrl implements SealingService.Way {

  private static final int ATTEMPTS = 11;
  private static final int LARGEST = 16 << 20;
  private static final long LONGEST_WAIT_SECONDS = 60;

  private final HttpClient http;
  private final String base;
  private final Duration patience;

  private SealingUrl(HttpClient http, String base, Duration patience) {
    this.http = http;
    this.base = base;
    this.patience = patience;
  }

  static SealingUrl of(Surroundings surroundings, URI url, Duration patience)
      throws CommandFailure {
    try {
      return new SealingUrl(
          KubesealUrl.client(surroundings, url), url.toString().replaceAll("/+$", ""), patience);
    } catch (IOException | GeneralSecurityException | ObjectsException e) {
      throw CommandFailure.because(e);
    }
  }

  /** Comes again as often as it is told to, as {@link Services} does. */
  @Override
  public Services.Answer ask(String path, Optional<byte[]> body) throws ObjectsException {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path)).timeout(patience);
    body.ifPresent(bytes -> request.POST(HttpRequest.BodyPublishers.ofByteArray(bytes)));
    try {
      for (int attempt = 1; true; attempt++) {
        HttpResponse<InputStream> answer =
            http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        byte[] content;
        try (InputStream in = answer.body()) {
          content = in.readNBytes(LARGEST + 1);
        }
        if (content.length > LARGEST) {
          throw new ObjectsException(
              new Problem.Malformed(), "the answer is larger than " + LARGEST + " bytes");
        }
        Optional<String> again = answer.headers().firstValue("Retry-After");
        boolean busy = answer.statusCode() == 429 || answer.statusCode() >= 500;
        if (!busy || again.isEmpty() || attempt == ATTEMPTS) {
          return new Services.Answer(
              answer.statusCode(), answer.headers().firstValue("Content-Type").orElse(""), content);
        }
        Thread.sleep(Duration.ofSeconds(seconds(again.get())));
      }
    } catch (IOException e) {
      throw new ObjectsException(new Problem.Unreachable(), KubesealUrl.reason(e));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ObjectsException(new Problem.Unreachable(), "interrupted");
    }
  }

  private static long seconds(String header) {
    try {
      return Math.clamp(Long.parseLong(header.strip()), 0, LONGEST_WAIT_SECONDS);
    } catch (NumberFormatException e) {
      return 1;
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
