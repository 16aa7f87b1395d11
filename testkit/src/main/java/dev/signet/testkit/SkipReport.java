package dev.signet.testkit;

import java.io.PrintStream;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Says at the end of a test run how many tests were skipped and what would enable them. Found by
 * JUnit through its service file wherever testkit is on the class path.
 */
public final class SkipReport implements TestExecutionListener {

  private final Map<String, Integer> reasons = new TreeMap<>();
  private final PrintStream out;

  public SkipReport() {
    this(System.out);
  }

  SkipReport(PrintStream out) {
    this.out = out;
  }

  @Override
  public synchronized void executionSkipped(TestIdentifier test, String reason) {
    skipped(reason);
  }

  @Override
  public synchronized void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      skipped(
          result
              .getThrowable()
              .map(why -> Objects.requireNonNullElse(why.getMessage(), why.toString()))
              .orElse("no reason given"));
    }
  }

  @Override
  public synchronized void testPlanExecutionFinished(TestPlan plan) {
    if (reasons.isEmpty()) {
      return;
    }
    out.printf("%d skipped:%n", reasons.values().stream().mapToInt(Integer::intValue).sum());
    reasons.forEach((reason, count) -> out.printf("  %d x %s%n", count, reason));
    out.flush();
    reasons.clear();
  }

  private void skipped(String reason) {
    reasons.merge(reason.lines().findFirst().orElse("no reason given"), 1, Integer::sum);
  }
}
