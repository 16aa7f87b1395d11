package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Ref;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Which objects name which others, both ways; as large as what the live ones name. */
final class Named {

  private final Map<Ref, Set<Ref>> names = new HashMap<>();
  private final Map<Ref, Set<Ref>> users = new HashMap<>();

  /** Replaces what that object names; nothing when it is gone. */
  synchronized void note(Ref user, Set<Ref> now) {
    Set<Ref> before = now.isEmpty() ? names.remove(user) : names.put(user, Set.copyOf(now));
    if (before != null) {
      for (Ref name : before) {
        users.computeIfPresent(
            name,
            (_, each) -> {
              each.remove(user);
              return each.isEmpty() ? null : each;
            });
      }
    }
    for (Ref name : now) {
      users.computeIfAbsent(name, _ -> new TreeSet<>()).add(user);
    }
  }

  /** Who names that object, ordered by reference. */
  synchronized List<Ref> by(Ref name) {
    return List.copyOf(users.getOrDefault(name, new HashSet<>()));
  }
}
