package dev.signet.dialects.sealedsecrets;

import dev.signet.core.GoBase64;
import dev.signet.core.IllegalBase64Exception;
import dev.signet.core.sealing.Hint;
import dev.signet.core.sealing.KeyRing;
import dev.signet.core.sealing.NoKeyException;
import dev.signet.core.sealing.Opened;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which key opens which sealed value. No ciphertext says so, hence all of them are opened, in
 * memory, and what was in them is zeroed at once. Templates are not rendered: they need no key.
 */
public final class Census {

  /** The item that stands for the field {@code spec.data} of 2017. */
  public static final String WHOLE = "spec.data";

  /** What a key opened. */
  public record Use(TreeSet<Ref> objects, int items) {}

  /**
   * A value that no key opened.
   *
   * @param item empty, when the object cannot even be read
   */
  public record Unopened(Ref object, String item, String why) {}

  private final Map<String, Use> uses = new TreeMap<>();
  private final List<Unopened> unopened = new ArrayList<>();
  private int objects;
  private int items;

  private Census() {}

  /** Opens all of them; takes a private-key operation an item, on all processors. */
  public static Census of(Collection<KubeObject> objects, KeyRing ring) {
    Census census = new Census();
    objects.parallelStream().map(object -> look(object, ring)).toList().forEach(census::add);
    return census;
  }

  private record Look(Ref object, Map<String, String> keys, List<Unopened> unopened) {}

  private static Look look(KubeObject object, KeyRing ring) {
    Map<String, String> keys = new LinkedHashMap<>();
    List<Unopened> unopened = new ArrayList<>();
    try {
      SealedSecret sealed = SealedSecret.of(object);
      byte[] label = sealed.scope().label(sealed.metadata().namespace(), sealed.metadata().name());
      Map<String, String> values = new LinkedHashMap<>(sealed.encryptedData());
      sealed.deprecatedData().ifPresent(text -> values.put(WHOLE, text));
      Hint likely = Hint.NONE;
      for (Map.Entry<String, String> entry : values.entrySet()) {
        try {
          Opened opened = ring.open(GoBase64.STD.decode(entry.getValue()), label, likely);
          opened.value().close();
          likely = likely.andKey(opened.key());
          keys.put(entry.getKey(), opened.key());
        } catch (IllegalBase64Exception | NoKeyException e) {
          unopened.add(new Unopened(object.ref(), entry.getKey(), String.valueOf(e.getMessage())));
        }
      }
    } catch (MalformedObjectException e) {
      unopened.add(new Unopened(object.ref(), "", e.getMessage()));
    }
    return new Look(object.ref(), keys, unopened);
  }

  private void add(Look look) {
    objects++;
    items += look.keys().size() + look.unopened().size();
    unopened.addAll(look.unopened());
    for (String key : look.keys().values()) {
      Use use = uses.getOrDefault(key, new Use(new TreeSet<>(), 0));
      use.objects().add(look.object());
      uses.put(key, new Use(use.objects(), use.items() + 1));
    }
  }

  /** What the key of that fingerprint opened. */
  public Use of(String fingerprint) {
    return uses.getOrDefault(fingerprint, new Use(new TreeSet<>(), 0));
  }

  public List<Unopened> unopened() {
    return List.copyOf(unopened);
  }

  /** How many were looked at. */
  public int objects() {
    return objects;
  }

  public int items() {
    return items;
  }
}
