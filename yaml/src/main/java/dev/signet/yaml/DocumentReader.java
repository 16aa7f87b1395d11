package dev.signet.yaml;

import dev.signet.yaml.Document.Syntax;
import dev.signet.yaml.MalformedDocumentException.Kind;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes an input apart, one document after the other, as k8s.io/apimachinery's YAMLOrJSONDecoder
 * (v0.37.0) does, and reads on behind a malformed one.
 *
 * <p>An input whose first character is <code>{</code> is a row of JSON values. If the first or
 * second of them is malformed, all from there on is YAML; from the third on that is an error and
 * the end. YAML is cut at lines that start with {@code ---}, which may hold nothing but a comment
 * otherwise. Documents without content are skipped.
 *
 * <p>Unlike Go, a document before a malformed separator is not lost, bytes that are not UTF-8 are
 * an error in JSON too, and a stream that is malformed for good ends instead of failing for ever.
 */
public final class DocumentReader {

  private static final int SEPARATOR = 3;

  private final byte[] input;
  private final String source;
  private final Budget budget;
  private final DuplicateKeys duplicates;
  private final boolean recording;
  private @Nullable Outline outline;

  private @Nullable JsonComposer json;
  private int jsonRead;

  /** Where the rest of the input starts, and on which line, counted from 1. */
  private int at;

  private int line = 1;

  private int index;
  private boolean done;

  DocumentReader(
      byte[] input, String source, ReadLimits limits, DuplicateKeys duplicates, boolean recording) {
    this.recording = recording;
    this.input = input;
    this.source = source;
    this.budget = new Budget(limits);
    this.duplicates = duplicates;
  }

  /**
   * The next document that is not empty, or nothing at the end.
   *
   * @throws MalformedDocumentException for a document that cannot be read. Calling again reads the
   *     one after it, except that nothing follows a {@link Kind#LIMIT}
   */
  public Optional<Document> next() throws MalformedDocumentException {
    if (index == 0 && at == 0 && json == null && !done) {
      start();
    }
    Document document = null;
    while (document == null && !done) {
      document = json == null ? nextYaml() : nextJson(json);
    }
    return Optional.ofNullable(document);
  }

  /**
   * Where the values of the document stand that {@link #next} returned last.
   *
   * @throws IllegalStateException if there is none, or this reader was not made by {@link
   *     Documents#outlining}
   */
  public Outline outline() {
    if (outline == null) {
      throw new IllegalStateException("no document was read with its outline");
    }
    return outline;
  }

  private void start() throws MalformedDocumentException {
    int limit = budget.limits.bytes();
    if (input.length > limit) {
      done = true;
      throw malformed(Budget.limit("more bytes", limit), 0);
    }
    if (input.length >= 2 && ((input[0] & 0xFF) == 0xFF || (input[0] & 0xFF) == 0xFE)) {
      done = true;
      throw malformed(new Problem(Kind.ENCODING, "not utf-8 at byte 0: save the file as utf-8"), 0);
    }
    int first = skipSpace(0);
    if (first < input.length && input[first] == '{') {
      json = new JsonComposer(input, budget, duplicates);
    }
    if (input.length == 0) {
      done = true;
    }
  }

  private int skipSpace(int from) {
    int i = from;
    while (i < input.length && isSpace(input[i])) {
      i++;
    }
    return i;
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || (b >= '\t' && b <= '\r');
  }

  private @Nullable Document nextJson(JsonComposer composer) throws MalformedDocumentException {
    try {
      if (!composer.advance()) {
        done = true;
        return null;
      }
      int where = composer.line() + 1;
      Object value = composer.value();
      int start = at;
      at = composer.offset();
      jsonRead++;
      checkUtf8(skipSpace(start), at, where);
      if (recording && value != null) {
        outline = new Outline(input, JsonNodes.of(input, skipSpace(start)), skipSpace(start), at);
      }
      return document(value, where, Syntax.JSON);
    } catch (Problem problem) {
      boolean last = problem.kind == Kind.LIMIT || problem.kind == Kind.DUPLICATE_KEY;
      if (last || jsonRead > 1) {
        done = true;
        if (!last) {
          checkUtf8(0, input.length, 1);
        }
        throw malformed(problem, 1);
      }
      return switchToYaml(problem);
    }
  }

  /** The complaint of the parser that fits the text better is the one to report. */
  private @Nullable Document switchToYaml(Problem jsonProblem) throws MalformedDocumentException {
    json = null;
    line = 1;
    for (int i = 0; i < at; i++) {
      line += input[i] == '\n' ? 1 : 0;
    }
    while (at < input.length && isSpace(input[at])) {
      if (input[at++] == '\n') {
        line++;
        break;
      }
    }
    int first = skipSpace(at);
    boolean looksLikeJson = first < input.length && input[first] == '{';
    if (looksLikeJson) {
      first = skipSpace(first + 1);
      looksLikeJson = first < input.length && (input[first] == '"' || input[first] == '}');
    }
    try {
      return nextYaml();
    } catch (MalformedDocumentException e) {
      if (looksLikeJson && e.kind() != Kind.LIMIT && e.kind() != Kind.ENCODING) {
        throw malformed(jsonProblem, 1);
      }
      throw e;
    }
  }

  /** Null for a document without content. */
  private @Nullable Document nextYaml() throws MalformedDocumentException {
    int start = at;
    int firstLine = line;
    while (at < input.length) {
      int end = endOfLine(at);
      if (isSeparator(at)) {
        boolean clean = isCleanSeparator(at + SEPARATOR, end);
        if (!clean && at > start) {
          // The document before it first; this line again with the next call.
          break;
        }
        int here = at;
        at = end;
        line++;
        if (!clean) {
          index++;
          throw malformed(
              new Problem(
                  Kind.SYNTAX,
                  "only a comment may follow the document separator ---",
                  0,
                  SEPARATOR),
              line - 1);
        }
        return yaml(start, here, firstLine);
      }
      at = end;
      line++;
    }
    if (at == input.length) {
      done = true;
    }
    return yaml(start, at, firstLine);
  }

  private int endOfLine(int from) {
    int i = from;
    while (i < input.length && input[i] != '\n') {
      i++;
    }
    return Math.min(i + 1, input.length);
  }

  private boolean isSeparator(int from) {
    return from + SEPARATOR <= input.length
        && input[from] == '-'
        && input[from + 1] == '-'
        && input[from + 2] == '-';
  }

  private boolean isCleanSeparator(int from, int end) {
    int i = from;
    while (i < end && isSpace(input[i])) {
      i++;
    }
    return i == end || input[i] == '#';
  }

  private @Nullable Document yaml(int start, int end, int firstLine)
      throws MalformedDocumentException {
    int where = firstLine;
    int i = start;
    // Comments and blank lines: most of what stands between documents needs no parser.
    while (i < end) {
      int content = i;
      while (content < end && (input[content] == ' ' || input[content] == '\r')) {
        content++;
      }
      if (content < end && input[content] != '\n' && input[content] != '#') {
        break;
      }
      i = endOfLine(i);
      where++;
    }
    if (i >= end) {
      checkUtf8(start, end, firstLine);
      return null;
    }
    String text = decode(start, end, firstLine);
    try {
      return document(compose(text, start, end), where, Syntax.YAML);
    } catch (Problem problem) {
      if (problem.kind == Kind.LIMIT) {
        done = true;
      }
      index++;
      throw malformed(problem, firstLine);
    }
  }

  private @Nullable Object compose(String text, int start, int end) throws Problem {
    if (!recording) {
      return YamlComposer.compose(text, budget, duplicates);
    }
    int base = Outline.hasByteOrderMark(input, start) && end - start >= 3 ? start + 3 : start;
    NodeRecorder recorder = new NodeRecorder(input, base, end);
    Object value = YamlComposer.composeRecorded(text, budget, duplicates, recorder);
    if (value != null) {
      outline = new Outline(input, recorder.last(), base, end);
    }
    return value;
  }

  private @Nullable Document document(@Nullable Object value, int where, Syntax syntax)
      throws MalformedDocumentException {
    if (value == null) {
      return null;
    }
    if (index >= budget.limits.documents()) {
      done = true;
      throw malformed(Budget.limit("more documents", budget.limits.documents()), 0);
    }
    int position = index++;
    if (value instanceof LinkedHashMap<?, ?> map) {
      @SuppressWarnings("unchecked") // composers make maps with string keys only
      LinkedHashMap<String, @Nullable Object> tree = (LinkedHashMap<String, @Nullable Object>) map;
      return new Document(tree, position, where, syntax);
    }
    String found =
        value instanceof List<?>
            ? "a list"
            : value instanceof String
                ? "a string"
                : value instanceof Boolean ? "a boolean" : "a number";
    throw malformed(
        new Problem(Kind.VALUE, "expected an object, found ".concat(found), 0, -1), where);
  }

  /** The text of these bytes, ending in a line feed as every document does that Go cuts out. */
  private String decode(int start, int end, int firstLine) throws MalformedDocumentException {
    int from = Outline.hasByteOrderMark(input, start) && end - start >= 3 ? start + 3 : start;
    String text = new String(input, from, end - from, StandardCharsets.UTF_8);
    // What cannot be decoded becomes U+FFFD, which may as well stand in the input.
    if (text.indexOf('\uFFFD') >= 0) {
      checkUtf8(start, end, firstLine);
    }
    return input[end - 1] == '\n' ? text : text.concat("\n");
  }

  private void checkUtf8(int start, int end, int firstLine) throws MalformedDocumentException {
    int bad = Utf8.firstInvalid(input, start, end);
    if (bad >= 0) {
      index++;
      int place = firstLine;
      for (int i = start; i < bad; i++) {
        place += input[i] == '\n' ? 1 : 0;
      }
      String problem = "not utf-8 at byte " + bad + ": save the file as utf-8";
      throw malformed(new Problem(Kind.ENCODING, problem, 0, -1), place);
    }
  }

  private MalformedDocumentException malformed(Problem problem, int firstLine) {
    boolean placed = problem.line >= 0;
    return new MalformedDocumentException(
        problem.kind,
        source,
        placed ? problem.line + Math.max(firstLine, 1) : 0,
        placed ? problem.column + 1 : 0,
        problem.text);
  }
}
