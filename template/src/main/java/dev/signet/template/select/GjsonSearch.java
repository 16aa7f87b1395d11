package dev.signet.template.select;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Walks one document along one path. Objects and arrays are scanned once, left to right, and left
 * as soon as the path is satisfied; only a value that the path goes into is looked at twice.
 *
 * <p>A walk returns the index after what it has read and sets {@link #hit}. As in gjson, {@link
 * #value} can be set without a hit (by a query for all matches), and the scan of the levels above
 * then goes on; a later hit replaces it.
 *
 * <p>Everything after a pipe is a new search in the text of the result, and so is each path of a
 * multipath and each element that {@code #.} or a query looks into. All of them share one {@link
 * Budget}.
 */
final class GjsonSearch {
  private final ByteString json;
  private final Budget budget;
  private GjsonResult value = GjsonResult.NONE;
  private @Nullable ByteString pipe;
  private boolean hit;

  private GjsonSearch(ByteString json, Budget budget) {
    this.json = json;
    this.budget = budget;
  }

  static GjsonResult get(ByteString json, ByteString path, Budget budget) throws SelectorException {
    budget.enter();
    budget.steps(path.length());
    GjsonResult result = dispatch(json, path, budget);
    budget.leave();
    return result;
  }

  private static GjsonResult dispatch(ByteString json, ByteString path, Budget budget)
      throws SelectorException {
    ByteString remaining = path;
    if (path.length() > 1) {
      GjsonModifiers.Stage stage =
          path.is(0, '@')
              ? GjsonModifiers.modifier(json, path, budget)
              : path.is(0, '!') ? GjsonModifiers.literal(path) : null;
      if (stage != null) {
        ByteString rest = stage.rest();
        return rest.is(0, '|') || rest.is(0, '.')
            ? get(stage.json(), rest.slice(1), budget)
            : Gjson.parse(stage.json(), budget);
      }
      if (path.is(0, '[') || path.is(0, '{')) {
        GjsonPath.Multipath multipath = GjsonPath.multipath(path);
        remaining = multipath == null ? ByteString.EMPTY : multipath.rest();
        // What follows the bracket without a dot or pipe is, strangely, a path of its own.
        if (multipath != null
            && (remaining.isEmpty() || remaining.is(0, '|') || remaining.is(0, '.'))) {
          GjsonResult collected = collect(json, multipath, path.at(0) == '{', budget);
          return remaining.isEmpty() ? collected : collected.get(remaining.slice(1), budget);
        }
      }
    }
    GjsonSearch search = new GjsonSearch(json, budget);
    search.start(remaining);
    return search.pipe == null ? search.value : search.value.get(search.pipe, budget);
  }

  private static GjsonResult collect(
      ByteString json, GjsonPath.Multipath multipath, boolean object, Budget budget)
      throws SelectorException {
    ByteSink out = new ByteSink(budget);
    out.add(object ? '{' : '[');
    for (GjsonPath.Selector selector : multipath.selectors()) {
      GjsonResult found = get(json, selector.path(), budget);
      if (!found.exists()) {
        continue;
      }
      if (out.length() > 1) {
        out.add(',');
      }
      if (object) {
        ByteString name = selector.name();
        if (name.is(0, '"') && GjsonScan.valid(name)) {
          out.add(name);
        } else {
          JsonWriter.gjsonString(name.isEmpty() ? GjsonPath.lastName(selector.path()) : name, out);
        }
        out.add(':');
      }
      ByteString text = textOf(found);
      if (text.isEmpty()) {
        out.add("null");
      } else {
        out.add(text);
      }
    }
    out.add(object ? '}' : ']');
    return GjsonResult.json(out.toByteString());
  }

  private static ByteString textOf(GjsonResult result) {
    return result.raw().isEmpty() ? result.string() : result.raw();
  }

  private void start(ByteString path) throws SelectorException {
    if (path.is(0, '.') && path.is(1, '.')) {
      array(0, path.slice(2));
      return;
    }
    for (int i = 0; i < json.length(); i++) {
      if (json.at(i) == '{') {
        object(i + 1, path);
        return;
      }
      if (json.at(i) == '[') {
        array(i + 1, path);
        return;
      }
    }
  }

  private int object(int from, ByteString path) throws SelectorException {
    budget.enter();
    int end = members(from, GjsonPath.member(path));
    budget.leave();
    return end;
  }

  private int members(int from, GjsonPath.Member component) throws SelectorException {
    ByteString rest = component.rest();
    if (component.pipe() != null) {
      pipe = component.pipe();
    }
    hit = false;
    int i = from;
    while (i < json.length()) {
      int keyAt = i;
      while (i < json.length() && json.at(i) != '"') {
        if (json.at(i) == '}') {
          return i + 1;
        }
        i++;
      }
      int keyEnd = i < json.length() ? GjsonScan.string(json, i + 1) : -1;
      if (keyEnd < 0) {
        return json.length();
      }
      boolean match = matches(component, json.slice(i + 1, keyEnd - 1));
      i = keyEnd;
      while (i < json.length() && !startsValue(i)) {
        i++;
      }
      if (i < json.length()) {
        int open = json.at(i);
        if (match && rest != null && (open == '{' || open == '[')) {
          budget.steps(i - keyAt);
          i = open == '{' ? object(i + 1, rest) : array(i + 1, rest);
        } else {
          i = take(i, match && rest == null);
          if (i < 0) {
            return json.length();
          }
          budget.steps(i - keyAt);
        }
        if (hit) {
          return i;
        }
      }
    }
    return i;
  }

  private boolean matches(GjsonPath.Member component, ByteString rawKey) throws SelectorException {
    ByteString key = Gjson.content(rawKey, budget);
    return component.wild()
        ? Glob.matches(key, component.key(), budget)
        : component.key().equals(key);
  }

  private boolean startsValue(int i) {
    return switch (json.at(i)) {
      case '"', '{', '[', 't', 'f', 'n' -> true;
      default -> GjsonScan.startsNumber(json, i);
    };
  }

  /** Passes the value at {@code i}, or makes it the result; -1 where a string does not end. */
  private int take(int i, boolean wanted) throws SelectorException {
    int end = endOfValue(i);
    if (end >= 0 && wanted) {
      value = valueAt(i, end);
      hit = true;
    }
    return end;
  }

  private int endOfValue(int i) {
    return switch (json.at(i)) {
      case '"' -> GjsonScan.string(json, i + 1);
      case '{', '[' -> GjsonScan.composite(json, i);
      default ->
          GjsonScan.startsNumber(json, i) ? GjsonScan.number(json, i) : GjsonScan.word(json, i);
    };
  }

  private GjsonResult valueAt(int i, int end) throws SelectorException {
    ByteString raw = json.slice(i, Math.min(end, json.length()));
    return switch (json.at(i)) {
      case '"' -> Gjson.quoted(raw, budget);
      case '{', '[' -> GjsonResult.json(raw);
      default -> GjsonScan.startsNumber(json, i) ? GjsonResult.number(raw) : GjsonResult.word(raw);
    };
  }

  private int array(int from, ByteString path) throws SelectorException {
    budget.enter();
    GjsonPath.Element component = GjsonPath.element(path, budget);
    if (component.pipe() != null) {
      pipe = component.pipe();
    }
    int end = elements(from, component);
    budget.leave();
    return end;
  }

  private int elements(int from, GjsonPath.Element component) throws SelectorException {
    hit = false;
    GjsonPath.Query query = component.query();
    Matches matches = query == null ? null : new Matches(query, component.rest());
    ByteString rest = component.rest();
    long wanted = component.hash() ? -1 : index(component.part());
    List<Integer> starts = new ArrayList<>();
    int i = from;
    for (long position = 0; i <= json.length(); position++) {
      int elementAt = i;
      if (component.each() != null) {
        starts.add(i);
      }
      while (i < json.length() && json.at(i) != ']' && !startsValue(i)) {
        i++;
      }
      // The end of the text closes every array.
      if (i == json.length() || json.at(i) == ']') {
        budget.steps(i - elementAt);
        return close(i, component, matches, starts, position);
      }
      boolean match = position == wanted;
      int open = json.at(i);
      if (match && rest != null && (open == '{' || open == '[')) {
        budget.steps(i - elementAt);
        i = open == '{' ? object(i + 1, rest) : array(i + 1, rest);
      } else {
        int start = i;
        i = take(start, match && rest == null && matches == null);
        if (i < 0) {
          return json.length();
        }
        budget.steps(i - elementAt);
        if (matches != null) {
          hit = matches.test(valueAt(start, i));
        }
      }
      if (hit) {
        return i;
      }
    }
    return i;
  }

  private static long index(ByteString part) {
    GjsonResult.Integer64 parsed = GjsonResult.Integer64.parseUnsigned(part);
    return parsed.valid() ? parsed.value() : -1;
  }

  private int close(
      int i,
      GjsonPath.Element component,
      @Nullable Matches matches,
      List<Integer> starts,
      long count)
      throws SelectorException {
    if (component.hash() && component.part().length() == 1) {
      value =
          component.each() == null
              ? GjsonResult.number(ByteString.of(Long.toString(count)))
              : each(component.each(), starts);
      hit = true;
    } else {
      hit = false;
      if (!value.exists() && matches != null && matches.query.all()) {
        value = matches.all();
      }
    }
    return i + 1;
  }

  /** Applies a path to every element and collects what exists. */
  private GjsonResult each(ByteString path, List<Integer> starts) throws SelectorException {
    GjsonPath.Split split = GjsonPath.splitAtPipe(path);
    if (split != null) {
      pipe = split.right();
    }
    ByteString key = split == null ? path : split.left();
    ByteSink out = new ByteSink(budget);
    out.add('[');
    for (int start : starts) {
      int i = start;
      while (i < json.length() && " \t\r\n".indexOf(json.at(i)) >= 0) {
        i++;
      }
      if (i >= json.length() || json.at(i) == ']') {
        continue;
      }
      Gjson.Next element = Gjson.next(json, i, budget);
      if (!element.found()) {
        continue;
      }
      budget.steps(element.end() - i);
      GjsonResult found = element.value().get(key, budget);
      if (found.exists()) {
        if (out.length() > 1) {
          out.add(',');
        }
        out.add(textOf(found));
      }
    }
    out.add(']');
    return GjsonResult.json(out.toByteString());
  }

  /** The elements of one array that satisfy one query. */
  private final class Matches {
    private final GjsonPath.Query query;
    private final ByteSink found = new ByteSink(budget);
    private @Nullable ByteString rest;

    Matches(GjsonPath.Query query, @Nullable ByteString rest) {
      this.query = query;
      this.rest = rest;
    }

    /** Whether the search ends with this element, which then has set the result. */
    boolean test(GjsonResult element) throws SelectorException {
      boolean composite = element.kind() == GjsonResult.Kind.JSON;
      if (!composite && !query.path().isEmpty()) {
        return false;
      }
      GjsonResult subject = composite ? element.get(query.path(), budget) : element;
      if (!GjsonQuery.holds(query, subject, budget)) {
        return false;
      }
      GjsonResult result = rest == null ? element : follow(element, rest);
      if (!query.all()) {
        value = result;
        return true;
      }
      ByteString text = textOf(result);
      if (!text.isEmpty()) {
        found.add(found.length() == 0 ? '[' : ',').add(text);
      }
      return false;
    }

    private GjsonResult follow(GjsonResult element, ByteString path) throws SelectorException {
      GjsonPath.Split split = GjsonPath.splitAtPipe(path);
      if (split != null) {
        rest = split.left();
        pipe = split.right();
      }
      return element.get(split == null ? path : split.left(), budget);
    }

    GjsonResult all() throws SelectorException {
      if (found.length() == 0) {
        found.add('[');
      }
      found.add(']');
      return GjsonResult.json(found.toByteString());
    }
  }
}
