package dev.signet.sops;

import dev.signet.sops.SopsException.Step;
import dev.signet.sops.Value.Branch;
import dev.signet.sops.Value.Comment;
import dev.signet.sops.Value.Field;
import dev.signet.sops.Value.Member;
import dev.signet.sops.Value.Text;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * INI as gopkg.in/ini.v1 writes it: a branch of sections, which are branches of texts. Reading is
 * {@link IniReader}'s.
 *
 * <pre>
 * ; comment of the section
 * [section]
 * ; comment of the key, which in the tree stands behind it
 * key    = value
 * longer = """of several lines"""  or `with # or ;`  or " with outer spaces "
 * </pre>
 *
 * <p>What stands before the first section is section DEFAULT. A comment has its sign, but keeps it
 * in its further lines only.
 */
final class IniFormat implements Format {

  private static final String DEFAULT = "DEFAULT";

  @Override
  public Placement placement() {
    return Placement.FLAT_BRANCH;
  }

  @Override
  public List<Branch> read(byte[] text) throws SopsException {
    Branch branch = new Branch();
    for (IniReader.Section section : IniReader.read(text)) {
      Branch fields = new Branch();
      if (!section.comment().isEmpty()) {
        fields.add(new Comment(withoutSign(section.comment()), false));
      }
      for (Map.Entry<String, IniReader.Entry> key : section.entries().entrySet()) {
        fields.add(key.getKey(), new Text(key.getValue().value()));
        if (!key.getValue().comment().isEmpty()) {
          fields.add(new Comment(withoutSign(key.getValue().comment()), false));
        }
      }
      branch.add(section.name(), fields);
    }
    return new ArrayList<>(List.of(branch));
  }

  private static String withoutSign(String comment) {
    char sign = comment.charAt(0);
    if (sign != ';' && sign != '#') {
      return comment;
    }
    int at = 0;
    while (at < comment.length() && (comment.charAt(at) == sign || comment.charAt(at) == ' ')) {
      at++;
    }
    return comment.substring(at);
  }

  @Override
  public byte[] write(List<Branch> branches) throws SopsException {
    List<Field> sections = new ArrayList<>();
    for (Branch branch : branches) {
      for (Member member : branch.members()) {
        if (member instanceof Field field) {
          if (field.key().isEmpty()) {
            throw failed("Error encoding section : empty section name");
          }
          sections.add(field);
        }
      }
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < sections.size(); i++) {
      section(sections.get(i), i == 0, i == sections.size() - 1, out);
    }
    return out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private static SopsException failed(String why) {
    return new SopsException(Step.WRITE, "Error marshaling to INI: " + why);
  }

  private record Line(String comment, String value) {}

  private static void section(Field section, boolean first, boolean last, StringBuilder out)
      throws SopsException {
    if (!(section.value() instanceof Branch branch)) {
      throw failed("Error encoding section: Section values should always be TreeBranches");
    }
    List<Member> members = branch.members();
    int at = 0;
    if (!members.isEmpty() && members.getFirst() instanceof Comment comment) {
      comment(comment.text(), out);
      at = 1;
    }
    Map<String, Line> lines = new LinkedHashMap<>();
    String before = "";
    for (Member member : members.subList(at, members.size())) {
      if (member instanceof Field field) {
        if (field.key().isEmpty()) {
          throw failed("Error encoding key: empty key name");
        }
        if (field.value().isComplex()) {
          throw failed("cannot use complex value in ini file; offending key " + field.key());
        }
        before = field.key();
        String text = Plain.text(field.value());
        lines.compute(before, (_, line) -> new Line(line == null ? "" : line.comment(), text));
      } else if (member instanceof Comment comment) {
        lines.computeIfPresent(before, (_, line) -> new Line(comment.text(), line.value()));
      }
    }
    if (!first || !section.key().equalsIgnoreCase(DEFAULT)) {
      out.append('[').append(section.key()).append("]\n");
    } else if (lines.isEmpty()) {
      return;
    }
    int width = lines.keySet().stream().mapToInt(key -> bytes(quotedKey(key))).max().orElse(0);
    for (Map.Entry<String, Line> line : lines.entrySet()) {
      comment(line.getValue().comment(), out);
      String key = quotedKey(line.getKey());
      out.append(key).repeat(' ', width - bytes(key));
      out.append(" = ").append(quotedValue(line.getValue().value())).append('\n');
    }
    if (!last) {
      out.append('\n');
    }
  }

  private static int bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  private static void comment(String text, StringBuilder out) {
    if (text.isEmpty()) {
      return;
    }
    for (String line : text.split("\n", -1)) {
      if (line.startsWith("#") || line.startsWith(";")) {
        out.append(line.charAt(0)).append(' ').append(line.substring(1).strip());
      } else {
        out.append("; ").append(line);
      }
      out.append('\n');
    }
  }

  private static String quotedKey(String key) {
    if (containsAny(key, "\"=:")) {
      return "`" + key + "`";
    }
    return key.contains("`") ? "\"\"\"" + key + "\"\"\"" : key;
  }

  private static String quotedValue(String value) {
    if (containsAny(value, "\n`")) {
      return "\"\"\"" + value + "\"\"\"";
    }
    if (containsAny(value, "#;")) {
      return "`" + value + "`";
    }
    return IniReader.trimmed(value).length() == value.length() ? value : "\"" + value + "\"";
  }

  private static boolean containsAny(String text, String characters) {
    return text.chars().anyMatch(c -> characters.indexOf(c) >= 0);
  }

  @Override
  public byte[] writeValue(Value value) throws SopsException {
    return new JsonFormat(0).writeValue(value);
  }

  @Override
  public byte[] example() {
    return """
        [Welcome!]
        ; This is an example file.
        hello       = Welcome to SOPS! Edit this file as you please!
        example_key = example_value
        """
        .getBytes(StandardCharsets.UTF_8);
  }
}
