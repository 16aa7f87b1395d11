package dev.signet.delivery.store;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.template.select.Gjson;
import dev.signet.template.select.GjsonResult;
import dev.signet.template.select.SelectorException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The part of a JSON value that {@code remoteRef.property} names, and all parts of it at once.
 *
 * <p>To upstream's providers a property is a gjson path, and to most of them it may be the name of
 * a field as well, which matters where that has a dot or another character that means something in
 * a path. They do not agree on what comes first; each store says which {@link Order} its upstream
 * has.
 */
public final class Property {

  /** What a property means first. */
  public enum Order {
    /** A field of exactly that name, and nothing else. */
    FIELD_ONLY,
    /** A field of exactly that name. */
    FIELD_FIRST,
    /** A path whose dots belong to a name: what else means something in a path still does. */
    NAME_FIRST,
    /** A path. */
    PATH_FIRST,
    /** Never anything but a path. */
    PATH_ONLY
  }

  private Property() {}

  /**
   * The part, as text where it is text.
   *
   * @param where what holds the value, for messages
   */
  public static Optional<SecretBytes> find(
      SecretBytes json, String property, Order order, String where) throws StoreException {
    String name = property.replace(".", "\\.");
    return switch (order) {
      case FIELD_ONLY -> field(json, property, where);
      case FIELD_FIRST -> {
        Optional<SecretBytes> field = field(json, property, where);
        yield field.isPresent() ? field : at(json, List.of(property), property, where);
      }
      case NAME_FIRST -> at(json, List.of(name, property), property, where);
      case PATH_FIRST -> at(json, List.of(property, name), property, where);
      case PATH_ONLY -> at(json, List.of(property), property, where);
    };
  }

  private static Optional<SecretBytes> field(SecretBytes json, String name, String where)
      throws StoreException {
    Map<String, SecretBytes> fields = fields(json, where);
    try {
      return Optional.ofNullable(fields.get(name)).map(SecretBytes::copy);
    } finally {
      fields.values().forEach(SecretBytes::close);
    }
  }

  private static Optional<SecretBytes> at(
      SecretBytes json, List<String> paths, String property, String where) throws StoreException {
    try {
      for (String path : paths) {
        GjsonResult found =
            json.<GjsonResult, SelectorException>with(bytes -> Gjson.get(bytes, path));
        if (found.exists()) {
          return Optional.of(SecretBytes.wrap(found.string().toBytes()));
        }
      }
      return Optional.empty();
    } catch (SelectorException e) {
      throw new StoreException(
          new Problem.Malformed(), "property " + property + " of " + where + ": " + e.getMessage());
    }
  }

  /**
   * The members of a value that is a JSON object, each as an item of that origin.
   *
   * @param where what holds the value, for messages
   */
  public static Material members(SecretBytes json, Origin origin, String where)
      throws StoreException {
    Material material = new Material();
    fields(json, where)
        .forEach(
            (name, value) ->
                material.put(
                    name,
                    new Item(
                        value, new Origin(origin.source(), origin.key(), name, origin.version()))));
    return material;
  }

  private static Map<String, SecretBytes> fields(SecretBytes json, String where)
      throws StoreException {
    try {
      return json.<Map<String, SecretBytes>, JsonFields.NotAnObjectException>with(JsonFields::of);
    } catch (JsonFields.NotAnObjectException e) {
      throw new StoreException(new Problem.Malformed(), where + " does not hold a JSON object");
    }
  }

  /**
   * How messages name what a reference leads to.
   *
   * @param identity of the store
   */
  public static String where(RemoteRef ref, String identity) {
    return (ref.property().isEmpty() ? "" : "property " + ref.property() + " of ")
        + "key "
        + ref.key()
        + " of "
        + identity;
  }

  /** Takes {@code value} over; returns it whole when no property is named. */
  static SecretBytes of(SecretBytes value, RemoteRef ref, String identity) throws StoreException {
    if (ref.property().isEmpty()) {
      return value;
    }
    try (value) {
      return find(value, ref.property(), Order.PATH_ONLY, "key " + ref.key() + " of " + identity)
          .orElseThrow(
              () ->
                  new StoreException(
                      new Problem.NotFound(),
                      "property "
                          + ref.property()
                          + " does not exist in key "
                          + ref.key()
                          + " of "
                          + identity));
    }
  }

  /** Takes {@code value} over and makes an item of each of its fields. */
  static Material fields(SecretBytes value, RemoteRef ref, String identity) throws StoreException {
    try (value) {
      return members(
          value,
          new Origin(identity, ref.key(), "", ref.version()),
          "key " + ref.key() + " of " + identity);
    }
  }
}
