package dev.signet.cli;

import dev.signet.dialects.sealedsecrets.Rule;
import dev.signet.dialects.sealedsecrets.Rule.Severity;
import dev.signet.yaml.GoJson;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Findings for people, one a line as compilers write them, and as plain JSON. */
final class VerifyText {

  private VerifyText() {}

  static String line(Located finding) {
    return finding.file()
        + ":"
        + finding.place().line()
        + ":"
        + finding.place().column()
        + ": "
        + finding.rule().severity().text()
        + ": "
        + finding.text()
        + " ["
        + finding.rule().id()
        + "]";
  }

  /** The help of a rule is given below the first finding of it. */
  static String text(Verified verified) {
    StringBuilder text = new StringBuilder();
    Set<Rule> explained = EnumSet.noneOf(Rule.class);
    for (Located finding : verified.findings()) {
      text.append(line(finding)).append('\n');
      if (explained.add(finding.rule())) {
        text.append("  ").append(finding.rule().help()).append('\n');
      }
    }
    text.append(summary(verified)).append('\n');
    if (verified.items() > 0) {
      text.append(verified.proof().text).append('\n');
    }
    return text.toString();
  }

  private static String summary(Verified verified) {
    return Count.of(verified.objects().size(), "SealedSecret")
        + " with "
        + Count.of(verified.items(), "item")
        + " in "
        + Count.of(verified.files(), "file")
        + ": "
        + Count.of(verified.count(Severity.ERROR), "error")
        + ", "
        + Count.of(verified.count(Severity.WARNING), "warning")
        + ", "
        + Count.of(verified.count(Severity.NOTE), "note");
  }

  static String json(Verified verified) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("findings", verified.findings().stream().map(Located::tree).toList());
    tree.put("objects", (long) verified.objects().size());
    tree.put("items", verified.items());
    tree.put("files", verified.files());
    tree.put("proof", verified.proof().name());
    return GoJson.write(tree, GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN) + "\n";
  }
}
