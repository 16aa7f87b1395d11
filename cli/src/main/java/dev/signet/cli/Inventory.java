package dev.signet.cli;

import dev.signet.core.Origin;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code get} and {@code explain} show of a place where secrets are delivered: the state of a
 * directory, or a cluster. The commands print; an inventory only knows.
 */
sealed interface Inventory extends AutoCloseable permits DirectoryInventory, ClusterInventory {

  /**
   * Rows, and what could not be looked at and why.
   *
   * @param failed whether that makes the answer less than what was asked for
   */
  record Seen<T>(List<T> rows, List<String> unseen, boolean failed) {

    public Seen {
      rows = List.copyOf(rows);
      unseen = List.copyOf(unseen);
    }

    static <T> Seen<T> all(List<T> rows) {
      return new Seen<>(rows, List.of(), false);
    }
  }

  /**
   * A Secret in a list.
   *
   * @param facts what is known of it besides, by the name that programs get
   */
  record Listed(Ref secret, Map<String, Object> facts) {}

  /** What a resource's status says; an empty type when it says nothing. */
  record Condition(Ref resource, String type, String status, String reason, String message) {}

  /** An event. */
  record Happened(
      String at, boolean warning, String about, String reason, String message, long count) {}

  /** A Secret with its values, and where each came from; closing it zeroes them. */
  record Opened(Secret secret, Map<String, Origin> origins) implements AutoCloseable {
    @Override
    public void close() {
      secret.close();
    }
  }

  /** What programs are told of the place; empty for a directory. */
  Map<String, Object> place();

  /** The headings of what {@link Listed#facts} hold, by their names. */
  Map<String, String> columns();

  /** Where a name without a namespace is. */
  String namespace();

  /** Those of a namespace, or of all. */
  Seen<Listed> secrets(Optional<String> namespace) throws CommandFailure;

  Opened secret(Ref ref) throws CommandFailure;

  Seen<Condition> resources(Optional<String> namespace) throws CommandFailure;

  Seen<Happened> events(Optional<String> namespace) throws CommandFailure;

  Lineage lineage(Ref secret) throws CommandFailure;

  @Override
  void close();
}
