package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.Generator;
import dev.signet.delivery.store.StoreException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One question to a generator, for one place. What would take back whatever comes of it is noted
 * before it is asked, so that a process that is killed before it can note the answer leaves nothing
 * that nobody knows of:
 *
 * <pre>
 * killed                      the next process finds          and
 * before the note             nothing                         nothing was asked for
 * before the answer is noted  a note that is unanswered       takes back what may have come of it
 * before it is delivered      a note                          delivers other values, takes these back
 * after that                  a note, and the values          adopts it
 * </pre>
 *
 * A question without an answer is such a note as well, and stays for as long as what it hangs on is
 * used here: it is taken back by whoever comes after.
 */
final class Asking implements Generator.Notes {

  private final GeneratorNotes notes;
  private final KubeObject owner;
  private final Place place;
  private final Map<String, @Nullable Object> resource;

  /** None where nothing was asked for yet, or where a question before this one is noted. */
  private @Nullable KubeObject note;

  private String on = "";

  Asking(
      GeneratorNotes notes, KubeObject owner, Place place, Map<String, @Nullable Object> resource) {
    this.notes = notes;
    this.owner = owner;
    this.place = place;
    this.resource = resource;
  }

  @Override
  public void asking(String on, Map<String, @Nullable Object> state) throws StoreException {
    if (on.equals(this.on) || notes.asked(place, on)) {
      return;
    }
    try {
      note =
          note == null ? notes.ask(owner, place, resource, state) : notes.askedAgain(note, state);
      this.on = on;
    } catch (ObjectsException e) {
      throw new StoreException(
          e.problem(), "nothing is asked for that cannot be noted: " + e.getMessage());
    } catch (MalformedObjectException e) {
      throw new StoreException(new Problem.Malformed(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public List<Map<String, @Nullable Object>> others() {
    return List.of();
  }

  /** The note to fill in, if there is one. */
  Optional<KubeObject> note() {
    return Optional.ofNullable(note);
  }

  /** It failed. Only where there was no answer something may have come of it. */
  void failed(StoreException e) {
    if (note != null && e.problem() instanceof Problem.Unreachable) {
      notes.left(place, on, note.ref());
      note = null;
    } else {
      nothing();
    }
  }

  /** There is nothing to take back. */
  void nothing() {
    if (note != null) {
      notes.nothing(note);
      note = null;
    }
  }

  /** What was made could be neither noted nor taken back. */
  void unknown() {
    if (note != null) {
      notes.left(place, on, note.ref());
      note = null;
    }
  }
}
