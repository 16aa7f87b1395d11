package dev.signet.stores.contract;

import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The back end of a store, as {@link StoreContract} sees it: an empty place of its own in it, with
 * an administrator's hands, and a {@link Gate} in front that the store's requests go through.
 */
public interface Backend extends AutoCloseable {

  /** What not every store can do. What it cannot do, it has to refuse. */
  enum Feature {
    /** Values that are no text. */
    BINARY,
    /** Values of no bytes. */
    EMPTY,
    /** Answers that show whether their end is missing. */
    FRAMED,
    /** Older versions of a value. */
    VERSIONS,
    /** Looking for names. */
    FIND_NAMES,
    /** Looking for tags. */
    FIND_TAGS,
    /** Of several tags that are looked for, finding what has them all, and not what has one. */
    FIND_ALL_TAGS,
    /** Writing and deleting. */
    PUSH,
    /** Knowing what is there before it writes, so that nothing is written twice. */
    PUSH_COMPARES,
    /** Writing one property of a JSON value, and leaving its siblings. */
    PUSH_PROPERTY,
    /** Knowing what it made from what others made. */
    OWNERSHIP,
    /** Logging in for a token of its own. */
    LOGIN
  }

  Set<Feature> features();

  Gate gate();

  /** Opens the store as who may read and write that place. Several at once are one identity. */
  SecretStore open() throws MalformedObjectException, StoreException;

  /** Which requests are for values and names, and not for logging in. */
  boolean forValues(Gate.Asked asked);

  /** Which requests log in. */
  default boolean logsIn(Gate.Asked asked) {
    return false;
  }

  /** Which requests change something in the back end. */
  default boolean writes(Gate.Asked asked) {
    return forValues(asked) && !asked.method().equals("GET");
  }

  /** Where a value of that name is read; names are of lower-case letters, digits and dashes. */
  default RemoteRef ref(String name) {
    return new RemoteRef(name, "", "");
  }

  /** Where a value of that name is written. */
  default Writable.Remote remote(String name) {
    return new Writable.Remote(name, "");
  }

  /** A property of the value of that name, which is JSON. */
  default RemoteRef property(String name, String property) {
    RemoteRef whole = ref(name);
    return new RemoteRef(
        whole.key(), whole.property().isEmpty() ? property : whole.property() + "." + property, "");
  }

  /**
   * Writes a value as somebody else would, past the gate.
   *
   * @return the version that it is now, where the back end has any
   */
  String put(String name, byte[] value) throws IOException;

  /** Writes many values as somebody else would. */
  default void put(Map<String, byte[]> values) throws IOException {
    for (Map.Entry<String, byte[]> each : values.entrySet()) {
      put(each.getKey(), each.getValue());
    }
  }

  /** Tags a value as somebody else would. */
  default void tag(String name, Map<String, String> tags) throws IOException {
    throw new UnsupportedOperationException(name + " " + tags);
  }

  /** What is there now, past the gate; empty when there is nothing. */
  Optional<byte[]> stored(String name) throws IOException;

  /** What the metadata of a push have to be for this back end. */
  default Map<String, @Nullable Object> metadata() {
    return Map.of();
  }

  /** How many bytes a value may have, where the back end that is tested holds that. */
  default OptionalInt limit() {
    return OptionalInt.empty();
  }

  /** How many names a search goes through: more than two pages. */
  default int many() {
    return 10_000;
  }

  /** That the identity may not do that. */
  Gate.Answer denied();

  /** That it should come back after so many seconds, in the way of this back end. */
  Gate.Answer throttled(int seconds);

  /** Whether its way of throttling says when to come back. */
  default boolean saysWhen() {
    return true;
  }

  /** That the clock of who asks is wrong, where the back end says that. */
  default Optional<Gate.Answer> wrongClock() {
    return Optional.empty();
  }

  /** Makes the token that the store has now unknown to the back end; only with a login. */
  default void expire() throws IOException {
    throw new UnsupportedOperationException();
  }

  /** Opens it over TLS with a certificate that nobody vouches for, where the test can do that. */
  default Optional<SecretStore> untrusted() throws MalformedObjectException, StoreException {
    return Optional.empty();
  }

  @Override
  void close();
}
