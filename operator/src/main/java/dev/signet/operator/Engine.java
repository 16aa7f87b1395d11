package dev.signet.operator;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.queue.Next;
import dev.signet.delivery.queue.Urgency;
import dev.signet.delivery.queue.WorkQueue;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/**
 * Where changes become reconciles. A change comes in from a watch and puts on the queue: the object
 * itself if a controller is for its kind, those a controller calls concerned, and those that
 * delivered into it. A worker takes an object, the controller of its kind brings the world in line
 * with it, and the outcome says when it is due again.
 *
 * <p>While this process does not lead, changes are only taken note of and nothing runs; when it
 * begins to lead, everything there is runs once.
 */
final class Engine {

  /** Shorter intervals would be a busy loop by somebody's typing error. */
  private static final Duration SHORTEST = Duration.ofSeconds(1);

  private final Map<GroupKind, Controller> controllers = new LinkedHashMap<>();
  private final Objects objects;
  private final Memory memory;
  private final WorkQueue queue;
  private final Journal journal;
  private final Settings.Looks looks;
  private final BooleanSupplier mayWrite;
  private final Predicate<GroupKind> held;

  /** What is watched, of the controllers' kinds: nothing else is reconciled. */
  private final Set<Ref> alive = ConcurrentHashMap.newKeySet();

  /** Changes whose consequences are not known yet, because the cluster did not answer. */
  private final Set<Ref> unread = ConcurrentHashMap.newKeySet();

  private volatile boolean leading;

  /**
   * @param looks when objects are looked at though nothing is known to have changed
   * @param mayWrite whether this process leads at this very moment
   */
  Engine(
      List<Controller> controllers,
      Objects objects,
      Memory memory,
      WorkQueue queue,
      Journal journal,
      Settings.Looks looks,
      BooleanSupplier mayWrite) {
    this(controllers, objects, memory, queue, journal, looks, mayWrite, /* held= */ _ -> false);
  }

  /**
   * @param held kinds that wait now; {@link #resume} has to follow when one waits no more
   */
  Engine(
      List<Controller> controllers,
      Objects objects,
      Memory memory,
      WorkQueue queue,
      Journal journal,
      Settings.Looks looks,
      BooleanSupplier mayWrite,
      Predicate<GroupKind> held) {
    this.held = held;
    controllers.forEach(controller -> this.controllers.put(controller.kind(), controller));
    this.objects = objects;
    this.memory = memory;
    this.queue = queue;
    this.journal = journal;
    this.looks = looks;
    this.mayWrite = mayWrite;
  }

  /**
   * An object appeared, changed or went; not told of what this process wrote itself. Called by many
   * threads, and must not take long.
   */
  void changed(Ref ref) {
    try {
      boolean own = controllers.containsKey(ref.kind());
      if (own) {
        if (objects.get(ref).isPresent()) {
          alive.add(ref);
          want(ref);
        } else if (alive.remove(ref)) {
          memory.forget(ref);
          journal.gone(ref);
          if (leading && ends(ref)) {
            queue.add(ref, Urgency.CHANGE);
          }
        }
      }
      // Who delivers from what is learnt all the time; what a Secret concerns is asked by who
      // leads. Before that caches may still be filling, and to ask would be a request each time.
      if (own || leading) {
        Set<Ref> concerned = new LinkedHashSet<>();
        for (Controller controller : controllers.values()) {
          concerned.addAll(controller.concernedBy(ref));
        }
        memory.deliveredInto(ref).stream().filter(this::follows).forEach(concerned::add);
        want(concerned);
      }
    } catch (ObjectsException e) {
      unread.add(ref);
      journal.unread(ref, e);
    }
  }

  /** Looks again at the changes that could not be read. To be called every now and then. */
  void readAgain() {
    for (Ref ref : List.copyOf(unread)) {
      unread.remove(ref);
      changed(ref);
    }
  }

  /** Wants a look at an object soon, if it is there and this process leads. */
  void want(Ref ref) {
    want(Set.of(ref));
  }

  private void want(Set<Ref> refs) {
    if (leading) {
      queue.addAll(
          refs.stream().filter(ref -> alive.contains(ref) && !held.test(ref.kind())).toList(),
          Urgency.CHANGE);
    }
  }

  /** Begins to reconcile, with everything there is. */
  void lead() {
    leading = true;
    queue.addAll(alive, Urgency.FIRST);
  }

  /** Looks at every object of a kind that has waited. */
  void resume(GroupKind kind) {
    if (leading) {
      queue.addAll(alive.stream().filter(ref -> ref.kind().equals(kind)).toList(), Urgency.FIRST);
    }
  }

  /** Reconciles nothing any more; what runs now ends at its next write. */
  void standBy() {
    leading = false;
    queue.clear();
  }

  /** How many objects of that kind there are. */
  int count(String kind) {
    return (int) alive.stream().filter(ref -> ref.kind().kind().equals(kind)).count();
  }

  boolean leading() {
    return leading;
  }

  /** One turn of one object. */
  Next run(Ref ref) {
    Controller controller = controllers.get(ref.kind());
    if (controller == null || !leading || held.test(ref.kind())) {
      return new Next.Never();
    }
    if (!mayWrite.getAsBoolean()) {
      return new Next.Failed(Duration.ZERO);
    }
    long begun = System.nanoTime();
    Reconciled result = reconcile(controller, ref);
    journal.reconciled(ref, result, Duration.ofNanos(System.nanoTime() - begun));
    if (alive.contains(ref)) {
      return next(result);
    }
    if (ends(ref) && next(result) instanceof Next.Failed failed) {
      return failed;
    }
    // It went meanwhile, and this run may have left traces after it had been forgotten.
    memory.forget(ref);
    journal.gone(ref);
    return new Next.Never();
  }

  private boolean follows(Ref resource) {
    Controller controller = controllers.get(resource.kind());
    return controller != null && controller.followsWhatItDelivered();
  }

  /** Whether there is something to do about an object that is gone. */
  private boolean ends(Ref ref) {
    Controller controller = controllers.get(ref.kind());
    return controller != null && controller.endsWhatItDelivered();
  }

  private static Reconciled reconcile(Controller controller, Ref ref) {
    try {
      return new Reconciled.As(controller.reconcile(ref));
    } catch (ObjectsException e) {
      return new Reconciled.Unfinished(e);
    } catch (RuntimeException | StackOverflowError e) {
      // A bug, which must not keep the other objects from being delivered.
      return new Reconciled.Crashed(e);
    }
  }

  private Next next(Reconciled result) {
    return switch (result) {
      case Reconciled.As(Outcome outcome) ->
          switch (outcome) {
            case Outcome.Done _ ->
                looks.whenDone().<Next>map(Next.In::new).orElseGet(Next.Never::new);
            case Outcome.After(Duration interval) ->
                new Next.In(interval.compareTo(SHORTEST) < 0 ? SHORTEST : interval);
            case Outcome.Retry _ -> new Next.Failed(Duration.ZERO);
            case Outcome.Stalled _ -> new Next.In(looks.whenStalled());
          };
      case Reconciled.Unfinished(ObjectsException e) ->
          new Next.Failed(
              e.problem() instanceof Problem.Throttled(Duration retryAfter)
                  ? retryAfter
                  : Duration.ZERO);
      case Reconciled.Crashed _ -> new Next.Failed(Duration.ZERO);
    };
  }
}
