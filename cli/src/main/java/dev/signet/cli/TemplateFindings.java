package dev.signet.cli;

import dev.signet.dialects.sealedsecrets.Finding;
import dev.signet.dialects.sealedsecrets.Placed;
import dev.signet.dialects.sealedsecrets.Rule;
import dev.signet.template.Functions;
import dev.signet.template.Inspection;
import dev.signet.template.Options;
import dev.signet.yaml.TreePath;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What is wrong with the templates of a SealedSecret, as {@link TemplateCheck} would say it. */
final class TemplateFindings {

  private final Functions functions;

  TemplateFindings(Functions functions) {
    this.functions = functions;
  }

  List<Finding> of(Placed placed) {
    List<Finding> findings = new ArrayList<>();
    if (placed.tree().get("spec") instanceof Map<?, ?> spec
        && spec.get("template") instanceof Map<?, ?> template
        && template.get("data") instanceof Map<?, ?> texts) {
      Set<String> known = new TreeSet<>();
      if (spec.get("encryptedData") instanceof Map<?, ?> items) {
        items.keySet().forEach(key -> known.add((String) key));
      }
      // A null takes an item out of the Secret, it adds nothing that templates could see.
      texts.forEach(
          (key, text) -> {
            if (text instanceof String) {
              known.add((String) key);
            }
          });
      TreePath data = TreePath.of("spec", "template", "data").from(placed.path());
      texts.forEach(
          (key, text) -> {
            if (text instanceof String source && source.contains("{{")) {
              inspect((String) key, source, known, data.key((String) key), findings);
            }
          });
    }
    return findings;
  }

  private void inspect(
      String key, String text, Set<String> known, TreePath path, List<Finding> findings) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    Inspection inspection = Inspection.of(key, bytes, functions, Options.DEFAULT);
    for (Inspection.Use use : inspection.undefined()) {
      String message =
          "there is no function \"" + use.name() + "\"" + meant(use.name(), callable());
      findings.add(new Finding(Rule.TEMPLATE_FUNCTION, path, key, place(use) + message));
    }
    for (Inspection.Use use : inspection.keys()) {
      if (!use.optional() && !known.contains(use.name())) {
        String message = "there is no item \"" + use.name() + "\"" + meant(use.name(), known);
        findings.add(new Finding(Rule.TEMPLATE_KEY, path, key, place(use) + message));
      }
    }
    inspection
        .error()
        .ifPresent(
            error ->
                findings.add(
                    new Finding(
                        Rule.TEMPLATE_SYNTAX,
                        path,
                        key,
                        place(error.line(), error.column()) + error.detail())));
  }

  private Set<String> callable() {
    return Inspection.callable(functions);
  }

  private static String meant(String word, Set<String> there) {
    return Nearest.to(word, there).map(near -> "; did you mean " + near + "?").orElse("");
  }

  private static String place(Inspection.Use use) {
    return place(use.line(), use.column());
  }

  private static String place(int line, int column) {
    return "at " + line + (column < 0 ? "" : ":" + column) + " of the template: ";
  }
}
