package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.delivery.store.JsonTree;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.regions.PartitionMetadata;
import software.amazon.awssdk.regions.Region;

/**
 * The one call that is made to container registries, {@code GetAuthorizationToken}, by the SDK's
 * signer and connections: its modules for registries are megabytes more.
 */
final class Registry {

  private static final int LARGEST_ANSWER = 1 << 20;
  private static final String BODY_TYPE = "application/x-amz-json-1.1";

  private final SdkHttpClient http;
  private final String region;
  private final String service;
  private final URI endpoint;

  /**
   * @param host the first part of the name of its hosts
   * @param service as signatures call it
   * @param elsewhere where it is asked instead
   */
  Registry(
      SdkHttpClient http, String region, String host, String service, Optional<URI> elsewhere) {
    this.http = http;
    this.region = region;
    this.service = service;
    this.endpoint =
        elsewhere.orElseGet(
            () ->
                URI.create(
                    "https://"
                        + host
                        + "."
                        + region
                        + "."
                        + PartitionMetadata.of(Region.of(region)).dnsSuffix()));
  }

  /** The answer, a JSON object; what else comes is thrown as the SDK throws it. */
  Map<String, @Nullable Object> token(AwsCredentials who) {
    ContentStreamProvider body = ContentStreamProvider.fromUtf8String("{}");
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .uri(endpoint)
            .method(SdkHttpMethod.POST)
            .putHeader("Content-Type", BODY_TYPE)
            .putHeader("Content-Length", "2")
            .putHeader(
                "X-Amz-Target",
                (service.equals("ecr")
                        ? "AmazonEC2ContainerRegistry_V20150921"
                        : "SpencerFrontendService")
                    + ".GetAuthorizationToken")
            .build();
    SignedRequest signed =
        AwsV4HttpSigner.create()
            .sign(
                it ->
                    it.identity(who)
                        .request(request)
                        .payload(body)
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region));
    try {
      HttpExecuteResponse answer =
          http.prepareRequest(
                  HttpExecuteRequest.builder()
                      .request(signed.request())
                      .contentStreamProvider(signed.payload().orElse(body))
                      .build())
              .call();
      return read(answer);
    } catch (IOException e) {
      throw SdkClientException.create("no answer of a registry", e);
    }
  }

  private static Map<String, @Nullable Object> read(HttpExecuteResponse answer) throws IOException {
    byte[] bytes;
    try (InputStream in =
        answer
            .responseBody()
            .map(it -> (InputStream) it)
            .orElseGet(() -> AbortableInputStream.create(new ByteArrayInputStream(new byte[0])))) {
      bytes = in.readNBytes(LARGEST_ANSWER);
    }
    try {
      Optional<Map<String, @Nullable Object>> tree = JsonTree.object(bytes);
      if (answer.httpResponse().isSuccessful() && tree.isPresent()) {
        return tree.get();
      }
      String code = String.valueOf(tree.orElse(Map.of()).getOrDefault("__type", ""));
      throw AwsServiceException.builder()
          .statusCode(answer.httpResponse().statusCode())
          .awsErrorDetails(
              AwsErrorDetails.builder()
                  .errorCode(code.substring(code.indexOf('#') + 1))
                  .errorMessage(String.valueOf(tree.orElse(Map.of()).getOrDefault("message", "")))
                  .sdkHttpResponse(answer.httpResponse())
                  .rawResponse(SdkBytes.fromString("", UTF_8))
                  .build())
          .build();
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }
}
