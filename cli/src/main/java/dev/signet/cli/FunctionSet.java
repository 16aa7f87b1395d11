package dev.signet.cli;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** The functions that a template may call, by the name of who renders it. */
enum FunctionSet {
  /** Go's own. */
  NONE("none", false),
  SPRIG("sprig", false),
  SEALED_SECRETS("sealed-secrets", true),
  EXTERNAL_SECRETS("external-secrets", true);

  private final String text;
  private final boolean stringsOnly;

  FunctionSet(String text, boolean stringsOnly) {
    this.text = text;
    this.stringsOnly = stringsOnly;
  }

  static Optional<FunctionSet> find(String text) {
    return Arrays.stream(values()).filter(set -> set.text.equals(text)).findFirst();
  }

  static FunctionSet parse(String text) throws CommandFailure {
    return find(text)
        .orElseThrow(
            () -> CommandFailure.usage("unknown function set " + text, "use one of " + names()));
  }

  static String names() {
    return Arrays.stream(values()).map(set -> set.text).collect(Collectors.joining(", "));
  }

  /** Whether the data are a {@code map[string]string}. */
  boolean stringsOnly() {
    return stringsOnly;
  }

  @Override
  public String toString() {
    return text;
  }
}
