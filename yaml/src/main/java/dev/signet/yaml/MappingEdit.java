package dev.signet.yaml;

import dev.signet.yaml.Document.Syntax;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes of one mapping: entries replaced, removed and added. */
final class MappingEdit {

  private final byte[] input;
  private final Outline outline;
  private final Syntax syntax;
  private final Node.Mapping mapping;
  private final ValueEdit values;
  private final Map<String, @Nullable Object> added = new LinkedHashMap<>();
  private final IdentityHashMap<Node.Entry, @Nullable Object> replaced = new IdentityHashMap<>();
  private final Set<Node.Entry> removed = Collections.newSetFromMap(new IdentityHashMap<>());

  MappingEdit(Outline outline, Syntax syntax, Node.Mapping mapping) {
    this.input = outline.input;
    this.outline = outline;
    this.syntax = syntax;
    this.mapping = mapping;
    this.values = new ValueEdit(outline, syntax);
  }

  Node.Mapping mapping() {
    return mapping;
  }

  void add(String key, List<Object> below, @Nullable Object value) {
    List<Object> keys = new ArrayList<>();
    keys.add(key);
    keys.addAll(below);
    DocumentEdits.put(added, keys, value);
  }

  void replace(Node.Entry entry, @Nullable Object value) {
    removed.remove(entry);
    replaced.put(entry, value);
  }

  void replaceBelow(Node.Entry entry, List<Object> below, @Nullable Object value) {
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    if (replaced.get(entry) instanceof Map<?, ?> before) {
      before.forEach((key, old) -> tree.put((String) key, old));
    }
    DocumentEdits.put(tree, below, value);
    replace(entry, tree);
  }

  boolean isReplaced(Node.Entry entry) {
    return replaced.containsKey(entry);
  }

  void remove(Node.Entry entry) {
    replaced.remove(entry);
    removed.add(entry);
  }

  List<Splice> splices() {
    List<Splice> splices = new ArrayList<>();
    for (Node.Entry entry : mapping.entries()) {
      if (replaced.containsKey(entry)) {
        splices.addAll(
            mapping.flow()
                ? values.inFlow(entry.value(), replaced.get(entry))
                : values.inBlock(entry, replaced.get(entry)));
      }
    }
    List<Node.Entry> kept =
        mapping.entries().stream().filter(entry -> !removed.contains(entry)).toList();
    if (mapping.flow()) {
      flow(kept, splices);
    } else {
      block(kept, splices);
    }
    return splices;
  }

  // Flow style and JSON.

  private void flow(List<Node.Entry> kept, List<Splice> splices) {
    List<Node.Entry> entries = mapping.entries();
    String fresh = addedInFlow(kept);
    if (kept.isEmpty()) {
      if (!entries.isEmpty()) {
        int end = entries.getLast().value().end();
        splices.add(new Splice(entries.getFirst().key().start(), end, fresh));
      } else if (!fresh.isEmpty()) {
        splices.add(new Splice(mapping.start() + 1, mapping.start() + 1, fresh));
      }
      return;
    }
    for (int i = 0; i < entries.size(); i++) {
      Node.Entry entry = entries.get(i);
      if (!removed.contains(entry)) {
        continue;
      }
      boolean behindKept = i > 0 && entries.subList(0, i).stream().anyMatch(kept::contains);
      int from = behindKept ? entries.get(i - 1).value().end() : entry.key().start();
      int to = behindKept ? entry.value().end() : entries.get(i + 1).key().start();
      splices.add(new Splice(from, to, ""));
    }
    if (!fresh.isEmpty()) {
      int end = kept.getLast().value().end();
      splices.add(new Splice(end, end, fresh));
    }
  }

  /** With what stands between the entries that are there, as long as that is white space. */
  private String addedInFlow(List<Node.Entry> kept) {
    List<Node.Entry> entries = mapping.entries();
    if (added.isEmpty()) {
      return "";
    }
    String colon = entries.isEmpty() ? ": " : colon(entries.getLast());
    boolean quoted =
        syntax == Syntax.JSON || entries.isEmpty() || isQuoted(entries.getLast().key());
    String between = separator(colon);
    StringBuilder text = new StringBuilder();
    added.forEach(
        (key, value) -> {
          if (!kept.isEmpty() || !text.isEmpty()) {
            text.append(between);
          }
          text.append(
                  syntax == Syntax.JSON
                      ? Written.json(key)
                      : Written.scalar(
                          key, quoted ? Node.Style.DOUBLE : Node.Style.PLAIN, /* flow= */ true))
              .append(colon)
              .append(syntax == Syntax.JSON ? Written.json(value) : Written.flow(value));
        });
    return entries.isEmpty() ? framed(text.toString()) : text.toString();
  }

  private boolean isQuoted(Node key) {
    return key instanceof Node.Scalar scalar && scalar.style() != Node.Style.PLAIN;
  }

  private String colon(Node.Entry entry) {
    String found = text(entry.key().end(), entry.value().start());
    boolean usual = found.startsWith(":") && found.substring(1).isBlank() && !found.contains("\n");
    // Without a space only quoted keys are keys.
    return usual && (found.length() > 1 || syntax == Syntax.JSON) ? found : ": ";
  }

  private String separator(String colon) {
    List<Node.Entry> entries = mapping.entries();
    for (int i = entries.size() - 1; i > 0; i--) {
      String found = text(entries.get(i - 1).value().end(), entries.get(i).key().start());
      if (found.startsWith(",") && found.substring(1).isBlank()) {
        return found;
      }
    }
    if (!entries.isEmpty()) {
      String first = text(mapping.start() + 1, entries.getFirst().key().start());
      if (first.isBlank() && first.contains("\n")) {
        return "," + first;
      }
    } else if (isSpread()) {
      return "," + outline.eol() + indent(2);
    }
    return colon.length() > 1 ? ", " : ",";
  }

  /** Whether the document is JSON on several lines. */
  private boolean isSpread() {
    return syntax == Syntax.JSON
        && text(outline.root.start() + 1, outline.root.end()).stripLeading().length()
            < outline.root.end() - outline.root.start() - 1
        && input[Lines.end(input, outline.root.start(), outline.end)] != '}'
        && Lines.next(input, outline.root.start(), outline.end) < outline.root.end();
  }

  private String framed(String entries) {
    return isSpread() ? outline.eol() + indent(2) + entries + outline.eol() + indent(0) : entries;
  }

  private String indent(int more) {
    int line = Lines.start(input, mapping.start());
    int spaces = Lines.skipSpaces(input, line, mapping.start()) - line;
    return " ".repeat(spaces + more);
  }

  // Block style.

  private void block(List<Node.Entry> kept, List<Splice> splices) {
    List<Node.Entry> entries = mapping.entries();
    Node.Entry first = entries.getFirst();
    for (int i = 0; i < entries.size(); i++) {
      Node.Entry entry = entries.get(i);
      if (!removed.contains(entry)) {
        continue;
      }
      if (kept.isEmpty() && i == 0) {
        splices.add(new Splice(first.key().start(), endOf(first), instead()));
      } else if (startsItsLine(entry)) {
        splices.add(lines(entry));
      } else {
        // Behind a dash: the next one that stays moves up to its place.
        while (removed.contains(entries.get(i + 1))) {
          i++;
        }
        splices.add(new Splice(entry.key().start(), entries.get(i + 1).key().start(), ""));
      }
    }
    if (!added.isEmpty() && !kept.isEmpty()) {
      int at = Lines.next(input, kept.getLast().value().end(), outline.end);
      if (endsInBreak(kept.getLast())) {
        at = kept.getLast().value().end();
      }
      String text = Written.block(added, keyIndent(), outline.eol());
      boolean broken = at > 0 && input[at - 1] == '\n';
      splices.add(
          new Splice(
              at,
              at,
              broken
                  ? text
                  : outline.eol() + text.substring(0, text.length() - outline.eol().length())));
    }
  }

  /** What stands where the first entry was when none is left of them. */
  private String instead() {
    if (added.isEmpty()) {
      return "{}";
    }
    String text = Written.block(added, keyIndent(), outline.eol());
    return text.substring(keyIndent().length(), text.length() - outline.eol().length());
  }

  private int endOf(Node.Entry entry) {
    int end = entry.value().end();
    return endsInBreak(entry) ? Lines.end(input, end - 1, end) : end;
  }

  private boolean endsInBreak(Node.Entry entry) {
    int end = entry.value().end();
    return end > entry.value().start() && input[end - 1] == '\n';
  }

  private boolean startsItsLine(Node.Entry entry) {
    int line = Math.max(Lines.start(input, entry.key().start()), outline.start);
    return Lines.isBlank(input, line, entry.key().start());
  }

  /** Its lines; at the end of a text without a last line break, that before it instead. */
  private Splice lines(Node.Entry entry) {
    int start = Math.max(Lines.start(input, entry.key().start()), outline.start);
    int valueEnd = entry.value().end();
    int end = endsInBreak(entry) ? valueEnd : Lines.next(input, valueEnd, outline.end);
    if (end == outline.end && input[end - 1] != '\n' && start > outline.start) {
      start = Lines.end(input, Lines.start(input, start - 1), outline.end);
    }
    return new Splice(start, end, "");
  }

  private String keyIndent() {
    int key = mapping.entries().getFirst().key().start();
    int line = Math.max(Lines.start(input, key), outline.start);
    return " ".repeat(text(line, key).codePointCount(0, text(line, key).length()));
  }

  private String text(int from, int to) {
    return new String(input, from, Math.max(0, to - from), StandardCharsets.UTF_8);
  }
}
