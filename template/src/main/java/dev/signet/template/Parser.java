package dev.signet.template;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Recursive-descent parser of template text, after Go's grammar and with its error texts. Each
 * {@code define} and {@code block} is a template of its own with its own variables; all share the
 * lexer and the look-ahead of three tokens, of which the last read one gives errors their line.
 *
 * <p>Recursion follows the nesting of actions and parentheses, which {@link Options#nesting}
 * bounds.
 */
final class Parser {
  private final String name;
  private final Functions functions;
  private final int maxNesting;
  private final Lexer lexer;
  private final @Nullable List<Inspection.Use> undefined;
  private final String text;
  private final Token[] tokens = new Token[3];
  private final Map<String, Node.Body> templates = new HashMap<>();
  private int peeked;
  private int actionLine;
  private int nesting;
  private Scope scope = new Scope();

  /** What is known within one definition. */
  private static final class Scope {
    final List<String> variables = new ArrayList<>(List.of("$"));
    int ranges;
    int parens;
  }

  /** What a list of statements ended with: {@code end}, or {@code else} with its position. */
  private record Ending(boolean isElse, int position) {
    String shown() {
      return isElse ? "{{else}}" : "{{end}}";
    }
  }

  private record Statements(Node.Body body, Ending ending) {}

  private static final int GO_MAX_PARENS = 10_000;

  Parser(String name, String text, Functions functions, Options options) {
    this(name, text, functions, options, null);
  }

  /**
   * @param undefined takes functions that are not defined, for which parsing then goes on; null to
   *     end with the first
   */
  Parser(
      String name,
      String text,
      Functions functions,
      Options options,
      @Nullable List<Inspection.Use> undefined) {
    this.undefined = undefined;
    this.text = text;
    this.name = name;
    this.functions = functions;
    this.maxNesting = options.nesting();
    this.lexer =
        new Lexer(
            text,
            Utf8.encode(options.left()),
            Utf8.encode(options.right()),
            functions.find("break") == null,
            functions.find("continue") == null);
    tokens[0] = new Token(Token.Kind.EOF, 0, "", 0);
  }

  /** The templates by name; the one with the parser's name is the text outside of definitions. */
  Map<String, Node.Body> parse() throws TemplateException {
    int position = peek().position();
    List<Node.Statement> statements = new ArrayList<>();
    while (peek().kind() != Token.Kind.EOF) {
      if (peek().kind() == Token.Kind.LEFT_DELIM) {
        Token delimiter = next();
        if (nextNonSpace().kind() == Token.Kind.DEFINE) {
          definition();
          continue;
        }
        backup(delimiter);
      }
      Object parsed = textOrAction();
      if (parsed instanceof Ending ending) {
        throw error("unexpected " + ending.shown());
      }
      statements.add((Node.Statement) parsed);
    }
    add(name, new Node.Body(position, List.copyOf(statements)));
    return templates;
  }

  private void add(String templateName, Node.Body body) throws TemplateException {
    Node.Body old = templates.get(templateName);
    if (old == null || old.isBlank()) {
      templates.put(templateName, body);
    } else if (!body.isBlank()) {
      throw error("template: multiple definition of template " + Quote.quote(templateName));
    }
  }

  private TemplateException error(String message) {
    int line = tokens[0].line();
    String text = "template: " + name + ":" + line + ": " + message;
    return new TemplateException(
        TemplateException.Phase.PARSE, text, message, text, line, -1, null);
  }

  private TemplateException tooDeep() {
    int line = tokens[0].line();
    String message = "limit exceeded: " + Limits.Name.NESTING + " (" + maxNesting + ")";
    String text = "template: " + name + ":" + line + ": " + message;
    return new TemplateException(
        TemplateException.Phase.PARSE, text, message, text, line, -1, Limits.Name.NESTING);
  }

  private TemplateException unexpected(Token token, String context) {
    if (token.kind() != Token.Kind.ERROR) {
      return error("unexpected " + token.shown() + " in " + context);
    }
    String extra = "";
    if (actionLine != 0 && actionLine != token.line()) {
      extra =
          (token.raw().endsWith(" action") ? "" : " in action")
              + " started at "
              + name
              + ":"
              + actionLine;
    }
    return error(token.raw() + extra);
  }

  private Token next() {
    if (peeked > 0) {
      peeked--;
    } else {
      tokens[0] = lexer.next();
    }
    return tokens[peeked];
  }

  private void backup() {
    peeked++;
  }

  private void backup(Token before) {
    tokens[1] = before;
    peeked = 2;
  }

  private void backup(Token first, Token second) {
    tokens[1] = second;
    tokens[2] = first;
    peeked = 3;
  }

  private Token peek() {
    if (peeked == 0) {
      peeked = 1;
      tokens[0] = lexer.next();
    }
    return tokens[peeked - 1];
  }

  private Token nextNonSpace() {
    while (true) {
      Token token = next();
      if (token.kind() != Token.Kind.SPACE) {
        return token;
      }
    }
  }

  private Token peekNonSpace() {
    Token token = nextNonSpace();
    backup();
    return token;
  }

  private Token expect(Token.Kind kind, String context) throws TemplateException {
    Token token = nextNonSpace();
    if (token.kind() != kind) {
      throw unexpected(token, context);
    }
    return token;
  }

  private void definition() throws TemplateException {
    String context = "define clause";
    Token token = nextNonSpace();
    if (token.kind() != Token.Kind.STRING && token.kind() != Token.Kind.RAW_STRING) {
      throw unexpected(token, context);
    }
    String defined = unquoted(token);
    expect(Token.Kind.RIGHT_DELIM, context);
    add(defined, ownBody(context));
  }

  /** The body of a define or block, with variables of its own. */
  private Node.Body ownBody(String context) throws TemplateException {
    Scope outer = scope;
    int outerLine = actionLine;
    scope = new Scope();
    actionLine = 0;
    Token opening = tokens[0];
    Statements statements = statements();
    if (statements.ending.isElse) {
      if (context.equals("block clause")) {
        // Go parses the body apart, and gives the line where the block begins.
        tokens[0] = opening;
      }
      throw error("unexpected " + statements.ending.shown() + " in " + context);
    }
    scope = outer;
    actionLine = outerLine;
    return statements.body;
  }

  private String unquoted(Token token) throws TemplateException {
    String value = Quote.unquote(token.raw());
    if (value == null) {
      throw error("invalid syntax");
    }
    return value;
  }

  private Statements statements() throws TemplateException {
    if (++nesting > maxNesting) {
      throw tooDeep();
    }
    int position = peekNonSpace().position();
    List<Node.Statement> statements = new ArrayList<>();
    while (peekNonSpace().kind() != Token.Kind.EOF) {
      Object parsed = textOrAction();
      if (parsed instanceof Ending ending) {
        nesting--;
        return new Statements(new Node.Body(position, List.copyOf(statements)), ending);
      }
      statements.add((Node.Statement) parsed);
    }
    throw error("unexpected EOF");
  }

  /** A {@link Node.Statement}, or the {@link Ending} of the list it would be in. */
  private Object textOrAction() throws TemplateException {
    Token token = nextNonSpace();
    return switch (token.kind()) {
      case TEXT -> new Node.Text(token.position(), token.raw());
      case LEFT_DELIM -> {
        actionLine = token.line();
        Object parsed = action();
        actionLine = 0;
        yield parsed;
      }
      default -> throw unexpected(token, "input");
    };
  }

  private Object action() throws TemplateException {
    Token token = nextNonSpace();
    return switch (token.kind()) {
      case BLOCK -> block();
      case BREAK -> {
        leaveLoop("{{break}}");
        yield new Node.Break(token.position());
      }
      case CONTINUE -> {
        leaveLoop("{{continue}}");
        yield new Node.Continue(token.position());
      }
      case ELSE -> {
        Token after = peekNonSpace();
        if (after.kind() == Token.Kind.IF || after.kind() == Token.Kind.WITH) {
          yield new Ending(true, after.position());
        }
        yield new Ending(true, expect(Token.Kind.RIGHT_DELIM, "else").position());
      }
      case END -> new Ending(false, expect(Token.Kind.RIGHT_DELIM, "end").position());
      case IF -> branch(Node.Branching.IF);
      case RANGE -> branch(Node.Branching.RANGE);
      case WITH -> branch(Node.Branching.WITH);
      case TEMPLATE -> invocation();
      default -> {
        backup();
        int position = peek().position();
        yield new Node.Action(position, pipeline("command", Token.Kind.RIGHT_DELIM));
      }
    };
  }

  private void leaveLoop(String action) throws TemplateException {
    Token token = nextNonSpace();
    if (token.kind() != Token.Kind.RIGHT_DELIM) {
      throw unexpected(token, action);
    }
    if (scope.ranges == 0) {
      throw error(action + " outside {{range}}");
    }
  }

  private Node.Branch branch(Node.Branching kind) throws TemplateException {
    int variables = scope.variables.size();
    Node.Pipe pipe = pipeline(kind.keyword, Token.Kind.RIGHT_DELIM);
    if (kind == Node.Branching.RANGE) {
      scope.ranges++;
    }
    Statements statements = statements();
    if (kind == Node.Branching.RANGE) {
      scope.ranges--;
    }
    Node.Body otherwise = null;
    if (statements.ending.isElse) {
      otherwise = otherwise(kind, statements.ending.position);
    }
    scope.variables.subList(variables, scope.variables.size()).clear();
    return new Node.Branch(kind, pipe, statements.body, otherwise);
  }

  /** What follows an else; {@code else if} and {@code else with} share the end of their chain. */
  private Node.Body otherwise(Node.Branching kind, int position) throws TemplateException {
    Token.Kind following = peek().kind();
    if ((kind == Node.Branching.IF && following == Token.Kind.IF)
        || (kind == Node.Branching.WITH && following == Token.Kind.WITH)) {
      next();
      if (++nesting > maxNesting) {
        throw tooDeep();
      }
      Node.Branch chained = branch(kind);
      nesting--;
      return new Node.Body(position, List.of(chained));
    }
    Statements statements = statements();
    if (statements.ending.isElse) {
      throw error("expected end; found " + statements.ending.shown());
    }
    return statements.body;
  }

  private Node.Invoke block() throws TemplateException {
    String context = "block clause";
    Token token = nextNonSpace();
    String blockName = templateName(token, context);
    Node.Pipe pipe = pipeline(context, Token.Kind.RIGHT_DELIM);
    add(blockName, ownBody(context));
    return new Node.Invoke(token.position(), blockName, pipe);
  }

  private Node.Invoke invocation() throws TemplateException {
    String context = "template clause";
    Token token = nextNonSpace();
    String invoked = templateName(token, context);
    Node.Pipe pipe = null;
    if (nextNonSpace().kind() != Token.Kind.RIGHT_DELIM) {
      backup();
      pipe = pipeline(context, Token.Kind.RIGHT_DELIM);
    }
    return new Node.Invoke(token.position(), invoked, pipe);
  }

  private String templateName(Token token, String context) throws TemplateException {
    return switch (token.kind()) {
      case STRING, RAW_STRING -> unquoted(token);
      default -> throw unexpected(token, context);
    };
  }

  private Node.Pipe pipeline(String context, Token.Kind end) throws TemplateException {
    int position = peekNonSpace().position();
    List<Node.Variable> declared = new ArrayList<>();
    boolean assigns = declarations(context, declared);
    List<Node.Command> commands = new ArrayList<>();
    while (true) {
      Token token = nextNonSpace();
      if (token.kind() == end) {
        break;
      }
      switch (token.kind()) {
        case BOOL,
            CHAR_CONSTANT,
            COMPLEX,
            DOT,
            FIELD,
            IDENTIFIER,
            NUMBER,
            NIL,
            RAW_STRING,
            STRING,
            VARIABLE,
            LEFT_PAREN -> {
          backup();
          commands.add(command());
        }
        default -> throw unexpected(token, context);
      }
    }
    check(commands, context);
    return new Node.Pipe(position, assigns, List.copyOf(declared), List.copyOf(commands));
  }

  /** Reads {@code $x :=}, {@code $x =} or the two variables of a range; whether it assigns. */
  private boolean declarations(String context, List<Node.Variable> declared)
      throws TemplateException {
    while (peekNonSpace().kind() == Token.Kind.VARIABLE) {
      Token variable = next();
      // Space is a token: "$x foo" is only seen to be no declaration three tokens in.
      Token after = peek();
      Token following = peekNonSpace();
      if (following.kind() == Token.Kind.ASSIGN || following.kind() == Token.Kind.DECLARE) {
        nextNonSpace();
        declare(variable, declared);
        return following.kind() == Token.Kind.ASSIGN;
      }
      if (following.kind() == Token.Kind.CHAR && following.raw().equals(",")) {
        nextNonSpace();
        declare(variable, declared);
        if (!context.equals("range") || declared.size() >= 2) {
          throw error("too many declarations in " + context);
        }
        switch (peekNonSpace().kind()) {
          case VARIABLE, RIGHT_DELIM, RIGHT_PAREN -> {
            continue;
          }
          default -> throw error("range can only initialize variables");
        }
      }
      if (after.kind() == Token.Kind.SPACE) {
        backup(variable, after);
      } else {
        backup(variable);
      }
      return false;
    }
    return false;
  }

  private void declare(Token variable, List<Node.Variable> declared) {
    declared.add(new Node.Variable(variable.position(), List.of(variable.raw())));
    scope.variables.add(variable.raw());
  }

  private void check(List<Node.Command> commands, String context) throws TemplateException {
    if (commands.isEmpty()) {
      throw error("missing value for " + context);
    }
    for (int i = 1; i < commands.size(); i++) {
      switch (commands.get(i).arguments().getFirst()) {
        case Node.BoolWord w -> throw notExecutable(i);
        case Node.Dot w -> throw notExecutable(i);
        case Node.NilWord w -> throw notExecutable(i);
        case Node.NumberWord w -> throw notExecutable(i);
        case Node.StringWord w -> throw notExecutable(i);
        default -> {}
      }
    }
  }

  private TemplateException notExecutable(int index) {
    return error("non executable command in pipeline stage " + (index + 1));
  }

  private Node.Command command() throws TemplateException {
    int position = peekNonSpace().position();
    List<Node.Operand> arguments = new ArrayList<>();
    while (true) {
      peekNonSpace();
      Node.Operand operand = operand();
      if (operand != null) {
        arguments.add(operand);
      }
      Token token = next();
      switch (token.kind()) {
        case SPACE -> {
          continue;
        }
        case RIGHT_DELIM, RIGHT_PAREN -> backup();
        case PIPE -> {}
        default -> throw unexpected(token, "operand");
      }
      break;
    }
    if (arguments.isEmpty()) {
      throw error("empty command");
    }
    return new Node.Command(position, List.copyOf(arguments));
  }

  private Node.@Nullable Operand operand() throws TemplateException {
    Node.Operand term = term();
    if (term == null || peek().kind() != Token.Kind.FIELD) {
      return term;
    }
    int position = peek().position();
    List<String> names = new ArrayList<>();
    switch (term) {
      case Node.Field(int p, List<String> first) -> names.addAll(first);
      case Node.Variable(int p, List<String> first) -> names.addAll(first);
      default -> {}
    }
    while (peek().kind() == Token.Kind.FIELD) {
      names.add(next().raw().substring(1));
    }
    return switch (term) {
      case Node.Field f -> new Node.Field(position, List.copyOf(names));
      case Node.Variable v -> new Node.Variable(position, List.copyOf(names));
      case Node.BoolWord w -> throw noFields(w);
      case Node.StringWord w -> throw noFields(w);
      case Node.NumberWord w -> throw noFields(w);
      case Node.NilWord w -> throw noFields(w);
      case Node.Dot w -> throw noFields(w);
      default -> new Node.Chain(position, term, List.copyOf(names));
    };
  }

  private TemplateException noFields(Node.Operand term) {
    return error("unexpected . after term " + Quote.quote(term.source()));
  }

  private Node.@Nullable Operand term() throws TemplateException {
    Token token = nextNonSpace();
    int position = token.position();
    return switch (token.kind()) {
      case IDENTIFIER -> identifier(token);
      case DOT -> new Node.Dot(position);
      case NIL -> new Node.NilWord(position);
      case VARIABLE -> {
        if (!scope.variables.contains(token.raw())) {
          throw error("undefined variable " + Quote.quote(token.raw()));
        }
        yield new Node.Variable(position, List.of(token.raw()));
      }
      case FIELD -> new Node.Field(position, List.of(token.raw().substring(1)));
      case BOOL -> new Node.BoolWord(position, token.raw().equals("true"));
      case CHAR_CONSTANT, COMPLEX, NUMBER -> number(token);
      case LEFT_PAREN -> {
        if (scope.parens >= GO_MAX_PARENS) {
          throw error("max expression depth exceeded");
        }
        if (++nesting > maxNesting) {
          throw tooDeep();
        }
        scope.parens++;
        Node.Pipe pipe = pipeline("parenthesized pipeline", Token.Kind.RIGHT_PAREN);
        scope.parens--;
        nesting--;
        yield pipe;
      }
      case STRING, RAW_STRING ->
          new Node.StringWord(position, token.raw(), new Str(unquoted(token)));
      default -> {
        backup();
        yield null;
      }
    };
  }

  private Node.Identifier identifier(Token token) throws TemplateException {
    Function function = functions.find(Utf8.decode(token.raw()));
    if (function != null) {
      return new Node.Identifier(token.position(), token.raw(), function, false);
    }
    Function builtin = Builtins.find(token.raw());
    if (builtin == null && undefined != null) {
      undefined.add(Inspection.use(token.raw(), text, token.position(), false));
      return new Node.Identifier(token.position(), token.raw(), Inspection.UNDEFINED, false);
    }
    if (builtin == null) {
      throw error("function " + Quote.quote(token.raw()) + " not defined");
    }
    return new Node.Identifier(token.position(), token.raw(), builtin, true);
  }

  private Node.NumberWord number(Token token) throws TemplateException {
    try {
      Constant constant =
          switch (token.kind()) {
            case CHAR_CONSTANT -> Constant.character(token.raw());
            case COMPLEX -> Constant.complex(token.raw());
            default -> Constant.number(token.raw());
          };
      return new Node.NumberWord(token.position(), token.raw(), constant);
    } catch (Constant.Malformed e) {
      throw error(String.valueOf(e.getMessage()));
    }
  }
}
