package dev.signet.stores.aws;

import dev.signet.delivery.Problem;
import dev.signet.delivery.store.ApiCalls;
import dev.signet.delivery.store.StoreException;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.core.exception.SdkException;

/** The calls to one service as one identity, each counted under upstream's name for it. */
final class Calls {

  /** A call, with whom it is made as. */
  @FunctionalInterface
  interface Sending<A> {
    A as(AwsRequestOverrideConfiguration who);
  }

  private static final Duration REFUSED = Duration.ofHours(1);
  private static final Duration TOO_MANY = Duration.ofSeconds(10);

  private final String provider;
  private final String identity;
  private final Session session;
  private final Session.Issuer issuer;
  private final ApiCalls counted;

  /**
   * @param provider the service, as upstream's metrics call it
   * @param identity how messages name the store
   */
  Calls(
      String provider, String identity, Session session, Session.Issuer issuer, ApiCalls counted) {
    this.provider = provider;
    this.identity = identity;
    this.session = session;
    this.issuer = issuer;
    this.counted = counted;
  }

  String identity() {
    return identity;
  }

  /** Whether several values may be asked for with one call. */
  boolean together() {
    return session.together(provider);
  }

  /**
   * That went wrong: whether the values can be had one by one. Who may not ask for several at once
   * does not try that again for an hour, and who did so too often not for ten seconds.
   */
  boolean apart(StoreException e) {
    switch (e.problem()) {
      case Problem.Denied _ -> session.apart(provider, REFUSED);
      case Problem.Throttled _ -> session.apart(provider, TOO_MANY);
      case Problem.Malformed _ -> {}
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Whether there is somebody to ask as. */
  void verify() throws StoreException {
    var _ = session.use(issuer);
  }

  /** A call that is signed here. */
  @FunctionalInterface
  interface Signing<A> {
    A as(AwsCredentials who);
  }

  /**
   * Sends a call, and once more as somebody renewed where who asks has expired.
   *
   * @param call as upstream's metrics call it
   * @param what what is asked for, such as {@code key a}
   */
  <A> A send(String call, String what, Sending<A> sending) throws StoreException {
    return sign(
        call,
        what,
        who ->
            sending.as(
                AwsRequestOverrideConfiguration.builder()
                    .credentialsProvider(StaticCredentialsProvider.create(who))
                    .build()));
  }

  /** The same for what knows nothing of the SDK's requests. */
  <A> A sign(String call, String what, Signing<A> sending) throws StoreException {
    Session.Use use = session.use(issuer);
    try {
      return counted(call, sending, use);
    } catch (SdkException e) {
      if (!Failures.expired(e) || !session.replaced(use.number(), issuer)) {
        throw Failures.of(e, what + " of " + identity);
      }
    }
    try {
      return counted(call, sending, session.use(issuer));
    } catch (SdkException e) {
      throw Failures.of(e, what + " of " + identity);
    }
  }

  private <A> A counted(String call, Signing<A> sending, Session.Use use) {
    boolean succeeded = false;
    try {
      A answer = sending.as(use.credentials());
      succeeded = true;
      return answer;
    } finally {
      counted.ended(provider, call, succeeded);
    }
  }
}
