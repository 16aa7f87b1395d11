package dev.signet.template;

/**
 * Ends an execution that went over a limit. Unchecked, because it passes through every function;
 * {@link Template} turns it into a {@link TemplateException}.
 */
final class LimitExceeded extends RuntimeException {
  private static final long serialVersionUID = 1;
  private final Limits.Name limit;

  LimitExceeded(Limits.Name limit, String allowed) {
    super("limit exceeded: " + limit + " (" + allowed + ")", null, false, false);
    this.limit = limit;
  }

  Limits.Name limit() {
    return limit;
  }
}
