package dev.signet.core.sealing;

/**
 * How many RSA operations may be spent on opening what somebody sent. A count, not a time, so that
 * what is refused does not depend on how busy the machine is. For one thread.
 */
public final class OpeningBudget {

  private int left;
  private boolean exceeded;

  private OpeningBudget(int operations) {
    this.left = operations;
  }

  public static OpeningBudget of(int operations) {
    return new OpeningBudget(operations);
  }

  /** For what this process wants to open itself. */
  public static OpeningBudget unlimited() {
    return new OpeningBudget(Integer.MAX_VALUE);
  }

  /** Takes one operation, if there is one left. */
  boolean take() {
    if (left == 0) {
      exceeded = true;
      return false;
    }
    left--;
    return true;
  }

  /** Whether an operation was wanted that was not there. */
  public boolean exceeded() {
    return exceeded;
  }
}
