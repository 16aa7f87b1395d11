package dev.signet.dialects.externalsecrets;

import com.google.re2j.Pattern;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * From which namespaces a ClusterSecretStore may be used: any one of its entries must hold, and of
 * an entry any one part. Without entries every namespace may. As upstream has it, a regular
 * expression need only be found within the name.
 */
record StoreConditions(List<Entry> entries) {

  record Entry(
      Optional<LabelSelector> selector, List<String> namespaces, List<Pattern> expressions) {

    private boolean allows(String namespace, Map<String, String> labels) {
      return selector.filter(each -> each.matches(labels)).isPresent()
          || namespaces.contains(namespace)
          || expressions.stream().anyMatch(each -> each.matcher(namespace).find());
    }
  }

  StoreConditions {
    entries = List.copyOf(entries);
  }

  static StoreConditions of(Fields spec) throws MalformedObjectException {
    List<Entry> entries = new ArrayList<>();
    for (Fields each : spec.objects("conditions")) {
      Optional<Fields> selector = each.object("namespaceSelector");
      List<Pattern> expressions = new ArrayList<>();
      for (String expression : each.strings("namespaceRegexes")) {
        expressions.add(
            Rewrite.pattern(
                expression, each.path() + ".namespaceRegexes[" + expressions.size() + "]"));
      }
      entries.add(
          new Entry(
              selector.isPresent()
                  ? Optional.of(LabelSelector.of(selector.get()))
                  : Optional.empty(),
              each.strings("namespaces"),
              expressions));
    }
    return new StoreConditions(entries);
  }

  boolean allow(String namespace, Map<String, String> labels) {
    return entries.isEmpty() || entries.stream().anyMatch(each -> each.allows(namespace, labels));
  }
}
