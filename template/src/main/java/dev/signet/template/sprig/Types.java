package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;

import dev.signet.template.Functions;
import dev.signet.template.Value;

/** Go types and kinds by name. */
final class Types {
  static final Functions FUNCTIONS = Registry.build(Types::register);

  private Types() {}

  private static void register(Registry r) {
    r.add("typeOf", STRING, (c, a) -> string(a[0].type().name()), ANY);
    r.add("typeIs", BOOL, (c, a) -> Value.of(string(a[0]).equals(a[1].type().name())), STRING, ANY);
    r.add("typeIsLike", BOOL, (c, a) -> Value.of(isLike(string(a[0]), a[1])), STRING, ANY);
    r.add("kindOf", STRING, (c, a) -> string(a[0].type().kind().goName()), ANY);
    r.add(
        "kindIs",
        BOOL,
        (c, a) -> Value.of(string(a[0]).equals(a[1].type().kind().goName())),
        STRING,
        ANY);
    r.add(
        "deepEqual", BOOL, (c, a) -> Value.of(Equality.deepEqual(c.meter(), a[0], a[1])), ANY, ANY);
  }

  private static boolean isLike(String target, Value value) {
    String type = value.type().name();
    return target.equals(type) || ("*" + target).equals(type);
  }
}
