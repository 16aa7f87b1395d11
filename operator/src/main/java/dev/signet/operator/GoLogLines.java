package dev.signet.operator;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.signet.yaml.GoJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.event.KeyValuePair;

/**
 * One line for each log event in the shape of Go's slog: {@code time}, {@code level}, {@code msg},
 * then what else the event names; as text {@code k=v}, quoted where that is needed, or as JSON.
 */
final class GoLogLines extends EncoderBase<ILoggingEvent> {

  private static final DateTimeFormatter MILLIS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSX", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private final boolean json;

  GoLogLines(boolean json) {
    this.json = json;
  }

  /** The least level of ours that slog would let pass. */
  static Logs.Threshold threshold(String text) {
    int sign = Math.max(text.indexOf('+'), text.indexOf('-'));
    try {
      int offset = sign < 0 ? 0 : Integer.parseInt(text.substring(sign));
      int level =
          offset
              + switch ((sign < 0 ? text : text.substring(0, sign)).toUpperCase(Locale.ROOT)) {
                case "DEBUG" -> -4;
                case "INFO" -> 0;
                case "WARN" -> 4;
                case "ERROR" -> 8;
                default -> -offset;
              };
      return level <= -4
          ? Logs.Threshold.debug
          : level <= 0 ? Logs.Threshold.info : level <= 4 ? Logs.Threshold.warn : Logs.Threshold.error;
    } catch (NumberFormatException e) {
      return Logs.Threshold.info;
    }
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
    Map<String, Object> fields = new LinkedHashMap<>();
    Instant at = Instant.ofEpochMilli(event.getTimeStamp());
    fields.put("time", json ? at.toString() : MILLIS.format(at));
    fields.put("level", level(event.getLevel()));
    fields.put("msg", event.getFormattedMessage());
    if (event.getKeyValuePairs() != null) {
      for (KeyValuePair pair : event.getKeyValuePairs()) {
        fields.put(pair.key, String.valueOf(pair.value));
      }
    }
    if (event.getThrowableProxy() != null) {
      fields.put("stack", LogLines.places(event.getThrowableProxy()));
    }
    String line =
        json ? GoJson.write(fields, GoJson.Layout.COMPACT, GoJson.Keys.AS_GIVEN) : text(fields);
    return (line.strip() + "\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String level(Level level) {
    return level.equals(Level.TRACE) ? "DEBUG-4" : level.toString();
  }

  private static String text(Map<String, Object> fields) {
    StringBuilder line = new StringBuilder();
    fields.forEach(
        (name, value) ->
            line.append(line.isEmpty() ? "" : " ")
                .append(name)
                .append('=')
                .append(quotedIfNeeded(value.toString())));
    return line.toString();
  }

  private static String quotedIfNeeded(String text) {
    boolean plain =
        !text.isEmpty()
            && text.codePoints()
                .allMatch(c -> c > ' ' && c != '"' && c != '=' && c != '\\' && c != 0x7f);
    if (plain) {
      return text;
    }
    StringBuilder quoted = new StringBuilder("\"");
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '"' -> quoted.append("\\\"");
                case '\\' -> quoted.append("\\\\");
                case '\n' -> quoted.append("\\n");
                case '\r' -> quoted.append("\\r");
                case '\t' -> quoted.append("\\t");
                default -> {
                  if (c < ' ' || c == 0x7f) {
                    quoted.append(String.format(Locale.ROOT, "\\x%02x", c));
                  } else {
                    quoted.appendCodePoint(c);
                  }
                }
              }
            });
    return quoted.append('"').toString();
  }
}
