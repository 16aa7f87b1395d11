package dev.signet.dialects.externalsecrets;

import dev.signet.delivery.Shape;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.store.RemoteRef;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * An ExternalSecret, typed. This version understands {@code data} and {@code dataFrom.extract};
 * every other field makes reading fail with the field's path.
 *
 * @param store the store of entries that name none
 */
record ExternalSecret(
    Metadata metadata,
    Optional<StoreRef> store,
    String targetName,
    CreationPolicy creationPolicy,
    DeletionPolicy deletionPolicy,
    boolean immutable,
    RefreshPolicy refreshPolicy,
    Duration refreshInterval,
    List<Datum> data,
    List<Extract> dataFrom) {

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

  /** All fields of one value. */
  record Extract(Optional<StoreRef> store, RemoteRef ref, Treatment treatment) {}

  static void requireVersion(KubeObject object) throws MalformedObjectException {
    if (!API_VERSIONS.contains(object.apiVersion())) {
      throw new MalformedObjectException(
          "apiVersion " + object.apiVersion() + " is not served; use " + API_VERSION);
    }
  }

  static ExternalSecret of(KubeObject object) throws MalformedObjectException {
    requireVersion(object);
    Fields whole = object.fields();
    List.of("apiVersion", "kind", "metadata", "status").forEach(whole::raw);
    Fields spec = whole.requiredObject("spec");
    Optional<StoreRef> store = StoreRef.optional(spec, "secretStoreRef");
    Fields target = spec.object("target").orElse(Fields.of(java.util.Map.of(), "spec.target"));
    ExternalSecret result =
        new ExternalSecret(
            object.metadata().with("namespace", object.ref().namespace()),
            store,
            target.string("name").filter(name -> !name.isEmpty()).orElse(object.ref().name()),
            choice(target, "creationPolicy", CreationPolicy.Owner),
            choice(target, "deletionPolicy", DeletionPolicy.Retain),
            target.bool("immutable").orElse(false),
            choice(spec, "refreshPolicy", RefreshPolicy.Periodic),
            refreshInterval(spec),
            data(spec),
            dataFrom(spec));
    whole.refuseUnread();
    result.check();
    return result;
  }

  /** Every store that it names. */
  Set<StoreRef> stores() {
    Set<StoreRef> stores = new HashSet<>();
    store.ifPresent(stores::add);
    data.forEach(each -> each.store().ifPresent(stores::add));
    dataFrom.forEach(each -> each.store().ifPresent(stores::add));
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

  private static List<Extract> dataFrom(Fields spec) throws MalformedObjectException {
    List<Extract> extracts = new ArrayList<>();
    for (Fields entry : spec.objects("dataFrom")) {
      Optional<StoreRef> store = sourceStore(entry);
      Optional<Fields> extract = entry.object("extract");
      if (extract.isEmpty()) {
        throw new MalformedObjectException(
            entry.path() + " has no extract; this version understands nothing else there");
      }
      extracts.add(new Extract(store, remoteRef(extract.get()), treatment(extract.get())));
    }
    return extracts;
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
    choice(ref, "metadataPolicy", MetadataPolicy.None);
    return new RemoteRef(
        ref.requiredString("key"),
        ref.string("property").orElse(""),
        ref.string("version").orElse(""));
  }

  /** {@code Fetch} would fetch a value's tags instead of the value; it is not understood yet. */
  private enum MetadataPolicy {
    None
  }

  private static Treatment treatment(Fields ref) throws MalformedObjectException {
    return new Treatment(
        choice(ref, "decodingStrategy", Shape.Decoding.None),
        choice(ref, "conversionStrategy", Shape.KeyConversion.Default),
        choice(ref, "nullBytePolicy", NullBytePolicy.Ignore));
  }

  private static <E extends Enum<E>> E choice(Fields fields, String name, E otherwise)
      throws MalformedObjectException {
    Optional<String> text = fields.string(name).filter(given -> !given.isEmpty());
    if (text.isEmpty()) {
      return otherwise;
    }
    for (E each : otherwise.getDeclaringClass().getEnumConstants()) {
      if (each.name().equals(text.get())) {
        return each;
      }
    }
    throw new MalformedObjectException(
        fields.path()
            + "."
            + name
            + " must be one of "
            + List.of(otherwise.getDeclaringClass().getEnumConstants()));
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
    Set<String> seen = new HashSet<>();
    for (Datum datum : data) {
      if (!seen.add(datum.secretKey()) && deletionPolicy == DeletionPolicy.Retain) {
        throw new MalformedObjectException("duplicate secretKey found: " + datum.secretKey());
      }
    }
  }
}
