package dev.signet.dialects.sealedsecrets;

import dev.signet.delivery.object.GroupKind;
import dev.signet.yaml.TreePath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A SealedSecret in a document, which may be a List of them.
 *
 * @param tree the object, not yet looked at
 * @param path where it stands in the document
 */
public record Placed(Map<String, @Nullable Object> tree, TreePath path) {

  /** Those in a document. Whatever the version: another one is for the reader to refuse. */
  public static List<Placed> in(Map<String, @Nullable Object> document) {
    List<Placed> found = new ArrayList<>();
    collect(document, TreePath.ROOT, found);
    return found;
  }

  @SuppressWarnings("unchecked") // readers make maps with string keys only
  private static void collect(
      Map<String, @Nullable Object> tree, TreePath path, List<Placed> found) {
    if (!(tree.get("kind") instanceof String kind)) {
      return;
    }
    if (kind.endsWith("List") && tree.get("items") instanceof List<?> items) {
      for (int i = 0; i < items.size(); i++) {
        if (items.get(i) instanceof Map<?, ?> item) {
          collect((Map<String, @Nullable Object>) item, path.key("items").item(i), found);
        }
      }
    } else if (kind.equals(SealedSecret.KIND.kind())
        && tree.get("apiVersion") instanceof String version
        && GroupKind.of(version, kind).equals(SealedSecret.KIND)) {
      found.add(new Placed(tree, path));
    }
  }

  /** The path of a field of the object. */
  TreePath field(String... keys) {
    return TreePath.of(keys).from(path);
  }
}
