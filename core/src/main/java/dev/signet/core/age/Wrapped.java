package dev.signet.core.age;

import java.util.List;
import java.util.Set;

/**
 * What a recipient adds to a file.
 *
 * @param labels all recipients of a file must have the same: so none undoes what another promises
 */
record Wrapped(List<Stanza> stanzas, Set<String> labels) {

  Wrapped {
    stanzas = List.copyOf(stanzas);
    labels = Set.copyOf(labels);
  }

  static Wrapped of(Stanza stanza) {
    return new Wrapped(List.of(stanza), Set.of());
  }
}
