package dev.signet.template.select;

import java.util.List;

/**
 * Kubernetes JSONPath templates, the language of {@code kubectl -o jsonpath=}: text with actions in
 * braces, byte- compatible with {@code k8s.io/client-go/util/jsonpath} 0.37, error texts included.
 *
 * <p>Differences: the members of an object come in the order of their keys where Go picks a random
 * one; a filter on something that is no array names its type where Go prints the value; what makes
 * Go panic is an error here.
 */
public final class KubeJsonPath {
  private final List<KubeNode> template;
  private final SelectorLimits limits;

  private KubeJsonPath(List<KubeNode> template, SelectorLimits limits) {
    this.template = template;
    this.limits = limits;
  }

  /**
   * Parses a template.
   *
   * @throws SelectorException where it is malformed
   */
  public static KubeJsonPath parse(String template) throws SelectorException {
    return parse(template, SelectorLimits.DEFAULT);
  }

  public static KubeJsonPath parse(String template, SelectorLimits limits)
      throws SelectorException {
    List<KubeNode> nodes = KubeParser.parse(ByteString.of(template), new Budget(limits));
    return new KubeJsonPath(List.copyOf(nodes), limits);
  }

  /**
   * Prints what the template selects, as kubectl does: values of one action with a space between
   * them, objects and arrays as JSON.
   *
   * @param allowMissingKeys whether a key that does not exist selects nothing, or is an error
   */
  public byte[] print(Json document, boolean allowMissingKeys) throws SelectorException {
    Budget budget = new Budget(limits);
    ByteSink out = new ByteSink(budget);
    for (List<KubeValue> values :
        new KubeEvaluator(template, allowMissingKeys, budget).run(document)) {
      boolean first = true;
      for (KubeValue value : values) {
        if (!first) {
          out.add(' ');
        }
        first = false;
        print(value, out, budget);
      }
    }
    return out.toBytes();
  }

  private static void print(KubeValue value, ByteSink out, Budget budget) throws SelectorException {
    switch (value) {
      case KubeValue.Nothing _ -> out.add("<no value>");
      case KubeValue.Whole(long whole) -> out.add(Long.toString(whole));
      case KubeValue.Octet(int octet) -> out.add(Integer.toString(octet));
      case KubeValue.Node(Json.Text(ByteString text)) -> out.add(text);
      case KubeValue.Node(Json.Num(double number)) -> out.add(GoFloat.general(number));
      case KubeValue.Node(Json json) -> JsonWriter.write(json, out, budget);
    }
  }
}
