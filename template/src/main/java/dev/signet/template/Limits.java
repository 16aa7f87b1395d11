package dev.signet.template;

import java.time.Duration;

/**
 * What one execution may use. Whatever is exceeded first ends the template with a {@link
 * TemplateException} that names it.
 *
 * @param steps actions, function calls, loop rounds and units of work inside functions
 * @param time wall-clock time
 * @param output bytes of output
 * @param memory bytes of strings and collections made, whether or not they are still in use
 * @param depth templates within templates; 100,000 is Go's own limit
 */
public record Limits(long steps, Duration time, long output, long memory, int depth) {
  /** Generous for configuration files, tight enough for templates of strangers. */
  public static final Limits DEFAULT =
      new Limits(5_000_000, Duration.ofSeconds(10), 8 << 20, 64 << 20, 100_000);

  /** The values within values that functions and printing follow. */
  static final int VALUE_DEPTH = 500;

  public Limits {
    if (steps < 1 || time.isNegative() || output < 0 || memory < 0 || depth < 0) {
      throw new IllegalArgumentException("limits must not be negative");
    }
  }

  /** The limits by name. */
  public enum Name {
    STEPS("steps"),
    TIME("time"),
    OUTPUT("output size"),
    MEMORY("memory"),
    DEPTH("template depth"),
    NESTING("nesting");

    private final String text;

    Name(String text) {
      this.text = text;
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
