package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Kubernetes' {@code LabelSelector}; an empty one selects everything. */
record LabelSelector(Map<String, String> labels, List<Requirement> requirements) {

  enum Operator {
    In,
    NotIn,
    Exists,
    DoesNotExist
  }

  record Requirement(String key, Operator operator, List<String> values) {

    boolean matches(Map<String, String> candidate) {
      String value = candidate.get(key);
      return switch (operator) {
        case In -> value != null && values.contains(value);
        case NotIn -> value == null || !values.contains(value);
        case Exists -> value != null;
        case DoesNotExist -> value == null;
      };
    }
  }

  LabelSelector {
    labels = Map.copyOf(labels);
    requirements = List.copyOf(requirements);
  }

  static LabelSelector of(Fields selector) throws MalformedObjectException {
    List<Requirement> requirements = new ArrayList<>();
    for (Fields each : selector.objects("matchExpressions")) {
      each.requiredString("operator");
      Operator operator = Choices.of(each, "operator", Operator.In);
      List<String> values = each.strings("values");
      boolean wantsValues = operator == Operator.In || operator == Operator.NotIn;
      if (wantsValues == values.isEmpty()) {
        throw new MalformedObjectException(
            each.path()
                + ".values must"
                + (wantsValues ? "" : " not")
                + " be given with "
                + operator);
      }
      requirements.add(new Requirement(each.requiredString("key"), operator, values));
    }
    return new LabelSelector(selector.stringMap("matchLabels"), requirements);
  }

  boolean matches(Map<String, String> candidate) {
    return candidate.entrySet().containsAll(labels.entrySet())
        && requirements.stream().allMatch(each -> each.matches(candidate));
  }
}
