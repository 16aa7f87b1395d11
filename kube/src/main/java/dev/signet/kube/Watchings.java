package dev.signet.kube;

import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.Ref;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * What is watched: kinds whose objects are cached, and kinds of others that are only followed. Of
 * the latter nothing is kept but versions, they are read from no cache, and nobody waits for them:
 * where they may not be listed, a change of them is seen at the next look.
 */
final class Watchings implements AutoCloseable {

  /** Where kinds of others are followed, and which of their objects. */
  private record Following(Namespaces namespaces, String labelSelector, Consumer<Ref> changed) {}

  private final KubernetesClient client;
  private final Discovery discovery;
  private final ExecutorService executor;
  private final List<Watching> cached = new CopyOnWriteArrayList<>();
  private final List<Watching> followed = new CopyOnWriteArrayList<>();
  private final List<Following> followings = new CopyOnWriteArrayList<>();
  private final Set<GroupKind> seen = ConcurrentHashMap.newKeySet();

  Watchings(KubernetesClient client, Discovery discovery, ExecutorService executor) {
    this.client = client;
    this.discovery = discovery;
    this.executor = executor;
  }

  void watch(
      Resource resource,
      Namespaces namespaces,
      String labelSelector,
      Supplier<Store> stores,
      Consumer<Ref> changed) {
    begin(cached, resource, new Following(namespaces, labelSelector, changed), stores);
  }

  /** From now on kinds of others are followed there, as they turn up. */
  synchronized void follow(Namespaces namespaces, String labelSelector, Consumer<Ref> changed) {
    Following following = new Following(namespaces, labelSelector, changed);
    followings.add(following);
    List<Resource> already = followed.stream().map(Watching::resource).distinct().toList();
    already.forEach(each -> begin(followed, each, following, CachedVersions::new));
  }

  /** A kind of others has turned up. */
  synchronized void met(Resource resource) {
    if (seen.add(resource.kind())) {
      followings.forEach(each -> begin(followed, resource, each, CachedVersions::new));
    }
  }

  private void begin(
      List<Watching> all, Resource resource, Following where, Supplier<Store> stores) {
    Watching watching =
        new Watching(
            client,
            discovery,
            executor,
            resource,
            where.namespaces(),
            where.labelSelector(),
            stores,
            where.changed());
    all.add(watching);
    try {
      executor.execute(watching::look);
    } catch (RejectedExecutionException e) {
      // This process is stopping.
    }
  }

  private Stream<Watching> each() {
    return Stream.concat(cached.stream(), followed.stream());
  }

  /** Looks whether what is not served yet is served now. */
  void look() {
    each().forEach(each -> executor.execute(each::look));
  }

  /** A watch was answered with that code. */
  void refused(String path, int code) {
    if (code == 404) {
      each().filter(each -> each.isAt(path)).forEach(Watching::lookAgain);
    }
  }

  /** Those of a kind, one for each time that it was asked for. */
  List<Watching> of(GroupKind kind) {
    return cached.stream().filter(each -> each.resource().kind().equals(kind)).toList();
  }

  /** The one that knows all that a namespace holds of a kind. */
  Optional<Watching> knowing(GroupKind kind, String namespace) {
    return of(kind).stream()
        .filter(each -> each.covers(namespace) && (each.missing() || each.synced()))
        .findFirst();
  }

  boolean synced() {
    return cached.stream().allMatch(each -> each.missing() || each.synced());
  }

  boolean settled() {
    return cached.stream().allMatch(each -> each.missing() || each.synced() || each.denied());
  }

  List<GroupKind> missing() {
    return cached.stream()
        .filter(Watching::missing)
        .map(each -> each.resource().kind())
        .distinct()
        .sorted(Comparator.comparing(GroupKind::toString))
        .toList();
  }

  Map<GroupKind, String> failing() {
    Map<GroupKind, String> failing = new LinkedHashMap<>();
    each()
        .forEach(each -> each.failure().ifPresent(why -> failing.put(each.resource().kind(), why)));
    return failing;
  }

  @Override
  public void close() {
    each().forEach(Watching::close);
  }
}
