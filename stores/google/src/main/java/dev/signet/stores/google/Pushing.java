package dev.signet.stores.google;

import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.Attempt;
import dev.signet.delivery.store.Property;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Turns;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.https.JsonPart;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Pushes to Secret Manager and takes away again what was pushed.
 *
 * <ul>
 *   <li>What was made here carries the label {@code managed-by: external-secrets}. A secret without
 *       it is neither overwritten nor deleted; one of its properties may be pushed, and the secret
 *       stays somebody else's.
 *   <li>A version is added only when the value is another. With a property, all else of the JSON
 *       stays byte for byte.
 *   <li>Labels and annotations are written only when metadata say so and they are other ones.
 *   <li>Secret Manager does not know which version a new one replaces: within this process pushes
 *       to one secret come one after the other.
 * </ul>
 */
final class Pushing implements Writable {

  static final String MANAGED_BY = "managed-by";
  static final String MANAGER = "external-secrets";

  private final SecretManagerCalls manager;
  private final Turns turns;
  private final String identity;

  Pushing(SecretManagerCalls manager, Turns turns, String identity) {
    this.manager = manager;
    this.turns = turns;
    this.identity = identity;
  }

  private String where(Remote remote) {
    return "key " + remote.key() + " of " + identity;
  }

  private String turn(Remote remote) throws StoreException {
    return manager.place().parent() + "/" + remote.key();
  }

  @Override
  public void push(Remote remote, SecretBytes value, Map<String, @Nullable Object> metadata)
      throws StoreException {
    PushMetadata wanted = PushMetadata.of(metadata);
    if (!remote.property().isEmpty() && !metadata.isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(), "cannot specify metadata and property at the same time");
    }
    turns.of(turn(remote), () -> Attempt.again(() -> pushOnce(remote, value, wanted)));
  }

  private void pushOnce(Remote remote, SecretBytes value, PushMetadata wanted)
      throws StoreException {
    Optional<SecretManagerCalls.Entry> there = manager.entry(remote.key());
    if (there.isEmpty()) {
      try (SecretBytes whole = whole(Optional.empty(), remote, value)) {
        manager.requireSize(remote.key(), whole);
        manager.create(remote.key(), fresh(wanted));
        manager.add(remote.key(), whole);
      }
      return;
    }
    if (remote.property().isEmpty()) {
      if (!managed(there.get())) {
        throw new StoreException(
            new Problem.Denied(),
            "secret "
                + remote.key()
                + " is not managed by external secrets: it was not pushed from here, so "
                + identity
                + " leaves it as it is");
      }
      Map<String, String> labels = wanted.labels(there.get().labels());
      Map<String, String> annotations = wanted.annotations(there.get().annotations());
      if (!labels.equals(there.get().labels()) || !annotations.equals(there.get().annotations())) {
        manager.update(there.get(), labels, annotations);
      }
    }
    Optional<SecretBytes> before = current(remote);
    try (SecretBytes whole = whole(before, remote, value)) {
      manager.requireSize(remote.key(), whole);
      if (before.isEmpty() || !before.get().matches(whole)) {
        manager.add(remote.key(), whole);
      }
    } finally {
      before.ifPresent(SecretBytes::close);
    }
  }

  private Map<String, Object> fresh(PushMetadata wanted) throws StoreException {
    Map<String, Object> secret = new LinkedHashMap<>();
    secret.put("labels", wanted.labels(Map.of()));
    Map<String, String> annotations = wanted.annotations(Map.of());
    if (!annotations.isEmpty()) {
      secret.put("annotations", annotations);
    }
    // One of a location is there and nowhere else.
    if (manager.place().location().isEmpty()) {
      secret.put("replication", wanted.replication());
    }
    if (!wanted.topics().isEmpty()) {
      secret.put("topics", wanted.topics().stream().map(topic -> Map.of("name", topic)).toList());
    }
    return secret;
  }

  private static boolean managed(SecretManagerCalls.Entry entry) {
    return MANAGER.equals(entry.labels().get(MANAGED_BY));
  }

  /** The latest payload. A whole push replaces one that is destroyed or disabled as well. */
  private Optional<SecretBytes> current(Remote remote) throws StoreException {
    try {
      return Optional.of(manager.version(remote.key(), "").payload());
    } catch (StoreException e) {
      if (e.problem() instanceof Problem.NotFound
          || (e.problem() instanceof Problem.Conflict && remote.property().isEmpty())) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private SecretBytes whole(Optional<SecretBytes> before, Remote remote, SecretBytes value)
      throws StoreException {
    if (remote.property().isEmpty()) {
      return value.copy();
    }
    if (before.isPresent()) {
      Optional<SecretBytes> there =
          JsonPart.get(before.get(), remote.property(), Property.Order.NAME_FIRST, where(remote));
      try {
        if (there.isPresent() && there.get().matches(value)) {
          return before.get().copy();
        }
      } finally {
        there.ifPresent(SecretBytes::close);
      }
    }
    return JsonPart.with(before, remote.property(), value, where(remote));
  }

  @Override
  public boolean exists(Remote remote) throws StoreException {
    Optional<String> newest = manager.newestEnabled(remote.key());
    if (newest.isEmpty() || remote.property().isEmpty()) {
      return newest.isPresent();
    }
    try (SecretBytes payload = manager.version(remote.key(), newest.get()).payload()) {
      Optional<SecretBytes> part =
          JsonPart.get(payload, remote.property(), Property.Order.NAME_FIRST, where(remote));
      part.ifPresent(SecretBytes::close);
      return part.isPresent();
    }
  }

  @Override
  public void delete(Remote remote) throws StoreException {
    turns.of(turn(remote), () -> Attempt.again(() -> deleteOnce(remote)));
  }

  private void deleteOnce(Remote remote) throws StoreException {
    Optional<SecretManagerCalls.Entry> there = manager.entry(remote.key());
    if (there.isEmpty() || !managed(there.get())) {
      return;
    }
    if (!remote.property().isEmpty()) {
      if (!exists(remote)) {
        return;
      }
      try (SecretBytes payload = manager.version(remote.key(), "").payload()) {
        Optional<SecretBytes> rest = JsonPart.without(payload, remote.property(), where(remote));
        if (rest.isPresent()) {
          try (SecretBytes left = rest.get()) {
            manager.add(remote.key(), left);
          }
          return;
        }
      }
    }
    manager.delete(there.get());
  }
}
