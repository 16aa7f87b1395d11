package dev.signet.kube;

import dev.signet.delivery.Event;
import dev.signet.delivery.ObjectsException;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.kube.Failures.Asked;
import java.time.Duration;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Posts events for people, as {@code v1} Events, best effort: an event waits in a queue of bounded
 * size and is dropped when that is full, the same event about an object is posted once in five
 * minutes, at most ten a second are posted after a burst of a hundred, and what the API server
 * refuses is not tried again. Nobody waits for any of it.
 */
public final class Events implements AutoCloseable {

  /** What became of an event. */
  public enum Fate {
    POSTED,
    /** The same was posted a short while ago. */
    REPEATED,
    /** Too many wait already. */
    DROPPED,
    /** The API server did not take it. */
    FAILED
  }

  private static final Duration SILENCE = Duration.ofMinutes(5);
  private static final int REMEMBERED = 4096;
  private static final int WAITING = 1024;
  private static final int RATE = 10;
  private static final int BURST = 100;
  private static final int LONGEST_MESSAGE = 1024;

  private final Cluster cluster;
  private final Api api;
  private final Function<GroupKind, String> component;
  private final String instance;
  private final InstantSource calendar;
  private final Consumer<Fate> told;
  private final EventsFilter filter = new EventsFilter(SILENCE, REMEMBERED);
  private final BlockingQueue<Event> waiting = new ArrayBlockingQueue<>(WAITING);
  private final Pace pace = new Pace(Rate.polite(RATE, BURST), System::nanoTime);
  private final Thread thread;
  private long posted;

  /**
   * @param component the source that stands in events about objects of a kind
   * @param instance the name of this process
   */
  Events(
      Cluster cluster,
      Api api,
      Function<GroupKind, String> component,
      String instance,
      InstantSource calendar,
      Consumer<Fate> told) {
    this.cluster = cluster;
    this.api = api;
    this.component = component;
    this.instance = instance;
    this.calendar = calendar;
    this.told = told;
    this.thread = Thread.ofVirtual().name("events").start(this::postAll);
  }

  /** Never blocks, never fails. */
  public void post(Event event) {
    boolean fresh;
    synchronized (filter) {
      fresh = filter.passes(event, System.nanoTime());
    }
    if (!fresh) {
      told.accept(Fate.REPEATED);
    } else if (!waiting.offer(event)) {
      told.accept(Fate.DROPPED);
    }
  }

  private void postAll() {
    try {
      while (true) {
        Event event = waiting.take();
        pace.await();
        told.accept(postNow(event) ? Fate.POSTED : Fate.FAILED);
      }
    } catch (InterruptedException e) {
      // The process is stopping; what waits is lost, as events may be.
      Thread.currentThread().interrupt();
    }
  }

  private boolean postNow(Event event) {
    Ref about = event.about();
    String namespace = about.namespace().isEmpty() ? "default" : about.namespace();
    Asked asked = new Asked("create", "an event about " + about, "events", "", namespace, false);
    try {
      var _ =
          api.ask(
              asked,
              new Api.Request(
                  "POST",
                  "/api/v1/namespaces/" + namespace + "/events",
                  "application/json",
                  Json.write(tree(event, namespace))));
      return true;
    } catch (ObjectsException | RuntimeException e) {
      return false;
    }
  }

  private Map<String, @Nullable Object> tree(Event event, String namespace)
      throws ObjectsException {
    Ref about = event.about();
    Optional<KubeObject> object = cluster.get(about);
    Map<String, @Nullable Object> involved = new LinkedHashMap<>();
    involved.put("apiVersion", object.map(KubeObject::apiVersion).orElse("v1"));
    involved.put("kind", about.kind().kind());
    involved.put("name", about.name());
    if (!about.namespace().isEmpty()) {
      involved.put("namespace", about.namespace());
    }
    if (object.isPresent()
        && object.get().tree().get("metadata") instanceof Map<?, ?> metadata
        && metadata.get("uid") instanceof String uid) {
      involved.put("uid", uid);
    }
    String now = calendar.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    Map<String, @Nullable Object> tree = new LinkedHashMap<>();
    tree.put("apiVersion", "v1");
    tree.put("kind", "Event");
    tree.put("metadata", Map.of("name", name(about), "namespace", namespace));
    tree.put("involvedObject", involved);
    tree.put("reason", event.reason());
    tree.put("message", shortened(event.message()));
    tree.put("type", event.warning() ? "Warning" : "Normal");
    tree.put("source", Map.of("component", component.apply(about.kind())));
    tree.put("reportingComponent", component.apply(about.kind()));
    tree.put("reportingInstance", instance);
    tree.put("firstTimestamp", now);
    tree.put("lastTimestamp", now);
    tree.put("count", 1L);
    return tree;
  }

  /** As client-go makes them: unique within the process, and sorted by time. */
  private String name(Ref about) {
    String object = about.name().length() > 200 ? about.name().substring(0, 200) : about.name();
    return object
        + "."
        + Long.toHexString(calendar.instant().toEpochMilli() * 1_000_000 + posted++ % 1_000_000);
  }

  private static String shortened(String message) {
    return message.length() <= LONGEST_MESSAGE
        ? message
        : message.substring(0, LONGEST_MESSAGE - 3) + "...";
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
