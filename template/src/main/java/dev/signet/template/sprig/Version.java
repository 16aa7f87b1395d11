package dev.signet.template.sprig;

import dev.signet.template.Foreign;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.GoType;
import dev.signet.template.Signature;
import dev.signet.template.Str;
import dev.signet.template.Value;
import java.math.BigInteger;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A semantic version as Masterminds/semver 3.4 reads it: loosely, with a leading v and without
 * minor and patch if need be.
 *
 * @param pointer whether Go has a pointer to it, as it is parsed, or a copy, as IncMinor gives
 */
record Version(
    long major,
    long minor,
    long patch,
    String prerelease,
    String metadata,
    String original,
    boolean pointer)
    implements Foreign {
  private static final GoType STRUCT = GoType.basic(GoType.Kind.STRUCT, "semver.Version");
  private static final GoType POINTER = GoType.pointerTo(STRUCT);
  private static final BigInteger MAX = BigInteger.ONE.shiftLeft(64);

  /** Every repetition is bounded by a character that it cannot match: linear. */
  private static final Pattern LOOSE =
      Pattern.compile(
          "v?([0-9]+)(?:\\.([0-9]+))?(?:\\.([0-9]+))?"
              + "(?:-([0-9A-Za-z\\-]+(?:\\.[0-9A-Za-z\\-]+)*+))?"
              + "(?:\\+([0-9A-Za-z\\-]+(?:\\.[0-9A-Za-z\\-]+)*+))?");

  static final GoType TYPE = POINTER;

  static Version parse(String raw) throws GoError {
    Matcher m = LOOSE.matcher(raw.length() > 10_000 ? "" : raw);
    if (!m.matches()) {
      throw new GoError("invalid semantic version");
    }
    long major = segment(m.group(1));
    long minor = segment(m.group(2));
    long patch = segment(m.group(3));
    String prerelease = m.group(4) == null ? "" : m.group(4);
    String metadata = m.group(5) == null ? "" : m.group(5);
    checkPrerelease(prerelease);
    return new Version(major, minor, patch, prerelease, metadata, raw, true);
  }

  private static long segment(@Nullable String digits) throws GoError {
    if (digits == null) {
      return 0;
    }
    BigInteger value = new BigInteger(digits.length() > 400 ? "9".repeat(30) : digits);
    if (value.compareTo(MAX) >= 0) {
      throw new GoError(
          "error parsing version segment: strconv.ParseUint: parsing \""
              + digits
              + "\": value out of range");
    }
    return value.longValue();
  }

  private static void checkPrerelease(String prerelease) throws GoError {
    if (prerelease.isEmpty()) {
      return;
    }
    for (String part : prerelease.split("\\.", -1)) {
      if (part.length() > 1 && part.charAt(0) == '0' && isNumber(part)) {
        throw new GoError("version segment starts with 0");
      }
    }
  }

  private static boolean isNumber(String part) {
    return !part.isEmpty() && part.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  @Override
  public GoType type() {
    return pointer ? POINTER : STRUCT;
  }

  @Override
  public List<Field> fields() {
    return List.of(
        new Field("major", new Value.Int(GoType.UINT64, major)),
        new Field("minor", new Value.Int(GoType.UINT64, minor)),
        new Field("patch", new Value.Int(GoType.UINT64, patch)),
        new Field("pre", new Str(prerelease)),
        new Field("metadata", new Str(metadata)),
        new Field("original", new Str(original)));
  }

  @Override
  public String goString() {
    return Long.toUnsignedString(major)
        + "."
        + Long.toUnsignedString(minor)
        + "."
        + Long.toUnsignedString(patch)
        + (prerelease.isEmpty() ? "" : "-" + prerelease)
        + (metadata.isEmpty() ? "" : "+" + metadata);
  }

  @Override
  public String json() {
    return "\"" + goString() + "\"";
  }

  @Override
  public @Nullable Function method(String name) {
    return switch (name) {
      case "String" -> string(goString());
      case "Prerelease" -> string(prerelease);
      case "Metadata" -> string(metadata);
      case "Major" -> number(major);
      case "Minor" -> number(minor);
      case "Patch" -> number(patch);
      case "IncMajor" -> next(copy(major + 1, 0, 0, "", ""));
      case "IncMinor" -> next(copy(major, minor + 1, 0, "", ""));
      case "IncPatch" -> next(copy(major, minor, prerelease.isEmpty() ? patch + 1 : patch, "", ""));
      case "SetPrerelease" ->
          new Function(
              Signature.of(STRUCT, GoType.STRING),
              (c, a) -> {
                String pre = Args.string(a[0]);
                checkParts(pre, "invalid prerelease string");
                checkPrerelease(pre);
                return copy(major, minor, patch, pre, metadata);
              });
      case "SetMetadata" ->
          new Function(
              Signature.of(STRUCT, GoType.STRING),
              (c, a) -> {
                String meta = Args.string(a[0]);
                checkParts(meta, "invalid metadata string");
                return copy(major, minor, patch, prerelease, meta);
              });
      default -> pointer ? pointerMethod(name) : null;
    };
  }

  /** Methods that Go has on pointers only. */
  private @Nullable Function pointerMethod(String name) {
    return switch (name) {
      case "Original" -> string(original);
      case "Compare" ->
          new Function(
              Signature.of(GoType.INT, POINTER), (c, a) -> Value.of(compare((Version) a[0])));
      case "LessThan" -> test(other -> compare(other) < 0);
      case "LessThanEqual" -> test(other -> compare(other) <= 0);
      case "GreaterThan" -> test(other -> compare(other) > 0);
      case "GreaterThanEqual" -> test(other -> compare(other) >= 0);
      case "Equal" -> test(other -> compare(other) == 0);
      default -> null;
    };
  }

  private static void checkParts(String text, String message) throws GoError {
    if (text.isEmpty()) {
      return;
    }
    for (String part : text.split("\\.", -1)) {
      if (!part.matches("[0-9A-Za-z-]+")) {
        throw new GoError(message);
      }
    }
  }

  private Version copy(long newMajor, long newMinor, long newPatch, String pre, String meta) {
    Version next = new Version(newMajor, newMinor, newPatch, pre, meta, "", false);
    String prefix = original.startsWith("v") ? "v" : "";
    return new Version(newMajor, newMinor, newPatch, pre, meta, prefix + next.goString(), false);
  }

  private static Function next(Version version) {
    return new Function(Signature.of(STRUCT), (c, a) -> version);
  }

  private static Function string(String text) {
    return new Function(Signature.of(GoType.STRING), (c, a) -> new Str(text));
  }

  private static Function number(long value) {
    return new Function(Signature.of(GoType.UINT64), (c, a) -> new Value.Int(GoType.UINT64, value));
  }

  private static Function test(Predicate<Version> test) {
    return new Function(
        Signature.of(GoType.BOOL, POINTER),
        (c, a) -> {
          if (!(a[0] instanceof Version other)) {
            throw Args.nilPointer();
          }
          return Value.of(test.test(other));
        });
  }

  int compare(Version other) {
    int segments = Long.compareUnsigned(major, other.major);
    segments = segments != 0 ? segments : Long.compareUnsigned(minor, other.minor);
    segments = segments != 0 ? segments : Long.compareUnsigned(patch, other.patch);
    if (segments != 0) {
      return segments;
    }
    if (prerelease.isEmpty() || other.prerelease.isEmpty()) {
      return Boolean.compare(prerelease.isEmpty(), other.prerelease.isEmpty());
    }
    return comparePrerelease(prerelease, other.prerelease);
  }

  static int comparePrerelease(String a, String b) {
    String[] left = a.split("\\.", -1);
    String[] right = b.split("\\.", -1);
    for (int i = 0; i < Math.max(left.length, right.length); i++) {
      int part = comparePart(i < left.length ? left[i] : "", i < right.length ? right[i] : "");
      if (part != 0) {
        return part;
      }
    }
    return 0;
  }

  /** Numbers come before words, and nothing before either. */
  private static int comparePart(String a, String b) {
    if (a.equals(b)) {
      return 0;
    }
    if (a.isEmpty() || b.isEmpty()) {
      return a.isEmpty() ? -1 : 1;
    }
    boolean numberA = isUint(a);
    boolean numberB = isUint(b);
    if (numberA && numberB) {
      return new BigInteger(a).compareTo(new BigInteger(b)) > 0 ? 1 : -1;
    }
    if (numberA != numberB) {
      return numberA ? -1 : 1;
    }
    return a.compareTo(b) > 0 ? 1 : -1;
  }

  private static boolean isUint(String part) {
    return isNumber(part) && (part.length() < 19 || new BigInteger(part).compareTo(MAX) < 0);
  }
}
