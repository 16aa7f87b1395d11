package dev.signet.stores.aws;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.StoreException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * What a failure of the SDK means. Of what AWS says only its code is repeated, and which action on
 * which resource it denies: other texts may quote what was sent, and a request's number would
 * change a status each time.
 */
final class Failures {

  private static final Duration LONGEST_RETRY_AFTER = Duration.ofHours(1);
  private static final Duration USUAL_RETRY_AFTER = Duration.ofSeconds(1);

  private static final Set<String> ABSENT =
      Set.of("ResourceNotFoundException", "ParameterNotFound", "InvalidResourceId");
  private static final Set<String> MOVED =
      Set.of(
          "ResourceExistsException",
          "ParameterAlreadyExists",
          // It may well be there soon, and a deletion policy must not act on it.
          "ParameterVersionNotFound");
  private static final Set<String> MANY =
      Set.of(
          "ThrottlingException",
          "Throttling",
          "TooManyRequestsException",
          "RequestLimitExceeded",
          "RequestThrottled",
          "TooManyUpdates",
          "SlowDown");
  private static final Set<String> REFUSED =
      Set.of(
          "AccessDenied",
          "AccessDeniedException",
          "UnauthorizedOperation",
          "NotAuthorized",
          "OptInRequired",
          "DecryptionFailure",
          "EncryptionFailure",
          "PackedPolicyTooLarge",
          "RegionDisabledException",
          "IDPRejectedClaim");
  private static final Set<String> UNKNOWN =
      Set.of(
          "UnrecognizedClientException",
          "InvalidClientTokenId",
          "InvalidAccessKeyId",
          "InvalidSignatureException",
          "SignatureDoesNotMatch",
          "IncompleteSignature",
          "MissingAuthenticationToken",
          "MissingAuthenticationTokenException",
          "InvalidIdentityToken",
          "AuthFailure");
  private static final Set<String> EXPIRED =
      Set.of("ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired");
  private static final Set<String> CLOCK =
      Set.of("RequestTimeTooSkewed", "RequestExpired", "RequestInTheFuture");

  /** The second is moto's way to say it. */
  private static final Pattern MARKED = Pattern.compile("marked for deletion|marked deleted");

  private static final Pattern DENIED =
      Pattern.compile(
          "not authorized to perform: ([A-Za-z0-9:-]{1,80})"
              + "(?: on resource: ([A-Za-z0-9:/_+=.@*-]{1,400}))?");

  private Failures() {}

  private static String code(SdkException e) {
    return details(e).map(AwsErrorDetails::errorCode).orElse("");
  }

  private static String said(SdkException e) {
    return details(e).map(AwsErrorDetails::errorMessage).orElse("");
  }

  private static Optional<AwsErrorDetails> details(SdkException e) {
    return e instanceof AwsServiceException answer
        ? Optional.ofNullable(answer.awsErrorDetails())
        : Optional.empty();
  }

  private static Optional<String> header(SdkException e, String name) {
    return details(e)
        .map(AwsErrorDetails::sdkHttpResponse)
        .flatMap(it -> it.firstMatchingHeader(name));
  }

  /** Whether those who ask were known until a moment ago. */
  static boolean expired(SdkException e) {
    return EXPIRED.contains(code(e));
  }

  /** Whether AWS says that it does not let them do that. */
  static boolean denied(SdkException e) {
    return REFUSED.contains(code(e));
  }

  /** Whether the same may go well a moment later. */
  static boolean passing(Throwable failure) {
    if (Thread.currentThread().isInterrupted()) {
      return false;
    }
    return switch (failure) {
      case AbortedException _ -> false;
      case AwsServiceException e ->
          aboutClock(e)
              || (e.statusCode() >= 500 && !MANY.contains(code(e)) && !e.isThrottlingException());
      case SdkClientException e -> caused(e, IOException.class).isPresent();
      default -> false;
    };
  }

  private static boolean aboutClock(SdkException e) {
    String said = said(e);
    return CLOCK.contains(code(e))
        || (UNKNOWN.contains(code(e))
            && (said.contains("Signature expired") || said.contains("Signature not yet current")));
  }

  /**
   * What it means.
   *
   * @param what what was wanted of which store
   */
  static StoreException of(SdkException e, String what) {
    if (e instanceof AwsServiceException answer) {
      return answered(answer, what);
    }
    if (e instanceof AbortedException
        || Thread.currentThread().isInterrupted()
        || caused(e, InterruptedException.class).isPresent()) {
      Thread.currentThread().interrupt();
      return unreachable(what + " was not waited for: this process is stopping");
    }
    Optional<IOException> network = caused(e, IOException.class);
    if (network.isPresent()) {
      return unreachable(what + ": AWS " + why(network.get()));
    }
    return new StoreException(
        new Problem.Denied(),
        what
            + ": there are no credentials for AWS here, neither in the environment nor of a pod or"
            + " an instance; set auth.secretRef or auth.jwt");
  }

  private static StoreException answered(AwsServiceException e, String what) {
    String code = code(e);
    String short_ = what + ": AWS answered " + (code.isEmpty() ? "" + e.statusCode() : code);
    if (aboutClock(e)) {
      return new StoreException(new Problem.Denied(), short_ + ": " + clock(e));
    }
    if (ABSENT.contains(code) || deleted(e)) {
      return new StoreException(
          new Problem.NotFound(), "Secret does not exist: " + what + " (" + code + ")");
    }
    if (MOVED.contains(code)) {
      return new StoreException(new Problem.Conflict(), short_);
    }
    if (MANY.contains(code) || e.isThrottlingException()) {
      return new StoreException(
          new Problem.Throttled(retryAfter(e)), short_ + ", which means too many requests");
    }
    if (REFUSED.contains(code)) {
      return new StoreException(new Problem.Denied(), short_ + denial(e));
    }
    if (EXPIRED.contains(code)) {
      return new StoreException(
          new Problem.Denied(), short_ + ": the credentials have expired, and so did their like");
    }
    if (UNKNOWN.contains(code)) {
      return new StoreException(
          new Problem.Denied(), short_ + ": it does not know these credentials");
    }
    if (e.statusCode() >= 500) {
      return unreachable(short_);
    }
    return new StoreException(
        e.statusCode() == 403 ? new Problem.Denied() : new Problem.Malformed(), short_);
  }

  /** AWS says this with one code, upstream looks for it under another. */
  private static boolean deleted(AwsServiceException e) {
    return Set.of("InvalidRequestException", "InvalidParameterException").contains(code(e))
        && MARKED.matcher(said(e)).find();
  }

  private static String denial(AwsServiceException e) {
    Matcher denied = DENIED.matcher(said(e));
    if (!denied.find()) {
      return ": who asks may not";
    }
    String resource = Objects.requireNonNullElse(denied.group(2), "");
    return ": who asks may not "
        + denied.group(1)
        + (resource.isEmpty() ? "" : " on " + resource)
        + "; its policy has to allow that";
  }

  private static String clock(AwsServiceException e) {
    Optional<Instant> theirs =
        header(e, "Date")
            .flatMap(
                text -> {
                  try {
                    return Optional.of(
                        ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
                  } catch (DateTimeException notOne) {
                    return Optional.empty();
                  }
                });
    return "the clock of this machine is wrong"
        + theirs
            .map(
                it -> {
                  Duration off = Duration.between(it, Instant.now());
                  return ", by about "
                      + off.abs().toMinutes()
                      + " minutes "
                      + (off.isNegative() ? "late" : "early");
                })
            .orElse("")
        + "; set it";
  }

  private static Duration retryAfter(AwsServiceException e) {
    String text = header(e, "Retry-After").orElse("");
    if (!text.matches("[0-9]{1,9}")) {
      return USUAL_RETRY_AFTER;
    }
    Duration asked = Duration.ofSeconds(Long.parseLong(text));
    return asked.compareTo(LONGEST_RETRY_AFTER) > 0 ? LONGEST_RETRY_AFTER : asked;
  }

  private static StoreException unreachable(String message) {
    return new StoreException(new Problem.Unreachable(), message);
  }

  private static String why(IOException failure) {
    if (caused(failure, CertificateException.class).isPresent()) {
      return "has a server whose certificate is not trusted";
    }
    return switch (failure) {
      case UnknownHostException _ -> "has no server of that name; is the region one that exists?";
      case ConnectException _ -> "refuses connections";
      case SocketTimeoutException _ -> "did not answer in time";
      case SSLException _ -> "could not be talked to over TLS";
      default -> "broke the connection off";
    };
  }

  private static <T> Optional<T> caused(Throwable failure, Class<T> by) {
    for (Throwable each = failure; each != null; each = each.getCause()) {
      if (by.isInstance(each)) {
        return Optional.of(by.cast(each));
      }
    }
    return Optional.empty();
  }
}
