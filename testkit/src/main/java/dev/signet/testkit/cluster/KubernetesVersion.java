package dev.signet.testkit.cluster;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Which Kubernetes: a minor version such as 1.34, or an exact one such as 1.34.4. The system
 * property {@code signet.kubernetes} chooses it for a test run.
 *
 * @param asked minor or exact, without the v
 */
public record KubernetesVersion(String asked) {

  static final String PROPERTY = "signet.kubernetes";

  private static final Pattern FORM = Pattern.compile("1\\.[0-9]{2}(\\.[0-9]+)?");
  private static final String USUAL = "1.34";

  public KubernetesVersion {
    if (!FORM.matcher(asked).matches()) {
      throw new IllegalArgumentException(
          "\"" + asked + "\" is no version of Kubernetes: write it as 1.34 or 1.34.4");
    }
  }

  /** The version of this test run. */
  public static KubernetesVersion ofThisRun() {
    return new KubernetesVersion(Optional.ofNullable(System.getProperty(PROPERTY)).orElse(USUAL));
  }

  /** Its first two numbers. */
  public String minor() {
    String[] numbers = asked.split("\\.", -1);
    return numbers[0] + "." + numbers[1];
  }

  /** All three numbers, if they were asked for. */
  Optional<String> exact() {
    return asked.equals(minor()) ? Optional.empty() : Optional.of(asked);
  }

  /** Whether a program that prints this as its version will do. */
  boolean isMetBy(String printed) {
    return Pattern.compile("v" + Pattern.quote(asked) + "(?![0-9])").matcher(printed).find();
  }

  @Override
  public String toString() {
    return asked;
  }
}
