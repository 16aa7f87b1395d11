package dev.signet.template.select;

/**
 * What a Kubernetes JSONPath works on. Beside the values of the document there are those that only
 * Go has: integers from the template, the bytes of a string under a wildcard, and "no value at
 * all", which is not the same as null.
 */
sealed interface KubeValue {
  record Node(Json json) implements KubeValue {}

  /** A number of the template, {@code int} in Go. */
  record Whole(long value) implements KubeValue {}

  /** A byte of a string, {@code uint8} in Go. */
  record Octet(int value) implements KubeValue {}

  /** What a null becomes when it is the document itself, or what a range runs over. */
  enum Nothing implements KubeValue {
    NOTHING
  }

  /** A value that was pulled out of its container: a null leaves nothing behind. */
  default KubeValue detached() {
    return isNull() ? Nothing.NOTHING : this;
  }

  default boolean isNull() {
    return this instanceof Node(Json.Null _);
  }

  /** The name of the Go type, which error texts use. */
  default String type() {
    return switch (this) {
      case Whole _ -> "int";
      case Octet _ -> "uint8";
      case Nothing _ -> "<invalid reflect.Value>";
      case Node(Json json) ->
          switch (json) {
            case Json.Null _ -> "<nil>";
            case Json.Bool _ -> "bool";
            case Json.Num _ -> "float64";
            case Json.Text _ -> "string";
            case Json.Arr _ -> "[]interface {}";
            case Json.Obj _ -> "map[string]interface {}";
          };
    };
  }
}
