package dev.signet.dialects.externalsecrets;

import dev.signet.core.Material;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.Generator;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What generators made that stays outside, and for whom: in the cluster a GeneratorState for each
 * such thing, in memory its values, so that a refresh delivers them again for as long as they are
 * good.
 *
 * <p>A place is one entry of one ExternalSecret or PushSecret. The rules, so that whatever is made
 * is taken back, and never before something else is delivered:
 *
 * <ul>
 *   <li>A note is written before the values are. One that this process made and did not deliver yet
 *       is pending. If delivering fails, which may be after some of it was written, the next
 *       attempt delivers the same.
 *   <li>When the values are delivered, their note becomes that of the place. The one before gets a
 *       deadline, a little later than now, for who still reads the old Secret.
 *   <li>A note that is not its place's, of a place that this process delivered, gets a deadline
 *       too: whatever an earlier process left.
 *   <li>Notes of places that this process has not delivered are adopted: renewed, until the next
 *       refresh, which makes other values as nobody remembers these. Two of one place mean that a
 *       process ended in between, and it is not known which was delivered: other values are made at
 *       once.
 *   <li>A generator that can say beforehand what would end whatever comes of it gets a note of that
 *       before it asks ({@link Asking}), which the answer fills in. One that was never filled in
 *       and is not being asked for is what a killed process left: it is taken back.
 * </ul>
 */
public final class GeneratorNotes {

  static final GroupKind KIND = new GroupKind(GeneratorRef.GROUP, "GeneratorState");
  static final String DEADLINE = "garbageCollectionDeadline";

  /** On a note of what was asked for, until the answer is there. */
  static final String UNANSWERED = "signet.dev/unanswered";

  private static final Duration GRACE = Duration.ofMinutes(2);
  private static final String ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
  private static final int LONGEST_NAME = 253;

  /** What a note is to its place. */
  sealed interface Standing {
    /** Being delivered. */
    record Pending() implements Standing {}

    /** To be renewed when that time comes; at once when it is empty. */
    record Current(Optional<Instant> renewal) implements Standing {}

    /** Nothing can renew it; its place is to get other values. */
    record Ending() implements Standing {}

    /** Its place has another one. */
    record Superseded() implements Standing {}

    /** Nobody knows what came of it. */
    record Unanswered() implements Standing {}
  }

  private static final class Holding {
    final Ref note;

    /** How the generator was when it made them. */
    final String generator;

    /** None if another process made them, or if they are to be made anew each time. */
    final @Nullable Material values;

    Duration good = Duration.ZERO;
    Instant since = Instant.EPOCH;
    boolean ending;

    Holding(Ref note, String generator, @Nullable Material values) {
      this.note = note;
      this.generator = generator;
      this.values = values;
    }

    /** As it was told then. */
    Holding good(Duration good, Instant since) {
      this.good = good;
      this.since = since;
      return this;
    }

    Optional<Instant> renewal() {
      return good.isPositive()
          ? Optional.of(since.plus(good.multipliedBy(2).dividedBy(3)))
          : Optional.empty();
    }

    void close() {
      if (values != null) {
        values.close();
      }
    }
  }

  /** What was made for a place in this round, and noted. */
  record Fresh(
      Place place,
      Ref note,
      String generator,
      Generator.Lasting lasting,
      Material values,
      Instant made) {

    boolean reusable() {
      return lasting.good().isPositive();
    }

    private boolean good(Instant now) {
      return !reusable() || now.isBefore(made.plus(lasting.good().multipliedBy(2).dividedBy(3)));
    }
  }

  private final Objects objects;
  private final InstantSource clock;
  private final SecureRandom random;
  private final Duration grace;
  private final Map<Place, Holding> held = new HashMap<>();

  /** What was made and did not reach its place yet. */
  private final Map<Place, Fresh> waiting = new HashMap<>();

  /** The places that this process delivered to. */
  private final Set<Place> delivered = new HashSet<>();

  private final Map<Ref, Place> places = new HashMap<>();
  private final Set<Ref> pending = new HashSet<>();

  /** What was asked for in vain, as far as is known: the next attempt need not note it again. */
  private final Map<Place, Left> left = new HashMap<>();

  /** Of which nothing came. */
  private final Set<Ref> nothing = new HashSet<>();

  private record Left(Ref note, String on) {}

  public GeneratorNotes(Objects objects, InstantSource clock, SecureRandom random) {
    this(objects, clock, random, GRACE);
  }

  /**
   * @param grace how long what was replaced stays good
   */
  public GeneratorNotes(Objects objects, InstantSource clock, SecureRandom random, Duration grace) {
    this.objects = objects;
    this.clock = clock;
    this.random = random;
    this.grace = grace;
  }

  /**
   * A copy of the values that a place has, if they are still good and the generator is as it was.
   */
  synchronized Optional<Material> values(Place place, String generator) {
    Holding holding = held.get(place);
    return holding == null
            || holding.values == null
            || holding.ending
            || !holding.generator.equals(generator)
        ? Optional.empty()
        : Optional.of(holding.values.copy());
  }

  /**
   * What an attempt before this one made for the place; the caller's to deliver or to give back.
   */
  Optional<Fresh> waiting(Place place, String generator) {
    Fresh before;
    synchronized (this) {
      before = waiting.remove(place);
    }
    if (before == null) {
      return Optional.empty();
    }
    if (before.generator().equals(generator) && before.good(clock.instant())) {
      return Optional.of(before);
    }
    undone(before);
    return Optional.empty();
  }

  /** It was not delivered, as far as is known. */
  synchronized void undelivered(Fresh fresh) {
    waiting.put(fresh.place(), fresh);
  }

  /** Whether something that the owner has ends, and other values have to be made. */
  synchronized boolean lacks(Ref owner) {
    return held.entrySet().stream()
        .anyMatch(each -> each.getKey().owner().equals(owner) && each.getValue().ending);
  }

  /**
   * For how long something is good.
   *
   * @param at when it ends unless it is renewed
   * @param good for how long it was good when it was made or renewed
   */
  public record Ending(Instant at, Duration good) {}

  /** When the first thing ends that each owner has; of those whose end is known. */
  public synchronized Map<Ref, Ending> endings() {
    Map<Ref, Ending> endings = new HashMap<>();
    held.forEach(
        (place, holding) -> {
          if (holding.good.isPositive()) {
            endings.merge(
                place.owner(),
                new Ending(holding.since.plus(holding.good), holding.good),
                (one, other) -> one.at().isBefore(other.at()) ? one : other);
          }
        });
    return endings;
  }

  /** Who is to be looked at because of that note. */
  synchronized Optional<Ref> concerned(Ref note) {
    return Optional.ofNullable(places.get(note)).map(Place::owner).filter(this::lacks);
  }

  /**
   * Writes down what was made, before it is delivered.
   *
   * @param generator how it was when it made them
   * @param made stays the caller's
   * @param asked the note that it fills in, if there is one
   */
  Fresh write(
      KubeObject owner,
      Place place,
      Map<String, @Nullable Object> resource,
      String generator,
      Generator.Made made,
      Optional<KubeObject> asked)
      throws ObjectsException, MalformedObjectException {
    Generator.Lasting lasting = made.lasting().orElseThrow();
    KubeObject note;
    if (asked.isPresent()) {
      note = asked.get();
      fill(note, lasting.state());
    } else {
      note = create(owner, place, resource, lasting.state(), Map.of());
    }
    return new Fresh(place, note.ref(), generator, lasting, made.values().copy(), clock.instant());
  }

  /** Writes down what would take back whatever is asked for. */
  KubeObject ask(
      KubeObject owner,
      Place place,
      Map<String, @Nullable Object> resource,
      Map<String, @Nullable Object> state)
      throws ObjectsException, MalformedObjectException {
    return create(owner, place, resource, state, Map.of(UNANSWERED, "true"));
  }

  /** Asked again as somebody else, before anything came of it. */
  KubeObject askedAgain(KubeObject note, Map<String, @Nullable Object> state)
      throws ObjectsException, MalformedObjectException {
    update(note, there -> changed(there, "state", state));
    return note;
  }

  private void fill(KubeObject note, Map<String, @Nullable Object> state)
      throws ObjectsException, MalformedObjectException {
    update(
        note,
        there -> {
          Map<String, String> annotations = new LinkedHashMap<>(there.metadata().annotations());
          annotations.remove(UNANSWERED);
          return changed(there, "state", state)
              .with("metadata", there.metadata().with("annotations", annotations).tree());
        });
  }

  private interface Change {
    KubeObject of(KubeObject there) throws MalformedObjectException;
  }

  /** As it was written, else as it is now. */
  private void update(KubeObject note, Change change)
      throws ObjectsException, MalformedObjectException {
    try {
      objects.update(change.of(note));
    } catch (ObjectsException e) {
      Optional<KubeObject> now =
          e.problem() instanceof Problem.Conflict ? objects.get(note.ref()) : Optional.empty();
      if (now.isEmpty() || !now.get().metadata().uid().equals(note.metadata().uid())) {
        throw e;
      }
      objects.update(change.of(now.get()));
    }
  }

  /** Whether it was noted already that this was asked for of that place, and nothing came of it. */
  synchronized boolean asked(Place place, String on) {
    Left before = left.get(place);
    if (before != null && !before.on().equals(on)) {
      left.remove(place);
      return false;
    }
    return before != null;
  }

  /** There was no answer. It may have been done. */
  synchronized void left(Place place, String on, Ref note) {
    left.put(place, new Left(note, on));
    pending.remove(note);
  }

  /** It was not done, or what was made is taken back. */
  void nothing(KubeObject note) {
    synchronized (this) {
      nothing.add(note.ref());
    }
    try {
      objects.delete(note.ref(), note.metadata().uid());
    } catch (ObjectsException | MalformedObjectException e) {
      // Whoever looks at notes does it later.
    }
    synchronized (this) {
      pending.remove(note.ref());
    }
  }

  /** Whether there is nothing behind a note. */
  synchronized boolean isNothing(Ref note) {
    return nothing.contains(note);
  }

  static boolean unanswered(KubeObject note) throws MalformedObjectException {
    return note.metadata().annotations().containsKey(UNANSWERED);
  }

  private KubeObject create(
      KubeObject owner,
      Place place,
      Map<String, @Nullable Object> resource,
      Map<String, @Nullable Object> state,
      Map<String, String> annotations)
      throws ObjectsException, MalformedObjectException {
    String kind = String.valueOf(resource.get("kind")).toLowerCase(Locale.ROOT);
    Ref note = new Ref(KIND, owner.ref().namespace(), name(kind, owner.ref().name()));
    Map<String, @Nullable Object> reference = new LinkedHashMap<>();
    reference.put("apiVersion", owner.apiVersion());
    reference.put("kind", owner.ref().kind().kind());
    reference.put("name", owner.ref().name());
    reference.put("uid", owner.metadata().uid());
    Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
    metadata.put("name", note.name());
    metadata.put("namespace", note.namespace());
    metadata.put("labels", Map.of(Place.LABEL, place.key()));
    if (!annotations.isEmpty()) {
      metadata.put("annotations", annotations);
    }
    metadata.put("ownerReferences", List.of(reference));
    metadata.put("finalizers", List.of(Finalizers.GENERATOR_STATE));
    Map<String, @Nullable Object> spec = new LinkedHashMap<>();
    spec.put("resource", resource);
    spec.put("state", state);
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", GeneratorRef.GROUP + "/v1alpha1");
    tree.put("kind", KIND.kind());
    tree.put("metadata", metadata);
    tree.put("spec", spec);
    synchronized (this) {
      pending.add(note);
      places.put(note, place);
    }
    try {
      return objects.create(KubeObject.of(tree, note.namespace()));
    } catch (ObjectsException e) {
      forget(note);
      throw e;
    }
  }

  private String name(String kind, String owner) {
    StringBuilder end = new StringBuilder("-");
    for (int i = 0; i < 8; i++) {
      end.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    String begin = "gen-" + kind + "-" + owner;
    int most = LONGEST_NAME - end.length();
    return (begin.length() > most ? begin.substring(0, most) : begin) + end;
  }

  /**
   * What an owner got is delivered.
   *
   * @param used all places that it has now
   */
  void delivered(Ref owner, List<Fresh> fresh, Set<Place> used) {
    List<Ref> obsolete = new ArrayList<>();
    List<Fresh> unused = new ArrayList<>();
    synchronized (this) {
      for (Fresh each : fresh) {
        pending.remove(each.note());
        delivered.add(each.place());
        Material values = each.reusable() ? each.values() : null;
        if (values == null) {
          each.values().close();
        }
        Holding before =
            held.put(
                each.place(),
                new Holding(each.note(), each.generator(), values)
                    .good(each.lasting().good(), each.made()));
        if (before != null) {
          before.close();
          obsolete.add(before.note);
        }
      }
      for (Place place : List.copyOf(waiting.keySet())) {
        if (place.owner().equals(owner)) {
          Fresh before = waiting.remove(place);
          if (before != null) {
            unused.add(before);
          }
        }
      }
      for (Place place : List.copyOf(held.keySet())) {
        if (place.owner().equals(owner) && !used.contains(place)) {
          Holding before = held.remove(place);
          if (before != null) {
            before.close();
            obsolete.add(before.note);
          }
        }
      }
    }
    obsolete.forEach(this::supersede);
    unused.forEach(this::undone);
  }

  /** It is not wanted any more, and was not delivered: what was made is taken back. */
  private void undone(Fresh fresh) {
    fresh.values().close();
    synchronized (this) {
      pending.remove(fresh.note());
    }
    try {
      Optional<KubeObject> note = objects.get(fresh.note());
      if (note.isPresent()) {
        objects.delete(fresh.note(), note.get().metadata().uid());
      }
    } catch (ObjectsException | MalformedObjectException e) {
      // Whoever looks at notes does it later: it is not the one of its place.
    }
  }

  /** What a note without a deadline is to its place; one that nobody knows becomes its place's. */
  synchronized Standing standing(KubeObject note) throws MalformedObjectException {
    Ref ref = note.ref();
    Optional<Place> found = Place.of(note);
    if (pending.contains(ref) || found.isEmpty()) {
      return new Standing.Pending();
    }
    Place place = found.get();
    if (unanswered(note)) {
      Left before = left.get(place);
      return before != null && before.note().equals(ref)
          ? new Standing.Pending()
          : new Standing.Unanswered();
    }
    places.put(ref, place);
    Holding holding = held.get(place);
    if (holding == null) {
      held.put(place, new Holding(ref, "", null));
      return new Standing.Current(Optional.empty());
    }
    if (holding.note.equals(ref)) {
      return holding.ending ? new Standing.Ending() : new Standing.Current(holding.renewal());
    }
    if (delivered.contains(place)) {
      return new Standing.Superseded();
    }
    holding.ending = true;
    return new Standing.Ending();
  }

  synchronized void renewed(Ref note, Duration good) {
    Holding holding = holding(note);
    if (holding != null) {
      var _ = holding.good(good, clock.instant());
    }
  }

  /** Nothing can be done for it any more. */
  synchronized void ends(Ref note) {
    Holding holding = holding(note);
    if (holding != null) {
      holding.ending = true;
    }
  }

  private @Nullable Holding holding(Ref note) {
    Place place = places.get(note);
    Holding holding = place == null ? null : held.get(place);
    return holding != null && holding.note.equals(note) ? holding : null;
  }

  /** There is no such note any more, or soon. */
  synchronized void forget(Ref note) {
    pending.remove(note);
    nothing.remove(note);
    left.values().removeIf(each -> each.note().equals(note));
    Holding holding = holding(note);
    Place place = places.remove(note);
    Fresh fresh = place == null ? null : waiting.get(place);
    if (fresh != null && fresh.note().equals(note)) {
      waiting.remove(fresh.place());
      fresh.values().close();
    }
    if (holding != null && place != null) {
      held.remove(place);
      holding.close();
    }
  }

  /** Gives it a deadline. */
  void supersede(Ref ref) {
    try {
      Optional<KubeObject> note = objects.get(ref);
      if (note.isPresent()
          && !Finalizers.going(note.get())
          && note.get().spec().string(DEADLINE).orElse("").isEmpty()) {
        objects.update(
            changed(note.get(), DEADLINE, ReadyStatus.time(clock.instant().plus(grace))));
      }
    } catch (ObjectsException | MalformedObjectException e) {
      // Whoever looks at notes does it later.
    }
  }

  /** The note with one field of its spec replaced. */
  static KubeObject changed(KubeObject note, String field, Object value) {
    Map<String, @Nullable Object> spec = new LinkedHashMap<>();
    if (note.tree().get("spec") instanceof Map<?, ?> there) {
      there.forEach((name, each) -> spec.put(String.valueOf(name), each));
    }
    spec.put(field, value);
    return note.with("spec", spec);
  }
}
