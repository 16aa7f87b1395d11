package dev.signet.operator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import java.io.OutputStream;
import java.util.Locale;
import org.slf4j.LoggerFactory;

/** Sets up what is logged, where and how: by code, since reading a file would cost start-up. */
public final class Logs {

  /** How a line looks. */
  public enum Format {
    json,
    text
  }

  /** What is too unimportant to be logged. */
  public enum Threshold {
    debug,
    info,
    warn,
    error
  }

  private Logs() {}

  /** From now on everything is logged there, and nowhere else. */
  public static void to(OutputStream out, Format format, Threshold threshold) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      throw new IllegalStateException("another logging library is on the class path");
    }
    context.reset();
    LogLines lines = new LogLines(format == Format.json);
    lines.setContext(context);
    lines.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(lines);
    appender.setImmediateFlush(true);
    appender.setOutputStream(out);
    appender.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(appender);
    // Libraries print what they like; only what they think is wrong is of interest.
    root.setLevel(Level.WARN);
    context
        .getLogger("dev.signet")
        .setLevel(Level.toLevel(threshold.name().toUpperCase(Locale.ROOT)));
    if (threshold == Threshold.error) {
      root.setLevel(Level.ERROR);
    }
  }
}
