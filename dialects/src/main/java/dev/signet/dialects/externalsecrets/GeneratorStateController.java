package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Controller;
import dev.signet.delivery.Event;
import dev.signet.delivery.Evidence;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.StoreException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Ends what generators left outside the cluster. A GeneratorState is the note of one such thing: a
 * snapshot of its generator, what is to be taken back, and from when on. A finalizer holds it until
 * that is done.
 *
 * <p>Most generators leave nothing and, as upstream, make no note. A note goes when its time has
 * come or its owner went, and its generator took back what it stands for. Notes of generators that
 * are not here came with a takeover. Such a one is neither deleted nor let go: what it stands for,
 * a token of Grafana for instance, would live on with nobody knowing.
 *
 * <p>The condition is upstream's, which computes it and does not store it. The kind has no status
 * of its own to be written beside the rest, so it is written with the object.
 */
public final class GeneratorStateController implements Controller {

  /** How often one that waits for its place is looked at. */
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final Objects objects;
  private final Evidence evidence;
  private final Generating generating;
  private final InstantSource clock;

  /** Those that this process said end. */
  private final Set<Ref> said = ConcurrentHashMap.newKeySet();

  public GeneratorStateController(
      Objects objects, Evidence evidence, Generating generating, InstantSource clock) {
    this.objects = objects;
    this.evidence = evidence;
    this.generating = generating;
    this.clock = clock;
  }

  @Override
  public GroupKind kind() {
    return GeneratorNotes.KIND;
  }

  @Override
  public Outcome reconcile(Ref ref) throws ObjectsException {
    Optional<KubeObject> found = objects.get(ref);
    if (found.isEmpty()) {
      generating.notes().ifPresent(notes -> notes.forget(ref));
      return new Outcome.Done();
    }
    KubeObject state = found.get();
    try {
      return Finalizers.going(state) ? end(state) : keep(state);
    } catch (MalformedObjectException e) {
      return hold(state, String.valueOf(e.getMessage()), /* retry= */ false);
    }
  }

  private Outcome keep(KubeObject state) throws ObjectsException, MalformedObjectException {
    if (!Finalizers.has(state, Finalizers.GENERATOR_STATE)) {
      Finalizers.add(objects, state, Finalizers.GENERATOR_STATE);
      // What follows is about the object as it is then.
      return new Outcome.After(Duration.ZERO);
    }
    Optional<Instant> deadline = deadline(state.spec());
    if (deadline.isEmpty()) {
      return generating.notes().isPresent()
          ? last(state, generating.notes().get())
          : new Outcome.Done();
    }
    Duration left = Duration.between(clock.instant(), deadline.get());
    if (left.isPositive()) {
      return new Outcome.After(left);
    }
    Optional<String> stranger = stranger(state);
    if (stranger.isPresent()) {
      return hold(state, stranger.get(), /* retry= */ false);
    }
    objects.delete(state.ref(), state.metadata().uid());
    return new Outcome.Done();
  }

  /** Keeps what it stands for good, for as long as that is possible and wanted. */
  private Outcome last(KubeObject state, GeneratorNotes notes)
      throws ObjectsException, MalformedObjectException {
    Optional<String> stranger = stranger(state);
    if (stranger.isPresent()) {
      return new Outcome.Done();
    }
    return switch (notes.standing(state)) {
      case GeneratorNotes.Standing.Pending _ -> new Outcome.After(AGAIN);
      case GeneratorNotes.Standing.Superseded _ -> {
        notes.supersede(state.ref());
        yield new Outcome.After(AGAIN);
      }
      case GeneratorNotes.Standing.Ending _ -> ending(state);
      case GeneratorNotes.Standing.Unanswered _ -> {
        objects.delete(state.ref(), state.metadata().uid());
        yield new Outcome.After(AGAIN);
      }
      case GeneratorNotes.Standing.Current(Optional<Instant> renewal) -> {
        Duration left =
            renewal.map(at -> Duration.between(clock.instant(), at)).orElse(Duration.ZERO);
        yield left.isPositive() ? new Outcome.After(left) : renew(state, notes);
      }
    };
  }

  private Outcome renew(KubeObject state, GeneratorNotes notes)
      throws ObjectsException, MalformedObjectException {
    Optional<Generator.Lasting> lasting;
    try {
      lasting = generating.renew(state);
    } catch (StoreException e) {
      return hold(state, e.getMessage(), !(e.problem() instanceof Problem.Malformed));
    }
    if (lasting.isEmpty()) {
      notes.ends(state.ref());
      return ending(state);
    }
    notes.renewed(state.ref(), lasting.get().good());
    if (!lasting.get().state().equals(Generating.state(state))) {
      objects.update(GeneratorNotes.changed(state, "state", lasting.get().state()));
    }
    Duration good = lasting.get().good();
    return good.isPositive()
        ? new Outcome.After(good.multipliedBy(2).dividedBy(3))
        : new Outcome.Done();
  }

  /** Says so in the note, which is what its owner is looked at for. */
  private Outcome ending(KubeObject state) throws ObjectsException, MalformedObjectException {
    if (!said.contains(state.ref())) {
      String message = "it ends, and other values are made; said at " + clock.instant();
      objects.update(
          state.with(
              "status",
              ReadyStatus.status(
                  state, ReadyStatus.condition(state, false, "Ending", message, clock.instant()))));
      said.add(state.ref());
    }
    return new Outcome.After(AGAIN);
  }

  private Outcome end(KubeObject state) throws ObjectsException, MalformedObjectException {
    if (Finalizers.has(state, Finalizers.GENERATOR_STATE)) {
      Optional<String> stranger = stranger(state);
      if (stranger.isPresent()) {
        return hold(state, stranger.get(), /* retry= */ false);
      }
      try {
        if (generating.notes().isEmpty() || !generating.notes().get().isNothing(state.ref())) {
          generating.takeBack(state);
        }
      } catch (StoreException e) {
        if (e.problem() instanceof Problem.Conflict) {
          return new Outcome.After(AGAIN);
        }
        return hold(state, e.getMessage(), !(e.problem() instanceof Problem.Malformed));
      }
      Finalizers.remove(objects, state, Finalizers.GENERATOR_STATE);
    }
    generating.notes().ifPresent(notes -> notes.forget(state.ref()));
    said.remove(state.ref());
    return new Outcome.Done();
  }

  private static Optional<Instant> deadline(Fields spec) throws MalformedObjectException {
    Optional<String> text = spec.string(GeneratorNotes.DEADLINE).filter(it -> !it.isEmpty());
    try {
      return text.map(Instant::parse);
    } catch (DateTimeException e) {
      throw new MalformedObjectException(
          "spec." + GeneratorNotes.DEADLINE + " is no time such as 2026-01-02T03:04:05Z");
    }
  }

  /** Why what it stands for cannot be taken back here, if it cannot. */
  private Optional<String> stranger(KubeObject state) throws MalformedObjectException {
    String kind = state.spec().requiredObject("resource").requiredString("kind");
    return generating.has(kind)
        ? Optional.empty()
        : Optional.of(
            "could not get generator: generators of kind "
                + kind
                + " are not in this version, so what it made is not taken back; take it back there"
                + " and remove the finalizer "
                + Finalizers.GENERATOR_STATE
                + ", or let External Secrets do it");
  }

  private Outcome hold(KubeObject state, String message, boolean retry) throws ObjectsException {
    evidence.event(Event.warning(state.ref(), "Error", message));
    Map<String, Object> status;
    try {
      status =
          ReadyStatus.status(
              state, ReadyStatus.condition(state, false, "Error", message, clock.instant()));
    } catch (MalformedObjectException e) {
      // Nobody but this program writes a status here, so there is none to keep.
      return new Outcome.Stalled("Error", message);
    }
    if (!status.equals(state.tree().get("status"))) {
      objects.update(state.with("status", status));
    }
    return retry ? new Outcome.Retry("Error", message) : new Outcome.Stalled("Error", message);
  }
}
