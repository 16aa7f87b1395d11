package dev.signet.delivery.store;

import com.google.re2j.Pattern;
import java.util.Map;
import java.util.Optional;

/**
 * Which values of a store are wanted.
 *
 * @param path where to look, in the store's own terms; empty for everywhere
 * @param name found anywhere in the name of a value
 * @param tags that a value must have, all of them
 */
public record Search(Optional<String> path, Optional<Pattern> name, Map<String, String> tags) {

  public Search {
    tags = Map.copyOf(tags);
  }

  /** Whether a value's name fits; without a pattern every name does. */
  public boolean named(String candidate) {
    return name.isEmpty() || name.get().matcher(candidate).find();
  }
}
