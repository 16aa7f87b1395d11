package dev.signet.template.select;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A JSON document as Go programs see it after {@code json.Unmarshal} into {@code any}: numbers are
 * float64, the last of several equal keys wins, members are ordered by key (the order in which Go
 * prints them).
 *
 * <p>JSONPath and JMESPath work on this tree, because that is what their Go libraries work on.
 * Where digits beyond 2^53 matter, use {@link Gjson}, which works on the text.
 */
public sealed interface Json {
  /** The JSON value null, which is also "nothing" in JMESPath. */
  enum Null implements Json {
    NULL
  }

  /** True or false. */
  record Bool(boolean value) implements Json {}

  /** A number; never infinite or NaN in a parsed document, though arithmetic can make it so. */
  record Num(double value) implements Json {}

  /** A string. */
  record Text(ByteString value) implements Json {}

  /** An array. */
  record Arr(List<Json> elements) implements Json {
    public Arr {
      elements = List.copyOf(elements);
    }
  }

  /** An object, ordered by key. */
  record Obj(SortedMap<ByteString, Json> members) implements Json {
    public Obj {
      members = Collections.unmodifiableSortedMap(new TreeMap<>(members));
    }
  }

  /**
   * Parses one JSON text by the rules of Go's {@code encoding/json}, which replaces what is not
   * UTF-8 by U+FFFD.
   *
   * @throws SelectorException where the text is not JSON (with the offset, and nothing of the
   *     text), or nests too deep
   */
  static Json parse(byte[] document, SelectorLimits limits) throws SelectorException {
    Budget budget = new Budget(limits);
    budget.steps(document.length);
    return JsonReader.document(ByteString.wrap(document), budget);
  }

  static Json parse(byte[] document) throws SelectorException {
    return parse(document, SelectorLimits.DEFAULT);
  }

  /**
   * The text that Go's {@code json.Marshal} writes: no spaces, keys sorted, {@code < > &} escaped.
   *
   * @throws SelectorException where a number is infinite or NaN, or the text becomes too long or
   *     too deep
   */
  default byte[] encode(SelectorLimits limits) throws SelectorException {
    Budget budget = new Budget(limits);
    ByteSink out = new ByteSink(budget);
    JsonWriter.write(this, out, budget);
    return out.toBytes();
  }

  default byte[] encode() throws SelectorException {
    return encode(SelectorLimits.DEFAULT);
  }
}
