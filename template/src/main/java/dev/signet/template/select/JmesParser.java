package dev.signet.template.select;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parses JMESPath by binding powers (a Pratt parser), with the grammar and error texts of
 * jmespath/go-jmespath 0.4.0. It takes a few things the specification does not, such as a missing
 * comma between arguments, because expressions in use may rely on them.
 */
final class JmesParser {
  private final List<JmesToken> tokens;
  private final Budget budget;
  private int index;

  private JmesParser(List<JmesToken> tokens, Budget budget) {
    this.tokens = tokens;
    this.budget = budget;
  }

  static JmesNode parse(String expression, Budget budget) throws SelectorException {
    JmesParser parser = new JmesParser(JmesLexer.tokens(expression, budget), budget);
    JmesNode node = parser.expression(0);
    if (parser.current() != JmesTokenType.EOF) {
      throw error("Unexpected token at the end of the expression: " + parser.current().label());
    }
    return node;
  }

  private JmesNode expression(int power) throws SelectorException {
    budget.enter();
    JmesToken first = token(0);
    index++;
    JmesNode node = prefix(first);
    while (power < current().power()) {
      JmesTokenType operator = current();
      index++;
      node = infix(operator, node);
    }
    budget.leave();
    return node;
  }

  private JmesNode prefix(JmesToken token) throws SelectorException {
    return switch (token.type()) {
      case JSON_LITERAL ->
          new JmesNode.Literal(JsonReader.literal(ByteString.of(token.text()), budget));
      case STRING_LITERAL -> new JmesNode.Literal(new Json.Text(ByteString.of(token.text())));
      case UNQUOTED -> new JmesNode.Field(ByteString.of(token.text()));
      case QUOTED -> {
        if (current() == JmesTokenType.LPAREN) {
          throw error("Can't have quoted identifier as function name.");
        }
        yield new JmesNode.Field(ByteString.of(token.text()));
      }
      case STAR ->
          new JmesNode.ValueProjection(
              JmesNode.Current.CURRENT,
              current() == JmesTokenType.RBRACKET
                  ? JmesNode.Current.CURRENT
                  : projected(JmesTokenType.STAR.power()));
      case FILTER -> filter(JmesNode.Current.CURRENT);
      case LBRACE -> hash();
      case FLATTEN -> flatten(JmesNode.Current.CURRENT);
      case LBRACKET -> {
        if (current() == JmesTokenType.NUMBER || current() == JmesTokenType.COLON) {
          yield leading();
        }
        if (current() == JmesTokenType.STAR && token(1).type() == JmesTokenType.RBRACKET) {
          index += 2;
          yield new JmesNode.Projection(
              JmesNode.Current.CURRENT, projected(JmesTokenType.STAR.power()));
        }
        yield list();
      }
      case CURRENT -> JmesNode.Current.CURRENT;
      case EXPREF -> new JmesNode.Reference(expression(JmesTokenType.EXPREF.power()));
      case NOT -> new JmesNode.Not(expression(JmesTokenType.NOT.power()));
      case LPAREN -> {
        JmesNode inner = expression(0);
        expect(JmesTokenType.RPAREN);
        yield inner;
      }
      case EOF -> throw error("Incomplete expression");
      default -> throw error("Invalid token: " + token.type().label());
    };
  }

  private JmesNode infix(JmesTokenType operator, JmesNode left) throws SelectorException {
    return switch (operator) {
      case DOT -> {
        if (current() == JmesTokenType.STAR) {
          index++;
          yield new JmesNode.ValueProjection(left, projected(JmesTokenType.DOT.power()));
        }
        yield new JmesNode.Chain(left, afterDot(JmesTokenType.DOT.power()));
      }
      case PIPE -> new JmesNode.Chain(left, expression(JmesTokenType.PIPE.power()));
      case OR -> new JmesNode.Or(left, expression(JmesTokenType.OR.power()));
      case AND -> new JmesNode.And(left, expression(JmesTokenType.AND.power()));
      case LPAREN -> new JmesNode.Call(functionName(left), arguments());
      case FILTER -> filter(left);
      case FLATTEN -> flatten(left);
      case EQ, NE, GT, GTE, LT, LTE ->
          new JmesNode.Comparison(operator, left, expression(operator.power()));
      case LBRACKET -> {
        if (current() == JmesTokenType.NUMBER || current() == JmesTokenType.COLON) {
          yield at(left, position());
        }
        expect(JmesTokenType.STAR);
        expect(JmesTokenType.RBRACKET);
        yield new JmesNode.Projection(left, projected(JmesTokenType.STAR.power()));
      }
      default -> throw error("Unexpected token: " + operator.label());
    };
  }

  /** A string literal can name a function as well, and so can a call; anything else names none. */
  private static String functionName(JmesNode node) {
    return switch (node) {
      case JmesNode.Field(ByteString name) -> name.text();
      case JmesNode.Literal(Json.Text(ByteString name)) -> name.text();
      case JmesNode.Call call -> call.function();
      default -> "";
    };
  }

  private List<JmesNode> arguments() throws SelectorException {
    List<JmesNode> arguments = new ArrayList<>();
    while (current() != JmesTokenType.RPAREN) {
      arguments.add(expression(0));
      if (current() == JmesTokenType.COMMA) {
        index++;
      }
    }
    index++;
    return arguments;
  }

  private JmesNode flatten(JmesNode node) throws SelectorException {
    return new JmesNode.Projection(
        new JmesNode.Flatten(node), projected(JmesTokenType.FLATTEN.power()));
  }

  private JmesNode filter(JmesNode left) throws SelectorException {
    JmesNode condition = expression(0);
    expect(JmesTokenType.RBRACKET);
    JmesNode right =
        current() == JmesTokenType.FLATTEN
            ? JmesNode.Current.CURRENT
            : projected(JmesTokenType.FILTER.power());
    return new JmesNode.FilterProjection(left, right, condition);
  }

  /** An index or a slice up to its closing bracket; the opening one has been read. */
  private JmesNode position() throws SelectorException {
    if (current() == JmesTokenType.COLON || token(1).type() == JmesTokenType.COLON) {
      return slice();
    }
    long number = number(token(0).text());
    index++;
    expect(JmesTokenType.RBRACKET);
    return new JmesNode.Index(number);
  }

  private JmesNode at(JmesNode left, JmesNode position) throws SelectorException {
    JmesNode node = new JmesNode.Chain(left, position);
    return position instanceof JmesNode.Slice
        ? new JmesNode.Projection(node, projected(JmesTokenType.STAR.power()))
        : node;
  }

  /**
   * The original drops what is wrong in a bracket that nothing stands before, and goes on behind
   * it.
   */
  private JmesNode leading() throws SelectorException {
    JmesNode position;
    try {
      position = position();
    } catch (SelectorException e) {
      if (e.reason() == SelectorException.Reason.LIMIT) {
        throw e;
      }
      return JmesNode.Broken.BROKEN;
    }
    return at(JmesNode.Current.CURRENT, position);
  }

  private JmesNode.Slice slice() throws SelectorException {
    @Nullable Long[] parts = new @Nullable Long[3];
    int part = 0;
    while (current() != JmesTokenType.RBRACKET && part < 3) {
      if (current() == JmesTokenType.COLON) {
        part++;
      } else if (current() == JmesTokenType.NUMBER) {
        parts[part] = number(token(0).text());
      } else {
        throw error("Expected tColon or tNumber, received: " + current().label());
      }
      index++;
    }
    expect(JmesTokenType.RBRACKET);
    return new JmesNode.Slice(parts[0], parts[1], parts[2]);
  }

  private static long number(String text) throws SelectorException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException _) {
      String problem = text.equals("-") ? "invalid syntax" : "value out of range";
      throw SelectorException.syntax("strconv.Atoi: parsing \"" + text + "\": " + problem);
    }
  }

  private JmesNode list() throws SelectorException {
    List<JmesNode> nodes = new ArrayList<>();
    nodes.add(expression(0));
    while (current() != JmesTokenType.RBRACKET) {
      expect(JmesTokenType.COMMA);
      nodes.add(expression(0));
    }
    index++;
    return new JmesNode.ListOf(nodes);
  }

  private JmesNode hash() throws SelectorException {
    List<JmesNode.Entry> entries = new ArrayList<>();
    while (true) {
      JmesToken key = token(0);
      if (key.type() != JmesTokenType.UNQUOTED && key.type() != JmesTokenType.QUOTED) {
        throw error("Expected tQuotedIdentifier or tUnquotedIdentifier");
      }
      index++;
      expect(JmesTokenType.COLON);
      entries.add(new JmesNode.Entry(ByteString.of(key.text()), expression(0)));
      if (current() == JmesTokenType.COMMA) {
        index++;
      } else if (current() == JmesTokenType.RBRACE) {
        index++;
        return new JmesNode.HashOf(entries);
      }
    }
  }

  private JmesNode afterDot(int power) throws SelectorException {
    return switch (current()) {
      case QUOTED, UNQUOTED, STAR -> expression(power);
      case LBRACKET -> {
        index++;
        yield list();
      }
      case LBRACE -> {
        index++;
        yield hash();
      }
      default -> throw error("Expected identifier, lbracket, or lbrace");
    };
  }

  private JmesNode projected(int power) throws SelectorException {
    if (current().power() < 10) {
      return JmesNode.Current.CURRENT;
    }
    return switch (current()) {
      case LBRACKET, FILTER -> expression(power);
      case DOT -> {
        index++;
        yield afterDot(power);
      }
      default -> throw error("Error");
    };
  }

  private void expect(JmesTokenType type) throws SelectorException {
    if (current() != type) {
      throw error("Expected " + type.label() + ", received: " + current().label());
    }
    index++;
  }

  private JmesTokenType current() {
    return token(0).type();
  }

  /** Beyond the end there are only ends. */
  private JmesToken token(int ahead) {
    return tokens.get(Math.min(index + ahead, tokens.size() - 1));
  }

  private static SelectorException error(String message) {
    return SelectorException.syntax("SyntaxError: " + message);
  }
}
