package dev.signet.dialects.externalsecrets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.delivery.Apply;
import dev.signet.delivery.Outcome;
import dev.signet.delivery.directory.Directory;
import dev.signet.delivery.object.KubeObject;
import dev.signet.delivery.object.Ref;
import dev.signet.delivery.object.Secret;
import dev.signet.dialects.World;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When an ExternalSecret of a cluster is fetched; times are those of the fixed clock. */
final class RefreshTest {

  private static final Ref REF = new Ref(ExternalSecret.KIND, "ns", "app");

  @TempDir Path folder;

  /** The hash is that of {@code {"k": "v"}} as upstream computes it. */
  private static String secret(String state) {
    String hash = dataHash();
    return switch (state) {
      case "intact" -> target("\"true\"", hash, "dg==");
      case "edited" -> target("\"true\"", hash, "ZWRpdGVk");
      case "unlabelled" -> target("\"false\"", hash, "dg==");
      case "unhashed" -> target("\"true\"", "other", "dg==");
      default -> throw new IllegalArgumentException(state);
    };
  }

  private static String target(String managed, String hash, String value) {
    return """
    apiVersion: v1
    kind: Secret
    metadata:
      name: app
      namespace: ns
      labels: {reconcile.external-secrets.io/managed: %s}
      annotations: {reconcile.external-secrets.io/data-hash: "%s"}
    data: {k: %s}
    """
        .formatted(managed, hash, value);
  }

  private static String dataHash() {
    dev.signet.core.Material data = new dev.signet.core.Material();
    data.put(
        "k",
        new dev.signet.core.Item(
            dev.signet.core.SecretBytes.wrap(new byte[] {'v'}),
            dev.signet.core.Origin.of("test", "k")));
    try (data) {
      return GoHash.ofData(data);
    }
  }

  private record Case(Directory directory, KubeObject object, ExternalSecret spec) {}

  /**
   * @param synced what the status says of the object that was synced: nothing, that it was as it is
   *     now, or another one
   * @param refreshed the time of the last refresh, in the status
   */
  private static Case with(
      World world, String spec, String target, String synced, String refreshed, String secret)
      throws Exception {
    world.manifest(
        "app",
        """
        apiVersion: external-secrets.io/v1
        kind: ExternalSecret
        metadata: {name: app}
        spec: {secretStoreRef: {name: s}, %s, target: {%s}, data: [{secretKey: k, remoteRef: {key: k}}]}
        """
            .formatted(spec, target));
    Directory directory = world.directory();
    ExternalSecret read = ExternalSecret.of(directory.get(REF).orElseThrow());
    Map<String, Object> status = new LinkedHashMap<>();
    if (!synced.equals("never")) {
      status.put(
          "syncedResourceVersion",
          synced.equals("now") ? Refresh.resourceVersion(read) : "1-another");
    }
    if (!refreshed.equals("never")) {
      status.put("refreshTime", refreshed);
    }
    directory.updateStatus(REF, status);
    if (!secret.equals("absent")) {
      world.secret(secret(secret));
    }
    return new Case(directory, directory.get(REF).orElseThrow(), read);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # spec                                          | target                  | synced  | refreshed            | secret     | due   | next
          refreshInterval: 1h                             | name: app               | now     | 2026-01-02T02:34:05Z | intact     | false | 29:59.322
          refreshInterval: 1h                             | name: app               | now     | 2026-01-02T02:04:05Z | intact     | true  | 0
          refreshInterval: 1h                             | name: app               | now     | 2026-01-02T03:04:04Z | intact     | false | 59:58.322
          refreshInterval: 1h                             | name: app               | now     | 2026-01-02T03:04:06Z | intact     | true  | 0
          refreshInterval: 1h                             | name: app               | now     | never                | intact     | true  | 0
          refreshInterval: 1h                             | name: app               | now     | yesterday            | intact     | true  | 0
          refreshInterval: 1h                             | name: app               | another | 2026-01-02T03:04:04Z | intact     | true  | 59:58.322
          refreshInterval: 1h                             | name: app               | never   | never                | absent     | true  | 0
          refreshInterval: 1h                             | name: app               | now     | 2026-01-02T03:04:04Z | absent     | true  | 59:58.322
          refreshInterval: 1h                             | name: app               | now     | 2026-01-02T03:04:04Z | edited     | true  | 59:58.322
          refreshInterval: 1h                             | name: app               | now     | 2026-01-02T03:04:04Z | unlabelled | true  | 59:58.322
          refreshInterval: 1h                             | name: app               | now     | 2026-01-02T03:04:04Z | unhashed   | true  | 59:58.322
          refreshInterval: 1h                             | creationPolicy: Orphan  | now     | 2026-01-02T03:04:04Z | absent     | false | 59:58.322
          refreshInterval: 1h                             | creationPolicy: Orphan  | now     | 2026-01-02T03:04:04Z | edited     | false | 59:58.322
          refreshInterval: 1h                             | creationPolicy: None    | now     | 2026-01-02T03:04:04Z | absent     | false | 59:58.322
          refreshInterval: 1h                             | creationPolicy: Merge   | now     | 2026-01-02T03:04:04Z | absent     | false | 59:58.322
          refreshInterval: 1h                             | creationPolicy: Merge   | now     | 2026-01-02T03:04:04Z | edited     | true  | 59:58.322
          refreshInterval: "0"                            | name: app               | now     | never                | intact     | false | done
          refreshInterval: "0"                            | name: app               | another | never                | intact     | false | done
          refreshInterval: "0"                            | name: app               | never   | never                | intact     | true  | done
          refreshInterval: "0"                            | name: app               | now     | never                | edited     | true  | done
          refreshPolicy: OnChange, refreshInterval: 1h    | name: app               | now     | 2026-01-01T00:00:00Z | intact     | false | done
          refreshPolicy: OnChange                         | name: app               | another | never                | intact     | true  | done
          refreshPolicy: OnChange                         | name: app               | now     | never                | absent     | true  | done
          refreshPolicy: CreatedOnce, refreshInterval: 1h | name: app               | another | 2026-01-01T00:00:00Z | intact     | false | done
          refreshPolicy: OnChange                         | name: app               | now     | never                | intact     | true  | done
          refreshPolicy: CreatedOnce                      | name: app               | now     | never                | intact     | true  | done
          refreshPolicy: CreatedOnce                      | name: app               | now     | 2026-01-01T00:00:00Z | absent     | true  | done
          refreshPolicy: CreatedOnce                      | creationPolicy: Orphan  | now     | 2026-01-01T00:00:00Z | absent     | false | done
          refreshPolicy: CreatedOnce                      | creationPolicy: CreateOrMerge | now | 2026-01-01T00:00:00Z | absent | true  | done
          refreshPolicy: CreatedOnce                      | name: app               | never   | never                | absent     | true  | done
          refreshPolicy: CreatedOnce                      | name: app               | now     | never                | absent     | true  | done
          """)
  void anExternalSecretIsFetchedWhenItIsDue(
      String spec,
      String target,
      String synced,
      String refreshed,
      String secret,
      boolean due,
      String next)
      throws Exception {
    try (World world = new World(folder)) {
      Case given = with(world, spec, target, synced, refreshed, secret);
      Refresh refresh = Refresh.whenDue(given.directory(), World.CLOCK);

      assertThat(refresh.due(given.object(), given.spec())).isEqualTo(due);
      assertThat(refresh.next(given.object(), given.spec())).isEqualTo(outcome(next));
    }
  }

  /**
   * Windows hold back what is due by its interval alone. It is 03:04:05.678 on a Friday; the last
   * refresh was two hours ago unless the row says otherwise.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          # kind | schedule      | duration | interval | synced  | refreshed            | secret | due   | next
          allow  | 0 3 * * *     | 1h       | 1h       | now     | 2026-01-02T01:04:05Z | intact | true  | 0
          allow  | 0 3 * * *     | 4m5s     | 1h       | now     | 2026-01-02T01:04:05Z | intact | false | 1435:54.322
          allow  | 0 3 * * *     | 4m6s     | 1h       | now     | 2026-01-02T01:04:05Z | intact | true  | 0
          allow  | 0 4 * * *     | 1h       | 1h       | now     | 2026-01-02T01:04:05Z | intact | false | 55:54.322
          allow  | 0 22 * * 1-5  | 6h       | 1h       | now     | 2026-01-02T01:04:05Z | intact | true  | 0
          allow  | @daily        | 4h       | 1h       | now     | 2026-01-02T01:04:05Z | intact | true  | 0
          allow  | 0 0 30 2 *    | 1h       | 1h       | now     | 2026-01-02T01:04:05Z | intact | false | 1440:0.0
          deny   | 0 3 * * *     | 1h       | 1h       | now     | 2026-01-02T01:04:05Z | intact | false | 55:55.322
          deny   | 0 4 * * *     | 1h       | 1h       | now     | 2026-01-02T01:04:05Z | intact | true  | 0
          deny   | 0 0 30 2 *    | 1h       | 1h       | now     | 2026-01-02T01:04:05Z | intact | true  | 0
          deny   | 0 3 * * *     | 1h       | 1h       | another | 2026-01-02T01:04:05Z | intact | true  | 55:55.322
          deny   | 0 3 * * *     | 1h       | 1h       | never   | never                | absent | true  | 0
          deny   | 0 3 * * *     | 1h       | 1h       | now     | never                | intact | true  | 0
          deny   | 0 3 * * *     | 1h       | 1h       | now     | 2026-01-02T05:04:05Z | intact | true  | 0
          deny   | 0 3 * * *     | 1h       | 1h       | now     | 2026-01-02T01:04:05Z | edited | true  | 55:55.322
          deny   | 0 3 * * *     | 1h       | 1h       | now     | 2026-01-02T01:04:05Z | absent | true  | 55:55.322
          deny   | 0 3 * * *     | 1h       | 3h       | now     | 2026-01-02T01:04:05Z | intact | false | 59:59.322
          """)
  void syncWindowsHoldBackWhatIsDueByItsIntervalAlone(
      String kind,
      String schedule,
      String duration,
      String interval,
      String synced,
      String refreshed,
      String secret,
      boolean due,
      String next)
      throws Exception {
    try (World world = new World(folder)) {
      String spec =
          "refreshInterval: %s, syncWindows: {kind: %s, windows: [{schedule: '%s', duration: %s}]}"
              .formatted(interval, kind, schedule, duration);
      Case given = with(world, spec, "name: app", synced, refreshed, secret);
      Refresh refresh = Refresh.whenDue(given.directory(), World.CLOCK);

      assertThat(refresh.due(given.object(), given.spec())).isEqualTo(due);
      assertThat(refresh.next(given.object(), given.spec())).isEqualTo(outcome(next));
    }
  }

  @Test
  void whatIsAskedForInADirectoryWaitsForNoWindow() throws Exception {
    try (World world = new World(folder)) {
      Case given =
          with(
              world,
              "syncWindows: {kind: deny, windows: [{schedule: '* * * * *', duration: 1h}]}",
              "name: app",
              "now",
              "2026-01-02T03:04:04Z",
              "intact");
      Refresh refresh = Refresh.whenAsked(given.directory(), World.CLOCK);
      assertThat(refresh.due(given.object(), given.spec())).isTrue();
    }
  }

  private static Outcome outcome(String next) {
    if (next.equals("done")) {
      return new Outcome.Done();
    }
    String[] parts = next.split("[:.]");
    return new Outcome.After(
        parts.length == 1
            ? Duration.ZERO
            : Duration.ofMinutes(Long.parseLong(parts[0]))
                .plusSeconds(Long.parseLong(parts[1]))
                .plusMillis(Long.parseLong(parts[2])));
  }

  @Test
  void aVersionThatWasFoundIntactIsNotReadAgain() throws Exception {
    try (World world = new World(folder)) {
      Case given =
          with(world, "refreshInterval: 1h", "name: app", "now", "2026-01-02T03:04:04Z", "intact");
      Reads reads = new Reads(given.directory());
      Refresh refresh = Refresh.whenDue(reads.objects(), World.CLOCK);
      for (int i = 0; i < 3; i++) {
        assertThat(refresh.due(given.object(), given.spec())).isFalse();
      }
      assertThat(reads.ofValues()).isEqualTo(1);
    }
  }

  @Test
  void aVersionThatWasWrittenHereIsNotRead() throws Exception {
    try (World world = new World(folder)) {
      Case given =
          with(world, "refreshInterval: 1h", "name: app", "now", "2026-01-02T03:04:04Z", "edited");
      Reads reads = new Reads(given.directory());
      Refresh refresh = Refresh.whenDue(reads.objects(), World.CLOCK);
      String version = given.directory().secretVersion("ns", "app").orElseThrow();
      refresh.wrote(Ref.secret("ns", "app"), new Apply.Applied.Updated(version));

      assertThat(refresh.due(given.object(), given.spec())).isFalse();
      assertThat(reads.ofValues()).isZero();

      refresh.wrote(Ref.secret("ns", "app"), new Apply.Applied.Refused("not ours", "not ours"));
      assertThat(refresh.due(given.object(), given.spec())).isTrue();
    }
  }

  @Test
  void aVersionThatMovedIsReadAgain() throws Exception {
    try (World world = new World(folder)) {
      Case given =
          with(world, "refreshInterval: 1h", "name: app", "now", "2026-01-02T03:04:04Z", "intact");
      Refresh refresh = Refresh.whenDue(given.directory(), World.CLOCK);
      assertThat(refresh.due(given.object(), given.spec())).isFalse();

      try (Secret there = given.directory().secret("ns", "app").orElseThrow()) {
        var _ =
            given
                .directory()
                .update(there.withMetadata(there.metadata().with("annotations", Map.of("a", "b"))));
      }

      assertThat(refresh.due(given.object(), given.spec())).isTrue();
    }
  }

  /** A wall clock that jumps ahead makes objects due; one that jumps back does not hide them. */
  @ParameterizedTest
  @CsvSource({"PT2H, true", "PT1S, false", "PT-1H, true", "PT-10000H, true"})
  void aStepOfTheClockNeverHidesAnObjectForLongerThanItsInterval(Duration step, boolean due)
      throws Exception {
    try (World world = new World(folder)) {
      Case given =
          with(world, "refreshInterval: 1h", "name: app", "now", "2026-01-02T03:04:04Z", "intact");
      Instant stepped = World.CLOCK.instant().plus(step);
      Refresh refresh = Refresh.whenDue(given.directory(), InstantSource.fixed(stepped));

      assertThat(refresh.due(given.object(), given.spec())).isEqualTo(due);
    }
  }
}
