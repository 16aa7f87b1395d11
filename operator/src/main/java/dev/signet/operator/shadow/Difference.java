package dev.signet.operator.shadow;

import java.util.Comparator;
import java.util.Locale;

/**
 * One way in which what is there is not what Signet would have made of it.
 *
 * @param detail which item, label or annotation, by its name; never a value
 */
public record Difference(Kind kind, String detail) implements Comparable<Difference> {

  private static final Comparator<Difference> ORDER =
      Comparator.comparing(Difference::kind).thenComparing(Difference::detail);

  /** What differs. */
  public enum Kind {
    /** There is no Secret. */
    SECRET_MISSING,
    /** An item is not in the Secret. */
    ITEM_MISSING,
    /** An item is in the Secret that is not in its SealedSecret. */
    ITEM_EXTRA,
    /** An item has another value. */
    ITEM_VALUE,
    SECRET_TYPE,
    SECRET_IMMUTABLE,
    SECRET_LABELS,
    SECRET_ANNOTATIONS,
    SECRET_OWNER,
    /** Anything else of the Secret's metadata. */
    SECRET_METADATA,
    /** The condition Synced. */
    STATUS_SYNCED,
    /** The status is of another generation. */
    STATUS_GENERATION,
    /** Values of an ExternalSecret would be fetched, and written where they differ. */
    WOULD_FETCH,
    /** Values of a PushSecret would be compared with its stores, and pushed where they differ. */
    WOULD_PUSH,
    /** Objects that a Cluster* kind makes in namespaces would be written. */
    WOULD_WRITE,
    /** An ExternalSecret or PushSecret could not be delivered here. */
    WOULD_REFUSE,
    /** A sealing key would be made. */
    SEALING_KEY_MISSING,
    /** A Secret is marked as a sealing key and holds none that can be read. */
    SEALING_KEY_UNREADABLE;

    /** As logs, metrics and lists name it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public int compareTo(Difference other) {
    return ORDER.compare(this, other);
  }
}
