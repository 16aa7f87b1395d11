package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Bool;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Comment;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Int;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.OddField;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Real;
import dev.signet.sops.Value.Sequence;
import dev.signet.sops.Value.Text;
import dev.signet.sops.Value.Time;
import dev.signet.yaml.CommentedNode;
import dev.signet.yaml.CommentedYaml;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;

/**
 * YAML, with comments. Each line of a comment is a member of its branch or an item of its list:
 * before what it stands above or beside, behind what it is a foot of. When written, comments before
 * the first field are the branch's own, others the head of the field behind them, and those at the
 * end the foot of the last field. Aliases are expanded. The text is laid out anew.
 */
final class YamlFormat implements Format {

  private static final int USUAL_INDENT = 4;
  private static final int MOST_VALUES = 1_000_000;

  private final int indent;

  YamlFormat(int indent) {
    this.indent = indent;
  }

  @Override
  public Placement placement() {
    return Placement.BRANCH;
  }

  @Override
  public List<Branch> read(byte[] text) throws SopsException {
    List<CommentedYaml.Document> documents;
    try {
      documents = CommentedYaml.read(text, "yaml", ReadLimits.DEFAULT);
      if (!documents.isEmpty()) {
        CommentedYaml.rejectDuplicateKeys(documents.getFirst().root(), "yaml");
      }
    } catch (MalformedDocumentException e) {
      throw malformed(e.line(), e.problem());
    }
    if (documents.isEmpty() && text.length > 0) {
      throw new SopsException(Step.READ, "EOF");
    }
    List<Branch> branches = new ArrayList<>();
    Reading reading = new Reading();
    for (CommentedYaml.Document document : documents) {
      Branch branch = new Branch();
      reading.root(document.root(), branch);
      addComments(branch, document.foot(), false);
      branches.add(branch);
    }
    return branches;
  }

  private static SopsException malformed(int line, String problem) {
    return new SopsException(
        Step.READ, line > 0 ? "yaml: line " + line + ": " + problem : "yaml: " + problem);
  }

  private static void addComments(Branch branch, String text, boolean inline) {
    for (String line : lines(text)) {
      branch.add(new Comment(line, inline));
    }
  }

  private static void addComments(Sequence sequence, String text, boolean inline) {
    for (String line : lines(text)) {
      sequence.items().add(new Comment(line, inline));
    }
  }

  private static List<String> lines(String comment) {
    return comment.isEmpty()
        ? List.of()
        : comment.lines().filter(line -> !line.isEmpty()).map(line -> line.substring(1)).toList();
  }

  /** From nodes to values, with a limit to what aliases may expand to. */
  private static final class Reading {

    private int values;

    void root(CommentedNode node, Branch branch) throws SopsException {
      addComments(branch, node.head(), false);
      addComments(branch, node.lineComment(), false);
      switch (node.kind()) {
        case MAPPING -> fields(node, branch);
        case ALIAS -> root(node.children().getFirst(), branch);
        case SEQUENCE ->
            throw malformed(node.line(), "cannot unmarshal !!seq into map[string]interface {}");
        case SCALAR -> {
          if (node.value() != null) {
            throw malformed(node.line(), "cannot unmarshal !!str into map[string]interface {}");
          }
        }
      }
      addComments(branch, node.foot(), false);
    }

    private void fields(CommentedNode node, Branch branch) throws SopsException {
      for (int i = 0; i < node.children().size(); i += 2) {
        CommentedNode key = node.children().get(i);
        CommentedNode value = node.children().get(i + 1);
        addComments(branch, key.head(), false);
        addComments(branch, key.lineComment(), false);
        boolean simple =
            value.kind() == CommentedNode.Kind.SCALAR || value.kind() == CommentedNode.Kind.ALIAS;
        if (simple) {
          addComments(branch, value.head(), false);
          addComments(branch, value.lineComment(), true);
        }
        Value read = value(value, simple);
        CommentedNode name =
            key.kind() == CommentedNode.Kind.ALIAS ? key.children().getFirst() : key;
        branch.add(
            name.kind() == CommentedNode.Kind.SCALAR && name.value() instanceof String text
                ? new Field(text, read)
                : new OddField(goType(name), read));
        if (simple) {
          addComments(branch, value.foot(), false);
        }
        addComments(branch, key.foot(), false);
      }
    }

    private static String goType(CommentedNode key) {
      return switch (key.value()) {
        case Long _ -> "int";
        case Double _ -> "float64";
        case Boolean _ -> "bool";
        case OffsetDateTime _ -> "time.Time";
        case null -> key.kind() == CommentedNode.Kind.SCALAR ? "<nil>" : "a collection";
        default -> "uint64";
      };
    }

    private Value value(CommentedNode node, boolean commentsTaken) throws SopsException {
      if (++values > MOST_VALUES) {
        throw malformed(node.line(), "document contains excessive aliasing");
      }
      return switch (node.kind()) {
        case ALIAS -> value(node.children().getFirst(), false);
        case SCALAR -> scalar(node.value());
        case MAPPING -> {
          Branch branch = new Branch();
          if (!commentsTaken) {
            addComments(branch, node.head(), false);
            addComments(branch, node.lineComment(), false);
          }
          fields(node, branch);
          if (!commentsTaken) {
            addComments(branch, node.foot(), false);
          }
          yield branch;
        }
        case SEQUENCE -> {
          Sequence sequence = new Sequence();
          if (!commentsTaken) {
            addComments(sequence, node.head(), false);
            addComments(sequence, node.lineComment(), false);
          }
          for (CommentedNode item : node.children()) {
            addComments(sequence, item.head(), false);
            addComments(sequence, item.lineComment(), true);
            sequence.items().add(value(item, true));
            addComments(sequence, item.foot(), false);
          }
          if (!commentsTaken) {
            addComments(sequence, node.foot(), false);
          }
          yield sequence;
        }
      };
    }

    private static Value scalar(@org.jspecify.annotations.Nullable Object value) {
      return switch (value) {
        case null -> new Value.Null();
        case String text -> new Text(text);
        case byte[] bytes -> new Raw(bytes);
        case Long number -> new Int(number);
        case Double number -> new Real(number);
        case Boolean flag -> new Bool(flag);
        case OffsetDateTime time -> new Time(time);
        case BigInteger _ -> new Value.Odd("uint64");
        default -> throw new IllegalStateException("no scalar: " + value.getClass());
      };
    }
  }

  @Override
  public byte[] write(List<Branch> branches) throws SopsException {
    if (indent < 0) {
      throw new SopsException(Step.WRITE, "YAML Negative indentation not accepted");
    }
    List<CommentedNode> documents = new ArrayList<>();
    for (Branch branch : branches) {
      documents.add(mapping(branch));
    }
    return text(documents, indent == 0 ? USUAL_INDENT : indent);
  }

  private static byte[] text(List<CommentedNode> documents, int indent) {
    return CommentedYaml.write(documents, indent).getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public byte[] writeValue(Value value) {
    return text(List.of(node(value)), USUAL_INDENT);
  }

  private static CommentedNode node(Value value) {
    return switch (value) {
      case Branch branch -> mapping(branch);
      case Sequence sequence -> sequence(sequence);
      case Text text -> CommentedNode.scalar(text.text());
      case Raw raw -> CommentedNode.scalar(raw.bytes());
      case Int number -> CommentedNode.scalar(number.number());
      case Real number -> CommentedNode.scalar(number.number());
      case Bool bool -> CommentedNode.scalar(bool.flag());
      case Time time -> CommentedNode.scalar(time.time());
      case Value.Null _, Value.Odd _, Comment _ -> CommentedNode.scalar(null);
    };
  }

  private static CommentedNode mapping(Branch branch) {
    CommentedNode mapping = CommentedNode.mapping();
    Waiting waiting = new Waiting(mapping);
    for (Member member : branch.members()) {
      switch (member) {
        case Comment comment -> waiting.add(comment);
        case Field field -> {
          CommentedNode key = CommentedNode.scalar(field.key());
          CommentedNode value = node(field.value());
          waiting.give(key, value);
          mapping.add(key).add(value);
        }
        case OddField _ -> throw new IllegalStateException("a key that is no text");
      }
    }
    waiting.giveRest(
        mapping.children().isEmpty()
            ? mapping
            : mapping.children().get(mapping.children().size() - 2));
    return mapping;
  }

  private static CommentedNode sequence(Sequence sequence) {
    CommentedNode node = CommentedNode.sequence();
    Waiting waiting = new Waiting(node);
    for (Value item : sequence.items()) {
      if (item instanceof Comment comment) {
        waiting.add(comment);
      } else {
        CommentedNode child = node(item);
        waiting.give(child, child);
        node.add(child);
      }
    }
    waiting.giveRest(node.children().isEmpty() ? node : node.children().getLast());
    return node;
  }

  /** Comments that belong to what comes next. */
  private static final class Waiting {

    private final CommentedNode collection;
    private final List<String> head = new ArrayList<>();
    private final List<String> line = new ArrayList<>();
    private boolean beginning = true;

    Waiting(CommentedNode collection) {
      this.collection = collection;
    }

    void add(Comment comment) {
      (comment.inline() ? line : head).add("#" + comment.text());
    }

    void give(CommentedNode above, CommentedNode beside) {
      if (beginning) {
        prepend(collection);
        beginning = false;
      }
      prepend(above);
      if (!line.isEmpty()) {
        beside.setLineComment(joined(beside.lineComment(), String.join("\n", line)));
        line.clear();
      }
    }

    private void prepend(CommentedNode node) {
      if (!head.isEmpty()) {
        node.setHead(joined(String.join("\n", head), node.head()));
        head.clear();
      }
    }

    void giveRest(CommentedNode last) {
      head.addAll(line);
      if (beginning) {
        prepend(last);
      } else if (!head.isEmpty()) {
        last.setFoot(joined(last.foot(), String.join("\n", head)));
      }
    }

    private static String joined(String first, String second) {
      return first.isEmpty() || second.isEmpty() ? first + second : first + "\n" + second;
    }
  }

  @Override
  public byte[] example() {
    return """
        hello: Welcome to SOPS! Edit this file as you please!
        example_key: example_value
        # Example comment
        example_array:
            - example_value1
            - example_value2
        example_number: 1234.56789
        example_booleans:
            - true
            - false
        """
        .getBytes(StandardCharsets.UTF_8);
  }
}
