package dev.signet.kube;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.BasicBuilder;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;

/**
 * fabric8's bearer tokens, with two things added: after a 401 the token is a new one, and the
 * second attempt that fabric8 then makes keeps to the {@link Pace}.
 */
final class Tokens extends TokenRefreshInterceptor {

  private final Credentials credentials;
  private final Pace pace;

  Tokens(Config config, HttpClient.Factory http, Credentials credentials, Pace pace) {
    super(config, http, Instant.now());
    this.credentials = credentials;
    this.pace = pace;
  }

  @Override
  public CompletableFuture<Boolean> afterFailure(
      BasicBuilder builder, HttpResponse<?> response, RequestTags tags) {
    if (response.code() == 401) {
      credentials.refused();
    }
    return super.afterFailure(builder, response, tags)
        .thenApply(
            again -> {
              if (Boolean.TRUE.equals(again)) {
                try {
                  pace.await();
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                  return false;
                }
              }
              return again;
            });
  }
}
