package dev.signet.kube;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.signet.delivery.Objects;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.kube.Failures.Asked;
import io.fabric8.kubernetes.api.model.Status;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.fabric8.kubernetes.client.utils.TokenRefreshInterceptor;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a Kubernetes cluster.
 *
 * <p>Kinds that are watched are read from caches, once these have synced; everything else is asked
 * for each time. Values of Secrets are always asked for, and are in no cache. Every write carries a
 * uid and a resourceVersion as preconditions and passes the write gate of the {@link Options}, so a
 * process that lost its lead without noticing changes nothing that moved on.
 *
 * <p>An object that did not change costs no request. A change costs one for each Secret that is
 * read and for each write.
 */
public final class Cluster implements Objects, AutoCloseable {

  private final Connection connection;
  private final Options options;
  private final Map<GroupKind, Resource> resources = new ConcurrentHashMap<>();
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("cluster-timer").factory());
  private final KubernetesSerialization serialization = serialization();
  private final KubernetesClient client;
  private final Api api;
  private final Answers answers;
  private final Discovery discovery;
  private final SecretBodies bodies;
  private final WrittenSecrets written = new WrittenSecrets(System::nanoTime);
  private final Watchings watchings;
  private final SecretVersions secrets;
  private final ObjectWrites writes;

  /** Kinds of others, into which values may be written. */
  private final Set<GroupKind> lookedUp = ConcurrentHashMap.newKeySet();

  private final Map<GroupKind, String> servedVersions = new ConcurrentHashMap<>();

  /** Connects lazily: the first request tells whether there is a cluster. */
  public Cluster(Connection connection, Collection<Resource> resources, Options options) {
    this(connection, resources, options, Traffic.Limits.USUAL);
  }

  Cluster(
      Connection connection,
      Collection<Resource> resources,
      Options options,
      Traffic.Limits limits) {
    this.connection = connection;
    this.options = options;
    resources.forEach(each -> this.resources.put(each.kind(), each));
    this.resources.put(GroupKind.SECRET, Resource.SECRETS);
    Pace pace = new Pace(options.rate(), System::nanoTime);
    Traffic traffic = new Traffic(pace, options.mayWrite(), limits, this::watchRefused, timer);
    Config config = connection.config();
    config.setUserAgent(options.userAgent());
    JdkHttpClientFactory http = new JdkHttpClientFactory();
    this.client =
        new KubernetesClientBuilder()
            .withConfig(config)
            .withHttpClientFactory(http)
            .withKubernetesSerialization(serialization)
            .withTaskExecutor(executor)
            .withHttpClientBuilderConsumer(
                builder -> {
                  connection.apply(builder);
                  // It prints bodies when logging is set to trace.
                  builder.addOrReplaceInterceptor("HttpLogging", null);
                  builder.addOrReplaceInterceptor(
                      TokenRefreshInterceptor.NAME,
                      new Tokens(config, http, connection.credentials(), pace));
                  builder.addOrReplaceInterceptor(Traffic.NAME, traffic);
                })
            .build();
    this.api =
        new Api(
            client.getHttpClient(),
            connection.server(),
            pace,
            options.inFlight(),
            options.timeout());
    this.answers = new Answers(api);
    this.discovery = new Discovery(api);
    this.watchings = new Watchings(client, discovery, executor);
    this.bodies = new SecretBodies(api);
    this.secrets = new SecretVersions(api, answers, watchings);
    this.writes = new ObjectWrites(api, options.fieldManager());
    long every = options.missing().toMillis();
    var _ = timer.scheduleWithFixedDelay(watchings::look, every, every, TimeUnit.MILLISECONDS);
  }

  /**
   * Without looking for the classes of all kinds there are, which costs time at start: objects are
   * generic here, and only errors within watches have a class of their own. A list without items is
   * null where metadata only is asked for.
   */
  static KubernetesSerialization serialization() {
    ObjectMapper mapper = new ObjectMapper();
    mapper.configOverride(List.class).setSetterInfo(JsonSetter.Value.forValueNulls(Nulls.AS_EMPTY));
    KubernetesSerialization serialization = new KubernetesSerialization(mapper, false);
    serialization.registerKubernetesResource(Status.class);
    return serialization;
  }

  /**
   * Begins to watch and returns at once. The listener is called for every object that there is and
   * on every change, deletions included, but not for the echo of a status that was written here. It
   * must be quick; it is called by several threads, for one kind in order.
   *
   * @param labelSelector only objects with these labels, in the syntax of kubectl; empty for all.
   *     Secrets and ConfigMaps are watched as metadata only
   * @throws IllegalArgumentException for a resource that this was not made with
   */
  public void watch(
      Collection<Resource> watched,
      Namespaces namespaces,
      String labelSelector,
      Consumer<Ref> changed) {
    for (Resource resource : watched) {
      if (!resource.equals(resources.get(resource.kind()))) {
        throw new IllegalArgumentException("not a resource of this cluster: " + resource.kind());
      }
      watchings.watch(resource, namespaces, labelSelector, stores(resource), changed);
    }
  }

  /**
   * From now on tells of changes in kinds of others too, once {@link #serves} was asked about them.
   * They are read from no cache, and a user who may not list them is told of nothing.
   */
  public void follow(Namespaces namespaces, String labelSelector, Consumer<Ref> changed) {
    watchings.follow(namespaces, labelSelector, changed);
  }

  private Supplier<Store> stores(Resource resource) {
    if (resource.isSecrets()) {
      return () -> new CachedSecrets(written);
    }
    return resource.isConfigMaps()
        ? CachedVersions::new
        : () -> new CachedObjects(serialization, System::nanoTime);
  }

  /** Whether every watched kind that is served has been listed and told of. */
  public boolean synced() {
    return watchings.synced();
  }

  /**
   * Whether no watched kind is still being listed: each is synced, missing, or one that this user
   * may not list, which nothing but a change of roles can help.
   */
  public boolean settled() {
    return watchings.settled();
  }

  /** The watched kinds that the API server does not serve, ordered by name. */
  public List<GroupKind> missing() {
    return watchings.missing();
  }

  /** Why kinds cannot be listed or watched now: for each the last failure and what to do. */
  public Map<GroupKind, String> failing() {
    return watchings.failing();
  }

  /** For what this package does beside objects: leases and events. */
  KubernetesClient client() {
    return client;
  }

  /** The same in bytes, at the same pace and through the same write gate. */
  Api api() {
    return api;
  }

  public Connection connection() {
    return connection;
  }

  /** Choosing a leader by that Lease; it begins with {@link Leadership#run}. */
  public Leadership leadership(
      String namespace,
      String lease,
      String me,
      Leadership.Terms terms,
      InstantSource calendar,
      Leadership.Listener listener) {
    return new Leadership(
        new LeadershipApi(api, namespace, lease, calendar), me, terms, System::nanoTime, listener);
  }

  /**
   * Posts events.
   *
   * @param component the source that stands in events about objects of a kind
   * @param instance the name of this process
   * @param told what became of each; must not block
   */
  public Events events(
      Function<GroupKind, String> component,
      String instance,
      InstantSource calendar,
      Consumer<Events.Fate> told) {
    return new Events(this, api, component, instance, calendar, told);
  }

  /** Reading once, without caches, by namespace. */
  public Inspection inspection() {
    return new Inspection(api, discovery);
  }

  /**
   * Applying manifests as the field manager of the options.
   *
   * @param force whether fields that others manage are taken over
   * @param dryRun whether the server only tries
   */
  public ServerSideApply serverSideApply(boolean force, boolean dryRun) {
    return new ServerSideApply(api, bodies, options.fieldManager(), force, dryRun);
  }

  /** Tokens of service accounts; it takes the verb create on serviceaccounts/token. */
  public ServiceAccountTokens serviceAccountTokens() {
    return new ServiceAccountTokens(api);
  }

  /** What there is to know of pods. */
  public Diagnostics diagnostics() {
    return new Diagnostics(this, api);
  }

  private void watchRefused(String path, int code) {
    watchings.refused(path, code);
  }

  @Override
  public Optional<KubeObject> get(Ref ref) throws ObjectsException {
    if (ref.kind().equals(GroupKind.SECRET)) {
      return Optional.empty();
    }
    if (!ref.kind().equals(Resource.CONFIG_MAPS.kind())) {
      Optional<Watching> watching = watchings.knowing(ref.kind(), ref.namespace());
      if (watching.isPresent()) {
        return cache(watching.get(), ref.namespace()).object(Stub.key(ref.namespace(), ref.name()));
      }
      Optional<KubeObject> listed = listedSoFar(ref);
      if (listed.isPresent()) {
        return listed;
      }
    }
    Optional<String> version = served(ref.kind());
    if (version.isEmpty()) {
      return Optional.empty();
    }
    Resource resource = resource(ref.kind());
    Asked asked = ObjectWrites.asked("get", ref, resource, "");
    Api.Answer answer =
        api.send(
            asked,
            Api.Request.get(resource.path(version.get(), ref.namespace()) + "/" + ref.name()));
    return switch (answer.code()) {
      case 200 -> Optional.of(Answers.object(asked, answer.body()));
      case 404 -> Optional.empty();
      default -> throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
    };
  }

  @Override
  public Optional<String> knownVersion(Ref ref) {
    return watchings
        .knowing(ref.kind(), ref.namespace())
        .flatMap(
            watching -> {
              String key = Stub.key(ref.namespace(), ref.name());
              return switch (watching.store(ref.namespace())) {
                case CachedVersions versions -> versions.version(key);
                case Store store ->
                    Optional.ofNullable(store.get(key))
                        .map(stub -> stub.getMetadata().getResourceVersion());
              };
            });
  }

  /** A cache that is still being filled tells of its objects, and is asked for each of them. */
  private Optional<KubeObject> listedSoFar(Ref ref) {
    return watchings.of(ref.kind()).stream()
        .filter(each -> each.covers(ref.namespace()))
        .findFirst()
        .flatMap(
            each -> cache(each, ref.namespace()).object(Stub.key(ref.namespace(), ref.name())));
  }

  @Override
  public List<KubeObject> list(GroupKind kind) throws ObjectsException {
    if (kind.equals(GroupKind.SECRET)) {
      return List.of();
    }
    List<Watching> watched = watchings.of(kind);
    List<KubeObject> found = new ArrayList<>();
    if (!watched.isEmpty() && watched.stream().allMatch(each -> each.missing() || each.synced())) {
      for (Watching each : watched) {
        each.stores().forEach(store -> found.addAll(((CachedObjects) store).objects()));
      }
    } else {
      found.addAll(listed(kind));
    }
    found.sort(Comparator.comparing(KubeObject::ref));
    return found;
  }

  private List<KubeObject> listed(GroupKind kind) throws ObjectsException {
    Optional<String> version = served(kind);
    if (version.isEmpty()) {
      return List.of();
    }
    Resource resource = resource(kind);
    Asked asked =
        new Asked(
            "list",
            "all " + resource.plural(),
            resource.plural(),
            kind.group(),
            "",
            /* carriesValues= */ false);
    List<KubeObject> found = new ArrayList<>();
    for (Map<String, @Nullable Object> tree :
        answers.items(asked, resource.path(version.get(), "") + "?limit=" + Answers.PAGE)) {
      tree.putIfAbsent("apiVersion", resource.root(version.get()).replaceFirst("^/apis?/", ""));
      tree.putIfAbsent("kind", kind.kind());
      found.add(Answers.object(asked, tree));
    }
    return found;
  }

  /** A kind that is not known is looked up once, and known from then on. */
  @Override
  public boolean serves(String apiVersion, String kind) throws ObjectsException {
    GroupKind wanted = GroupKind.of(apiVersion, kind);
    Resource known = resources.get(wanted);
    if (known == null) {
      Optional<Resource> found = discovery.find(apiVersion, kind);
      if (found.filter(Resource::namespaced).isPresent()) {
        lookedUp.add(wanted);
        resources.putIfAbsent(wanted, found.get());
        watchings.met(found.get());
      }
      known = resources.get(wanted);
    }
    return known != null && known.namespaced() && served(wanted).isPresent();
  }

  @Override
  public void updateStatus(Ref ref, Map<String, Object> status) throws ObjectsException {
    KubeObject object =
        get(ref)
            .orElseThrow(
                () -> new ObjectsException(new Problem.NotFound(), ref + " does not exist"));
    Object before = object.tree().getOrDefault("status", Map.of());
    if (status.equals(before)) {
      return;
    }
    Optional<Watching> watching = watchings.knowing(ref.kind(), ref.namespace());
    if (watching.isEmpty()) {
      var _ = writes.putStatus(resource(ref.kind()), object, status);
      return;
    }
    String key = Stub.key(ref.namespace(), ref.name());
    CachedObjects cache = cache(watching.get(), ref.namespace());
    String field = options.remembered().get(ref.kind());
    Optional<Map<?, ?>> rest = without(field, status);
    if (rest.isPresent() && rest.equals(without(field, before))) {
      cache.remember(object.with("status", status));
      return;
    }
    Optional<Map<String, @Nullable Object>> answer = Optional.empty();
    cache.writing(key);
    try {
      answer = Optional.of(writes.putStatus(resource(ref.kind()), object, status));
    } finally {
      if (cache.answered(key, ObjectWrites.resourceVersion(object), answer)) {
        watching.get().tell(key);
      }
    }
  }

  /** The other fields; empty where that one is not. */
  private static Optional<Map<?, ?>> without(@Nullable String field, @Nullable Object status) {
    if (field == null || !(status instanceof Map<?, ?> fields) || !fields.containsKey(field)) {
      return Optional.empty();
    }
    Map<Object, Object> rest = new HashMap<>(fields);
    rest.remove(field);
    return Optional.of(rest);
  }

  @Override
  public void create(KubeObject object) throws ObjectsException {
    writes.create(resource(object.ref().kind()), object, ofOthers(object));
  }

  @Override
  public void update(KubeObject object) throws ObjectsException {
    writes.update(resource(object.ref().kind()), object, ofOthers(object));
  }

  private boolean ofOthers(KubeObject object) {
    return lookedUp.contains(object.ref().kind());
  }

  @Override
  public void delete(Ref ref, String uid) throws ObjectsException {
    Optional<String> version = served(ref.kind());
    if (version.isPresent()) {
      writes.delete(resource(ref.kind()), version.get(), ref, uid);
    }
  }

  @Override
  public void setFinalizers(KubeObject seen, List<String> finalizers) throws ObjectsException {
    writes.setFinalizers(resource(seen.ref().kind()), seen, finalizers);
  }

  /** Whether there is a namespace of that name; it needs the verb get on namespaces. */
  public boolean hasNamespace(String name) throws ObjectsException {
    Asked asked = new Asked("get", "namespace " + name, "namespaces", "", "", false);
    Api.Answer answer = api.send(asked, Api.Request.get("/api/v1/namespaces/" + encoded(name)));
    return switch (answer.code()) {
      case 200 -> true;
      case 404 -> false;
      default -> throw Failures.of(asked, answer.code(), answer.body(), answer.retryAfter());
    };
  }

  @Override
  public Optional<Secret> secret(String namespace, String name) throws ObjectsException {
    return bodies.get(namespace, name);
  }

  @Override
  public List<Secret> secrets(String namespace, String label, String value)
      throws ObjectsException {
    return bodies.list(namespace, label, value);
  }

  /** Whether what is asked about the Secrets of a namespace, values aside, costs no request. */
  public boolean remembersSecrets(String namespace) {
    return secrets.remembers(namespace);
  }

  @Override
  public List<Metadata> secretMetadata(String namespace, String label, String value)
      throws ObjectsException {
    return secrets.labelled(namespace, label, value);
  }

  @Override
  public List<Metadata> ownedSecrets(String namespace, String uid) throws ObjectsException {
    return secrets.owned(namespace, uid);
  }

  @Override
  public Optional<String> secretVersion(String namespace, String name) throws ObjectsException {
    return secrets.version(namespace, name);
  }

  @Override
  public boolean seemsToLack(String namespace, String name) {
    return secrets.seemToLack(namespace, name);
  }

  @Override
  public String create(Secret secret) throws ObjectsException {
    return create(secret, options.fieldManager());
  }

  @Override
  public String update(Secret secret) throws ObjectsException {
    return update(secret, options.fieldManager());
  }

  @Override
  public String create(Secret secret, String writer) throws ObjectsException {
    return remembered(bodies.create(secret, writer));
  }

  @Override
  public String update(Secret secret, String writer) throws ObjectsException {
    return remembered(bodies.update(secret, writer));
  }

  private String remembered(Metadata answer) {
    written.wrote(answer.with("annotations", null));
    return answer.resourceVersion();
  }

  @Override
  public void deleteSecret(String namespace, String name, String uid) throws ObjectsException {
    bodies.delete(namespace, name, uid);
    written.deleted(namespace, name, uid);
  }

  private static CachedObjects cache(Watching watching, String namespace) {
    return (CachedObjects) watching.store(namespace);
  }

  private Resource resource(GroupKind kind) {
    Resource resource = resources.get(kind);
    if (resource == null) {
      throw new IllegalArgumentException("not a kind of this cluster: " + kind);
    }
    return resource;
  }

  private Optional<String> served(GroupKind kind) throws ObjectsException {
    Optional<String> watched =
        watchings.of(kind).stream()
            .flatMap(each -> each.version().stream())
            .findFirst()
            .or(() -> Optional.ofNullable(servedVersions.get(kind)));
    if (watched.isPresent()) {
      return watched;
    }
    Optional<String> found = discovery.served(resource(kind));
    found.ifPresent(version -> servedVersions.put(kind, version));
    return found;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Stops watching and ends all connections. */
  @Override
  public void close() {
    timer.shutdownNow();
    watchings.close();
    client.close();
    executor.shutdownNow();
  }
}
