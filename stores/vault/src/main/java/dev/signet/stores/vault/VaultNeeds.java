package dev.signet.stores.vault;

import com.google.re2j.Pattern;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.vault.Policy.Capability;
import dev.signet.stores.vault.Policy.Rule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The rules that what is asked of Vault needs: those of the calls that {@link Kv}, {@link
 * KvWriting} and {@link VaultGenerator} make, at the paths that {@link KvPaths} gives. What the
 * policy {@code default} lets every token do is not among them: to look itself up, to renew and to
 * revoke itself, and to renew leases.
 */
public final class VaultNeeds {

  /** Parts of paths of engines whose answers have no lease. */
  private static final Set<String> WITHOUT_LEASE =
      Set.of(
          "data",
          "datakey",
          "decrypt",
          "encrypt",
          "hash",
          "hmac",
          "issue",
          "random",
          "rewrap",
          "sign",
          "sign-intermediate",
          "sign-verbatim",
          "static-cred",
          "static-creds",
          "verify");

  private final KvPaths paths;

  private VaultNeeds(KvPaths paths) {
    this.paths = paths;
  }

  /**
   * Of a store.
   *
   * @param configuration {@code spec.provider.vault}
   */
  public static VaultNeeds of(Fields configuration) throws MalformedObjectException {
    return new VaultNeeds(VaultConfiguration.paths(configuration));
  }

  /** To read a value, or what is kept about it. */
  public List<Rule> read(RemoteRef ref) throws StoreException {
    if (ref.metadata()) {
      if (!paths.versioned()) {
        throw new StoreException(
            new Problem.Malformed(),
            "metadata of key " + ref.key() + " cannot be read from a KV engine of version 1");
      }
      return List.of(Rule.of(named(paths.metadata(ref.key())), Capability.read));
    }
    List<Rule> rules = new ArrayList<>();
    rules.add(Rule.of(named(paths.data(ref.key())), Capability.read));
    // Looked for in the KV engine first, and if it is not there in the engine that it names.
    boolean made = paths.versioned() && ref.version().isEmpty() && VaultStore.isMade(ref.key());
    if (made && (paths.mount().isEmpty() || !ref.key().startsWith(paths.mount() + "/"))) {
      rules.add(Rule.of(named(ref.key()), Capability.read));
    }
    return rules;
  }

  /** To look below a folder, and to read what can be found there by that pattern. */
  public List<Rule> find(Search search) throws StoreException {
    String folder = search.path().orElse("").replaceAll("^/+|/+$", "");
    String within = folder.isEmpty() ? "" : folder + "/";
    String listed = below(paths.list(within));
    boolean byTags = search.name().isEmpty();
    if (byTags && !paths.versioned()) {
      throw new StoreException(
          new Problem.Malformed(), "a KV engine of version 1 cannot be searched by tags");
    }
    List<Rule> rules = new ArrayList<>();
    rules.add(
        byTags
            ? Rule.of(listed, Capability.list, Capability.read)
            : Rule.of(listed, Capability.list));
    Begin begin = search.name().map(Begin::of).orElse(new Begin("", false));
    if (begin.text().startsWith(within)) {
      String path = named(paths.data(begin.text().isEmpty() ? within : begin.text()), true);
      rules.add(Rule.of(begin.whole() ? path : path + "*", Capability.read));
    } else if (within.startsWith(begin.text()) && !begin.whole()) {
      rules.add(Rule.of(below(paths.data(within)), Capability.read));
    }
    return rules;
  }

  /** To write a key, and to delete it again. */
  public List<Rule> push(String key, boolean deletes) throws StoreException {
    return paths.versioned()
        ? written(named(paths.data(key)), named(paths.metadata(key)), deletes)
        : written(named(paths.data(key)), deletes);
  }

  /** To write keys whose names nobody knows: all of the engine. */
  public List<Rule> pushAny(boolean deletes) throws StoreException {
    if (paths.mount().isEmpty()) {
      throw new StoreException(
          new Problem.Malformed(),
          "the store has no path, and the keys that are pushed name no engine");
    }
    return paths.versioned()
        ? written(below(paths.data("")), below(paths.metadata("")), deletes)
        : written(below(paths.data("")), deletes);
  }

  /** Marked first, a key is there before its value is: who writes that only updates. */
  private static List<Rule> written(String data, String metadata, boolean deletes) {
    return List.of(
        rule(data, EnumSet.of(Capability.read, Capability.update), deletes),
        rule(metadata, EnumSet.of(Capability.create, Capability.read, Capability.update), deletes));
  }

  private static List<Rule> written(String path, boolean deletes) {
    return List.of(
        rule(path, EnumSet.of(Capability.create, Capability.read, Capability.update), deletes));
  }

  private static Rule rule(String path, Set<Capability> capabilities, boolean deletes) {
    EnumSet<Capability> all = EnumSet.copyOf(capabilities);
    if (deletes) {
      all.add(Capability.delete);
    }
    return new Rule(path, all, Map.of());
  }

  /**
   * To ask as a {@code VaultDynamicSecret}, and to renew and revoke what it gets.
   *
   * @param spec of the generator
   */
  public static List<Rule> generator(Fields spec) throws MalformedObjectException, StoreException {
    String path = named(spec.requiredString("path").replaceAll("^/+|/+$", ""));
    String method = spec.string("method").filter(it -> !it.isEmpty()).orElse("GET");
    String result = spec.string("resultType").filter(it -> !it.isEmpty()).orElse("Data");
    boolean asStatic = isStatic(spec);
    List<String> parts = List.of(path.split("/", -1));
    boolean token = result.equals("Auth") || parts.getFirst().equals("auth");
    List<Rule> rules = new ArrayList<>();
    // Who logs in is not asked who he is.
    if (!(token && parts.contains("login"))) {
      rules.add(
          switch (method) {
            case "GET" -> Rule.of(path, Capability.read);
            case "LIST" -> Rule.of(path + "/", Capability.list);
            case "DELETE" -> Rule.of(path, Capability.delete);
            default -> Rule.of(path, Capability.update);
          });
    }
    if (List.of("LIST", "DELETE").contains(method)
        || parts.stream().skip(1).anyMatch(WITHOUT_LEASE::contains)) {
      return rules;
    }
    if (token) {
      rules.add(Rule.of("auth/token/renew-accessor", Capability.update));
      rules.add(Rule.of("auth/token/revoke-accessor", Capability.update));
    } else {
      rules.add(
          new Rule(
              "sys/leases/revoke",
              Set.of(Capability.update),
              Map.of("lease_id", Set.of(path + "/*"), "sync", Set.of())));
      if (!asStatic) {
        rules.add(Rule.of("auth/token/renew-accessor", Capability.update));
        // Of whoever asked and was killed before the answer was noted.
        rules.add(Rule.of("auth/token/revoke-accessor", Capability.update));
      }
    }
    return rules;
  }

  private static boolean isStatic(Fields spec) throws MalformedObjectException {
    var auth = spec.requiredObject("provider").object("auth");
    return auth.isEmpty() || auth.get().has("tokenSecretRef");
  }

  private static String below(String path) throws StoreException {
    String folder = path.replaceAll("/+$", "");
    return named(folder) + "/*";
  }

  private static String named(String path) throws StoreException {
    return named(path, false);
  }

  /** A path that stands for itself in a policy. */
  private static String named(String path, boolean begins) throws StoreException {
    String whole = begins ? path.replaceAll("/+$", "") : path;
    var _ = KvPaths.encoded(whole);
    if (whole.endsWith("*")
        || whole.contains("{{")
        || Arrays.asList(whole.split("/", -1)).contains("+")) {
      throw new StoreException(
          new Problem.Malformed(),
          "\"" + whole + "\" means more than one path in a policy of Vault, which has no quoting");
    }
    return path;
  }

  /**
   * How all names begin that a pattern finds.
   *
   * @param whole whether they are that and nothing more
   */
  record Begin(String text, boolean whole) {

    private static final String SPECIAL = ".[](){}*+?|^$\\";

    static Begin of(Pattern pattern) {
      String text = pattern.pattern();
      if (!text.startsWith("^") || text.contains("|") || pattern.flags() != 0) {
        return new Begin("", false);
      }
      StringBuilder begin = new StringBuilder();
      int at = 1;
      while (at < text.length()) {
        char next = text.charAt(at);
        int length = 1;
        if (next == '\\' && at + 1 < text.length() && SPECIAL.indexOf(text.charAt(at + 1)) >= 0) {
          next = text.charAt(at + 1);
          length = 2;
        } else if (next == '$' && at == text.length() - 1) {
          return new Begin(begin.toString(), true);
        } else if (SPECIAL.indexOf(next) >= 0) {
          break;
        }
        boolean optional =
            at + length < text.length() && "*?{".indexOf(text.charAt(at + length)) >= 0;
        if (optional) {
          break;
        }
        begin.append(next);
        at += length;
      }
      return new Begin(begin.toString(), false);
    }
  }
}
