package dev.signet.template.select;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The layouts of gjson's {@code @pretty} and {@code @ugly} (those of tidwall/pretty 1.2.0). Arrays
 * that fit on the rest of a line and hold no object stay on it; everything else is broken up.
 * Members can be sorted by key, then by value.
 *
 * <p>Works on text like the rest of gjson: broken documents come out broken, not refused.
 */
final class GjsonPretty {
  private static final int UNLIMITED = -1;

  private final ByteString json;
  private final Budget budget;
  private final ByteSink out;
  private long width = 80;
  private ByteString prefix = ByteString.EMPTY;
  private ByteString indent = ByteString.of("  ");
  private boolean sorted;

  /** Where the current line starts in {@link #out}. */
  private int line;

  /** Whether what was just written may stand in a one-line array. */
  private boolean fits;

  private GjsonPretty(ByteString json, Budget budget) {
    this.json = json;
    this.budget = budget;
    this.out = new ByteSink(budget);
  }

  static ByteString pretty(ByteString json, GjsonResult options, Budget budget)
      throws SelectorException {
    GjsonPretty layout = new GjsonPretty(json, budget);
    for (GjsonResult.Member option : options.members(budget)) {
      GjsonResult value = option.value();
      switch (option.key().string().text()) {
        case "sortKeys" -> layout.sorted = value.asBoolean();
        case "indent" -> layout.indent = onlySpace(value.string(), budget);
        case "prefix" -> layout.prefix = onlySpace(value.string(), budget);
        case "width" -> layout.width = value.asLong();
        default -> {}
      }
    }
    layout.out.add(layout.prefix);
    layout.value(0, new Mode(true, layout.indent, layout.sorted, 0, UNLIMITED));
    if (layout.out.length() > 0) {
      layout.out.add('\n');
    }
    return layout.out.toByteString();
  }

  /** gjson drops everything else, so that a document cannot be forged through the options. */
  private static ByteString onlySpace(ByteString text, Budget budget) throws SelectorException {
    ByteSink kept = new ByteSink(budget);
    for (int i = 0; i < text.length(); i++) {
      if (" \t\n\r".indexOf(text.at(i)) >= 0) {
        kept.add(text.at(i));
      }
    }
    return kept.toByteString();
  }

  static ByteString ugly(ByteString json, Budget budget) throws SelectorException {
    ByteSink out = new ByteSink(budget);
    int i = 0;
    while (i < json.length()) {
      int end = i + 1;
      if (json.is(i, '"')) {
        int close = GjsonScan.string(json, end);
        end = close < 0 ? json.length() : close;
      }
      if (json.at(i) > ' ') {
        out.add(json.slice(i, end));
      }
      i = end;
    }
    return out.toByteString();
  }

  /**
   * @param multiline false inside of an array that is tried on one line
   * @param room bytes left for that array, or {@link #UNLIMITED}
   */
  private record Mode(boolean multiline, ByteString indent, boolean sorted, int tabs, long room) {
    Mode deeper() {
      return new Mode(multiline, indent, sorted, tabs + 1, room);
    }
  }

  private int value(int from, Mode mode) throws SelectorException {
    fits = true;
    for (int i = from; i < json.length(); i++) {
      int c = json.at(i);
      budget.steps(1);
      switch (c) {
        case '"' -> {
          return string(i);
        }
        case '{', '[' -> {
          budget.enter();
          int end = composite(i, c, mode);
          budget.leave();
          return end;
        }
        case 't' -> {
          out.add("true");
          return i + 4;
        }
        case 'f' -> {
          out.add("false");
          return i + 5;
        }
        default -> {
          if (GjsonScan.startsNumber(json, i)) {
            return number(i);
          }
          if (c == 'n') {
            out.add("null");
            return i + 4;
          }
        }
      }
    }
    return Math.max(from, json.length());
  }

  private int string(int i) throws SelectorException {
    int close = GjsonScan.string(json, i + 1);
    int end = close < 0 ? json.length() : close;
    out.add(json.slice(i, end));
    return end;
  }

  private int number(int i) throws SelectorException {
    int end = i + 1;
    while (end < json.length() && json.at(end) > ' ' && ",:]}".indexOf(json.at(end)) < 0) {
      end++;
    }
    out.add(json.slice(i, end));
    return end;
  }

  private int composite(int start, int open, Mode mode) throws SelectorException {
    if (width > 0) {
      if (mode.multiline() && open == '[' && mode.room() == UNLIMITED) {
        long room = width - (out.length() - line);
        if (room > 3) {
          int mark = out.length();
          int markedLine = line;
          Mode single = new Mode(false, ByteString.EMPTY, mode.sorted(), 0, room);
          int end = composite(start, open, single);
          line = markedLine;
          if (fits && out.length() - mark <= room) {
            fits = true;
            return end;
          }
          out.truncate(mark);
        }
      } else if (mode.room() != UNLIMITED && open == '{') {
        fits = false;
        return start;
      }
    }
    out.add(open);
    return items(start + 1, open, mode);
  }

  private int items(int from, int open, Mode mode) throws SelectorException {
    boolean object = open == '{';
    List<Pair> pairs = new ArrayList<>();
    int count = 0;
    int i = from;
    while (i < json.length()) {
      int c = json.at(i);
      budget.steps(1);
      if (c <= ' ') {
        i++;
        continue;
      }
      if (c == (object ? '}' : ']')) {
        if (mode.multiline()) {
          if (object && mode.sorted()) {
            sort(pairs);
          }
          if (count > 0) {
            newLine();
          }
          if (out.last() != open) {
            tabs(mode, mode.tabs());
          }
        }
        out.add(c);
        fits = !object;
        return i + 1;
      }
      if (object && c != '"') {
        i++;
        continue;
      }
      if (count++ > 0) {
        out.add(',');
        if (width != -1 && !object) {
          out.add(' ');
        }
      }
      int pairStart = out.length();
      int keyStart = i;
      if (mode.multiline()) {
        newLine();
        pairStart = out.length();
        tabs(mode, mode.tabs() + 1);
      }
      if (object) {
        i = string(i);
        out.add(mode.multiline() ? ": " : ":");
      }
      int keyEnd = i;
      i = value(i, mode.deeper());
      if (mode.room() != UNLIMITED && !fits) {
        return i;
      }
      pairs.add(
          new Pair(json.slice(keyStart, Math.min(keyEnd, json.length())), pairStart, out.length()));
    }
    fits = !object;
    return i;
  }

  private void newLine() throws SelectorException {
    line = out.length();
    if (out.last() == ' ') {
      out.setLast('\n');
    } else {
      out.add('\n');
    }
  }

  private void tabs(Mode mode, int count) throws SelectorException {
    out.add(prefix);
    for (int i = 0; i < count; i++) {
      out.add(mode.indent());
    }
  }

  /** A member: its key with quotes, and where its line stands in the output. */
  private record Pair(ByteString key, int from, int to) {}

  private record Line(Scalar key, Scalar value, ByteString text) {}

  private void sort(List<Pair> pairs) throws SelectorException {
    if (pairs.size() < 2) {
      return;
    }
    List<Line> lines = new ArrayList<>();
    for (Pair pair : pairs) {
      ByteString text = out.slice(pair.from(), pair.to());
      budget.steps(text.length());
      ByteString value = text.trim();
      int skip = pair.key().length() + 1;
      if (value.length() >= skip) {
        value = value.slice(skip).trim();
      }
      lines.add(new Line(Scalar.of(pair.key(), budget), Scalar.of(value, budget), text));
    }
    lines.sort(Comparator.comparing(Line::key).thenComparing(Line::value));
    out.truncate(pairs.getFirst().from());
    for (int i = 0; i < lines.size(); i++) {
      if (i > 0) {
        out.add(",\n");
      }
      out.add(lines.get(i).text());
    }
  }

  /** A value as the sort sees it: kinds in a fixed order, then content. */
  private record Scalar(int kind, double number, ByteString text) implements Comparable<Scalar> {
    private static final int NUMBER = 2;

    static Scalar of(ByteString raw, Budget budget) throws SelectorException {
      int kind =
          raw.isEmpty()
              ? 0
              : switch (raw.at(0)) {
                case 'n' -> 0;
                case 'f' -> 1;
                case '"' -> 3;
                case 't' -> 4;
                case '[', '{' -> 5;
                default -> NUMBER;
              };
      return switch (kind) {
        case NUMBER -> new Scalar(kind, GoFloat.parse(raw).value(), ByteString.EMPTY);
        case 3 -> new Scalar(kind, 0, content(raw, budget));
        default -> new Scalar(kind, 0, raw);
      };
    }

    private static ByteString content(ByteString raw, Budget budget) throws SelectorException {
      int end = GjsonScan.string(raw, 1);
      int escape = raw.indexOf('\\');
      if (escape < 0 || (end > 0 && escape > end)) {
        return end < 0 ? ByteString.EMPTY : raw.slice(1, end - 1);
      }
      try {
        return JsonReader.literal(raw, budget) instanceof Json.Text text
            ? text.value()
            : ByteString.EMPTY;
      } catch (SelectorException e) {
        if (e.reason() == SelectorException.Reason.LIMIT) {
          throw e;
        }
        return ByteString.EMPTY;
      }
    }

    @Override
    public int compareTo(Scalar other) {
      int byKind = Integer.compare(kind, other.kind);
      int byNumber = byKind != 0 ? byKind : Double.compare(number + 0.0, other.number + 0.0);
      return byNumber != 0 ? byNumber : text.compareTo(other.text);
    }
  }
}
