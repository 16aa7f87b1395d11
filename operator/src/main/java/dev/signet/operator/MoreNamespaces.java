package dev.signet.operator;

import dev.signet.delivery.ObjectsException;
import dev.signet.kube.Cluster;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Namespaces that are watched beside others as soon as they exist. One that does not is named once,
 * in upstream's words, and looked for again.
 */
final class MoreNamespaces {

  private static final Logger LOG = LoggerFactory.getLogger("dev.signet.operator");
  private static final Duration AGAIN = Duration.ofSeconds(30);
  private static final Duration UNANSWERED = Duration.ofSeconds(1);

  private final Cluster cluster;
  private final Consumer<String> watch;
  private final Set<String> wanted;
  private final Set<String> named = new TreeSet<>();
  private volatile boolean looked;

  /**
   * @param watch begins to watch that namespace
   */
  MoreNamespaces(Cluster cluster, List<String> names, Consumer<String> watch) {
    this.cluster = cluster;
    this.watch = watch;
    this.wanted = new TreeSet<>(names);
    this.looked = names.isEmpty();
  }

  /** Whether each of them has been looked for. */
  boolean looked() {
    return looked;
  }

  /** Looks for them until all are there. */
  void run() {
    try {
      while (!wanted.isEmpty()) {
        boolean answered = look();
        looked |= answered;
        Thread.sleep(answered ? AGAIN : UNANSWERED);
      }
    } catch (InterruptedException e) {
      // This process is stopping.
      Thread.currentThread().interrupt();
    }
  }

  private boolean look() {
    boolean answered = true;
    for (String name : List.copyOf(wanted)) {
      try {
        if (cluster.hasNamespace(name)) {
          LOG.atInfo().addKeyValue("namespace", name).log("Starting informer");
          watch.accept(name);
          wanted.remove(name);
        } else if (named.add(name)) {
          LOG.atError().addKeyValue("namespace", name).log("namespace doesn't exist");
        }
      } catch (ObjectsException e) {
        answered = false;
        if (named.add(name + ": " + e.getMessage())) {
          LOG.atError().addKeyValue("namespace", name).log(e.getMessage());
        }
      }
    }
    return answered;
  }
}
