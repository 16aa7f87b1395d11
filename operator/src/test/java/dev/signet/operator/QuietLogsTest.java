package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.util.ContextInitializer;
import ch.qos.logback.core.joran.spi.JoranException;
import org.junit.jupiter.api.Test;

class QuietLogsTest {

  @Test
  void nothingIsLoggedUntilSomebodySaysWhere() throws JoranException {
    LoggerContext fresh = new LoggerContext();
    new ContextInitializer(fresh).autoConfig();

    assertThat(fresh.getLogger("io.fabric8").isErrorEnabled()).isFalse();
    assertThat(fresh.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).iteratorForAppenders())
        .isExhausted();
  }
}
