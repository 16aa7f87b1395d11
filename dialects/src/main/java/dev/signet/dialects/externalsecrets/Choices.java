package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import java.util.List;
import java.util.Optional;

/** Fields that hold one of a few words. */
final class Choices {

  private Choices() {}

  /** The word, or the other one when the field is absent or empty. */
  static <E extends Enum<E>> E of(Fields fields, String name, E otherwise)
      throws MalformedObjectException {
    Optional<String> text = fields.string(name).filter(given -> !given.isEmpty());
    if (text.isEmpty()) {
      return otherwise;
    }
    for (E each : otherwise.getDeclaringClass().getEnumConstants()) {
      if (each.name().equals(text.get())) {
        return each;
      }
    }
    throw new MalformedObjectException(
        fields.path()
            + "."
            + name
            + " must be one of "
            + List.of(otherwise.getDeclaringClass().getEnumConstants()));
  }
}
