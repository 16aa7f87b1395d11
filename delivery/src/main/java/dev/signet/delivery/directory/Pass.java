package dev.signet.delivery.directory;

import dev.signet.delivery.Controller;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * One pass to a fixpoint: every object of every controller's kind is reconciled, kind after kind in
 * the order of the controllers, and again until no Secret changes any more. Objects of one kind run
 * side by side.
 */
public final class Pass {

  /** More rounds than any honest chain of resources needs; beyond it two resources are fighting. */
  private static final int MAX_ROUNDS = 20;

  /** Told after each object; called from many threads. */
  @FunctionalInterface
  public interface Progress {
    void done(int reconciled, int total);
  }

  private final Directory directory;
  private final List<Controller> controllers;
  private final int workers;

  public Pass(Directory directory, List<Controller> controllers, int workers) {
    this.directory = directory;
    this.controllers = List.copyOf(controllers);
    this.workers = workers;
  }

  /** Runs the pass and returns what each object came to. */
  public Map<Ref, Outcome> run(Progress progress) {
    Map<Ref, Outcome> outcomes = new TreeMap<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(workers)) {
      for (int round = 1; round <= MAX_ROUNDS; round++) {
        long before = directory.secretWrites();
        round(pool, outcomes, round == 1 ? progress : (_, _) -> {});
        if (directory.secretWrites() == before) {
          return outcomes;
        }
      }
    }
    outcomes.replaceAll(
        (ref, outcome) ->
            outcome.delivered()
                ? new Outcome.Retry(
                    "Unsettled", "resources keep changing each other's Secrets; see the events")
                : outcome);
    return outcomes;
  }

  private void round(ExecutorService pool, Map<Ref, Outcome> outcomes, Progress progress) {
    int total = controllers.stream().mapToInt(each -> directory.refs(each.kind()).size()).sum();
    int done = 0;
    for (Controller controller : controllers) {
      List<Ref> refs = directory.refs(controller.kind());
      List<Future<Outcome>> running = new ArrayList<>();
      for (Ref ref : refs) {
        running.add(pool.submit(() -> reconcile(controller, ref)));
      }
      for (int i = 0; i < refs.size(); i++) {
        outcomes.put(refs.get(i), await(running.get(i)));
        progress.done(++done, Math.max(done, total));
      }
    }
  }

  private static Outcome reconcile(Controller controller, Ref ref) {
    try {
      return controller.reconcile(ref);
    } catch (ObjectsException e) {
      return new Outcome.Retry("WriteFailed", e.getMessage());
    } catch (RuntimeException e) {
      // A bug, which must not keep the other objects from being delivered. Its message is not
      // passed on: nobody knows what it holds.
      return new Outcome.Stalled(
          "InternalError", "unexpected " + e.getClass().getName() + "; please report it");
    }
  }

  private static Outcome await(Future<Outcome> running) {
    try {
      return running.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException("a reconcile failed unexpectedly", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
