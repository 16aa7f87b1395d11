package dev.signet.template.sprig;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.signet.template.GoError;
import java.util.ArrayList;
import java.util.List;

/**
 * Constraints on versions as Masterminds/semver 3.4 has them: alternatives separated by {@code ||},
 * each of constraints that all have to hold. A version with a pre-release is only accepted by an
 * alternative that mentions one.
 */
final class Constraints {
  private static final int MAX_LENGTH = 10_000;
  private static final String OPERATOR = "=||!=|>|<|>=|=>|<=|=<|~|~>|\\^";
  private static final String VERSION =
      "v?([0-9|x|X|\\*]+)(\\.[0-9|x|X|\\*]+)?(\\.[0-9|x|X|\\*]+)?"
          + "(-([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?"
          + "(\\+([0-9A-Za-z\\-]+(\\.[0-9A-Za-z\\-]+)*))?";
  private static final Pattern ONE =
      Pattern.compile("^\\s*(" + OPERATOR + ")\\s*(" + VERSION + ")\\s*$");
  private static final Pattern RANGE =
      Pattern.compile("\\s*(" + VERSION + ")\\s+-\\s+(" + VERSION + ")\\s*");
  private static final Pattern FIND = Pattern.compile("(" + OPERATOR + ")\\s*(" + VERSION + ")");
  private static final Pattern VALID =
      Pattern.compile(
          "^(\\s*(%1$s)\\s*(%2$s)\\s*)((?:\\s+|,\\s*)(%1$s)\\s*(%2$s)\\s*)*$"
              .formatted(OPERATOR, VERSION));

  private final List<List<Constraint>> alternatives;

  private Constraints(List<List<Constraint>> alternatives) {
    this.alternatives = alternatives;
  }

  /**
   * One comparison.
   *
   * @param minorOpen whether minor was left out or a wildcard, patchOpen the same for patch
   * @param open whether any part was
   */
  private record Constraint(
      String operator, Version version, boolean minorOpen, boolean patchOpen, boolean open) {}

  static Constraints parse(String raw) throws GoError {
    if (raw.length() > MAX_LENGTH) {
      throw new GoError("improper constraint: " + raw.substring(0, 100) + "...");
    }
    List<List<Constraint>> alternatives = new ArrayList<>();
    for (String alternative : withoutRanges(raw).split("\\|\\|", -1)) {
      if (!VALID.matcher(alternative).find()) {
        throw new GoError("improper constraint: " + alternative);
      }
      List<Constraint> all = new ArrayList<>();
      Matcher matcher = FIND.matcher(alternative);
      while (matcher.find()) {
        all.add(one(matcher.group()));
      }
      if (all.isEmpty()) {
        all.add(one(alternative));
      }
      alternatives.add(List.copyOf(all));
    }
    return new Constraints(List.copyOf(alternatives));
  }

  /** Writes {@code 1.2 - 3.4} as two comparisons. */
  private static String withoutRanges(String raw) {
    String result = raw;
    Matcher matcher = RANGE.matcher(raw);
    while (matcher.find()) {
      String range = matcher.group();
      int at = result.indexOf(range);
      String rewritten = ">= " + matcher.group(1) + ", <= " + matcher.group(11) + " ";
      result = result.substring(0, at) + rewritten + result.substring(at + range.length());
    }
    return result;
  }

  private static Constraint one(String raw) throws GoError {
    if (raw.isEmpty()) {
      return new Constraint("", Version.parse("0.0.0"), false, false, true);
    }
    Matcher m = ONE.matcher(raw);
    if (!m.find()) {
      throw new GoError("improper constraint: " + raw);
    }
    String pre = group(m, 6);
    String text = m.group(2);
    boolean minorOpen = false;
    boolean patchOpen = false;
    boolean open = true;
    if (isOpen(group(m, 3))) {
      text = "0.0.0" + pre;
    } else if (isOpen(Strings.trimPrefix(group(m, 4), "."))) {
      minorOpen = true;
      text = group(m, 3) + ".0.0" + pre;
    } else if (isOpen(Strings.trimPrefix(group(m, 5), "."))) {
      patchOpen = true;
      text = group(m, 3) + group(m, 4) + ".0" + pre;
    } else {
      open = false;
    }
    try {
      return new Constraint(group(m, 1), Version.parse(text), minorOpen, patchOpen, open);
    } catch (GoError e) {
      throw new GoError("constraint parser error");
    }
  }

  private static String group(Matcher matcher, int index) {
    String text = matcher.group(index);
    return text == null ? "" : text;
  }

  private static boolean isOpen(String part) {
    return part.isEmpty() || part.equals("x") || part.equals("X") || part.equals("*");
  }

  boolean accept(Version version) {
    for (List<Constraint> all : alternatives) {
      boolean prereleases = all.stream().anyMatch(c -> !c.version.prerelease().isEmpty());
      if ((prereleases || version.prerelease().isEmpty())
          && all.stream().allMatch(c -> accepts(c, version))) {
        return true;
      }
    }
    return false;
  }

  private static boolean accepts(Constraint c, Version v) {
    return switch (c.operator) {
      case "", "=" -> c.open ? tilde(c, v) : v.compare(c.version) == 0;
      case "!=" -> notEqual(c, v);
      case ">" -> greater(c, v);
      case "<" -> v.compare(c.version) < 0;
      case ">=", "=>" -> v.compare(c.version) >= 0;
      case "<=", "=<" -> lessOrEqual(c, v);
      case "~", "~>" -> tilde(c, v);
      default -> caret(c, v);
    };
  }

  private static boolean notEqual(Constraint c, Version v) {
    if (c.open) {
      if (c.version.major() != v.major()) {
        return true;
      }
      if (c.minorOpen) {
        return false;
      }
      if (c.version.minor() != v.minor()) {
        return true;
      }
      if (c.patchOpen) {
        return (!v.prerelease().isEmpty() || !c.version.prerelease().isEmpty())
            && Version.comparePrerelease(v.prerelease(), c.version.prerelease()) != 0;
      }
      if (c.version.patch() != v.patch()) {
        return true;
      }
    }
    return v.compare(c.version) != 0;
  }

  private static boolean greater(Constraint c, Version v) {
    if (!c.open) {
      return v.compare(c.version) > 0;
    }
    int major = Long.compareUnsigned(v.major(), c.version.major());
    if (major != 0 || c.minorOpen) {
      return major > 0;
    }
    return c.patchOpen
        ? Long.compareUnsigned(v.minor(), c.version.minor()) > 0
        : v.compare(c.version) > 0;
  }

  private static boolean lessOrEqual(Constraint c, Version v) {
    if (!c.open) {
      return v.compare(c.version) <= 0;
    }
    int major = Long.compareUnsigned(v.major(), c.version.major());
    int minor = Long.compareUnsigned(v.minor(), c.version.minor());
    return major < 0 || (major == 0 && (minor <= 0 || c.minorOpen));
  }

  private static boolean isZero(Version v) {
    return v.major() == 0 && v.minor() == 0 && v.patch() == 0;
  }

  /** Patch may grow; minor too where it was left open. */
  private static boolean tilde(Constraint c, Version v) {
    if (v.compare(c.version) < 0) {
      return false;
    }
    if (isZero(c.version) && !c.minorOpen && !c.patchOpen) {
      return true;
    }
    return v.major() == c.version.major() && (v.minor() == c.version.minor() || c.minorOpen);
  }

  /** The leftmost number that is not zero stays. */
  private static boolean caret(Constraint c, Version v) {
    if (v.compare(c.version) < 0) {
      return false;
    }
    if (c.version.major() != 0 || c.minorOpen) {
      return v.major() == c.version.major();
    }
    if (v.major() != 0) {
      return false;
    }
    if (c.version.minor() != 0 || c.patchOpen) {
      return v.minor() == c.version.minor();
    }
    return v.minor() == 0 && v.patch() == c.version.patch();
  }
}
