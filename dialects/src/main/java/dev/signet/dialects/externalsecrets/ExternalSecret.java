package dev.signet.dialects.externalsecrets;

import com.google.re2j.Pattern;
import dev.signet.delivery.GoDuration;
import dev.signet.delivery.Shape;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * An ExternalSecret, typed. A field that this version does not understand makes reading fail with
 * the field's path.
 *
 * @param store the store of entries that name none
 * @param leniency what its annotations let pass
 */
record ExternalSecret(
    Metadata metadata,
    Optional<StoreRef> store,
    String targetName,
    CreationPolicy creationPolicy,
    DeletionPolicy deletionPolicy,
    boolean immutable,
    Optional<TargetManifest> manifest,
    Optional<TargetTemplate> template,
    RefreshPolicy refreshPolicy,
    Duration refreshInterval,
    Optional<SyncWindows> syncWindows,
    List<Datum> data,
    List<Source> dataFrom,
    Leniency leniency) {

  static final String GROUP = "external-secrets.io";
  static final GroupKind KIND = new GroupKind(GROUP, "ExternalSecret");
  static final String API_VERSION = GROUP + "/v1";
  private static final Set<String> API_VERSIONS = Set.of(GROUP + "/v1", GROUP + "/v1beta1");

  enum CreationPolicy {
    Owner,
    Orphan,
    Merge,
    None,
    CreateOrMerge
  }

  enum DeletionPolicy {
    Retain,
    Delete,
    Merge
  }

  enum RefreshPolicy {
    CreatedOnce,
    Periodic,
    OnChange
  }

  enum NullBytePolicy {
    Ignore,
    Fail
  }

  /** How a fetched value is treated. */
  record Treatment(
      Shape.Decoding decoding, Shape.KeyConversion conversion, NullBytePolicy nullBytes) {}

  /** One key of the Secret. */
  record Datum(String secretKey, Optional<StoreRef> store, RemoteRef ref, Treatment treatment) {}

  /** One entry of {@code dataFrom}: many keys at once. */
  sealed interface Source {

    List<Rewrite> rewrites();

    /** All fields of one value. */
    record Extract(
        Optional<StoreRef> store, RemoteRef ref, Treatment treatment, List<Rewrite> rewrites)
        implements Source {}

    /** All values that a search finds. */
    record Find(
        Optional<StoreRef> store, Search search, Treatment treatment, List<Rewrite> rewrites)
        implements Source {}

    /** What a generator makes. */
    record Generate(GeneratorRef generator, List<Rewrite> rewrites) implements Source {}
  }

  static void requireVersion(KubeObject object) throws MalformedObjectException {
    if (!API_VERSIONS.contains(object.apiVersion())) {
      throw new MalformedObjectException(
          "apiVersion " + object.apiVersion() + " is not served; use " + API_VERSION);
    }
  }

  static ExternalSecret of(KubeObject object) throws MalformedObjectException {
    return of(object, /* strict= */ true);
  }

  /**
   * @param strict whether a field that is not understood makes reading fail
   */
  static ExternalSecret of(KubeObject object, boolean strict) throws MalformedObjectException {
    requireVersion(object);
    Fields whole = object.fields();
    List.of("apiVersion", "kind", "metadata", "status").forEach(whole::raw);
    Fields spec = whole.requiredObject("spec");
    Optional<StoreRef> store = StoreRef.optional(spec, "secretStoreRef");
    Fields target = spec.object("target").orElse(Fields.of(java.util.Map.of(), "spec.target"));
    List<Datum> data = data(spec);
    List<Source> dataFrom = dataFrom(spec);
    ExternalSecret result =
        new ExternalSecret(
            object.metadata().with("namespace", object.ref().namespace()),
            store,
            target.string("name").filter(name -> !name.isEmpty()).orElse(object.ref().name()),
            Choices.of(target, "creationPolicy", CreationPolicy.Owner),
            Choices.of(target, "deletionPolicy", DeletionPolicy.Retain),
            target.bool("immutable").orElse(false),
            TargetManifest.of(target),
            TargetTemplate.of(target),
            Choices.of(spec, "refreshPolicy", RefreshPolicy.Periodic),
            refreshInterval(spec),
            SyncWindows.of(spec),
            data,
            dataFrom,
            Leniency.of(object.metadata().annotations(), store, data, dataFrom));
    if (strict) {
      whole.refuseUnread();
    }
    result.check();
    return result;
  }

  /** Where it delivers to. */
  Ref target() {
    String namespace = metadata.namespace();
    return manifest
        .map(each -> each.ref(namespace, targetName))
        .orElseGet(() -> Ref.secret(namespace, targetName));
  }

  /** Whether any of its values are made anew each time. */
  boolean generates() {
    return dataFrom.stream().anyMatch(Source.Generate.class::isInstance);
  }

  /** Whether any of its values are in a store. */
  boolean fetches() {
    return !data.isEmpty() || !dataFrom.stream().allMatch(Source.Generate.class::isInstance);
  }

  /** Every store that it names, the usual one first, those that it falls back to last. */
  Set<StoreRef> stores() {
    Set<StoreRef> stores = new LinkedHashSet<>();
    store.ifPresent(stores::add);
    data.forEach(each -> each.store().ifPresent(stores::add));
    for (Source source : dataFrom) {
      switch (source) {
        case Source.Extract extract -> extract.store().ifPresent(stores::add);
        case Source.Find find -> find.store().ifPresent(stores::add);
        case Source.Generate _ -> {}
      }
    }
    stores.addAll(leniency.fallbacks());
    return stores;
  }

  private static Duration refreshInterval(Fields spec) throws MalformedObjectException {
    String text = spec.string("refreshInterval").orElse("1h");
    return GoDuration.parse(text)
        .orElseThrow(
            () ->
                new MalformedObjectException(
                    "spec.refreshInterval is not a duration such as 1h, 15m or 30s"));
  }

  private static List<Datum> data(Fields spec) throws MalformedObjectException {
    List<Datum> data = new ArrayList<>();
    for (Fields entry : spec.objects("data")) {
      Fields ref = entry.requiredObject("remoteRef");
      data.add(
          new Datum(
              entry.requiredString("secretKey"),
              sourceStore(entry),
              remoteRef(ref),
              treatment(ref)));
    }
    return data;
  }

  private static List<Source> dataFrom(Fields spec) throws MalformedObjectException {
    List<Source> sources = new ArrayList<>();
    for (Fields entry : spec.objects("dataFrom")) {
      Optional<Fields> extract = entry.object("extract");
      Optional<Fields> find = entry.object("find");
      Optional<GeneratorRef> generator = generator(entry);
      if (Stream.of(extract, find, generator).filter(Optional::isPresent).count() > 1) {
        throw new MalformedObjectException(
            "extract, find, or generatorRef cannot be set at the same time");
      }
      List<Rewrite> rewrites = Rewrite.of(entry);
      if (extract.isPresent()) {
        sources.add(
            new Source.Extract(
                sourceStore(entry), remoteRef(extract.get()), treatment(extract.get()), rewrites));
      } else if (find.isPresent()) {
        sources.add(
            new Source.Find(
                sourceStore(entry), search(find.get()), treatment(find.get()), rewrites));
      } else {
        GeneratorRef ref =
            generator.orElseThrow(
                () ->
                    new MalformedObjectException(
                        entry.has("sourceRef")
                            ? "generatorRef or storeRef must be set when using sourceRef in"
                                + " dataFrom"
                            : "either extract, find, or sourceRef must be set to dataFrom"));
        sources.add(new Source.Generate(ref, rewrites));
      }
    }
    return sources;
  }

  private static Optional<GeneratorRef> generator(Fields entry) throws MalformedObjectException {
    Optional<Fields> source = entry.object("sourceRef");
    return source.isPresent() ? GeneratorRef.optional(source.get()) : Optional.empty();
  }

  private static Search search(Fields find) throws MalformedObjectException {
    Optional<Fields> name = find.object("name");
    Optional<Pattern> pattern = Optional.empty();
    if (name.isPresent()) {
      String path = name.get().path() + ".regexp";
      pattern = Optional.of(Rewrite.pattern(name.get().string("regexp").orElse(""), path));
    }
    return new Search(find.string("path"), pattern, find.stringMap("tags"));
  }

  private static Optional<StoreRef> sourceStore(Fields entry) throws MalformedObjectException {
    Optional<Fields> source = entry.object("sourceRef");
    if (source.isEmpty()) {
      return Optional.empty();
    }
    Optional<StoreRef> store = StoreRef.optional(source.get(), "storeRef");
    if (store.isEmpty()) {
      throw new MalformedObjectException(
          source.get().path() + " has no storeRef; this version understands nothing else there");
    }
    return store;
  }

  private static RemoteRef remoteRef(Fields ref) throws MalformedObjectException {
    return new RemoteRef(
        ref.requiredString("key"),
        ref.string("property").orElse(""),
        ref.string("version").orElse(""),
        Choices.of(ref, "metadataPolicy", MetadataPolicy.None) == MetadataPolicy.Fetch);
  }

  private enum MetadataPolicy {
    None,
    Fetch
  }

  private static Treatment treatment(Fields ref) throws MalformedObjectException {
    return new Treatment(
        Choices.of(ref, "decodingStrategy", Shape.Decoding.None),
        Choices.of(ref, "conversionStrategy", Shape.KeyConversion.Default),
        Choices.of(ref, "nullBytePolicy", NullBytePolicy.Ignore));
  }

  /** The rules of upstream's admission webhook that concern what is understood here. */
  private void check() throws MalformedObjectException {
    if (data.isEmpty() && dataFrom.isEmpty()) {
      throw new MalformedObjectException("either data or dataFrom should be specified");
    }
    if (deletionPolicy == DeletionPolicy.Delete
        && creationPolicy != CreationPolicy.Owner
        && creationPolicy != CreationPolicy.Orphan) {
      throw new MalformedObjectException(
          "deletionPolicy=Delete must not be used when the controller doesn't own the secret."
              + " Please set creationPolicy=Owner");
    }
    if (deletionPolicy == DeletionPolicy.Merge && creationPolicy == CreationPolicy.None) {
      throw new MalformedObjectException(
          "deletionPolicy=Merge must not be used with creationPolicy=None. There is no Secret to"
              + " merge with");
    }
    if (template.isPresent() && manifest.isEmpty()) {
      template.get().checkForSecret();
    }
    Set<String> seen = new HashSet<>();
    for (Datum datum : data) {
      if (!seen.add(datum.secretKey()) && deletionPolicy == DeletionPolicy.Retain) {
        throw new MalformedObjectException("duplicate secretKey found: " + datum.secretKey());
      }
    }
  }
}
