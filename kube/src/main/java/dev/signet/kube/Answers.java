package dev.signet.kube;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.kube.Failures.Asked;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What the API server answers to reads, as trees and objects: lists with all their pages. */
final class Answers {

  static final int PAGE = 500;

  private final Api api;

  Answers(Api api) {
    this.api = api;
  }

  /** The items of a list; the path has a query already. */
  List<Map<String, @Nullable Object>> items(Asked asked, String path) throws ObjectsException {
    return items(asked, path, "application/json");
  }

  /** The same as metadata only. */
  List<Map<String, @Nullable Object>> metadata(Asked asked, String path) throws ObjectsException {
    return items(asked, path, Traffic.METADATA_LIST);
  }

  private List<Map<String, @Nullable Object>> items(Asked asked, String path, String accept)
      throws ObjectsException {
    List<Map<String, @Nullable Object>> items = new ArrayList<>();
    String next = "";
    do {
      String page =
          next.isEmpty()
              ? path
              : path + "&continue=" + URLEncoder.encode(next, StandardCharsets.UTF_8);
      Map<String, @Nullable Object> list =
          tree(asked, api.ask(asked, new Api.Request("GET", page, accept, null)));
      if (list.get("items") instanceof List<?> rows) {
        for (Object row : rows) {
          if (row instanceof Map<?, ?> map) {
            items.add(copy(map));
          }
        }
      }
      next =
          list.get("metadata") instanceof Map<?, ?> metadata
                  && metadata.get("continue") instanceof String more
              ? more
              : "";
    } while (!next.isEmpty());
    return items;
  }

  private static Map<String, @Nullable Object> copy(Map<?, ?> map) {
    Map<String, @Nullable Object> copy = new LinkedHashMap<>();
    map.forEach((name, value) -> copy.put((String) name, value));
    return copy;
  }

  static Map<String, @Nullable Object> tree(Asked asked, byte[] body) throws ObjectsException {
    try {
      return Json.read(body);
    } catch (IOException e) {
      throw malformed(asked, "it is not json");
    }
  }

  static KubeObject object(Asked asked, byte[] body) throws ObjectsException {
    return object(asked, tree(asked, body));
  }

  static KubeObject object(Asked asked, Map<String, @Nullable Object> tree)
      throws ObjectsException {
    try {
      return KubeObject.of(CachedObjects.stripped(tree), "");
    } catch (MalformedObjectException e) {
      throw malformed(asked, e.getMessage());
    }
  }

  /**
   * The metadata of a Secret.
   *
   * @param annotations those that are kept: others may hold values, as kubectl's last-applied one
   */
  static Metadata metadata(
      Asked asked, Map<String, @Nullable Object> object, Set<String> annotations)
      throws ObjectsException {
    try {
      if (object.get("metadata") instanceof Map<?, ?> given) {
        Map<String, @Nullable Object> tree = copy(given);
        Map<String, @Nullable Object> kept = new LinkedHashMap<>();
        if (tree.get("annotations") instanceof Map<?, ?> all) {
          annotations.stream()
              .filter(all::containsKey)
              .forEach(name -> kept.put(name, all.get(name)));
        }
        tree.put("annotations", kept);
        return SecretJson.metadata(tree);
      }
    } catch (IOException e) {
      throw malformed(asked, String.valueOf(e.getMessage()));
    }
    throw malformed(asked, "an object without metadata");
  }

  private static ObjectsException malformed(Asked asked, String why) {
    return new ObjectsException(
        new Problem.Malformed(), "cannot " + asked + ": the answer cannot be read: " + why);
  }
}
