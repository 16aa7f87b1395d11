package dev.signet.yaml;

import dev.signet.yaml.CommentScan.Comment;
import dev.signet.yaml.CommentScan.Placed;
import dev.signet.yaml.MalformedDocumentException.Kind;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.scanner.ScannerImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;
import org.snakeyaml.engine.v2.tokens.AliasToken;
import org.snakeyaml.engine.v2.tokens.AnchorToken;
import org.snakeyaml.engine.v2.tokens.DirectiveToken;
import org.snakeyaml.engine.v2.tokens.ScalarToken;
import org.snakeyaml.engine.v2.tokens.TagToken;
import org.snakeyaml.engine.v2.tokens.TagTuple;
import org.snakeyaml.engine.v2.tokens.Token;

/**
 * Builds documents with comments out of the tokens of a YAML text.
 *
 * <p>The grammar is YAML's own, top down. Each look at the next token collects the comments that
 * {@link CommentScan} gave to it; scalars, aliases, flow collections and the ends of block mappings
 * take what was collected. What was collected before a list item that is a collection belongs to
 * the collection, not to its first entry. A foot that a mapping's end or a dedented key took moves
 * to the key before.
 */
final class CommentedParser {

  private static final String TAG = "tag:yaml.org,2002:";

  private final CommentScan scan;
  private final Budget budget;
  private final @Nullable Yaml11 legacy;
  private final Map<String, @Nullable CommentedNode> anchors = new HashMap<>();
  private final Map<String, String> handles = new HashMap<>();
  private int at;
  private int nextComment;

  private String head = "";
  private String line = "";
  private String foot = "";
  private String stem = "";

  private CommentedParser(CommentScan scan, Budget budget, @Nullable Yaml11 legacy) {
    this.scan = scan;
    this.budget = budget;
    this.legacy = legacy;
  }

  static List<CommentedYaml.Document> documents(String text, Budget budget) throws Problem {
    Yaml11 legacy = Yaml11.of(text);
    String prepared = legacy == null ? text : legacy.text;
    CommentScan scan = CommentScan.of(prepared, tokens(prepared, budget));
    return new CommentedParser(scan, budget, legacy).documents();
  }

  private static List<Placed> tokens(String text, Budget budget) throws Problem {
    LoadSettings settings =
        LoadSettings.builder()
            .setUseMarks(true)
            .setCodePointLimit(Integer.MAX_VALUE)
            .setSchema(new FailsafeSchema())
            .build();
    List<Placed> tokens = new ArrayList<>();
    try {
      ScannerImpl scanner = new ScannerImpl(settings, new StreamReader(settings, text));
      while (scanner.hasNext()) {
        tokens.add(new Placed(scanner.next()));
        budget.node();
      }
      return tokens;
    } catch (MarkedYamlEngineException e) {
      throw problem(YamlProblems.withoutContent(e.getProblem()), e.getProblemMark());
    } catch (ReaderException e) {
      throw new Problem(Kind.SYNTAX, "control characters are not allowed");
    } catch (YamlEngineException e) {
      throw new Problem(Kind.SYNTAX, YamlProblems.withoutContent(String.valueOf(e.getMessage())));
    }
  }

  private static Problem problem(String text, Optional<Mark> place) {
    return place.isPresent()
        ? new Problem(Kind.SYNTAX, text, place.get().getLine(), place.get().getColumn())
        : new Problem(Kind.SYNTAX, text);
  }

  private Problem problem(String text) {
    return problem(text, scan.tokens.get(at).token.getStartMark());
  }

  private Token peek() {
    Placed token = scan.tokens.get(at);
    while (nextComment < scan.comments.size()
        && token.start >= scan.comments.get(nextComment).owner()) {
      Comment comment = scan.comments.get(nextComment);
      switch (comment.role()) {
        case HEAD -> {
          if (token.id() == Token.ID.BlockEnd) {
            return token.token;
          }
          head = joined(head, comment.text());
        }
        case FOOT -> foot = joined(foot, comment.text());
        case LINE -> line = joined(line, comment.text());
      }
      nextComment++;
    }
    return token.token;
  }

  private static String joined(String before, String more) {
    return before.isEmpty() ? more : before + "\n" + more;
  }

  private boolean peeks(Token.ID... ids) {
    Token.ID id = peek().getTokenId();
    for (Token.ID each : ids) {
      if (each == id) {
        return true;
      }
    }
    return false;
  }

  private void skip() {
    if (at < scan.tokens.size() - 1) {
      at++;
    }
  }

  private CommentedNode withComments(CommentedNode node) {
    node.head = head;
    node.lineComment = line;
    node.foot = foot;
    forget();
    return node;
  }

  private void forget() {
    head = "";
    line = "";
    foot = "";
    stem = "";
  }

  private List<CommentedYaml.Document> documents() throws Problem {
    List<CommentedYaml.Document> documents = new ArrayList<>();
    skip();
    boolean first = true;
    while (true) {
      while (!first && peeks(Token.ID.DocumentEnd)) {
        skip();
      }
      if (peeks(Token.ID.StreamEnd)) {
        return documents;
      }
      documents.add(document(first));
      first = false;
    }
  }

  private CommentedYaml.Document document(boolean first) throws Problem {
    anchors.clear();
    handles.clear();
    handles.put("!", "!");
    handles.put("!!", TAG);
    boolean directives = false;
    while (peeks(Token.ID.Directive)) {
      directive((DirectiveToken<?>) peek());
      directives = true;
      skip();
    }
    CommentedNode root;
    if (peeks(Token.ID.DocumentStart)) {
      skip();
      root =
          peeks(
                  Token.ID.Directive,
                  Token.ID.DocumentStart,
                  Token.ID.DocumentEnd,
                  Token.ID.StreamEnd)
              ? empty()
              : node(true, false, 1);
    } else {
      if (!first || directives) {
        throw problem("did not find expected <document start>");
      }
      root = node(true, false, 1);
    }
    peek();
    String last = foot.isEmpty() ? head : foot;
    forget();
    if (peeks(Token.ID.DocumentEnd)) {
      skip();
    }
    return new CommentedYaml.Document(root, last);
  }

  private void directive(DirectiveToken<?> directive) throws Problem {
    if (directive.getName().equals(DirectiveToken.TAG_DIRECTIVE)
        && directive.getValue().isPresent()) {
      List<?> values = directive.getValue().get();
      if (values.size() == 2) {
        handles.put(String.valueOf(values.getFirst()), String.valueOf(values.getLast()));
      }
    }
  }

  private CommentedNode empty() {
    return new CommentedNode(CommentedNode.Kind.SCALAR, null, "", lineHere());
  }

  private int lineHere() {
    Optional<Mark> mark = scan.tokens.get(at).token.getStartMark();
    return mark.isPresent() ? mark.get().getLine() + 1 : 0;
  }

  private CommentedNode node(boolean block, boolean indentless, int depth) throws Problem {
    budget.depth(depth);
    int lineNumber = lineHere();
    if (peek() instanceof AliasToken alias) {
      String name = alias.getValue().getValue();
      CommentedNode target = anchors.get(name);
      if (target == null) {
        throw problem(
            anchors.containsKey(name)
                ? "an anchored value contains itself"
                : "unknown anchor referenced");
      }
      CommentedNode node =
          new CommentedNode(CommentedNode.Kind.ALIAS, null, name, lineNumber).add(target);
      skipAfter(withComments(node));
      return node;
    }
    String anchor = null;
    String tag = null;
    while (true) {
      if (anchor == null && peek() instanceof AnchorToken token) {
        anchor = token.getValue().getValue();
      } else if (tag == null && peek() instanceof TagToken token) {
        tag = tag(token.getValue());
      } else {
        break;
      }
      skip();
    }
    if (anchor != null) {
      anchors.put(anchor, null);
    }
    CommentedNode node = content(block, indentless, tag, anchor != null, lineNumber, depth);
    if (anchor != null) {
      anchors.put(anchor, node);
    }
    return node;
  }

  private void skipAfter(CommentedNode taken) {
    if (taken.kind() != CommentedNode.Kind.MAPPING) {
      skip();
    }
  }

  private String tag(TagTuple tag) throws Problem {
    if (tag.getHandle().isEmpty()) {
      return tag.getSuffix();
    }
    String prefix = handles.get(tag.getHandle().get());
    if (prefix == null) {
      throw problem("found undefined tag handle");
    }
    return prefix + tag.getSuffix();
  }

  private CommentedNode content(
      boolean block,
      boolean indentless,
      @Nullable String tag,
      boolean anchored,
      int lineNumber,
      int depth)
      throws Problem {
    Token token = peek();
    CommentedNode sequence = new CommentedNode(CommentedNode.Kind.SEQUENCE, null, "", lineNumber);
    CommentedNode mapping = new CommentedNode(CommentedNode.Kind.MAPPING, null, "", lineNumber);
    Token.ID id = token.getTokenId();
    if (indentless && id == Token.ID.BlockEntry) {
      entries(sequence, depth);
      return sequence;
    }
    if (token instanceof ScalarToken scalar) {
      CommentedNode node = withComments(scalar(scalar, tag, lineNumber));
      skip();
      return node;
    }
    if (id == Token.ID.FlowSequenceStart) {
      return flowSequence(withComments(sequence), depth);
    }
    if (id == Token.ID.FlowMappingStart) {
      return flowMapping(withComments(mapping), depth);
    }
    if (block && (id == Token.ID.BlockSequenceStart || id == Token.ID.BlockMappingStart)) {
      CommentedNode node = id == Token.ID.BlockSequenceStart ? sequence : mapping;
      node.head = stem;
      stem = "";
      skip();
      if (node == sequence) {
        entries(sequence, depth);
        if (!peeks(Token.ID.BlockEnd)) {
          throw problem("did not find expected '-' indicator");
        }
        skip();
      } else {
        blockMapping(mapping, depth);
      }
      return node;
    }
    if (tag != null || anchored) {
      Object value = tag == null ? null : value("", tag, ScalarStyle.PLAIN);
      return new CommentedNode(CommentedNode.Kind.SCALAR, value, "", lineNumber);
    }
    throw problem("did not find expected node content");
  }

  /** The items of a block sequence, with or without an indentation of its own. */
  private void entries(CommentedNode sequence, int depth) throws Problem {
    while (peeks(Token.ID.BlockEntry)) {
      int before = head.length();
      skip();
      if (before > 0 && peeks(Token.ID.BlockSequenceStart, Token.ID.BlockMappingStart)) {
        stem = head.substring(0, before);
        head = head.length() == before ? "" : head.substring(before + 1);
      }
      sequence.add(
          peeks(Token.ID.BlockEntry, Token.ID.BlockEnd, Token.ID.Key, Token.ID.Value)
              ? empty()
              : node(true, false, depth + 1));
    }
  }

  private void blockMapping(CommentedNode mapping, int depth) throws Problem {
    List<CommentedNode> children = mapping.children();
    while (true) {
      boolean hasKey = peeks(Token.ID.Key);
      if (!hasKey && !peeks(Token.ID.Value)) {
        break;
      }
      if (hasKey) {
        skip();
      }
      boolean noKey = peeks(Token.ID.Key, Token.ID.Value, Token.ID.BlockEnd);
      CommentedNode key = noKey ? empty() : node(true, true, depth + 1);
      if (!key.foot.isEmpty() && children.size() > 1) {
        children.get(children.size() - 2).foot = key.foot;
        key.foot = "";
      }
      CommentedNode value;
      if (peeks(Token.ID.Value)) {
        skip();
        boolean none = peeks(Token.ID.Key, Token.ID.Value, Token.ID.BlockEnd);
        value = none ? empty() : node(true, true, depth + 1);
      } else {
        value = empty();
      }
      add(children, key, value);
    }
    if (!peeks(Token.ID.BlockEnd)) {
      throw problem("did not find expected key");
    }
    mapping.lineComment = line;
    mapping.foot = foot;
    forget();
    skip();
    if (!mapping.foot.isEmpty() && children.size() > 1) {
      children.get(children.size() - 2).foot = mapping.foot;
      mapping.foot = "";
    }
  }

  private static void add(List<CommentedNode> children, CommentedNode key, CommentedNode value) {
    children.add(key);
    children.add(value);
    if (key.foot.isEmpty()) {
      key.foot = value.foot;
      value.foot = "";
    }
  }

  private CommentedNode flowSequence(CommentedNode sequence, int depth) throws Problem {
    skip();
    boolean first = true;
    while (!peeks(Token.ID.FlowSequenceEnd)) {
      if (!first) {
        if (!peeks(Token.ID.FlowEntry)) {
          throw problem("did not find expected ',' or ']'");
        }
        skip();
        if (peeks(Token.ID.FlowSequenceEnd)) {
          break;
        }
      }
      first = false;
      if (peeks(Token.ID.Key)) {
        CommentedNode pair = new CommentedNode(CommentedNode.Kind.MAPPING, null, "", lineHere());
        skip();
        flowPair(pair, Token.ID.FlowSequenceEnd, depth + 1);
        sequence.add(pair);
      } else {
        sequence.add(node(false, false, depth + 1));
      }
    }
    return closed(sequence);
  }

  private CommentedNode flowMapping(CommentedNode mapping, int depth) throws Problem {
    skip();
    boolean first = true;
    while (!peeks(Token.ID.FlowMappingEnd)) {
      if (!first) {
        if (!peeks(Token.ID.FlowEntry)) {
          throw problem("did not find expected ',' or '}'");
        }
        skip();
        if (peeks(Token.ID.FlowMappingEnd)) {
          break;
        }
      }
      first = false;
      if (peeks(Token.ID.Key)) {
        skip();
        flowPair(mapping, Token.ID.FlowMappingEnd, depth);
      } else {
        add(mapping.children(), node(false, false, depth + 1), empty());
      }
    }
    return closed(mapping);
  }

  private void flowPair(CommentedNode mapping, Token.ID end, int depth) throws Problem {
    boolean noKey = peeks(Token.ID.Value, Token.ID.FlowEntry, end);
    CommentedNode key = noKey ? empty() : node(false, false, depth + 1);
    CommentedNode value;
    if (peeks(Token.ID.Value)) {
      skip();
      value = peeks(Token.ID.FlowEntry, end) ? empty() : node(false, false, depth + 1);
    } else {
      value = empty();
    }
    add(mapping.children(), key, value);
  }

  private CommentedNode closed(CommentedNode collection) {
    peek();
    collection.lineComment = line;
    collection.foot = foot;
    forget();
    skip();
    return collection;
  }

  private CommentedNode scalar(ScalarToken token, @Nullable String tag, int lineNumber)
      throws Problem {
    String text = token.getValue();
    ScalarStyle style = token.getStyle();
    if (legacy != null) {
      String restored =
          legacy.restore(
              text, style == ScalarStyle.SINGLE_QUOTED, style == ScalarStyle.DOUBLE_QUOTED);
      if (restored == null) {
        throw problem("a unicode line separator must be written as an escape in double quotes");
      }
      text = restored;
    }
    if (!TextShape.isWellFormed(text)) {
      throw problem("found an invalid unicode escape sequence");
    }
    Object value = value(text, tag, style);
    return new CommentedNode(CommentedNode.Kind.SCALAR, value, text, lineNumber);
  }

  private @Nullable Object value(String text, @Nullable String tag, ScalarStyle style)
      throws Problem {
    if (tag == null || tag.equals("!")) {
      return style == ScalarStyle.PLAIN ? resolve(text) : text;
    }
    if (!tag.startsWith(TAG)) {
      return text;
    }
    Object resolved = resolve(text);
    boolean fits =
        switch (tag.substring(TAG.length())) {
          case "null" -> resolved == null;
          case "bool" -> resolved instanceof Boolean;
          case "int" -> resolved instanceof Long || resolved instanceof java.math.BigInteger;
          case "timestamp" -> resolved instanceof java.time.OffsetDateTime;
          case "float" -> {
            if (resolved instanceof Long number) {
              resolved = (double) number;
            }
            yield resolved instanceof Double;
          }
          case "binary" -> {
            resolved = binary(text);
            yield true;
          }
          default -> {
            resolved = text;
            yield true;
          }
        };
    if (!fits) {
      throw problem("the value does not fit its tag");
    }
    return resolved;
  }

  /** What a plain scalar means, which in all but old names for booleans is what it meant before. */
  static @Nullable Object resolve(String text) {
    return switch (text) {
      case "y", "Y", "yes", "Yes", "YES", "on", "On", "ON" -> text;
      case "n", "N", "no", "No", "NO", "off", "Off", "OFF" -> text;
      default -> {
        Object value = YamlScalars.resolve(text, true);
        yield value == YamlScalars.Kind.TIMESTAMP ? GoTimestamps.parse(text) : value;
      }
    };
  }

  private Object binary(String text) throws Problem {
    byte[] bytes;
    try {
      bytes = Base64.getDecoder().decode(text.replace("\n", "").replace("\r", ""));
    } catch (IllegalArgumentException e) {
      // Its message quotes the text.
      throw problem("a !!binary value contains invalid base64 data");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return bytes;
    }
  }
}
