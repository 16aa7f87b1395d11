package dev.signet.template;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Gives pipelines, commands and operands their values. A value is either invalid ({@link
 * Value#NIL}), of interface type ({@link Iface}, as elements of {@code []any} are) or concrete; Go
 * reports different errors for each, so the difference is kept until a pipeline ends.
 *
 * <p>{@link #at} is the node that an error is reported at: the last one visited, as in Go.
 */
final class Evaluator {
  private final Template template;
  private final Call call;
  private final Meter meter;
  private final Options.MissingKey missingKey;
  Node at;
  String current;
  Variables variables;

  Evaluator(Template template, Call call, String name, Node.Body body, Value data) {
    this.template = template;
    this.call = call;
    this.meter = call.meter();
    this.missingKey = template.options().missingKey();
    this.at = body;
    this.current = name;
    this.variables = new Variables(data);
  }

  /** An error whose message names nothing but the template and types. */
  TemplateException error(String message) {
    return error(message, message);
  }

  /** An error whose message may quote values, and the message that does not. */
  TemplateException error(String message, String valueless) {
    return template.executionError(at, current, message, valueless, null);
  }

  Value pipeline(Value dot, Node.@Nullable Pipe pipe) throws TemplateException {
    if (pipe == null) {
      return Value.NIL;
    }
    at = pipe;
    Value value = Missing.ARGUMENT;
    for (Node.Command command : pipe.commands()) {
      meter.steps(1);
      value = Iface.unwrap(command(dot, command, value));
    }
    for (Node.Variable variable : pipe.declared()) {
      String name = variable.names().getFirst();
      if (pipe.assigns()) {
        assign(name, value);
      } else {
        variables.push(name, value);
      }
    }
    return value;
  }

  void assign(String name, Value value) throws TemplateException {
    if (!variables.set(name, value)) {
      throw error("undefined variable: " + name);
    }
  }

  private Value command(Value dot, Node.Command command, Value last) throws TemplateException {
    List<Node.Operand> arguments = command.arguments();
    Node.Operand first = arguments.getFirst();
    return switch (first) {
      case Node.Field field -> field(dot, field, arguments, last);
      case Node.Chain chain -> chain(dot, chain, arguments, last);
      case Node.Identifier identifier -> identifier(dot, identifier, command, arguments, last);
      case Node.Pipe pipe -> {
        notFunction(arguments, last);
        yield pipeline(dot, pipe);
      }
      case Node.Variable variable -> variable(dot, variable, arguments, last);
      default -> {
        at = first;
        notFunction(arguments, last);
        yield switch (first) {
          case Node.BoolWord(int p, boolean value) -> new Value.Bool(value);
          case Node.Dot d -> dot;
          case Node.NumberWord number -> natural(number);
          case Node.StringWord word -> word.value();
          default -> throw error("nil is not a command");
        };
      }
    };
  }

  private void notFunction(List<Node.Operand> arguments, Value last) throws TemplateException {
    if (arguments.size() > 1 || last != Missing.ARGUMENT) {
      throw error("can't give argument to non-function " + arguments.getFirst().source());
    }
  }

  private Value natural(Node.NumberWord number) throws TemplateException {
    at = number;
    Value value = number.constant().natural();
    if (value == null) {
      throw error(number.text() + " overflows int");
    }
    return value;
  }

  private Value field(Value dot, Node.Field field, List<Node.Operand> arguments, Value last)
      throws TemplateException {
    at = field;
    return fields(dot, dot, field, field.names(), 0, arguments, last);
  }

  private Value chain(Value dot, Node.Chain chain, List<Node.Operand> arguments, Value last)
      throws TemplateException {
    at = chain;
    if (chain.operand() instanceof Node.NilWord) {
      throw error("indirection through explicit nil in " + chain.source());
    }
    Value receiver = argument(dot, null, chain.operand());
    return fields(dot, receiver, chain, chain.names(), 0, arguments, last);
  }

  private Value variable(
      Value dot, Node.Variable variable, List<Node.Operand> arguments, Value last)
      throws TemplateException {
    at = variable;
    List<String> names = variable.names();
    Value value = variables.get(names.getFirst());
    if (value == null) {
      throw error("undefined variable: " + names.getFirst());
    }
    if (names.size() == 1) {
      notFunction(arguments, last);
      return value;
    }
    return fields(dot, value, variable, names, 1, arguments, last);
  }

  private Value fields(
      Value dot,
      Value receiver,
      Node node,
      List<String> names,
      int from,
      List<Node.Operand> arguments,
      Value last)
      throws TemplateException {
    Value value = receiver;
    for (int i = from; i < names.size() - 1; i++) {
      value = field(dot, names.get(i), node, List.of(), Missing.ARGUMENT, value);
    }
    return field(dot, names.getLast(), node, arguments, last, value);
  }

  private Value field(
      Value dot, String name, Node node, List<Node.Operand> arguments, Value last, Value receiver)
      throws TemplateException {
    if (receiver instanceof Value.Nil) {
      if (missingKey == Options.MissingKey.ERROR) {
        throw error("nil data; no entry for key " + Quote.quote(name));
      }
      return Value.NIL;
    }
    String type = receiver.type().name();
    Value value = Iface.unwrap(receiver);
    if (value instanceof Value.Nil) {
      throw error("nil pointer evaluating " + type + "." + name);
    }
    Function method = Reflect.method(value, name);
    if (method != null) {
      return invoke(dot, method, false, node, name, arguments, last);
    }
    boolean hasArguments = arguments.size() > 1 || last != Missing.ARGUMENT;
    if (value instanceof Dict dict) {
      if (hasArguments) {
        throw error(name + " is not a method but has arguments");
      }
      Value found = dict.get(name);
      return found != null ? dict.element(found) : missing(dict, name);
    }
    if (value instanceof Foreign foreign) {
      for (Foreign.Field candidate : foreign.fields()) {
        if (candidate.name().equals(name)) {
          if (!candidate.isExported()) {
            throw error(name + " is an unexported field of struct type " + type);
          }
          if (hasArguments) {
            throw error(name + " has arguments but cannot be invoked as function");
          }
          return candidate.value();
        }
      }
    }
    throw error("can't evaluate field " + name + " in type " + type);
  }

  private Value missing(Dict dict, String name) throws TemplateException {
    return switch (missingKey) {
      case DEFAULT -> Value.NIL;
      case ZERO -> dict.element(Reflect.zero(dict.elem()));
      case ERROR -> throw error("map has no entry for key " + Quote.quote(name));
    };
  }

  private Value identifier(
      Value dot, Node.Identifier node, Node command, List<Node.Operand> arguments, Value last)
      throws TemplateException {
    at = node;
    return invoke(dot, node.function(), node.builtin(), command, node.name(), arguments, last);
  }

  /**
   * Calls a function or method.
   *
   * @param arguments the command's operands, the function itself first; empty where there is none
   */
  private Value invoke(
      Value dot,
      Function function,
      boolean builtin,
      Node node,
      String name,
      List<Node.Operand> arguments,
      Value last)
      throws TemplateException {
    Signature signature = function.signature();
    List<Node.Operand> given =
        arguments.isEmpty() ? arguments : arguments.subList(1, arguments.size());
    boolean piped = last != Missing.ARGUMENT;
    int count = given.size() + (piped ? 1 : 0);
    if (signature.variadic() && count < signature.fixed()) {
      throw error(wrongCount(name) + "want at least " + signature.fixed() + " got " + given.size());
    } else if (!signature.variadic() && count != signature.fixed()) {
      throw error(wrongCount(name) + "want " + signature.fixed() + " got " + count);
    }
    if (signature.fault() != null) {
      throw error(signature.fault());
    }
    if (builtin && (name.equals("and") || name.equals("or"))) {
      return shortCircuit(dot, name.equals("or"), given, last);
    }
    Value[] values = new Value[count];
    for (int i = 0; i < given.size(); i++) {
      values[i] = argument(dot, signature.parameter(i), given.get(i));
    }
    if (piped) {
      values[count - 1] = checked(last, signature.parameter(count - 1));
    }
    meter.steps(1);
    try {
      if (builtin && name.equals("call")) {
        String callee = given.isEmpty() ? goString(last) : given.getFirst().source();
        return Builtins.callFunction(call, callee, values);
      }
      return function.body().call(call, values);
    } catch (GoError e) {
      at = node;
      String calling = "error calling " + name;
      throw error(calling + ": " + e.raw(), calling);
    }
  }

  private static String wrongCount(String name) {
    return "wrong number of args for " + name + ": ";
  }

  /** reflect.Value's String method: the string itself, or the type of anything else. */
  private static String goString(Value value) {
    return switch (value) {
      case Str(String raw) -> raw;
      case Value.Nil n -> "<invalid Value>";
      default -> "<" + value.type().name() + " Value>";
    };
  }

  private Value shortCircuit(Value dot, boolean until, List<Node.Operand> given, Value last)
      throws TemplateException {
    Value value = Value.NIL;
    for (Node.Operand operand : given) {
      value = argument(dot, GoType.REFLECT, operand);
      if (Reflect.truth(value) == until) {
        return value;
      }
    }
    return last == Missing.ARGUMENT ? value : checked(last, GoType.REFLECT);
  }

  /** Makes sure that a value can be given where the type is asked for; null asks for any. */
  private Value checked(Value value, @Nullable GoType type) throws TemplateException {
    if (value instanceof Value.Nil) {
      if (type == null || type.canBeNil()) {
        return type == null ? value : Reflect.zero(type);
      }
      throw error("invalid value; expected " + type.name());
    }
    if (type == null || type.equals(GoType.REFLECT)) {
      return value;
    }
    if (type.isInterface()) {
      return Iface.unwrap(value);
    }
    Value concrete =
        value instanceof Iface(Value inner) && !(inner instanceof Value.Nil) ? inner : value;
    if (Reflect.assignable(concrete, type)) {
      return concrete;
    }
    if (concrete instanceof Foreign foreign && type.equals(foreign.type().elem())) {
      return foreign;
    }
    throw error(
        "wrong type for value; expected " + type.name() + "; got " + concrete.type().name());
  }

  private Value argument(Value dot, @Nullable GoType type, Node.Operand node)
      throws TemplateException {
    at = node;
    switch (node) {
      case Node.Dot d -> {
        return checked(dot, type);
      }
      case Node.NilWord n -> {
        if (type != null && type.canBeNil()) {
          return Reflect.zero(type);
        }
        throw error("cannot assign nil to " + (type == null ? "" : type.name()));
      }
      case Node.Field field -> {
        return checked(field(dot, field, List.of(), Missing.ARGUMENT), type);
      }
      case Node.Variable variable -> {
        return checked(variable(dot, variable, List.of(), Missing.ARGUMENT), type);
      }
      case Node.Pipe pipe -> {
        return checked(pipeline(dot, pipe), type);
      }
      case Node.Identifier identifier -> {
        return checked(identifier(dot, identifier, identifier, List.of(), Missing.ARGUMENT), type);
      }
      case Node.Chain chain -> {
        return checked(chain(dot, chain, List.of(), Missing.ARGUMENT), type);
      }
      case Node.BoolWord word -> {
        return literal(type, node, GoType.Kind.BOOL, new Value.Bool(word.value()));
      }
      case Node.StringWord word -> {
        return literal(type, node, GoType.Kind.STRING, word.value());
      }
      case Node.NumberWord number -> {
        return number(type, number);
      }
    }
  }

  /** A bool or string where a parameter of this type is. */
  private Value literal(@Nullable GoType type, Node node, GoType.Kind kind, Value value)
      throws TemplateException {
    if (type == null || type.isInterface() || type.equals(GoType.REFLECT) || type.kind() == kind) {
      return value;
    }
    throw mismatch(type, node);
  }

  private TemplateException mismatch(GoType type, Node node) {
    String expected =
        switch (type.kind()) {
          case BOOL -> "bool";
          case STRING -> "string";
          case INT, INT8, INT16, INT32, INT64 -> "integer";
          case UINT, UINT8, UINT16, UINT32, UINT64 -> "unsigned integer";
          case FLOAT32, FLOAT64 -> "float";
          case COMPLEX128 -> "complex";
          default -> "";
        };
    return error(
        expected.isEmpty()
            ? "can't handle " + node.source() + " for arg of type " + type.name()
            : "expected " + expected + "; found " + node.source());
  }

  private Value number(@Nullable GoType type, Node.NumberWord node) throws TemplateException {
    if (type == null || type.isInterface() || type.equals(GoType.REFLECT)) {
      return natural(node);
    }
    Constant constant = node.constant();
    Value value =
        switch (type.kind()) {
          case INT, INT8, INT16, INT32, INT64 ->
              constant.integer() == null
                  ? null
                  : new Value.Int(type, narrow(type, constant.integer()));
          case UINT, UINT8, UINT16, UINT32, UINT64 ->
              constant.unsigned() == null
                  ? null
                  : new Value.Int(type, narrow(type, constant.unsigned()));
          case FLOAT32, FLOAT64 ->
              constant.real() == null ? null : new Value.Real(type, constant.real());
          case COMPLEX128 -> constant.complex();
          default -> null;
        };
    if (value == null) {
      throw mismatch(type, node);
    }
    return value;
  }

  /** Go's SetInt and SetUint drop the bits that do not fit. */
  private static long narrow(GoType type, long value) {
    return switch (type.kind()) {
      case INT8 -> (byte) value;
      case INT16 -> (short) value;
      case INT32 -> (int) value;
      case UINT8 -> value & 0xFF;
      case UINT16 -> value & 0xFFFF;
      case UINT32 -> value & 0xFFFFFFFFL;
      default -> value;
    };
  }

  /** What an action writes for a value. */
  String printed(Node node, Value value) throws TemplateException {
    at = node;
    if (value instanceof Str(String raw)) {
      return raw;
    }
    if (value instanceof Value.Nil) {
      return "<no value>";
    }
    if (value instanceof Function) {
      throw error("can't print " + node.source() + " of type " + value.type().name());
    }
    return Printer.print(meter, Arrays.asList(value));
  }

  Meter meter() {
    return meter;
  }
}
