package dev.signet.template;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A parsed template: immutable, safe to execute from many threads. Templates do no input or output
 * of their own; time and randomness come from the {@link Sources} of each execution.
 *
 * <p>Data in a template is in Java strings and arrays while it runs, and stays in memory until it
 * is collected; only the output buffer is overwritten.
 */
public final class Template {
  private final String name;
  private final String text;
  private final Options options;
  private final Map<String, Node.Body> bodies;

  /**
   * What executions draw on besides their data. The time zone is looked up when a template asks for
   * it: the JDK takes long to read its zones.
   */
  public static final class Sources {
    private final InstantSource clock;
    private final Supplier<ZoneId> zone;
    private final RandomGenerator random;

    public Sources(InstantSource clock, ZoneId zone, RandomGenerator random) {
      this(clock, () -> zone, random);
    }

    private Sources(InstantSource clock, Supplier<ZoneId> zone, RandomGenerator random) {
      this.clock = clock;
      this.zone = zone;
      this.random = random;
    }

    /** The clock, the time zone and the secure randomness of the system. */
    public static Sources system() {
      return new Sources(InstantSource.system(), ZoneId::systemDefault, new SystemRandom());
    }

    public InstantSource clock() {
      return clock;
    }
  }

  private Template(String name, String text, Options options, Map<String, Node.Body> bodies) {
    this.name = name;
    this.text = text;
    this.options = options;
    this.bodies = bodies;
  }

  /**
   * Parses a template.
   *
   * @param name the name that errors give
   * @param text the text, UTF-8 or not
   */
  public static Template parse(String name, byte[] text, Functions functions, Options options)
      throws TemplateException {
    return parse(Str.utf8(name), Str.of(text), functions, options);
  }

  /** As {@link #parse(String, byte[], Functions, Options)}, for the UTF-8 bytes of the text. */
  public static Template parse(String name, String text, Functions functions, Options options)
      throws TemplateException {
    return parse(Str.utf8(name), Str.utf8(text), functions, options);
  }

  private static Template parse(Str name, Str text, Functions functions, Options options)
      throws TemplateException {
    Map<String, Node.Body> bodies = new Parser(name.raw(), text.raw(), functions, options).parse();
    return new Template(name.raw(), text.raw(), options, Map.copyOf(bodies));
  }

  /** Executes the template and gives its output, of which nothing is kept. */
  public byte[] execute(Value data, Limits limits, Sources sources) throws TemplateException {
    Output output = new Output(limits.output());
    try {
      execute(data, limits, sources, output);
      return output.toBytes();
    } finally {
      output.clear();
    }
  }

  /**
   * Executes, but with the mask in place of everything that an action prints, so that the output
   * shows the shape without any value or anything made from one. What stays visible is what the
   * template says itself: its own text, which branches of it run and how often its loops repeat.
   * Errors are those of {@link #execute(Value, Limits, Sources)}.
   */
  public byte[] executeMasked(Value data, String mask, Limits limits, Sources sources)
      throws TemplateException {
    Output output = new Output(limits.output(), Utf8.encode(mask));
    execute(data, limits, sources, output);
    return output.toBytes();
  }

  /** Executes into an output that has what was written before an error. */
  void execute(Value data, Limits limits, Sources sources, Output output) throws TemplateException {
    Node.Body body = bodies.get(name);
    if (body == null) {
      throw new IllegalStateException("the parser always defines the template itself");
    }
    Running call = new Running(new Meter(limits, System::nanoTime), sources);
    Evaluator evaluator = new Evaluator(this, call, name, body, data);
    try {
      new Execution(this, evaluator, limits, output).run(body, data);
    } catch (LimitExceeded e) {
      String message = String.valueOf(e.getMessage());
      throw executionError(evaluator.at, evaluator.current, message, message, e.limit());
    }
  }

  private record Running(Meter meter, Sources sources) implements Call {
    @Override
    public InstantSource clock() {
      return sources.clock;
    }

    @Override
    public ZoneId zone() {
      return sources.zone.get();
    }

    @Override
    public RandomGenerator random() {
      return sources.random;
    }
  }

  Options options() {
    return options;
  }

  Node.@Nullable Body body(String template) {
    return bodies.get(template);
  }

  /**
   * An error with the place of the node in the text and the node as it was written.
   *
   * @param valueless the message without what may quote values
   */
  TemplateException executionError(
      Node node, String executing, String message, String valueless, Limits.@Nullable Name limit) {
    int position = node.position();
    int line = 1;
    int lineStart = 0;
    for (int i = text.indexOf('\n'); i >= 0 && i < position; i = text.indexOf('\n', i + 1)) {
      line++;
      lineStart = i + 1;
    }
    int column = position - lineStart;
    String place =
        "template: "
            + name
            + ":"
            + line
            + ":"
            + column
            + ": executing "
            + Quote.quote(executing)
            + " at <"
            + node.source()
            + ">: ";
    return new TemplateException(
        TemplateException.Phase.EXECUTE,
        place + message,
        message,
        place + valueless,
        line,
        column,
        limit);
  }
}
