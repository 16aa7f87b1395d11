package dev.signet.operator;

import dev.signet.delivery.object.GroupKind;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs what is missing or fails when that changes, and only then. */
final class Reports {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.cluster");

  private Set<String> missing = Set.of();
  private Map<GroupKind, String> failing = Map.of();

  void missing(List<GroupKind> kinds) {
    Set<String> now = new TreeSet<>();
    kinds.forEach(kind -> now.add(kind.toString()));
    for (String kind : now) {
      if (!missing.contains(kind)) {
        LOG.info("{} is not installed in this cluster; it is looked for again", kind);
      }
    }
    for (String kind : missing) {
      if (!now.contains(kind)) {
        LOG.info("{} is installed now", kind);
      }
    }
    missing = now;
  }

  void failing(Map<GroupKind, String> kinds) {
    kinds.forEach(
        (kind, why) -> {
          if (!why.equals(failing.get(kind))) {
            LOG.warn("{}: {}", kind, why);
          }
        });
    for (GroupKind kind : failing.keySet()) {
      if (!kinds.containsKey(kind)) {
        LOG.info("{}: is watched again", kind);
      }
    }
    failing = new HashMap<>(kinds);
  }
}
