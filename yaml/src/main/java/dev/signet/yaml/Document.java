package dev.signet.yaml;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One document of an input.
 *
 * @param tree its content; the caller owns it and may change it
 * @param index its position among the documents that are not empty, counted from 0; malformed ones
 *     count too
 * @param line where its content starts in the input, counted from 1
 * @param syntax how it was written. Go's typed reading turns numbers and booleans into strings
 *     where a string is expected, but only for YAML ({@link Documents#coerced})
 */
public record Document(Map<String, @Nullable Object> tree, int index, int line, Syntax syntax) {

  /** The two ways to write a document. */
  public enum Syntax {
    YAML,
    JSON
  }

  /** Says where it is, never what it holds. */
  @Override
  public String toString() {
    return "Document[index=" + index + ", line=" + line + "]";
  }
}
