package dev.signet.delivery;

import static java.util.Objects.requireNonNull;

/** The {@link Objects} port failed; the message names the object and what to do. */
public final class ObjectsException extends Exception {

  private final transient Problem problem;

  public ObjectsException(Problem problem, String message) {
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
