package dev.signet.dialects.sealedsecrets;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * A SealedSecret does not open. The message is upstream's: each error once, followed by the items
 * it happened to, one error a line.
 */
public final class UnsealException extends Exception {

  private final boolean noKey;

  UnsealException(String message, boolean noKey) {
    super(message);
    this.noKey = noKey;
  }

  /**
   * @param items the items that failed, by error text
   */
  static UnsealException of(Map<String, List<String>> items, boolean noKey) {
    StringBuilder message = new StringBuilder();
    items.forEach(
        (error, names) -> {
          if (!message.isEmpty()) {
            message.append('\n');
          }
          message
              .append(error)
              .append(" (")
              .append(String.join(", ", new TreeSet<>(names)))
              .append(')');
        });
    return new UnsealException(message.toString(), noKey);
  }

  /**
   * Whether all that is wrong is that no key opens some items: then another scope, name or key may
   * help.
   */
  public boolean noKey() {
    return noKey;
  }

  @Override
  public String getMessage() {
    return requireNonNull(super.getMessage());
  }
}
