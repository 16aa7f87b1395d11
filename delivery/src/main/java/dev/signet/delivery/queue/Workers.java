package dev.signet.delivery.queue;

import dev.signet.delivery.object.Ref;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A fixed number of virtual threads that run what a queue gives out. */
public final class Workers {

  /** Reconciles one object. What it throws counts as a failure. */
  @FunctionalInterface
  public interface Work {
    Next run(Ref ref) throws InterruptedException;
  }

  private final WorkQueue queue;
  private final List<Thread> threads = new ArrayList<>();

  private Workers(WorkQueue queue) {
    this.queue = queue;
  }

  public static Workers start(int count, WorkQueue queue, Work work) {
    Workers workers = new Workers(queue);
    for (int i = 1; i <= count; i++) {
      workers.threads.add(
          Thread.ofVirtual().name("worker-" + i).start(() -> workers.runUntilClosed(work)));
    }
    return workers;
  }

  private void runUntilClosed(Work work) {
    try {
      for (Optional<Ref> ref = queue.take(); ref.isPresent(); ref = queue.take()) {
        Next next = new Next.Failed(Duration.ZERO);
        try {
          next = work.run(ref.get());
        } finally {
          queue.finish(ref.get(), next);
        }
      }
    } catch (InterruptedException e) {
      // Asked to stop now; whoever asked does not wait for more.
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Lets what runs come to its end, begins nothing new, and interrupts what is not done in time;
   * whether all was.
   */
  public boolean stop(Duration atMost) throws InterruptedException {
    queue.close();
    boolean done = queue.awaitIdle(atMost);
    threads.forEach(Thread::interrupt);
    return done;
  }
}
