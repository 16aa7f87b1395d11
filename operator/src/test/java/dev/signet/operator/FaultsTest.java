package dev.signet.operator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.signet.testkit.cluster.ApiRequest;
import dev.signet.testkit.cluster.ControlPlane;
import dev.signet.testkit.cluster.Eventually;
import dev.signet.testkit.cluster.Fault;
import dev.signet.testkit.cluster.FaultProxy;
import dev.signet.testkit.cluster.FaultRule;
import dev.signet.testkit.cluster.Namespace;
import dev.signet.testkit.cluster.OnControlPlane;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What goes wrong while many objects are on their way. Afterwards everything is as it should be, no
 * Secret was written that was right already, and none was ever lost, emptied or set back.
 */
@OnControlPlane
@Tag("faults")
@Timeout(3600)
class FaultsTest {

  @TempDir Path folder;

  private ControlPlane plane;
  private Namespace namespace;
  private Stage stage;
  private Flight flight;

  @BeforeEach
  void set(ControlPlane givenPlane, Namespace givenNamespace) throws IOException {
    plane = givenPlane;
    namespace = givenNamespace;
    stage = new Stage(plane, namespace);
    flight = new Flight(plane, namespace, stage);
  }

  @AfterEach
  void close() throws IOException {
    flight.close();
    stage.close();
  }

  private Child child(String identity) throws IOException {
    return Child.start(plane, namespace, identity, folder);
  }

  @Test
  void theOperatorIsKilledAndStartedAgain() throws IOException {
    try (Child first = child("first").awaitLeading()) {
      flight.takeOff();
      flight.awaitUnderWay(Flight.OBJECTS / 4);
      first.kill();
    }
    try (Child _ = child("second").awaitLeading()) {
      flight.awaitArrived(0);
      flight.assertSafe(0);
    }
  }

  @Test
  void theLeaderIsPausedUntilTheStandbyLeadsAndResumed() throws IOException {
    try (Child first = child("first").awaitLeading();
        Child second = child("second").awaitStandingBy()) {
      flight.takeOff();
      flight.awaitUnderWay(Flight.OBJECTS / 4);
      first.signal("STOP");
      second.awaitLeading();
      flight.awaitArrived(0);
      flight.change(Flight.OBJECTS / 10);
      flight.awaitArrived(Flight.OBJECTS / 10);
      flight.assertWrites(Flight.OBJECTS + Flight.OBJECTS / 10);

      first.signal("CONT");
      first.awaitStandingBy();
      Eventually.holds(
          Flight.LONG, "it to notice", () -> first.log().contains("this process stands by"));

      assertThat(second.leads()).isTrue();
      // It changed nothing: no write more.
      flight.assertSafe(Flight.OBJECTS / 10);
    }
  }

  @Test
  void theApiServerIsKilledAndStartedAgain() throws IOException {
    stage.start(stage.withoutKey(stage.settings()));
    flight.takeOff();
    flight.awaitUnderWay(Flight.OBJECTS / 4);
    plane.apiServer().kill();
    plane.apiServer().start();
    flight.change(Flight.OBJECTS / 10);

    flight.awaitArrived(Flight.OBJECTS / 10);
    flight.assertSafeThoughRequestsMayBeUnrecorded(Flight.OBJECTS / 10);
  }

  @Test
  void watchesAreCutEverySecond(FaultProxy proxy) throws IOException {
    FaultRule cut =
        proxy.when(
            request -> request.verb().equals("watch"), Fault.cutAfter(Duration.ofSeconds(1)));
    stage.start(stage.withoutKey(stage.settings()), proxy.url(), plane.admin());
    flight.takeOff();
    flight.awaitArrived(0);
    flight.change(Flight.OBJECTS / 10);

    flight.awaitArrived(Flight.OBJECTS / 10);
    flight.assertSafe(Flight.OBJECTS / 10);
    assertThat(cut.hits()).isPositive();
  }

  @Test
  void theApiServerRefusesForgetsAndFails(FaultProxy proxy) throws IOException {
    int some = Flight.OBJECTS / 16;
    List<FaultRule> storms =
        List.of(
            proxy.when(FaultsTest::writes, Fault.conflict()).every(3).times(some),
            proxy.when(FaultsTest::writes, Fault.answer(500)).every(5).times(some),
            proxy.when(FaultsTest::writes, Fault.loseAnswer()).every(7).times(some),
            proxy
                .when(request -> request.verb().equals("get"), Fault.answer(500))
                .every(2)
                .times(some),
            proxy
                .when(request -> true, Fault.tooManyRequests(Duration.ofSeconds(1)))
                .every(25)
                .times(8));
    stage.start(stage.withoutKey(stage.settings()), proxy.url(), plane.admin());
    flight.takeOff();

    flight.awaitArrived(0);
    flight.assertSafe(0);
    assertThat(storms).allSatisfy(storm -> assertThat(storm.hits()).isPositive());
  }

  @Test
  void externalSecretsSurviveAnApiServerThatRefusesForgetsAndFails(FaultProxy proxy)
      throws IOException {
    int some = Flight.OBJECTS / 16;
    List<FaultRule> storms =
        List.of(
            proxy.when(FaultsTest::writes, Fault.conflict()).every(3).times(some),
            proxy.when(FaultsTest::writes, Fault.answer(500)).every(5).times(some),
            proxy.when(FaultsTest::writes, Fault.loseAnswer()).every(7).times(some),
            proxy
                .when(request -> true, Fault.tooManyRequests(Duration.ofSeconds(1)))
                .every(25)
                .times(8));
    stage.start(stage.withoutKey(stage.settings()), proxy.url(), plane.admin());
    try (Flight external = new Flight(plane, namespace, stage, new Flight.External(stage))) {
      external.takeOff();
      external.awaitArrived(0);
      external.change(Flight.OBJECTS / 10);
      external.awaitArrived(Flight.OBJECTS / 10);
      external.assertSafe(Flight.OBJECTS / 10);
    }
    assertThat(storms).allSatisfy(storm -> assertThat(storm.hits()).isPositive());
  }

  @Test
  void externalSecretsSurviveThatTheOperatorIsKilled() throws IOException {
    try (Flight external = new Flight(plane, namespace, stage, new Flight.External(stage))) {
      try (Child first = child("first").awaitLeading()) {
        external.takeOff();
        external.awaitUnderWay(Flight.OBJECTS / 4);
        first.kill();
      }
      try (Child _ = child("second").awaitLeading()) {
        external.awaitArrived(0);
        external.assertSafe(0);
      }
    }
  }

  private static boolean writes(ApiRequest request) {
    return List.of("secrets", "sealedsecrets", "externalsecrets").contains(request.resource())
        && List.of("create", "update").contains(request.verb());
  }

  @Test
  void theCalendarJumpsByHoursEverySecond() throws IOException {
    stage.start(
        stage.withoutKey(stage.settings()),
        plane.url(),
        plane.admin(),
        new Jumping(Duration.ofHours(5)));
    stage.applyExternal("secretstores", fakeStore("before"));
    stage.applyExternal(
        "externalsecrets",
        """
        {"apiVersion": "external-secrets.io/v1", "kind": "ExternalSecret", "metadata": {"name": "external"},
         "spec": {"refreshInterval": "1s", "secretStoreRef": {"name": "fake"},
          "data": [{"secretKey": "k", "remoteRef": {"key": "remote"}}]}}
        """);
    flight.takeOff();
    flight.awaitArrived(0);
    stage.awaitValues("external", "{k=before}");
    flight.change(Flight.OBJECTS / 10);
    stage
        .api()
        .patch(
            stage.externalPath("secretstores/fake"),
            "application/merge-patch+json",
            fakeStore("after"))
        .orFail();
    flight.awaitArrived(Flight.OBJECTS / 10);
    stage.awaitValues("external", "{k=after}");
    stage.awaitCondition(stage.externalPath("externalsecrets/external"), "Ready", "True");

    // Two writes more than the flight's: those of the ExternalSecret, which is fetched again and
    // again, and is the same most times.
    flight.assertSafeThoughRequestsMayBeUnrecorded(Flight.OBJECTS / 10);
    flight.assertWrites(Flight.OBJECTS + Flight.OBJECTS / 10 + 2);
    assertThat(plane.writesStored("secrets", namespace.name())).containsEntry("external", 2);
  }

  /** Without a Lease, so neither knows of the other, as while one pod replaces another. */
  @Test
  void twoControllersAtOnceWriteNothingTwiceAndUndoNothing() throws IOException {
    Operator first = stage.start(stage.withoutKey(stage.settings()));
    Operator second = stage.start(stage.withoutKey(stage.settings()));
    flight.takeOff();
    flight.awaitArrived(0);
    flight.change(Flight.OBJECTS / 10);

    flight.awaitArrived(Flight.OBJECTS / 10);
    flight.assertSafe(Flight.OBJECTS / 10);
    for (Operator each : List.of(first, second)) {
      assertThat(Stage.metric(each, "sealed_secrets_controller_unseal_requests_total"))
          .as("what each of them worked")
          .isNotIn("absent", "0.0");
    }
  }

  @Test
  void keysThatAreNoneComeChangeAndGoAndTheOthersGoOn() throws IOException {
    Operator operator = stage.start(stage.withoutKey(stage.settings()));
    try (MalformedKeys malformed = MalformedKeys.comeAndGo(stage)) {
      flight.takeOff();
      flight.awaitArrived(0);
      flight.change(Flight.OBJECTS / 10);
      flight.awaitArrived(Flight.OBJECTS / 10);
      malformed.awaitRounds(3);
    }
    stage.awaitEvent(MalformedKeys.NAME, "Warning KeyUnreadable");
    assertThat(Stage.http(operator, "/v1/cert.pem"))
        .as("the newest certificate does not belong to its key")
        .startsWith("200 ")
        .doesNotContain(MalformedKeys.foreignCertificate());

    // What comes while they are there arrives, too.
    flight.change(Flight.OBJECTS / 5);
    flight.awaitArrived(Flight.OBJECTS / 5);
    flight.assertSafe(Flight.OBJECTS / 5);
  }

  private static String fakeStore(String value) {
    return """
    {"apiVersion": "external-secrets.io/v1", "kind": "SecretStore", "metadata": {"name": "fake"},
     "spec": {"provider": {"fake": {"data": [{"key": "remote", "value": "%s"}]}}}}
    """
        .formatted(value);
  }

  /** A calendar that is right in even seconds and wrong in odd ones, now ahead and now behind. */
  private static final class Jumping extends Clock {

    private final Duration step;

    Jumping(Duration step) {
      this.step = step;
    }

    @Override
    public Instant instant() {
      Instant now = Instant.now();
      return switch ((int) (now.getEpochSecond() % 4)) {
        case 1 -> now.plus(step);
        case 3 -> now.minus(step);
        default -> now;
      };
    }

    @Override
    public ZoneId getZone() {
      return ZoneId.of("UTC");
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }
  }
}
