package dev.signet.delivery.store;

import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes values of one kind. Some of them stay outside until somebody takes them back, a user of a
 * database for instance: such a generator says what that takes, as {@link Lasting#state}, which is
 * written down by whoever asked, and given back to {@link #renew} and {@link #takeBack}. That may
 * be another process than the one that asked.
 *
 * <p>The spec is always that of the moment in which the values were made. Whoever calls refuses
 * fields of it that {@link #generate} did not read.
 */
public interface Generator {

  /** The kind of its resource. */
  String kind();

  /**
   * Makes the values anew. The caller owns them.
   *
   * @param identity how origins and messages name the generator
   */
  Made generate(String identity, Fields spec, Sources sources)
      throws MalformedObjectException, StoreException;

  /**
   * Makes what was made stay good for longer, as far as that is possible. By itself it stays as it
   * is until it is taken back.
   *
   * @return empty when it is gone, or ends soon and nothing can be done about it: the time to make
   *     other values
   */
  default Optional<Lasting> renew(
      String identity, Fields spec, Map<String, @Nullable Object> state, Sources sources)
      throws MalformedObjectException, StoreException {
    return Optional.of(new Lasting(state, Duration.ZERO));
  }

  /**
   * Ends what was made; nothing where it ended already.
   *
   * @throws StoreException with {@link dev.signet.delivery.Problem.Conflict} when it has to wait
   *     for something else to be taken back, which is no failure
   */
  default void takeBack(
      String identity, Fields spec, Map<String, @Nullable Object> state, Sources sources)
      throws MalformedObjectException, StoreException {}

  /**
   * Values, and what is left of them outside, if anything.
   *
   * @param lasting empty for values that nobody has to take back
   */
  record Made(Material values, Optional<Lasting> lasting) {

    /** Values that leave nothing outside. */
    public static Made of(Material values) {
      return new Made(values, Optional.empty());
    }
  }

  /**
   * What stays outside.
   *
   * @param state what it takes to renew it and to take it back; no secret, for it is kept in plain
   * @param good for how long it stays good unless it is renewed; zero for as long as nobody takes
   *     it back
   */
  record Lasting(Map<String, @Nullable Object> state, Duration good) {}

  /**
   * What generators draw on.
   *
   * @param references for those that are configured as a store is
   */
  record Sources(
      Secrets secrets,
      References references,
      InstantSource clock,
      SecureRandom random,
      Notes notes) {

    /** Of which nothing is written down. */
    public Sources(
        Secrets secrets, References references, InstantSource clock, SecureRandom random) {
      this(secrets, references, clock, random, Notes.NONE);
    }
  }

  /**
   * What is written down of what stays outside, by this process and by others.
   *
   * <p>A process may end between the answer to a generator and the note of what was made. One that
   * can say beforehand what would end it says so with {@link #asking}; should nothing else be
   * written down, {@link #takeBack} gets that.
   */
  interface Notes {

    /** Nothing is. */
    Notes NONE =
        new Notes() {
          @Override
          public void asking(String on, Map<String, @Nullable Object> state) {}

          @Override
          public List<Map<String, @Nullable Object>> others() {
            return List.of();
          }
        };

    /**
     * Writes down, before something is asked for, what it takes to take back whatever comes of it.
     * May be said again before the values are there, when all that was asked for before was
     * refused.
     *
     * @param on what it hangs on: the same state is not written down twice for the same
     */
    void asking(String on, Map<String, @Nullable Object> state) throws StoreException;

    /** The states of all that stays outside and that generators of this kind made here. */
    List<Map<String, @Nullable Object>> others() throws StoreException;
  }

  /** Secrets of the namespace that the values are for, and of no other. */
  @FunctionalInterface
  interface Secrets {
    /** The caller closes it. */
    SecretBytes value(String name, String key) throws StoreException;
  }
}
