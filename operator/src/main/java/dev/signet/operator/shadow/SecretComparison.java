package dev.signet.operator.shadow;

import dev.signet.core.Item;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Secret;
import dev.signet.operator.shadow.Difference.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** In what a Secret is not as it should be: nothing exactly when a write would change nothing. */
final class SecretComparison {

  private static final String FIXED_TYPE = "type: field is immutable";

  /** The words of the API server's validation. */
  private static final String IMMUTABLE = "field is immutable when `immutable` is set";

  private SecretComparison() {}

  static List<Difference> between(Secret there, Secret wanted) {
    List<Difference> found = new ArrayList<>();
    if (wanted.sameAs(there)) {
      return found;
    }
    items(there, wanted, found);
    if (!type(there).equals(type(wanted))) {
      found.add(new Difference(Kind.SECRET_TYPE, isWouldBe(type(there), type(wanted))));
    }
    boolean immutable = there.immutable().orElse(false);
    if (immutable != wanted.immutable().orElse(false)) {
      found.add(new Difference(Kind.SECRET_IMMUTABLE, isWouldBe(immutable, !immutable)));
    }
    names(Kind.SECRET_LABELS, there.metadata().labels(), wanted.metadata().labels(), found);
    names(
        Kind.SECRET_ANNOTATIONS,
        there.metadata().annotations(),
        wanted.metadata().annotations(),
        found);
    if (!owners(there.metadata()).equals(owners(wanted.metadata()))) {
      found.add(new Difference(Kind.SECRET_OWNER, "ownerReferences"));
    }
    if (found.isEmpty()) {
      found.add(new Difference(Kind.SECRET_METADATA, "metadata"));
    }
    return found;
  }

  /** Why an API server would not take it, though the version is right. */
  static Optional<String> refusal(Secret there, Secret wanted) {
    if (!type(there).equals(type(wanted))) {
      return Optional.of(FIXED_TYPE);
    }
    boolean frozen =
        there.immutable().orElse(false)
            && !(wanted.immutable().orElse(false) && wanted.data().sameValuesAs(there.data()));
    return frozen ? Optional.of(IMMUTABLE) : Optional.empty();
  }

  static String isWouldBe(Object now, Object then) {
    return "is " + now + ", would be " + then;
  }

  private static void items(Secret there, Secret wanted, List<Difference> found) {
    Map<String, Item> before = there.data().items();
    Map<String, Item> after = wanted.data().items();
    for (String name : all(before, after)) {
      Optional<Item> now = there.data().get(name);
      Optional<Item> then = wanted.data().get(name);
      if (now.isEmpty()) {
        found.add(new Difference(Kind.ITEM_MISSING, name));
      } else if (then.isEmpty()) {
        found.add(new Difference(Kind.ITEM_EXTRA, name));
      } else if (!now.get().value().matches(then.get().value())) {
        found.add(new Difference(Kind.ITEM_VALUE, name));
      }
    }
  }

  private static void names(
      Kind kind, Map<String, String> there, Map<String, String> wanted, List<Difference> found) {
    for (String name : all(there, wanted)) {
      String now = there.get(name);
      String then = wanted.get(name);
      if (now == null) {
        found.add(new Difference(kind, name + " is missing"));
      } else if (then == null) {
        found.add(new Difference(kind, name + " is too much"));
      } else if (!now.equals(then)) {
        found.add(new Difference(kind, name + " has another value"));
      }
    }
  }

  private static SortedSet<String> all(Map<String, ?> one, Map<String, ?> other) {
    SortedSet<String> names = new TreeSet<>(one.keySet());
    names.addAll(other.keySet());
    return names;
  }

  private static String type(Secret secret) {
    return secret.type().isEmpty() ? "Opaque" : secret.type();
  }

  private static Object owners(Metadata metadata) {
    @Nullable Object owners = metadata.tree().get("ownerReferences");
    return owners == null ? List.of() : owners;
  }
}
