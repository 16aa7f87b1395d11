package dev.signet.kube;

import dev.signet.delivery.object.Metadata;
import java.util.List;

/**
 * What can be known of a Secret without its values coming over the wire.
 *
 * @param metadata with those annotations that were asked for
 * @param keys as the managers of its fields own them, sorted; empty where the server keeps no such
 *     record
 */
public record SecretOutline(Metadata metadata, List<String> keys) {

  public SecretOutline {
    keys = List.copyOf(keys);
  }
}
