package dev.signet.kube;

import static java.util.Objects.requireNonNull;

import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Ref;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of one kind as stripped JSON, {@linkplain Packing packed}: of {@code managedFields}
 * only who wrote when, no last-applied annotation. They are decoded when used.
 *
 * <p>Own writes. The answer to a status write is put in here at once, so that the next reconcile
 * starts from it, and so that its echo in the watch is no change. The echo can come before the
 * answer: while a write is under way a change of its object is kept back ({@link #swallows}), and
 * told when the answer has come, unless it was the echo. An answer is not replaced by an older
 * version, which a list that began before the write still brings; but only for thirty seconds,
 * after which the server is believed again, whatever it says (it may have been restored from a
 * backup).
 *
 * <p>What is {@linkplain #remember remembered} without being written stays until another version
 * comes.
 */
final class CachedObjects implements Store {

  private static final long OWN_IS_KEPT = Duration.ofSeconds(30).toNanos();
  private static final int ECHOES = 32;
  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  /** An object; never changed once it is here. */
  private static final class Entry {
    private final String uid;
    private final String version;
    private final byte[] packed;

    /** Whether it is the answer to a write of this process. */
    private final boolean own;

    /** The last versions that this process wrote, whose echoes may still come. */
    private final List<String> written;

    /** When it was put here, in nanoseconds. */
    private final long at;

    /** Whether there is something in it that the server was not told. */
    private final boolean more;

    private Entry(
        String uid, String version, byte[] packed, boolean own, List<String> written, long at) {
      this(uid, version, packed, own, written, at, /* more= */ false);
    }

    private Entry(
        String uid,
        String version,
        byte[] packed,
        boolean own,
        List<String> written,
        long at,
        boolean more) {
      this.uid = uid;
      this.version = version;
      this.packed = packed;
      this.own = own;
      this.written = written;
      this.at = at;
      this.more = more;
    }

    private Entry with(byte[] other) {
      return new Entry(uid, version, other, own, written, at, /* more= */ true);
    }

    private Entry after(Entry before) {
      // Of writes that are long past no echo comes any more.
      boolean recent = at - before.at < OWN_IS_KEPT;
      List<String> all = new ArrayList<>(recent ? before.written : List.of());
      if (own) {
        all.add(version);
      }
      int from = Math.max(0, all.size() - ECHOES);
      return new Entry(uid, version, packed, own, List.copyOf(all.subList(from, all.size())), at);
    }
  }

  /** A write under way, and whether a change of its object was kept back. */
  private static final class Write {
    private boolean heard;
    private int users = 1;
  }

  private final KubernetesSerialization serialization;
  private final LongSupplier nanos;
  private final Packing packing = new Packing();
  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private final Map<String, Write> writes = new ConcurrentHashMap<>();

  CachedObjects(KubernetesSerialization serialization, LongSupplier nanos) {
    this.serialization = serialization;
    this.nanos = nanos;
  }

  Optional<KubeObject> object(String key) {
    return Optional.ofNullable(entries.get(key)).map(this::decode);
  }

  /** In no order. */
  List<KubeObject> objects() {
    return entries.values().stream().map(this::decode).toList();
  }

  private KubeObject decode(Entry entry) {
    try {
      return KubeObject.of(Json.read(packing.unpack(entry.packed)), "");
    } catch (IOException | MalformedObjectException e) {
      throw new IllegalStateException("a cached object cannot be read", e);
    }
  }

  /** Keeps what is not written, for as long as nothing else happens to the object. */
  void remember(KubeObject object) {
    byte[] packed = packing.pack(Json.write(object.tree()));
    String version = ObjectWrites.resourceVersion(object);
    Ref ref = object.ref();
    var _ =
        entries.computeIfPresent(
            Stub.key(ref.namespace(), ref.name()),
            (_, entry) -> entry.version.equals(version) ? entry.with(packed) : entry);
  }

  /** A status write begins; {@link #answered} has to follow. */
  void writing(String key) {
    writes.compute(
        key,
        (_, write) -> {
          if (write == null) {
            return new Write();
          }
          write.users++;
          return write;
        });
  }

  /**
   * The write has ended.
   *
   * @param base the version that it was based on
   * @param written what the server made of it, if it succeeded
   * @return whether the listener has to be told of a change that was kept back
   */
  boolean answered(String key, String base, Optional<Map<String, @Nullable Object>> written) {
    boolean[] tell = new boolean[1];
    var _ =
        writes.compute(
            key,
            (_, write) -> {
              boolean heard = requireNonNull(write).heard;
              boolean echo = written.isPresent() && keep(key, base, written.get());
              write.users--;
              if (write.users > 0) {
                write.heard = heard && !echo;
                return write;
              }
              tell[0] = heard && !echo;
              return null;
            });
    return tell[0];
  }

  /** Whether what is here afterwards is what was written. */
  private boolean keep(String key, String base, Map<String, @Nullable Object> written) {
    Entry own = own(written);
    Entry now =
        entries.computeIfPresent(
            key,
            (_, entry) ->
                entry.uid.equals(own.uid)
                        && (entry.version.equals(base) || entry.version.equals(own.version))
                    ? own.after(entry)
                    : entry);
    return now != null && now.own && now.version.equals(own.version);
  }

  private Entry own(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> stripped = stripped(tree);
    Map<?, ?> metadata = (Map<?, ?>) requireNonNull(stripped.get("metadata"));
    return new Entry(
        String.valueOf(metadata.get("uid")),
        String.valueOf(metadata.get("resourceVersion")),
        packing.pack(Json.write(stripped)),
        true,
        List.of(),
        nanos.getAsLong());
  }

  /** Without what nothing reads. */
  static Map<String, @Nullable Object> stripped(Map<String, @Nullable Object> tree) {
    Map<String, @Nullable Object> result = new LinkedHashMap<>(tree);
    if (tree.get("metadata") instanceof Map<?, ?> given) {
      Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
      given.forEach((name, value) -> metadata.put((String) name, value));
      if (metadata.get("managedFields") instanceof List<?> writers) {
        metadata.put("managedFields", writers.stream().map(CachedObjects::withoutFields).toList());
      }
      if (metadata.get("annotations") instanceof Map<?, ?> annotations
          && annotations.containsKey(LAST_APPLIED)) {
        Map<Object, Object> kept = new LinkedHashMap<>(annotations);
        kept.remove(LAST_APPLIED);
        metadata.put("annotations", kept);
      }
      result.put("metadata", metadata);
    }
    return result;
  }

  private static Object withoutFields(Object writer) {
    if (!(writer instanceof Map<?, ?> given)) {
      return writer;
    }
    Map<Object, Object> kept = new LinkedHashMap<>(given);
    kept.remove("fieldsV1");
    return kept;
  }

  /** Atomic with {@link #answered}: a change is either kept back before it or compared after it. */
  @Override
  public boolean swallows(String key, String version) {
    boolean[] swallowed = new boolean[1];
    var _ =
        writes.compute(
            key,
            (_, write) -> {
              Entry entry = entries.get(key);
              boolean echo = entry != null && entry.written.contains(version);
              swallowed[0] = echo || write != null;
              if (write != null && !echo) {
                write.heard = true;
              }
              return write;
            });
    return swallowed[0];
  }

  @Override
  public List<String> clear() {
    List<String> keys = new ArrayList<>(entries.keySet());
    keys.forEach(entries::remove);
    return keys;
  }

  @Override
  public String getKey(GenericKubernetesResource object) {
    return Stub.key(object);
  }

  @Override
  public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
    Entry fresh = entry(object);
    Entry[] before = new Entry[1];
    var _ =
        entries.compute(
            key,
            (_, entry) -> {
              before[0] = entry;
              boolean keep = entry != null && entry.uid.equals(fresh.uid) && keeps(entry, fresh);
              return entry == null ? fresh : keep ? entry : fresh.after(entry);
            });
    return before[0] == null ? null : stub(key, before[0]);
  }

  /** Whether there is more in what is here than in what the server says of the same object. */
  private boolean keeps(Entry entry, Entry fresh) {
    boolean same = fresh.version.equals(entry.version);
    boolean answered = entry.own && nanos.getAsLong() - entry.at < OWN_IS_KEPT;
    if (same) {
      return answered || entry.more;
    }
    return answered && Versions.older(fresh.version, entry.version);
  }

  private Entry entry(GenericKubernetesResource object) {
    ObjectMeta metadata = object.getMetadata();
    if (metadata.getManagedFields() != null) {
      metadata.getManagedFields().forEach(writer -> writer.setFieldsV1(null));
    }
    if (metadata.getAnnotations() != null && metadata.getAnnotations().containsKey(LAST_APPLIED)) {
      Map<String, String> annotations = new LinkedHashMap<>(metadata.getAnnotations());
      annotations.remove(LAST_APPLIED);
      metadata.setAnnotations(annotations);
    }
    byte[] json = serialization.asJson(object).getBytes(StandardCharsets.UTF_8);
    return new Entry(
        Stub.orEmpty(metadata.getUid()),
        Stub.orEmpty(metadata.getResourceVersion()),
        packing.pack(json),
        false,
        List.of(),
        nanos.getAsLong());
  }

  @Override
  public @Nullable GenericKubernetesResource remove(String key) {
    Entry before = entries.remove(key);
    return before == null ? null : stub(key, before);
  }

  @Override
  public Stream<String> keySet() {
    return entries.keySet().stream();
  }

  @Override
  public Stream<GenericKubernetesResource> values() {
    return entries.entrySet().stream().map(each -> stub(each.getKey(), each.getValue()));
  }

  @Override
  public int size() {
    return entries.size();
  }

  @Override
  public @Nullable GenericKubernetesResource get(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : stub(key, entry);
  }

  private static GenericKubernetesResource stub(String key, Entry entry) {
    return Stub.of(key, entry.uid, entry.version);
  }
}
