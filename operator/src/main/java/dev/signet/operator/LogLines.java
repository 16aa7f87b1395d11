package dev.signet.operator;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.signet.yaml.GoJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.event.KeyValuePair;

/**
 * One line for each log event: JSON with {@code ts}, {@code level}, {@code logger}, {@code msg} and
 * what else the event names, or the same as text.
 *
 * <p>Of an exception only types and places are printed. What its message holds is up to whoever
 * threw it, and a library's may quote what it could not read.
 */
final class LogLines extends EncoderBase<ILoggingEvent> {

  private static final int FRAMES = 12;
  private static final Set<String> FIXED = Set.of("ts", "level", "logger", "msg");

  private final boolean json;

  LogLines(boolean json) {
    this.json = json;
  }

  @Override
  public byte[] headerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] footerBytes() {
    return new byte[0];
  }

  @Override
  public byte[] encode(ILoggingEvent event) {
    Map<String, Object> fields = fields(event);
    String line =
        json ? GoJson.write(fields, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN) : text(fields);
    return (line.strip() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static Map<String, Object> fields(ILoggingEvent event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    Instant at = event.getInstant();
    fields.put("ts", (at == null ? Instant.ofEpochMilli(event.getTimeStamp()) : at).toString());
    fields.put("level", event.getLevel().toString().toLowerCase(Locale.ROOT));
    fields.put("logger", event.getLoggerName());
    fields.put("msg", event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        fields.put(pair.key, String.valueOf(pair.value));
      }
    }
    if (event.getThrowableProxy() != null) {
      fields.put("error", places(event.getThrowableProxy()));
    }
    return fields;
  }

  static String places(IThrowableProxy thrown) {
    StringBuilder text = new StringBuilder();
    int causes = 0;
    for (IThrowableProxy each = thrown; each != null && causes < 5; each = each.getCause()) {
      text.append(causes++ == 0 ? "" : " caused by ").append(each.getClassName());
      StackTraceElementProxy[] frames = each.getStackTraceElementProxyArray();
      for (int i = 0; frames != null && i < Math.min(FRAMES, frames.length); i++) {
        text.append(' ').append(frames[i].getSTEAsString());
      }
    }
    return text.toString();
  }

  private static String text(Map<String, Object> fields) {
    String more =
        fields.entrySet().stream()
            .filter(field -> !FIXED.contains(field.getKey()))
            .map(field -> " " + field.getKey() + "=" + field.getValue())
            .collect(Collectors.joining());
    return (fields.get("ts") + " " + fields.get("level") + " " + fields.get("msg") + more)
        // One event stays one line, whatever an object's name or a server's words hold.
        .replaceAll("[\\p{Cntrl}]+", " ");
  }
}
