package dev.signet.delivery.store;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/**
 * Proves to others who somebody is to AWS: a request "who am I?" that is signed here, and that
 * whoever is to believe it sends to AWS and reads the answer of.
 */
@FunctionalInterface
public interface CallerIdentities {

  /** Where nobody can ask AWS. */
  CallerIdentities NONE =
      (identity, _, _) -> {
        throw new StoreException(
            new Problem.Malformed(),
            identity + " wants to be somebody to AWS, which is not in here");
      };

  /**
   * Reads what it refers to, and asks nothing yet. The caller closes it.
   *
   * @param identity how messages name who is configured so
   * @param configuration {@code region}, {@code role} to take, {@code externalID}, and {@code
   *     secretRef} or {@code jwt} as in External Secrets' {@code aws}
   */
  Caller of(String identity, Fields configuration, References references)
      throws MalformedObjectException, StoreException;

  /** Somebody. */
  interface Caller extends AutoCloseable {

    /** Tells one from another; nothing can be told from it. */
    String key();

    /**
     * Signs the request.
     *
     * @param headers that are signed with it
     */
    Signed sign(Map<String, String> headers) throws StoreException;

    @Override
    void close();
  }

  /** A signed {@code POST}. Whoever has it can show it to AWS for some minutes. */
  record Signed(URI url, Map<String, List<String>> headers, String body) {}
}
