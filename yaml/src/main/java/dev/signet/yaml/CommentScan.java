package dev.signet.yaml;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.snakeyaml.engine.v2.tokens.Token;

/**
 * Finds the comments of a YAML text and says to which token each belongs, by the rules of go-yaml
 * v3.
 *
 * <pre>
 * key: value # of the line: belongs to the token before it, after a colon to the key
 * # a foot:  directly below the token before it and followed by an empty line, or
 * # a foot:  further left than the block it stands in, or the last one before a closing bracket
 *
 * # a head:  all others; it belongs to the token after it
 * other: value
 * </pre>
 *
 * <p>A foot belongs to the token before it; where it is further left, to whatever ends there. The
 * ends of blocks have no place in the text. They are put before the first comment that stands in
 * the column of the ending block, so that what follows in that column is taken for a foot of the
 * block's last entry instead of a head of what comes after the block.
 *
 * <p>The parser underneath finds the tokens; comments are what stands between them. Quirks that
 * decide where a comment ends up are kept: nothing on the first line has a foot unless a plain
 * scalar ends there, and a colon has none at all.
 */
final class CommentScan {

  /** The places of a comment. */
  enum Role {
    HEAD,
    LINE,
    FOOT
  }

  /**
   * A comment of one or more lines.
   *
   * @param owner it belongs to the first token that is asked for at or behind this index
   * @param scanned from where it was looked for
   * @param column where it starts on its line
   */
  record Comment(Role role, int owner, int scanned, int start, int column, int end, String text) {}

  /** A token and where it starts, which for the end of a block is decided here. */
  static final class Placed {
    final Token token;
    int start;

    Placed(Token token) {
      this.token = token;
      this.start = index(token.getStartMark());
    }

    Token.ID id() {
      return token.getTokenId();
    }

    int end() {
      return index(token.getEndMark());
    }

    private static int index(java.util.Optional<org.snakeyaml.engine.v2.exceptions.Mark> mark) {
      return mark.isPresent() ? mark.get().getIndex() : 0;
    }
  }

  private final int[] text;
  private final int[] lineOf;
  private final int[] startOfLine;
  final List<Placed> tokens;
  final List<Comment> comments = new ArrayList<>();

  private final Deque<Integer> blocks = new ArrayDeque<>();
  private int flow;

  private CommentScan(int[] text, List<Placed> tokens) {
    this.text = text;
    this.tokens = tokens;
    this.lineOf = new int[text.length + 1];
    this.startOfLine = new int[text.length + 1];
    int line = 0;
    int start = 0;
    for (int i = 0; i <= text.length; i++) {
      lineOf[i] = line;
      startOfLine[i] = start;
      if (i < text.length && endsLine(i)) {
        line++;
        start = i + 1;
      }
    }
  }

  static CommentScan of(String text, List<Placed> tokens) {
    CommentScan scan = new CommentScan(text.codePoints().toArray(), tokens);
    scan.scan();
    return scan;
  }

  /** Whether a line ends with this character, which of two that belong together the second does. */
  private boolean endsLine(int at) {
    boolean first = text[at] == '\r' && at + 1 < text.length && text[at + 1] == '\n';
    return TextShape.isBreak(text[at]) && !first;
  }

  private void scan() {
    Placed before = tokens.getFirst();
    Placed beforeThat = before;
    int at = 0;
    int i = 1;
    while (i < tokens.size()) {
      int next = i;
      while (isVirtual(tokens.get(next))) {
        next++;
      }
      Placed token = tokens.get(next);
      int from = scanStart(before, at);
      gap(before, beforeThat, at, from, token.start);
      int end = from - 1;
      for (; i < next; i++) {
        end = place(tokens.get(i), end);
      }
      at = fetched(token, before);
      beforeThat = before;
      before = token;
      i = next + 1;
    }
  }

  /** Tokens that stand for no character. */
  private static boolean isVirtual(Placed token) {
    return switch (token.id()) {
      case BlockEnd, BlockMappingStart, BlockSequenceStart -> true;
      case Key -> token.start == token.end();
      default -> false;
    };
  }

  /** Block ends get their place, block starts their indentation. */
  private int place(Placed token, int lastEnd) {
    switch (token.id()) {
      case BlockMappingStart, BlockSequenceStart ->
          blocks.push(token.start - startOfLine[token.start]);
      case BlockEnd -> {
        int column = blocks.pop();
        int end = lastEnd;
        int stop = end;
        for (int i = comments.size() - 1; i >= 0; i--) {
          Comment comment = comments.get(i);
          if (comment.role() == Role.LINE || comment.end() < stop) {
            break;
          }
          if (comment.column() == column) {
            end = comment.start();
          }
          stop = comment.scanned();
        }
        token.start = end;
        return end;
      }
      default -> {}
    }
    return lastEnd;
  }

  /** Takes note of a token and of the comment on its line; returns where the rest starts. */
  private int fetched(Placed token, Placed before) {
    boolean inFlow = flow > 0;
    switch (token.id()) {
      case FlowSequenceStart, FlowMappingStart -> flow++;
      case FlowSequenceEnd, FlowMappingEnd -> flow--;
      case BlockEntry, DocumentStart, DocumentEnd, StreamStart, StreamEnd -> {
        return token.end();
      }
      case Directive -> {
        return endOfLine(token.start);
      }
      default -> {}
    }
    int at = token.end();
    if (isBlockScalar(token)) {
      int header = token.start;
      while (header < text.length && "|>+-0123456789".indexOf(text[header]) >= 0) {
        header++;
      }
      lineComment(header, token.start);
      return at;
    }
    boolean ofTheKey =
        (!inFlow && token.id() == Token.ID.Value) || (inFlow && token.id() == Token.ID.FlowEntry);
    return lineComment(at, ofTheKey ? before.start : token.start);
  }

  private int lineComment(int from, int owner) {
    int at = skipBlanks(from);
    if (at >= text.length || text[at] != '#') {
      return from;
    }
    int end = endOfLine(at);
    comments.add(
        new Comment(
            Role.LINE, owner, 0, at, at - startOfLine[at], 0, new String(text, at, end - at)));
    return end;
  }

  private boolean isBlockScalar(Placed token) {
    return token.id() == Token.ID.Scalar
        && token.start < text.length
        && (text[token.start] == '|' || text[token.start] == '>');
  }

  private boolean isPlainScalar(Placed token) {
    return token.id() == Token.ID.Scalar
        && ((org.snakeyaml.engine.v2.tokens.ScalarToken) token.token).isPlain();
  }

  /** Plain and block scalars are read up to what follows them. */
  private int scanStart(Placed before, int at) {
    boolean readsOn = at == before.end() && (isPlainScalar(before) || isBlockScalar(before));
    return readsOn ? skipWhite(at) : at;
  }

  private void gap(Placed before, Placed beforeThat, int at, int scanStart, int limit) {
    int first = skipWhite(at);
    if (first >= text.length || first >= limit || text[first] != '#') {
      return;
    }
    Placed owner = before.id() == Token.ID.FlowEntry ? beforeThat : before;
    boolean afterColon = owner.id() == Token.ID.Value;
    int newlines = lineOf[first] - lineOf[lastContent(first)];
    int footLine = -1;
    if (lineOf[scanStart] > 0) {
      footLine = lineOf[first] - newlines + 1;
      if (newlines == 0 && first - startOfLine[first] > 1) {
        footLine++;
      }
    }
    int indent = blocks.isEmpty() ? 0 : blocks.peek();
    boolean noEmptyLineYet = newlines <= 1;
    boolean recentlyEmpty = false;
    int scanned = scanStart;
    int ownerAt = owner.start;
    StringBuilder lines = new StringBuilder();
    int start = first;
    int line = first;
    int here;
    while (true) {
      here = skipBlanks(line);
      boolean atEnd = here >= text.length;
      boolean closes = flow > 0 && !atEnd && (text[here] == ']' || text[here] == '}');
      int column = here - startOfLine[here];
      if (closes || atEnd || TextShape.isBreak(text[here])) {
        int startColumn = start - startOfLine[start];
        boolean foot =
            closes
                || (noEmptyLineYet
                    && ((lineOf[start] == footLine && !afterColon) || startColumn < indent));
        if (!lines.isEmpty() && foot && (closes || !recentlyEmpty)) {
          int whose = startColumn < indent ? start : ownerAt;
          comments.add(
              new Comment(Role.FOOT, whose, scanned, start, startColumn, here, lines.toString()));
          scanned = here;
          ownerAt = here;
          lines.setLength(0);
        }
        if (closes || atEnd) {
          break;
        }
        noEmptyLineYet = false;
        recentlyEmpty = true;
        line = nextLine(here);
        continue;
      }
      int startColumn = start - startOfLine[start];
      if (!lines.isEmpty() && column < indent && column != startColumn) {
        comments.add(
            new Comment(Role.FOOT, ownerAt, scanned, start, startColumn, here, lines.toString()));
        scanned = here;
        ownerAt = here;
        lines.setLength(0);
      }
      if (text[here] != '#') {
        break;
      }
      if (lines.isEmpty()) {
        start = here;
      } else {
        lines.append('\n');
      }
      recentlyEmpty = false;
      int end = endOfLine(here);
      lines.append(new String(text, here, end - here));
      line = nextLine(end);
    }
    if (!lines.isEmpty()) {
      comments.add(
          new Comment(
              Role.HEAD,
              start,
              scanned,
              start,
              start - startOfLine[start],
              here - 1,
              lines.toString()));
    }
  }

  private int lastContent(int before) {
    int at = before - 1;
    while (at > 0 && (isBlank(text[at]) || TextShape.isBreak(text[at]))) {
      at--;
    }
    return Math.max(at, 0);
  }

  private int nextLine(int at) {
    int end = at;
    while (end < text.length && !endsLine(end)) {
      end++;
    }
    return Math.min(end + 1, text.length);
  }

  private int endOfLine(int at) {
    int end = at;
    while (end < text.length && !TextShape.isBreak(text[end])) {
      end++;
    }
    return end;
  }

  private int skipBlanks(int from) {
    int at = from;
    while (at < text.length && isBlank(text[at])) {
      at++;
    }
    return at;
  }

  private int skipWhite(int from) {
    int at = from;
    while (at < text.length && (isBlank(text[at]) || TextShape.isBreak(text[at]))) {
      at++;
    }
    return at;
  }

  private static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }
}
