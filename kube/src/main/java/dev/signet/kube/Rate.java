package dev.signet.kube;

/**
 * How many requests a second may go to the API server.
 *
 * @param qps a second; infinite for no limit
 * @param burst how many may come at once
 * @param always whether that holds even where the API server shares its time out by itself, which
 *     it knows better how to do than any client
 */
public record Rate(double qps, int burst, boolean always) {

  public Rate {
    if (!(qps > 0) || burst < 1) {
      throw new IllegalArgumentException("qps, burst and inFlight must be positive");
    }
  }

  /** What holds until the API server is seen to share its time out by itself. */
  public static Rate polite(int qps, int burst) {
    return new Rate(qps, burst, /* always= */ false);
  }

  /** What holds always, as client-go's flags do. */
  public static Rate strict(double qps, int burst) {
    return new Rate(qps, burst, /* always= */ true);
  }
}
