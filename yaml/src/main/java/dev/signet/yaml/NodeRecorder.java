package dev.signet.yaml;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;

/**
 * Turns the marks of parser events, which count characters of a document, into {@link Node}s, which
 * count bytes of the input. {@link #last} is the node of the value that was composed last.
 *
 * <p>The parser's marks are exact for flow collections and for scalars that are no blocks. A block
 * collection is closed by whatever follows it, so it ends here where its last value ends; a block
 * scalar runs on over blank lines, which are taken off again.
 */
final class NodeRecorder {

  /** One place is kept for this many characters. */
  private static final int STRIDE = 64;

  private final byte[] input;
  private final int base;
  private final int limit;
  private final int @Nullable [] samples;

  private @Nullable Node last;

  /** For the text in the bytes from {@code base} to {@code limit}. */
  NodeRecorder(byte[] input, int base, int limit) {
    this.input = input;
    this.base = base;
    this.limit = limit;
    this.samples = samples(input, base, limit);
  }

  /** Nothing where every character is a byte. */
  private static int @Nullable [] samples(byte[] input, int base, int limit) {
    int characters = 0;
    for (int i = base; i < limit; i++) {
      characters += isContinuation(input[i]) ? 0 : 1;
    }
    if (characters == limit - base) {
      return null;
    }
    int[] samples = new int[characters / STRIDE + 1];
    samples[samples.length - 1] = limit;
    int character = 0;
    for (int i = base; i < limit; i++) {
      if (!isContinuation(input[i])) {
        if (character % STRIDE == 0) {
          samples[character / STRIDE] = i;
        }
        character++;
      }
    }
    return samples;
  }

  private static boolean isContinuation(byte b) {
    return (b & 0xC0) == 0x80;
  }

  Node last() {
    return requireNonNull(last);
  }

  private int offset(Optional<Mark> mark) {
    int character = mark.orElseThrow().getIndex();
    if (samples == null) {
      return Math.min(base + character, limit);
    }
    int sample = Math.min(character / STRIDE, samples.length - 1);
    int at = samples[sample];
    for (int left = character - sample * STRIDE; left > 0 && at < limit; left--) {
      at++;
      while (at < limit && isContinuation(input[at])) {
        at++;
      }
    }
    return at;
  }

  void alias(AliasEvent event) {
    last = new Node.Alias(offset(event.getStartMark()), offset(event.getEndMark()));
  }

  void scalar(ScalarEvent event) {
    int end = offset(event.getEndMark());
    int start = start(event, event.getTag().isPresent(), end);
    Node.Style style =
        switch (event.getScalarStyle()) {
          case SINGLE_QUOTED -> Node.Style.SINGLE;
          case DOUBLE_QUOTED -> Node.Style.DOUBLE;
          case LITERAL -> Node.Style.LITERAL;
          case FOLDED -> Node.Style.FOLDED;
          default -> Node.Style.PLAIN;
        };
    last = new Node.Scalar(start, style.isBlock() ? blockEnd(start, end) : end, style);
  }

  void sequence(CollectionStartEvent event, Event end, List<Node> items) {
    boolean flow = event.isFlow();
    int start = start(event, event.getTag().isPresent(), limit);
    int stop = flow ? offset(end.getEndMark()) : items.isEmpty() ? start : items.getLast().end();
    last = new Node.Sequence(start, stop, flow, List.copyOf(items));
  }

  void mapping(CollectionStartEvent event, Event end, List<Node.Entry> entries) {
    boolean flow = event.isFlow();
    int start = start(event, event.getTag().isPresent(), limit);
    int stop =
        flow
            ? offset(end.getEndMark())
            : entries.isEmpty() ? start : entries.getLast().value().end();
    last = new Node.Mapping(start, stop, flow, List.copyOf(entries));
  }

  /** Events start at the anchor or the tag, if there is one. */
  private int start(NodeEvent event, boolean tagged, int end) {
    int at = offset(event.getStartMark());
    if (event.getAnchor().isEmpty() && !tagged) {
      return at;
    }
    while (at < end && (input[at] == '&' || input[at] == '!')) {
      boolean verbatim = input[at] == '!' && at + 1 < end && input[at + 1] == '<';
      while (at < end && !endsProperty(input[at], verbatim)) {
        at++;
      }
      at = Math.min(verbatim ? at + 1 : at, end);
      while (at < end && (isBlank(input[at]) || input[at] == '#')) {
        at = input[at] == '#' ? Lines.end(input, at, end) : at + 1;
      }
    }
    return at;
  }

  private static boolean endsProperty(byte b, boolean verbatim) {
    return verbatim
        ? b == '>'
        : isBlank(b) || b == ',' || b == '[' || b == ']' || b == '{' || b == '}';
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t' || b == '\n' || b == '\r';
  }

  /** See {@link Node.Scalar}. A line of more spaces than the text is indented by is text, too. */
  private int blockEnd(int start, int end) {
    int header = Lines.next(input, start, end);
    boolean keep = false;
    boolean explicit = false;
    for (int i = start + 1; i < header && !isBlank(input[i]); i++) {
      keep |= input[i] == '+';
      explicit |= input[i] >= '1' && input[i] <= '9';
    }
    if (keep) {
      return end;
    }
    int indent = 0;
    for (int i = header; i < end && !explicit; i = Lines.next(input, i, end)) {
      int text = Lines.skipSpaces(input, i, end);
      if (text < Lines.end(input, i, end)) {
        indent = text - i;
        break;
      }
    }
    int stop = Lines.end(input, start, end);
    for (int i = header; i < end; i = Lines.next(input, i, end)) {
      int lineEnd = Lines.end(input, i, end);
      if (Lines.skipSpaces(input, i, lineEnd) < lineEnd || lineEnd - i > indent) {
        stop = lineEnd;
      }
    }
    return stop;
  }
}
