package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.StoreException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is to be said of single keys of an ExternalSecret: which failed, in which store and why, and
 * which are not from where its manifest says. It is the condition {@code signet.dev/Keys}, which is
 * there only as long as there is something to say; upstream's {@code Ready} stays as it is.
 *
 * <pre>
 * status   False: some failed, so nothing is delivered.  True: none did
 * reason   KeysFailed | KeysSubstituted
 * message  a line for each: KEY: WHAT, at most 4,096 characters of all
 * </pre>
 *
 * <p>A key is a {@code secretKey}, or {@code dataFrom[N]} for an entry that brings several. Texts
 * are those of stores, which name keys and stores and never a value.
 */
final class KeyNotes {

  static final String CONDITION = "signet.dev/Keys";
  static final String FAILED = "KeysFailed";
  static final String SUBSTITUTED = "KeysSubstituted";

  /** There is nothing to say. */
  static final KeyNotes NONE = new KeyNotes();

  private static final int LONGEST = 4096;
  private static final int LONGEST_LINE = 400;

  /** How a line ends that goes on about more keys than there was place for. */
  private static final int PLACE_FOR_MORE = 40;

  private final Map<String, String> failed = new LinkedHashMap<>();
  private final Map<String, String> substituted = new LinkedHashMap<>();

  /** Why one store did not give a value. */
  static String why(StoreRef store, StoreException e) {
    return why(e.problem(), Optional.of(store), e.getMessage());
  }

  static String why(Problem problem, Optional<StoreRef> store, String text) {
    return problem.getClass().getSimpleName()
        + store.map(each -> " in " + each).orElse("")
        + ": "
        + text;
  }

  void failed(String key, String why) {
    failed.putIfAbsent(key, why);
  }

  /** It is there, or rightly is not, though not as the manifest says first. */
  void substituted(String key, String how) {
    substituted.putIfAbsent(key, how);
  }

  boolean isEmpty() {
    return failed.isEmpty() && substituted.isEmpty();
  }

  Map<String, Object> condition(KubeObject object, Instant now) throws MalformedObjectException {
    boolean all = failed.isEmpty();
    return ReadyStatus.condition(
        object, CONDITION, all, all ? SUBSTITUTED : FAILED, message(), now);
  }

  private String message() {
    List<String> lines = new ArrayList<>();
    failed.forEach((key, why) -> lines.add(line(key, why)));
    substituted.forEach((key, how) -> lines.add(line(key, how)));
    StringBuilder message = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      if (message.length() + lines.get(i).length() > LONGEST - PLACE_FOR_MORE) {
        return message.append("and ").append(lines.size() - i).append(" more").toString();
      }
      message.append(lines.get(i)).append(i < lines.size() - 1 ? "\n" : "");
    }
    return message.toString();
  }

  private static String line(String key, String text) {
    String line = key + ": " + text.replaceAll("\\s+", " ");
    return line.length() > LONGEST_LINE ? line.substring(0, LONGEST_LINE) + "..." : line;
  }

  /** What a condition's message says of each key, as {@link #condition} wrote it. */
  static Map<String, String> read(String message) {
    Map<String, String> notes = new LinkedHashMap<>();
    for (String line : message.split("\n", -1)) {
      int colon = line.indexOf(": ");
      if (colon > 0) {
        notes.put(line.substring(0, colon), line.substring(colon + 2));
      }
    }
    return notes;
  }
}
