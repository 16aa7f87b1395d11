package dev.signet.delivery.directory;

import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Everything a directory remembers between two commands: what an API server would keep in etcd.
 * Plain data without rules; {@link Directory} keeps them. It owns the Secrets in it.
 */
public final class State implements AutoCloseable {

  /** How many events are kept; older ones are forgotten. */
  static final int EVENTS = 1000;

  /**
   * What is remembered of an object that a manifest describes.
   *
   * @param digest SHA-256 over {@code spec}, to see when the generation must rise
   */
  record Known(String uid, long generation, String digest, Map<String, Object> status) {}

  /** An event and when it last happened, with how often in a row. */
  public record Logged(Event event, Instant at, long count) {}

  /** Names a delivery: one resource may have several targets, one target several resources. */
  record Edge(Ref resource, Ref target) implements Comparable<Edge> {
    @Override
    public int compareTo(Edge other) {
      int order = target.compareTo(other.target);
      return order != 0 ? order : resource.compareTo(other.resource);
    }
  }

  /** The last resourceVersion given out. */
  long version;

  final Map<Ref, Known> objects = new TreeMap<>();
  final Map<Ref, Secret> secrets = new TreeMap<>();
  final Map<Edge, Delivery> deliveries = new TreeMap<>();
  final Deque<Logged> events = new ArrayDeque<>();

  /** The folders and files that were last applied, absolute. */
  final List<String> sources = new ArrayList<>();

  @Override
  public void close() {
    secrets.values().forEach(Secret::close);
    secrets.clear();
  }
}
