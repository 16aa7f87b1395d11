package dev.signet.template.sprig;

import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;

import dev.signet.template.Call;
import dev.signet.template.Function;
import dev.signet.template.GoError;
import dev.signet.template.Value;
import org.jspecify.annotations.Nullable;

/** Semantic versions and constraints on them. */
final class Versions {
  private Versions() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "semver" -> fixed(Version.TYPE, (c, a) -> Version.parse(string(a[0])), STRING);
      case "semverCompare" -> fixed(BOOL, Versions::compare, STRING, STRING);
      default -> null;
    };
  }

  private static Value compare(Call call, Value[] arguments) throws GoError {
    call.meter().steps(string(arguments[0]).length() / 4);
    Constraints constraints = Constraints.parse(string(arguments[0]));
    return Value.of(constraints.accept(Version.parse(string(arguments[1]))));
  }
}
