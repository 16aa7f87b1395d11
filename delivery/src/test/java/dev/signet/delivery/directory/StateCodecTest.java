package dev.signet.delivery.directory;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.core.Origin;
import dev.signet.core.SecretBytes;
import dev.signet.delivery.Delivery;
import dev.signet.delivery.Event;
import dev.signet.delivery.object.GroupKind;
import dev.signet.delivery.object.MalformedObjectException;
import dev.signet.delivery.object.Metadata;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StateCodecTest {

  /** Comparable: what the state holds, values included. */
  private static String contents(State state) {
    StringBuilder text = new StringBuilder();
    text.append(state.version).append(state.sources).append(state.objects).append(state.deliveries);
    text.append(List.copyOf(state.events));
    for (Map.Entry<Ref, Secret> entry : state.secrets.entrySet()) {
      Secret secret = entry.getValue();
      text.append(entry.getKey()).append(secret.metadata().tree());
      text.append(secret.type()).append(secret.immutable());
      for (Map.Entry<String, Item> item : secret.data().items().entrySet()) {
        text.append(item.getKey()).append(item.getValue().origin());
        text.append(
            item.getValue().value().<String, RuntimeException>with(java.util.Arrays::toString));
      }
    }
    return text.toString();
  }

  private static Arbitrary<String> text() {
    return Arbitraries.oneOf(
        Arbitraries.strings().ofMaxLength(12),
        Arbitraries.strings().alpha().ofMaxLength(5),
        Arbitraries.of("", "ü€😀", "\ud800", "x\udc00y", "\u0000\n\"\\", "\u2028", "a.b/c"));
  }

  private static Arbitrary<String> names() {
    return text().filter(text -> text.codePoints().noneMatch(c -> c >= 0xd800 && c <= 0xdfff));
  }

  private static Arbitrary<Ref> refs() {
    return Combinators.combine(text(), text(), text(), text())
        .as((group, kind, namespace, name) -> new Ref(new GroupKind(group, kind), namespace, name));
  }

  private static Arbitrary<Origin> origins() {
    return Combinators.combine(text(), text(), text(), text()).as(Origin::new);
  }

  private static Arbitrary<Instant> instants() {
    return Arbitraries.longs()
        .between(0, 4_000_000_000_000L)
        .map(millis -> Instant.ofEpochMilli(millis).plusNanos(millis % 1000));
  }

  private static Arbitrary<Object> trees() {
    return Arbitraries.lazyOf(
        () -> text().map(value -> (Object) value),
        () -> Arbitraries.longs().map(value -> (Object) value),
        () -> Arbitraries.of(true, false).map(value -> (Object) value),
        () -> trees().list().ofMaxSize(2).map(value -> (Object) value),
        () -> Arbitraries.maps(names(), trees()).ofMaxSize(2).map(value -> (Object) value));
  }

  private static Arbitrary<Secret> secrets() {
    Arbitrary<Item> items =
        Combinators.combine(
                Arbitraries.bytes().array(byte[].class).ofMaxSize(40).map(SecretBytes::copyOf),
                origins())
            .as(Item::new);
    Arbitrary<Material> data =
        Arbitraries.maps(names(), items)
            .ofMaxSize(3)
            .map(
                map -> {
                  Material material = new Material();
                  map.forEach(material::put);
                  return material;
                });
    Arbitrary<Metadata> metadata =
        Combinators.combine(text(), text(), Arbitraries.maps(names(), text()).ofMaxSize(2), text())
            .as(
                (namespace, name, labels, version) ->
                    Metadata.named(namespace, name)
                        .with("labels", labels)
                        .with("ownerReferences", List.of(Map.of("uid", name, "controller", true)))
                        .with("resourceVersion", version));
    return Combinators.combine(metadata, text(), Arbitraries.of(true, false).optional(), data)
        .as(Secret::new);
  }

  @Provide
  Arbitrary<State> states() {
    Arbitrary<State.Known> known =
        Combinators.combine(
                text(),
                Arbitraries.longs(),
                text(),
                Arbitraries.maps(names(), trees()).ofMaxSize(2))
            .as(State.Known::new);
    Arbitrary<Delivery> deliveries =
        Combinators.combine(
                refs(), refs(), Arbitraries.maps(names(), origins()).ofMaxSize(2), instants())
            .as(Delivery::new);
    Arbitrary<State.Logged> events =
        Combinators.combine(
                Combinators.combine(refs(), Arbitraries.of(true, false), text(), text())
                    .as(Event::new),
                instants(),
                Arbitraries.longs())
            .as(State.Logged::new);
    return Combinators.combine(
            Arbitraries.longs(),
            text().list().ofMaxSize(2),
            Arbitraries.maps(refs(), known).ofMaxSize(2),
            secrets().list().ofMaxSize(2),
            deliveries.list().ofMaxSize(2),
            events.list().ofMaxSize(2))
        .as(
            (version, sources, objects, secrets, edges, logged) -> {
              State state = new State();
              state.version = version;
              state.sources.addAll(sources);
              state.objects.putAll(objects);
              secrets.forEach(secret -> state.secrets.put(secret.ref(), secret));
              edges.forEach(
                  edge ->
                      state.deliveries.put(new State.Edge(edge.resource(), edge.target()), edge));
              state.events.addAll(logged);
              return state;
            });
  }

  @Property(tries = 150, edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void everyStateReadsBackAsItWas(@ForAll("states") State state) throws MalformedObjectException {
    try (State again = StateCodec.decode(StateCodec.encode(state))) {
      assertThat(contents(again)).isEqualTo(contents(state));
    }
  }

  @Test
  void halfASurrogatePairInANameDoesNotSpoilTheFile() throws MalformedObjectException {
    try (State state = new State()) {
      Secret secret = States.secret("ns", "s", "a\ud800", "v");
      state.secrets.put(secret.ref(), secret);
      try (State again = StateCodec.decode(StateCodec.encode(state))) {
        assertThat(again.secrets.values())
            .extracting(read -> read.data().items().keySet())
            .containsExactly(Set.of("a\ufffd"));
      }
    }
  }

  @Test
  void theLayoutIsTheOneOfTheComment() {
    try (State state = States.full("value")) {
      state.objects.put(
          States.RESOURCE, new State.Known("uid-1", 2, "digest", Map.of("ready", true)));
      assertThat(new String(StateCodec.encode(state), UTF_8))
          .isEqualTo(
              """
              {"version":7,"sources":["/home/me/app"],\
              "objects":[{"ref":["bitnami.com","SealedSecret","ns","app"],"uid":"uid-1","generation":2,"digest":"digest","status":{"ready":true}}],\
              "secrets":[{"metadata":{"name":"app","namespace":"ns"},"type":"","data":{"password":"dmFsdWU="},"origins":{"password":["store","password","part","v1"]}}],\
              "deliveries":[{"resource":["bitnami.com","SealedSecret","ns","app"],"target":["","Secret","ns","app"],"at":"2026-01-02T03:04:05.678Z","origins":{"password":["store","password","part","v1"]}}],\
              "events":[{"about":["bitnami.com","SealedSecret","ns","app"],"warning":true,"reason":"Reason","message":"what happened","at":"2026-01-02T03:04:05.678Z","count":3}]}\
              """);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "null",
        "{",
        "{}x",
        "{} {}",
        "{\"version\":\"1\"}",
        "{\"version\":1e99}",
        "{\"other\":1}",
        "{\"sources\":null}",
        "{\"sources\":[null]}",
        "{\"sources\":{}}",
        "{\"secrets\":{}}",
        "{\"secrets\":7}",
        "{\"secrets\":[7]}",
        "{\"objects\":[null]}",
        "{\"secrets\":[{\"data\":[\"aa\",\"YQ==\"]}]}",
        "{\"secrets\":[{\"data\":{\"a\":\"!\"}}]}",
        "{\"secrets\":[{\"data\":{\"a\":null}}]}",
        "{\"secrets\":[{\"type\":{}}]}",
        "{\"secrets\":[{\"other\":1}]}",
        "{\"secrets\":[{\"metadata\":{\"labels\":1}}]}",
        "{\"secrets\":[{\"origins\":{\"a\":[\"x\"]}}]}",
        "{\"secrets\":[{\"origins\":{\"a\":[\"x\",\"y\",\"z\",null]}}]}",
        "{\"objects\":[{}]}",
        "{\"objects\":[{\"ref\":[\"a\",\"b\",\"c\"]}]}",
        "{\"objects\":[{\"ref\":[\"a\",\"b\",\"c\",\"d\"],\"uid\":\"u\",\"generation\":1.5,\"digest\":\"\",\"status\":{}}]}",
        "{\"objects\":[{\"ref\":[\"a\",\"b\",\"c\",\"d\"],\"uid\":\"u\",\"generation\":1,\"digest\":\"\",\"status\":[]}]}",
        "{\"events\":[{\"about\":[\"a\",\"b\",\"c\",\"d\"],\"reason\":\"\",\"message\":\"\",\"at\":\"yesterday\",\"count\":1}]}",
        "{\"deliveries\":[{\"resource\":[\"a\",\"b\",\"c\",\"d\"],\"target\":[\"a\",\"b\",\"c\",\"d\"],\"at\":\"2026-01-01T00:00:00Z\",\"origins\":{\"a\":1}}]}"
      })
  void anythingElseIsRefusedWhole(String json) {
    assertThatThrownBy(() -> StateCodec.decode(json.getBytes(UTF_8)))
        .isInstanceOf(MalformedObjectException.class);
  }

  @Test
  void depthIsAnErrorAndNoCrash() {
    String deep = "{\"sources\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    assertThatThrownBy(() -> StateCodec.decode(deep.getBytes(UTF_8)))
        .isInstanceOf(MalformedObjectException.class);
  }

  @FuzzTest
  void anyBytesAreAStateOrRefused(byte[] input) {
    try {
      StateCodec.decode(input).close();
    } catch (MalformedObjectException e) {
      assertThat(e.getMessage()).isNotEmpty();
    }
  }

  @Test
  void aSecretWithoutOptionalFieldsIsRead() throws MalformedObjectException {
    try (State state =
        StateCodec.decode("{\"secrets\":[{\"data\":{\"a\":\"\"}}]}".getBytes(UTF_8))) {
      assertThat(state.secrets.values())
          .extracting(Secret::immutable)
          .containsExactly(Optional.empty());
    }
  }
}
