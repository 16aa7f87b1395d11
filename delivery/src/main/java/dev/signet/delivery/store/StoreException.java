package dev.signet.delivery.store;

import static java.util.Objects.requireNonNull;

import dev.signet.delivery.Problem;

/** A store could not do what was asked. The message names store and key, never a value. */
public final class StoreException extends Exception {

  private final transient Problem problem;

  public StoreException(Problem problem, String message) {
    super(message);
    this.problem = problem;
  }

  public Problem problem() {
    return problem;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
