package dev.signet.delivery;

import java.time.Duration;

/** Why a port could not do what was asked, in the kinds that the engine acts on. */
public sealed interface Problem {

  /** It does not exist. */
  record NotFound() implements Problem {}

  /** It exists and may not be read or written with the identity at hand. */
  record Denied() implements Problem {}

  /** Too many requests; not to be asked again before that time has passed. */
  record Throttled(Duration retryAfter) implements Problem {}

  /** It may well exist, but cannot be reached now. */
  record Unreachable() implements Problem {}

  /** It was reached and is not what it should be. */
  record Malformed() implements Problem {}

  /** This process does not do it, though it could: a guard keeps it from that. */
  record Refused() implements Problem {}

  /** It changed since it was read. */
  record Conflict() implements Problem {}
}
