package dev.signet.stores.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.store.StoreException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.SdkHttpResponse;

/** What AWS says, and what it means. */
final class FailuresTest {

  private static AwsServiceException answer(
      int status, String code, String message, SdkHttpResponse response) {
    return AwsServiceException.builder()
        .statusCode(status)
        .message(message)
        .requestId("number-of-the-request")
        .awsErrorDetails(
            AwsErrorDetails.builder()
                .errorCode(code)
                .errorMessage(message)
                .sdkHttpResponse(response)
                .build())
        .build();
  }

  private static StoreException failure(int status, String code, String message) {
    return Failures.of(
        answer(status, code, message, SdkHttpResponse.builder().statusCode(status).build()),
        "key k of SecretStore/ns/s");
  }

  @ParameterizedTest
  @CsvSource({
    "400, ResourceNotFoundException, NotFound",
    "400, ParameterNotFound, NotFound",
    "400, InvalidResourceId, NotFound",
    "400, ParameterVersionNotFound, Conflict",
    "400, ResourceExistsException, Conflict",
    "400, ParameterAlreadyExists, Conflict",
    "400, AccessDeniedException, Denied",
    "400, DecryptionFailure, Denied",
    "403, AccessDenied, Denied",
    "403, Anything, Denied",
    "400, UnrecognizedClientException, Denied",
    "403, InvalidClientTokenId, Denied",
    "400, ExpiredTokenException, Denied",
    "403, SignatureDoesNotMatch, Denied",
    "400, ThrottlingException, Throttled",
    "400, TooManyUpdates, Throttled",
    "429, Anything, Throttled",
    "503, SlowDown, Throttled",
    "500, InternalServiceError, Unreachable",
    "503, ServiceUnavailable, Unreachable",
    "400, ValidationException, Malformed",
    "400, InvalidRequestException, Malformed",
    "400, LimitExceededException, Malformed",
  })
  void eachCodeMeansOneThing(int status, String code, String problem) {
    StoreException failure = failure(status, code, "what was sent: s3cret");
    assertThat(failure.problem().getClass().getSimpleName()).isEqualTo(problem);
    assertThat(failure)
        .hasMessageContaining(code)
        .hasMessageContaining("key k of SecretStore/ns/s")
        .message()
        .doesNotContain("s3cret", "number-of-the-request");
  }

  @Test
  void whichActionIsDeniedOnWhatIsSaid() {
    assertThat(
            failure(
                400,
                "AccessDeniedException",
                "User: arn:aws:sts::1:assumed-role/r/s is not authorized to perform:"
                    + " secretsmanager:GetSecretValue on resource: arn:aws:secretsmanager:x:1:secret:k"
                    + " because no identity-based policy allows the action"))
        .hasMessageContaining(
            "who asks may not secretsmanager:GetSecretValue on arn:aws:secretsmanager:x:1:secret:k");
  }

  @Test
  void whatIsMarkedForDeletionIsNotThere() {
    String said =
        "You can't perform this operation on the secret because it was marked for deletion.";
    for (String code : new String[] {"InvalidRequestException", "InvalidParameterException"}) {
      assertThat(failure(400, code, said).problem().getClass().getSimpleName())
          .isEqualTo("NotFound");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "RequestTimeTooSkewed, ''",
    "InvalidSignatureException, Signature expired: 20260101T000000Z is now earlier than",
    "InvalidSignatureException, Signature not yet current: 20260101T000000Z",
  })
  void aWrongClockIsSaidAndHowWrongItIs(String code, String said) {
    String theirs =
        DateTimeFormatter.RFC_1123_DATE_TIME.format(
            Instant.now().plusSeconds(3600 + 30).atOffset(ZoneOffset.UTC));
    AwsServiceException e =
        answer(
            403,
            code,
            said,
            SdkHttpResponse.builder().statusCode(403).putHeader("Date", theirs).build());
    assertThat(Failures.passing(e)).isTrue();
    assertThat(Failures.of(e, "x"))
        .hasMessageContaining("clock of this machine is wrong, by about 60 minutes late");
  }

  @Test
  void whatTheNetworkDoesIsSaidInOurWords() {
    IOException[] failures = {
      new UnknownHostException("secretsmanager.xx.amazonaws.com"),
      new ConnectException("refused"),
      new SocketTimeoutException("Read timed out"),
      new SSLHandshakeException("bad"),
      new IOException("x")
    };
    for (IOException cause : failures) {
      SdkClientException e = SdkClientException.create("Unable to execute HTTP request", cause);
      assertThat(Failures.passing(e)).isTrue();
      assertThat(Failures.of(e, "key k").problem().getClass().getSimpleName())
          .isEqualTo("Unreachable");
      assertThat(Failures.of(e, "key k")).hasMessageContaining("key k: AWS ");
    }
  }
}
