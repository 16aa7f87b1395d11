package dev.signet.template.sprig;

import static dev.signet.template.GoType.ANY;
import static dev.signet.template.GoType.BOOL;
import static dev.signet.template.GoType.STRING;
import static dev.signet.template.sprig.Args.string;
import static dev.signet.template.sprig.Registry.fixed;

import dev.signet.template.Function;
import dev.signet.template.Value;
import org.jspecify.annotations.Nullable;

/** Go types and kinds by name. */
final class Types {
  private Types() {}

  static @Nullable Function find(String name) {
    return switch (name) {
      case "typeOf" -> fixed(STRING, (c, a) -> string(a[0].type().name()), ANY);
      case "typeIs" ->
          fixed(BOOL, (c, a) -> Value.of(string(a[0]).equals(a[1].type().name())), STRING, ANY);
      case "typeIsLike" -> fixed(BOOL, (c, a) -> Value.of(isLike(string(a[0]), a[1])), STRING, ANY);
      case "kindOf" -> fixed(STRING, (c, a) -> string(a[0].type().kind().goName()), ANY);
      case "kindIs" ->
          fixed(
              BOOL,
              (c, a) -> Value.of(string(a[0]).equals(a[1].type().kind().goName())),
              STRING,
              ANY);
      case "deepEqual" ->
          fixed(BOOL, (c, a) -> Value.of(Equality.deepEqual(c.meter(), a[0], a[1])), ANY, ANY);
      default -> null;
    };
  }

  private static boolean isLike(String target, Value value) {
    String type = value.type().name();
    return target.equals(type) || ("*" + target).equals(type);
  }
}
