package dev.signet.stores.aws;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.signet.core.Item;
import dev.signet.core.Material;
import dev.signet.delivery.Problem;
import dev.signet.delivery.store.Batching;
import dev.signet.delivery.store.RemoteRef;
import dev.signet.delivery.store.SecretStore;
import dev.signet.delivery.store.StoreException;
import dev.signet.stores.contract.Given;
import dev.signet.testkit.cluster.Moto;
import dev.signet.testkit.cluster.OnMoto;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a refresh of several entries costs, in requests that reach moto. */
@OnMoto
final class TogetherTest {

  private Moto moto;

  @BeforeEach
  void server(Moto moto) {
    this.moto = moto;
  }

  private static RemoteRef ref(String entry) {
    String[] parts = entry.split("[.@]", 2);
    boolean version = entry.contains("@");
    return new RemoteRef(
        parts[0],
        !version && parts.length > 1 ? parts[1] : "",
        version && parts.length > 1 ? parts[1] : "");
  }

  private static Map<String, Long> calls(AwsPlace place, int from) {
    return place.gate().asked().stream()
        .skip(from)
        .map(AwsPlace::target)
        .filter(it -> !it.isEmpty())
        .collect(Collectors.groupingBy(it -> it, TreeMap::new, Collectors.counting()));
  }

  /** As an ExternalSecret reads its entries: groups first, and alone what they did not bring. */
  private static Map<RemoteRef, String> refreshed(SecretStore store, List<RemoteRef> refs)
      throws StoreException {
    Map<RemoteRef, String> read = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
    Batching batching = store.batching().orElseThrow();
    for (List<RemoteRef> group : batching.groups(refs)) {
      try (Material found = batching.fetch(group)) {
        for (int i = 0; i < group.size(); i++) {
          Optional<Item> item = found.get(Integer.toString(i));
          if (item.isPresent()) {
            read.put(
                group.get(i),
                item.get().value().with(bytes -> new String(bytes, UTF_8))
                    + " "
                    + item.get().origin().property());
          }
        }
      }
    }
    for (RemoteRef ref : refs) {
      if (!read.containsKey(ref)) {
        read.put(ref, Given.text(store.fetch(ref)) + " " + ref.property());
      }
    }
    return read;
  }

  private static List<RemoteRef> refs(String entries) {
    List<RemoteRef> refs = new ArrayList<>();
    for (String each : entries.split(" ")) {
      if (each.endsWith("*")) {
        for (int i = 0; i < 25; i++) {
          refs.add(ref(each.replace("*", Integer.toString(i))));
        }
      } else {
        refs.add(ref(each));
      }
    }
    return refs;
  }

  private static void fill(AwsPlace place) throws Exception {
    for (String each : List.of("a", "b", "c")) {
      place.put(
          each, "{\"x\": \"%s of x\", \"y\": \"%s of y\"}".formatted(each, each).getBytes(UTF_8));
    }
    for (int i = 0; i < 25; i++) {
      place.put("k" + i, ("v" + i).getBytes(UTF_8));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          secrets    | a                     | {GetSecretValue=1}
          secrets    | a.x a.y               | {GetSecretValue=1}
          secrets    | a b                   | {GetSecretValue=2}
          secrets    | a.x a.y b.x b.y       | {GetSecretValue=2}
          secrets    | a b c                 | {BatchGetSecretValue=1}
          secrets    | a a.x b.x b.y c       | {BatchGetSecretValue=1}
          secrets    | a@AWSCURRENT b c      | {GetSecretValue=3}
          secrets    | a.x a@AWSCURRENT b c  | {BatchGetSecretValue=1, GetSecretValue=1}
          secrets    | k*                    | {BatchGetSecretValue=2}
          parameters | a.x a.y               | {GetParameter=1}
          parameters | a b                   | {GetParameters=1}
          parameters | a.x a.y b.x c         | {GetParameters=1}
          parameters | a@1 b                 | {GetParameter=2}
          parameters | k*                    | {GetParameters=3}
          """)
  void aRefreshCosts(String service, String entries, String calls) throws Exception {
    try (AwsPlace place =
            service.equals("secrets") ? new SecretsPlace(moto) : new ParametersPlace(moto);
        SecretStore store = place.open()) {
      fill(place);
      List<RemoteRef> refs = refs(entries);
      Map<RemoteRef, String> alone = new TreeMap<>((a, b) -> a.toString().compareTo(b.toString()));
      for (RemoteRef each : refs) {
        alone.put(each, Given.text(store.fetch(each)) + " " + each.property());
      }
      assertThat(calls(place, 0).values()).containsExactly((long) refs.size());
      int before = place.gate().asked().size();
      assertThat(refreshed(store, refs)).isEqualTo(alone);
      assertThat(calls(place, before).toString()).isEqualTo(calls);
    }
  }

  @Test
  void whoMayNotReadSeveralAtOnceTriesThatOnceAnHour() throws Exception {
    try (AwsPlace place = new SecretsPlace(moto)) {
      fill(place);
      place
          .gate()
          .answer(asked -> AwsPlace.target(asked).equals("BatchGetSecretValue"), place.denied());
      for (int i = 0; i < 3; i++) {
        // Each is another one for the same identity.
        try (SecretStore store = place.open()) {
          assertThat(refreshed(store, refs("a b c"))).hasSize(3);
        }
      }
      assertThat(calls(place, 0).toString()).isEqualTo("{BatchGetSecretValue=1, GetSecretValue=9}");
    }
  }

  @Test
  void whoIsThrottledReadsOneByOne() throws Exception {
    try (AwsPlace place = new ParametersPlace(moto);
        SecretStore store = place.open()) {
      fill(place);
      place
          .gate()
          .answer(asked -> AwsPlace.target(asked).equals("GetParameters"), place.throttled(1));
      assertThat(refreshed(store, refs("a b c"))).hasSize(3);
      assertThat(calls(place, 0).toString()).isEqualTo("{GetParameter=3, GetParameters=1}");
    }
  }

  @ParameterizedTest
  @CsvSource({"secrets", "parameters"})
  void whatIsNotThereIsToldOfTheEntryAlone(String service) throws Exception {
    try (AwsPlace place =
            service.equals("secrets") ? new SecretsPlace(moto) : new ParametersPlace(moto);
        SecretStore store = place.open()) {
      fill(place);
      List<RemoteRef> refs = refs("a b gone");
      Batching batching = store.batching().orElseThrow();
      try (Material found = batching.fetch(batching.groups(refs).getFirst())) {
        assertThat(found.items()).containsOnlyKeys("0", "1");
      }
      StoreException gone =
          catchThrowableOfType(StoreException.class, () -> refreshed(store, refs));
      assertThat(gone.problem()).isEqualTo(new Problem.NotFound());
      assertThat(gone).hasMessageContaining("gone");
    }
  }

  @Test
  void aSecretIsKnownByItsArn() throws Exception {
    try (SecretsPlace place = new SecretsPlace(moto);
        SecretStore store = place.open()) {
      fill(place);
      String arn = place.call("secretsmanager.DescribeSecret", Map.of("SecretId", "a")).text("ARN");
      int before = place.gate().asked().size();
      assertThat(
              refreshed(
                  store,
                  Arrays.asList(
                      new RemoteRef(arn, "x", ""),
                      new RemoteRef("b", "x", ""),
                      new RemoteRef("c", "x", ""))))
          .containsValue("a of x x")
          .hasSize(3);
      assertThat(calls(place, before).toString()).isEqualTo("{BatchGetSecretValue=1}");
    }
  }

  @Test
  void aMapIsMadeOfAValueThatWasReadWithOthers() throws Exception {
    try (SecretsPlace place = new SecretsPlace(moto);
        SecretStore store = place.open()) {
      fill(place);
      Batching batching = store.batching().orElseThrow();
      List<RemoteRef> group = batching.groups(refs("a b c")).getFirst();
      try (Material found = batching.fetch(group)) {
        Item item = found.get("0").orElseThrow();
        assertThat(
                Given.texts(
                    batching.fields(
                        group.getFirst(), new Item(item.value().copy(), item.origin()))))
            .isEqualTo(Map.of("x", "a of x", "y", "a of y"));
      }
    }
  }
}
