package dev.signet.dialects.externalsecrets;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.ShapeException;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.JsonText;
import dev.signet.delivery.store.Writable.Remote;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What of one Secret goes where in one store: {@code dataTo} written out, {@code data} over it, and
 * no place twice. Pure but for the templates of {@code rewrite}.
 */
final class PushPlan {

  /** An entry, and the keys that it takes when it does not take one. */
  record Push(PushSecret.Entry entry, Optional<Set<String>> keys) {}

  private static final Pattern ESCAPED = Pattern.compile("_U([0-9a-fA-F]{4,5})_");

  private PushPlan() {}

  static List<Push> of(
      PushSecret spec, Ref store, Map<String, String> labels, Material data, Templates templates)
      throws ShapeException, ObjectsException {
    List<Push> expanded = new ArrayList<>();
    Map<String, String> remoteKeys = new HashMap<>();
    for (int i = 0; i < spec.dataTo().size(); i++) {
      PushSecret.Many many = spec.dataTo().get(i);
      if (many.store().chooses(store, labels)) {
        for (Push push : expanded(many, i, data, templates)) {
          String from = push.keys().isPresent() ? "(bundle)" : push.entry().secretKey();
          String remote = push.entry().remote().key();
          String other = remoteKeys.put(remote, "dataTo[" + i + "]:" + from);
          if (other != null) {
            throw new ShapeException(
                ("failed to expand dataTo: dataTo[%d]: duplicate remote key \"%s\" from source key"
                        + " \"%s\" (conflicts with %s)")
                    .formatted(i, remote, from, other));
          }
          expanded.add(push);
        }
      }
    }
    Set<String> explicit =
        spec.data().stream().map(each -> originalKey(each, data)).collect(Collectors.toSet());
    List<Push> pushes = new ArrayList<>();
    expanded.stream()
        .filter(each -> !explicit.contains(each.entry().secretKey()))
        .forEach(pushes::add);
    spec.data().forEach(entry -> pushes.add(new Push(entry, Optional.empty())));
    Map<Remote, String> places = new HashMap<>();
    for (Push push : pushes) {
      String other = places.put(push.entry().remote(), push.entry().secretKey());
      if (other != null) {
        throw new ShapeException(
            "failed to merge data entries: duplicate remote key \""
                + push.entry().remote().key()
                + (push.entry().remote().property().isEmpty()
                    ? "\""
                    : "\" with property \"" + push.entry().remote().property() + "\"")
                + ": source keys \""
                + other
                + "\" and \""
                + push.entry().secretKey()
                + "\" both map to the same destination");
      }
    }
    return pushes;
  }

  private static List<Push> expanded(
      PushSecret.Many many, int index, Material data, Templates templates)
      throws ShapeException, ObjectsException {
    Map<String, String> originals = new TreeMap<>();
    for (String key : data.items().keySet()) {
      String converted = converted(key, many.conversion());
      if (originals.put(converted, key) != null) {
        throw new ShapeException("secret name collision during conversion: " + converted);
      }
    }
    originals
        .keySet()
        .removeIf(key -> many.match().filter(each -> !each.matcher(key).find()).isPresent());
    if (originals.isEmpty()) {
      return List.of();
    }
    if (!many.remoteKey().isEmpty()) {
      return List.of(
          new Push(
              new PushSecret.Entry(
                  "",
                  new Remote(many.remoteKey(), ""),
                  many.metadata(),
                  PushSecret.Conversion.None),
              Optional.of(Set.copyOf(originals.values()))));
    }
    List<Push> pushes = new ArrayList<>();
    for (Map.Entry<String, String> each : originals.entrySet()) {
      String remote = rewritten(each.getKey(), many, index, templates);
      pushes.add(
          new Push(
              new PushSecret.Entry(
                  each.getValue(),
                  new Remote(remote, ""),
                  many.metadata(),
                  PushSecret.Conversion.None),
              Optional.empty()));
    }
    return pushes;
  }

  private static String rewritten(String key, PushSecret.Many many, int index, Templates templates)
      throws ShapeException, ObjectsException {
    Material name = new Material();
    name.put(key, new Item(SecretBytes.wrap(new byte[0]), Origin.of("", key)));
    try (Material renamed = Rewrite.all(many.rewrites(), name, templates)) {
      String remote = renamed.items().keySet().iterator().next();
      if (remote.isEmpty()) {
        throw new ShapeException(
            "failed to expand dataTo: dataTo["
                + index
                + "]: empty remote key produced for source key \""
                + key
                + "\"");
      }
      return remote;
    }
  }

  /** The key in the Secret whose converted form the entry names. */
  static String originalKey(PushSecret.Entry entry, Material data) {
    return data.items().keySet().stream()
        .filter(key -> converted(key, entry.conversion()).equals(entry.secretKey()))
        .findFirst()
        .orElse(entry.secretKey());
  }

  /** {@code _U002f_} becomes the character that it stands for. */
  static String converted(String key, PushSecret.Conversion conversion) {
    return switch (conversion) {
      case None -> key;
      case ReverseUnicode -> {
        Matcher matcher = ESCAPED.matcher(key);
        StringBuilder result = new StringBuilder();
        int from = 0;
        while (matcher.find()) {
          int point = Integer.parseInt(matcher.group(1), 16);
          result.append(key, from, matcher.start());
          result.appendCodePoint(Character.isValidCodePoint(point) ? point : 0xfffd);
          from = matcher.end();
        }
        yield result.append(key.substring(from)).toString();
      }
    };
  }

  /** The value of an entry; of the whole Secret, or of many keys, one JSON object of texts. */
  static SecretBytes value(Push push, Material data) throws ShapeException {
    PushSecret.Entry entry = push.entry();
    if (!entry.secretKey().isEmpty()) {
      String key = originalKey(entry, data);
      Optional<Item> item = data.get(key);
      if (item.isEmpty()) {
        throw new ShapeException("secret key " + entry.secretKey() + " does not exist");
      }
      return item.get().value().copy();
    }
    Map<String, SecretBytes> texts = new LinkedHashMap<>();
    for (Map.Entry<String, Item> each : data.items().entrySet()) {
      if (push.keys().isEmpty() || push.keys().get().contains(each.getKey())) {
        texts.put(converted(each.getKey(), entry.conversion()), each.getValue().value());
      }
    }
    return JsonText.object(texts);
  }

  /** What of a Secret is pushed when not one value is; the caller closes it. */
  static Material whole(Push push, Material data) {
    Material whole = new Material();
    for (Map.Entry<String, Item> each : data.items().entrySet()) {
      if (push.keys().isEmpty() || push.keys().get().contains(each.getKey())) {
        Item item = each.getValue();
        whole.put(
            converted(each.getKey(), push.entry().conversion()),
            new Item(item.value().copy(), item.origin()));
      }
    }
    return whole;
  }
}
