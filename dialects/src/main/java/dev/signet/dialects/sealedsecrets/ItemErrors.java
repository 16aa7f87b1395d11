package dev.signet.dialects.sealedsecrets;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * What went wrong with the items of one SealedSecret. Upstream names each error once, followed by
 * the items it happened to, one error a line.
 */
final class ItemErrors {

  private final Map<String, List<String>> items = new LinkedHashMap<>();

  private final EnumSet<UnsealException.Reason> reasons =
      EnumSet.noneOf(UnsealException.Reason.class);

  void add(UnsealException.Reason reason, String error, String item) {
    reasons.add(reason);
    items.computeIfAbsent(error, _ -> new ArrayList<>()).add(item);
  }

  boolean isEmpty() {
    return items.isEmpty();
  }

  UnsealException toException() {
    UnsealException.Reason reason =
        reasons.size() == 1 ? reasons.iterator().next() : UnsealException.Reason.UNREADABLE;
    return new UnsealException(message(), reason);
  }

  private String message() {
    StringBuilder message = new StringBuilder();
    items.forEach(
        (error, names) ->
            message
                .append(message.isEmpty() ? "" : "\n")
                .append(error)
                .append(" (")
                .append(String.join(", ", new TreeSet<>(names)))
                .append(')'));
    return message.toString();
  }
}
