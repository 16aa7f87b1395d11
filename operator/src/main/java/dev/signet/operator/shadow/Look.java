package dev.signet.operator.shadow;

import dev.signet.delivery.object.Ref;
import java.util.Collection;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** One reconcile under way: what it read, and what it would have written. For one thread. */
final class Look {

  /** That of the calling thread. */
  static final ScopedValue<Look> CURRENT = ScopedValue.newInstance();

  private final SortedMap<Ref, String> read = new TreeMap<>();
  private final SortedSet<Difference> found = new TreeSet<>();

  /** An object is at that version; an empty one says that it is not there. */
  static void read(Ref ref, String version) {
    if (CURRENT.isBound()) {
      CURRENT.get().read.put(ref, version);
    }
  }

  static void found(Collection<Difference> differences) {
    if (!CURRENT.isBound()) {
      throw new IllegalStateException("a write outside of every look");
    }
    CURRENT.get().found.addAll(differences);
  }

  /** Another text whenever something that was read has changed. */
  String state() {
    return read.toString();
  }

  SortedSet<Difference> found() {
    return found;
  }
}
