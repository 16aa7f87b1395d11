package dev.signet.template;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/**
 * Walks the statements of a template and writes its output.
 *
 * <p>Bodies that are being walked are frames on a stack of its own instead of the thread's, so that
 * templates can nest as deep as Go allows (100,000) on any thread, and break and continue are a
 * matter of dropping frames. A frame ends by dropping the variables declared in it; the frame of a
 * range body starts over with the next element instead, and the frame of a template gives the
 * caller's variables and name back.
 */
final class Execution {
  private static final int GO_MAX_DEPTH = 100_000;
  private final Template template;
  private final Evaluator evaluator;
  private final Meter meter;
  private final Limits limits;
  private final Output output;
  private final List<Frame> frames = new ArrayList<>();
  private int depth;

  /** A body being walked. */
  private static final class Frame {
    final List<Node.Statement> statements;
    final int mark;
    Value dot;
    int next;
    @Nullable Loop loop;
    @Nullable Caller caller;
    boolean otherwiseOfRange;

    Frame(Node.Body body, Value dot, int mark) {
      this.statements = body.statements();
      this.dot = dot;
      this.mark = mark;
    }
  }

  /** What a template gives back at its end. */
  private record Caller(String name, Variables variables) {}

  private record Round(Value index, Value element) {}

  /** A range action between two rounds. */
  private record Loop(Node.Pipe pipe, Iterator<Round> rounds, int bodyMark) {}

  Execution(Template template, Evaluator evaluator, Limits limits, Output output) {
    this.template = template;
    this.evaluator = evaluator;
    this.meter = evaluator.meter();
    this.limits = limits;
    this.output = output;
  }

  void run(Node.Body body, Value data) throws TemplateException {
    frames.add(new Frame(body, data, 1));
    while (!frames.isEmpty()) {
      Frame frame = frames.getLast();
      if (frame.next == frame.statements.size()) {
        end(frame);
      } else {
        statement(frame, frame.statements.get(frame.next++));
      }
    }
  }

  private void end(Frame frame) throws TemplateException {
    if (frame.loop != null && round(frame, frame.loop)) {
      return;
    }
    evaluator.variables.popTo(frame.mark);
    frames.removeLast();
    if (frame.caller != null) {
      evaluator.current = frame.caller.name;
      evaluator.variables = frame.caller.variables;
      depth--;
    }
  }

  /** Starts the next round of a range; false where there is none. */
  private boolean round(Frame frame, Loop loop) throws TemplateException {
    evaluator.variables.popTo(loop.bodyMark);
    if (!loop.rounds.hasNext()) {
      return false;
    }
    meter.steps(1);
    Round round = loop.rounds.next();
    List<Node.Variable> declared = loop.pipe.declared();
    boolean both = declared.size() > 1;
    if (loop.pipe.assigns() && !declared.isEmpty()) {
      evaluator.assign(declared.getFirst().names().getFirst(), both ? round.index : round.element);
      if (both) {
        evaluator.assign(declared.get(1).names().getFirst(), round.element);
      }
    } else if (!declared.isEmpty()) {
      evaluator.variables.setBelowTop(0, round.element);
      if (both) {
        evaluator.variables.setBelowTop(1, round.index);
      }
    }
    frame.dot = round.element;
    frame.next = 0;
    return true;
  }

  private void statement(Frame frame, Node.Statement statement) throws TemplateException {
    meter.steps(1);
    evaluator.at = statement;
    switch (statement) {
      case Node.Text(int p, String raw) -> output.write(raw);
      case Node.Action action -> {
        Value value = evaluator.pipeline(frame.dot, action.pipe());
        if (action.pipe().declared().isEmpty()) {
          output.print(evaluator.printed(action, value));
        }
      }
      case Node.Branch branch -> {
        if (branch.kind() == Node.Branching.RANGE) {
          range(frame, branch);
        } else {
          branch(frame, branch);
        }
      }
      case Node.Invoke invoke -> invoke(frame, invoke);
      case Node.Break b -> {
        // As in Go, the else list of a range is what a break in it ends, not the loop around it.
        while (frames.getLast().loop == null && !frames.getLast().otherwiseOfRange) {
          frames.removeLast();
        }
        Frame body = frames.getLast();
        body.loop = null;
        body.next = body.statements.size();
      }
      case Node.Continue c -> {
        Frame body = innermostLoop();
        body.next = body.statements.size();
      }
    }
  }

  /** Drops the frames within the body of the innermost range; the parser made sure there is one. */
  private Frame innermostLoop() {
    while (frames.getLast().loop == null) {
      frames.removeLast();
    }
    return frames.getLast();
  }

  private void branch(Frame frame, Node.Branch branch) throws TemplateException {
    int mark = evaluator.variables.mark();
    Value value = evaluator.pipeline(frame.dot, branch.pipe());
    if (Reflect.truth(value)) {
      boolean with = branch.kind() == Node.Branching.WITH;
      frames.add(new Frame(branch.body(), with ? value : frame.dot, mark));
    } else {
      otherwise(frame, branch, mark);
    }
  }

  private void otherwise(Frame frame, Node.Branch branch, int mark) {
    if (branch.otherwise() != null) {
      Frame otherwise = new Frame(branch.otherwise(), frame.dot, mark);
      otherwise.otherwiseOfRange = branch.kind() == Node.Branching.RANGE;
      frames.add(otherwise);
    } else {
      evaluator.variables.popTo(mark);
    }
  }

  private void range(Frame frame, Node.Branch range) throws TemplateException {
    int mark = evaluator.variables.mark();
    Value value = evaluator.pipeline(frame.dot, range.pipe());
    Iterator<Round> rounds = rounds(value, range);
    if (!rounds.hasNext()) {
      otherwise(frame, range, mark);
      return;
    }
    Frame body = new Frame(range.body(), frame.dot, mark);
    Loop loop = new Loop(range.pipe(), rounds, evaluator.variables.mark());
    body.loop = loop;
    frames.add(body);
    round(body, loop);
  }

  private Iterator<Round> rounds(Value value, Node.Branch range) throws TemplateException {
    return switch (value) {
      case Value.Nil n -> List.<Round>of().iterator();
      case Value.Int number -> {
        if (range.pipe().declared().size() > 1) {
          throw evaluator.error(
              "can't use "
                  + Printer.printReflected(meter, value, 'v')
                  + " to iterate over more than one variable",
              "can't use a number to iterate over more than one variable");
        }
        long end = number.isUnsigned() && number.value() < 0 ? Long.MAX_VALUE : number.value();
        yield LongStream.range(0, Math.max(end, 0))
            .mapToObj(i -> new Round(Value.NIL, new Value.Int(number.type(), i)))
            .iterator();
      }
      case Slice slice -> new Elements(slice);
      case Dict dict -> {
        meter.elements(dict.size());
        List<Round> entries = new ArrayList<>(dict.size());
        for (Map.Entry<String, Value> entry : dict.entries()) {
          entries.add(new Round(new Str(entry.getKey()), dict.element(entry.getValue())));
        }
        yield entries.iterator();
      }
      default ->
          throw evaluator.error(
              "range can't iterate over " + Printer.printReflected(meter, value, 'v'),
              "range can't iterate over a value of type " + value.type().name());
    };
  }

  /** The rounds over a slice. */
  private static final class Elements implements Iterator<Round> {
    private final Slice slice;
    private int next;

    Elements(Slice slice) {
      this.slice = slice;
    }

    @Override
    public boolean hasNext() {
      return next < slice.size();
    }

    @Override
    public Round next() {
      return new Round(Value.of(next), slice.element(next++));
    }
  }

  private void invoke(Frame frame, Node.Invoke invoke) throws TemplateException {
    Node.Body body = template.body(invoke.name());
    if (body == null) {
      throw evaluator.error("template " + Quote.quote(invoke.name()) + " not defined");
    }
    if (depth == limits.depth() && depth != GO_MAX_DEPTH) {
      throw new LimitExceeded(Limits.Name.DEPTH, Integer.toString(limits.depth()));
    }
    if (depth == GO_MAX_DEPTH) {
      throw evaluator.error("exceeded maximum template depth (" + GO_MAX_DEPTH + ")");
    }
    Value dot = evaluator.pipeline(frame.dot, invoke.pipe());
    Frame entered = new Frame(body, dot, 0);
    entered.caller = new Caller(evaluator.current, evaluator.variables);
    meter.memory(200);
    frames.add(entered);
    evaluator.current = invoke.name();
    evaluator.variables = new Variables(dot);
    depth++;
  }
}
