package dev.signet.template.select;

/**
 * JMESPath expressions, as the AWS CSI provider uses them to pick values out of a secret:
 * byte-compatible with github.com/jmespath/go-jmespath 0.4.0, its 26 functions and its deviations
 * from the specification included (ordering comparisons of anything but numbers give null;
 * projections over an object also visit one null per member).
 *
 * <p>Differences: {@code keys}, {@code values} and {@code *} go in the order of the keys where Go
 * picks a random one; a type error names the type of a value where Go prints the value; {@code
 * sort_by} does not reorder the document; what makes Go panic is an error here.
 */
public final class JmesPath {
  private final JmesNode expression;
  private final SelectorLimits limits;

  private JmesPath(JmesNode expression, SelectorLimits limits) {
    this.expression = expression;
    this.limits = limits;
  }

  /**
   * Parses an expression.
   *
   * @throws SelectorException where it is malformed
   */
  public static JmesPath parse(String expression) throws SelectorException {
    return parse(expression, SelectorLimits.DEFAULT);
  }

  public static JmesPath parse(String expression, SelectorLimits limits) throws SelectorException {
    return new JmesPath(JmesParser.parse(expression, new Budget(limits)), limits);
  }

  /** Evaluates the expression; what is not there is null. */
  public Json search(Json document) throws SelectorException {
    return new JmesInterpreter(new Budget(limits)).evaluate(expression, document);
  }
}
