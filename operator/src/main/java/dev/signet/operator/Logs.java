package dev.signet.operator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import ch.qos.logback.core.filter.Filter;
import ch.qos.logback.core.spi.FilterReply;
import java.io.OutputStream;
import java.util.Locale;
import java.util.function.Predicate;
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
    LoggerContext context = context();
    append(context, out, new LogLines(format == Format.json), _ -> true);
    limit(context, threshold);
  }

  /**
   * From now on everything is logged as the Sealed Secrets controller logs it, in the shape of Go's
   * slog.
   *
   * @param low where everything up to INFO goes
   * @param high where the rest goes
   * @param level the least that is logged, as slog reads it: a name and perhaps a number, {@code
   *     warn+1}; INFO when it is none
   */
  public static void asGo(OutputStream low, OutputStream high, Format format, String level) {
    LoggerContext context = context();
    boolean json = format == Format.json;
    append(context, low, new GoLogLines(json), each -> !each.isGreaterOrEqual(Level.WARN));
    append(context, high, new GoLogLines(json), each -> each.isGreaterOrEqual(Level.WARN));
    limit(context, GoLogLines.threshold(level));
  }

  private static LoggerContext context() {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      throw new IllegalStateException("another logging library is on the class path");
    }
    context.reset();
    return context;
  }

  private static void append(
      LoggerContext context,
      OutputStream out,
      EncoderBase<ILoggingEvent> lines,
      Predicate<Level> which) {
    lines.setContext(context);
    lines.start();
    OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
    appender.setContext(context);
    appender.setEncoder(lines);
    appender.setImmediateFlush(true);
    appender.addFilter(
        new Filter<>() {
          @Override
          public FilterReply decide(ILoggingEvent event) {
            return which.test(event.getLevel()) ? FilterReply.NEUTRAL : FilterReply.DENY;
          }
        });
    appender.setOutputStream(out);
    appender.start();
    context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).addAppender(appender);
  }

  private static void limit(LoggerContext context, Threshold threshold) {
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
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
