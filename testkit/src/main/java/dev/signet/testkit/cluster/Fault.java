package dev.signet.testkit.cluster;

import java.time.Duration;
import java.util.Optional;

/** What a {@link FaultProxy} does to a request. */
public sealed interface Fault {

  /** The request reaches the server that much later. */
  record Delay(Duration time) implements Fault {}

  /**
   * The server never sees the request; the client gets this status with a matching {@code Status}
   * object.
   *
   * @param retryAfter the header of that name, in whole seconds
   */
  record Answer(int status, Optional<Duration> retryAfter) implements Fault {}

  /** The server never sees the request; the client's connection is reset. */
  record Reset() implements Fault {}

  /**
   * The server does what was asked, then the client's connection is reset instead of the answer.
   */
  record LoseAnswer() implements Fault {}

  /** The answer comes, and that much after its start the connection is reset: cuts watches. */
  record CutAfter(Duration time) implements Fault {}

  static Fault delay(Duration time) {
    return new Delay(time);
  }

  /** 409: somebody else changed the object. */
  static Fault conflict() {
    return new Answer(409, Optional.empty());
  }

  /** 429 with Retry-After. */
  static Fault tooManyRequests(Duration retryAfter) {
    return new Answer(429, Optional.of(retryAfter));
  }

  static Fault answer(int status) {
    return new Answer(status, Optional.empty());
  }

  static Fault reset() {
    return new Reset();
  }

  static Fault loseAnswer() {
    return new LoseAnswer();
  }

  static Fault cutAfter(Duration time) {
    return new CutAfter(time);
  }
}
