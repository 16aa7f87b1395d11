package dev.signet.template.sprig;

import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;

import dev.signet.template.Call;
import dev.signet.template.Functions;
import dev.signet.template.GoError;
import dev.signet.template.Value;

/** Semantic versions and constraints on them. */
final class Versions {
  static final Functions FUNCTIONS = Registry.build(Versions::register);

  private Versions() {}

  private static void register(Registry r) {
    r.add("semver", Version.TYPE, (c, a) -> Version.parse(string(a[0])), STRING);
    r.add("semverCompare", BOOL, Versions::compare, STRING, STRING);
  }

  private static Value compare(Call call, Value[] arguments) throws GoError {
    call.meter().steps(string(arguments[0]).length() / 4);
    Constraints constraints = Constraints.parse(string(arguments[0]));
    return Value.of(constraints.accept(Version.parse(string(arguments[1]))));
  }
}
