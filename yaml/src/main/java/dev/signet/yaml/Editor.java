package dev.signet.yaml;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Changes values of a YAML or JSON input in place. All bytes outside of what is changed stay as
 * they are: comments, order, quotes, indentation, line breaks, a byte order mark, {@code ---} and
 * {@code ...}, anchors, a missing line break at the end.
 *
 * <h2>How</h2>
 *
 * The input is read once with an {@link Outline} of where each value stands. Each change becomes
 * splices of bytes ({@link MappingEdit}, {@link ValueEdit}), which are cut in at once at the end.
 * The result is then read back, and it must hold exactly what the input held with the changes made;
 * if not, there is no result but an {@link EditException}. So a change that would reach further
 * than its place, such as one of a value that an alias elsewhere repeats, is refused, and a mistake
 * here can refuse an edit but not damage a file.
 *
 * <h2>What a change looks like</h2>
 *
 * <ul>
 *   <li>A scalar keeps its style (plain, quotes, {@code |}, {@code >}) where that can hold the new
 *       text, and becomes double-quoted where not. Anchor, tag and comments stay.
 *   <li>An alias that is set is replaced where it stands; what it pointed to stays.
 *   <li>A new entry comes last in its mapping: in block style on lines of its own, indented as its
 *       neighbours; in flow style and JSON with the separators of its neighbours.
 *   <li>An entry that is removed takes its own lines along, with a comment behind its value.
 *       Comments above it stay. A mapping that loses its last entry becomes <code>{}</code>.
 *   <li>A mapping or a list that takes the place of something else is written in block style below
 *       its key, or in one line inside of flow collections.
 * </ul>
 *
 * <h2>Limits</h2>
 *
 * Those of {@link ReadLimits}, for the input and for the result. An input with a malformed document
 * is refused whole. List items can be changed but not added or removed. What an alias repeats has
 * no place of its own and cannot be changed through it; an entry that a merge ({@code <<}) brings
 * cannot be removed, and setting it adds one that overrides it. Time is proportional to the input
 * plus the changes.
 */
public final class Editor {

  private final byte[] input;
  private final String source;
  private final ReadLimits limits;
  private final DuplicateKeys duplicates;
  private final List<Document> documents = new ArrayList<>();
  private final List<Outline> outlines = new ArrayList<>();

  /** What the documents are to hold, for those that are changed. */
  private final Map<Integer, Map<String, @Nullable Object>> expected = new TreeMap<>();

  private final Map<Integer, DocumentEdits> edits = new TreeMap<>();

  private Editor(byte[] input, String source, ReadLimits limits, DuplicateKeys duplicates) {
    this.input = input;
    this.source = source;
    this.limits = limits;
    this.duplicates = duplicates;
  }

  /**
   * Reads an input to be changed; the array must not change meanwhile.
   *
   * @param source how messages call the input, usually the file name
   */
  public static Editor of(byte[] input, String source, ReadLimits limits, DuplicateKeys duplicates)
      throws MalformedDocumentException {
    Editor editor = new Editor(input, source, limits, duplicates);
    DocumentReader reader = Documents.outlining(input, source, limits, duplicates);
    for (Optional<Document> next = reader.next(); next.isPresent(); next = reader.next()) {
      editor.documents.add(next.get());
      editor.outlines.add(reader.outline());
    }
    return editor;
  }

  /** The documents as they were read. Their trees must not be changed. */
  public List<Document> documents() {
    return List.copyOf(documents);
  }

  /** Where the values of a document stand, by its place among {@link #documents}. */
  public Outline outline(int document) {
    return outlines.get(document);
  }

  public boolean isChanged() {
    return !edits.isEmpty();
  }

  /**
   * Sets a value. What is missing on the way to it is made, as far as it is mappings.
   *
   * @param value a tree as {@link Document} has it
   */
  public void set(int document, TreePath path, @Nullable Object value) throws EditException {
    List<Object> steps = path.steps();
    if (steps.isEmpty()) {
      throw refused(document, path, "the whole of a document cannot be set");
    }
    Object tree = expected(document);
    for (int i = 0; i < steps.size(); i++) {
      boolean last = i == steps.size() - 1;
      if (tree instanceof Map<?, ?> && steps.get(i) instanceof String key) {
        @SuppressWarnings("unchecked") // readers make maps with string keys only
        Map<String, @Nullable Object> map = (Map<String, @Nullable Object>) tree;
        if (last) {
          map.put(key, Trees.copy(value));
        } else if (map.get(key) == null) {
          map.put(key, Trees.nested(steps.subList(i + 1, steps.size()), value));
          break;
        }
        tree = map.get(key);
      } else if (tree instanceof List<?>
          && steps.get(i) instanceof Integer index
          && index < ((List<?>) tree).size()) {
        @SuppressWarnings("unchecked")
        List<@Nullable Object> list = (List<@Nullable Object>) tree;
        if (last) {
          list.set(index, Trees.copy(value));
        }
        tree = list.get(index);
      } else {
        throw refused(document, path, "there is neither a mapping nor a list on the way to it");
      }
    }
    edits(document).set(path, value);
  }

  /** Removes an entry of a mapping; nothing happens if there is none. */
  public void remove(int document, TreePath path) throws EditException {
    List<Object> steps = path.steps();
    Object tree = expected(document);
    for (int i = 0; i < steps.size() - 1 && tree != null; i++) {
      tree =
          steps.get(i) instanceof String key
              ? tree instanceof Map<?, ?> map ? map.get(key) : null
              : tree instanceof List<?> list && (Integer) steps.get(i) < list.size()
                  ? list.get((Integer) steps.get(i))
                  : null;
    }
    if (steps.isEmpty() || !(steps.getLast() instanceof String key)) {
      throw refused(document, path, "only entries of mappings can be removed");
    }
    if (tree instanceof Map<?, ?> map && map.containsKey(key)) {
      map.remove(key);
      edits(document).remove(path);
    }
  }

  private Map<String, @Nullable Object> expected(int document) {
    return expected.computeIfAbsent(document, at -> Trees.copyOf(documents.get(at).tree()));
  }

  private DocumentEdits edits(int document) {
    return edits.computeIfAbsent(
        document,
        at ->
            new DocumentEdits(
                outlines.get(at),
                documents.get(at).syntax(),
                (path, why) -> refused(at, path, why)));
  }

  /**
   * The input with all changes made; without any, its very bytes.
   *
   * @throws EditException if that cannot be done without changing something else
   */
  public byte[] bytes() throws EditException {
    List<Splice> splices = new ArrayList<>();
    for (DocumentEdits each : edits.values()) {
      splices.addAll(each.splices());
    }
    splices.removeIf(splice -> splice.start() == splice.end() && splice.text().isEmpty());
    if (splices.isEmpty()) {
      return input.clone();
    }
    splices.sort(Comparator.comparingInt(Splice::start).thenComparingInt(Splice::end));
    ByteArrayOutputStream out = new ByteArrayOutputStream(input.length + 1024);
    int at = 0;
    for (Splice splice : splices) {
      if (splice.start() < at) {
        throw new EditException(
            source + ": two of the changes are to the same place; make them one after the other");
      }
      out.write(input, at, splice.start() - at);
      out.writeBytes(splice.text().getBytes(StandardCharsets.UTF_8));
      at = splice.end();
    }
    out.write(input, at, input.length - at);
    byte[] result = out.toByteArray();
    check(result);
    return result;
  }

  /** See the class comment: the last word on every edit. */
  private void check(byte[] result) throws EditException {
    List<Document> now;
    try {
      now = Documents.read(result, source, limits, duplicates);
    } catch (MalformedDocumentException e) {
      throw changesMore();
    }
    boolean same = now.size() == documents.size();
    for (int i = 0; same && i < now.size(); i++) {
      Map<String, @Nullable Object> tree = expected.get(i);
      same = now.get(i).tree().equals(tree == null ? documents.get(i).tree() : tree);
    }
    if (!same) {
      throw changesMore();
    }
  }

  private EditException changesMore() {
    int document = edits.keySet().iterator().next();
    return new EditException(
        source
            + ":"
            + documents.get(document).line()
            + ": the change would reach other values too, through an anchor, a merge or an unusual"
            + " way of writing; change it by hand");
  }

  private EditException refused(int document, TreePath path, String why) {
    Place place = outlines.get(document).nearest(path);
    return new EditException(
        source
            + ":"
            + place.line()
            + ":"
            + place.column()
            + ": cannot change "
            + path
            + ": "
            + why);
  }

  /** Copies of trees, for their owners to change. */
  private static final class Trees {

    private Trees() {}

    static Map<String, @Nullable Object> copyOf(Map<?, ?> map) {
      Map<String, @Nullable Object> copy = new LinkedHashMap<>();
      map.forEach((key, value) -> copy.put((String) key, copy(value)));
      return copy;
    }

    static @Nullable Object copy(@Nullable Object value) {
      if (value instanceof Map<?, ?> map) {
        return copyOf(map);
      }
      if (value instanceof List<?> list) {
        List<@Nullable Object> copy = new ArrayList<>();
        list.forEach(item -> copy.add(copy(item)));
        return copy;
      }
      return value;
    }

    /** A value below these keys. */
    static @Nullable Object nested(List<Object> steps, @Nullable Object value) {
      Object tree = copy(value);
      for (Object step : steps.reversed()) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put(String.valueOf(step), tree);
        tree = map;
      }
      return tree;
    }
  }
}
