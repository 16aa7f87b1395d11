package dev.signet.operator;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.Problem;
import dev.signet.delivery.object.Fields;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.store.FakeStore;
import dev.signet.delivery.store.References;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.Searchable;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.StoreProvider;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A store that behaves in one bad way at a time. What it says when it is good is {@code {"user":
 * "u-N", "password": "p-N"}} for every key, N being its version.
 */
final class Lying implements StoreProvider {

  enum Mood {
    GOOD,
    THROTTLES,
    FAILS,
    FORGETS,
    TRUNCATES,
    CHANGES,
    DENIES,
    HANGS
  }

  private final StoreProvider good = FakeStore.provider();
  private final AtomicInteger calls = new AtomicInteger();
  private volatile Mood mood = Mood.GOOD;
  private final AtomicInteger version = new AtomicInteger();

  void is(Mood next) {
    mood = next;
  }

  void rotate() {
    version.incrementAndGet();
  }

  int version() {
    return version.get();
  }

  /** How often it was asked. */
  int calls() {
    return calls.get();
  }

  @Override
  public String name() {
    return "fake";
  }

  @Override
  public SecretStore open(String identity, Fields configuration, References references)
      throws MalformedObjectException {
    var _ = configuration.objects("data");
    return new Open(identity, references);
  }

  private final class Open implements SecretStore, Searchable {

    private final String identity;
    private final References references;

    private Open(String identity, References references) {
      this.identity = identity;
      this.references = references;
    }

    private SecretStore honest(List<String> keys, boolean truncated) throws StoreException {
      String json = "{\"user\": \"u-%1$d\", \"password\": \"p-%1$d\"}".formatted(version.get());
      String value = truncated ? json.substring(0, json.length() / 2) : json;
      Map<String, @Nullable Object> configuration =
          Map.of(
              "data",
              keys.stream()
                  .map(key -> Map.<String, @Nullable Object>of("key", key, "value", value))
                  .toList());
      try {
        return good.open(identity, Fields.of(configuration, ""), references);
      } catch (MalformedObjectException e) {
        throw new IllegalStateException(e);
      }
    }

    private SecretStore answer(List<String> keys) throws StoreException {
      calls.incrementAndGet();
      return switch (mood) {
        case GOOD -> honest(keys, /* truncated= */ false);
        case CHANGES -> {
          rotate();
          yield honest(keys, /* truncated= */ false);
        }
        case TRUNCATES -> honest(keys, /* truncated= */ true);
        case FORGETS -> honest(List.of(), /* truncated= */ false);
        case THROTTLES ->
            throw new StoreException(
                new Problem.Throttled(Duration.ofSeconds(7)), "429: too many requests");
        case FAILS -> throw new StoreException(new Problem.Unreachable(), "500: failed");
        case HANGS ->
            throw new StoreException(new Problem.Unreachable(), "no answer in 30 seconds");
        case DENIES -> throw new StoreException(new Problem.Denied(), "403: not allowed");
      };
    }

    @Override
    public Item fetch(RemoteRef ref) throws StoreException {
      return answer(List.of(ref.key())).fetch(ref);
    }

    @Override
    public Material fetchMap(RemoteRef ref) throws StoreException {
      return answer(List.of(ref.key())).fetchMap(ref);
    }

    @Override
    public Material find(Search search) throws StoreException {
      if (mood == Mood.TRUNCATES) {
        calls.incrementAndGet();
        throw new StoreException(new Problem.Malformed(), "the list ends in the middle");
      }
      return answer(List.of("found-a", "found-b")).searching().orElseThrow().find(search);
    }
  }
}
