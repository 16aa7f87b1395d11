package dev.signet.cli;

import dev.signet.dialects.sealedsecrets.Rule;
import dev.signet.yaml.GoJson;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Findings as SARIF 2.1.0 (OASIS Standard, 27 March 2020), which code hosts show beside the lines.
 * One run; every rule is described, each result points at its rule by id and index. Columns are
 * counted in characters, as {@code columnKind} says, and the end of a region is behind its last
 * one. Files below the working directory are relative to {@code SRCROOT}; others have their whole
 * URI.
 */
final class Sarif {

  private static final String ROOT = "SRCROOT";

  private static final List<Rule> RULES = List.of(Rule.values());

  private Sarif() {}

  static String write(Verified verified) {
    Map<String, Object> driver = new LinkedHashMap<>();
    driver.put("name", "signet verify");
    driver.put("semanticVersion", Version.text().substring(1));
    driver.put("rules", rules());
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("tool", Map.of("driver", driver));
    run.put("columnKind", "unicodeCodePoints");
    run.put(
        "originalUriBaseIds",
        Map.of(ROOT, Map.of("description", text("the folder that signet was started in"))));
    run.put("results", verified.findings().stream().map(Sarif::result).toList());
    Map<String, Object> log = new LinkedHashMap<>();
    log.put("$schema", "https://json.schemastore.org/sarif-2.1.0.json");
    log.put("version", "2.1.0");
    log.put("runs", List.of(run));
    return GoJson.write(log, GoJson.Layout.INDENTED, GoJson.Keys.AS_GIVEN) + "\n";
  }

  private static List<Object> rules() {
    List<Object> rules = new ArrayList<>();
    for (Rule rule : RULES) {
      Map<String, Object> tree = new LinkedHashMap<>();
      tree.put("id", rule.id());
      tree.put("shortDescription", text(rule.summary()));
      tree.put("fullDescription", text(rule.help()));
      tree.put("help", text(rule.help()));
      tree.put("defaultConfiguration", Map.of("level", level(rule)));
      rules.add(tree);
    }
    return rules;
  }

  /** SARIF has the same three levels by the same names. */
  private static String level(Rule rule) {
    return rule.severity().text();
  }

  private static Map<String, Object> text(String text) {
    return Map.of("text", text);
  }

  private static Map<String, Object> result(Located finding) {
    Map<String, Object> region = new LinkedHashMap<>();
    region.put("startLine", (long) finding.place().line());
    region.put("startColumn", (long) finding.place().column());
    region.put("endLine", (long) finding.place().endLine());
    region.put("endColumn", (long) finding.place().endColumn());
    Map<String, Object> physical = new LinkedHashMap<>();
    physical.put("artifactLocation", artifact(finding.file()));
    physical.put("region", region);
    Map<String, Object> location = new LinkedHashMap<>();
    location.put("physicalLocation", physical);
    if (!finding.object().isEmpty()) {
      String item = finding.item().isEmpty() ? "" : ": " + finding.item();
      Map<String, Object> logical = new LinkedHashMap<>();
      logical.put("fullyQualifiedName", finding.object() + item);
      logical.put("kind", "object");
      location.put("logicalLocations", List.of(logical));
    }
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("ruleId", finding.rule().id());
    result.put("ruleIndex", (long) RULES.indexOf(finding.rule()));
    result.put("level", level(finding.rule()));
    result.put("message", text(finding.text()));
    result.put("locations", List.of(location));
    result.put("partialFingerprints", Map.of("signet/v1", fingerprint(finding)));
    return result;
  }

  private static Map<String, Object> artifact(String file) {
    Map<String, Object> artifact = new LinkedHashMap<>();
    boolean absolute = file.startsWith("/") || file.indexOf(':') == 1;
    try {
      // A colon in the first part of a relative path would make a scheme of what is before it.
      String path = absolute && !file.startsWith("/") ? "/" + file : file;
      URI uri = new URI(absolute ? "file" : null, absolute ? "" : null, path, null);
      artifact.put("uri", uri.toASCIIString());
    } catch (URISyntaxException e) {
      artifact.put("uri", HexFormat.of().formatHex(file.getBytes(StandardCharsets.UTF_8)));
    }
    if (!absolute) {
      artifact.put("uriBaseId", ROOT);
    }
    return artifact;
  }

  /** The same as long as the finding is the same one, whatever line it has moved to. */
  private static String fingerprint(Located finding) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String part :
          List.of(finding.rule().id(), finding.file(), finding.object(), finding.item())) {
        digest.update(part.getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
      }
      return HexFormat.of().formatHex(digest.digest(), 0, 16);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException("every Java runtime has SHA-256", missing);
    }
  }
}
