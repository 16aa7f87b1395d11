package dev.signet.stores.vault;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * An ACL policy of Vault that lets do what was put together and nothing else, in as few rules as
 * that takes.
 *
 * <p>Vault does not add rules up: of all patterns that fit a path one decides, an exact one before
 * any with a {@code *} at its end, and of those the longest; a list of {@code a/b/} also takes an
 * exact rule for {@code a/b}. So a rule within a wider one gets what the wider one has as well, an
 * exact rule the {@code list} of what is below it, and a rule that then says no more than the wider
 * one is left out.
 */
public final class Policy {

  /** What may be done at a path. */
  public enum Capability {
    create,
    read,
    update,
    delete,
    list
  }

  /**
   * One rule.
   *
   * @param path a path, or with a {@code *} at its end all that begin so
   * @param parameters the only members that a body may have, each with the patterns of its values,
   *     any where there are none; without members all bodies
   */
  public record Rule(
      String path, Set<Capability> capabilities, Map<String, Set<String>> parameters) {

    public Rule {
      capabilities = Set.copyOf(capabilities);
      parameters = Map.copyOf(parameters);
    }

    static Rule of(String path, Capability first, Capability... others) {
      return new Rule(path, EnumSet.of(first, others), Map.of());
    }
  }

  /**
   * A rule, and who needs it.
   *
   * @param capabilities in the order of their declaration
   */
  public record Line(
      String path,
      List<Capability> capabilities,
      Map<String, Set<String>> parameters,
      List<String> by) {}

  private static final class Slot {
    final EnumSet<Capability> capabilities = EnumSet.noneOf(Capability.class);
    final Map<String, Set<String>> parameters = new TreeMap<>();
    final Set<String> by = new TreeSet<>();
    boolean anyBody;
  }

  private final Map<String, Slot> slots = new TreeMap<>();

  /**
   * Puts rules in.
   *
   * @param by who needs them
   */
  public void add(Collection<Rule> rules, String by) {
    for (Rule rule : rules) {
      Slot slot = slots.computeIfAbsent(rule.path(), _ -> new Slot());
      slot.capabilities.addAll(rule.capabilities());
      slot.by.add(by);
      slot.anyBody |= rule.parameters().isEmpty();
      rule.parameters()
          .forEach(
              (name, values) ->
                  slot.parameters.computeIfAbsent(name, _ -> new TreeSet<>()).addAll(values));
    }
  }

  /** By path. */
  public List<Line> lines() {
    List<Line> lines = new ArrayList<>();
    slots.forEach(
        (path, slot) -> {
          EnumSet<Capability> all = effective(path);
          boolean said =
              narrowest(path).filter(wider -> effective(wider).containsAll(all)).isPresent();
          if (!said) {
            lines.add(
                new Line(
                    path,
                    List.copyOf(all),
                    slot.anyBody ? Map.of() : new TreeMap<>(slot.parameters),
                    List.copyOf(slot.by)));
          }
        });
    return lines;
  }

  /** The longest of the other patterns that fit all that this one fits. */
  private Optional<String> narrowest(String path) {
    return slots.keySet().stream()
        .filter(other -> !other.equals(path) && covers(other, path))
        .reduce((one, other) -> one.length() >= other.length() ? one : other);
  }

  private EnumSet<Capability> effective(String path) {
    EnumSet<Capability> all = EnumSet.noneOf(Capability.class);
    slots.forEach(
        (other, slot) -> {
          if (other.equals(path) || covers(other, path)) {
            all.addAll(slot.capabilities);
          } else if (!isPrefix(path)
              && slot.capabilities.contains(Capability.list)
              && covers(other, path + "/")) {
            all.add(Capability.list);
          }
        });
    return all;
  }

  private static boolean isPrefix(String path) {
    return path.endsWith("*");
  }

  private static boolean covers(String wider, String path) {
    return isPrefix(wider) && stem(path).startsWith(stem(wider));
  }

  private static String stem(String path) {
    return isPrefix(path) ? path.substring(0, path.length() - 1) : path;
  }

  /** As Vault reads it: HCL, with a comment on who needs each rule. */
  public String hcl() {
    return hcl(lines());
  }

  static String hcl(List<Line> lines) {
    StringBuilder text = new StringBuilder();
    for (Line line : lines) {
      if (!text.isEmpty()) {
        text.append('\n');
      }
      text.append("# ").append(named(line.by())).append('\n');
      text.append("path ").append(quoted(line.path())).append(" {\n");
      text.append("  capabilities = ")
          .append(list(line.capabilities().stream().map(Capability::name).toList()))
          .append('\n');
      if (!line.parameters().isEmpty()) {
        text.append("  allowed_parameters = {\n");
        line.parameters()
            .forEach(
                (name, values) ->
                    text.append("    ")
                        .append(quoted(name))
                        .append(" = ")
                        .append(list(values))
                        .append('\n'));
        text.append("  }\n");
      }
      text.append("}\n");
    }
    return text.toString();
  }

  /** On one line, whatever names are made of. */
  private static String named(List<String> by) {
    int most = 4;
    String all =
        by.size() <= most
            ? String.join(", ", by)
            : String.join(", ", by.subList(0, most)) + " and " + (by.size() - most) + " more";
    return all.replaceAll("[\\p{Cc}\\u2028\\u2029]", " ");
  }

  private static String list(Collection<String> texts) {
    return "[" + String.join(", ", texts.stream().map(Policy::quoted).toList()) + "]";
  }

  private static String quoted(String text) {
    return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
  }
}
