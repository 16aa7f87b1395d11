package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The part of a JSON value that {@code remoteRef.property} names: field names joined by dots.
 * gjson's wildcards, queries and modifiers are not understood yet and refused.
 */
final class Property {

  private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_-]+(\\.[A-Za-z0-9_-]+)*");

  private Property() {}

  /** Takes {@code value} over; returns it whole when no property is named. */
  static SecretBytes of(SecretBytes value, RemoteRef ref, String identity) throws StoreException {
    if (ref.property().isEmpty()) {
      return value;
    }
    if (!PLAIN.matcher(ref.property()).matches()) {
      value.close();
      throw new StoreException(
          new Problem.Malformed(),
          "property "
              + ref.property()
              + " of "
              + ref.key()
              + " is more than field names joined by dots, which this version does not understand");
    }
    SecretBytes part = value;
    for (String name : ref.property().split("\\.")) {
      Map<String, SecretBytes> fields = fields(part, ref.key(), identity);
      part.close();
      SecretBytes found = fields.remove(name);
      fields.values().forEach(SecretBytes::close);
      if (found == null) {
        throw new StoreException(
            new Problem.Malformed(),
            "property "
                + ref.property()
                + " does not exist in key "
                + ref.key()
                + " of "
                + identity);
      }
      part = found;
    }
    return part;
  }

  /** Takes {@code value} over and makes an item of each of its fields. */
  static Material fields(SecretBytes value, RemoteRef ref, String identity) throws StoreException {
    try (value) {
      Material material = new Material();
      fields(value, ref.key(), identity)
          .forEach(
              (name, field) ->
                  material.put(
                      name, new Item(field, new Origin(identity, ref.key(), name, ref.version()))));
      return material;
    }
  }

  private static Map<String, SecretBytes> fields(SecretBytes value, String key, String identity)
      throws StoreException {
    try {
      return value.with(JsonFields::of);
    } catch (JsonFields.NotAnObjectException e) {
      value.close();
      throw new StoreException(
          new Problem.Malformed(),
          "key " + key + " of " + identity + " does not hold a JSON object");
    }
  }
}
