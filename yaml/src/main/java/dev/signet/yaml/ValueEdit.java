package dev.signet.yaml;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.signet.yaml.Document.Syntax;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is cut out and put in where one value takes the place of another. */
final class ValueEdit {

  private final byte[] input;
  private final Outline outline;
  private final Syntax syntax;

  ValueEdit(Outline outline, Syntax syntax) {
    this.input = outline.input;
    this.outline = outline;
    this.syntax = syntax;
  }

  /** Inside of a flow collection, or in JSON. */
  List<Splice> inFlow(Node node, @Nullable Object value) {
    String text =
        syntax == Syntax.JSON
            ? Written.json(value)
            : isCollection(value)
                ? Written.flow(value)
                : Written.scalar(value, styleOf(node), /* flow= */ true);
    return List.of(new Splice(node.start(), node.end(), space(node, text)));
  }

  List<Splice> inList(Node node, @Nullable Object value, boolean flow) {
    if (flow) {
      return inFlow(node, value);
    }
    return isCollection(value) ? replaced(node, Written.flow(value)) : scalar(node, value, -1);
  }

  /** As the value of an entry of a block mapping. */
  List<Splice> inBlock(Node.Entry entry, @Nullable Object value) {
    Node node = entry.value();
    if (!isFilled(value)) {
      return scalar(node, value, column(entry.key().start()));
    }
    if (isBlockCollection(node)) {
      String indent = " ".repeat(column(node.start()));
      String text = Written.block(value, indent, outline.eol());
      boolean broken = input[node.end() - 1] == '\n';
      return List.of(
          new Splice(
              node.start(),
              node.end(),
              text.substring(
                  indent.length(), text.length() - (broken ? 0 : outline.eol().length()))));
    }
    String indent = " ".repeat(column(entry.key().start()) + 2);
    String text = Written.block(value, indent, outline.eol());
    List<Splice> splices = new ArrayList<>(replaced(node, ""));
    trimBefore(splices);
    int next = Lines.next(input, behind(node), outline.end);
    boolean broken = next > 0 && input[next - 1] == '\n';
    splices.add(
        new Splice(
            next,
            next,
            broken
                ? text
                : outline.eol() + text.substring(0, text.length() - outline.eol().length())));
    return splices;
  }

  /** The last byte that is surely before the end of the line that the value ends on. */
  private int behind(Node node) {
    boolean broken = node.end() > node.start() && input[node.end() - 1] == '\n';
    return broken ? node.end() - 1 : node.end();
  }

  /** No white space is left at the end of a line whose value goes. */
  private void trimBefore(List<Splice> splices) {
    Splice first = splices.getFirst();
    boolean spaced = first.end() < outline.end && input[first.end()] == ' ';
    if (spaced || Lines.isBlank(input, first.end(), Lines.end(input, first.end(), outline.end))) {
      int start = first.start();
      while (start > outline.start && input[start - 1] == ' ') {
        start--;
      }
      if (input[start - 1] == ':') {
        splices.set(0, new Splice(start, first.end(), first.text()));
      }
    }
  }

  private List<Splice> scalar(Node node, @Nullable Object value, int keyColumn) {
    if (node instanceof Node.Scalar scalar && scalar.style().isBlock()) {
      if (value instanceof String text && keyColumn >= 0) {
        List<Splice> kept = block(scalar, text);
        if (!kept.isEmpty()) {
          return kept;
        }
      }
      return replaced(node, flowOrScalar(value, Node.Style.DOUBLE));
    }
    return replaced(node, flowOrScalar(value, styleOf(node)));
  }

  private static String flowOrScalar(@Nullable Object value, Node.Style style) {
    return isCollection(value)
        ? Written.flow(value)
        : Written.scalar(value, style, /* flow= */ false);
  }

  /** Text on one line in place of any node. */
  private List<Splice> replaced(Node node, String text) {
    if (node instanceof Node.Scalar scalar && scalar.style().isBlock()) {
      int header = headerEnd(scalar);
      int from = Lines.end(input, scalar.start(), outline.end);
      int to = scalar.end();
      if (to > scalar.start() && input[to - 1] == '\n') {
        from = Lines.next(input, scalar.start(), outline.end);
      }
      List<Splice> splices = new ArrayList<>();
      splices.add(new Splice(scalar.start(), header, text));
      if (from < to) {
        splices.add(new Splice(from, to, ""));
      }
      return splices;
    }
    if (isBlockCollection(node) && node.end() > node.start() && input[node.end() - 1] == '\n') {
      return List.of(new Splice(node.start(), node.end(), text + outline.eol()));
    }
    return List.of(new Splice(node.start(), node.end(), space(node, text)));
  }

  /** A value that was not written needs a space behind its colon. */
  private String space(Node node, String text) {
    boolean glued =
        syntax == Syntax.YAML
            && node.start() == node.end()
            && node.start() > 0
            && !text.isEmpty()
            && input[node.start() - 1] != ' ';
    return glued ? " " + text : text;
  }

  /** A block scalar stays one, if its style can hold the text; else nothing. */
  private List<Splice> block(Node.Scalar scalar, String text) {
    int lineEnd = Lines.next(input, scalar.start(), outline.end);
    int header = headerEnd(scalar);
    int indent = indent(lineEnd, scalar.end());
    String indicators =
        new String(input, scalar.start() + 1, header - scalar.start() - 1, US_ASCII);
    boolean keep = indicators.contains("+");
    String content = text;
    int breaks = 0;
    while (content.endsWith("\n")) {
      content = content.substring(0, content.length() - 1);
      breaks++;
    }
    boolean plain =
        TextShape.of(content).literalAllowed()
            && !content.isEmpty()
            && " \n\t".indexOf(content.charAt(0)) < 0;
    boolean explicit = !indicators.isEmpty() && !indicators.equals("+") && !indicators.equals("-");
    if (!plain || explicit || indent <= 0 || (breaks > 1 && !keep)) {
      return List.of();
    }
    boolean folds = scalar.style() == Node.Style.FOLDED && content.indexOf('\n') < 0;
    String chomping = breaks == 0 ? "-" : keep ? "+" : "";
    List<String> lines = Arrays.asList(content.split("\n", -1));
    String body = Written.body(lines, " ".repeat(indent), outline.eol());
    if (keep) {
      // Its stretch ends behind the last line break; those belong to it.
      body = body + outline.eol().repeat(Math.max(1, breaks));
    }
    return List.of(
        new Splice(scalar.start(), header, (folds ? ">" : "|") + chomping),
        new Splice(lineEnd, scalar.end(), body));
  }

  private int headerEnd(Node.Scalar scalar) {
    int i = scalar.start() + 1;
    while (i < outline.end && "+-0123456789".indexOf(input[i]) >= 0) {
      i++;
    }
    return i;
  }

  private int indent(int from, int to) {
    for (int i = from; i < to; i = Lines.next(input, i, to)) {
      int text = Lines.skipSpaces(input, i, to);
      if (text < Lines.end(input, i, to)) {
        return text - i;
      }
    }
    return 0;
  }

  private int column(int offset) {
    int column = 0;
    for (int i = Math.max(Lines.start(input, offset), outline.start); i < offset; i++) {
      column += (input[i] & 0xC0) == 0x80 ? 0 : 1;
    }
    return column;
  }

  private static Node.Style styleOf(Node node) {
    return node instanceof Node.Scalar scalar && !scalar.style().isBlock()
        ? scalar.style()
        : Node.Style.PLAIN;
  }

  private static boolean isBlockCollection(Node node) {
    return (node instanceof Node.Mapping mapping && !mapping.flow())
        || (node instanceof Node.Sequence sequence && !sequence.flow());
  }

  private static boolean isCollection(@Nullable Object value) {
    return value instanceof Map<?, ?> || value instanceof List<?>;
  }

  private static boolean isFilled(@Nullable Object value) {
    return (value instanceof Map<?, ?> map && !map.isEmpty())
        || (value instanceof List<?> list && !list.isEmpty());
  }
}
