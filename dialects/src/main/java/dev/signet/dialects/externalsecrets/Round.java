package dev.signet.dialects.externalsecrets;

import dev.signet.core.Material;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.StoreException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * One delivery, and what generators make for it. What was made and not {@link #delivered} is for
 * the next one.
 */
final class Round implements AutoCloseable {

  private final Generating generating;
  private final Optional<GeneratorNotes> notes;
  private final KubeObject owner;
  private final List<GeneratorNotes.Fresh> fresh = new ArrayList<>();
  private final Set<Place> used = new HashSet<>();

  Round(Generating generating, Optional<GeneratorNotes> notes, KubeObject owner) {
    this.generating = generating;
    this.notes = notes;
    this.owner = owner;
  }

  /**
   * The values that the entry has, as long as they are good; else new ones. The caller owns them.
   *
   * @param entry which of the owner's, in upstream's terms
   */
  Material generate(GeneratorRef ref, String entry)
      throws StoreException, ObjectsException, MalformedObjectException {
    Generating.Snapshot now = generating.snapshot(ref, owner.ref().namespace());
    Place place = Place.of(owner.ref(), entry);
    String asItIs = GoHash.ofTree(now.resource());
    Optional<GeneratorNotes.Fresh> waiting = notes.flatMap(it -> it.waiting(place, asItIs));
    if (waiting.isPresent()) {
      fresh.add(waiting.get());
      used.add(place);
      return waiting.get().values().copy();
    }
    Optional<Material> kept = notes.flatMap(it -> it.values(place, asItIs));
    if (kept.isPresent()) {
      used.add(place);
      return kept.get();
    }
    if (notes.isEmpty()) {
      return generating.generate(now, Generator.Notes.NONE).values();
    }
    Asking asking = new Asking(notes.get(), owner, place, now.resource());
    Generator.Made made;
    try {
      made = generating.generate(now, asking);
    } catch (StoreException e) {
      asking.failed(e);
      throw e;
    }
    if (made.lasting().isEmpty()) {
      asking.nothing();
    } else {
      noted(now, place, asItIs, made, asking);
    }
    return made.values();
  }

  private void noted(
      Generating.Snapshot now, Place place, String asItIs, Generator.Made made, Asking asking)
      throws StoreException, ObjectsException, MalformedObjectException {
    boolean complete = false;
    try {
      fresh.add(
          notes.orElseThrow().write(owner, place, now.resource(), asItIs, made, asking.note()));
      used.add(place);
      complete = true;
    } finally {
      if (!complete) {
        made.values().close();
        undo(now, made, asking);
      }
    }
  }

  private void undo(Generating.Snapshot now, Generator.Made made, Asking asking)
      throws StoreException {
    boolean undone = false;
    try {
      generating.takeBack(now, made.lasting().orElseThrow().state());
      undone = true;
    } finally {
      if (undone) {
        asking.nothing();
      } else {
        asking.unknown();
      }
    }
  }

  /** All of it reached its target. */
  void delivered() {
    notes.ifPresent(it -> it.delivered(owner.ref(), List.copyOf(fresh), used));
    fresh.clear();
  }

  @Override
  public void close() {
    notes.ifPresent(it -> fresh.forEach(it::undelivered));
    fresh.clear();
  }
}
