package dev.signet.stores.aws;

import dev.signet.delivery.store.Retries;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.auth.credentials.AnonymousCredentialsProvider;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.StandardRetryStrategy;
import software.amazon.awssdk.retries.api.BackoffStrategy;
import software.amazon.awssdk.retries.api.RetryStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import software.amazon.awssdk.services.ssm.SsmClient;
import software.amazon.awssdk.services.sts.StsClient;

/**
 * The SDK's clients, one for each service and region and none for each identity: credentials go
 * with the request. They share connections.
 *
 * <p>A call is sent three times at most, or as often as the store says, and only when it got no answer, an answer of 5xx, or one
 * about the clock, which the SDK then corrects. "Too many" is for the store's gate to know, at
 * once.
 */
final class Clients {

  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(20);
  private static final int ATTEMPTS = 3;

  /** Upstream's names of variables that say where a service is. */
  static final String SECRETS_MANAGER = "AWS_SECRETSMANAGER_ENDPOINT";

  static final String PARAMETER_STORE = "AWS_SSM_ENDPOINT";
  static final String TOKENS = "AWS_STS_ENDPOINT";
  static final String REGISTRY = "AWS_ECR_ENDPOINT";
  static final String PUBLIC_REGISTRY = "AWS_ECR_PUBLIC_ENDPOINT";

  private final Map<String, String> environment;
  private final Duration pause;
  private final SdkHttpClient http =
      UrlConnectionHttpClient.builder().connectionTimeout(CONNECT).socketTimeout(ANSWER).build();
  private final AwsCredentialsProvider own = DefaultCredentialsProvider.builder().build();
  private final Map<String, SecretsManagerClient> secrets = new ConcurrentHashMap<>();
  private final Map<String, SsmClient> parameters = new ConcurrentHashMap<>();
  private final Map<String, StsClient> tokens = new ConcurrentHashMap<>();

  /**
   * @param pause before a call is sent again, growing
   */
  Clients(Map<String, String> environment, Duration pause) {
    this.environment = Map.copyOf(environment);
    this.pause = pause;
  }

  SecretsManagerClient secrets(String region) {
    return secrets.computeIfAbsent(
        region, it -> prepared(SecretsManagerClient.builder(), it, SECRETS_MANAGER).build());
  }

  SsmClient parameters(String region) {
    return parameters.computeIfAbsent(
        region, it -> prepared(SsmClient.builder(), it, PARAMETER_STORE).build());
  }

  StsClient tokens(String region) {
    return tokens.computeIfAbsent(region, it -> prepared(StsClient.builder(), it, TOKENS).build());
  }

  /** Of the registries, whose module is not in this SDK. */
  Registry registry(String region) {
    return new Registry(http, region, "api.ecr", "ecr", endpoint(REGISTRY));
  }

  /** The same of the public one. */
  Registry publicRegistry(String region) {
    return new Registry(http, region, "api.ecr-public", "ecr-public", endpoint(PUBLIC_REGISTRY));
  }

  /** Of whoever this process is. */
  AwsCredentialsProvider own() {
    return own;
  }

  private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> B prepared(
      B builder, String region, String variable) {
    builder
        .region(Region.of(region))
        .credentialsProvider(AnonymousCredentialsProvider.create())
        .httpClient(http)
        .overrideConfiguration(it -> it.retryStrategy(retries(new Retries(0, Optional.empty()))));
    endpoint(variable).ifPresent(builder::endpointOverride);
    return builder;
  }

  private Optional<URI> endpoint(String variable) {
    String text = environment.getOrDefault(variable, "");
    if (text.isEmpty()) {
      return Optional.empty();
    }
    URI uri = URI.create(text);
    if (uri.getHost() == null || !List.of("https", "http").contains(uri.getScheme())) {
      throw new IllegalArgumentException("the variable " + variable + " holds no address");
    }
    return Optional.of(uri);
  }

  /** As {@code retrySettings} say it; upstream counts the first attempt too. */
  RetryStrategy retries(Retries wanted) {
    int attempts = wanted.most() > 0 ? wanted.most() : ATTEMPTS;
    BackoffStrategy backoff =
        wanted
            .pause()
            .map(BackoffStrategy::fixedDelayWithoutJitter)
            .orElseGet(
                () -> BackoffStrategy.exponentialDelay(pause, pause.multipliedBy(1 << ATTEMPTS)));
    return StandardRetryStrategy.builder()
        .useClientDefaults(false)
        .maxAttempts(attempts)
        .circuitBreakerEnabled(false)
        .backoffStrategy(backoff)
        .throttlingBackoffStrategy(backoff)
        .retryOnException(Failures::passing)
        .build();
  }
}
