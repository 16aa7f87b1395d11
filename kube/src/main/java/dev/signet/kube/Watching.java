package dev.signet.kube;

import static java.util.Objects.requireNonNull;

import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.Ref;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.fabric8.kubernetes.client.informers.cache.Cache;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * One kind that is watched: fabric8's informers for it, one for each namespace or one for all, each
 * with its store.
 *
 * <p>A kind is <em>missing</em> while the API server does not serve it (its CRD is not installed),
 * <em>listing</em> until each informer has told of all objects there are, then <em>synced</em>.
 * When the API server stops serving the version that is watched, the informers are stopped and the
 * kind is looked for anew; the stores are kept then, so that coming back is no storm of changes,
 * and they are emptied when the kind turns out to be missing.
 */
final class Watching {

  private static final long PAGE = 500;

  /** How long to wait after each look that got no answer, until the next regular one. */
  private static final List<Duration> WHEN_UNANSWERED =
      List.of(
          Duration.ofSeconds(1),
          Duration.ofSeconds(2),
          Duration.ofSeconds(4),
          Duration.ofSeconds(8));

  private final KubernetesClient client;
  private final Discovery discovery;
  private final Executor executor;
  private final Resource resource;
  private final Namespaces namespaces;
  private final String labelSelector;

  /** By namespace, or one under the empty name for all. */
  private final Map<String, Store> stores = new LinkedHashMap<>();

  private final Consumer<Ref> changed;

  private final List<SharedIndexInformer<GenericKubernetesResource>> informers = new ArrayList<>();
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile String version = "";
  private volatile boolean missing;
  private volatile Optional<String> failure = Optional.empty();
  private volatile boolean denied;
  private final AtomicInteger listing = new AtomicInteger(1);
  private volatile boolean closed;
  private final AtomicInteger starts = new AtomicInteger();

  /** How often in a row a version that is said to be served was not. */
  private final AtomicInteger refusals = new AtomicInteger();

  Watching(
      KubernetesClient client,
      Discovery discovery,
      Executor executor,
      Resource resource,
      Namespaces namespaces,
      String labelSelector,
      Supplier<Store> stores,
      Consumer<Ref> changed) {
    this.client = client;
    this.discovery = discovery;
    this.executor = executor;
    this.resource = resource;
    this.namespaces = namespaces;
    this.labelSelector = labelSelector;
    namespaces.requests(resource).forEach(each -> this.stores.put(each, stores.get()));
    this.changed = changed;
  }

  Resource resource() {
    return resource;
  }

  Collection<Store> stores() {
    return stores.values();
  }

  /** The store of a namespace that this {@linkplain #covers covers}. */
  Store store(String namespace) {
    Store all = stores.get("");
    return all != null ? all : requireNonNull(stores.get(namespace));
  }

  /** The version that is watched, empty when none is. */
  Optional<String> version() {
    return Optional.of(version).filter(each -> !each.isEmpty());
  }

  boolean missing() {
    return missing;
  }

  boolean synced() {
    return !version.isEmpty() && listing.get() == 0;
  }

  /** Whether the API server said that this user may not list or watch it, the last time. */
  boolean denied() {
    return denied;
  }

  /** What the last attempt to list failed with, until one succeeds. */
  Optional<String> failure() {
    return failure;
  }

  /**
   * Whether the store has what that namespace holds. A selector says which resources are this
   * process's; the others are nothing to it. Of Secrets all matter.
   */
  boolean covers(String namespace) {
    return (labelSelector.isEmpty() || !resource.isSecrets())
        && namespaces.contain(resource, namespace);
  }

  boolean isAt(String path) {
    return !version.isEmpty()
        && path.endsWith("/" + resource.plural())
        && path.contains(resource.root(version) + "/");
  }

  /** Looks for a version that is served, unless one is watched. */
  void look() {
    if (!looking.compareAndSet(false, true)) {
      return;
    }
    try {
      int refused = version.isEmpty() ? refusals.get() : 0;
      if (refused > 1) {
        // A version is announced and then not served, as by an aggregated server that is down.
        Thread.sleep(WHEN_UNANSWERED.get(Math.min(refused - 1, WHEN_UNANSWERED.size()) - 1));
      }
      for (Duration wait : WHEN_UNANSWERED) {
        if (closed || !version.isEmpty() || looked()) {
          return;
        }
        Thread.sleep(wait);
      }
    } catch (InterruptedException e) {
      // This process is stopping.
      Thread.currentThread().interrupt();
    } finally {
      looking.set(false);
    }
  }

  private boolean looked() {
    try {
      found(discovery.served(resource));
      return true;
    } catch (ObjectsException e) {
      failure = Optional.of(e.getMessage());
      return false;
    }
  }

  private synchronized void found(Optional<String> served) {
    if (closed || !version.isEmpty()) {
      return;
    }
    failure = Optional.empty();
    missing = served.isEmpty();
    if (served.isPresent()) {
      start(served.get());
    } else {
      stores.values().forEach(store -> store.clear().forEach(this::tell));
    }
  }

  private void start(String served) {
    ResourceDefinitionContext context =
        new ResourceDefinitionContext.Builder()
            .withGroup(resource.kind().group())
            .withVersion(served)
            .withKind(resource.kind().kind())
            .withPlural(resource.plural())
            .withNamespaced(resource.namespaced())
            .build();
    listing.set(stores.size());
    version = served;
    var _ = starts.incrementAndGet();
    stores.forEach(
        (namespace, store) -> {
          var all = client.genericKubernetesResources(context);
          var some = namespace.isEmpty() ? all.inAnyNamespace() : all.inNamespace(namespace);
          var selected = labelSelector.isEmpty() ? some : some.withLabelSelector(labelSelector);
          SharedIndexInformer<GenericKubernetesResource> informer =
              selected.withLimit(PAGE).runnableInformer(0);
          informer.itemStore(store);
          var _ = informer.removeIndexer(Cache.NAMESPACE_INDEX);
          informer.exceptionHandler((_, problem) -> failed(problem));
          informer.addEventHandler(new Handler(store));
          informers.add(informer);
        });
    for (SharedIndexInformer<GenericKubernetesResource> informer : informers) {
      var _ = informer.start();
    }
  }

  /** Says whether the informer is to list again, which it does later and later, up to 32 s. */
  private boolean failed(Throwable problem) {
    if (answered(problem, 404)) {
      lookAgain();
      return false;
    }
    denied = answered(problem, 403);
    failure = Optional.of(words(problem));
    return true;
  }

  private static boolean answered(Throwable problem, int code) {
    for (Throwable each = problem; each != null; each = each.getCause()) {
      if (each instanceof KubernetesClientException api && api.getCode() == code) {
        return true;
      }
    }
    return false;
  }

  private String words(Throwable problem) {
    for (Throwable each = problem; each != null; each = each.getCause()) {
      if (each instanceof KubernetesClientException api && api.getCode() == 403) {
        return "may not list and watch "
            + resource.plural()
            + ": a role has to grant the verbs list and watch on \""
            + resource.plural()
            + "\" in group \""
            + resource.kind().group()
            + "\"";
      }
      if (each instanceof KubernetesClientException api && api.getCode() > 0) {
        return "cannot list " + resource.plural() + ": the API server answered " + api.getCode();
      }
    }
    return "cannot list "
        + resource.plural()
        + ": "
        + Failures.unreachable(client.getConfiguration().getMasterUrl(), problem);
  }

  /** The version that was watched is not served any more. */
  void lookAgain() {
    int ended = starts.get();
    try {
      executor.execute(
          () -> {
            if (stopInformers(ended)) {
              look();
            }
          });
    } catch (RejectedExecutionException e) {
      // This process is stopping.
    }
  }

  /**
   * Several informers can say the same of one start; the next start is not theirs to end. Says
   * whether it was this call that ended it.
   */
  private synchronized boolean stopInformers(int ended) {
    if (starts.get() != ended || version.isEmpty()) {
      return false;
    }
    informers.forEach(SharedIndexInformer::stop);
    informers.clear();
    var _ = refusals.incrementAndGet();
    version = "";
    return true;
  }

  synchronized void close() {
    closed = true;
    var _ = stopInformers(starts.get());
  }

  void tell(String key) {
    changed.accept(Stub.ref(resource.kind(), key));
  }

  /** Turns what informers say into references. */
  private final class Handler implements ResourceEventHandler<GenericKubernetesResource> {

    private final Store store;
    private boolean listed;

    private Handler(Store store) {
      this.store = store;
    }

    @Override
    public void onAdd(GenericKubernetesResource object) {
      onChange(object);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
      onChange(object);
    }

    @Override
    public void onDelete(GenericKubernetesResource object, boolean unknown) {
      String key = Stub.key(object);
      if (!store.swallows(key, "")) {
        tell(key);
      }
    }

    private void onChange(GenericKubernetesResource object) {
      String key = Stub.key(object);
      if (!store.swallows(key, Stub.orEmpty(object.getMetadata().getResourceVersion()))) {
        tell(key);
      }
    }

    @Override
    public void onList(String resourceVersion, boolean remainedEmpty) {
      failure = Optional.empty();
      denied = false;
      refusals.set(0);
      if (!listed) {
        listed = true;
        listing.decrementAndGet();
      }
    }
  }
}
