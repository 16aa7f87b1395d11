package dev.signet.template.select;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The stages of a gjson path that make new JSON text: modifiers ({@code @name:argument}) and
 * literals ({@code !value}). A modifier that does not exist is an ordinary key.
 */
final class GjsonModifiers {
  private static final Set<String> NAMES =
      Set.of(
          "pretty", "ugly", "reverse", "this", "flatten", "join", "valid", "keys", "values",
          "tostr", "fromstr", "group", "dig");

  private GjsonModifiers() {}

  /**
   * @param json what the stage made
   * @param rest the path that follows it, with its separator
   */
  record Stage(ByteString json, ByteString rest) {}

  static boolean exists(ByteString name) {
    return NAMES.contains(name.text());
  }

  /** Runs the modifier at the start of a path, or returns null where there is none of that name. */
  static @Nullable Stage modifier(ByteString json, ByteString path, Budget budget)
      throws SelectorException {
    int end = 1;
    while (end < path.length() && ":|.".indexOf(path.at(end)) < 0) {
      end++;
    }
    ByteString name = path.slice(1, end);
    if (!exists(name)) {
      return null;
    }
    ByteString argument = ByteString.EMPTY;
    ByteString rest = path.slice(end);
    if (rest.is(0, ':')) {
      rest = rest.slice(1);
      argument = rest.slice(0, endOfArgument(rest));
      rest = rest.slice(argument.length());
    }
    budget.enter();
    budget.steps(json.length());
    ByteString result = run(name.text(), json, argument, budget);
    budget.leave();
    return new Stage(result, rest);
  }

  private static int endOfArgument(ByteString text) {
    if (text.is(0, '{') || text.is(0, '[') || text.is(0, '"')) {
      return GjsonScan.leading(text).length();
    }
    int i = 0;
    while (i < text.length() && text.at(i) != '|') {
      i += "{[\"(".indexOf(text.at(i)) >= 0 ? GjsonScan.leading(text.slice(i)).length() : 1;
    }
    return i;
  }

  /** The literal at the start of a path, or null where it is none. */
  static @Nullable Stage literal(ByteString path) {
    ByteString text = path.slice(1);
    if ("{[\"+-0123456789".indexOf(text.at(0)) >= 0) {
      // gjson reads up to the bracket that closes the first byte, so a literal number or string
      // takes all.
      int end = Math.min(GjsonScan.composite(text, 0), text.length());
      return new Stage(text.slice(0, end), text.slice(end));
    }
    int end = 0;
    while (end < text.length() && text.at(end) != '|' && text.at(end) != '.') {
      end++;
    }
    ByteString name = text.slice(0, end);
    return switch (name.text().toLowerCase(Locale.ROOT)) {
      case "true", "false", "null", "nan", "inf" -> new Stage(name, text.slice(end));
      default -> null;
    };
  }

  private static ByteString run(String name, ByteString json, ByteString argument, Budget budget)
      throws SelectorException {
    return switch (name) {
      case "this" -> json;
      case "valid" -> GjsonScan.valid(json) ? json : ByteString.EMPTY;
      case "ugly" -> GjsonPretty.ugly(json, budget);
      case "pretty" -> GjsonPretty.pretty(json, Gjson.parse(argument, budget), budget);
      case "reverse" -> reverse(json, budget);
      case "flatten" -> flatten(json, option(argument, "deep", budget), budget);
      case "join" -> join(json, option(argument, "preserve", budget), budget);
      case "keys" -> keys(json, budget);
      case "values" -> values(json, budget);
      case "tostr" -> {
        ByteSink out = new ByteSink(budget);
        JsonWriter.gjsonString(json, out);
        yield out.toByteString();
      }
      case "fromstr" ->
          GjsonScan.valid(json) ? Gjson.parse(json, budget).string() : ByteString.EMPTY;
      case "group" -> group(json, budget);
      case "dig" -> dig(json, argument, budget);
      default -> throw new IllegalStateException("a modifier without code: " + name);
    };
  }

  /** Whether a JSON argument switches an option on. */
  private static boolean option(ByteString argument, String name, Budget budget)
      throws SelectorException {
    boolean on = false;
    ByteString wanted = ByteString.of(name);
    for (GjsonResult.Member member : Gjson.parse(argument, budget).members(budget)) {
      if (member.key().string().equals(wanted)) {
        on = member.value().asBoolean();
      }
    }
    return on;
  }

  private static ByteString reverse(ByteString json, Budget budget) throws SelectorException {
    GjsonResult value = Gjson.parse(json, budget);
    if (!value.isArray() && !value.isObject()) {
      return json;
    }
    List<ByteString> items = new ArrayList<>();
    for (GjsonResult.Member member : value.members(budget)) {
      items.add(item(member, value.isObject(), budget));
    }
    return enclosed(items.reversed(), value.isObject(), budget);
  }

  private static ByteString item(GjsonResult.Member member, boolean keyed, Budget budget)
      throws SelectorException {
    return keyed ? pair(member.key().raw(), member.value().raw(), budget) : member.value().raw();
  }

  private static ByteString pair(ByteString key, ByteString value, Budget budget)
      throws SelectorException {
    return new ByteSink(budget).add(key).add(':').add(value).toByteString();
  }

  private static ByteString enclosed(List<ByteString> items, boolean object, Budget budget)
      throws SelectorException {
    ByteSink out = new ByteSink(budget);
    out.add(object ? '{' : '[');
    for (int i = 0; i < items.size(); i++) {
      if (i > 0) {
        out.add(',');
      }
      out.add(items.get(i));
    }
    out.add(object ? '}' : ']');
    return out.toByteString();
  }

  private static ByteString flatten(ByteString json, boolean deep, Budget budget)
      throws SelectorException {
    GjsonResult value = Gjson.parse(json, budget);
    if (!value.isArray()) {
      return json;
    }
    budget.enter();
    List<ByteString> items = new ArrayList<>();
    for (GjsonResult.Member member : value.members(budget)) {
      ByteString raw = member.value().raw();
      if (member.value().isArray()) {
        raw = unwrap(deep ? flatten(raw, true, budget) : raw);
      }
      ByteString trimmed = trimSpace(raw);
      if (!trimmed.isEmpty()) {
        items.add(trimmed);
      }
    }
    budget.leave();
    return enclosed(items, false, budget);
  }

  /** Without the first and last byte, where the first one is a bracket. */
  private static ByteString unwrap(ByteString json) {
    ByteString trimmed = json.trim();
    boolean wrapped = trimmed.length() >= 2 && (trimmed.is(0, '[') || trimmed.is(0, '{'));
    return wrapped ? trimmed.slice(1, trimmed.length() - 1) : trimmed;
  }

  /** Unlike {@link ByteString#trim}, leaves control characters that are not white space. */
  private static ByteString trimSpace(ByteString text) {
    int start = 0;
    int end = text.length();
    while (start < end && "\t\n\u000b\f\r ".indexOf(text.at(start)) >= 0) {
      start++;
    }
    while (end > start && "\t\n\u000b\f\r ".indexOf(text.at(end - 1)) >= 0) {
      end--;
    }
    return text.slice(start, end);
  }

  private static ByteString join(ByteString json, boolean preserve, Budget budget)
      throws SelectorException {
    GjsonResult value = Gjson.parse(json, budget);
    if (!value.isArray()) {
      return json;
    }
    List<ByteString> items = new ArrayList<>();
    Map<ByteString, GjsonResult.Member> byKey = new LinkedHashMap<>();
    for (GjsonResult.Member element : value.members(budget)) {
      if (!element.value().isObject()) {
        continue;
      }
      if (preserve) {
        items.add(unwrap(element.value().raw()));
        continue;
      }
      for (GjsonResult.Member member : element.value().members(budget)) {
        byKey.merge(
            member.key().string(),
            member,
            (first, last) -> new GjsonResult.Member(first.key(), last.value()));
      }
    }
    for (GjsonResult.Member member : byKey.values()) {
      items.add(item(member, true, budget));
    }
    return enclosed(items, true, budget);
  }

  private static ByteString keys(ByteString json, Budget budget) throws SelectorException {
    GjsonResult value = Gjson.parse(json, budget);
    ByteString none = ByteString.of("null");
    List<ByteString> items = new ArrayList<>();
    for (GjsonResult.Member member : value.members(budget)) {
      items.add(value.isObject() ? member.key().raw() : none);
    }
    return enclosed(items, false, budget);
  }

  private static ByteString values(ByteString json, Budget budget) throws SelectorException {
    GjsonResult value = Gjson.parse(json, budget);
    if (value.isArray()) {
      return json;
    }
    List<ByteString> items = new ArrayList<>();
    for (GjsonResult.Member member : value.members(budget)) {
      items.add(member.value().raw());
    }
    return enclosed(items, false, budget);
  }

  /** Turns an object of arrays into an array of objects. */
  private static ByteString group(ByteString json, Budget budget) throws SelectorException {
    GjsonResult value = Gjson.parse(json, budget);
    if (!value.isObject()) {
      return ByteString.EMPTY;
    }
    List<List<ByteString>> rows = new ArrayList<>();
    for (GjsonResult.Member column : value.members(budget)) {
      if (!column.value().isArray()) {
        continue;
      }
      int row = 0;
      for (GjsonResult.Member cell : column.value().members(budget)) {
        if (row == rows.size()) {
          rows.add(new ArrayList<>());
        }
        rows.get(row++).add(pair(column.key().raw(), cell.value().raw(), budget));
      }
    }
    List<ByteString> items = new ArrayList<>();
    for (List<ByteString> row : rows) {
      items.add(enclosed(row, true, budget));
    }
    return enclosed(items, false, budget);
  }

  private static ByteString dig(ByteString json, ByteString path, Budget budget)
      throws SelectorException {
    List<ByteString> found = new ArrayList<>();
    dig(Gjson.parse(json, budget), path, found, budget);
    return enclosed(found, false, budget);
  }

  private static void dig(
      GjsonResult parent, ByteString path, List<ByteString> found, Budget budget)
      throws SelectorException {
    budget.enter();
    GjsonResult here = parent.get(path, budget);
    if (here.exists()) {
      found.add(here.raw());
    }
    if (parent.kind() == GjsonResult.Kind.JSON) {
      for (GjsonResult.Member member : parent.members(budget)) {
        dig(member.value(), path, found, budget);
      }
    }
    budget.leave();
  }
}
