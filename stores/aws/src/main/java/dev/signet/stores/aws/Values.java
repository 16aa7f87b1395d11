package dev.signet.stores.aws;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.Property;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.StoreException;
import dev.signet.template.select.Gjson;
import dev.signet.yaml.GoJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What both services make of a value that was read. */
final class Values {

  private Values() {}

  /** The part that is wanted. Takes {@code whole} over. */
  static SecretBytes part(SecretBytes whole, RemoteRef ref, String identity) throws StoreException {
    if (ref.property().isEmpty()) {
      return whole;
    }
    try (whole) {
      if (!whole.with(Gjson::valid)) {
        throw new StoreException(
            new Problem.Malformed(), Property.where(ref, identity) + ": the value is not JSON");
      }
      // Not NotFound, which would let a deletion policy act; and it is asked for again, since what
      // stands in the store may change.
      return Property.find(
              whole,
              ref.property(),
              Property.Order.NAME_FIRST,
              "key " + ref.key() + " of " + identity)
          .orElseThrow(
              () ->
                  new StoreException(
                      new Problem.Conflict(),
                      "key "
                          + ref.property()
                          + " does not exist in secret "
                          + ref.key()
                          + " of "
                          + identity));
    }
  }

  /** Makes the item of an entry; empty where it was not read. */
  @FunctionalInterface
  interface Making {
    Optional<Item> of(RemoteRef ref) throws StoreException;
  }

  /**
   * The items of a group by their places. What is wrong with one is said when it is asked alone.
   */
  static Material each(List<RemoteRef> group, Making making) {
    Material read = new Material();
    for (int i = 0; i < group.size(); i++) {
      String place = Integer.toString(i);
      try {
        making.of(group.get(i)).ifPresent(item -> read.put(place, item));
      } catch (StoreException e) {
        // It is not there then.
      }
    }
    return read;
  }

  /** An item for each field. Closes {@code whole}. */
  static Material fields(Item whole, RemoteRef ref, String identity) throws StoreException {
    try (SecretBytes value = whole.value()) {
      return Property.members(value, whole.origin(), Property.where(ref, identity));
    }
  }

  /** Tags as Go writes them. */
  static SecretBytes json(Map<String, String> tags) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      GoJson.write(tags, GoJson.Layout.COMPACT, GoJson.Keys.SORTED, out);
    } catch (IOException e) {
      throw new AssertionError("writing to memory cannot fail", e);
    }
    return SecretBytes.wrap(out.toByteArray());
  }
}
