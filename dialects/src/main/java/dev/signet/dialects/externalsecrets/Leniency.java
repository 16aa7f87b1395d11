package dev.signet.dialects.externalsecrets;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.signet.delivery.Problem;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.yaml.Document;
import dev.signet.yaml.Documents;
import dev.signet.yaml.DuplicateKeys;
import dev.signet.yaml.MalformedDocumentException;
import dev.signet.yaml.ReadLimits;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What an ExternalSecret's annotations let pass that fails it otherwise. Without them nothing is
 * lenient, and all is as upstream has it.
 *
 * <pre>
 * signet.dev/optional-keys        names, separated by commas or space: a secretKey, or dataFrom[N]
 * signet.dev/default-values       a YAML map, key: text
 * signet.dev/fallback-stores      [SecretStore/]name or ClusterSecretStore/name, in this order
 * signet.dev/fallback-on-missing  true or false, the default
 * </pre>
 *
 * <p>Only the absence of a value is forgiven: that all stores that were asked say so. A store that
 * cannot tell is passed over for the next, and when there is none the whole fails, since what it
 * holds is not known.
 *
 * @param optional entries whose value may be absent
 * @param defaults what a key holds that nothing else brought; no secrets, for whoever may read the
 *     object may read them
 * @param fallbacks what is asked after the store of the object; an entry with a store of its own
 *     has none, for the same key may be another secret there
 * @param onMissing whether they are asked for what does not exist, too
 */
record Leniency(
    Set<String> optional,
    Map<String, String> defaults,
    List<StoreRef> fallbacks,
    boolean onMissing) {

  static final String OPTIONAL = "signet.dev/optional-keys";
  static final String DEFAULTS = "signet.dev/default-values";
  static final String FALLBACKS = "signet.dev/fallback-stores";
  static final String ON_MISSING = "signet.dev/fallback-on-missing";

  /** They are for this object, and not for the Secret that is made of it. */
  static final Set<String> ANNOTATIONS = Set.of(OPTIONAL, DEFAULTS, FALLBACKS, ON_MISSING);

  private static final String PREFIX = "signet.dev/";
  private static final int MOST_FALLBACKS = 8;
  private static final Pattern SEPARATOR = Pattern.compile("[,\\s]+");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?");
  private static final Pattern KEY = Pattern.compile("[-._a-zA-Z0-9]{1,253}");

  Leniency {
    optional = Set.copyOf(optional);
    defaults = Map.copyOf(defaults);
    fallbacks = List.copyOf(fallbacks);
  }

  /** How an entry of {@code dataFrom} is called. */
  static String from(int index) {
    return "dataFrom[" + index + "]";
  }

  static Leniency of(
      Map<String, String> annotations,
      Optional<StoreRef> store,
      List<ExternalSecret.Datum> data,
      List<ExternalSecret.Source> dataFrom)
      throws MalformedObjectException {
    Set<String> keys = new LinkedHashSet<>();
    data.forEach(datum -> keys.add(datum.secretKey()));
    Leniency result =
        new Leniency(
            optional(annotations.get(OPTIONAL), keys, dataFrom),
            defaults(annotations.get(DEFAULTS), keys, !dataFrom.isEmpty()),
            fallbacks(annotations.get(FALLBACKS), store),
            onMissing(annotations.get(ON_MISSING)));
    if (annotations.containsKey(ON_MISSING) && result.fallbacks.isEmpty()) {
      throw malformed(
          ON_MISSING, "says when to ask other stores, but no " + FALLBACKS + " are named");
    }
    return result;
  }

  private static List<String> words(@Nullable String text) {
    return text == null
        ? List.of()
        : Stream.of(SEPARATOR.split(text)).filter(word -> !word.isEmpty()).toList();
  }

  private static Set<String> optional(
      @Nullable String text, Set<String> keys, List<ExternalSecret.Source> dataFrom)
      throws MalformedObjectException {
    Set<String> known = new LinkedHashSet<>(keys);
    for (int i = 0; i < dataFrom.size(); i++) {
      if (!(dataFrom.get(i) instanceof ExternalSecret.Source.Generate)) {
        known.add(from(i));
      }
    }
    Set<String> optional = new LinkedHashSet<>(words(text));
    for (String each : optional) {
      if (!known.contains(each)) {
        throw malformed(OPTIONAL, "names " + each + ", and the keys of spec are " + known);
      }
    }
    return required(OPTIONAL, text, optional);
  }

  /** An annotation that says nothing is a mistake of whoever wrote it. */
  private static <T extends java.util.Collection<?>> T required(
      String annotation, @Nullable String text, T parsed) throws MalformedObjectException {
    if (text != null && parsed.isEmpty()) {
      throw malformed(annotation, "is empty; take it away, or name something");
    }
    return parsed;
  }

  private static Map<String, String> defaults(
      @Nullable String text, Set<String> keys, boolean others) throws MalformedObjectException {
    Map<String, String> defaults = new LinkedHashMap<>();
    for (Map.Entry<String, @Nullable Object> entry : map(text).entrySet()) {
      String key = entry.getKey();
      // What dataFrom brings has names that only the store knows.
      if (others ? !KEY.matcher(key).matches() : !keys.contains(key)) {
        throw malformed(DEFAULTS, "names " + key + ", and the keys of spec are " + keys);
      }
      if (!(entry.getValue() instanceof String value)) {
        throw malformed(DEFAULTS, "has no text for " + key + "; put it in quotes");
      }
      defaults.put(key, value);
    }
    var _ = required(DEFAULTS, text, defaults.keySet());
    return defaults;
  }

  /** What cannot be read is not quoted: it may be what was meant to be secret. */
  private static Map<String, @Nullable Object> map(@Nullable String text)
      throws MalformedObjectException {
    if (text == null) {
      return Map.of();
    }
    try {
      List<Document> documents =
          Documents.read(
              text.getBytes(UTF_8), DEFAULTS, ReadLimits.DEFAULT, DuplicateKeys.REJECTED);
      if (documents.size() == 1) {
        return documents.getFirst().tree();
      }
    } catch (MalformedDocumentException e) {
      // Said below.
    }
    throw malformed(DEFAULTS, "must be one YAML map of keys to texts, such as \"log-level: info\"");
  }

  private static List<StoreRef> fallbacks(@Nullable String text, Optional<StoreRef> store)
      throws MalformedObjectException {
    if (text == null) {
      return List.of();
    }
    if (store.isEmpty()) {
      throw malformed(FALLBACKS, "needs spec.secretStoreRef, whose place the stores take");
    }
    List<StoreRef> fallbacks = stores(text);
    if (fallbacks.contains(store.get())) {
      throw malformed(FALLBACKS, "names " + store.get() + ", which is asked first anyway");
    }
    return required(FALLBACKS, text, fallbacks);
  }

  /** The stores that the annotation names. */
  static List<StoreRef> stores(String text) throws MalformedObjectException {
    List<StoreRef> stores = new ArrayList<>();
    for (String word : words(text)) {
      int slash = word.indexOf('/');
      String kind = slash < 0 ? StoreRef.STORE.kind() : word.substring(0, slash);
      String name = word.substring(slash + 1);
      boolean clusterWide = kind.equals(StoreRef.CLUSTER_STORE.kind());
      if ((!clusterWide && !kind.equals(StoreRef.STORE.kind())) || !NAME.matcher(name).matches()) {
        throw malformed(
            FALLBACKS, "names " + word + "; it takes SecretStore/NAME and ClusterSecretStore/NAME");
      }
      StoreRef store = new StoreRef(name, clusterWide);
      if (stores.contains(store)) {
        throw malformed(FALLBACKS, "names " + store + " twice");
      }
      stores.add(store);
    }
    if (stores.size() > MOST_FALLBACKS) {
      throw malformed(FALLBACKS, "names more than " + MOST_FALLBACKS + " stores");
    }
    return stores;
  }

  private static boolean onMissing(@Nullable String text) throws MalformedObjectException {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      case null -> false;
      default -> throw malformed(ON_MISSING, "must be \"true\" or \"false\"");
    };
  }

  private static MalformedObjectException malformed(String annotation, String why) {
    return new MalformedObjectException("annotation " + annotation + " " + why);
  }

  /** Annotations under our name that are none of these. */
  static Set<String> unknown(Map<String, String> annotations) {
    return annotations.keySet().stream()
        .filter(each -> each.startsWith(PREFIX) && !ANNOTATIONS.contains(each))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether that entry may be left out, or its key has a default. */
  boolean mayBeAbsent(String entry) {
    return optional.contains(entry) || defaults.containsKey(entry);
  }

  /** Whether the next store is asked when one fails so. */
  boolean goesOn(Problem problem) {
    return switch (problem) {
      case Problem.Denied _, Problem.Throttled _, Problem.Unreachable _ -> true;
      case Problem.NotFound _ -> onMissing;
      case Problem.Malformed _, Problem.Refused _, Problem.Conflict _ -> false;
    };
  }
}
