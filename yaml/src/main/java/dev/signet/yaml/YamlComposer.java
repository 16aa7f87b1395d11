package dev.signet.yaml;

import dev.signet.yaml.MalformedDocumentException.Kind;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Builds the tree of one YAML document straight from parser events, with the meaning that
 * sigs.k8s.io/yaml gives it: goyaml.v2's resolution of scalars and merges ({@code decode.go}), then
 * the conversion to JSON, which turns keys into strings and knows no NaN or infinity.
 *
 * <p>As in Go, what follows the end of the first document of a text ({@code ...}) is not read, a
 * merge overrides the keys before it and is overridden by those after it, and tags on collections
 * and unknown tags mean nothing, except that a scalar with an unknown tag is a string.
 *
 * <p>Places are found on demand: the parser runs without position marks, which is faster, and once
 * more with them when something is wrong.
 */
final class YamlComposer {

  private static final String TAG = "tag:yaml.org,2002:";

  /** Stands for an anchored collection that is still being read. */
  private enum Anchored {
    OPEN
  }

  private final Parser parser;
  private final Budget budget;
  private final DuplicateKeys duplicates;
  private @Nullable Map<String, @Nullable Object> anchors;

  private final @Nullable Yaml11 legacy;

  /** Told where everything stands, if somebody wants to know. */
  private final @Nullable NodeRecorder recorder;

  private YamlComposer(
      String text,
      LoadSettings settings,
      Budget budget,
      DuplicateKeys duplicates,
      @Nullable NodeRecorder recorder) {
    this.recorder = recorder;
    this.legacy = Yaml11.of(text);
    String prepared = legacy == null ? text : legacy.text;
    this.parser = new ParserImpl(settings, new StreamReader(settings, prepared));
    this.budget = budget;
    this.duplicates = duplicates;
  }

  /** The value of the first document in the text; null when there is none. */
  static @Nullable Object compose(String text, Budget budget, DuplicateKeys duplicates)
      throws Problem {
    long mark = budget.mark();
    try {
      return SimpleYaml.compose(text, budget);
    } catch (SimpleYaml.Unusual e) {
      budget.reset(mark);
    }
    return composeAny(text, budget, duplicates);
  }

  /** The same by the general parser alone. */
  static @Nullable Object composeAny(String text, Budget budget, DuplicateKeys duplicates)
      throws Problem {
    long mark = budget.mark();
    try {
      return compose(text, Settings.FAST, budget, duplicates, null);
    } catch (Problem problem) {
      if (problem.kind == Kind.LIMIT) {
        throw problem;
      }
    }
    budget.reset(mark);
    return compose(text, Settings.WITH_MARKS, budget, duplicates, null);
  }

  /** The same, and the recorder learns where each value stands. */
  static @Nullable Object composeRecorded(
      String text, Budget budget, DuplicateKeys duplicates, NodeRecorder recorder) throws Problem {
    return compose(text, Settings.WITH_MARKS, budget, duplicates, recorder);
  }

  private static @Nullable Object compose(
      String text,
      LoadSettings settings,
      Budget budget,
      DuplicateKeys duplicates,
      @Nullable NodeRecorder recorder)
      throws Problem {
    try {
      return new YamlComposer(text, settings, budget, duplicates, recorder).document();
    } catch (MarkedYamlEngineException e) {
      String problem = e.getProblem();
      throw problem(
          Kind.SYNTAX,
          YamlProblems.withoutContent(problem == null ? "" : problem),
          e.getProblemMark());
    } catch (ReaderException e) {
      throw unprintable(text);
    } catch (YamlEngineException e) {
      throw new Problem(Kind.SYNTAX, "malformed yaml");
    }
  }

  private static Problem unprintable(String text) {
    int line = 0;
    int column = 0;
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int c = text.codePointAt(i);
      if (!StreamReader.isPrintable(c)) {
        break;
      }
      next = i + Character.charCount(c);
      column++;
      if (c == '\n') {
        line++;
        column = 0;
      }
    }
    return new Problem(Kind.SYNTAX, "control characters are not allowed", line, column);
  }

  private @Nullable Object document() throws Problem {
    parser.next();
    if (parser.next().getEventId() == Event.ID.StreamEnd) {
      return null;
    }
    Event root = parser.next();
    Object value = jsonable(node(root, 1), root);
    parser.next();
    return value;
  }

  private @Nullable Object node(Event event, int depth) throws Problem {
    budget.node();
    return switch (event.getEventId()) {
      case Scalar -> {
        ScalarEvent scalar = (ScalarEvent) event;
        Object value = scalar(scalar);
        anchor(scalar, value);
        if (recorder != null) {
          recorder.scalar(scalar);
        }
        yield value;
      }
      case Alias -> {
        if (recorder != null) {
          recorder.alias((AliasEvent) event);
        }
        yield budget.copy(anchored((AliasEvent) event), depth);
      }
      case SequenceStart -> sequence((CollectionStartEvent) event, depth);
      case MappingStart -> mapping((CollectionStartEvent) event, depth);
      default -> throw problem(Kind.SYNTAX, "malformed yaml", event.getStartMark());
    };
  }

  private List<@Nullable Object> sequence(CollectionStartEvent event, int depth) throws Problem {
    budget.depth(depth);
    anchor(event, Anchored.OPEN);
    List<@Nullable Object> list = new ArrayList<>();
    List<Node> items = new ArrayList<>();
    Event next;
    for (next = parser.next(); next.getEventId() != Event.ID.SequenceEnd; next = parser.next()) {
      list.add(jsonable(node(next, depth + 1), next));
      if (recorder != null) {
        items.add(recorder.last());
      }
    }
    anchor(event, list);
    if (recorder != null) {
      recorder.sequence(event, next, items);
    }
    return list;
  }

  private Map<String, @Nullable Object> mapping(CollectionStartEvent event, int depth)
      throws Problem {
    budget.depth(depth);
    anchor(event, Anchored.OPEN);
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    List<Node.Entry> entries = new ArrayList<>();
    Event next;
    for (next = parser.next(); next.getEventId() != Event.ID.MappingEnd; next = parser.next()) {
      entry(map, next, depth, entries);
    }
    anchor(event, map);
    if (recorder != null) {
      recorder.mapping(event, next, entries);
    }
    return map;
  }

  private void entry(
      Map<String, @Nullable Object> map, Event keyEvent, int depth, List<Node.Entry> entries)
      throws Problem {
    if (keyEvent instanceof ScalarEvent scalar && isMerge(scalar)) {
      anchor(scalar, "<<");
      Node key = null;
      if (recorder != null) {
        recorder.scalar(scalar);
        key = recorder.last();
      }
      merge(map, parser.next(), depth);
      if (recorder != null && key != null) {
        entries.add(new Node.Entry("<<", true, key, recorder.last()));
      }
      return;
    }
    String key = key(node(keyEvent, depth + 1), keyEvent);
    Node keyNode = recorder == null ? null : recorder.last();
    Event valueEvent = parser.next();
    Object value = jsonable(node(valueEvent, depth + 1), valueEvent);
    put(map, key, value, keyEvent);
    if (recorder != null && keyNode != null) {
      entries.add(new Node.Entry(key, false, keyNode, recorder.last()));
    }
  }

  private void put(Map<String, @Nullable Object> map, String key, @Nullable Object value, Event at)
      throws Problem {
    if (duplicates == DuplicateKeys.REJECTED && map.containsKey(key)) {
      throw problem(
          Kind.DUPLICATE_KEY, "this key is already set in its mapping", at.getStartMark());
    }
    map.put(key, value);
  }

  private static boolean isMerge(ScalarEvent scalar) {
    return scalar.getValue().equals("<<")
        && ((scalar.getTag().isEmpty() && scalar.isPlain()) || isTag(scalar.getTag(), "merge"));
  }

  private void merge(Map<String, @Nullable Object> map, Event event, int depth) throws Problem {
    // An alias may stand for a mapping, not for a list of them.
    if (event.getEventId() == Event.ID.SequenceStart) {
      budget.node();
      anchor((NodeEvent) event, Anchored.OPEN);
      List<@Nullable Object> sources = new ArrayList<>();
      List<Node> items = new ArrayList<>();
      Event next;
      for (next = parser.next(); next.getEventId() != Event.ID.SequenceEnd; next = parser.next()) {
        sources.add(mergeable(next, depth));
        if (recorder != null) {
          items.add(recorder.last());
        }
      }
      anchor((NodeEvent) event, sources);
      if (recorder != null) {
        recorder.sequence((CollectionStartEvent) event, next, items);
      }
      // Earlier ones take precedence.
      for (int i = sources.size() - 1; i >= 0; i--) {
        mergeOne(map, sources.get(i), event);
      }
    } else {
      mergeOne(map, mergeable(event, depth), event);
    }
  }

  private Map<?, ?> mergeable(Event event, int depth) throws Problem {
    Event.ID id = event.getEventId();
    if (id == Event.ID.MappingStart || id == Event.ID.Alias) {
      if (node(event, depth + 1) instanceof Map<?, ?> map) {
        return map;
      }
    }
    throw problem(
        Kind.VALUE, "a merge needs a mapping or a list of mappings", event.getStartMark());
  }

  private void mergeOne(Map<String, @Nullable Object> map, @Nullable Object source, Event at)
      throws Problem {
    if (source instanceof Map<?, ?> entries) {
      for (Map.Entry<?, ?> entry : entries.entrySet()) {
        put(map, (String) entry.getKey(), entry.getValue(), at);
      }
    }
  }

  private void anchor(NodeEvent event, @Nullable Object value) {
    Optional<Anchor> anchor = event.getAnchor();
    if (anchor.isPresent()) {
      if (anchors == null) {
        anchors = new HashMap<>();
      }
      anchors.put(anchor.get().getValue(), value);
    }
  }

  private @Nullable Object anchored(AliasEvent alias) throws Problem {
    String name = alias.getAlias().getValue();
    if (anchors == null || !anchors.containsKey(name)) {
      throw problem(Kind.SYNTAX, "unknown anchor referenced", alias.getStartMark());
    }
    Object value = anchors.get(name);
    if (value == Anchored.OPEN) {
      throw problem(Kind.VALUE, "an anchored value contains itself", alias.getStartMark());
    }
    return value;
  }

  private @Nullable Object scalar(ScalarEvent event) throws Problem {
    Optional<String> tag = event.getTag();
    String text = text(event);
    if (tag.isEmpty()) {
      return event.isPlain() ? YamlScalars.resolve(text, false) : wellFormed(text, event);
    }
    return tagged(tag.get(), wellFormed(text, event), event);
  }

  private String text(ScalarEvent event) throws Problem {
    String text = event.getValue();
    if (legacy != null) {
      text = legacy.restore(text, event.isSQuoted(), event.isDQuoted());
      if (text == null) {
        throw problem(
            Kind.SYNTAX,
            "a unicode line separator must be written as an escape in double quotes",
            event.getStartMark());
      }
    }
    return text;
  }

  /** Go's reader refuses half a surrogate pair, the parser here does not. */
  private static String wellFormed(String text, ScalarEvent event) throws Problem {
    if (event.isDQuoted() && !TextShape.isWellFormed(text)) {
      throw problem(Kind.SYNTAX, "found an invalid unicode escape sequence", event.getStartMark());
    }
    return text;
  }

  private static @Nullable Object tagged(String tag, String text, ScalarEvent event)
      throws Problem {
    if (!tag.startsWith(TAG)) {
      return text;
    }
    switch (tag.substring(TAG.length())) {
      case "binary" -> {
        return binary(text, event);
      }
      case "bool" -> {
        Object value = YamlScalars.resolve(text, false);
        if (value instanceof Boolean) {
          return value;
        }
      }
      case "int" -> {
        Object value = YamlScalars.resolve(text, false);
        if (value instanceof Long || value instanceof BigInteger) {
          return value;
        }
      }
      case "float" -> {
        Object value = YamlScalars.resolve(text, false);
        if (value instanceof Double) {
          return value;
        }
        if (value instanceof Long number) {
          return number.doubleValue();
        }
      }
      case "null" -> {
        if (YamlScalars.resolve(text, false) == null) {
          return null;
        }
      }
      case "timestamp" -> {
        if (YamlScalars.resolve(text, true) == YamlScalars.Kind.TIMESTAMP) {
          return text;
        }
      }
      default -> {
        return text;
      }
    }
    throw problem(Kind.VALUE, "the value does not fit its tag", event.getStartMark());
  }

  /** Go's decoder: padding is required, line breaks are ignored, bytes that are not UTF-8 lost. */
  private static String binary(String text, ScalarEvent event) throws Problem {
    String compact = text.replace("\n", "").replace("\r", "");
    try {
      if (compact.length() % 4 == 0) {
        return new String(Base64.getDecoder().decode(compact), StandardCharsets.UTF_8);
      }
    } catch (IllegalArgumentException e) {
      // Falls through: its message quotes the text.
    }
    throw problem(
        Kind.VALUE, "a !!binary value contains invalid base64 data", event.getStartMark());
  }

  private static String key(@Nullable Object value, Event at) throws Problem {
    if (value instanceof String text) {
      return text;
    }
    if (value instanceof Long || value instanceof Boolean) {
      return value.toString();
    }
    if (value instanceof Double number) {
      return GoNumbers.yamlSingle(number);
    }
    throw problem(
        Kind.VALUE,
        value == null ? "a key must not be null" : "a key must be a string, number or boolean",
        at.getStartMark());
  }

  private static @Nullable Object jsonable(@Nullable Object value, Event at) throws Problem {
    if (value instanceof Double number && (Double.isNaN(number) || Double.isInfinite(number))) {
      throw problem(Kind.VALUE, "a number must be finite", at.getStartMark());
    }
    return value;
  }

  private static boolean isTag(Optional<String> tag, String name) {
    return tag.isPresent() && tag.get().equals(TAG.concat(name));
  }

  private static Problem problem(Kind kind, String text, Optional<Mark> place) {
    return place.isPresent()
        ? new Problem(kind, text, place.get().getLine(), place.get().getColumn())
        : new Problem(kind, text);
  }

  /** Apart, so that the second set is only made when something is wrong. */
  private static final class Settings {
    static final LoadSettings FAST = settings(false);
    static final LoadSettings WITH_MARKS = settings(true);

    private static LoadSettings settings(boolean marks) {
      // The size was checked before: code points cannot be more than bytes.
      return LoadSettings.builder()
          .setUseMarks(marks)
          .setCodePointLimit(Integer.MAX_VALUE)
          .setBufferSize(4096)
          .setSchema(new FailsafeSchema())
          .build();
    }
  }
}
