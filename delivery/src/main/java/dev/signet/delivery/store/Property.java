package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.template.select.Gjson;
import dev.signet.template.select.GjsonResult;
import dev.signet.template.select.SelectorException;
import java.util.Map;

/**
 * The part of a JSON value that {@code remoteRef.property} names, by a gjson path as upstream reads
 * it.
 */
final class Property {

  private Property() {}

  /** Takes {@code value} over; returns it whole when no property is named. */
  static SecretBytes of(SecretBytes value, RemoteRef ref, String identity) throws StoreException {
    if (ref.property().isEmpty()) {
      return value;
    }
    try (value) {
      GjsonResult found = value.with(json -> Gjson.get(json, ref.property()));
      if (!found.exists()) {
        throw new StoreException(
            new Problem.NotFound(),
            "property "
                + ref.property()
                + " does not exist in key "
                + ref.key()
                + " of "
                + identity);
      }
      return SecretBytes.wrap(found.string().toBytes());
    } catch (SelectorException e) {
      throw new StoreException(
          new Problem.Malformed(),
          "property "
              + ref.property()
              + " of key "
              + ref.key()
              + " of "
              + identity
              + ": "
              + e.getMessage());
    }
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
