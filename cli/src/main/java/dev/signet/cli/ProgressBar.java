package dev.signet.cli;

/**
 * A line on standard error that says how far a long command is: only on a terminal, and only once
 * it took a moment.
 */
final class ProgressBar {

  private static final int WIDTH = 30;
  private static final long FIRST_AFTER_NANOS = 300_000_000;
  private static final long REDRAW_NANOS = 50_000_000;

  private final Surroundings surroundings;
  private final String what;
  private final long started = System.nanoTime();
  private long lastDrawn = started + FIRST_AFTER_NANOS - REDRAW_NANOS;
  private boolean drawn;

  ProgressBar(Surroundings surroundings, String what) {
    this.surroundings = surroundings;
    this.what = what;
  }

  synchronized void at(int done, int total) {
    long now = System.nanoTime();
    if (!surroundings.terminal() || now - lastDrawn < REDRAW_NANOS) {
      return;
    }
    lastDrawn = now;
    drawn = true;
    int filled = total == 0 ? WIDTH : (int) ((long) WIDTH * done / total);
    surroundings
        .err()
        .print(
            "\r"
                + what
                + " ["
                + "#".repeat(filled)
                + " ".repeat(WIDTH - filled)
                + "] "
                + done
                + "/"
                + total);
    surroundings.err().flush();
  }

  /** Removes the line. */
  synchronized void end() {
    if (drawn) {
      surroundings.err().print("\r\u001b[K");
      surroundings.err().flush();
    }
  }
}
