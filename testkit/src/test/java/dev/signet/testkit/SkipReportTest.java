package dev.signet.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.util.Map;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.Test;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.core.LauncherConfig;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

class SkipReportTest {

  @Test
  void countsWhatWasSkippedAndNamesWhatWouldEnableIt() {
    assertThat(reportOf(SomeSkips.class))
        .isEqualTo(
            """
            3 skipped:
              2 x needs the command tool: install it
              1 x switched off
            """
                .replace("\n", System.lineSeparator()));
  }

  @Test
  void isSilentWhenNothingWasSkipped() {
    assertThat(reportOf(NoSkips.class)).isEmpty();
  }

  @Test
  void isFoundByJUnit() {
    assertThat(ServiceLoader.load(TestExecutionListener.class))
        .hasAtLeastOneElementOfType(SkipReport.class);
  }

  private static String reportOf(Class<?> tests) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LauncherConfig alone =
        LauncherConfig.builder().enableTestExecutionListenerAutoRegistration(false).build();
    LauncherFactory.create(alone)
        .execute(
            LauncherDiscoveryRequestBuilder.request().selectors(selectClass(tests)).build(),
            new SkipReport(new PrintStream(out, true, UTF_8)));
    return out.toString(UTF_8);
  }

  /** Run by the tests above only: Surefire leaves nested classes out. */
  static class SomeSkips {

    private final Needs needs = new Needs(Map.of(), false);

    @Test
    void one() {
      needs.commandOnPath("tool", "install it");
    }

    @Test
    void two() {
      needs.commandOnPath("tool", "install it");
    }

    @Test
    @Disabled("switched off")
    void three() {}
  }

  static class NoSkips {

    @Test
    void runs() {}
  }
}
