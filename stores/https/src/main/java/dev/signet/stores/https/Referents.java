package dev.signet.stores.https;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.StoreException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Cluster-wide stores that leave out where their credentials are: those of the namespace that uses
 * them are meant, so they mean nothing when they are only looked at.
 */
public final class Referents {

  private Referents() {}

  /**
   * Whether the store is only looked at, and nobody can say yet as whom it is asked.
   *
   * @param fields those of the configuration that refer to credentials
   */
  public static boolean unknown(Fields configuration, References references, List<String> fields)
      throws MalformedObjectException {
    if (!references.clusterWide() || references.user().isPresent()) {
      return false;
    }
    for (String field : fields) {
      if (configuration.has(field) && dependsOnUser(tree(configuration, field))) {
        configuration.names().forEach(configuration::raw);
        for (String each : fields) {
          configuration.object(each).ifPresent(Referents::pass);
        }
        return true;
      }
    }
    return false;
  }

  /**
   * As whose namespace the store asks; empty where it asks as the same for everybody.
   *
   * @param fields those of the configuration that refer to credentials
   */
  public static String asWhom(Fields configuration, References references, List<String> fields)
      throws MalformedObjectException {
    if (references.clusterWide()) {
      for (String field : fields) {
        if (configuration.has(field) && dependsOnUser(tree(configuration, field))) {
          return references.user().orElse("");
        }
      }
    }
    return "";
  }

  private static @Nullable Object tree(Fields configuration, String field)
      throws MalformedObjectException {
    return configuration.object(field).isPresent() ? configuration.raw(field) : null;
  }

  private static boolean dependsOnUser(@Nullable Object tree) {
    return tree instanceof Map<?, ?> map
        && ((map.get("name") instanceof String && !(map.get("namespace") instanceof String))
            || map.values().stream().anyMatch(Referents::dependsOnUser));
  }

  private static void pass(Fields unused) {
    unused.names().forEach(unused::raw);
  }

  /** For providers whose cluster-wide stores have to say where their credentials are. */
  static void requireNamespace(Fields selector, References references)
      throws MalformedObjectException {
    if (references.clusterWide() && selector.string("namespace").orElse("").isEmpty()) {
      throw new MalformedObjectException(selector.path() + ": cluster scope requires namespace");
    }
  }

  /**
   * A token of the account that a selector names, for its audiences and those.
   *
   * @param audiences come first
   */
  public static String accountToken(Fields account, List<String> audiences, References references)
      throws StoreException {
    try {
      List<String> all = new ArrayList<>(audiences);
      all.addAll(account.strings("audiences"));
      Map<String, Object> selector = new LinkedHashMap<>();
      selector.put("name", account.requiredString("name"));
      account.string("namespace").ifPresent(it -> selector.put("namespace", it));
      selector.put("audiences", all);
      return references.accountToken(Fields.of(selector, account.path()));
    } catch (MalformedObjectException e) {
      throw new StoreException(new Problem.Malformed(), e.getMessage());
    }
  }
}
