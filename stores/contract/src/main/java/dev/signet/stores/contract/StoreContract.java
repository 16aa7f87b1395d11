package dev.signet.stores.contract;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.re2j.Pattern;
import dev.signet.core.Item;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.Search;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.delivery.store.Writable;
import dev.signet.stores.contract.Backend.Feature;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/**
 * What a store keeps, whatever is behind it: a class of tests that implements this runs it. Every
 * error that comes up on the way is searched for the values.
 */
public interface StoreContract {

  /** Stands in values, and may not stand in an error. */
  String MARK = "MARKED-VALUE";

  /** An empty place in the back end, of this test alone. */
  Backend backend() throws Exception;

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static byte[] fetched(SecretStore store, RemoteRef ref) throws StoreException {
    try (SecretBytes value = store.fetch(ref).value()) {
      return value.with(byte[]::clone);
    }
  }

  private static void push(Backend backend, String name, byte[] value) throws Exception {
    try (SecretStore store = backend.open();
        SecretBytes secret = SecretBytes.copyOf(value)) {
      store.writing().orElseThrow().push(backend.remote(name), secret, backend.metadata());
    }
  }

  /** What the store says to that, with nothing of a value in it. */
  private static StoreException failure(ThrowingCallable what) {
    StoreException thrown = catchThrowableOfType(StoreException.class, what);
    assertThat(thrown).as("a failure").isNotNull();
    for (Throwable each = thrown; each != null; each = each.getCause()) {
      assertThat(String.valueOf(each)).doesNotContain(MARK);
    }
    return thrown;
  }

  @Test
  default void aKeyThatIsNotThereDoesNotExist() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      StoreException failure = failure(() -> fetched(store, backend.ref("nothing")));
      assertThat(failure.problem()).isEqualTo(new Problem.NotFound());
      assertThat(failure).hasMessageContaining("nothing").hasMessageContaining(Given.STORE);
    }
  }

  @Test
  default void aPropertyThatIsNotThereIsNamed() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      backend.put("app", bytes("{\"user\": \"%s\", \"n\": {\"deep\": 1}}".formatted(MARK)));
      assertThat(fetched(store, backend.property("app", "user"))).isEqualTo(bytes(MARK));
      assertThat(fetched(store, backend.property("app", "n.deep"))).isEqualTo(bytes("1"));
      assertThat(failure(() -> fetched(store, backend.property("app", "pasword"))))
          .hasMessageContaining("pasword");
    }
  }

  @Test
  default void aValueThatIsNoJsonHasNoProperties() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      backend.put("app", bytes("{\"user\": " + MARK));
      failure(() -> fetched(store, backend.property("app", "user")));
      failure(() -> store.fetchMap(backend.ref("app")).close());
    }
  }

  @Test
  default void textsComeAsTheyAre() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      Map<String, String> texts = new LinkedHashMap<>();
      texts.put("plain", "value");
      texts.put("unicode", "\u00e9 \u4e2d\u6587 \ud83d\udd11 \u0000 \u2028");
      texts.put("quoted", "\"\\\n\t<&>' {{ . }} ${HOME}");
      texts.put("spaces", "  both ends \n");
      texts.put("number", "12345678901234567890");
      texts.put("json", "{\"b\": 1.0, \"a\": [ ]}");
      if (backend.features().contains(Feature.EMPTY)) {
        texts.put("empty", "");
      }
      for (Map.Entry<String, String> each : texts.entrySet()) {
        String text = store(backend, each.getValue());
        backend.put(each.getKey(), bytes(text));
        assertThat(new String(fetched(store, backend.ref(each.getKey())), UTF_8))
            .as(each.getKey())
            .isEqualTo(text);
      }
    }
  }

  /** Where no NUL may be in a text there is none in ours. */
  private static String store(Backend backend, String text) {
    return backend.features().contains(Feature.BINARY) ? text : text.replace("\u0000", "");
  }

  @Test
  default void bytesThatAreNoTextComeAsTheyAreOrAreRefused() throws Exception {
    byte[] all = new byte[256];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) i;
    }
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      if (backend.features().contains(Feature.BINARY)) {
        backend.put("binary", all);
        assertThat(fetched(store, backend.ref("binary"))).isEqualTo(all);
      }
      if (backend.features().contains(Feature.PUSH)) {
        if (backend.features().contains(Feature.BINARY)) {
          push(backend, "pushed", all);
          assertThat(backend.stored("pushed"))
              .hasValueSatisfying(it -> assertThat(it).isEqualTo(all));
        } else {
          assertThat(failure(() -> push(backend, "pushed", all))).hasMessageContaining("text");
          assertThat(backend.stored("pushed")).isEmpty();
        }
      }
    }
  }

  @Test
  default void aValueIsAsLargeAsTheBackEndTakesAndNotMore() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      int limit = backend.limit().orElse(65_536);
      for (int size : new int[] {Math.min(limit, 65_536), limit}) {
        byte[] value = bytes(MARK.repeat(size / MARK.length() + 1).substring(0, size));
        if (backend.features().contains(Feature.PUSH)) {
          push(backend, "large", value);
        } else {
          backend.put("large", value);
        }
        assertThat(fetched(store, backend.ref("large"))).isEqualTo(value);
      }
      if (backend.limit().isPresent() && backend.features().contains(Feature.PUSH)) {
        byte[] tooLarge = bytes(MARK.repeat(limit / MARK.length() + 1).substring(0, limit + 1));
        failure(() -> push(backend, "large", tooLarge));
        assertThat(backend.stored("large").orElseThrow()).hasSize(limit);
        failure(() -> push(backend, "larger", tooLarge));
        assertThat(backend.stored("larger")).isEmpty();
      }
    }
  }

  @Test
  default void aVersionIsPinned() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      String first = backend.put("app", bytes("first"));
      String second = backend.put("app", bytes("second"));
      RemoteRef ref = backend.ref("app");
      assertThat(fetched(store, ref)).isEqualTo(bytes("second"));
      if (backend.features().contains(Feature.VERSIONS)) {
        assertThat(fetched(store, new RemoteRef(ref.key(), ref.property(), first)))
            .isEqualTo(bytes("first"));
        Item item = store.fetch(ref);
        item.value().close();
        assertThat(item.origin().version()).isEqualTo(second);
        failure(() -> fetched(store, new RemoteRef(ref.key(), ref.property(), "no-version")));
      }
    }
  }

  @Test
  default void whatIsDeniedIsSaidAndNotTriedAgainAndAgain() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      backend.put("app", bytes(MARK));
      fetched(store, backend.ref("app"));
      long logins = backend.gate().count(backend::logsIn);
      backend.gate().answer(backend::forValues, backend.denied());
      for (int i = 0; i < 5; i++) {
        StoreException denied = failure(() -> fetched(store, backend.ref("app")));
        assertThat(denied.problem()).isEqualTo(new Problem.Denied());
        assertThat(denied).hasMessageContaining("app").hasMessageContaining(Given.STORE);
      }
      assertThat(backend.gate().count(backend::logsIn)).isLessThanOrEqualTo(logins + 1);
    }
  }

  @Test
  default void aThrottledCallSaysWhenItMayComeBack() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      backend.put("app", bytes(MARK));
      fetched(store, backend.ref("app"));
      backend.gate().answer(backend::forValues, backend.throttled(17));
      int before = backend.gate().asked().size();
      StoreException throttled = failure(() -> fetched(store, backend.ref("app")));
      assertThat(throttled.problem()).isInstanceOf(Problem.Throttled.class);
      if (backend.saysWhen()) {
        assertThat(throttled.problem()).isEqualTo(new Problem.Throttled(Duration.ofSeconds(17)));
      }
      // The queue of the store decides when to come back, not a loop in here.
      assertThat(backend.gate().asked()).hasSize(before + 1);
    }
  }

  @Test
  default void aWrongClockIsSaidToBeTheReason() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      Optional<Gate.Answer> answer = backend.wrongClock();
      backend.put("app", bytes(MARK));
      if (answer.isPresent()) {
        backend.gate().answer(_ -> true, answer.get());
        assertThat(failure(() -> fetched(store, backend.ref("app")))).hasMessageContaining("clock");
      }
    }
  }

  @Test
  default void aTokenThatIsForgottenIsRenewedOnce() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      if (!backend.features().contains(Feature.LOGIN)) {
        assertThat(backend.gate().count(backend::logsIn)).isZero();
        return;
      }
      backend.put("app", bytes(MARK));
      fetched(store, backend.ref("app"));
      long before = backend.gate().count(backend::logsIn);
      backend.expire();
      assertThat(fetched(store, backend.ref("app"))).isEqualTo(bytes(MARK));
      assertThat(backend.gate().count(backend::logsIn)).isEqualTo(before + 1);
    }
  }

  @Test
  default void aCallThatIsCancelledEnds() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      backend.put("app", bytes(MARK));
      fetched(store, backend.ref("app"));
      backend.gate().hold(backend::forValues);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread fetching =
          Thread.ofVirtual()
              .start(() -> thrown.set(catchThrowable(() -> fetched(store, backend.ref("app")))));
      backend.gate().awaitHeld();
      fetching.interrupt();
      assertThat(fetching.join(Duration.ofSeconds(30))).isTrue();
      assertThat(thrown.get()).isInstanceOf(StoreException.class);
    }
  }

  @Test
  default void anAnswerThatEndsInItsMiddleIsNoValue() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      backend.put("app", bytes(MARK.repeat(100)));
      fetched(store, backend.ref("app"));
      backend.gate().cut(backend::forValues);
      if (backend.features().contains(Feature.FRAMED)) {
        failure(() -> fetched(store, backend.ref("app")));
      } else {
        // Nobody can tell, but what came is given on and nothing else.
        assertThat(fetched(store, backend.ref("app"))).isEqualTo(bytes(MARK.repeat(50)));
      }
    }
  }

  @Test
  default void aBackEndThatFailsIsTriedLater() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      backend.put("app", bytes(MARK));
      fetched(store, backend.ref("app"));
      backend.gate().answer(backend::forValues, new Gate.Answer(500, Map.of(), "broken"));
      assertThat(failure(() -> fetched(store, backend.ref("app"))).problem())
          .isEqualTo(new Problem.Unreachable());
      backend.gate().close();
      assertThat(failure(() -> fetched(store, backend.ref("app"))).problem())
          .isEqualTo(new Problem.Unreachable());
    }
  }

  @Test
  default void aCertificateThatNobodyVouchesForEndsTheCall() throws Exception {
    try (Backend backend = backend()) {
      Optional<SecretStore> untrusted = backend.untrusted();
      if (untrusted.isPresent()) {
        try (SecretStore store = untrusted.get()) {
          StoreException failure = failure(() -> fetched(store, backend.ref("app")));
          assertThat(failure.problem()).isEqualTo(new Problem.Unreachable());
          assertThat(failure).hasMessageContaining("certificate");
        }
      }
    }
  }

  @Test
  default void manyWhoAskAtOnceLogInOnceAndGetCopiesOfTheirOwn() throws Exception {
    try (Backend backend = backend()) {
      backend.put("app", bytes(MARK));
      try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
        List<Future<byte[]>> all =
            IntStream.range(0, 100)
                .mapToObj(
                    _ ->
                        threads.submit(
                            () -> {
                              try (SecretStore store = backend.open()) {
                                return fetched(store, backend.ref("app"));
                              }
                            }))
                .toList();
        for (Future<byte[]> each : all) {
          assertThat(result(each)).isEqualTo(bytes(MARK));
        }
      }
      assertThat(backend.gate().count(backend::logsIn))
          .isEqualTo(backend.features().contains(Feature.LOGIN) ? 1 : 0);
    }
  }

  private static byte[] result(Future<byte[]> future) throws Exception {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Test
  default void whatIsLookedForIsFoundInAllPages() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      if (!backend.features().contains(Feature.FIND_NAMES)) {
        assertThat(store.searching()).isEmpty();
        return;
      }
      Map<String, byte[]> values = new LinkedHashMap<>();
      for (int i = 0; i < backend.many(); i++) {
        values.put("many-" + i, bytes("v" + i));
      }
      backend.put(values);
      String last = "many-" + (backend.many() - 1);
      Search search =
          new Search(
              Optional.empty(),
              Optional.of(Pattern.compile("many-(0|7|" + last.substring(5) + ")$")),
              Map.of());
      assertThat(Given.texts(store.searching().orElseThrow().find(search)))
          .hasSize(3)
          .allSatisfy((name, text) -> assertThat(name).contains("many-"))
          .satisfies(
              found ->
                  assertThat(found.values())
                      .allSatisfy(text -> assertThat(text).matches("(?s).*v[0-9]+.*")));
    }
  }

  @Test
  default void whatIsTaggedIsFoundByItsTags() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      Search both = new Search(Optional.empty(), Optional.empty(), Map.of("a", "1", "b", "2"));
      if (backend.features().contains(Feature.FIND_TAGS)) {
        boolean all = backend.features().contains(Feature.FIND_ALL_TAGS);
        for (String name : List.of("both", "one", "none")) {
          backend.put(name, bytes("v"));
        }
        backend.tag("both", Map.of("a", "1", "b", "2"));
        backend.tag("one", Map.of("a", "1", "b", "3"));
        assertThat(Given.texts(store.searching().orElseThrow().find(both)))
            .hasSize(all ? 1 : 2)
            .allSatisfy((name, _) -> assertThat(name).containsPattern(all ? "both" : "both|one"));
      } else if (store.searching().isPresent()) {
        failure(() -> store.searching().orElseThrow().find(both).close());
      }
    }
  }

  @Test
  default void whatIsThereAlreadyIsNotWrittenAgain() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      if (!backend.features().contains(Feature.PUSH)) {
        assertThat(store.writing()).isEmpty();
        return;
      }
      Writable writable = store.writing().orElseThrow();
      assertThat(writable.exists(backend.remote("own"))).isFalse();
      push(backend, "own", bytes("value"));
      assertThat(backend.stored("own"))
          .hasValueSatisfying(it -> assertThat(it).isEqualTo(bytes("value")));
      assertThat(writable.exists(backend.remote("own"))).isTrue();
      assertThat(fetched(store, backend.ref("own"))).isEqualTo(bytes("value"));
      long writes = backend.gate().count(backend::writes);
      assertThat(writes).isPositive();

      push(backend, "own", bytes("value"));
      assertThat(backend.gate().count(backend::writes))
          .isEqualTo(backend.features().contains(Feature.PUSH_COMPARES) ? writes : writes + 1);

      push(backend, "own", bytes("other"));
      assertThat(backend.stored("own"))
          .hasValueSatisfying(it -> assertThat(it).isEqualTo(bytes("other")));
      writable.delete(backend.remote("own"));
      assertThat(writable.exists(backend.remote("own"))).isFalse();
      assertThat(failure(() -> fetched(store, backend.ref("own"))).problem())
          .isEqualTo(new Problem.NotFound());
      writable.delete(backend.remote("own"));
    }
  }

  @Test
  default void whatOthersMadeIsNeitherOverwrittenNorDeleted() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      if (!backend.features().contains(Feature.OWNERSHIP)) {
        return;
      }
      backend.put("theirs", bytes(MARK));
      failure(() -> push(backend, "theirs", bytes("ours")));
      // Leaving it is no failure, and refusing to delete it is not either.
      Throwable thrown =
          catchThrowable(() -> store.writing().orElseThrow().delete(backend.remote("theirs")));
      assertThat(String.valueOf(thrown)).doesNotContain(MARK);
      assertThat(backend.stored("theirs"))
          .hasValueSatisfying(it -> assertThat(it).isEqualTo(bytes(MARK)));
    }
  }

  @Test
  default void aPropertyIsWrittenBesideItsSiblings() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      if (!backend.features().contains(Feature.PUSH_PROPERTY)) {
        return;
      }
      Writable writable = store.writing().orElseThrow();
      for (String property : List.of("first", "second", "first")) {
        try (SecretBytes value = Given.bytes("of " + property)) {
          writable.push(
              new Writable.Remote(backend.ref("own").key(), property), value, backend.metadata());
        }
      }
      assertThat(Given.texts(store.fetchMap(new RemoteRef(backend.ref("own").key(), "", ""))))
          .isEqualTo(Map.of("first", "of first", "second", "of second"));
      writable.delete(new Writable.Remote(backend.ref("own").key(), "first"));
      assertThat(Given.texts(store.fetchMap(new RemoteRef(backend.ref("own").key(), "", ""))))
          .doesNotContainEntry("first", "changed")
          .containsEntry("second", "of second");
    }
  }

  @Test
  default void aValueThatWasClosedCannotBeReadAgain() throws Exception {
    try (Backend backend = backend();
        SecretStore store = backend.open()) {
      backend.put("app", bytes(MARK));
      Item item = store.fetch(backend.ref("app"));
      byte[] copy = item.value().with(byte[]::clone);
      item.value().close();
      assertThat(catchThrowable(() -> item.value().with(byte[]::clone)))
          .isInstanceOf(IllegalStateException.class);
      assertThat(Arrays.equals(copy, bytes(MARK))).isTrue();
    }
  }
}
