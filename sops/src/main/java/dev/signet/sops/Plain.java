package dev.signet.sops;

import dev.signet.sops.Value.Bool;
import dev.signet.sops.Value.Int;
import dev.signet.sops.Value.Raw;
import dev.signet.sops.Value.Real;
import dev.signet.sops.Value.Text;
import dev.signet.sops.Value.Time;
import dev.signet.yaml.GoNumbers;
import java.nio.charset.StandardCharsets;

/** Values as texts, where a format or an environment has nothing else. */
public final class Plain {

  private Plain() {}

  /** Of a value that is not complex. */
  public static String text(Value value) {
    return switch (value) {
      case Text text -> text.text();
      case Raw raw -> new String(raw.bytes(), StandardCharsets.UTF_8);
      case Int number -> Long.toString(number.number());
      case Real number -> GoNumbers.general(number.number());
      case Bool bool -> Boolean.toString(bool.flag());
      case Time time -> MetadataBranch.seconds(time.time());
      case Value.Null _ -> "<nil>";
      case Value.Comment comment -> comment.text();
      case Value.Odd _, Value.Branch _, Value.Sequence _ ->
          throw new IllegalArgumentException("not a simple value: " + value);
    };
  }
}
