package dev.signet.cli;

import dev.signet.dialects.sealedsecrets.Rule.Severity;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Findings in the XML of JUnit, as CI servers read it: a suite for each file, a case for each
 * SealedSecret of it and one more for what is wrong with the file itself. Errors are failures, the
 * rest is output.
 */
final class Junit {

  private Junit() {}

  static String write(Verified verified) {
    Map<String, Map<String, List<Located>>> suites = new LinkedHashMap<>();
    for (Verified.Checked object : verified.objects()) {
      cases(suites, object.file()).putIfAbsent(object.name(), new ArrayList<>());
    }
    for (Located finding : verified.findings()) {
      String name = finding.object().isEmpty() ? "file" : finding.object();
      cases(suites, finding.file()).computeIfAbsent(name, _ -> new ArrayList<>()).add(finding);
    }
    StringBuilder xml = new StringBuilder("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    long tests = suites.values().stream().mapToLong(Map::size).sum();
    long failures =
        suites.values().stream()
            .flatMap(suite -> suite.values().stream())
            .filter(Junit::fails)
            .count();
    xml.append("<testsuites name=\"signet verify\"").append(counts(tests, failures)).append(">\n");
    suites.forEach((file, suite) -> suite(xml, file, suite));
    return xml.append("</testsuites>\n").toString();
  }

  private static Map<String, List<Located>> cases(
      Map<String, Map<String, List<Located>>> suites, String file) {
    return suites.computeIfAbsent(file, _ -> new LinkedHashMap<>());
  }

  private static boolean fails(List<Located> findings) {
    return findings.stream().anyMatch(each -> each.rule().severity() == Severity.ERROR);
  }

  private static String counts(long tests, long failures) {
    return " tests=\"" + tests + "\" failures=\"" + failures + "\" errors=\"0\"";
  }

  private static void suite(StringBuilder xml, String file, Map<String, List<Located>> suite) {
    long failures = suite.values().stream().filter(Junit::fails).count();
    xml.append("  <testsuite name=\"")
        .append(escaped(file))
        .append('"')
        .append(counts(suite.size(), failures))
        .append(" skipped=\"0\">\n");
    suite.forEach(
        (name, findings) -> {
          xml.append("    <testcase classname=\"")
              .append(escaped(file))
              .append("\" name=\"")
              .append(escaped(name))
              .append('"');
          if (findings.isEmpty()) {
            xml.append("/>\n");
          } else {
            xml.append(">\n");
            details(xml, findings);
            xml.append("    </testcase>\n");
          }
        });
    xml.append("  </testsuite>\n");
  }

  private static void details(StringBuilder xml, List<Located> findings) {
    List<Located> errors =
        findings.stream().filter(each -> each.rule().severity() == Severity.ERROR).toList();
    List<Located> others =
        findings.stream().filter(each -> each.rule().severity() != Severity.ERROR).toList();
    if (!errors.isEmpty()) {
      xml.append("      <failure type=\"")
          .append(errors.getFirst().rule().id())
          .append("\" message=\"")
          .append(escaped(errors.getFirst().text()))
          .append("\">")
          .append(escaped(lines(errors)))
          .append("</failure>\n");
    }
    if (!others.isEmpty()) {
      xml.append("      <system-out>").append(escaped(lines(others))).append("</system-out>\n");
    }
  }

  private static String lines(List<Located> findings) {
    return String.join("\n", findings.stream().map(VerifyText::line).toList());
  }

  /** Characters that XML 1.0 has no place for become the one that stands for such. */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '"' -> escaped.append("&quot;");
                case '\n' -> escaped.append("&#10;");
                default ->
                    escaped.appendCodePoint(
                        c < 0x20 || c == 0xFFFE || c == 0xFFFF || (c >= 0xD800 && c < 0xE000)
                            ? 0xFFFD
                            : c);
              }
            });
    return escaped.toString();
  }
}
