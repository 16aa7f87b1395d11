package dev.signet.template;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Why a template cannot be parsed or did not finish. The message is Go's, byte for byte, except for
 * limits, which Go does not have. It quotes the template and may quote values, as Go does: whoever
 * shows it to others than the template's owner uses {@link #messageWithoutValues}.
 */
public final class TemplateException extends Exception {
  private static final long serialVersionUID = 1;

  /** When it went wrong. */
  public enum Phase {
    PARSE,
    EXECUTE
  }

  private final Phase phase;
  private final String raw;
  private final String plain;
  private final String valueless;
  private final int line;
  private final int column;
  private final Limits.@Nullable Name limit;

  /**
   * @param raw the whole message
   * @param plain the message without its place
   * @param valueless the whole message, without what may quote values
   */
  TemplateException(
      Phase phase,
      String raw,
      String plain,
      String valueless,
      int line,
      int column,
      Limits.@Nullable Name limit) {
    super(Utf8.decode(raw));
    this.phase = phase;
    this.raw = raw;
    this.plain = plain;
    this.valueless = valueless;
    this.line = line;
    this.column = column;
    this.limit = limit;
  }

  public Phase phase() {
    return phase;
  }

  /** The message in bytes, which need not be UTF-8. */
  public byte[] bytes() {
    return raw.getBytes(StandardCharsets.ISO_8859_1);
  }

  /** What went wrong without the position and the quoted action. */
  public String detail() {
    return Utf8.decode(plain);
  }

  /**
   * The message for those who may not see values. Errors of parsing, limits, and what the engine
   * itself finds wrong (a field that is not there, a wrong type or number of arguments) name only
   * the template and Go types, and are given whole. Of an error that a function returned only the
   * function is named, and of a range over something else not the value.
   */
  public String messageWithoutValues() {
    return Utf8.decode(valueless);
  }

  /** The line, from 1. */
  public int line() {
    return line;
  }

  /** Bytes of the line before the place, or -1 where only the line is known. */
  public int column() {
    return column;
  }

  /** The limit that was exceeded, where that is the reason. */
  public Optional<Limits.Name> limit() {
    return Optional.ofNullable(limit);
  }
}
