package dev.signet.template;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A node of the parse tree. {@link #position} is the byte offset that errors are reported at,
 * {@link #write} the source form that they quote; both as Go has them, down to odd choices such as
 * a {@code template} action being at its name and a branch at its pipeline.
 */
sealed interface Node {
  int position();

  void write(StringBuilder out);

  default String source() {
    StringBuilder out = new StringBuilder();
    write(out);
    return out.toString();
  }

  /** Something in the body of a template. */
  sealed interface Statement extends Node {}

  /** Something that has a value. */
  sealed interface Operand extends Node {}

  record Text(int position, String raw) implements Statement {
    @Override
    public void write(StringBuilder out) {
      out.append(raw);
    }
  }

  record Action(int position, Pipe pipe) implements Statement {
    @Override
    public void write(StringBuilder out) {
      pipe.write(out.append("{{"));
      out.append("}}");
    }
  }

  /** The three actions that have a pipeline and a body. */
  enum Branching {
    IF("if"),
    WITH("with"),
    RANGE("range");

    final String keyword;

    Branching(String keyword) {
      this.keyword = keyword;
    }
  }

  record Branch(Branching kind, Pipe pipe, Body body, @Nullable Body otherwise)
      implements Statement {
    @Override
    public int position() {
      return pipe.position();
    }

    @Override
    public void write(StringBuilder out) {
      pipe.write(out.append("{{").append(kind.keyword).append(' '));
      body.write(out.append("}}"));
      if (otherwise != null) {
        otherwise.write(out.append("{{else}}"));
      }
      out.append("{{end}}");
    }
  }

  record Invoke(int position, String name, @Nullable Pipe pipe) implements Statement {
    @Override
    public void write(StringBuilder out) {
      out.append("{{template ").append(Quote.quote(name));
      if (pipe != null) {
        pipe.write(out.append(' '));
      }
      out.append("}}");
    }
  }

  record Break(int position) implements Statement {
    @Override
    public void write(StringBuilder out) {
      out.append("{{break}}");
    }
  }

  record Continue(int position) implements Statement {
    @Override
    public void write(StringBuilder out) {
      out.append("{{continue}}");
    }
  }

  /** The statements between two actions, or of a whole template. */
  record Body(int position, List<Statement> statements) implements Node {
    @Override
    public void write(StringBuilder out) {
      statements.forEach(statement -> statement.write(out));
    }

    /** Whether there is nothing but space; such a definition does not replace another one. */
    boolean isBlank() {
      for (Statement statement : statements) {
        if (!(statement instanceof Text(int at, String raw)) || !isSpace(raw)) {
          return false;
        }
      }
      return true;
    }

    private static boolean isSpace(String raw) {
      for (int i = 0; i < raw.length(); i += Utf8.width(raw, i)) {
        if (!Unicode.isSpace(Utf8.codePoint(raw, i))) {
          return false;
        }
      }
      return true;
    }
  }

  /** Declared variables, and commands that each feed the next. */
  record Pipe(int position, boolean assigns, List<Variable> declared, List<Command> commands)
      implements Operand {
    @Override
    public void write(StringBuilder out) {
      for (int i = 0; i < declared.size(); i++) {
        declared.get(i).write(i > 0 ? out.append(", ") : out);
      }
      if (!declared.isEmpty()) {
        out.append(assigns ? " = " : " := ");
      }
      for (int i = 0; i < commands.size(); i++) {
        commands.get(i).write(i > 0 ? out.append(" | ") : out);
      }
    }
  }

  record Command(int position, List<Operand> arguments) implements Node {
    @Override
    public void write(StringBuilder out) {
      for (int i = 0; i < arguments.size(); i++) {
        if (i > 0) {
          out.append(' ');
        }
        writeNested(arguments.get(i), out);
      }
    }
  }

  private static void writeNested(Operand operand, StringBuilder out) {
    if (operand instanceof Pipe) {
      operand.write(out.append('('));
      out.append(')');
    } else {
      operand.write(out);
    }
  }

  /** A function name, resolved when parsed. */
  record Identifier(int position, String name, Function function, boolean builtin)
      implements Operand {
    @Override
    public void write(StringBuilder out) {
      out.append(name);
    }
  }

  /** A variable, its dollar sign included, and fields of it. */
  record Variable(int position, List<String> names) implements Operand {
    @Override
    public void write(StringBuilder out) {
      out.append(String.join(".", names));
    }
  }

  record Dot(int position) implements Operand {
    @Override
    public void write(StringBuilder out) {
      out.append('.');
    }
  }

  record NilWord(int position) implements Operand {
    @Override
    public void write(StringBuilder out) {
      out.append("nil");
    }
  }

  record Field(int position, List<String> names) implements Operand {
    @Override
    public void write(StringBuilder out) {
      names.forEach(name -> out.append('.').append(name));
    }
  }

  /** Fields of a parenthesised pipeline or of a function's result. */
  record Chain(int position, Operand operand, List<String> names) implements Operand {
    @Override
    public void write(StringBuilder out) {
      writeNested(operand, out);
      names.forEach(name -> out.append('.').append(name));
    }
  }

  record BoolWord(int position, boolean value) implements Operand {
    @Override
    public void write(StringBuilder out) {
      out.append(value);
    }
  }

  /** A number with a value for each type that can represent it. */
  record NumberWord(int position, String text, Constant constant) implements Operand {
    @Override
    public void write(StringBuilder out) {
      out.append(text);
    }
  }

  record StringWord(int position, String quoted, Str value) implements Operand {
    @Override
    public void write(StringBuilder out) {
      out.append(quoted);
    }
  }
}
