package dev.signet.stores.aws;

import dev.signet.delivery.store.RemoteRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeMap;

/**
 * Which values of several that are wanted are read with one call: all that are parts of one value,
 * and as many values as the service gives at once. The same wishes make the same groups, so that
 * whoever has them at the same time shares the calls.
 */
final class Groups {

  private static final Comparator<RemoteRef> BY_VALUE =
      Comparator.comparing(RemoteRef::key).thenComparing(RemoteRef::version);

  private Groups() {}

  /**
   * Groups, of which each has fewer calls than values.
   *
   * @param least how many values are worth a call for several, which can only give current ones
   * @param most how many such a call gives; zero where it is not to be made
   */
  static List<List<RemoteRef>> of(Collection<RemoteRef> refs, int least, int most) {
    TreeMap<RemoteRef, List<RemoteRef>> values = new TreeMap<>(BY_VALUE);
    refs.stream()
        .filter(ref -> !ref.metadata())
        .sorted(BY_VALUE.thenComparing(RemoteRef::property))
        .forEach(ref -> values.computeIfAbsent(ref, _ -> new ArrayList<>()).add(ref));
    List<List<RemoteRef>> groups = new ArrayList<>();
    List<List<RemoteRef>> current = new ArrayList<>();
    values.forEach(
        (value, parts) -> {
          if (value.version().isEmpty()) {
            current.add(parts);
          } else {
            groups.add(parts);
          }
        });
    int from = 0;
    while (most > 0 && current.size() - from >= least) {
      int to = Math.min(current.size(), from + most);
      groups.add(current.subList(from, to).stream().flatMap(List::stream).toList());
      from = to;
    }
    groups.addAll(current.subList(from, current.size()));
    groups.removeIf(group -> group.size() < 2);
    return groups;
  }

  /** The distinct keys of a group, in its order. */
  static List<String> keys(List<RemoteRef> group) {
    return group.stream().map(RemoteRef::key).distinct().toList();
  }
}
