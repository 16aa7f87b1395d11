package dev.signet.dialects.externalsecrets;

import dev.signet.core.Origin;
import dev.signet.delivery.Declared;
import dev.signet.delivery.Standing;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What ExternalSecrets, their stores and the Secrets made of them tell those who may not fetch.
 * Everything that upstream knows is read, understood by this version or not: on a cluster upstream
 * may be who delivers.
 */
public final class ExternalSecretReport {

  /** The condition that says of single keys what there is to say. */
  public static final String KEYS = KeyNotes.CONDITION;

  private ExternalSecretReport() {}

  /** The ExternalSecret that owns a Secret. */
  public static Optional<Ref> owner(Metadata secret) {
    if (secret.tree().get("ownerReferences") instanceof List<?> owners) {
      for (Object each : owners) {
        Map<?, ?> owner = map(each);
        if (ExternalSecret.KIND.kind().equals(owner.get("kind"))
            && text(owner.get("apiVersion")).startsWith(ExternalSecret.GROUP + "/")) {
          return Optional.of(
              new Ref(ExternalSecret.KIND, secret.namespace(), text(owner.get("name"))));
        }
      }
    }
    return Optional.empty();
  }

  /** Whether an ExternalSecret writes it, owner or not. */
  public static boolean manages(Metadata secret) {
    return owner(secret).isPresent() || "true".equals(secret.labels().get(TargetSecret.MANAGED));
  }

  public static Declared declared(KubeObject object) {
    Map<?, ?> spec = map(object.tree().get("spec"));
    Map<?, ?> target = map(spec.get("target"));
    String namespace = object.ref().namespace();
    Optional<Ref> usual = store(spec.get("secretStoreRef"), namespace);
    Set<Ref> stores = new LinkedHashSet<>();
    Map<String, Origin> origins = new LinkedHashMap<>();
    for (Object each : list(spec.get("data"))) {
      Map<?, ?> entry = map(each);
      Optional<Ref> store =
          store(map(entry.get("sourceRef")).get("storeRef"), namespace).or(() -> usual);
      store.ifPresent(stores::add);
      origins.put(text(entry.get("secretKey")), origin(store, map(entry.get("remoteRef"))));
    }
    List<Origin> rest = new ArrayList<>();
    for (Object each : list(spec.get("dataFrom"))) {
      Map<?, ?> entry = map(each);
      Map<?, ?> source = map(entry.get("sourceRef"));
      Optional<Ref> store = store(source.get("storeRef"), namespace).or(() -> usual);
      if (entry.get("extract") instanceof Map<?, ?> extract) {
        store.ifPresent(stores::add);
        rest.add(origin(store, extract));
      } else if (entry.get("find") instanceof Map<?, ?> find) {
        store.ifPresent(stores::add);
        rest.add(Origin.of(path(store), found(find)));
      } else if (source.get("generatorRef") instanceof Map<?, ?> generator) {
        rest.add(
            Origin.of(
                "generator " + text(generator.get("kind")) + "/" + text(generator.get("name")),
                ""));
      }
    }
    Map<?, ?> annotations = map(map(object.tree().get("metadata")).get("annotations"));
    stores.addAll(fallbacks(text(annotations.get(Leniency.FALLBACKS)), namespace));
    templates(object.ref(), map(target.get("template")), origins, rest);
    String name = text(target.get("name"));
    return new Declared(
        object.ref(),
        Ref.secret(namespace, name.isEmpty() ? object.ref().name() : name),
        origins,
        rest,
        List.copyOf(stores),
        text(map(object.tree().get("status")).get("refreshTime")));
  }

  /** None where they cannot be read: then none is asked. */
  private static List<Ref> fallbacks(String annotation, String namespace) {
    try {
      return annotation.isEmpty()
          ? List.of()
          : Leniency.stores(annotation).stream().map(store -> store.in(namespace)).toList();
    } catch (MalformedObjectException e) {
      return List.of();
    }
  }

  /** What a template writes takes the place of what was fetched, unless it is to be merged. */
  private static void templates(
      Ref resource, Map<?, ?> template, Map<String, Origin> origins, List<Origin> rest) {
    Map<?, ?> data = map(template.get("data"));
    boolean others = !list(template.get("templateFrom")).isEmpty();
    if (data.isEmpty() && !others) {
      return;
    }
    String source = "template in " + resource.kind().kind() + "/" + resource.path();
    Map<String, Origin> fetched = new LinkedHashMap<>(origins);
    if (!"Merge".equals(template.get("mergePolicy"))) {
      origins.clear();
      rest.clear();
    }
    data.forEach(
        (key, text) -> {
          String used = TemplateUse.of(text(text), fetched);
          origins.put(String.valueOf(key), Origin.of(source, used));
        });
    if (others) {
      rest.add(Origin.of(source, "templateFrom"));
    }
  }

  private static Origin origin(Optional<Ref> store, Map<?, ?> remote) {
    return new Origin(
        path(store),
        text(remote.get("key")),
        text(remote.get("property")),
        text(remote.get("version")));
  }

  private static String path(Optional<Ref> store) {
    return store.map(ref -> ref.kind().kind() + "/" + ref.path()).orElse("no store");
  }

  private static String found(Map<?, ?> find) {
    List<String> words = new ArrayList<>();
    String path = text(find.get("path"));
    if (!path.isEmpty()) {
      words.add("path " + path);
    }
    String pattern = text(map(find.get("name")).get("regexp"));
    if (!pattern.isEmpty()) {
      words.add("names like " + pattern);
    }
    if (!map(find.get("tags")).isEmpty()) {
      words.add("tags " + map(find.get("tags")));
    }
    return words.isEmpty() ? "everything" : String.join(", ", words);
  }

  private static Optional<Ref> store(@Nullable Object reference, String namespace) {
    String name = text(map(reference).get("name"));
    if (name.isEmpty()) {
      return Optional.empty();
    }
    boolean clusterWide = StoreRef.CLUSTER_STORE.kind().equals(text(map(reference).get("kind")));
    return Optional.of(new StoreRef(name, clusterWide).in(namespace));
  }

  /**
   * What its status says of single keys: why one failed, or where it is from if not from where the
   * manifest says first. A key is that of an entry, or {@code dataFrom[N]}.
   */
  public static Map<String, String> notes(KubeObject object) {
    return condition(object, KeyNotes.CONDITION)
        .map(condition -> KeyNotes.read(text(condition.get("message"))))
        .orElse(Map.of());
  }

  /** Whether all keys have a value, where not all are as the manifest says first. */
  public static Optional<Boolean> substituted(KubeObject object) {
    return condition(object, KeyNotes.CONDITION)
        .map(condition -> "True".equals(condition.get("status")));
  }

  /** The back end of a store, such as {@code vault}. */
  public static String provider(KubeObject store) {
    Map<?, ?> provider = map(map(store.tree().get("spec")).get("provider"));
    return provider.keySet().stream().map(String::valueOf).findFirst().orElse("no provider");
  }

  /** Of an ExternalSecret or a store. Only a success says of which generation it is. */
  public static Standing standing(KubeObject object) {
    Map<?, ?> status = map(object.tree().get("status"));
    Optional<Map<?, ?>> ready = condition(object, "Ready");
    if (ready.isEmpty()) {
      return new Standing.Unseen();
    }
    Map<?, ?> condition = ready.get();
    if (!"True".equals(condition.get("status"))) {
      return new Standing.Failing(text(condition.get("reason")), text(condition.get("message")));
    }
    String synced = text(status.get("syncedResourceVersion"));
    Object generation = map(object.tree().get("metadata")).get("generation");
    return synced.isEmpty() || synced.startsWith(generation + "-")
        ? new Standing.Delivered(text(condition.get("message")))
        : new Standing.Unseen();
  }

  private static Optional<Map<?, ?>> condition(KubeObject object, String type) {
    for (Object each : list(map(object.tree().get("status")).get("conditions"))) {
      Map<?, ?> condition = map(each);
      if (type.equals(condition.get("type"))) {
        return Optional.of(condition);
      }
    }
    return Optional.empty();
  }

  private static Map<?, ?> map(@Nullable Object value) {
    return value instanceof Map<?, ?> map ? map : Map.of();
  }

  private static List<?> list(@Nullable Object value) {
    return value instanceof List<?> list ? list : List.of();
  }

  private static String text(@Nullable Object value) {
    return value instanceof String text ? text : "";
  }
}
