package dev.signet.yaml;

import dev.signet.yaml.CommentedNode.Kind;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes documents with comments byte for byte as go-yaml v3 does.
 *
 * <p>Layout: block style; lines are never folded; a mapping's value starts at the next multiple of
 * the indentation, what is inside a list item two columns further; {@code {}} and {@code []} when
 * empty; documents apart by {@code ---}. Scalars are plain where they read back as the same value,
 * literal blocks where they have line feeds, in single quotes where an indicator is in the way, and
 * else in double quotes, in which everything beyond U+FFFF is escaped.
 *
 * <p>The state is that of libyaml's emitter: the column, whether the last character was white
 * space, whether only indentation stands on the line, and the comments that wait to be written. A
 * comment that waits is replaced by a later one of its role, so a list's own head is lost when its
 * first item has one. An entry behind a foot in the same column is set off by an empty line.
 */
final class CommentedWriter {

  private static final int SIMPLE_KEY_BYTES = 128;
  private static final String HEX = "0123456789ABCDEF";
  private static final String MERGE = "<<";

  private enum Style {
    PLAIN,
    SINGLE,
    DOUBLE,
    LITERAL
  }

  private final int step;
  private final StringBuilder out = new StringBuilder(1024);
  private int column;
  private boolean whitespace = true;
  private boolean indention = true;
  private int footIndent = -1;

  private String head = "";
  private String line = "";

  /** Left by a collection, for behind the next key. */
  private String keyLine = "";

  private String foot = "";
  private String tail = "";

  private CommentedWriter(int step) {
    this.step = step;
  }

  static String write(List<CommentedNode> documents, int step) {
    CommentedWriter writer = new CommentedWriter(step);
    boolean first = true;
    for (CommentedNode root : documents) {
      if (!first) {
        writer.newline(-1);
        writer.indicator("---", true, false, false);
        writer.newline(-1);
      }
      first = false;
      writer.collect(root);
      writer.writeHead(-1);
      writer.nodeAndComments(root, -1, false);
      writer.footIndent = 0;
      writer.writeFoot(-1);
      writer.footIndent = -1;
      writer.newline(-1);
    }
    return writer.out.toString();
  }

  /** A node's comments wait until they can be written. */
  private void collect(CommentedNode node) {
    head = node.head.isEmpty() ? head : node.head;
    if (node.kind() == Kind.SCALAR) {
      line = node.lineComment.isEmpty() ? line : node.lineComment;
      foot = node.foot.isEmpty() ? foot : node.foot;
    }
  }

  /** Those of a collection that are written behind it. */
  private void collectEnd(CommentedNode node) {
    line = node.lineComment.isEmpty() ? line : node.lineComment;
    foot = node.foot.isEmpty() ? foot : node.foot;
  }

  private void node(CommentedNode node, int indent, boolean item, boolean simpleKey) {
    if (node.kind() == Kind.SCALAR) {
      scalar(node.value(), inside(indent, item, true), simpleKey);
    } else if (node.children().isEmpty()) {
      emptyCollection(node, inside(indent, item, true), indent);
    } else if (node.kind() == Kind.MAPPING) {
      mapping(node, inside(indent, item, false));
    } else {
      sequence(node, inside(indent, item, false));
    }
  }

  /** What waits to be written is written behind a scalar, but before a collection. */
  private void nodeAndComments(CommentedNode node, int indent, boolean item) {
    boolean scalar = node.kind() == Kind.SCALAR;
    if (scalar) {
      node(node, indent, item, false);
    }
    writeLineComment(indent);
    writeFoot(indent);
    if (!scalar) {
      node(node, indent, item, false);
    }
  }

  private int inside(int indent, boolean item, boolean flow) {
    if (indent < 0) {
      return flow ? step : 0;
    }
    return item ? indent + 2 : step * ((indent + step) / step);
  }

  private void sequence(CommentedNode node, int indent) {
    for (CommentedNode child : node.children()) {
      collect(child);
      writeHead(indent);
      newline(indent);
      indicator("-", true, false, true);
      nodeAndComments(child, indent, true);
    }
    collectEnd(node);
  }

  private void mapping(CommentedNode node, int indent) {
    String waiting = "";
    for (int i = 0; i < node.children().size(); i += 2) {
      CommentedNode key = node.children().get(i);
      CommentedNode value = node.children().get(i + 1);
      head = key.head.isEmpty() ? head : key.head;
      tail = waiting.isEmpty() ? tail : waiting;
      waiting = key.foot;
      writeHead(indent);
      newline(indent);
      if (!line.isEmpty()) {
        keyLine = line;
        line = "";
      }
      if (isSimple(key)) {
        node(key, indent, false, true);
        indicator(":", false, false, false);
      } else {
        indicator("?", true, false, true);
        node(key, indent, false, false);
        newline(indent);
        indicator(":", true, false, true);
      }
      collect(value);
      writeKeyLine(value, indent);
      nodeAndComments(value, indent, false);
    }
    tail = waiting.isEmpty() ? tail : waiting;
    collectEnd(node);
    writeHead(indent);
  }

  /** Where the value goes on below, or is a scalar without a comment of its own. */
  private void writeKeyLine(CommentedNode value, int indent) {
    if (keyLine.isEmpty()) {
      return;
    }
    if (value.kind() == Kind.SCALAR) {
      if (line.isEmpty()) {
        line = keyLine;
        keyLine = "";
      }
      return;
    }
    String own = line;
    line = keyLine;
    writeLineComment(indent);
    line = own;
    keyLine = "";
  }

  private void emptyCollection(CommentedNode node, int indent, int outer) {
    boolean mapping = node.kind() == Kind.MAPPING;
    collectEnd(node);
    indicator(mapping ? "{" : "[", true, true, false);
    if (mapping) {
      writeHead(indent);
    } else if (column == 0) {
      newline(indent);
    }
    indicator(mapping ? "}" : "]", false, false, false);
    writeLineComment(outer);
    writeFoot(outer);
  }

  private static boolean isSimple(CommentedNode key) {
    String text = text(key.value());
    boolean broken = text.chars().anyMatch(TextShape::isBreak);
    return !broken && text.getBytes(StandardCharsets.UTF_8).length <= SIMPLE_KEY_BYTES;
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "null";
      case byte[] bytes -> Base64.getEncoder().encodeToString(bytes);
      case Double number -> GoNumbers.yaml(number);
      case OffsetDateTime time -> DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(time);
      default -> value.toString();
    };
  }

  private void scalar(@Nullable Object value, int indent, boolean simpleKey) {
    String text = text(value);
    if (value instanceof String given) {
      text = TextShape.wellFormed(given);
      if (text.equals(MERGE)) {
        tag("!!merge");
        plain(text);
        return;
      }
      string(text, indent, simpleKey);
    } else if (value instanceof byte[]) {
      tag("!!binary");
      plain(text);
    } else {
      plain(text);
    }
  }

  private void tag(String tag) {
    if (!whitespace) {
      put(' ');
    }
    append(tag);
    whitespace = false;
    indention = false;
  }

  private void string(String text, int indent, boolean simpleKey) {
    switch (style(text, simpleKey)) {
      case PLAIN -> plain(text);
      case SINGLE -> singleQuoted(text);
      case DOUBLE -> doubleQuoted(text);
      case LITERAL -> literal(text, indent);
    }
  }

  private static Style style(String text, boolean simpleKey) {
    TextShape shape = TextShape.of(text);
    if (text.indexOf('\n') >= 0) {
      // Only here a tab is like any other character.
      boolean block = TextShape.of(text.replace('\t', 'x')).literalAllowed();
      return block && !simpleKey ? Style.LITERAL : Style.DOUBLE;
    }
    if (GoYaml.readsAsAnotherType(text)) {
      return Style.DOUBLE;
    }
    if (shape.plainAllowed()) {
      return Style.PLAIN;
    }
    boolean broken = text.chars().anyMatch(TextShape::isBreak);
    return shape.singleQuotedAllowed() && !broken ? Style.SINGLE : Style.DOUBLE;
  }

  private void plain(String text) {
    if (!text.isEmpty() && !whitespace) {
      put(' ');
    }
    append(text);
    whitespace = false;
    indention = false;
  }

  private void singleQuoted(String text) {
    indicator("'", true, false, false);
    append(text.replace("'", "''"));
    indention = false;
    indicator("'", false, false, false);
  }

  private void doubleQuoted(String text) {
    indicator("\"", true, false, false);
    boolean escapeAll = text.startsWith("\uFEFF");
    int next;
    for (int i = 0; i < text.length(); i = next) {
      int c = text.codePointAt(i);
      next = i + Character.charCount(c);
      if (escapeAll || !TextShape.isPrintable(c) || TextShape.isBreak(c) || c == '"' || c == '\\') {
        escape(c);
      } else {
        put((char) c);
      }
    }
    indicator("\"", false, false, false);
  }

  private void escape(int c) {
    put('\\');
    int at = "\0\u0007\b\t\n\u000B\f\r\u001B\"\\\u0085\u2028\u2029".indexOf(c);
    if (at >= 0) {
      put("0abtnvfre\"\\NLP".charAt(at));
      return;
    }
    int digits = c <= 0xFF ? 2 : c <= 0xFFFF ? 4 : 8;
    put(digits == 2 ? 'x' : digits == 4 ? 'u' : 'U');
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      put(HEX.charAt((c >>> shift) & 0xF));
    }
  }

  private void literal(String text, int indent) {
    indicator("|", true, false, false);
    if (text.charAt(0) == ' ' || TextShape.isBreak(text.charAt(0))) {
      indicator(String.valueOf((char) ('0' + step)), false, false, false);
    }
    int last = text.length() - 1;
    if (!TextShape.isBreak(text.charAt(last))) {
      indicator("-", false, false, false);
    } else if (last == 0 || TextShape.isBreak(text.charAt(last - 1))) {
      indicator("+", false, false, false);
    }
    if (line.isEmpty()) {
      putBreak('\n');
    } else {
      writeLineComment(indent);
    }
    whitespace = true;
    boolean afterBreak = true;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (TextShape.isBreak(c)) {
        putBreak(c);
        afterBreak = true;
      } else {
        if (afterBreak) {
          newline(indent);
        }
        put(c);
        indention = false;
        afterBreak = false;
      }
    }
  }

  private void writeHead(int indent) {
    if (!tail.isEmpty()) {
      newline(indent);
      comment(tail, indent);
      tail = "";
      footIndent = Math.max(indent, 0);
    }
    if (!head.isEmpty()) {
      newline(indent);
      comment(head, indent);
      head = "";
    }
  }

  private void writeLineComment(int indent) {
    if (line.isEmpty()) {
      return;
    }
    if (!whitespace) {
      put(' ');
    }
    comment(line, indent);
    line = "";
  }

  private void writeFoot(int indent) {
    if (!foot.isEmpty()) {
      newline(indent);
      comment(foot, indent);
      foot = "";
      footIndent = Math.max(indent, 0);
    }
  }

  private void comment(String text, int indent) {
    boolean afterBreak = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (TextShape.isBreak(c)) {
        putBreak(c);
        afterBreak = true;
      } else {
        if (afterBreak) {
          newline(indent);
        }
        put(c);
        indention = false;
        afterBreak = false;
      }
    }
    if (!afterBreak) {
      putBreak('\n');
    }
    whitespace = true;
  }

  /** Starts a line at that column, unless one has just been started there. */
  private void newline(int indent) {
    int to = Math.max(indent, 0);
    if (!indention || column > to || (column == to && !whitespace)) {
      putBreak('\n');
    }
    if (footIndent == to) {
      putBreak('\n');
    }
    while (column < to) {
      put(' ');
    }
    whitespace = true;
    footIndent = -1;
  }

  private void indicator(String text, boolean apart, boolean endsInSpace, boolean indents) {
    if (apart && !whitespace) {
      put(' ');
    }
    append(text);
    whitespace = endsInSpace;
    indention &= indents;
  }

  private void append(String text) {
    out.append(text);
    column += text.codePointCount(0, text.length());
  }

  private void put(char c) {
    out.append(c);
    column++;
  }

  private void putBreak(char c) {
    out.append(c);
    column = 0;
    indention = true;
  }
}
